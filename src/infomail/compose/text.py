"""The plain text part: every line of the template wrapped as RFC 3676 wants it.

A line that the template writes is one paragraph. It is wrapped at WIDTH display cells; a line that
goes on ends in a space (format=flowed), so that mail programs can join and re-wrap it. Addresses
are never broken. Lines that begin with a space, ">" or "From " get one space in front, which
readers take away again (RFC 3676 section 4.4).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from infomail.compose.marks import unmarked

WIDTH = 72
_MAX_WORD_CHARACTERS = 900  # RFC 5322 section 2.1.1 allows 998 octets a line.
_WORD = re.compile(" *[^ ]+ *")
_NARROW_OR_WIDE = re.compile("[\u0021-\u02ff]+ *|. *")
_BLANK_LINES = re.compile(r"\n{3,}")


def cells(text: str) -> int:
    """Count the columns that `text` takes on a terminal (UAX 11: wide 2, combining 0)."""
    text = unmarked(text)
    if text.isascii():
        return len(text)
    return sum(map(_cell, text))


@cache
def _cell(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if _is_wide(character) else 1


@cache
def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"}


def flow(text: str, *, delsp: bool) -> str:
    """Wrap what the text template rendered.

    Args:
        text: one line for each paragraph; blank lines between blocks.
        delsp: True for scripts without spaces between words: lines may then end between any two
            wide characters, and the space that marks a line as going on is deleted when lines
            are joined (RFC 3676 section 4.1, DelSp).

    Returns:
        Lines of at most WIDTH cells where words allow it, ending in one line feed.
    """
    tidy = _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip(" ") for line in text.split("\n")))
    lines = [part for line in tidy.strip("\n").split("\n") for part in _wrap(line, delsp=delsp)]
    return "\n".join(lines) + "\n"


def _wrap(line: str, *, delsp: bool) -> list[str]:
    # A line that is stuffed grows by a cell, and so must the first row of a longer one.
    stuffing = len(_stuffed(line)) - len(line)
    if cells(line) + stuffing < WIDTH:
        return [_stuffed(line)]
    rows: list[str] = []
    row, width = "", stuffing
    for word in _words(line, delsp=delsp):
        # Cells are kept for the space that ends the word and the one that marks a soft break.
        if row and width + cells(word.rstrip(" ")) > WIDTH - 1 - delsp:
            rows.append(row)
            row, width = "", 0
        row += word
        width += cells(word)
    # A single space at the end of a row is the soft break itself, unless it is to be deleted.
    ends = [f"{row} " if delsp else f"{row.rstrip(' ')} " for row in rows]
    return [_stuffed(part) for part in (*ends, row.rstrip(" "))]


def _words(line: str, *, delsp: bool) -> list[str]:
    """Cut a line where it may be broken: after spaces, and between wide characters with DelSp."""
    words: list[str] = []
    for word in _WORD.findall(line):
        if len(word) > _MAX_WORD_CHARACTERS:
            starts = range(0, len(word), _MAX_WORD_CHARACTERS)
            words += [word[start : start + _MAX_WORD_CHARACTERS] for start in starts]
        elif delsp and "://" not in word and any(map(_is_wide, word)):
            words += _NARROW_OR_WIDE.findall(word)
        else:
            words.append(word)
    return words


def _stuffed(line: str) -> str:
    return f" {line}" if line.startswith((" ", ">", "From ")) else line
