"""CSS as rules look at it: style rules with their media, and declarations.

Parsing is kept for as long as a text repeats itself, which styles in mails do.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import tinycss2
from tinycss2.ast import AtRule, Declaration as ParsedDeclaration, Node, QualifiedRule
from tinycss2.color4 import Color, parse_color

Channels = tuple[float, float, float, float]
"""Red, green, blue and alpha, each 0 to 1 (sRGB)."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A property and its value; both in small letters but for quoted words."""

    name: str
    value: str
    important: bool


@dataclass(frozen=True, slots=True)
class StyleRule:
    """A style rule.

    Attributes:
        selector: as written, with commas.
        declarations: in order.
        at_rules: the at-rules around it, such as "@media (prefers-color-scheme: dark)", in order.
    """

    selector: str
    declarations: tuple[Declaration, ...]
    at_rules: tuple[str, ...] = ()

    @property
    def is_dark(self) -> bool:
        """Tell whether it holds only for readers who want a dark screen."""
        return any("prefers-color-scheme" in rule and "dark" in rule for rule in self.at_rules)


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
    parsed = tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True)
    return tuple(_declarations(parsed))


@functools.lru_cache(maxsize=64)
def style_rules(css: str) -> tuple[StyleRule, ...]:
    """Give the style rules of a style sheet, those in at-rules as well, in order."""
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return tuple(_rules(nodes, ()))


def _rules(nodes: Iterable[Node], around: tuple[str, ...]) -> Iterator[StyleRule]:
    for node in nodes:
        if isinstance(node, QualifiedRule):
            inside = tinycss2.parse_blocks_contents(
                node.content, skip_comments=True, skip_whitespace=True
            )
            selector = tinycss2.serialize(node.prelude).strip()
            yield StyleRule(selector, tuple(_declarations(inside)), around)
        elif isinstance(node, AtRule):
            prelude = tinycss2.serialize(node.prelude).strip().lower()
            name = f"@{node.lower_at_keyword} {prelude}".strip()
            content = tinycss2.parse_rule_list(
                node.content or (), skip_comments=True, skip_whitespace=True
            )
            # Of @font-face and @import no rule comes out; the at-rule itself must not be lost.
            inside_rules = tuple(_rules(content, (*around, name)))
            yield from inside_rules or (StyleRule("", (), (*around, name)),)


def _declarations(nodes: Iterable[Node]) -> Iterator[Declaration]:
    for node in nodes:
        if isinstance(node, ParsedDeclaration):
            value = tinycss2.serialize(node.value).strip()
            yield Declaration(node.lower_name, value, bool(node.important))


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
