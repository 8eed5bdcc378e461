"""Python's email package, as strict as it can be, on every built message."""

from __future__ import annotations

import email
import email.policy
from email.errors import MessageDefect
from email.message import EmailMessage
from pathlib import Path

import pytest

STRICT = email.policy.strict
MAX_LINE_OCTETS = 998
"""RFC 5322 section 2.1.1, without the line's end."""


def parsed(raw: bytes) -> EmailMessage:
    """Parse a message; the first defect raises."""
    mail = email.message_from_bytes(raw, policy=STRICT)
    assert isinstance(mail, EmailMessage)
    return mail


def test_no_part_has_a_defect(edition: Path) -> None:
    """Every part and every header of the message parses, without a defect."""
    mail = parsed((edition / "message.eml").read_bytes())

    for part in mail.walk():
        assert part.defects == []
        assert {name: value.defects for name, value in part.items() if value.defects} == {}
    assert {"From", "Subject", "Date", "Message-ID", "List-Unsubscribe"} <= set(mail.keys())


def test_lines_pass_every_server(edition: Path) -> None:
    """The message is 7-bit, and its lines end with CRLF and are no longer than SMTP allows."""
    raw = (edition / "message.eml").read_bytes()
    lines = raw.split(b"\r\n")

    assert raw.isascii()
    assert not any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines)
    assert max(map(len, lines)) <= MAX_LINE_OCTETS
    assert lines[-1] == b""


def test_text_comes_before_html(edition: Path) -> None:
    """The message is multipart/alternative: the text, then the HTML, which is to be preferred."""
    mail = parsed((edition / "message.eml").read_bytes())

    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(("kind", "name"), [("plain", "message.txt"), ("html", "message.html")])
def test_parts_are_the_files_beside(edition: Path, kind: str, name: str) -> None:
    """What a mail program decodes is, letter for letter, what lies beside the message."""
    part = parsed((edition / "message.eml").read_bytes()).get_body((kind,))
    beside = (edition / name).read_text("utf-8")

    assert isinstance(part, EmailMessage)
    # In a message every text ends with a line's end.
    assert part.get_content().replace("\r\n", "\n") == beside.removesuffix("\n") + "\n"


def test_a_planted_defect_is_convicted(editions: list[Path]) -> None:
    """A message that was cut off before its last boundary is refused."""
    raw = (editions[0] / "message.eml").read_bytes()

    with pytest.raises(MessageDefect):
        parsed(raw[: raw.rindex(b"--=_infomail")])
