"""The part of MJML that templates may use: elements, their attributes, and what they may hold.

From the component reference at https://documentation.mjml.io/ (MJML 4 and 5); left out are the
elements that mjml-python refuses or compiles differently, and mj-include, because a theme is
composed by Jinja.
"""

from __future__ import annotations

EVERYWHERE = frozenset({"css-class", "mj-class"})

# fmt: off
_PADDING = frozenset(
    {"padding", "padding-top", "padding-right", "padding-bottom", "padding-left"}
)
_BACKGROUND = frozenset({
    "background-color", "background-url", "background-repeat", "background-size",
    "background-position", "background-position-x", "background-position-y",
})
_BORDER = frozenset({
    "border", "border-top", "border-right", "border-bottom", "border-left", "border-radius",
})
_TYPE = frozenset({
    "color", "font-family", "font-size", "font-style", "font-weight", "letter-spacing",
    "line-height", "text-decoration", "text-transform",
})
_LINK = frozenset({"href", "target", "rel", "title", "name"})
_BOX = frozenset({"align", "container-background-color", "height", "width"}) | _PADDING

_SECTION = frozenset({"direction", "full-width", "text-align"}) | _PADDING | _BACKGROUND | _BORDER

ATTRIBUTES: dict[str, frozenset[str]] = {
    "mj-head": frozenset(),
    "mj-attributes": frozenset(),
    "mj-all": _TYPE | _PADDING,
    "mj-class": frozenset({"name"}) | _TYPE | _BOX | _BORDER | _BACKGROUND | _LINK,
    "mj-breakpoint": frozenset({"width"}),
    "mj-preview": frozenset(),
    "mj-style": frozenset(),
    "mj-title": frozenset(),
    "mj-raw": frozenset(),
    "mj-body": frozenset({"background-color", "width", "id"}),
    "mj-wrapper": _SECTION,
    "mj-section": _SECTION,
    "mj-group": frozenset({"background-color", "direction", "vertical-align", "width"}),
    "mj-column": frozenset({
        "background-color", "direction", "inner-background-color", "inner-border",
        "inner-border-radius", "vertical-align", "width",
    }) | _PADDING | _BORDER,
    "mj-text": _TYPE | _BOX,
    "mj-button": _TYPE | _BOX | _BORDER | _LINK | frozenset({
        "background-color", "inner-padding", "text-align", "vertical-align",
    }),
    "mj-image": _BOX | _BORDER | _LINK | frozenset({
        "alt", "fluid-on-mobile", "font-size", "max-height", "sizes", "src", "srcset", "usemap",
    }),
    "mj-divider": _BOX | frozenset({"border-color", "border-style", "border-width"}),
    "mj-spacer": _BOX,
    "mj-table": _TYPE | _BOX | frozenset({"border", "cellpadding", "cellspacing", "role"}),
}
# fmt: on
"""The attributes of each element, besides EVERYWHERE."""

# fmt: off
_COLUMN = frozenset({
    "mj-text", "mj-button", "mj-image", "mj-divider", "mj-spacer", "mj-table", "mj-raw",
})

CHILDREN: dict[str, frozenset[str]] = {
    "mjml": frozenset({"mj-head", "mj-body"}),
    "mj-head": frozenset({
        "mj-attributes", "mj-breakpoint", "mj-preview", "mj-raw", "mj-style", "mj-title",
    }),
    "mj-attributes": frozenset(ATTRIBUTES),
    "mj-body": frozenset({"mj-wrapper", "mj-section", "mj-raw"}),
    "mj-wrapper": frozenset({"mj-section", "mj-raw"}),
    "mj-section": frozenset({"mj-column", "mj-group", "mj-raw"}),
    "mj-group": frozenset({"mj-column", "mj-raw"}),
    "mj-column": _COLUMN,
    "mj-image": frozenset(),
    "mj-divider": frozenset(),
    "mj-spacer": frozenset(),
}
# fmt: on
"""What each structural element may hold."""

# fmt: off
VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
})
# fmt: on
"""HTML elements that never have content (HTML Living Standard section 13.1.2)."""
