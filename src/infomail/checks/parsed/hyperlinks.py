"""What rules know of a link: its words, and which part of the issue to open to mend it.

A link is staff's or the template's: the words beside it may be a person's while the link itself is
the designer's. Only where the address stands in the issue, the issue is the place to mend.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from infomail.checks.parsed.document import Document, Element, folded
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault
from infomail.model.item import Link
from infomail.model.manuscript import NEWSLETTER_FILE, Path
from infomail.model.newsletter import SocialLink
from infomail.model.prose import link_targets

PROSE = frozenset({"text", "intro", "signature"})
"""The last steps of paths that lead to Markdown."""
_NO_WORD = re.compile(r"[^\w\s]+|_")
_VOWEL_MARKS = re.compile("[\u064b-\u0652\u0640]")


class Hyperlink(NamedTuple):
    """A link of the mail.

    Attributes:
        element: the `a` element, or the `area` of a picture.
        href: its address, without spaces around it.
        words: what readers see or hear of it: its text and its pictures' alternatives.
    """

    element: Element
    href: str
    words: str

    @property
    def is_inside(self) -> bool:
        """Whether it leads to another place in the same mail."""
        return self.href.startswith("#")


@functools.lru_cache(maxsize=2)  # one mail is looked at by many rules, then the next one
def hyperlinks(mail: Document) -> tuple[Hyperlink, ...]:
    """Give the links of a mail, in order."""
    areas = [area for area in mail.all("area") if "href" in area.attributes]
    # HTML Living Standard section 4.8.14: an area of a picture is as much a link as an `a` is.
    links = sorted([*mail.links, *areas], key=lambda link: link.number) if areas else mail.links
    return tuple(Hyperlink(link, link.attributes["href"].strip(), _words(link)) for link in links)


def _words(link: Element) -> str:
    if link.tag == "area":
        return folded(link.attributes.get("alt", ""))
    alternatives = [
        each.attributes.get("alt", "") for each in link.descendants if each.tag == "img"
    ]
    return folded(" ".join([link.words, *alternatives]))


@functools.lru_cache(maxsize=4096)
def target(href: str) -> str:
    """Give an address as it is compared: host in small letters, no slash at the end."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return href
    return parts._replace(netloc=parts.netloc.lower(), path=parts.path.rstrip("/")).geturl()


def value_at(proof: Proof, path: Path) -> object:
    """Give what stands in a part of the issue or of newsletter.yaml; None if there is nothing."""
    in_newsletter = path[:1] == (NEWSLETTER_FILE,)
    value: object = proof.newsletter if in_newsletter else proof.issue
    for step in path[in_newsletter:]:
        if isinstance(value, tuple):
            value = value[step] if isinstance(step, int) and step < len(value) else None
        elif isinstance(value, Mapping):
            value = value.get(step)
        else:
            value = getattr(value, str(step), None)
    return value


def written_at(proof: Proof, link: Hyperlink) -> Path:
    """Give the part in which staff wrote a link's address; empty if no person of them did.

    The words beside a link may be a person's while the link itself is the template's.
    """
    path = link.element.path
    value = value_at(proof, path)
    if isinstance(value, str):
        if path[-1] in PROSE:
            return path if unquote(link.href) in _targets(value) else ()
        return path if _same(link.href, value) else ()
    if isinstance(value, Link | SocialLink):
        return (*path, "url") if _same(link.href, value.url) else ()
    if isinstance(value, Mapping):  # language versions of a publication
        return next(((*path, key) for key, url in value.items() if _same(link.href, str(url))), ())
    return ()


@functools.lru_cache(maxsize=256)  # a text is looked at again for each of its links
def _targets(prose: str) -> frozenset[str]:
    return frozenset(map(unquote, link_targets(prose)))


def _same(href: str, written: str) -> bool:
    return href == written or unquote(href) == unquote(written)


def words_fault(proof: Proof, link: Hyperlink, message: str, remedy: str) -> Fault:
    """Say a fault of a link's words, at the words."""
    path = written_at(proof, link)
    if not path:
        return Fault(message, remedy, MAIL_TEMPLATE)
    value = value_at(proof, path)
    if path[-1] in PROSE:
        return Fault(message, remedy, path, _words_in(path, link, str(value)))
    label = path[:-1] if path[-1] == "url" else path
    is_labelled = path[-1] == "url"
    return Fault(message, remedy, (*label, "label") if is_labelled else path, link.words)


def _words_in(path: Path, link: Hyperlink, prose: str) -> str:
    """Give a link as it is written in prose: its words, with its address if that is beside them."""
    if not link.words:
        return address_in(path, link, prose)
    begun = f"[{link.words}]("
    forms = (f"{begun}{link.href}", f"{begun}{unquote(link.href)}", begun)
    text = _folded(prose)
    return next((form for form in forms if form in text), link.words)


@functools.lru_cache(maxsize=64)
def _folded(prose: str) -> str:
    return folded(prose)


def address_fault(proof: Proof, link: Hyperlink, message: str, remedy: str) -> Fault:
    """Say a fault of a link's address, at the address."""
    path = written_at(proof, link)
    if not path:
        return Fault(message, remedy, MAIL_TEMPLATE)
    return Fault(message, remedy, path, address_in(path, link, value_at(proof, path)))


def address_in(path: Path, link: Hyperlink, value: object) -> str:
    """Give a link's address as it is written in the part at `path`, else its words."""
    if path[-1] not in PROSE:
        return str(value)
    forms = (link.href, unquote(link.href))
    return next((form for form in forms if form in str(value)), link.words)


@functools.lru_cache(maxsize=4096)
def normal(words: str) -> str:
    """Give words as they are compared: small letters, no punctuation, no vowel marks of Arabic."""
    spoken = _VOWEL_MARKS.sub("", words.casefold())
    return folded(_NO_WORD.sub(" ", spoken))
