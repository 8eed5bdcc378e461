"""Where a mail gets its pictures from: every address that mail programs ask for one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infomail.checks.parsed.css import style_rules
from infomail.checks.parsed.document import Document, Element, parse

# CSS Values and Units 4, section 4.5, and the strings that stand for it in image-set().
_IN_CSS = re.compile(
    r"url\(\s*[\"']?\s*([^\"')\s]+)|image-set\([^;]*?[\"']([^\"']+)", re.IGNORECASE
)
# HTML Living Standard section 4.8.4.2.1: addresses with commas and descriptors between them.
_IN_SRCSET = re.compile(r"(?:^|[\s,])((?:https?:)?//[^\s,]+)", re.IGNORECASE)
_ONE_ADDRESS = ("background", "poster")
_SHOWING_SRC = frozenset({"img", "input"})
# Microsoft's VML has pictures of its own, and SVG has <image>.
_VML = ("v:", "w:", "o:")


def picture_addresses(document: Document) -> Iterator[str]:
    """Name every address of a picture, those that only Outlook reads as well, in no order.

    Args:
        document: a mail; where the same picture stands in two places, it comes twice.
    """
    yield from _of_document(document)
    for comment in document.comments:
        # What has no host leads to nobody; most comments of a mail only set table cells.
        if "//" in comment and comment.startswith("[if"):
            yield from _of_document(parse(f"<body>{comment.partition(']>')[2]}"))


def _of_document(document: Document) -> Iterator[str]:
    for element in document.elements:
        if element.attributes:
            yield from _of_element(element)
    for style in document.all("style"):
        yield from _of_style_sheet(style)


def _of_element(element: Element) -> Iterator[str]:
    attributes = element.attributes
    for name in _ONE_ADDRESS:
        if name in attributes:
            yield attributes[name]
    if "src" in attributes and (element.tag in _SHOWING_SRC or element.tag.startswith(_VML)):
        yield attributes["src"]
    if element.tag == "image":
        yield attributes.get("href") or attributes.get("xlink:href") or attributes.get("src", "")
    if "srcset" in attributes:
        yield from _IN_SRCSET.findall(attributes["srcset"])
    if "style" in attributes and "(" in attributes["style"]:
        yield from _of_css(attributes["style"])


def _of_style_sheet(style: Element) -> Iterator[str]:
    css = style.own_text
    if "//" not in css:
        return
    for rule in style_rules(css):
        # Without a selector it is @font-face, which asks for fonts.
        for declaration in rule.declarations if rule.selector else ():
            yield from _of_css(declaration.value)


def _of_css(css: str) -> Iterator[str]:
    return (address or other for address, other in _IN_CSS.findall(css))
