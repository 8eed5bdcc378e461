"""YAML text to a tree whose every key and value knows its place.

Only what a person writes by hand is understood: mappings, lists and scalars. Scalars stay text
(YAML 1.2 core: plain null, ~ and nothing are None), so NO, on, 12:30, 0755 and 1.10 are never
mangled. Depth, aliases and the size after expanding aliases are capped, so that a bomb ends in an
error at once. Every failure is an IssueError with findings; nothing is ever executed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from infomail.model.fields import CONTROLS
from infomail.model.finding import Finding, Place, Severity
from infomail.model.manuscript import Path

MAX_DEPTH = 30
MAX_ALIASES = 100
MAX_NODES = 100_000

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# YAML 1.2 section 6.6: a # after a space begins a comment, wherever it stands.
_COMMENT_OF_WORDS = re.compile(r"\s+(#(?=[^\s#!]).*)")
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_PLAIN_TAGS = frozenset({None, "!", "tag:yaml.org,2002:str"})


@dataclass(slots=True)
class Scalar:
    """A text, or None where nothing was written; `end` is the line and column after it."""

    place: Place
    text: str | None
    end: tuple[int, int] = (1, 1)
    weight: int = 1
    height: int = 0


@dataclass(slots=True)
class Sequence:
    """A list, in its order."""

    place: Place
    items: list[Node] = field(default_factory=list)
    weight: int = 1
    height: int = 1


@dataclass(slots=True)
class Mapping:
    """Keys and values, in the order of the file; each key keeps its own place."""

    place: Place
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    weight: int = 1
    height: int = 1


Node = Scalar | Sequence | Mapping


def plain(node: Node) -> Any:  # noqa: ANN401  # the raw data that pydantic validates
    """Give the tree as dicts, lists, texts and None."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text


def place_of(node: Node, path: Path) -> Place:
    """Find where `path` stands; steps that the file does not have are passed over.

    A short form lacks the steps of its long form (`items`, `label`, `url`), so passing over them
    still ends at the right value. A key that is there but holds nothing gives the key's place.
    """
    return find(node, path)[1]


def find(node: Node, path: Path) -> tuple[Node, Place]:
    """Find the value at `path` and its place, as `place_of` does."""
    place = node.place
    for step in path:
        if isinstance(node, Mapping) and step in node.entries:
            place = node.keys[str(step)]
            node = node.entries[str(step)]
            place = place if isinstance(node, Scalar) and node.text is None else node.place
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.place
        elif isinstance(node, Mapping) and step in {"label", "url"} and len(node.entries) == 1:
            key = next(iter(node.entries))
            value = node.entries[key]
            return value, node.keys[key] if step == "label" else value.place
    return node, place


def key_place_of(node: Node, path: Path) -> Place:
    """Find where the key at the end of `path` stands, for findings about the key itself."""
    *parents, last = path
    for step in parents:
        if isinstance(node, Mapping) and step in node.entries:
            node = node.entries[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
    if isinstance(node, Mapping) and str(last) in node.keys:
        return node.keys[str(last)]
    return node.place


class _Builder:
    """Builds the tree from the parser's events, without recursion, and collects findings."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file = file
        self._lines = lines
        self.findings: list[Finding] = []
        self.root: Node | None = None
        self._stack: list[Sequence | Mapping] = []
        self._pending: list[tuple[str, Place] | None] = []
        self._anchors: dict[str, Node] = {}
        self._names: list[str | None] = []
        self._aliases = 0

    def take(self, event: yaml.Event) -> None:
        """Add what one event says to the tree."""
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._close()
            return
        mark = event.start_mark
        place = Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file, 1, 1)
        match event:
            case yaml.ScalarEvent():
                self._refuse_tag(event.tag, place)
                plain_style = event.style in {None, ""}
                text = None if plain_style and event.value in _NULLS else event.value
                end = event.end_mark
                after = (end.line + 1, end.column + 1) if end else (place.line, place.column)
                if plain_style and event.value:
                    self._find_lost_words(*after)
                self._add(Scalar(place, text, after), event.anchor)
            case yaml.AliasEvent():
                self._alias(event.anchor or "", place)
            case yaml.MappingStartEvent():
                self._open(Mapping(place), event)
            case yaml.SequenceStartEvent():
                self._open(Sequence(place), event)
            case yaml.DocumentStartEvent() if self.root is not None:
                self._stop("second-document", "a second document begins", "delete `---`", place)

    def _open(self, node: Sequence | Mapping, event: yaml.CollectionStartEvent) -> None:
        self._refuse_tag(event.tag, node.place)
        self._refuse_depth(node, node.place)
        self._stack.append(node)
        self._pending.append(None)
        self._names.append(event.anchor)

    def _refuse_depth(self, node: Node, place: Place) -> None:
        if len(self._stack) + node.height > MAX_DEPTH:
            self._stop("too-deep", f"nested more than {MAX_DEPTH} deep", "flatten it", place)

    def _close(self) -> None:
        node = self._stack.pop()
        self._pending.pop()
        self._add(node, self._names.pop())

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        parent.height = max(parent.height, node.height + 1)
        parent.weight += node.weight
        if parent.weight > MAX_NODES:
            self._stop("too-large", "the file grows too large when read", "repeat less", node.place)
        if isinstance(parent, Sequence):
            parent.items.append(node)
        else:
            self._add_entry(parent, node)

    def _add_entry(self, parent: Mapping, node: Node) -> None:
        pending = self._pending[-1]
        if pending is None:
            self._pending[-1] = (self._key(node), node.place)
            return
        self._pending[-1] = None
        key, place = pending
        if key in parent.entries:
            first = parent.keys[key]
            self._find(
                "duplicate-key",
                f"`{key}` stands here twice, first in line {first.line}",
                "keep one of the two",
                place,
            )
            return
        parent.entries[key] = node
        parent.keys[key] = place

    def _key(self, node: Node) -> str:
        text = node.text or "" if isinstance(node, Scalar) else "\n"
        if CONTROLS.search(text):
            self._find("key-not-text", "a key is not a plain word", "write a word", node.place)
        return CONTROLS.sub(" ", text).strip()

    def _alias(self, anchor: str, place: Place) -> None:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            self._stop(
                "too-many-aliases",
                f"more than {MAX_ALIASES} aliases (*{anchor})",
                "write the values out",
                place,
            )
        if anchor in self._anchors:
            self._refuse_depth(self._anchors[anchor], place)
            self._add(self._anchors[anchor], None)
            return
        self._find(
            "unknown-alias",
            f"*{anchor} begins with an asterisk, which YAML reads as a reference",
            "put the text in quotes",
            place,
        )
        self._add(Scalar(place, f"*{anchor}"), None)

    def _find_lost_words(self, line: int, column: int) -> None:
        """Find a text whose end YAML takes for a comment, as in `title: Port #3 opens`."""
        rest = self._lines[line - 1][column - 1 :] if line <= len(self._lines) else ""
        if found := _COMMENT_OF_WORDS.match(rest):
            self._find(
                "comment-in-text",
                f"YAML takes `{found[1][:40]}` for a comment, so readers would not see it",
                "put the whole text in quotes; a comment has a space after its #",
                Place(self.file, line, column + found.start(1)),
            )

    def _refuse_tag(self, tag: str | None, place: Place) -> None:
        if tag not in _PLAIN_TAGS:
            self._find(
                "yaml-tag",
                "a text begins with an exclamation mark, which YAML reads as a tag",
                "put the text in quotes",
                place,
            )

    def _find(self, code: str, message: str, remedy: str, place: Place) -> None:
        self.findings.append(Finding(code, Severity.ERROR, message, remedy, place))

    def _stop(self, code: str, message: str, remedy: str, place: Place) -> None:
        self._find(code, message, remedy, place)
        raise _StoppedError


class _StoppedError(Exception):
    """Reading on is pointless; the findings say why."""


def grow(text: str, file: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """Parse `text` into a tree; the findings name what is wrong with it.

    Args:
        text: the whole file.
        file: its name as shown to people.

    Returns:
        The tree, or None if the file is empty or reading had to stop, and the findings.

    Raises:
        yaml.YAMLError: the text is not YAML; `slips` turns that into plain words.
        UnicodeEncodeError: the text holds a lone surrogate.
    """
    builder = _Builder(file, _LINE_BREAK.split(text))
    loader = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
    except _StoppedError:
        return None, tuple(builder.findings)
    return builder.root, tuple(builder.findings)
