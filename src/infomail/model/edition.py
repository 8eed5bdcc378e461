"""An edition: an issue composed in one language, as the bytes that will be sent and shown.

Whatever belongs to one subscriber stays a slot: a fixed marker that a letter fills later. Staff
cannot write a marker themselves; load refuses the characters it begins with.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import NamedTuple

from infomail.model.entry import Entry
from infomail.model.fields import SLOT_OPENING
from infomail.model.manuscript import Path

NAME_SLOT = f"{SLOT_OPENING}name]]"
"""The subscriber's name, or the newsletter's word for people who gave none."""
UNSUBSCRIBE_SLOT = f"{SLOT_OPENING}unsubscribe_url]]"
"""The subscriber's own link to leave."""
PREFERENCES_SLOT = f"{SLOT_OPENING}preferences_url]]"
"""The subscriber's own link to change language, topics or address."""
SLOTS = (NAME_SLOT, UNSUBSCRIBE_SLOT, PREFERENCES_SLOT)


def joins_without_space(tag: str) -> bool:
    """Tell whether a language sets no spaces between words, so that flowed text needs DelSp."""
    return tag.split("-", maxsplit=1)[0] in {"ja", "zh"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A picture as it is published: resized, stripped of metadata, named by its content.

    Attributes:
        name: file name with the start of its SHA-256.
        data: the bytes of a JPEG or PNG.
        width_px: real width, usually twice the shown width.
        height_px: real height.
    """

    name: str
    data: bytes
    width_px: int
    height_px: int


class Origin(NamedTuple):
    """Where in an edition's HTML a part of the issue begins.

    Attributes:
        offset: in code points.
        path: of the part in the issue.
    """

    offset: int
    path: Path


@dataclass(frozen=True, slots=True)
class Edition:
    """A finished mail and its web view in one language.

    Attributes:
        slug: the issue's name.
        language: BCP 47 tag.
        direction: "ltr" or "rtl".
        title: the issue's title in this language.
        subject: the mail's subject.
        preheader: the line after the subject in an inbox.
        date: the issue's day.
        url: permanent address of the web view.
        name_fallback: what the name slot becomes for people without a name.
        html: the HTML part, with slots.
        text: the plain text part (RFC 3676, format=flowed), with slots.
        page: the web view, without slots.
        assets: the pictures that html and page show.
        inputs: SHA-256 of every file that it was made from, by its path.
        masthead: who the mail is from and which list it belongs to, as its headers will say.
        origins: which part of the issue the HTML shows from where on; no part of the digest.
        entries: its items for the archive; no part of the digest.
    """

    slug: str
    language: str
    direction: str
    title: str
    subject: str
    preheader: str
    date: datetime.date
    url: str
    name_fallback: str
    html: str
    text: str
    page: str
    assets: tuple[Asset, ...]
    inputs: tuple[tuple[str, str], ...]
    masthead: tuple[tuple[str, str], ...] = ()
    origins: tuple[Origin, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over all that makes the mail and its page, in hexadecimal digits."""
        digest = hashlib.sha256()
        names = (self.slug, self.language, self.direction, self.url, self.name_fallback)
        words = (self.title, self.subject, self.preheader, self.date.isoformat())
        headers = tuple(part for pair in self.masthead for part in pair)
        for part in (*names, *words, *headers, self.html, self.text, self.page):
            data = part.encode()
            digest.update(len(data).to_bytes(8, "big") + data)
        for asset in self.assets:
            digest.update(asset.name.encode() + hashlib.sha256(asset.data).digest())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class StagedMail:
    """The mail of an edition as it lies staged, its bytes proven to be those of its digest.

    Attributes:
        slug: the issue's name.
        language: BCP 47 tag.
        subject: the mail's subject.
        date: the issue's day.
        url: permanent address of the web view.
        name_fallback: what the name slot becomes for people without a name.
        html: the HTML part, with slots.
        text: the plain text part, with slots.
        digest: the edition's digest, which people approve and the ledger keeps.
    """

    slug: str
    language: str
    subject: str
    date: datetime.date
    url: str
    name_fallback: str
    html: str
    text: str
    digest: str
