"""A letter is the same at each attempt, its subscriber's own, and signed by a key kept safe."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.monthly import DAY, FRENCH, ISSUE, NEWSLETTER

import dkim as dkimpy
from infomail import dkim, tokens
from infomail.errors import SettingsError
from infomail.model.delivery import Delivery
from infomail.model.edition import StagedMail
from infomail.transports.smtp.soundness import is_sound
from infomail.wiring.office import Office, open_office
from infomail.wiring.post import writer
from infomail.wiring.release import readied

DELIVERY = Delivery(
    id=1,
    language="en",
    subscriber_id=7,
    address="zoe@exämple.org",
    recipient="zoe@xn--exmple-cua.org",
    name="Zoë",
    attempts=1,
    first_tried_at=1_900_000_000.0,
)


def opened(folder: Path, more: str = "") -> tuple[Office, tuple[StagedMail, ...]]:
    """Open the office of a small newsletter with an issue that is ready."""
    (folder / "issues").mkdir(exist_ok=True)
    (folder / "newsletter.yaml").write_text(NEWSLETTER + more, "utf-8")
    (folder / "issues" / "2030-09.yaml").write_text(ISSUE, "utf-8")
    (folder / "issues" / "2030-09.fr.yaml").write_text(FRENCH, "utf-8")
    office = open_office(folder)
    return office, readied(office.desk, "2030-09", DAY).mails


def test_a_letter_is_the_same_at_each_attempt(tmp_path: Path) -> None:
    """Trying again, today or in another process, gives the very same bytes."""
    office, mails = opened(tmp_path)
    first = writer(office, mails)(DELIVERY)
    office.close()
    office, mails = opened(tmp_path)
    assert writer(office, mails)(DELIVERY) == first
    office.close()


def test_a_letter_names_its_subscriber_only_in_tokens(tmp_path: Path) -> None:
    """Return path, Message-ID and links can be read back by whoever holds the secret alone."""
    office, mails = opened(tmp_path)
    envelope = writer(office, mails)(DELIVERY)
    letter = email.message_from_bytes(envelope.letter, policy=email.policy.default)
    named = tokens.read_delivery_key(office.secret, envelope.key)
    leave = letter["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert named is not None
    assert named.subscriber_id == 7
    assert envelope.sender == f"bounces+{envelope.key}@example.org"
    assert envelope.recipient == "zoe@xn--exmple-cua.org"
    assert letter["Message-ID"] == f"<2030-09.{envelope.key}@example.org>"
    assert tokens.read_leave_token(office.secret, "monthly.example.org", leave) == 7
    office.close()


def test_a_test_letter_says_so(tmp_path: Path) -> None:
    """The subject of a test letter is marked."""
    office, mails = opened(tmp_path)
    letter = writer(office, mails, is_test=True)(DELIVERY).letter
    assert b"Subject: [Test] Monthly: a harbour for everyone" in letter
    office.close()


KEY = "dkim:\n  - {selector: n2026, file: n2026.pem}\n"


def test_a_letter_is_signed(tmp_path: Path) -> None:
    """A key in newsletter.yaml signs every letter, and others can verify it."""
    pem = dkim.make_key()
    (tmp_path / "n2026.pem").write_bytes(pem)
    (tmp_path / "n2026.pem").chmod(0o600)
    record = dkim.dns_record("n2026", "example.org", dkim.read_key(pem, "n2026.pem"))
    office, mails = opened(tmp_path, KEY)
    letter = writer(office, mails)(DELIVERY).letter
    asked: list[bytes] = []

    def answer(name: bytes, timeout: int = 5) -> bytes:
        del timeout
        asked.append(name)
        return record.value.encode()

    assert dkimpy.verify(letter, dnsfunc=answer)
    assert asked == [b"n2026._domainkey.example.org."]
    assert not dkimpy.verify(letter.replace(b"zoe@", b"zoa@"), dnsfunc=answer)
    office.close()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """A private key lies open to nobody but its owner, or nothing is sent."""
    (tmp_path / "n2026.pem").write_bytes(dkim.make_key("ed25519"))
    (tmp_path / "n2026.pem").chmod(0o640)
    office, mails = opened(tmp_path, KEY)
    with pytest.raises(SettingsError, match="others can read the key"):
        writer(office, mails)
    office.close()


def test_a_missing_key_is_told(tmp_path: Path) -> None:
    """A key that is not there is named, with the command that makes one."""
    office, mails = opened(tmp_path, KEY)
    with pytest.raises(SettingsError, match="infomail keygen"):
        writer(office, mails)
    office.close()


def test_a_relay_can_recognise_a_letter(tmp_path: Path) -> None:
    """With an idempotency header the letter carries its key in it."""
    sending = "sending:\n  resolver: {kind: idempotency, header: Resend-Idempotency-Key}\n"
    office, mails = opened(tmp_path, sending)
    envelope = writer(office, mails)(DELIVERY)
    assert f"Resend-Idempotency-Key: {envelope.key}\r\n".encode() in envelope.letter
    office.close()


def test_the_environment_has_the_last_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says of `sending` stands in every letter and in its return path."""
    told = {
        "RESOLVER__KIND": "idempotency",
        "RESOLVER__HEADER": "Resend-Idempotency-Key",
        "BOUNCE_ADDRESS": "back@bounces.example.org",
        "LEAVE_ADDRESS": "leave@example.org",
        "HELP_URL": "https://help.example.org/",
        "FEEDBACK_ID": "harbour",
    }
    for key, value in told.items():
        monkeypatch.setenv(f"INFOMAIL_SENDING__{key}", value)
    office, mails = opened(tmp_path)
    envelope = writer(office, mails)(DELIVERY)
    letter = email.message_from_bytes(envelope.letter, policy=email.policy.default)
    assert letter["Resend-Idempotency-Key"] == envelope.key
    assert envelope.sender == f"back+{envelope.key}@bounces.example.org"
    assert "<mailto:leave@example.org?subject=leave%20" in letter["List-Unsubscribe"]
    assert letter["List-Help"] == "<https://help.example.org/>"
    assert letter["Feedback-ID"].endswith(":harbour")
    office.close()


def test_bounces_need_room_for_a_key(tmp_path: Path) -> None:
    """A bounce address that is too long for keys is said before the first letter is written."""
    office, mails = opened(tmp_path, f"sending: {{bounce_address: {'b' * 24}@example.org}}\n")
    with pytest.raises(SettingsError, match="leaves no room for a key"):
        writer(office, mails)
    office.close()


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, tuple[StagedMail, ...]]:
    """The office of a small newsletter, opened once for many letters."""
    return opened(tmp_path_factory.mktemp("ready"))


@given(name=st.text(max_size=80), number=st.integers(1, 2**39))
@settings(deadline=None, max_examples=60)
def test_a_letter_is_what_it_is_proven_to_be(
    ready: tuple[Office, tuple[StagedMail, ...]], name: str, number: int
) -> None:
    """From its own part on every line is one of a letter, and none begins with a dot."""
    office, mails = ready
    delivery = DELIVERY._replace(name=name, subscriber_id=number)
    envelope = writer(office, mails)(delivery)
    assert is_sound(envelope.letter)
    assert envelope.letter[envelope.proven_from :].startswith(b"From: ")
    assert b"\r\n." not in envelope.letter
