"""CSS as rules look at it: style rules with their media, and declarations.

Parsing is kept for as long as a text repeats itself, which styles in mails do.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import tinycss2
from tinycss2.ast import AtRule, Node, QualifiedRule
from tinycss2.ast import Declaration as ParsedDeclaration
from tinycss2.color4 import Color, parse_color

Channels = tuple[float, float, float, float]
"""Red, green, blue and alpha, each 0 to 1 (sRGB)."""

_AS_WRITTEN = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|url\([^)]*\))""", re.IGNORECASE)
_DECLARING = frozenset({"font-face", "page", "viewport"})
"""At-rules with declarations right inside them."""

_UNREADABLE = (RecursionError, ValueError)
"""What tinycss2 raises for thousands of brackets within each other, or of digits in a number."""
_WIDE_PX = 1280.0
"""A laptop's screen."""
_PX = {"px": 1.0, "em": 16.0, "rem": 16.0}
_SCHEME = re.compile(r"prefers-color-scheme\s*:\s*([a-z-]+)")
_OTHER_MEDIA = re.compile(r"(?:only\s+)?(?!all\b|screen\b|only\b|not\b|and\b)[a-z]")
"""A medium other than a screen: print, speech, or what a mail program made up for itself."""
_LENGTH = r"\s*([0-9]+\.?[0-9]*|\.[0-9]+)(px|em|rem)"
_AT_MOST = re.compile(rf"(?:max-(?:device-)?width\s*:|\bwidth\s*<=?){_LENGTH}")
_AT_LEAST = re.compile(rf"(?:min-(?:device-)?width\s*:|\bwidth\s*>=?){_LENGTH}")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A property and its value; both in small letters but for quoted words and addresses."""

    name: str
    value: str
    important: bool


@dataclass(frozen=True, slots=True)
class StyleRule:
    """A style rule.

    Attributes:
        selector: as written, with commas; empty for an at-rule that holds no style rules.
        declarations: in order; of such an at-rule its own, as @font-face has them.
        at_rules: the at-rules around it, such as "@media (prefers-color-scheme: dark)", in order.
    """

    selector: str
    declarations: tuple[Declaration, ...]
    at_rules: tuple[str, ...] = ()

    @property
    def is_dark(self) -> bool:
        """Tell whether it holds only for readers who want a dark screen."""
        return any(holds(rule, "dark") and not holds(rule, "light") for rule in self.at_rules)


@functools.lru_cache(maxsize=256)
def holds(at_rule: str, scheme: str) -> bool:
    """Tell whether what stands in an at-rule holds on a wide screen.

    Args:
        at_rule: as in `StyleRule.at_rules`.
        scheme: "light" or "dark", as the reader prefers.
    """
    name, _, queries = at_rule.partition(" ")
    if name in {"@supports", "@layer"}:
        return True  # taken to hold: what it hides or colours is so for many readers
    if name != "@media":
        return False
    return any(_query_holds(query.strip(), scheme) for query in queries.split(","))


def _query_holds(query: str, scheme: str) -> bool:
    """Tell it of one media query; a condition that is not known here is taken to hold."""
    if query.startswith("not "):
        return not _query_holds(query.removeprefix("not "), scheme)
    if _OTHER_MEDIA.match(query):
        return False
    wanted = _SCHEME.search(query)
    if wanted and wanted[1] != scheme:
        return False
    return all(
        float(most) * _PX[unit] >= _WIDE_PX for most, unit in _AT_MOST.findall(query)
    ) and all(float(least) * _PX[unit] <= _WIDE_PX for least, unit in _AT_LEAST.findall(query))


@functools.lru_cache(maxsize=4096)
def declarations(style: str) -> Mapping[str, str]:
    """Give the declarations of a style attribute; of two with one name, the one that counts."""
    chosen: dict[str, Declaration] = {}
    for each in declaration_list(style):
        before = chosen.get(each.name)
        if before is None or each.important >= before.important:
            chosen[each.name] = each
    return MappingProxyType({name: each.value for name, each in chosen.items()})


@functools.lru_cache(maxsize=4096)
def declaration_list(style: str) -> tuple[Declaration, ...]:
    """Give all declarations of a style attribute or of the inside of a style rule."""
    try:
        parsed = tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True)
        return tuple(_declarations(parsed))
    except _UNREADABLE:
        return ()


@functools.lru_cache(maxsize=64)
def style_rules(css: str, media: str = "") -> tuple[StyleRule, ...]:
    """Give the style rules of a style sheet, those in at-rules as well, in order.

    Args:
        css: what stands in a style element.
        media: its media attribute.
    """
    query = media.strip().lower()
    try:
        nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
        return tuple(_rules(nodes, (f"@media {query}",) if query else ()))
    except _UNREADABLE:
        return ()


def _rules(nodes: Iterable[Node], around: tuple[str, ...]) -> Iterator[StyleRule]:
    for node in nodes:
        if isinstance(node, QualifiedRule):
            selector = tinycss2.serialize(node.prelude).strip()
            yield StyleRule(selector, _inside(node.content), around)
        elif isinstance(node, AtRule):
            prelude = tinycss2.serialize(node.prelude).strip().lower()
            name = f"@{node.lower_at_keyword} {prelude}".strip()
            yield from _rules_of_at_rule(node, (*around, name))


def _rules_of_at_rule(node: AtRule, around: tuple[str, ...]) -> Iterator[StyleRule]:
    """Give the rules inside; an at-rule without any comes as one, so that it is not lost."""
    if node.lower_at_keyword in _DECLARING:
        yield StyleRule("", _inside(node.content or ()), around)
        return
    content = tinycss2.parse_rule_list(node.content or (), skip_comments=True, skip_whitespace=True)
    yield from tuple(_rules(content, around)) or (StyleRule("", (), around),)


def _inside(content: Iterable[Node]) -> tuple[Declaration, ...]:
    nodes = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    return tuple(_declarations(nodes))


def _declarations(nodes: Iterable[Node]) -> Iterator[Declaration]:
    for node in nodes:
        if isinstance(node, ParsedDeclaration):
            words = [word for word in node.value if word.type != "comment"]
            value = _in_small_letters(tinycss2.serialize(words).strip())
            yield Declaration(node.lower_name, value, bool(node.important))


def _in_small_letters(value: str) -> str:
    if value.islower():
        return value
    pieces = _AS_WRITTEN.split(value)
    return "".join(piece if at % 2 else piece.lower() for at, piece in enumerate(pieces))


@functools.lru_cache(maxsize=1024)
def colour_channels(value: str) -> Channels | None:
    """Read a colour of CSS Color 4, or None if it is none (or one that depends on the screen)."""
    try:
        parsed = parse_color(value)
        if not isinstance(parsed, Color):
            return None
        shown = parsed.to("srgb")
    except (NotImplementedError, ValueError):
        return None
    red, green, blue, alpha = (min(1.0, max(0.0, channel or 0.0)) for channel in shown)
    return red, green, blue, alpha
