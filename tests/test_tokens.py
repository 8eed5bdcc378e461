"""Tokens prove themselves, each for its purpose, and nothing else does."""

from __future__ import annotations

import copy
import pickle
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infomail import tokens
from infomail.errors import SettingsError
from infomail.tokens import SECRET_BYTES, Secret

SECRET = Secret(bytes(range(SECRET_BYTES)))
OTHER = Secret(bytes(SECRET_BYTES))
LIST_ID = "monthly.example.org"
IDS = st.integers(1, 2**40 - 1)
CHARACTERS = st.sampled_from("0123456789abcdefgz-_ \n\0ABCDEF.é") | st.characters()


@settings(deadline=None)
@given(IDS, st.sampled_from(["2024-11", "a" * 60]))
@example(1, "2024-11")
@example(2**40 - 1, "2024-11")
def test_a_delivery_is_found_again_by_its_key(subscriber_id: int, slug: str) -> None:
    """The key names issue and subscriber, in capitals as well, and fits into a local part."""
    key = tokens.delivery_key(SECRET, slug, subscriber_id)
    assert re.fullmatch("[a-z0-9-]{1,40}", key)
    for text in (key, key.upper(), key.title()):
        assert tokens.read_delivery_key(SECRET, text) == (
            *(tokens.issue_tag(slug), subscriber_id),
            False,
        )


@settings(deadline=None)
@given(IDS)
def test_the_letter_of_a_rehearsal_has_a_name_of_its_own(subscriber_id: int) -> None:
    """A rehearsal's key names the subscriber too, and is no key of the mail of the same issue."""
    key = tokens.rehearsal_key(SECRET, "2024-11", subscriber_id)
    named = tokens.read_delivery_key(SECRET, key)
    assert named is not None
    assert (named.subscriber_id, named.rehearsed) == (subscriber_id, True)
    assert named.issue != tokens.issue_tag("2024-11")
    assert tokens.read_delivery_key(OTHER, key) is None


@settings(deadline=None)
@given(IDS)
def test_a_token_is_read_for_its_purpose_only(subscriber_id: int) -> None:
    """A token for leaving works for leaving that list, and for nothing else."""
    leave = tokens.leave_token(SECRET, LIST_ID, subscriber_id)
    preferences = tokens.preferences_token(SECRET, LIST_ID, subscriber_id)

    assert tokens.read_leave_token(SECRET, LIST_ID, leave) == subscriber_id
    assert tokens.read_preferences_token(SECRET, LIST_ID, preferences) == subscriber_id
    assert tokens.read_leave_token(SECRET, LIST_ID, preferences) is None
    assert tokens.read_preferences_token(SECRET, LIST_ID, leave) is None
    assert tokens.read_leave_token(SECRET, "other.example.org", leave) is None
    assert tokens.read_leave_token(OTHER, LIST_ID, leave) is None
    assert tokens.read_delivery_key(SECRET, leave) is None
    assert "@" not in leave


@settings(deadline=None)
@given(IDS, st.data())
def test_a_changed_token_is_refused(subscriber_id: int, data: st.DataObject) -> None:
    """Any other character anywhere, one more or one less, and the token is none."""
    token = tokens.leave_token(SECRET, LIST_ID, subscriber_id)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(CHARACTERS.filter(lambda character: character != token[at]))
    for changed in (
        token[:at] + other + token[at + 1 :],
        token[:at] + token[at + 1 :],
        token[:at] + other + token[at:],
        f"0{token}",
        f"{token}\n",
    ):
        assert tokens.read_leave_token(SECRET, LIST_ID, changed) is None


def test_no_bit_of_a_token_can_be_flipped() -> None:
    """Each of the bits of tokens and keys counts; only capitals of a key do not."""
    token = tokens.leave_token(SECRET, LIST_ID, 4711)
    key = tokens.delivery_key(SECRET, "2024-11", 4711)
    for flipped in _flipped(token):
        assert tokens.read_leave_token(SECRET, LIST_ID, flipped) is None
    for flipped in _flipped(key):
        is_same = flipped.lower() == key
        assert (tokens.read_delivery_key(SECRET, flipped) is not None) == is_same


def _flipped(text: str) -> list[str]:
    codes = [ord(character) for character in text]
    return [
        "".join(map(chr, [*codes[:at], code ^ 1 << bit, *codes[at + 1 :]]))
        for at, code in enumerate(codes)
        for bit in range(8)
    ]


@settings(deadline=None)
@given(st.text() | st.from_regex("[0-9a-f]{8}-[0-9a-f]{1,10}-[0-9a-f]{20}"))
@example("0" * 8 + "-" + "1" * 10 + "-" + "0" * 20)
@example("K" + "\u212a" * 30)
def test_no_text_is_taken_for_a_token(text: str) -> None:
    """Whatever people or machines send, it is read as None and never raises."""
    assert tokens.read_delivery_key(SECRET, text) is None
    assert tokens.read_leave_token(SECRET, LIST_ID, text) is None


def test_keys_differ() -> None:
    """No two deliveries have the same key, nor do two secrets give one."""
    keys = {
        tokens.delivery_key(secret, slug, subscriber_id)
        for secret in (SECRET, OTHER)
        for slug in ("2024-11", "2024-12")
        for subscriber_id in range(1, 5001)
    }
    assert len(keys) == 2 * 2 * 5000


@pytest.mark.parametrize("subscriber_id", [0, -1, 2**40])
def test_a_number_that_no_subscriber_has_is_a_bug(subscriber_id: int) -> None:
    """Numbers that could not be read again are never written."""
    with pytest.raises(ValueError, match="no number of a subscriber"):
        tokens.leave_token(SECRET, LIST_ID, subscriber_id)


def test_a_secret_keeps_itself() -> None:
    """A secret is not printed, copied or pickled by mistake."""
    secret = Secret(b"never print this, never log this")
    assert "never" not in f"{secret!r} {secret} {[secret]}"
    for way in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not copied"):
            way(secret)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_secret_of_another_length_is_refused(length: int) -> None:
    """A damaged secret is not used: all links sent before would stop working."""
    with pytest.raises(SettingsError, match="restore it from a backup"):
        Secret(b"x" * length)


def test_addresses_hold_their_token() -> None:
    """The links are below the public address, whether that ends in a slash or not."""
    for public_url in ("https://news.example.org/a/", "https://news.example.org/a"):
        assert tokens.leave_url(public_url, "1-f") == "https://news.example.org/a/leave/1-f"
        wanted = "https://news.example.org/a/preferences/1-f"
        assert tokens.preferences_url(public_url, "1-f") == wanted


def test_leaving_by_mail_is_one_address() -> None:
    """The mailto: address holds the token in its subject, percent-encoded (RFC 6068)."""
    wanted = "mailto:le%2Fave%2Bx@example.org?subject=leave%201-f"
    assert tokens.leave_mailto("le/ave+x@example.org", "1-f") == wanted


def test_a_return_path_holds_the_key() -> None:
    """Bounces return to the mailbox with a +key, in a local part that is not too long."""
    key = tokens.delivery_key(SECRET, "2024-11", 2**40 - 1)
    path = tokens.return_path("bounces@example.org", key)
    assert path == f"bounces+{key}@example.org"
    assert len(tokens.return_path("x" * 23 + "@example.org", key).partition("@")[0]) == 64
    with pytest.raises(SettingsError, match="mailbox of 23 letters"):
        tokens.return_path("x" * 24 + "@example.org", key)
