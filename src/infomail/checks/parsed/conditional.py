"""A mail as its two kinds of readers get it: Outlook on Windows, and everyone else.

Outlook on Windows reads what stands in conditional comments and skips what is kept from it; for
all others these comments are comments. A mail is cut into segments which one or both of them see,
and of each segment is known which elements it closes that began before it, and which it leaves
open. Scanned tag by tag, not parsed: a parser mends what is to be found here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Any, NamedTuple

from infomail.checks.parsed.document import folded

# Begins with fixed characters, which makes searching a mail for it fast. No group is possessive:
# up to Python 3.11.4 such groups match wrongly (python/cpython#106052).
_COMMENT = re.compile(
    r"<!(?:--(?:-?>|(?:\[[iI][fF]\b([^\]]*)\]>)?([^-]*+(?:-(?!->)[^-]*+)*)(?:-->)?)|\[(?:[iI][fF]\b([^\]]*)|endif)\]>)"
)
_NOT_OUTLOOK = re.compile(r"[\s(]*!\s*\(?\s*(?:[lg]te?\s+)?mso", re.IGNORECASE)
_END = "<![endif]"
_REVEALING = frozenset({"", "<!", "<!--"})
"""What follows `<!--[if …]>` where the comment ends at once, so that everyone reads on."""
# Possessive, so that a quotation mark without its twin costs nothing.
_TAG = re.compile(r"""(<(/?[A-Za-z][^\s/>]*+)[^>"']*+(?:"[^"]*+"[^>"']*+|'[^']*+'[^>"']*+)*>?)""")
_MARKUP = re.compile(r"<!--.*?-->|<style.*?</style>|<[^>]*>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\s([a-zA-Z:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")

# HTML Living Standard 13.1.2: void elements, optional tags; 13.1.2.6: raw text.
VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905  # reads as a list of tags
)
OPTIONAL = frozenset(
    "body caption colgroup dd dt head html li optgroup option p rp rt"  # noqa: SIM905  # as above
    " tbody td tfoot th thead tr".split()
)
_RAW = frozenset({"script", "style", "textarea", "title"})
_NEVER_EMPTY = frozenset(
    "a abbr b blockquote center div em font h1 h2 h3 h4 h5 h6 i s small span strong style sub"  # noqa: SIM905  # as above
    " sup table title u ul ol".split()
) | (OPTIONAL - {"p"})
"""A slash at the end of such a tag means nothing to HTML; `<p/>` is left to the compiler."""
_NEAR_CHARACTERS = 3000
_NEAR_WORDS = 6


class Segment(NamedTuple):
    """A stretch of a mail.

    Attributes:
        text: as written.
        offset: where in the mail it begins.
        outlook: whether Outlook on Windows reads it.
        others: whether all others read it.
    """

    text: str
    offset: int
    outlook: bool
    others: bool


class Tag(NamedTuple):
    """A tag.

    Attributes:
        name: in small letters.
        source: as written.
        ordinal: how many tags stand before it in its segment.
    """

    name: str
    source: str
    ordinal: int


class Shape(NamedTuple):
    """What a piece of HTML does to the elements around it.

    Attributes:
        closes: closing tags of elements that began before it.
        opens: opening tags of elements that end after it.
        crossed: the first element still open where another one's closing tag stands, and that.
    """

    closes: tuple[Tag, ...]
    opens: tuple[Tag, ...]
    crossed: tuple[Tag, Tag] | None


_Open = tuple[str, Any, Any]
"""An element that is open: its name, and what tells where."""


@functools.lru_cache(maxsize=16)
def segments(html: str) -> tuple[Segment, ...]:
    """Cut a mail at its comments."""
    return tuple(each for each in _segments(html) if each.text.strip())


def _segments(html: str) -> Iterator[Segment]:
    shown: list[bool] = []  # to Outlook, by each conditional comment that everyone reads
    end = 0
    for found in _COMMENT.finditer(html):
        yield Segment(html[end : found.start()], end, all(shown), others=True)
        end = found.end()
        condition, body, bare = found[1], found[2], found[3]
        if bare is not None:
            shown.append(_shows(bare))
        elif body is None or body.strip() == _END:
            del shown[-1:]
        elif condition is not None and body.strip() in _REVEALING:
            shown.append(_shows(condition))
        elif condition is not None and _shows(condition):
            inside = body.rpartition(_END)[0] or body
            yield Segment(inside, found.start(2), all(shown), others=False)
    yield Segment(html[end:], end, all(shown), others=True)


@functools.lru_cache(maxsize=256)
def _shows(condition: str) -> bool:
    return not _NOT_OUTLOOK.match(condition)


@functools.lru_cache(maxsize=2048)
def tags(text: str) -> tuple[Tag, ...]:
    """Give the tags of a piece of HTML, closing ones with their slash."""
    return tuple(
        Tag(name.lower(), source, at) for at, (source, name) in enumerate(_TAG.findall(text))
    )


@functools.lru_cache(maxsize=2048)
def shape(text: str) -> Shape:
    """Find out what a piece of HTML closes and leaves open."""
    closes: list[Tag] = []
    opened: list[_Open] = []
    raw = ""
    for at, (source, written) in enumerate(_TAG.findall(text)):
        name = written.lower()
        if raw and name != raw:
            continue
        raw = ""
        if name[0] != "/":
            if name in VOID or (source[-2:] == "/>" and name not in _NEVER_EMPTY):
                continue
            opened.append((name, source, at))
            raw = f"/{name}" if name in _RAW else ""
        elif opened and opened[-1][0] == name[1:]:
            opened.pop()
        elif name[1:] not in VOID and not _close(opened, name[1:]):
            if opened and opened[-1][0] not in OPTIONAL:
                return Shape(tuple(closes), (), (Tag(*opened[-1]), Tag(name, source, at)))
            if name == "/p" and opened:
                continue  # HTML makes an empty paragraph of it
            opened.clear()
            closes.append(Tag(name, source, at))
    return Shape(tuple(closes), tuple(Tag(*each) for each in opened), None)


def _close(opened: list[_Open], name: str) -> bool:
    """Close the innermost element of that name, if only tags that may be left out are missing."""
    for depth in range(len(opened) - 1, -1, -1):
        if opened[depth][0] == name:
            del opened[depth:]
            return True
        if opened[depth][0] not in OPTIONAL:
            return False
    return False


def imbalance(pieces: tuple[Segment, ...]) -> tuple[Tag | None, Tag | None, int] | None:
    """Find the first element that does not close as it opened.

    Args:
        pieces: the segments that one kind of reader sees.

    Returns:
        The element still open, if any; the closing tag that stands there instead, if any; where
        in the mail that is. None if everything closes.
    """
    opened: list[_Open] = []
    for piece in pieces:
        form = shape(piece.text)
        for tag in form.closes:
            if opened and opened[-1][0] == tag.name[1:]:
                opened.pop()
            elif not _close(opened, tag.name[1:]) and tag.name != "/p":
                known = any(each[0] == tag.name[1:] for each in opened)
                return opened[-1][1] if known else None, tag, _offset(piece, tag)
        if form.crossed:
            return *form.crossed, _offset(piece, form.crossed[1])
        if form.opens:
            opened += [(tag.name, tag, piece) for tag in form.opens]
    left = next(((tag, piece) for name, tag, piece in opened if name not in OPTIONAL), None)
    return (left[0], None, _offset(left[1], left[0])) if left else None


def _offset(piece: Segment, tag: Tag) -> int:
    found = next(islice(_TAG.finditer(piece.text), tag.ordinal, None), None)
    return piece.offset + (found.start() if found else 0)


def words_near(html: str, offset: int) -> str:
    """Give the first words that readers see after a place in a mail, or the last before it."""
    after = _words(html[offset : offset + _NEAR_CHARACTERS])[:_NEAR_WORDS]
    before = _words(html[max(0, offset - _NEAR_CHARACTERS) : offset])[-_NEAR_WORDS:]
    return " ".join(after or before)


def _words(html: str) -> list[str]:
    within = html[html.find(">") + 1 :] if html.find(">") < html.find("<") else html
    return folded(unescape(_MARKUP.sub(" ", within).partition("<")[0])).split()


@functools.lru_cache(maxsize=4096)
def attributes(source: str) -> dict[str, str]:
    """Read the attributes of a tag; never change what comes out."""
    return {
        found[1].lower(): unescape(found[2] or found[3] or found[4] or "")
        for found in _ATTRIBUTE.finditer(source)
    }
