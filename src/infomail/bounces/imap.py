"""A mailbox on an IMAP server (RFC 3501), read by the standard library's client.

Mails that are not yet seen are read without marking them (BODY.PEEK), some at a time; they are
marked as seen when the next ones are asked for, as by then they were recorded. Nothing is ever
deleted or moved. A mail that somebody else reads first is seen, and so is passed over: the mailbox
belongs to infomail alone.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from infomail.bounces.mime import MAX_OCTETS
from infomail.bounces.sources import Mail
from infomail.errors import MailboxError
from infomail.model.people import Imap

_TIMEOUT_SECONDS = 60.0
_AT_ONCE = 20
"""Mails fetched by one command; together they are a few megabytes."""
_SEARCHED_AT_ONCE = 10_000
"""imaplib takes no line of more than a million octets, and an answer names each mail found."""
_Piece = bytes | tuple[bytes, bytes] | None
"""A line of an answer, or a line with the literal that follows it (RFC 3501 section 4.3)."""
_UID = re.compile(rb"\bUID (\d+)\b")


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """A mailbox and how to get at it.

    Attributes:
        imap: server and mailbox.
        password: of the user; never shown.
        tls: whom to trust.
    """

    imap: Imap
    password: str
    tls: ssl.SSLContext

    def __repr__(self) -> str:
        """Show no password."""
        return f"ImapAccount({self.imap.username}@{self.imap.host})"


def mails(account: ImapAccount) -> Iterator[Mail]:
    """Give the unseen mails of a mailbox, each marked as seen once more are asked for.

    Raises:
        MailboxError: the server cannot be reached, refuses the login or has no such mailbox.
    """
    named = f"{account.imap.username}@{account.imap.host}/{account.imap.mailbox}"
    try:
        with contextlib.closing(_Session(account)) as session:
            for uids in session.unseen():
                yield from session.fetched(uids, named)
                session.mark_seen(uids)
    except (OSError, ValueError, imaplib.IMAP4.error) as error:
        msg = (
            f"the mailbox {named} cannot be read ({_told(error)}) — look at imap in newsletter.yaml"
        )
        raise MailboxError(msg) from error


def _told(error: Exception) -> str:
    words = error.args[0] if error.args else ""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(error)
    return " ".join(text.split())[:200] or type(error).__name__


class _Session:
    """A connection that has opened a mailbox."""

    def __init__(self, account: ImapAccount) -> None:
        """Connect, log in and open the mailbox."""
        self._client = _connected(account)
        try:
            self._client.login(account.imap.username, account.password)
            mailbox = account.imap.mailbox.replace("\\", "\\\\").replace('"', '\\"')
            count = self._asked(*self._client.select(f'"{mailbox}"'))
            self._count = int(_words(count[0]) or 0)
        except (OSError, imaplib.IMAP4.error, ValueError):
            self._client.shutdown()
            raise

    def close(self) -> None:
        """Log out; a server that is gone needs no farewell."""
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._client.logout()

    def unseen(self) -> Iterator[Sequence[bytes]]:
        """Give the numbers of unseen mails, some at a time."""
        found: list[bytes] = []
        for first in range(1, self._count + 1, _SEARCHED_AT_ONCE):
            last = min(self._count, first + _SEARCHED_AT_ONCE - 1)
            answer = self._asked(*self._client.uid("SEARCH", f"{first}:{last}", "UNSEEN"))
            found += _words(answer[0]).split()
        for place in range(0, len(found), _AT_ONCE):
            yield found[place : place + _AT_ONCE]

    def fetched(self, uids: Sequence[bytes], named: str) -> Iterator[Mail]:
        """Fetch the beginnings of mails, unmarked."""
        what = f"(UID BODY.PEEK[]<0.{MAX_OCTETS}>)"
        answer = self._asked(*self._client.uid("FETCH", _set(uids), what))
        for piece in answer:
            if isinstance(piece, tuple):  # what is no tuple closes one, or tells of flags
                number = _UID.search(piece[0])
                place = f"{named}, mail {number[1].decode()}" if number else named
                yield Mail(place, piece[1])

    def mark_seen(self, uids: Sequence[bytes]) -> None:
        """Mark mails as read."""
        self._asked(*self._client.uid("STORE", _set(uids), "+FLAGS.SILENT", r"(\Seen)"))

    def _asked(self, verdict: str, answer: Sequence[_Piece]) -> Sequence[_Piece]:
        if verdict != "OK":
            raise self._client.error(answer[0] if answer else verdict)
        return answer


def _words(piece: _Piece) -> bytes:
    return piece if isinstance(piece, bytes) else b""


def _set(uids: Sequence[bytes]) -> str:
    return b",".join(uids).decode()


def _connected(account: ImapAccount) -> imaplib.IMAP4:
    imap = account.imap
    if imap.security == "tls":
        return imaplib.IMAP4_SSL(
            imap.host, imap.port, ssl_context=account.tls, timeout=_TIMEOUT_SECONDS
        )
    if imap.security == "none" and not _is_this_machine(imap.host):
        msg = f"security none would show the password to the network on the way to {imap.host}"
        raise imaplib.IMAP4.error(msg)
    client = imaplib.IMAP4(imap.host, imap.port, timeout=_TIMEOUT_SECONDS)
    if imap.security == "starttls":
        try:
            client.starttls(account.tls)
        except (OSError, imaplib.IMAP4.error):
            client.shutdown()
            raise
    return client


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
