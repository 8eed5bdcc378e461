"""The post room: what writes the letters of an issue, and what carries them away."""

from __future__ import annotations

import datetime
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from infomail import tokens
from infomail.deliver import Transport
from infomail.dkim import REWRITTEN_BY_SES, Claim, Signer, read_key
from infomail.errors import SettingsError
from infomail.letter import LetterTemplate, Personal, Unsigned, compile_letter
from infomail.model.delivery import Delivery, Envelope
from infomail.model.edition import StagedMail
from infomail.model.newsletter import Newsletter
from infomail.transports.folder import FolderTransport
from infomail.transports.smtp import Fleet, SmtpAccount, SmtpTransport
from infomail.wiring.keyfields import key_fields, with_key
from infomail.wiring.office import Office

LETTERS_FOLDER = "letters"
TESTS_FOLDER = "tests"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a subscriber's own links, bounces and requests lead.

    Attributes:
        public_url: of the public pages.
        list_id: of the newsletter.
        bounce: mailbox for bounces; each letter adds its key.
        leave: mailbox for leaving by mail; empty for none.
        key_fields: header fields that tell the key to whoever carries a letter; mostly none.
    """

    public_url: str
    list_id: str
    bounce: str
    leave: str
    key_fields: str

    @classmethod
    def of(cls, newsletter: Newsletter) -> Addresses:
        """Gather them from a newsletter."""
        sending = newsletter.sending
        domain = newsletter.sender.address.rpartition("@")[2]
        return cls(
            newsletter.public_url,
            newsletter.list_id,
            sending.bounce_address or f"bounces@{domain}",
            sending.leave_address or "",
            key_fields(newsletter),
        )


class Draft(NamedTuple):
    """A letter whose signatures are still to be made.

    Attributes:
        key: of the delivery.
        recipient: for the wire.
        unsigned: the letter.
        claims: one for each signature.
    """

    key: str
    recipient: str
    unsigned: Unsigned
    claims: Sequence[Claim]


@dataclass(frozen=True)
class Writer:
    """Writes the letter of a delivery, the same bytes at each attempt but for the signature.

    Attributes:
        slug: the issue's name.
        templates: by language.
        signers: each signs every letter.
        secret: from which keys and tokens come.
        addresses: of the newsletter.
        clock: gives the seconds since 1970 UTC.
        rehearses: whether the letters are of a rehearsal.
    """

    slug: str
    templates: Mapping[str, LetterTemplate]
    signers: tuple[Signer, ...]
    secret: tokens.Secret
    addresses: Addresses
    clock: Callable[[], float]
    rehearses: bool = False

    def __call__(self, delivery: Delivery) -> Envelope:
        """Write a letter.

        Raises:
            RefusedError: no header can hold the subscriber's address.
        """
        return self.signed(self.draft(delivery))

    def signed(self, draft: Draft) -> Envelope:
        """Sign a letter."""
        pairs = zip(self.signers, draft.claims, strict=True)
        return self.finished(draft, [signer.sign(claim.digest) for signer, claim in pairs])

    def draft(self, delivery: Delivery) -> Draft:
        """Write a letter but for its signatures.

        Raises:
            RefusedError: no header can hold the subscriber's address.
        """
        named = tokens.rehearsal_key if self.rehearses else tokens.delivery_key
        key = named(self.secret, self.slug, delivery.subscriber_id)
        unsigned = self.templates[delivery.language].fill(self._personal(delivery, key))
        if not self.signers:
            return Draft(key, delivery.recipient, unsigned, ())
        given = (unsigned.shared, unsigned.own, unsigned.body_digest(), int(self.clock()))
        claims = [signer.claim(*given) for signer in self.signers]
        return Draft(key, delivery.recipient, unsigned, claims)

    def finished(self, draft: Draft, signatures: Iterable[bytes]) -> Envelope:
        """Put the signatures on a letter, one for each claim."""
        key, recipient, unsigned, claims = draft
        pairs = zip(claims, signatures, strict=True)
        top = b"".join([claim.signed(signature) for claim, signature in pairs])
        if self.addresses.key_fields:
            top += with_key(self.addresses.key_fields, key)
        path = tokens.return_path(self.addresses.bounce, key)
        own_octets = len(top) + len(unsigned.own)
        return Envelope(key, path, recipient, unsigned.letter(top), own_octets)

    def _personal(self, delivery: Delivery, key: str) -> Personal:
        secret, places, person = self.secret, self.addresses, delivery.subscriber_id
        leave = tokens.leave_token(secret, places.list_id, person)
        preferences = tokens.preferences_token(secret, places.list_id, person)
        return Personal(
            address=delivery.recipient,
            name=delivery.name,
            key=key,
            leave_url=tokens.leave_url(places.public_url, leave),
            preferences_url=tokens.preferences_url(places.public_url, preferences),
            date=_date(int(delivery.first_tried_at)),
            leave_mailto=tokens.leave_mailto(places.leave, leave) if places.leave else "",
        )


@lru_cache(maxsize=1024)
def _date(seconds: int) -> str:
    return format_datetime(datetime.datetime.fromtimestamp(seconds, datetime.UTC))


def writer(office: Office, mails: Iterable[StagedMail], *, is_test: bool = False) -> Writer:
    """Compile the letters of an issue.

    Args:
        office: the newsletter's.
        mails: its editions, of one issue.
        is_test: whether the subject says that it is a test.

    Raises:
        SettingsError: a key cannot be used, a header cannot hold what newsletter.yaml has, or the
            address for bounces leaves no room for keys.
    """
    listed = tuple(mails)
    newsletter = office.newsletter
    addresses = Addresses.of(newsletter)
    tokens.return_path(addresses.bounce, "x" * tokens.MAX_KEY_CHARACTERS)
    return Writer(
        listed[0].slug,
        {mail.language: compile_letter(mail, newsletter, is_test=is_test) for mail in listed},
        signers(office),
        office.secret,
        addresses,
        office.clock,
        office.rehearses,
    )


def signers(office: Office) -> tuple[Signer, ...]:
    """Read the keys that sign every letter.

    Raises:
        SettingsError: a key cannot be used.
    """
    newsletter = office.newsletter
    own = newsletter.sender.address.rpartition("@")[2]
    by_ses = office.settings.transport == "ses"
    listed = tuple(
        Signer(
            key.domain or own,
            key.selector,
            read_key(_key_file(office, key.file), key.file),
            REWRITTEN_BY_SES if by_ses else frozenset(),
        )
        for key in newsletter.dkim
    )
    return listed[:1] if by_ses else listed  # SES takes one signature of the sender's own


def _key_file(office: Office, name: str) -> bytes:
    path = office.desk.folder / name
    try:
        mode = path.stat().st_mode
        pem = path.read_bytes()
    except OSError as error:
        msg = f"the key {name} cannot be read ({error.strerror}) — run `infomail keygen`"
        raise SettingsError(msg) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        msg = f"others can read the key {name} — run: chmod 600 {path}"
        raise SettingsError(msg)
    return pem


def letters_folder(office: Office, slug: str, *, tests: bool = False) -> Path:
    """Name the folder into which letters are written if none leaves the machine."""
    return office.desk.outbox / slug / (TESTS_FOLDER if tests else LETTERS_FOLDER)


def fleet(office: Office) -> Fleet | None:
    """Give connections that one thread drives; None if the transport is not SMTP.

    Raises:
        SettingsError: a file with certificates cannot be used.
    """
    return Fleet(_account(office)) if office.settings.transport == "smtp" else None


def _account(office: Office) -> SmtpAccount:
    settings = office.settings.smtp
    return SmtpAccount(settings, settings.password.get_secret_value())


def transports(office: Office, folder: Path) -> Callable[[], Transport]:
    """Give what opens a transport, one for each connection.

    Args:
        office: the newsletter's.
        folder: for letters that do not leave the machine.

    Raises:
        SettingsError: the transport cannot be used as it is set.
    """
    settings = office.settings
    if settings.transport == "smtp":
        account = _account(office)
        return lambda: SmtpTransport(account)
    if settings.transport == "ses" and settings.ses:
        from infomail.transports.ses import SesTransport  # noqa: PLC0415  # boto3 is an extra

        ses = settings.ses
        return lambda: SesTransport(ses)
    return lambda: FolderTransport(folder)
