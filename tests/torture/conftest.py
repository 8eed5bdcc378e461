"""What several tests of torture share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.torture.product import Program, program, write_newsletter


@pytest.fixture(scope="session")
def newsletter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newsletter whose issue is built."""
    return write_newsletter(tmp_path_factory.mktemp("torture") / "newsletter")


@pytest.fixture(scope="session")
def senders(newsletter: Path) -> Iterator[Program]:
    """The program that forks senders; it composes the newsletter once for all."""
    with program(newsletter) as running:
        yield running


@pytest.fixture(scope="session")
def signing_senders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The same of a newsletter whose letters are signed."""
    folder = tmp_path_factory.mktemp("signed")
    with program(write_newsletter(folder / "newsletter", signed=True)) as running:
        yield running
