"""A safe compiler around mjml-python, which on its own corrupts text and accepts anything.

In go the MJML that a template rendered and the theme's CSS, out comes the mail's HTML. The MJML is
parsed strictly, every mj- element and attribute is known, the theme's CSS is inlined by premailer
on the content before MJML (on the finished mail premailer would undo media queries and add a
fifth to its size), and the compiler's faults are mended on both sides of it. Nothing is fetched.

What mjml-python 1.4 (MRML 6) does that this module makes good:
- attribute values are printed with Rust's debug format, so that combining marks, joiners,
  directional marks and backslashes come out as literal escapes: they travel as hexadecimal digits
  behind a mark that nobody can foresee, and come back afterwards;
- a padding of `0` without a unit is left out of the widths that Outlook is given;
- unknown elements and attributes pass in silence; errors have byte offsets for positions;
- fonts with well-known names are linked from a third party unless `fonts` is given;
- Outlook's ghost tables and the preheader have no direction, buttons a stray attribute.
"""

from __future__ import annotations

import difflib
import re
import secrets
from html import escape, unescape

import mjml
from lxml import etree

from infomail.compose.marks import unmarked
from infomail.compose.tags import ATTRIBUTES, CHILDREN, EVERYWHERE, VOID
from infomail.errors import TemplateError

_ZERO = re.compile(r"(?<![\d.])0(?=\s|$)")
_RISKY = re.compile(r"[^ -\[\]-~]+")
"""What the compiler corrupts in attributes: all but printable ASCII, and the backslash."""
_RISKY_TITLE = re.compile(r"[^A-Za-z0-9 ]+")
"""mj-title becomes an attribute that the compiler quotes wrongly, so it keeps letters only."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Compiled tags hold no raw < or >, so these patterns cannot reach into text. They begin with fixed
# characters, which makes searching fast.
_STRAY = (
    re.compile(r' vertical-align="middle"(?=[^<>]*>)'),
    re.compile(r' height="auto"(?=[^<>]*>)'),
)
_COLUMN_ALIGN = re.compile(r"(<div class=\"[^<>]*?text-align:)left(;direction:rtl)")
_FRACTION = re.compile(r'(<img[^<>]* width=")(\d+)\.\d+"')
_HEX3 = re.compile(r' bgcolor="#([0-9a-fA-F])([0-9a-fA-F])([0-9a-fA-F])"(?=[^<>]*>)')
# XML escapes the > of a child selector, which HTML does not read inside a style element.
_SHEET = re.compile(r"(<style[^>]*>)([^<]*)")
_CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
# MRML gives Outlook's tables a class of their own, which nothing refers to.
_GHOST_CLASS = re.compile(r' class="[\w -]*-outlook"(?=[^<>]*>)')
_GHOST_TABLE = re.compile(r"(<!--\[if mso \| IE\]>(?:</?(?:td|tr|table)[^>]*>)*?<table)(?= )")
_PREHEADER = re.compile(r'(<body[^>]*>)<div style="display:none[^"]*"')
# Not MRML's tiny white letters: SpamAssassin takes them for hidden words (FONT_INVIS_MSGID,
# HTML_FONT_LOW_CONTRAST). Word needs a declaration of its own.
_HIDDEN = "display:none;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all"


def compile_mail(source: str, css: str, template: str) -> str:
    """Compile rendered MJML to HTML.

    Args:
        source: MJML, well-formed XML, with `lang` and `dir` on its root.
        css: the theme's CSS for the content; simple selectors.
        template: name of the template, for errors.

    Raises:
        TemplateError: the MJML is not well-formed, or uses what MJML does not have.
    """
    root = _parse(source, template)
    _validate(root, template)
    _inline(root, css, template)
    _drop_idle_classes(root)
    # Nobody can have written the marks, since nobody knows them; they are gone when this returns.
    mark = secrets.token_hex(8)
    _wrap_attributes(root, mark)
    try:
        html = mjml.mjml2html(etree.tostring(root, encoding="unicode", method="xml"), fonts={})
    except ValueError as error:
        msg = f"{template}: the MJML compiler refused it ({error}) — simplify the last change"
        raise TemplateError(msg) from error
    html = re.sub(f"{mark}([0-9a-f]+)z", _unwrapped, html)
    return _mend(html, root.get("lang", ""), root.get("dir", ""))


def _inline(root: etree._Element, css: str, template: str) -> None:
    # premailer takes a tenth of a second to import; commands that print no mail do without it.
    from infomail.compose.inline import inline  # noqa: PLC0415

    try:
        inline(root, css)
    except (ValueError, OverflowError, RecursionError) as error:  # cssutils trusts its input
        msg = f"{template}: a style cannot be read ({str(error)[:80]}) — mend the template's CSS"
        raise TemplateError(msg) from error


def _parse(source: str, template: str) -> etree._Element:
    if found := _CONTROL.search(source):
        msg = f"{template}: it holds the control character U+{ord(found[0]):04X} — delete it"
        raise TemplateError(msg)
    # No entity is expanded, no file or address is opened; libxml2 caps depth at 256.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(source.encode(), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        content = unmarked([*source.split("\n"), ""][max(line - 1, 0)]).strip()
        msg = (
            f"{template}: what it rendered is not well-formed, line {line}, column {column}: "
            f"{error.msg} — mend the template near `{content[:80]}`"
        )
        raise TemplateError(msg) from error


def _validate(root: etree._Element, template: str) -> None:
    """Refuse what MJML does not have, and make the few repairs that MRML needs beforehand."""
    if root.tag != "mjml":
        msg = f"{template}: the root is <{root.tag}> — begin with <mjml>"
        raise TemplateError(msg)
    for element in root.iter(etree.Element):
        tag = element.tag
        if tag.startswith("mj-"):
            _validate_component(element, tag, template)
        elif tag != "mjml":
            _validate_html(element, tag, template)


def _validate_component(element: etree._Element, tag: str, template: str) -> None:
    known = ATTRIBUTES.get(tag)
    if known is None:
        _refuse_unknown(tag, "element", tuple(ATTRIBUTES), template)
        return
    parent = element.getparent()
    parent_tag = parent.tag if parent is not None else ""
    if parent_tag in CHILDREN and tag not in CHILDREN[parent_tag]:
        allowed = ", ".join(sorted(CHILDREN[parent_tag]))
        msg = f"{template}: <{tag}> cannot stand in <{parent_tag}> — it may hold {allowed}"
        raise TemplateError(msg)
    for raw_name, raw_value in element.attrib.items():
        name, value = str(raw_name), str(raw_value)
        if name not in known and name not in EVERYWHERE and parent_tag != "mj-attributes":
            _refuse_unknown(name, f"attribute of <{tag}>", tuple(known | EVERYWHERE), template)
        if "padding" in name and "0" in value:
            element.set(name, _ZERO.sub("0px", value))
    if tag == "mj-image" and element.get("alt") is None and parent_tag != "mj-attributes":
        msg = f'{template}: an <mj-image> has no alt — add one, or alt="" for decoration'
        raise TemplateError(msg)


def _validate_html(element: etree._Element, tag: str, template: str) -> None:
    if tag == "img" and element.get("alt") is None:
        msg = f'{template}: an <img> has no alt — add one, or alt="" for decoration'
        raise TemplateError(msg)
    parent = element.getparent()
    if parent is not None and parent.tag in CHILDREN:
        allowed = ", ".join(sorted(CHILDREN[parent.tag])) or "nothing"
        msg = f"{template}: <{tag}> cannot stand in <{parent.tag}> — it may hold {allowed}"
        raise TemplateError(msg)
    if element.text is None and tag not in VOID and len(element) == 0:
        # An empty <p/> would be read by a browser as an opening tag.
        element.text = ""


def _drop_idle_classes(root: etree._Element) -> None:
    """Take away classes that no style sheet in the head names; their rules are inlined by now."""
    sheets = (style.text or "" for style in root.iter("mj-style"))
    named = {name for sheet in sheets for name in _CLASS.findall(sheet)}
    for element in root.iter(etree.Element):
        names = element.get("class")
        if names is None:
            continue
        kept = " ".join(name for name in names.split() if name in named)
        if kept:
            element.set("class", kept)
        else:
            del element.attrib["class"]


def _refuse_unknown(name: str, what: str, known: tuple[str, ...], template: str) -> None:
    close = difflib.get_close_matches(name, known, n=1)
    remedy = f"did you mean `{close[0]}`?" if close else "delete it"
    msg = f"{template}: `{name}` is no {what} of MJML — {remedy}"
    raise TemplateError(msg)


def _wrap_attributes(root: etree._Element, mark: str) -> None:
    """Write what the compiler would corrupt as hexadecimal digits behind `mark`."""

    def wrapped(found: re.Match[str]) -> str:
        return f"{mark}{found[0].encode().hex()}z"

    for element in root.iter(etree.Element):
        for name, raw_value in element.items():
            value = str(raw_value)
            if not value.isascii() or "\\" in value or not value.isprintable():
                element.set(name, _RISKY.sub(wrapped, value))
    title = root.find("mj-head/mj-title")
    if title is not None and title.text:
        title.text = _RISKY_TITLE.sub(wrapped, title.text)


def _unwrapped(found: re.Match[str]) -> str:
    # Right in an attribute and in a title, where alone the marks can stand.
    return escape(bytes.fromhex(found[1]).decode())


def _mend(html: str, language: str, direction: str) -> str:
    """Give the compiler's output what accessibility, Outlook and validators ask for."""
    html = _SHEET.sub(lambda found: found[1] + unescape(found[2]), html)
    for stray in _STRAY:
        html = stray.sub("", html)
    html = _GHOST_CLASS.sub("", html)
    html = _FRACTION.sub(r'\1\2"', html)
    html = _HEX3.sub(r' bgcolor="#\1\1\2\2\3\3"', html)
    html = _PREHEADER.sub(
        rf'\1<div lang="{language}" dir="{direction}" style="{_HIDDEN}"', html, count=1
    )
    # A shape that only lies behind words is decoration; Outlook's screen readers must be told.
    html = html.replace("<v:rect ", '<v:rect alt="" ')
    if direction != "rtl":
        return html
    html = _COLUMN_ALIGN.sub(r"\1right\2", html)
    return _GHOST_TABLE.sub(r'\1 dir="rtl"', html)
