"""Addresses: as people give them, as the wire wants them, and what makes two the same.

A domain is compared as DNS does, in A-labels of lower case (RFC 5890). The local part goes to the
wire as it was given (RFC 5321 section 2.4); but nobody is subscribed twice for its case.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from email_validator import (
    SPECIAL_USE_DOMAIN_NAMES,
    EmailNotValidError,
    validate_email,
)

from infomail.errors import SettingsError

_MAX_OCTETS = 254
"""RFC 5321 section 4.5.3.1.3, without the angle brackets."""
_MAX_LOCAL_OCTETS = 64
"""RFC 5321 section 4.5.3.1.1."""
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# Labels with hyphens in their third and fourth place, such as xn--, are for the library.
_PLAIN = re.compile(
    rf"(?=.{{3,{_MAX_OCTETS}}}\Z)(?=[^@]{{1,{_MAX_LOCAL_OCTETS}}}@){_ATEXT}(?:\.{_ATEXT})*"
    rf"@((?:(?!..--){_LABEL}\.)+(?!..--)[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z])?)"
)


class Mailbox(NamedTuple):
    """An address that was checked.

    Attributes:
        address: as it was given.
        recipient: for the wire: the domain in A-labels and lower case.
        mailbox: the same in one case; who has the same is the same subscriber.
        domain: in A-labels and lower case.
    """

    address: str
    recipient: str
    mailbox: str
    domain: str


def mailbox(text: str) -> Mailbox:
    """Check an address and bring it into its forms; DNS is not asked.

    Raises:
        ValueError: it is none that mail could be sent to; the message says why.
    """
    address = text.strip()
    plain = _PLAIN.fullmatch(address)
    if plain:
        domain = plain[1].lower()
        if domain.rpartition(".")[2] not in SPECIAL_USE_DOMAIN_NAMES:
            return _mailbox(address, address[: -len(domain)], domain)
    return _checked(address)


def mailbox_key(text: str) -> str:
    """Give the form in which two addresses are the same, of one that an operator wrote.

    Raises:
        SettingsError: it is no address.
    """
    try:
        return mailbox(text).mailbox
    except ValueError as error:
        msg = f"{text!r} is no address ({error}) — write one such as ana@example.org"
        raise SettingsError(msg) from error


def _checked(address: str) -> Mailbox:
    """Ask the library, which knows all the rules (RFC 5321, 5322, 6531, 5891)."""
    if not address:
        msg = "there is no address"
        raise ValueError(msg)
    if len(address) > _MAX_OCTETS:
        msg = f"the address is longer than {_MAX_OCTETS} octets"
        raise ValueError(msg)
    try:
        valid = validate_email(
            address,
            check_deliverability=False,
            allow_smtputf8=True,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
        )
    except EmailNotValidError as error:
        raise ValueError(str(error).rstrip(".")) from error
    found = _mailbox(address, f"{valid.local_part}@", valid.ascii_domain.lower())
    if len(valid.local_part.encode()) > _MAX_LOCAL_OCTETS:
        msg = f"the part before the @-sign is longer than {_MAX_LOCAL_OCTETS} octets"
        raise ValueError(msg)
    if len(found.recipient.encode()) > _MAX_OCTETS:
        msg = f"the address is longer than {_MAX_OCTETS} octets"
        raise ValueError(msg)
    return found


def _mailbox(address: str, local: str, domain: str) -> Mailbox:
    recipient = f"{local}{domain}"
    return Mailbox(address, recipient, recipient.lower(), domain)
