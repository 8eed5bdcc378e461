"""What all tests share: the repository's folders, and the switch that renews golden files."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

# The ordinary suite tries the same values on every run, so that a change is the only thing that can
# turn it red; `pytest --hypothesis-profile=search` looks for new ones.
hypothesis.settings.register_profile("search", hypothesis.settings())
hypothesis.settings.register_profile("steady", derandomize=True)
hypothesis.settings.load_profile("steady")

pytest_plugins = ["tests.postgres", "tests.rsa"]

REPOSITORY = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`, which rewrites the expected files and prints the difference."""
    parser.addoption("--update-golden", action="store_true", help="rewrite expected files")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top folder of the repository, which is a newsletter itself."""
    return REPOSITORY


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether expected files are to be rewritten."""
    return bool(request.config.getoption("--update-golden"))
