"""Does every link lead where it says, on an address that works from any inbox?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from infomail.checks.parsed.hosts import (
    WEB,
    host_of,
    ip_of,
    is_disguised,
    is_example,
    is_hidden_number,
    is_private,
    is_shortener,
    login_of,
    parts_of,
)
from infomail.checks.parsed.hyperlinks import Hyperlink, address_fault, hyperlinks
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, and_more, rule
from infomail.checks.sources import STAFF, rfc
from infomail.model.edition import SLOTS
from infomail.model.fields import MAX_URL_CHARACTERS
from infomail.model.finding import Severity

_SCHEMES = frozenset({"https", "http", "mailto", "tel", "sms", "cid"})
_SCHEME = re.compile(r"([a-z][a-z0-9+-]*):", re.IGNORECASE)
# What the systems of other senders put in the place of a value.
_JUNK = re.compile(
    r"\{\{|\}\}|\{%|\*\||\|\*|%%[a-z_]\w*%%|\[\[|<%|\$\{|\{(?:first_?|last_?)?name\}", re.IGNORECASE
)
_MAX_SHOWN_CHARACTERS = 120
_MAIL_FIELD = re.compile(r"[A-Za-z-]+=(?:[^%&?\s]|%[0-9A-Fa-f]{2})*")
_MAIL_ADDRESSES = re.compile(r"(?:[^%\s?&@]|%[0-9A-Fa-f]{2})+@(?:[^%\s?&]|%[0-9A-Fa-f]{2})+")
_SHOWN_URL = re.compile(r"(?:https?://)(?:[^\s/?#@]*@)?([^\s/?#:@]+)(?:[:/?#]\S*)?", re.IGNORECASE)
# A bare word with a dot may be a name (Node.js) or a file; these endings are hosts.
_SHOWN_HOST = re.compile(
    r"((?:www\.)(?:[\w-]+\.)+[a-z]{2,}|(?:[\w-]+\.)+(?:com|org|net|int|eu|gov|edu|info))(?:[/?#]\S*)?",
    re.IGNORECASE,
)
# RFC 3966 section 3 and RFC 5724 section 2.2: whatever else there is, digits are.
_DIALLED = re.compile(r"(?:tel|sms):[^?;]*[0-9]", re.IGNORECASE)
_SHOWN_MAILBOX = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")


def _own_host(proof: Proof) -> str:
    return host_of(proof.newsletter.public_url)


def _without_slots(href: str) -> str:
    for slot in SLOTS:
        href = href.replace(slot, "slot")
    return href


Judgement = tuple[str, str] | None
"""What is the matter with an address, to be said after it, and what to do; None for nothing."""


def _faults(proof: Proof, judge: Callable[[Hyperlink], Judgement]) -> Iterator[Fault]:
    """Say each bad address once in each part, and those of the template together."""
    found: dict[object, tuple[Fault, set[str]]] = {}
    for link in hyperlinks(proof.mail):
        if link.href in SLOTS:
            continue
        judged = judge(link)
        if judged is None:
            continue
        problem, remedy = judged
        shown = link.href if len(link.href) <= _MAX_SHOWN_CHARACTERS else f"{link.href[:80]}…"
        begun = f"the link to {shown}" if link.href else f"the link “{link.words}”"
        fault = address_fault(proof, link, f"{begun} {problem}", remedy)
        key = remedy if fault.path == MAIL_TEMPLATE else fault
        found.setdefault(key, (fault, set()))[1].add(link.href)
    for fault, addresses in found.values():
        message = fault.message + and_more(addresses)
        yield Fault(message, fault.remedy, fault.path, fault.needle)


@rule("url-absolute", Severity.ERROR, rfc(3986, "4.3"))
def url_absolute(proof: Proof) -> Iterator[Fault]:
    """Every link leads to a whole address that is public and real.

    An inbox has no page to which an address without a host could belong. Empty links, links to a
    place that the mail does not have, examples that were never replaced, names of machines in an
    office, telephone links without a number and what a mailing system should have filled in all
    lead readers nowhere. A newsletter whose own address is an example may link to examples.
    """
    playing = is_example(_own_host(proof))

    def judge(link: Hyperlink) -> Judgement:
        if link.is_inside:
            return _inside(link.href, proof)
        return _dialled(link.href) or _public(link.href, playing=playing)

    yield from _faults(proof, judge)


def _inside(href: str, proof: Proof) -> Judgement:
    if href == "#top":  # HTML Living Standard section 7.4.6.4: the top of the document
        return None
    if href == "#":
        return "leads nowhere", "write where it leads, or take the link away"
    if href[1:] in proof.mail.ids or unquote(href[1:]) in proof.mail.ids:
        return None
    return "leads to a place that the mail does not have", "write the id of a heading or an item"


def _dialled(href: str) -> Judgement:
    if href[:4].lower() not in {"tel:", "sms:"} or _DIALLED.match(unquote(href)):
        return None
    return "has no number to dial", "write the number, such as tel:+32470123456"


def _public(href: str, *, playing: bool) -> Judgement:
    whole = "write the whole address, beginning with https://"
    plain = _without_slots(href)
    if not plain:
        return "leads nowhere", "write where it leads, or take the link away"
    if _JUNK.search(plain) or _JUNK.search(unquote(plain)):
        return "holds what another mailing system would fill in", "write the address itself"
    if not _SCHEME.match(plain):
        return "has no https:// and no host", whole
    if parts_of(plain).scheme not in WEB:
        return None
    host = host_of(plain)
    if not host:
        return "has no host", whole
    if not playing and is_example(host):
        return "is only an example", "write the real address"
    if is_private(host):
        return "works only inside an office or on one machine", "write the public address"
    return None


@rule("url-http", Severity.WARNING, rfc(9110, "4.2.2"))
def url_http(proof: Proof) -> Iterator[Fault]:
    """Links lead to https, not to http.

    What a reader looks at over http, everybody on the way can read and change, and browsers warn
    of it.
    """
    remedy = "write https:// if the page can be reached so"
    yield from _faults(
        proof,
        lambda link: ("is not encrypted", remedy) if parts_of(link.href).scheme == "http" else None,
    )


@rule("url-scheme", Severity.ERROR, rfc(3986, "3.1"))
def url_scheme(proof: Proof) -> Iterator[Fault]:
    """Links are of a kind that mail programs open: https, http, mailto, tel, sms or cid.

    Mail programs take other links away, such as javascript: or file:, and filters take the whole
    mail for an attack.
    """

    def judge(link: Hyperlink) -> Judgement:
        found = _SCHEME.match(link.href)
        if found is None or found[1].lower() in _SCHEMES:
            return None
        return f"begins with {found[0]}, which mails may not hold", "link to a page with https://"

    yield from _faults(proof, judge)


@rule("mailto-encoded", Severity.WARNING, rfc(6068, "2"))
def mailto_encoded(proof: Proof) -> Iterator[Fault]:
    """A link to a mailbox is written so that every mail program understands it.

    In the subject or the text that such a link brings along, a space is %20, & is %26, ? is %3F
    and % is %25; otherwise the words are cut off there. Without an @ there is no mailbox.
    """

    def judge(link: Hyperlink) -> Judgement:
        if not link.href.lower().startswith("mailto:"):
            return None
        mailboxes, _, fields = _without_slots(link.href)[len("mailto:") :].partition("?")
        # A link that only proposes a text to pass on names no mailbox (RFC 6068 section 2).
        if not (mailboxes or fields) or any(
            not _MAIL_ADDRESSES.fullmatch(each) for each in mailboxes.split(",") if mailboxes
        ):
            return "names no mailbox that could exist", "write mailto: and a mailbox with an @"
        if fields and not all(_MAIL_FIELD.fullmatch(each) for each in fields.split("&")):
            return "holds a character that cuts it off", "write %20, %26, %3F or %25 in its place"
        return None

    yield from _faults(proof, judge)


@rule("url-shortener", Severity.WARNING, STAFF)
def url_shortener(proof: Proof) -> Iterator[Fault]:
    """No link hides behind a service that shortens addresses.

    Spammers use these services as well, so filters distrust them; readers cannot see where such a
    link leads, and it dies with the service.
    """
    remedy = "write the address to which it leads"
    yield from _faults(
        proof,
        lambda link: ("hides where it leads", remedy) if is_shortener(host_of(link.href)) else None,
    )


@rule("url-ip", Severity.WARNING, STAFF)
def url_ip(proof: Proof) -> Iterator[Fault]:
    """Links name a host, not the number of a machine.

    Filters take a number for a sign of phishing, and it changes when the machine does. So it is
    with the spellings of a number that browsers understand besides, such as 2130706433.
    """

    def judge(link: Hyperlink) -> Judgement:
        host = host_of(link.href)
        # Those in an office are url-absolute's, but nobody hides a number without intent.
        if not ip_of(host) or (is_private(host) and not is_hidden_number(host)):
            return None
        return "names a machine by its number", "write the name of the host"

    yield from _faults(proof, judge)


@rule("url-punycode", Severity.WARNING, rfc(5890, "4.4"))
def url_punycode(proof: Proof) -> Iterator[Fault]:
    """No host is written in code (xn--) or in letters that look like those of another alphabet.

    A name that mixes alphabets, or whose Cyrillic or Greek letters all look Latin, can be taken
    for another host; filters and browsers warn of it. The newsletter's own host does not count.
    """
    own = _own_host(proof)

    def judge(link: Hyperlink) -> Judgement:
        host = host_of(link.href)
        if host == own or not (host and is_disguised(host)):
            return None
        return (
            f"names the host {host}, which can be taken for another",
            "use a host in plain letters",
        )

    yield from _faults(proof, judge)


@rule("url-mismatch", Severity.WARNING, STAFF)
def url_mismatch(proof: Proof) -> Iterator[Fault]:
    """A link leads to the host that readers see first, in its words or in its address.

    Words that show one host while the link leads to another are how phishing works, and so are
    addresses with a name before the host, as in https://who.example@host.example; filters throw
    such mails away.
    """

    def judge(link: Hyperlink) -> Judgement:
        if login_of(link.href):
            seen = f"shows something else before its host, {host_of(link.href)}"
            return seen, "take out the @ and what stands before it"
        shown = _shown(link.words)
        real = _real(link.href)
        if not shown or not real or _related(shown, real):
            return None
        remedy = "show the address to which the link leads, or say in words what is there"
        return f"shows readers {link.words}", remedy

    yield from _faults(proof, judge)


def _shown(words: str) -> str:
    """Give the host or mailbox that the words of a link show, if they show one."""
    if "." not in words:
        return ""
    found = _SHOWN_URL.fullmatch(words) or _SHOWN_HOST.fullmatch(words)
    if found:
        return found[1].lower().rstrip(".").removeprefix("www.")
    return words.lower() if _SHOWN_MAILBOX.fullmatch(words) else ""


def _real(href: str) -> str:
    if href.lower().startswith("mailto:"):
        return unquote(href[len("mailto:") :].partition("?")[0]).lower()
    return host_of(href).removeprefix("www.")


def _related(shown: str, real: str) -> bool:
    if "@" in shown and "@" not in real:
        return True  # a page to write to someone may stand behind a mailbox
    return shown == real or shown.endswith(f".{real}") or real.endswith((f".{shown}", f"@{shown}"))


@rule("url-long", Severity.WARNING, STAFF)
def url_long(proof: Proof) -> Iterator[Fault]:
    """No address is longer than 2,000 characters.

    Some mail programs and gateways cut longer ones, and then the link leads nowhere.
    """
    remedy = "take away what only counts visits, or link to a shorter address"
    yield from _faults(
        proof,
        lambda link: (
            (f"has {len(link.href):,} characters", remedy)
            if len(link.href) > MAX_URL_CHARACTERS
            else None
        ),
    )


RULES: tuple[Rule, ...] = (
    url_absolute,
    url_http,
    url_scheme,
    mailto_encoded,
    url_shortener,
    url_ip,
    url_punycode,
    url_mismatch,
    url_long,
)
