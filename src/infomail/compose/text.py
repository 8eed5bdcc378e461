"""The plain text part: every line of the template wrapped as RFC 3676 wants it.

A line that the template writes is one paragraph. It is wrapped at WIDTH display cells; a line that
goes on ends in a space (format=flowed), so that mail programs can join and re-wrap it. Addresses
are never broken. Lines that begin with a space, ">" or "From " get one space in front, which
readers take away again (RFC 3676 section 4.4).
"""

from __future__ import annotations

import re
import unicodedata

WIDTH = 72
_MAX_WORD_CHARACTERS = 900  # RFC 5322 section 2.1.1 allows 998 octets a line.
_URL = re.compile(r"(?:https?://|mailto:|tel:|\[\[infomail:)")
_BLANK_LINES = re.compile(r"\n{3,}")


def cells(text: str) -> int:
    """Count the columns that `text` takes on a terminal (UAX 11: wide 2, combining 0)."""
    if text.isascii():
        return len(text)
    return sum(_cell(character) for character in text)


def _cell(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def flow(text: str) -> str:
    """Wrap what the text template rendered.

    Args:
        text: one line for each paragraph; blank lines between blocks.

    Returns:
        Lines of at most WIDTH cells where words allow it, ending in one line feed.
    """
    tidy = _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip(" ") for line in text.split("\n")))
    lines = [part for line in tidy.strip("\n").split("\n") for part in _wrap(line)]
    return "\n".join(lines) + "\n"


def _wrap(line: str) -> list[str]:
    if cells(line) < WIDTH:
        return [_stuffed(line)]
    rows: list[str] = []
    row = ""
    for word in _words(line):
        # One cell is kept for the space that marks a line as going on.
        if row and cells(row) + cells(word.rstrip(" ")) > WIDTH - 1:
            rows.append(row)
            row = ""
        row += word
    rows.append(row)
    return [_stuffed(_soft(row)) for row in rows[:-1]] + [_stuffed(rows[-1].rstrip(" "))]


def _soft(row: str) -> str:
    return row.rstrip(" ") + " "


def _words(line: str) -> list[str]:
    """Cut a line where it may be broken: after spaces, and between East Asian wide characters."""
    words: list[str] = []
    for word in re.findall(r" *[^ ]+ *", line):
        if _URL.search(word):
            words.append(word)
        elif any(unicodedata.east_asian_width(character) in {"W", "F"} for character in word):
            words += re.findall(r"[\u0021-\u02ff]+ *|. *", word)
        else:
            starts = range(0, len(word), _MAX_WORD_CHARACTERS)
            words += [word[start : start + _MAX_WORD_CHARACTERS] for start in starts]
    return words


def _stuffed(line: str) -> str:
    return f" {line}" if line.startswith((" ", ">", "From ")) else line
