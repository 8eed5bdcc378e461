"""Whether a letter's lines are those of a letter."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.transports.smtp.soundness import Soundness, is_sound

ORACLE = re.compile(rb"(?:[^\r\n\0]{0,998}\r\n)+")
WHOLE = st.sampled_from([b"\r\n", b"a\r\n", b".\r\n", 998 * b"x" + b"\r\n", 40 * b"word \r\n"])
PIECES = WHOLE | st.sampled_from([b"\r", b"\n", b"\0", b"x", 999 * b"y", b"\n.\r\n", b"\r.\r\n"])
SHARED = [bytes([65 + number]) * 70 + b"\r\n" for number in range(26)] * 4
ENDING = 64 * b"-" + b"\r\n"


@given(st.lists(PIECES, max_size=8).map(b"".join))
def test_only_lines_with_crlf_are_sound(letter: bytes) -> None:
    """A letter is sound if it is lines of at most 998 octets with CRLF, and nothing else."""
    assert is_sound(letter) == Soundness().is_proven(letter) == bool(ORACLE.fullmatch(letter))


@given(st.lists(st.tuples(st.integers(0, 120), st.lists(PIECES, max_size=3)), max_size=8))
def test_memory_never_lets_an_unsound_letter_pass(changes: list[tuple[int, list[bytes]]]) -> None:
    """A letter like those before is judged as if it were the first."""
    soundness = Soundness()
    for place, pieces in changes:
        lines = [*SHARED]
        lines[place : place + 2] = [b"".join(pieces)]
        letter = b"".join(lines) + ENDING
        assert soundness.is_proven(letter) == bool(ORACLE.fullmatch(letter))


@given(st.lists(st.binary(max_size=300), min_size=2, max_size=6), st.lists(PIECES, max_size=2))
def test_memory_is_of_whole_lines(starts: list[bytes], pieces: list[bytes]) -> None:
    """What was proven of one letter proves nothing about a part of a line of another."""
    soundness = Soundness()
    for start in starts:
        letter = start + b"".join([*pieces, *SHARED, ENDING])
        assert soundness.is_proven(letter) == bool(ORACLE.fullmatch(letter))


@pytest.mark.parametrize("smuggled", [b"\n.\n", b"\r.\r\n", b"\r\n.\r", b"\n.\r\n", b"\0", b"\r"])
def test_no_end_of_data_can_be_smuggled(smuggled: bytes) -> None:
    """No letter reaches the wire in which some server might see the end of another."""
    soundness = Soundness()
    good = b"".join(SHARED) + ENDING
    assert soundness.is_proven(good)
    middle = len(good) // 2
    assert not soundness.is_proven(good[:middle] + smuggled + good[middle:])
    assert soundness.is_proven(good)


def test_letters_of_an_edition_are_recognised() -> None:
    """Only what is one person's own is looked at after the first letters of an edition."""
    soundness = Soundness()
    for number in range(4):
        name = b"Dear number %d,\r\n" % number**9
        assert soundness.is_proven(name + b"".join(SHARED) + name + b"".join(SHARED) + ENDING)
    blocks = soundness._blocks[ENDING[-64:]]
    assert sum(map(len, blocks)) > 0.8 * 2 * len(b"".join(SHARED))


def test_memory_is_bounded() -> None:
    """However many editions there are, only so many are remembered."""
    soundness = Soundness()
    for number in range(200):
        assert soundness.is_proven(b"".join(SHARED) + b"%064d\r\n" % number)
    assert len(soundness._blocks) <= 16
