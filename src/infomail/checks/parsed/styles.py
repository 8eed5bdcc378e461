"""The CSS that stands in a document: each declaration with where it stands.

A style that repeats itself stands here once, with the first element that has it.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

from infomail.checks.parsed.css import declaration_list, style_rules
from infomail.checks.parsed.document import Document, Element


class Written(NamedTuple):
    """A declaration.

    Attributes:
        name: of the property, in small letters.
        value: as written.
        element: the first one that has it in its style attribute; None in a style element.
        selector: in a style element, whom it means.
        at_rules: around it.
    """

    name: str
    value: str
    element: Element | None
    selector: str = ""
    at_rules: tuple[str, ...] = ()


@functools.lru_cache(maxsize=16)
def written(document: Document) -> tuple[Written, ...]:
    """Give all declarations of a document: of style attributes, then of style elements."""
    first: dict[str, Element] = {}
    for element in document.elements:
        style = element.attributes.get("style")
        if style is not None and style not in first:
            first[style] = element
    return (
        *(
            Written(each.name, each.value, element)
            for style, element in first.items()
            for each in declaration_list(style)
        ),
        *_in_sheet(document.css),
    )


@functools.lru_cache(maxsize=64)
def _in_sheet(css: str) -> tuple[Written, ...]:
    return tuple(
        Written(each.name, each.value, None, rule.selector, rule.at_rules)
        for rule in style_rules(css)
        for each in rule.declarations
    )
