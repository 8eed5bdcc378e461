"""Does the mail hold only what Gmail and other mail programs keep?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from infomail.checks.parsed.conditional import segments
from infomail.checks.parsed.css import style_rules
from infomail.checks.parsed.document import Document, Element, parse
from infomail.checks.parsed.styles import written
from infomail.checks.parsed.suspicion import RUNNING, is_suspicious
from infomail.checks.proof import Proof
from infomail.checks.rule import (
    MAIL_TEMPLATE,
    PAGE_TEMPLATE,
    Fault,
    Rule,
    Source,
    and_more,
    rule,
)
from infomail.checks.sources import HTML, can_i_email, email_bug
from infomail.model.finding import Severity
from infomail.model.manuscript import Path

_NESTED = Source(
    "Can I email 144: at-rules inside at-rules",
    "https://github.com/hteumeuleu/caniemail/issues/144",
)
_GMAIL_CSS = Source(
    "Google: CSS support in Gmail", "https://developers.google.com/gmail/design/css"
)
_FRESH_INBOX = Source(
    "FreshInbox: Gmail strips CSS with background images",
    "https://freshinbox.com/blog/gmail-rolling-out-changes-that-strip-background-image-css/",
)
_MAIZZLE = Source(
    "Maizzle: safe class names", "https://maizzle.com/docs/transformers/safe-class-names"
)
_MAX_ALL_BYTES = 16_384
"""Gmail drops all CSS of a mail with more than 16 KB of it (email-bugs 90)."""
_MAX_BLOCK_BYTES = 8_192
"""Long said to be Gmail's limit for one style element; cheap to keep to."""

_ACTIVE_TAGS = (
    *("script", "form", "input", "button", "select", "textarea"),
    *("iframe", "frame", "object", "embed", "applet", "video", "audio", "base"),
)
_ACTIVE_PAGE_TAGS = ("iframe", "object", "embed")
_DATA_SCRIPT = "application/ld+json"
_ADDRESS_ATTRIBUTES = frozenset(
    {"href", "src", "action", "formaction", "background", "poster", "xlink:href"}
)
# The URL Standard takes tabs and line breaks out, and control characters and spaces at the start.
_DROPPED_IN_URL = re.compile("[\x00-\x20]")
_URL_CALL = re.compile(r"\burl\(\s*[\"']?(?!data:)([^\"')\s]+)", re.IGNORECASE)
_IMPORT = re.compile(r"@import\s++(?:url\(\s*+)?+[\"']?+([^\"')\s;]+)", re.IGNORECASE)
_FONT_FACE = re.compile(r"@font-face\s*+\{([^}]*+)", re.IGNORECASE)
_SAFE_CLASS = re.compile(r"[A-Za-z0-9_-]+")


@rule("style-16k", Severity.ERROR, email_bug(90, "Gmail's limit for style elements"))
def style_16k(proof: Proof) -> Iterator[Fault]:
    """The style elements hold less CSS than Gmail's limit of 16,384 bytes.

    Gmail drops whatever goes beyond it: the mail loses its looks on phones and dark screens. One
    style element of more than 8,192 bytes is a warning.
    """
    sizes = [
        sum(len(part.encode("utf-8", "replace")) for part in style.parts if isinstance(part, str))
        for style in proof.mail.all("style")
    ]
    total, largest = sum(sizes), max(sizes, default=0)
    if total > _MAX_ALL_BYTES:
        yield Fault(
            f"the style elements hold {total:,} bytes; Gmail reads {_MAX_ALL_BYTES:,}",
            "shorten mail_modes.css and the mj-style elements",
            MAIL_TEMPLATE,
        )
    elif largest > _MAX_BLOCK_BYTES:
        yield Fault(
            f"a style element holds {largest:,} bytes; Gmail may read {_MAX_BLOCK_BYTES:,}",
            "split it into two mj-style elements",
            MAIL_TEMPLATE,
            severity=Severity.WARNING,
        )


@rule("css-nested-at", Severity.ERROR, _NESTED)
def css_nested_at(proof: Proof) -> Iterator[Fault]:
    """No at-rule such as @media stands inside another one.

    Gmail then drops the whole style element, with everything else in it.
    """
    nested = dict.fromkeys(
        style_rule.at_rules for style_rule in style_rules(proof.mail.css) if style_rule.at_rules[1:]
    )
    if nested:
        outer, inner = next(iter(nested))[:2]
        more = and_more(nested)
        message = f"`{inner}` stands inside `{outer}`{more}; Gmail drops the style sheet"
        yield Fault(message, "write the inner one after the outer one", MAIL_TEMPLATE)


@rule("css-in-body", Severity.WARNING, can_i_email("html-style"))
def css_in_body(proof: Proof) -> Iterator[Fault]:
    """Every style element stands in the head.

    Gmail ignores those in the body.
    """
    wrong = [
        style
        for style in proof.mail.all("style")
        if any(around.tag == "body" for around in style.ancestors)
    ]
    if wrong:
        count = (
            "a style element stands" if len(wrong) == 1 else f"{len(wrong)} style elements stand"
        )
        message = f"{count} in the body, where Gmail ignores it"
        yield Fault(message, "write it as mj-style in the mj-head", MAIL_TEMPLATE)


@rule("css-url-in-style", Severity.WARNING, can_i_email("css-background-image"), _FRESH_INBOX)
def css_url_in_style(proof: Proof) -> Iterator[Fault]:
    """No CSS loads a picture with url().

    Since 2023 Gmail drops the whole style attribute or style element in which it finds one, for
    some readers, and with it every other style there. Put the picture into an img, or see that
    the mail is good to read without all of these styles.
    """
    found = list(
        dict.fromkeys(
            url
            for each in written(proof.mail)
            if "(" in each.value and not _is_font(each.at_rules)
            for url in _URL_CALL.findall(each.value)
        )
    )
    if found:
        more = and_more(found)
        message = f"a style loads {found[0]}{more}; Gmail may drop all of the style"
        yield Fault(message, "show the picture as an mj-image", MAIL_TEMPLATE)


def _is_font(at_rules: tuple[str, ...]) -> bool:
    return any(around.startswith("@font-face") for around in at_rules)


@rule("active-content", Severity.ERROR, can_i_email("html-form"), HTML, firm=True)
def active_content(proof: Proof) -> Iterator[Fault]:
    """Nothing in the mail runs, sends or plays, and nothing in the web view runs.

    Scripts, forms, frames, players, `on…` attributes, `javascript:` addresses and redirects make
    mail programs warn of the mail, drop it or empty it, because attackers use them. In the web
    view scripts, frames and such addresses are refused too; data for search engines is none.
    """
    for document, name, template in _documents(proof):
        found = list(dict.fromkeys(_active(document, is_mail=name == "mail")))
        if found:
            what = ", ".join(found[:3]) + (f" and {len(found) - 3} more" if found[3:] else "")
            yield Fault(f"the {name} holds {what}", "take it out; link to it instead", template)


def _documents(proof: Proof) -> Iterator[tuple[Document, str, Path]]:
    """Give the mail, and the web view if it is worth being parsed; each with name and template."""
    yield proof.mail, "mail", MAIL_TEMPLATE
    for_outlook = "".join(part.text for part in segments(proof.edition.html) if not part.others)
    if is_suspicious(for_outlook):
        yield parse(for_outlook), "mail", MAIL_TEMPLATE
    if is_suspicious(proof.edition.page):
        yield proof.page, "web view", PAGE_TEMPLATE


def _active(document: Document, *, is_mail: bool) -> Iterator[str]:
    tags = _ACTIVE_TAGS if is_mail else ("script", *_ACTIVE_PAGE_TAGS)
    for tag in tags:
        yield from (f"<{tag}>" for each in document.all(tag) if is_mail or not _is_data(each))
    if "expression(" in document.css or any("expression(" in one for one in _styles(document)):
        yield "the CSS expression()"
    if is_mail:
        for meta in document.all("meta"):
            if meta.attributes.get("http-equiv", "").strip().lower() == "refresh":
                yield "a redirect (meta refresh)"
    names = set().union(*[element.attributes for element in document.elements])
    yield from (f"the attribute {name}" for name in sorted(names) if name.startswith("on"))
    for element in document.elements:
        if not _ADDRESS_ATTRIBUTES.isdisjoint(element.attributes):
            for name, url in element.attributes.items():
                if name in _ADDRESS_ATTRIBUTES and not url.startswith("http") and _runs(url):
                    yield f"the address {url.strip()}"


def _styles(document: Document) -> set[str]:
    return {element.attributes.get("style", "") for element in document.elements}


def _is_data(element: Element) -> bool:
    kind = element.attributes.get("type", "").strip().lower()
    return element.tag == "script" and kind == _DATA_SCRIPT


def _runs(url: str) -> bool:
    return _DROPPED_IN_URL.sub("", url[:200]).lower().startswith(RUNNING)


@rule("external-css", Severity.WARNING, can_i_email("html-link"), can_i_email("css-at-font-face"))
def external_css(proof: Proof) -> Iterator[Fault]:
    """Mail and web view load no style sheets and no fonts from elsewhere.

    Gmail, Yahoo and Outlook drop them, so that the mail must look right without them anyway; and
    whoever serves them learns who read the mail, when and where.
    """
    for document, name, template in _documents(proof):
        found = list(dict.fromkeys(_loaded(document)))
        if found:
            more = and_more(found)
            message = f"the {name} loads {found[0]}{more}"
            yield Fault(message, "write the CSS into the template, and use system fonts", template)


def _loaded(document: Document) -> Iterator[str]:
    for link in document.all("link"):
        if "stylesheet" in link.attributes.get("rel", "").lower().split():
            yield f"the style sheet {link.attributes.get('href', '')}".strip()
    if "@" in document.css:
        yield from (f"the style sheet {url}" for url in _IMPORT.findall(document.css))
        for face in _FONT_FACE.findall(document.css):
            yield from (f"the font {url}" for url in _URL_CALL.findall(face))


@rule("class-names", Severity.INFO, _MAIZZLE, _GMAIL_CSS)
def class_names(proof: Proof) -> Iterator[Fault]:
    """Class names consist of Latin letters, digits, hyphens and underscores.

    Gmail drops style rules whose selectors hold other characters, such as `sm:w-full`.
    """
    names = set().union(*{element.classes for element in proof.mail.elements})
    wrong = sorted(name for name in names if not _SAFE_CLASS.fullmatch(name))
    if wrong:
        more = and_more(wrong)
        yield Fault(
            f"the class name “{wrong[0]}”{more} holds more than letters, digits, - and _",
            "give it a plain name",
            MAIL_TEMPLATE,
        )


RULES: tuple[Rule, ...] = (
    style_16k,
    css_nested_at,
    css_in_body,
    css_url_in_style,
    active_content,
    external_css,
    class_names,
)
