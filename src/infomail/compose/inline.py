"""The theme's CSS as style attributes on the content of a mail, by premailer.

It works on the parsed MJML, before compilation: only the HTML inside mj-text and its like has the
elements and classes that the theme's CSS names. Nothing is fetched. The CSS is parsed once for
each theme and palette; parsing it takes ten times as long as applying it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lxml import etree
from premailer import Premailer

_OPTIONS: dict[str, Any] = {
    "allow_network": False,
    "disable_validation": True,
    "disable_leftover_css": True,
    "keep_style_tags": True,
    "strip_important": False,
    "cssutils_logging_level": 50,
    "disable_basic_attributes": ["align", "valign", "bgcolor", "width", "height"],
}


def inline(root: etree._Element, css: str) -> None:
    """Apply `css` to the elements below `root`, in place.

    Args:
        root: parsed MJML.
        css: rules with simple selectors.
    """
    _Inliner(root, css_text=css, **_OPTIONS).transform()


class _Inliner(Premailer):  # type: ignore[misc]  # premailer ships no types
    """Premailer with its parsed rules kept."""

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> Any:  # noqa: ANN401
        return _parsed_rules(css_body, ruleset_index)


@lru_cache(maxsize=32)
def _parsed_rules(css: str, ruleset_index: int) -> Any:  # noqa: ANN401  # premailer's own tuples
    return Premailer("<p/>", **_OPTIONS)._parse_style_rules(css, ruleset_index)  # noqa: SLF001
