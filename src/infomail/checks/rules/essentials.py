"""Does the mail hold what the law and mailboxes demand, and nothing that was left unfilled?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from infomail.checks.parsed.document import Document, Element, folded
from infomail.checks.parsed.hyperlinks import Hyperlink, hyperlinks, value_at
from infomail.checks.parsed.visibility import can_be_seen
from infomail.checks.parsed.visible import squeezed, visible_words, whole_lines, without_isolates
from infomail.checks.proof import Proof
from infomail.checks.rule import (
    MAIL_TEMPLATE,
    PAGE_TEMPLATE,
    TEXT_TEMPLATE,
    Fault,
    Rule,
    Source,
    rule,
)
from infomail.checks.sources import GMAIL_SENDERS, STAFF, rfc
from infomail.model.edition import SLOTS, UNSUBSCRIBE_SLOT
from infomail.model.finding import Severity
from infomail.model.manuscript import NEWSLETTER_FILE, Path
from infomail.model.newsletter import words_in

_CAN_SPAM = Source(
    "FTC: CAN-SPAM Act, a compliance guide",
    "https://www.ftc.gov/business-guidance/resources/can-spam-act-compliance-guide-business",
)
# What templates and other mailing systems write where a value belongs.
_LEFT = re.compile(
    r"\{\{.{0,200}?\}\}|\{%.{0,200}?%\}|%%[A-Za-z_]\w*%%|\*\|[^|\n]{1,60}\|\*|\[\[[^\]\n]{1,80}\]\]"
    r"|\\u\{[0-9A-Fa-f]{1,6}\}|<%.{0,200}?%>|\$?\{[a-z]{2,}(?:[ ._][a-z]+){0,3}\}|\{\{|\{%"
    r"|%recipient(?:\.\w+)?%?|(?-i:%[A-Z][A-Z_]{2,}%)|%%=.{1,80}?=%%|##\w{2,30}##|<<\w{2,30}>>"
    r"|\[(?:first|last|full|user)[ _-]?name\]|\[object Object\]|lorem ipsum"
    r"|(?<=dear )undefined\b|(?<=dear )null\b",
    re.IGNORECASE | re.DOTALL,
)
_SIGNS = ("{", "None", "NaN", "null", "undefined", "orem ipsum", "OREM IPSUM")
_BY_ONE_CHARACTER = {
    "|": re.compile(r"\*\|"),
    "#": re.compile("##"),
    "<": re.compile("<[<%]"),
    "%": re.compile(r"%%|%recipient|%[A-Z][A-Z_]{2}"),
    "[": re.compile(r"\[(?:[fF]irst|FIRST|[lL]ast|LAST|[fF]ull|FULL|[uU]ser|USER|object )"),
}
"""What a part must hold to be worth a close look, where its first character occurs at all."""
_NOTHING = frozenset({"None", "NaN", "null", "undefined"})
"""What programs print for a value that is not there; only where nothing else stands."""
_READ = frozenset({"alt", "aria-label", "content", "href", "src", "title"})
"""Attributes that reach readers."""
_LAYOUT = frozenset({"table", "tbody", "td", "tr"})
"""Most elements of a mail; their attributes say nothing to readers."""
_FOOT_CHARACTERS = 3000
_POSTAL: Path = (NEWSLETTER_FILE, "postal_address")


@rule("merge-left", Severity.ERROR, STAFF, firm=True)
def merge_left(proof: Proof) -> Iterator[Fault]:
    """Nothing was left unfilled: no braces of templates, no merge fields, no “undefined”.

    “Dear {{ first_name }}” reached many readers of many newsletters. Looked at are subject,
    preheader, mail, text part and web view. In the greeting, {name} is infomail's own; elsewhere
    it would be shown as it stands. Words such as None count only where nothing else stands.
    """
    seen: set[str] = set()
    for words, path in _left(proof):
        if words not in seen:
            seen.add(words)
            message = f"“{words}” was never filled in"
            yield Fault(message, "write what readers should see, or delete it", path, words)


def _left(proof: Proof) -> Iterator[tuple[str, Path]]:
    edition = proof.edition
    for path, words in ((("subject",), edition.subject), (("preheader",), edition.preheader)):
        for found in _unfilled(words):
            yield found, path
    if _may_hold(_readable(proof.mail)):
        yield from _in_document(proof, proof.mail, MAIL_TEMPLATE)
    if _may_hold(edition.text):
        for found in _unfilled(whole_lines(edition.text)):
            yield found, TEXT_TEMPLATE
        for line in sorted(_NOTHING.intersection(edition.text.splitlines())):
            yield line, TEXT_TEMPLATE
    # What stands in its head stands in the mail as well; the rest there is CSS.
    if _may_hold(edition.page[edition.page.find("<body") :]):
        yield from _in_document(proof, proof.page, PAGE_TEMPLATE)


def _readable(document: Document) -> str:
    """Give all texts and attributes that reach readers, without styles."""
    texts = [
        part
        for element in document.with_text
        if element.tag != "style"
        for part in element.parts
        if isinstance(part, str)
    ]
    for element in document.elements:
        if element.tag not in _LAYOUT and not _READ.isdisjoint(element.attributes):
            texts += [value for name, value in element.attributes.items() if name in _READ]
    return "\n".join(texts)


def _may_hold(part: str) -> bool:
    """Tell quickly whether a part is worth a close look; nearly none is."""
    if _has_sign(part):
        return True
    return "[" in part and part.count("[[") > sum(part.count(slot) for slot in SLOTS)


def _has_sign(part: str) -> bool:
    return any(sign in part for sign in _SIGNS) or any(
        mark in part and pattern.search(part) for mark, pattern in _BY_ONE_CHARACTER.items()
    )


def _unfilled(words: str) -> list[str]:
    if words.strip() in _NOTHING:
        return [words.strip()]
    if not _has_sign(words) and "[[" not in words:
        return []
    return [folded(found) for found in _LEFT.findall(words) if found not in SLOTS]


def _in_document(proof: Proof, document: Document, template: Path) -> Iterator[tuple[str, Path]]:
    for element in document.elements:
        if element.tag in {"script", "style"}:
            continue
        own = "".join(part for part in element.parts if isinstance(part, str))
        # A run of another direction inside the braces stands in an element of its own.
        texts = [without_isolates(element.words)] if _unfilled(own) else []
        texts += [value for name, value in element.attributes.items() if name in _READ]
        for text in texts:
            for found in _unfilled(text):
                yield found, _writer(proof, element, found) or template


def _writer(proof: Proof, element: Element, words: str) -> Path:
    """Give the part of the issue that holds the words; empty if it is the template."""
    value = value_at(proof, element.path)
    if isinstance(value, str) and words in folded(value):
        return element.path
    label = getattr(value, "label", "")
    return (*element.path, "label") if words in label else ()


@rule("unsub-present", Severity.ERROR, rfc(8058, "3.1"), GMAIL_SENDERS, firm=True)
def unsub_present(proof: Proof) -> Iterator[Fault]:
    """Readers can leave: by a link in the mail, by an address in its text part, by one click.

    The law of most countries demands it. Gmail and Yahoo demand the headers for one click as well
    (List-Unsubscribe and List-Unsubscribe-Post) of everybody who sends more than a few thousand
    mails a day. A link does not count that some readers cannot see: hidden, outside the screen,
    under 9 px or under a contrast of 2:1, be it only on dark screens or on telephones.
    """
    remedy = "link to {{ unsubscribe_url }} in the template"
    if not any(link.href == UNSUBSCRIBE_SLOT for link in _visible(proof)):
        yield Fault("the mail has no visible link to unsubscribe", remedy, MAIL_TEMPLATE)
    if UNSUBSCRIBE_SLOT not in proof.edition.text:
        yield Fault("the text part has no address to unsubscribe", remedy, TEXT_TEMPLATE)
    headers = proof.headers
    one_click = headers.get("List-Unsubscribe-Post", "") == "List-Unsubscribe=One-Click"
    if not (one_click and f"<{UNSUBSCRIBE_SLOT}>" in headers.get("List-Unsubscribe", "")):
        message = "the headers offer no way to unsubscribe with one click"
        yield Fault(message, "report this as a bug of infomail", (NEWSLETTER_FILE, "list_id"))


def _visible(proof: Proof) -> Iterator[Hyperlink]:
    own = (UNSUBSCRIBE_SLOT, proof.edition.url)
    screens = (proof.light, proof.dark)
    return (
        link
        for link in hyperlinks(proof.mail)
        if link.href in own and can_be_seen(link.element, proof.mail, screens)
    )


@rule("view-online", Severity.WARNING, STAFF)
def view_online(proof: Proof) -> Iterator[Fault]:
    """The mail links to its web view.

    Readers whose mail program shows it badly need another way to read it, and it is what people
    pass on.
    """
    if not any(link.href == proof.edition.url for link in _visible(proof)):
        message = "the mail has no link to its web view"
        yield Fault(message, "link to {{ view.view_url }} in the template", MAIL_TEMPLATE)


@rule("postal-address", Severity.ERROR, _CAN_SPAM, firm=True)
def postal_address(proof: Proof) -> Iterator[Fault]:
    """The newsletter's postal address stands in the mail and in its text part.

    The laws of the United States and Canada demand it in every bulk mail, and readers trust a
    sender who says where he is.
    """
    address = words_in(proof.newsletter.postal_address, proof.edition.language)
    lines = {squeezed(line) for line in address.splitlines()}
    remedy = "print {{ view.postal_address }} in the template"
    for shown, part, template in (
        (_in_mail, "mail", MAIL_TEMPLATE),
        (_in_text, "text part", TEXT_TEMPLATE),
    ):
        if not shown(proof, lines):
            message = f"the {part} does not hold the postal address"
            yield Fault(message, remedy, template)


def _in_mail(proof: Proof, lines: set[str]) -> bool:
    mail = proof.mail
    shown = [each for each in mail.elements if each.path == _POSTAL]
    tops = [each for each in shown if each.parent is None or each.parent.path != _POSTAL]
    # A template may print the address in a way that its mark does not survive.
    parts = (visible_words(proof, roots) for roots in (tops, mail.all("body")))
    return _are_in(parts, lines)


def _in_text(proof: Proof, lines: set[str]) -> bool:
    text = proof.edition.text
    return _are_in((text[-_FOOT_CHARACTERS:], text), lines)


def _are_in(parts: Iterable[str], lines: set[str]) -> bool:
    """Tell whether every line stands in one of the parts; one after the other is read for them."""
    missing = lines
    for part in parts:
        words = squeezed(part)
        missing = {line for line in missing if line not in words}
        if not missing:
            break
    return not missing


RULES: tuple[Rule, ...] = (merge_left, unsub_present, view_online, postal_address)
