"""Who comes while another writes is written with all others that wait, and told if it failed."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from infomail.web.together import Together

PATIENCE_SECONDS = 30


class Paper:
    """Keeps what was written in one go, and can hold the pen."""

    def __init__(self) -> None:
        """Begin with nothing, the pen free."""
        self.written: list[list[int]] = []
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.may_end.set()

    def write(self, numbers: Sequence[int]) -> None:
        """Write, as long as the test wants; 13 cannot be written."""
        self.begun.set()
        assert self.may_end.wait(PATIENCE_SECONDS)
        if 13 in numbers:
            msg = "13 brings bad luck"
            raise ValueError(msg)
        self.written.append(sorted(numbers))


def behind(paper: Paper, together: Together[int], numbers: Sequence[int]) -> list[object]:
    """Write 0, and these numbers while it is being written; give what each was told."""
    told: list[object] = []

    def write(number: int) -> None:
        try:
            together(number)
        except ValueError as error:
            told.append(str(error))
        else:
            told.append(None)

    paper.may_end.clear()
    threads = [threading.Thread(target=write, args=(number,)) for number in (0, *numbers)]
    threads[0].start()
    assert paper.begun.wait(PATIENCE_SECONDS)
    for thread in threads[1:]:
        thread.start()
    while len(together._pile) < len(numbers):
        assert threads[0].is_alive()
    paper.may_end.set()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    return told


def test_who_comes_alone_is_written_at_once() -> None:
    """Without others, each is written by itself, before the call returns."""
    paper = Paper()
    together = Together(paper.write)
    for number in (1, 2):
        together(number)
        assert paper.written[-1] == [number]


def test_who_waits_is_written_with_the_others() -> None:
    """All that came while one was written are written in one go, each once."""
    paper = Paper()
    assert behind(paper, Together(paper.write), (1, 2, 3, 4)) == [None] * 5
    assert paper.written == [[0], [1, 2, 3, 4]]


def test_a_failure_is_told_to_each() -> None:
    """Nobody whose words were not written is told that they were; the next are written again."""
    paper = Paper()
    together = Together(paper.write)
    assert behind(paper, together, (1, 13)) == [None, *["13 brings bad luck"] * 2]
    together(5)
    assert paper.written == [[0], [5]]


def test_errors_are_raised_as_they_are() -> None:
    """What writing raised is what the caller gets."""
    with pytest.raises(ValueError, match="bad luck"):
        Together(Paper().write)(13)
