"""From a host's name to a session in which letters may be handed over.

TCP, greeting, EHLO (HELO if it is unknown), STARTTLS, EHLO anew, login (RFC 5321 section 3.1,
RFC 3207, RFC 4954). TLS verifies certificate and name; there is no way from a failed encryption
to a letter in clear. Whatever fails is TransportDown: lasting if only an operator can mend it.
"""

from __future__ import annotations

import socket
import ssl
from typing import NamedTuple

from infomail.errors import SettingsError, TransportDown
from infomail.model.delivery import Phase
from infomail.model.sending import Security, Smtp
from infomail.transports.smtp.account import SmtpAccount, Timeouts
from infomail.transports.smtp.dialogue import AGAIN, Dialogue
from infomail.transports.smtp.extensions import Extensions
from infomail.transports.smtp.line import Line
from infomail.transports.smtp.login import log_in
from infomail.transports.smtp.reply import NEVER

_READY = 220
_DONE = 250


class Session(NamedTuple):
    """A line on which the server waits for MAIL."""

    line: Line
    offer: Extensions


def tls_context(settings: Smtp) -> ssl.SSLContext:
    """Say whom to trust.

    Raises:
        SettingsError: a file with certificates cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
        if settings.client_certificate:
            context.load_cert_chain(settings.client_certificate)
    except (OSError, ValueError) as error:
        message = f"certificates cannot be read ({error}) — check smtp.ca_file and the like"
        raise SettingsError(message) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def trusted(settings: Smtp) -> ssl.SSLContext | None:
    """Say whom to trust; None if nothing is to be encrypted.

    Raises:
        SettingsError: a file with certificates cannot be used.
    """
    return None if settings.security is Security.NONE else tls_context(settings)


def connect(account: SmtpAccount, context: ssl.SSLContext | None, timeouts: Timeouts) -> Session:
    """Open a session.

    Args:
        account: where to.
        context: whom to trust; None if nothing is to be encrypted.
        timeouts: how long to wait.

    Raises:
        TransportDown: it cannot be had; every connection was closed.
    """
    line = _line(account, timeouts)
    try:
        return Session(line, _introduced(line, account, context, timeouts))
    except BaseException:
        line.close()
        raise


def _line(account: SmtpAccount, timeouts: Timeouts) -> Line:
    settings = account.settings
    try:
        address = (settings.host, settings.port)
        return Line(socket.create_connection(address, timeouts.connect))
    except socket.gaierror as error:
        cause, remedy = "its name could not be looked up", "check smtp.host and the DNS"
        raise _unreachable(account, cause, remedy) from error
    except TimeoutError as error:
        cause, remedy = "it did not answer in time", "check smtp.host, smtp.port and the firewall"
        raise _unreachable(account, cause, remedy) from error
    except (OSError, UnicodeError) as error:
        words = getattr(error, "strerror", None) or str(error)
        remedy = "check that the mail server runs, smtp.host and smtp.port"
        raise _unreachable(account, words.lower(), remedy) from error


def _unreachable(account: SmtpAccount, cause: str, remedy: str) -> TransportDown:
    message = f"{account.server} cannot be reached: {cause} — {remedy}"
    return TransportDown(message, Phase.CONNECT)


def _introduced(
    line: Line, account: SmtpAccount, context: ssl.SSLContext | None, timeouts: Timeouts
) -> Extensions:
    settings = account.settings
    name = settings.helo_name or _own_name(line)
    dialogue = Dialogue(line, account.server, name, timeouts)
    if settings.security is Security.TLS:
        dialogue.encrypt(context, settings.host)
    _hear_greeting(dialogue)
    _introduce(dialogue)
    if _wants_starttls(dialogue, settings.security):
        _start_tls(dialogue)
        dialogue.encrypt(context, settings.host)
        _introduce(dialogue)
    log_in(dialogue, account)
    if dialogue.has_leftovers:
        dialogue.down("the server said more than it was asked")
    return Extensions.from_ehlo(dialogue.esmtp_features)


def _own_name(line: Line) -> str:
    """A full name, else an address literal (RFC 5321 section 4.1.4)."""
    name = socket.getfqdn()
    if "." in name and name.isascii():
        return name
    address = line.own_address
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _hear_greeting(dialogue: Dialogue) -> None:
    dialogue.phase = Phase.GREETING
    dialogue.getreply()
    if dialogue.heard.code == _READY:
        return
    lasting = dialogue.heard.kind == NEVER
    remedy = "ask who runs it" if lasting else AGAIN
    dialogue.down("the server takes no mail from here now", remedy, lasting=lasting)


def _introduce(dialogue: Dialogue) -> None:
    """EHLO, or HELO for a server that does not know it (RFC 5321 section 3.2)."""
    dialogue.phase = Phase.EHLO
    dialogue.ehlo()
    if dialogue.heard.kind == NEVER:
        dialogue.helo()
    if dialogue.heard.code != _DONE:
        lasting = dialogue.heard.kind == NEVER
        remedy = "check smtp.helo_name" if lasting else AGAIN
        dialogue.down("the server does not want to talk to us", remedy, lasting=lasting)


def _wants_starttls(dialogue: Dialogue, security: Security) -> bool:
    if security not in {Security.REQUIRE, Security.PREFER}:
        return False
    offered = dialogue.has_extn("starttls")
    if not offered and security is Security.REQUIRE:
        dialogue.phase = Phase.STARTTLS
        cause = "the server offers no encryption, so nothing was sent"
        remedy = "set smtp.security to tls if the port is 465, else ask who runs it"
        dialogue.down(cause, remedy, lasting=True)
    return offered


def _start_tls(dialogue: Dialogue) -> None:
    dialogue.phase = Phase.STARTTLS
    heard = dialogue.ask("STARTTLS")
    if heard.code != _READY:
        lasting = heard.kind == NEVER
        remedy = "ask who runs it" if lasting else AGAIN
        dialogue.down("the server refused to encrypt, so nothing was sent", remedy, lasting=lasting)
    # What came in clear after the reply would be taken for the server's words under TLS.
    if dialogue.has_leftovers:
        dialogue.down("somebody spoke in the server's name before the encryption")
