"""What several tests of torture share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.torture.product import Program, program, write_newsletter


@pytest.fixture(scope="session")
def senders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program that forks senders; it composes the newsletter once for all."""
    folder = tmp_path_factory.mktemp("torture")
    with program(write_newsletter(folder / "newsletter")) as running:
        yield running
