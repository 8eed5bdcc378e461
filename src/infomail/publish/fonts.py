"""Fonts of this machine, for pictures of words: which file has a letter, and what lacks one.

Noto comes first, then what systems bring along; nothing is downloaded. A text without a font for
each of its letters is not drawn, for a row of boxes is worse than no words.
"""

from __future__ import annotations

import functools
import itertools
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageFont, features
from PIL import __version__ as pillow_version

_FOLDERS = (
    *("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    *("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts", "C:/Windows/Fonts"),
)
_SUFFIXES = (".ttf", ".otf", ".ttc")
_SCRIPTS = (
    *("", "NaskhArabic", "SansArabic", "SansHebrew", "SansDevanagari", "SansBengali", "SansTamil"),
    *("SansThai", "SansGeorgian", "SansArmenian", "SansEthiopic", "SansKhmer", "SansSinhala"),
    *("SansCJK", "SansCJKsc", "SansSC", "SansKR", "SansJP"),
)
_NAMES = (
    *(f"Noto{script or 'Sans'}-Bold" for script in _SCRIPTS),
    *(f"Noto{script or 'Sans'}-Regular" for script in _SCRIPTS),
    *("DejaVuSans-Bold", "DejaVuSans", "LiberationSans-Bold", "FreeSansBold"),
    *("Arial Bold", "arialbd", "Arial Unicode", "tahomabd", "GeezaPro", "seguisb"),
)
_SIZE_PX = 24
_NO_LETTER = "\U0010fffe"
"""A code point that no font has: what is drawn for it stands for a missing letter."""
_JOINERS = "\u200c\u200d\n\t"
_UNDRAWN = frozenset({"Cc", "Cf", "Cs"})
_AGAINST_RTL = re.compile("[LN](?:[^R]*[LM])?(?:S?N)*")
_AGAINST_LTR = re.compile("R(?:[^L]*[RM])?")


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one font, which run in one direction."""

    text: str
    font: Path
    is_rtl: bool


@functools.cache
def found() -> tuple[Path, ...]:
    """Give the fonts that are there, the best first."""
    files: dict[str, Path] = {}
    for folder in _FOLDERS:
        for root, folders, names in os.walk(Path(folder).expanduser()):
            folders.sort()
            for name in sorted(names):
                if name.endswith(_SUFFIXES):
                    files.setdefault(Path(name).stem, Path(root) / name)
    return tuple(files[name] for name in _NAMES if name in files)


@functools.cache
def signature() -> str:
    """Say which fonts there are and what draws them; other ones draw other pictures."""
    engine = (pillow_version, features.version("raqm"), features.version("freetype2"))
    return repr((engine, [(str(file), file.stat().st_size) for file in found()]))


@functools.lru_cache(maxsize=256)
def loaded(file: Path, size_px: int) -> ImageFont.FreeTypeFont:
    """Load a font, with complex shaping where Pillow has it."""
    return ImageFont.truetype(str(file), size_px)


@functools.lru_cache(maxsize=8192)
def _has(file: Path, letter: str) -> bool:
    """Tell whether a font draws a letter as something else than a missing one."""
    font = loaded(file, _SIZE_PX)
    return bytes(font.getmask(letter, "L")) != _missing(file) or not letter.strip()


@functools.cache
def _missing(file: Path) -> bytes:
    return bytes(loaded(file, _SIZE_PX).getmask(_NO_LETTER, "L"))


def drawable(text: str) -> str:
    """Give a text without what is not drawn: controls and marks of direction."""
    kept = (mark for mark in text if mark in _JOINERS or unicodedata.category(mark) not in _UNDRAWN)
    return "".join(" " if mark.isspace() else mark for mark in kept)


def runs(text: str, *, is_rtl: bool) -> tuple[Run, ...] | None:
    """Part a line into runs of one font and direction, from left to right as they are seen.

    Args:
        text: one line.
        is_rtl: whether the line as a whole runs from right to left.

    Returns:
        The runs; None if a letter has no font.
    """
    if _needs_shaping(text) and not features.check("raqm"):
        return None
    seen: list[Run] = []
    parts = list(_directed(text, is_rtl=is_rtl))
    for part, part_is_rtl in reversed(parts) if is_rtl else parts:
        by_font = _by_font(part, is_rtl=part_is_rtl)
        if by_font is None:
            return None
        seen += reversed(by_font) if part_is_rtl else by_font
    return tuple(seen)


def _directed(text: str, *, is_rtl: bool) -> Iterator[tuple[str, bool]]:
    """Part a line where its direction changes, in the order of reading.

    What runs against the line are its foreign words with all that stands between two of them, and,
    from right to left, numbers: the part of UAX 9 that titles need.
    """
    pattern = _AGAINST_RTL if is_rtl else _AGAINST_LTR
    kinds = "".join(map(_kind, text))
    end = 0
    for against in pattern.finditer(kinds):
        if against.start() > end:
            yield text[end : against.start()], is_rtl
        yield text[against.start() : against.end()], not is_rtl
        end = against.end()
    if end < len(text):
        yield text[end:], is_rtl


def _kind(letter: str) -> str:
    """Name the kind of a letter: of the right, of the left, number, between numbers, neutral."""
    kinds = {"R": "R", "AL": "R", "L": "L", "EN": "N", "AN": "N", "ES": "S", "CS": "S", "NSM": "M"}
    return kinds.get(unicodedata.bidirectional(letter), "-")


def _by_font(text: str, *, is_rtl: bool) -> list[Run] | None:
    """Part a run where the font changes.

    Marks and digits stay with the letters before them if their font has them.
    """
    letters: list[tuple[str, Path]] = []
    for letter in text:
        file = _font_of(letter, letters[-1][1] if letters else None)
        if file is None:
            return None
        letters.append((letter, file))
    groups = itertools.groupby(letters, key=lambda each: each[1])
    return [Run("".join(letter for letter, _ in group), file, is_rtl) for file, group in groups]


def _font_of(letter: str, last: Path | None) -> Path | None:
    is_letter = unicodedata.category(letter)[0] == "L"
    order = (last, *found()) if last and not is_letter else found()
    return next((file for file in order if _has(file, letter)), None)


def _needs_shaping(text: str) -> bool:
    """Tell whether letters join or run from right to left; Latin, Greek and Cyrillic do not."""
    return any(ord(letter) >= 0x0590 and unicodedata.category(letter)[0] in "LM" for letter in text)  # noqa: PLR2004
