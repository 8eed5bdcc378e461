"""HTML as rules look at it: elements in the order of the document, each with its place.

Parsed once for all rules. Each element knows the part of the issue whose words it shows.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from infomail.checks.parsed.css import declarations
from infomail.model.edition import Origin
from infomail.model.manuscript import Path

_MARK_OPENS = "\ufdd2"
_MARK = re.compile(f"{_MARK_OPENS}([0-9]+)\ufdd3")
_MARKED_ATTRIBUTES = frozenset({"alt", "aria-label", "content", "href", "src", "title", "value"})
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_NO_CLASSES: frozenset[str] = frozenset()
_NO_ATTRIBUTES: Mapping[str, str] = {}


@dataclass(slots=True, eq=False)
class Element:
    """An element of a document; read only once the document is made.

    Attributes:
        tag: its name in small letters.
        attributes: with their values; names in small letters.
        parent: the element around it; None for the outermost.
        path: the part of the issue that it shows.
        parts: texts and elements inside it, in order.
        number: how many elements begin before it.
        last: number of the last element inside it; its own if there is none.
        classes: of its class attribute.
    """

    tag: str
    attributes: Mapping[str, str]
    parent: Element | None
    path: Path = ()
    parts: list[str | Element] = field(default_factory=list)
    number: int = 0
    last: int = 0
    classes: frozenset[str] = frozenset()

    @property
    def children(self) -> Iterator[Element]:
        """The elements directly inside it."""
        return (part for part in self.parts if not isinstance(part, str))

    @property
    def own_text(self) -> str:
        """The text directly inside it, as it was written."""
        return "".join([part for part in self.parts if isinstance(part, str)])

    @property
    def own_words(self) -> str:
        """The text directly inside it, spaces folded."""
        return folded(self.own_text)

    @property
    def words(self) -> str:
        """All text inside it, spaces folded."""
        return folded("".join(self._texts()))

    @property
    def style(self) -> Mapping[str, str]:
        """The declarations of its style attribute, the last of each name."""
        return declarations(self.attributes.get("style", ""))

    @property
    def ancestors(self) -> Iterator[Element]:
        """The elements around it, from the nearest outwards."""
        element = self.parent
        while element is not None:
            yield element
            element = element.parent

    @property
    def descendants(self) -> Iterator[Element]:
        """All elements inside it, in the order of the document."""
        waiting = list(self.children)[::-1]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(list(element.children)[::-1])

    def _texts(self) -> Iterator[str]:
        waiting: list[str | Element] = [self]
        while waiting:
            part = waiting.pop()
            if isinstance(part, str):
                yield part
            else:
                waiting.extend(reversed(part.parts))


@functools.lru_cache(maxsize=1024)
def _classes(value: str) -> frozenset[str]:
    return frozenset(value.split())


def folded(text: str) -> str:
    """Give a text with single spaces, as browsers show it."""
    return " ".join(text.split())


@dataclass(frozen=True, eq=False)
class Document:
    """A parsed HTML document.

    Attributes:
        html: what was parsed.
        elements: all elements, in order.
        comments: the text of all comments, in order.
    """

    html: str
    elements: tuple[Element, ...]
    comments: tuple[str, ...]

    @cached_property
    def _by_tag(self) -> dict[str, tuple[Element, ...]]:
        grouped: dict[str, list[Element]] = {}
        for element in self.elements:
            grouped.setdefault(element.tag, []).append(element)
        return {tag: tuple(elements) for tag, elements in grouped.items()}

    def all(self, *tags: str) -> tuple[Element, ...]:
        """Give all elements with one of these names; in order if it is only one."""
        by_tag = self._by_tag
        if len(tags) == 1:
            return by_tag.get(tags[0], ())
        return tuple([element for tag in tags for element in by_tag.get(tag, ())])

    @cached_property
    def _by_class(self) -> dict[str, tuple[Element, ...]]:
        grouped: dict[str, list[Element]] = {}
        for element in self.elements:
            for name in element.classes:
                grouped.setdefault(name, []).append(element)
        return {name: tuple(elements) for name, elements in grouped.items()}

    def with_class(self, name: str) -> tuple[Element, ...]:
        """Give all elements with a class, in order."""
        return self._by_class.get(name, ())

    @cached_property
    def with_text(self) -> tuple[Element, ...]:
        """The elements with text directly inside them, in order; most only place others."""
        return tuple(element for element in self.elements if str in map(type, element.parts))

    @cached_property
    def with_words(self) -> tuple[Element, ...]:
        """Those of them that hold a letter or a digit, not only bars, arrows and dots."""
        return tuple(
            element for element in self.with_text if _LETTER_OR_DIGIT.search(element.own_text)
        )

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids and names that a link within the document can lead to."""
        return frozenset(
            value
            for element in self.elements
            for name in ("id", "name")
            if (value := element.attributes.get(name))
        )

    @cached_property
    def css(self) -> str:
        """What stands in all style elements, in order."""
        return "\n".join("".join(element._texts()) for element in self.all("style"))  # noqa: SLF001

    @cached_property
    def links(self) -> tuple[Element, ...]:
        """The elements that readers can follow."""
        return tuple(link for link in self.all("a") if "href" in link.attributes)

    @cached_property
    def body(self) -> Element | None:
        """The body, if there is one."""
        return next(iter(self.all("body")), None)

    @cached_property
    def root(self) -> Element | None:
        """The outermost element, if there is one."""
        return next(iter(self.all("html")), None)


def parse(source: str, origins: tuple[Origin, ...] = ()) -> Document:
    """Parse HTML as mail programs do: whatever it is, a document comes out.

    Args:
        source: HTML.
        origins: where in it the parts of the issue begin.
    """
    if not source.strip():
        return Document(source, (), ())
    marked = _marked(source, origins)
    walk = _Walk(origins)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=walk)  # type: ignore[arg-type]  # with an encoding, texts are never bytes
    try:
        etree.fromstring(marked, parser)
    except etree.XMLSyntaxError:  # nothing but a comment, a doctype or NUL characters
        walk.close()
    return Document(source, tuple(walk.elements), tuple(walk.comments))


def _marked(source: str, origins: tuple[Origin, ...]) -> bytes:
    """Put the marks back where the parts of the issue begin."""
    pieces, end = [], 0
    for number, origin in enumerate(origins):
        pieces += [source[end : origin.offset], f"{_MARK_OPENS}{number}\ufdd3"]
        end = origin.offset
    # Piece by piece, since most are ASCII, which is quick to encode.
    return b"".join([piece.encode("utf-8", "replace") for piece in (*pieces, source[end:])])


class _Walk:
    """Takes what the parser finds, in order; keeps which part of the issue it is in."""

    def __init__(self, origins: tuple[Origin, ...]) -> None:
        self.elements: list[Element] = []
        self.comments: list[str] = []
        self._origins = origins
        self._path: Path = ()
        self._open: list[Element] = []
        self._unplaced = 0
        self._text: list[str] = []
        self.data = self._text.append  # the parser hands texts over in pieces

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._text:
            self._end_text()
        parent = self._open[-1] if self._open else None
        number = len(self.elements)
        attributes = attributes or _NO_ATTRIBUTES  # the parser's own empty mapping is slow
        classes = _classes(attributes["class"]) if "class" in attributes else _NO_CLASSES
        element = Element(tag, attributes, parent, self._path, [], number, number, classes)
        if parent is not None:
            parent.parts.append(element)
        self.elements.append(element)
        self._open.append(element)
        if not _MARKED_ATTRIBUTES.isdisjoint(attributes):
            self._unmark(element)

    def end(self, _tag: str) -> None:
        if self._text:
            self._end_text()
        self._open.pop().last = len(self.elements) - 1
        self._unplaced = min(self._unplaced, len(self._open))

    def comment(self, text: str) -> None:
        self._end_text()
        self.comments.append(_MARK.sub("", text))

    def pi(self, target: str, data: str | None = None) -> None:
        """Processing instructions are nothing that readers see."""

    def close(self) -> None:
        self._end_text()
        while self._open:
            self.end("")

    def _end_text(self) -> None:
        text = "".join(self._text)
        self._text.clear()
        if text and self._open:
            self._open[-1].parts.append(self._unmarked(text) if _MARK_OPENS in text else text)

    def _unmark(self, element: Element) -> None:
        """Take marks out of the attributes in which parts of the issue may stand."""
        for name, value in element.attributes.items():
            if _MARK_OPENS in value and name in _MARKED_ATTRIBUTES:
                element.attributes = {**element.attributes, name: self._unmarked(value)}

    def _unmarked(self, text: str) -> str:
        """Take marks out of a text; elements begun since the last mark show what it stands for."""
        pieces = _MARK.split(text)  # every second piece is a number
        for number in map(int, pieces[1::2]):
            if number >= len(self._origins):  # a template wrote one itself
                continue
            self._path = self._origins[number].path
            for element in self._open[self._unplaced :]:
                element.path = self._path
            self._unplaced = len(self._open)
        return "".join(pieces[::2])
