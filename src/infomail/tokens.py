"""Tokens: names for deliveries and subscribers that nobody can guess, and that prove themselves.

Everything is derived from one secret by keyed BLAKE2b (RFC 7693 section 3.3), bound to its purpose,
so that no token works where another belongs. A token holds a subscriber's number and no address,
and never expires: the way to leave stays open for years (RFC 8058 section 3.1). Whatever was not
derived here, be it by one letter, is read as None.
"""

from __future__ import annotations

import hmac
import re
import urllib.parse
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple, NoReturn

from infomail.errors import SettingsError

SECRET_BYTES = 32
MAX_KEY_CHARACTERS = 40
_MAX_LOCAL_PART_CHARACTERS = 64  # RFC 5321 section 4.5.3.1.1
_MAX_ID = 2**40 - 1
_DELIVERY: Final = "delivery"
_REHEARSAL: Final = "rehearsal"
_LEAVE: Final = "leave"
_PREFERENCES: Final = "preferences"
_MAILBOX: Final = "mailbox"
_FORM: Final = "form"
_MAC_BYTES = {
    _DELIVERY: 10,
    _REHEARSAL: 10,
    _LEAVE: 12,
    _PREFERENCES: 12,
    "confirm": 16,
    "here": 16,
    "there": 16,
    _MAILBOX: 16,
    _FORM: 12,
}
_KEY = re.compile(r"([0-9a-f]{8})-([1-9a-f][0-9a-f]{0,9})-[0-9a-f]{20}")
_TOKEN = re.compile(r"([1-9a-f][0-9a-f]{0,9})-[0-9a-f]{24}")
_EXPIRING = re.compile(r"([1-9a-f][0-9a-f]{0,9})-([1-9a-f][0-9a-f]{0,9})-[0-9a-f]{32}")
_STAMP = re.compile(r"([1-9a-f][0-9a-f]{0,9})-[0-9a-f]{24}")


class Secret:
    """The key from which tokens are derived; it shows itself to nobody who prints it."""

    __slots__ = ("_keyed",)

    def __init__(self, key: bytes) -> None:
        """Take the key.

        Args:
            key: SECRET_BYTES random octets.

        Raises:
            SettingsError: it has another length.
        """
        if len(key) != SECRET_BYTES:
            msg = f"the secret has {len(key)} bytes, not {SECRET_BYTES} — restore it from a backup"
            raise SettingsError(msg)
        self._keyed = {
            purpose: blake2b(key=key, digest_size=size, person=purpose.encode())
            for purpose, size in _MAC_BYTES.items()
        }

    def __repr__(self) -> str:
        """Say what it is, and no more."""
        return "Secret(***)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be written down."""
        msg = "a secret is not copied"
        raise TypeError(msg)

    def mac(self, purpose: str, message: str) -> str:
        """Authenticate a message for one purpose, in lower-case hexadecimal digits."""
        keyed = self._keyed[purpose].copy()
        keyed.update(message.encode())
        return keyed.hexdigest()


class Purpose(StrEnum):
    """What a link that expires is for: to confirm a subscription, or a new address.

    A new address is confirmed at both mailboxes: HERE is the old one, THERE the new.
    """

    CONFIRM = "confirm"
    HERE = "here"
    THERE = "there"


class DeliveryName(NamedTuple):
    """What a delivery key says.

    Attributes:
        issue: `issue_tag` of the slug.
        subscriber_id: number in the register.
        rehearsed: whether the letter is a rehearsal's; `issue` is another then.
    """

    issue: str
    subscriber_id: int
    rehearsed: bool = False


@lru_cache(maxsize=64)
def issue_tag(slug: str) -> str:
    """Give the eight digits by which delivery keys name an issue."""
    return _issue_tag(slug, _DELIVERY)


def _issue_tag(slug: str, purpose: str) -> str:
    return blake2b(slug.encode(), digest_size=4, person=purpose.encode()).hexdigest()


def delivery_key(secret: Secret, slug: str, subscriber_id: int) -> str:
    """Name the delivery of an issue to a subscriber, the same at each attempt.

    Args:
        secret: of the newsletter.
        slug: of the issue.
        subscriber_id: number in the register, from 1 to 2**40 - 1.

    Returns:
        At most MAX_KEY_CHARACTERS lower-case letters, digits and hyphens.
    """
    return _delivery_key(secret, _DELIVERY, issue_tag(slug), subscriber_id)


def rehearsal_key(secret: Secret, slug: str, subscriber_id: int) -> str:
    """Name the same delivery in a rehearsal, so that nobody takes one letter for the other."""
    return _delivery_key(secret, _REHEARSAL, _issue_tag(slug, _REHEARSAL), subscriber_id)


def _delivery_key(secret: Secret, purpose: str, issue: str, subscriber_id: int) -> str:
    name = f"{issue}-{_digits(subscriber_id)}"
    return f"{name}-{secret.mac(purpose, name)}"


def read_delivery_key(secret: Secret, text: str) -> DeliveryName | None:
    """Say what a delivery key names; None if it was not made here.

    Args:
        secret: the key it was derived from.
        text: in capitals or not, as relays like to change local parts.
    """
    key = text.lower() if text.isascii() else ""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    issue, number = found[1], int(found[2], 16)
    for purpose in (_DELIVERY, _REHEARSAL):
        if hmac.compare_digest(_delivery_key(secret, purpose, issue, number), key):
            return DeliveryName(issue, number, purpose == _REHEARSAL)
    return None


def leave_token(secret: Secret, list_id: str, subscriber_id: int) -> str:
    """Give the token with which a subscriber leaves a list: digits a to f, 0 to 9 and a hyphen."""
    return _token(secret, _LEAVE, list_id, subscriber_id)


def read_leave_token(secret: Secret, list_id: str, text: str) -> int | None:
    """Give the number of the subscriber who may leave the list with this token, or None."""
    return _read(secret, _LEAVE, list_id, text)


def preferences_token(secret: Secret, list_id: str, subscriber_id: int) -> str:
    """Give the token with which a subscriber changes preferences."""
    return _token(secret, _PREFERENCES, list_id, subscriber_id)


def read_preferences_token(secret: Secret, list_id: str, text: str) -> int | None:
    """Give the number of the subscriber who may change preferences with this token, or None."""
    return _read(secret, _PREFERENCES, list_id, text)


def _token(secret: Secret, purpose: str, list_id: str, subscriber_id: int) -> str:
    number = _digits(subscriber_id)
    return f"{number}-{secret.mac(purpose, f'{list_id} {number}')}"


def _digits(subscriber_id: int) -> str:
    if not 1 <= subscriber_id <= _MAX_ID:
        msg = f"{subscriber_id} is no number of a subscriber"
        raise ValueError(msg)
    return f"{subscriber_id:x}"


def _read(secret: Secret, purpose: str, list_id: str, text: str) -> int | None:
    found = _TOKEN.fullmatch(text)
    if found is None:
        return None
    subscriber_id = int(found[1], 16)
    genuine = _token(secret, purpose, list_id, subscriber_id)
    return subscriber_id if hmac.compare_digest(genuine, text) else None


def expiring_token(secret: Secret, purpose: Purpose, request_id: int, expires_at: float) -> str:
    """Give the token that confirms a request once, until a time.

    Args:
        secret: of the newsletter.
        purpose: what it confirms; the token serves for nothing else.
        request_id: number of the request, from 1 to 2**40 - 1.
        expires_at: in seconds since 1970 UTC.
    """
    name = f"{_digits(request_id)}-{int(expires_at):x}"
    return f"{name}-{secret.mac(purpose, name)}"


def read_expiring_token(secret: Secret, purpose: Purpose, text: str, now: float) -> int | None:
    """Give the number of the request that a token confirms; None if it is too late or not ours."""
    found = _EXPIRING.fullmatch(text)
    if found is None:
        return None
    request_id, expires_at = int(found[1], 16), int(found[2], 16)
    genuine = expiring_token(secret, purpose, request_id, expires_at)
    is_genuine = hmac.compare_digest(genuine, text)
    return request_id if is_genuine and now < expires_at else None


def form_stamp(secret: Secret, at: float) -> str:
    """Say when a form was shown, so that nobody can say otherwise."""
    name = f"{int(at):x}"
    return f"{name}-{secret.mac(_FORM, name)}"


def read_form_stamp(secret: Secret, text: str) -> float | None:
    """Give the second in which a form was shown; None if the stamp was not made here."""
    found = _STAMP.fullmatch(text)
    if found is None:
        return None
    at = int(found[1], 16)
    return float(at) if hmac.compare_digest(form_stamp(secret, at), text) else None


def mailbox_digest(secret: Secret, mailbox: str) -> str:
    """Give a keyed hash of a mailbox, from which nobody can read or guess the address.

    Args:
        secret: of the newsletter; with another one the same mailbox has another hash.
        mailbox: address or network in the form in which two are the same.
    """
    return secret.mac(_MAILBOX, mailbox)


def confirm_url(public_url: str, token: str) -> str:
    """Give the address where a subscription is confirmed."""
    return f"{public_url.rstrip('/')}/confirm/{token}"


def address_url(public_url: str, purpose: Purpose, token: str) -> str:
    """Give the address where a new address is confirmed, for the old or the new mailbox."""
    return f"{public_url.rstrip('/')}/address/{purpose}/{token}"


def leave_url(public_url: str, token: str) -> str:
    """Give the address where one click leaves the list (RFC 8058)."""
    return f"{public_url.rstrip('/')}/leave/{token}"


def preferences_url(public_url: str, token: str) -> str:
    """Give the address where a subscriber changes preferences."""
    return f"{public_url.rstrip('/')}/preferences/{token}"


def leave_mailto(leave_address: str, token: str) -> str:
    """Give the address for leaving by mail (RFC 6068), the token in its subject."""
    return f"mailto:{urllib.parse.quote(leave_address, safe='@')}?subject=leave%20{token}"


def return_path(bounce_address: str, key: str) -> str:
    """Give the envelope sender of a delivery, to which its bounces return (VERP).

    Args:
        bounce_address: a mailbox that also gets what is sent to it with a +key.
        key: of the delivery.

    Raises:
        SettingsError: the local part would be longer than RFC 5321 section 4.5.3.1.1 allows.
    """
    local, _, domain = bounce_address.rpartition("@")
    if len(local) + len("+") + len(key) > _MAX_LOCAL_PART_CHARACTERS:
        most = _MAX_LOCAL_PART_CHARACTERS - len("+") - MAX_KEY_CHARACTERS
        msg = (
            f"{bounce_address} leaves no room for a key — name a mailbox of {most} letters at most"
        )
        raise SettingsError(msg)
    return f"{local}+{key}@{domain}"
