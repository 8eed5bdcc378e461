"""The postman: carries notices about subscriptions from the queue to the mail server.

Several postmen, in several processes, share the queue; each takes one notice at a time. A server
that is down loses nothing: what could not be handed over is tried again, as letters are. One whose
answer got lost is sent again, since a second mail about a subscription does no harm.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path

from infomail import tokens
from infomail.compose import Ingredients, compose_notice
from infomail.deliver import Transport
from infomail.deliver.retry import judge
from infomail.dkim import Signer
from infomail.errors import InfomailError, RefusedError, TransportDown
from infomail.letter import Posting, notice_letter
from infomail.model.delivery import Delivery, Envelope, Outcome, State
from infomail.model.notice import Notice, NoticeKind
from infomail.subscribers import notices
from infomail.wiring.office import Office
from infomail.wiring.post import Addresses, signers, transports

NOTICES_FOLDER = "notices"
_LOG = logging.getLogger(__name__)
_LEASE_SECONDS = 1800.0
"""Longer than the slowest server may take for one letter (RFC 5321 section 4.5.3.2)."""
_DOWN_SECONDS = 60.0
"""After so long what a server could not take is tried again."""
_ROUND_SECONDS = 3.0
"""How often the queue is looked at for what other processes put there."""
_LEAVE_SECONDS = 5.0
_PURPOSES = {
    NoticeKind.CONFIRM: tokens.Purpose.CONFIRM,
    NoticeKind.HERE: tokens.Purpose.HERE,
    NoticeKind.THERE: tokens.Purpose.THERE,
}


def notices_folder(office: Office) -> Path:
    """Name the folder into which notices are written if none leaves the machine."""
    return office.desk.outbox / NOTICES_FOLDER


def deliver_due(office: Office) -> int:
    """Send what is due now.

    Returns:
        How many notices were handed over.

    Raises:
        LedgerError: the database failed.
        SettingsError: a key, or the transport, cannot be used as it is set.
        TemplateError: a template of notices is wrong.
    """
    with _round(office) as rounds:
        count = 0
        while not rounds.is_down and (sent := rounds.send_one()) is not None:
            count += sent
        return count


class Postman:
    """A thread that sends notices as soon as they are due, until it is stopped."""

    def __init__(self, office: Office) -> None:
        """Prepare; nothing is sent yet.

        Args:
            office: the newsletter's; it is used in the thread as well.
        """
        self._office = office
        self._bell = threading.Event()
        self._over = threading.Event()
        self._trouble = ""
        self._thread = threading.Thread(target=self._work, name="postman", daemon=True)

    def check(self) -> None:
        """See that notices could be sent.

        Raises:
            LedgerError: the database cannot be opened.
            SettingsError: a key, or the transport, cannot be used as it is set.
        """
        with _round(self._office):
            _ = self._office.secret

    def start(self) -> None:
        """Begin to send.

        Raises:
            LedgerError: the database cannot be opened.
            SettingsError: a key, or the transport, cannot be used as it is set.
        """
        self.check()
        self._thread.start()

    def ring(self) -> None:
        """Say that something was put into the queue; returns at once."""
        self._bell.set()

    def stop(self) -> None:
        """Begin no further notice, and wait a little for the one in hand.

        If the server does not answer in time, the notice is sent again by whoever comes next.
        """
        self._over.set()
        self._bell.set()
        if self._thread.ident is not None:
            self._thread.join(_LEAVE_SECONDS)

    def _work(self) -> None:
        while not self._over.is_set():
            self._bell.clear()
            try:
                trouble = self._go_round()
            except InfomailError as error:
                trouble = str(error)
            except Exception as error:  # noqa: BLE001  # the thread must outlive a bug
                trouble = f"a bug: {type(error).__name__}"
            if not self._over.is_set():
                self._tell(trouble)
                self._bell.wait(_ROUND_SECONDS)

    def _go_round(self) -> str:
        """Send what is due; say what is wrong with the server, empty if nothing is."""
        if not self._is_due():
            return self._trouble
        with _round(self._office) as rounds:
            while not (self._over.is_set() or rounds.is_down):
                if rounds.send_one() is None:
                    break
            return rounds.trouble

    def _is_due(self) -> bool:
        due = notices.next_due(self._office.database)
        return due is not None and due <= self._office.clock()

    def _tell(self, trouble: str) -> None:
        """Write to the log when something begins to be wrong, and when it is well again."""
        if trouble and not self._trouble:
            _LOG.warning("notices are held back: %s", trouble)
        elif self._trouble and not trouble:
            _LOG.warning("notices are sent again")
        self._trouble = trouble


@contextlib.contextmanager
def _round(office: Office) -> Iterator[_Round]:
    """Open a transport for one walk along the queue."""
    transport = transports(office, notices_folder(office))()
    try:
        yield _Round(office, transport, signers(office), Addresses.of(office.newsletter))
        transport.rest()
    finally:
        transport.close()


@dataclass
class _Round:
    """One walk along the queue, with one connection.

    Attributes:
        office: the newsletter's.
        transport: carries the notices.
        signers: each signs every notice.
        addresses: of the newsletter.
        trouble: what the server failed at; empty while it works.
    """

    office: Office
    transport: Transport
    signers: tuple[Signer, ...]
    addresses: Addresses
    trouble: str = ""

    @property
    def is_down(self) -> bool:
        """Whether it is useless to go on now."""
        return bool(self.trouble)

    def send_one(self) -> bool | None:
        """Send the next notice; whether it was handed over, or None if none is due."""
        now = self.office.clock()
        notice = notices.take(self.office.database, now, now + _LEASE_SECONDS)
        if notice is None:
            return None
        try:
            outcome = self.transport.send(self._envelope(notice))
        except RefusedError as error:
            notices.give_up(self.office.database, notice, str(error))
            return False
        except TransportDown as down:
            self.trouble = str(down).replace(notice.recipient, "…")
            self._put_off(notice, str(down))
            return False
        except Exception as error:
            self._put_off(notice, f"{type(error).__name__}: {error}")
            raise
        return self._recorded(notice, outcome)

    def _put_off(self, notice: Notice, reason: str) -> None:
        due_at = self.office.clock() + _DOWN_SECONDS
        notices.put_off(self.office.database, notice, due_at, reason)

    def _recorded(self, notice: Notice, outcome: Outcome) -> bool:
        """Write down what the server said, weighed as it is for letters."""
        database, now = self.office.database, self.office.clock()
        patience = self.office.settings.sending.retry_hours * 3600.0
        result = judge(outcome, _as_delivery(notice), now, patience)
        if result.state is State.ACCEPTED:
            notices.sent(database, notice, now)
            if self.office.rehearses:
                _LOG.info("a notice was written into %s", notices_folder(self.office))
            return True
        reason = f"{result.reason}: {outcome.reply.code} {outcome.reply.text}"
        if result.due_at is None:
            notices.give_up(database, notice, reason)
        else:
            notices.put_off(database, notice, result.due_at, reason)
        return False

    def _envelope(self, notice: Notice) -> Envelope:
        desk = self.office.desk
        ingredients = Ingredients(desk.newsletter, desk.theme, desk.language(notice.language), {})
        composed = compose_notice(notice, self._url(notice), ingredients)
        # The link is in the digest, so that nobody can guess a Message-ID.
        digest = hashlib.sha256(composed.html.encode()).hexdigest()[:20]
        key = f"notice-{notice.id:x}-{digest}"
        posting = Posting(notice.recipient, key, _date(notice.created_at))
        unsigned = notice_letter(composed, desk.newsletter, posting)
        given = (unsigned.shared, unsigned.own, unsigned.body_digest(), int(self.office.clock()))
        top = b"".join([signer.signature(*given) for signer in self.signers])
        return Envelope(key, self.addresses.bounce, notice.recipient, unsigned.letter(top))

    def _url(self, notice: Notice) -> str:
        """Give the address where the person does what the notice is about."""
        secret, places = self.office.secret, self.addresses
        purpose = _PURPOSES.get(notice.kind)
        if purpose is None:
            token = tokens.preferences_token(secret, places.list_id, notice.subscriber_id)
            return tokens.preferences_url(places.public_url, token)
        if notice.request_id is None or notice.expires_at is None:
            msg = f"notice {notice.id} names no request — it is not sent"
            raise RefusedError(msg)
        token = tokens.expiring_token(secret, purpose, notice.request_id, notice.expires_at)
        if purpose is tokens.Purpose.CONFIRM:
            return tokens.confirm_url(places.public_url, token)
        return tokens.address_url(places.public_url, purpose, token)


def _date(seconds: float) -> str:
    return format_datetime(datetime.datetime.fromtimestamp(int(seconds), datetime.UTC))


def _as_delivery(notice: Notice) -> Delivery:
    """Show a notice as what letters are judged by."""
    return Delivery(
        id=notice.id,
        language=notice.language,
        subscriber_id=notice.subscriber_id,
        address=notice.recipient,
        recipient=notice.recipient,
        name=notice.name,
        attempts=notice.attempts,
        first_tried_at=notice.created_at,
    )
