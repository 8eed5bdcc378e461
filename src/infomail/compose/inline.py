"""The theme's CSS as style attributes on the content of a mail, by premailer.

It works on the parsed MJML, before compilation: only the HTML inside mj-text and its like has the
elements and classes that the theme's CSS names. Nothing is fetched.

A mail repeats a few kinds of element hundreds of times: a link in a paragraph of an item is styled
as the next one is. So premailer sees one element of each kind only, and what it decides is kept for
each style sheet. A kind is an element's tag, class and style below its parent's kind, which is all
that selectors of tags, classes, descendants and children can tell apart; a sheet with other
selectors is applied to the whole mail.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml import etree
from premailer import Premailer

MAX_KINDS = 10_000
_OPTIONS: dict[str, Any] = {
    "allow_network": False,
    "disable_validation": True,
    "disable_leftover_css": True,
    "keep_style_tags": True,
    "strip_important": False,
    "cssutils_logging_level": 50,
    "disable_basic_attributes": ["align", "valign", "bgcolor", "width", "height"],
}
_BEYOND_KINDS = re.compile(r"[#\[:+~]")

_Key = tuple[str, str | None, str | None]


def inline(root: etree._Element, css: str) -> None:
    """Apply `css` to the elements below `root`, in place.

    Args:
        root: parsed MJML.
        css: the theme's rules.
    """
    _sheet(css).apply(root)


@lru_cache(maxsize=32)
def _sheet(css: str) -> _Sheet:
    return _Sheet(css)


@dataclass(slots=True)
class _Kind:
    """A kind of element: a sample of it, the kinds below it, and its style once that is known."""

    sample: etree._Element
    below: dict[_Key, _Kind] = field(default_factory=dict)
    style: str | None = None


class _Sheet:
    """A style sheet, parsed once, and the kinds of element that it has styled so far."""

    def __init__(self, css: str) -> None:
        # Parsing CSS takes premailer ten times as long as applying it.
        self._rules = Premailer("<p/>", **_OPTIONS)._parse_style_rules(css, 0)  # noqa: SLF001
        self._css = css
        self._by_kind = not any(_BEYOND_KINDS.search(selector) for _, selector, _ in self._rules[0])
        self._top = _Kind(etree.Element("mjml"))
        self._count = 0

    def apply(self, root: etree._Element) -> None:
        """Style every element below `root`."""
        if not self._by_kind:
            _Inliner(root, self._css, self._rules).transform()
            return
        if self._count > MAX_KINDS:
            self._top, self._count = _Kind(etree.Element("mjml")), 0
        known = self._count
        found: list[tuple[etree._Element, _Kind]] = []
        self._find(root, self._top, found)
        if self._count > known:
            self._decide()
        for element, kind in found:
            if kind.style:
                element.set("style", kind.style)

    def _find(
        self, parent: etree._Element, above: _Kind, found: list[tuple[etree._Element, _Kind]]
    ) -> None:
        for element in parent.iterchildren(etree.Element):
            key = (element.tag, element.get("class"), element.get("style"))
            kind = above.below.get(key) or self._new(above, key)
            found.append((element, kind))
            if len(element):
                self._find(element, kind, found)

    def _new(self, above: _Kind, key: _Key) -> _Kind:
        tag, class_, style = key
        sample = etree.SubElement(above.sample, tag)
        for name, value in (("class", class_), ("style", style)):
            if value is not None:
                sample.set(name, value)
        kind = above.below[key] = _Kind(sample)
        self._count += 1
        return kind

    def _decide(self) -> None:
        """Let premailer style a copy of the samples, and keep what it decided."""
        tree = copy.deepcopy(self._top.sample)
        _Inliner(tree, self._css, self._rules).transform()
        _keep_styles(self._top, tree)


def _keep_styles(kind: _Kind, styled: etree._Element) -> None:
    kind.style = styled.get("style")
    for below, child in zip(kind.below.values(), styled, strict=True):
        _keep_styles(below, child)


class _Inliner(Premailer):  # type: ignore[misc]  # premailer ships no types
    """Premailer with rules that are parsed already."""

    def __init__(self, root: etree._Element, css: str, rules: Any) -> None:  # noqa: ANN401
        super().__init__(root, css_text=css, **_OPTIONS)
        self._rules = rules

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> Any:  # noqa: ANN401
        del css_body, ruleset_index
        return self._rules
