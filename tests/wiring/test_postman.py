"""Notices leave once and signed; a server that is down or refuses loses no other."""

from __future__ import annotations

import email
import email.policy
import socket
from pathlib import Path

import pytest
from tests.transports.evil import Deed
from tests.wiring.posting import (
    Clock,
    left,
    letters,
    opened,
    queue,
    serving,
    words,
)

import dkim as dkimpy
from infomail import dkim, tokens
from infomail.errors import SettingsError, TemplateError
from infomail.model.notice import NoticeKind
from infomail.wiring.postman import Postman, deliver_due, notices_folder


@pytest.mark.parametrize("kind", NoticeKind)
def test_each_notice_leads_where_it_should(tmp_path: Path, kind: NoticeKind) -> None:
    """The link of a notice proves itself to the page that it leads to, and to no other."""
    with opened(tmp_path) as office:
        queue(office, kind)
        assert deliver_due(office) == 1
        (letter,) = letters(office)
        url = next(line for line in words(letter).split() if line.startswith("https://"))
        place, _, token = url.partition("https://news.example.org/")[2].rpartition("/")
        read = {
            purpose: tokens.read_expiring_token(office.secret, purpose, token, 0.0)
            for purpose in tokens.Purpose
        }
        person = tokens.read_preferences_token(office.secret, "monthly.example.org", token)
    expected = {
        NoticeKind.CONFIRM: ("confirm", tokens.Purpose.CONFIRM),
        NoticeKind.HERE: ("address/here", tokens.Purpose.HERE),
        NoticeKind.THERE: ("address/there", tokens.Purpose.THERE),
    }.get(kind)
    if expected:
        assert place == expected[0]
        assert {purpose: 7 for purpose, found in read.items() if found} == {expected[1]: 7}
    else:
        assert (place, person) == ("preferences", 1)
        assert set(read.values()) == {None}


def test_nothing_leaves_the_machine_before_a_server_is_named(tmp_path: Path) -> None:
    """With the transport `folder` a notice lies in the outbox, for its owner alone to read."""
    with opened(tmp_path) as office:
        queue(office)
        deliver_due(office)
        (file,) = notices_folder(office).glob("*.eml")
        assert file == tmp_path / "outbox" / "notices" / "ana@example.org.eml"
        assert file.stat().st_mode & 0o777 == 0o600
        queue(office, NoticeKind.ALREADY, "bo")
        assert deliver_due(office) == 1
        assert deliver_due(office) == 0


def test_a_notice_is_handed_over_once(tmp_path: Path) -> None:
    """A mail server gets it from the address for bounces, and gets it once."""
    with serving() as server, opened(tmp_path, server.port) as office:
        queue(office)
        assert deliver_due(office) == 1
        assert deliver_due(office) == 0
        (letter,) = server.letters
        assert (letter.sender, letter.recipient) == ("bounces@example.org", "ana@example.org")
        assert left(office) == [(False, True, "")]


def test_a_notice_is_signed(tmp_path: Path) -> None:
    """A key in newsletter.yaml signs notices as it signs letters."""
    pem = dkim.make_key("ed25519")
    (tmp_path / "n.pem").write_bytes(pem)
    (tmp_path / "n.pem").chmod(0o600)
    record = dkim.dns_record("n", "example.org", dkim.read_key(pem, "n.pem"))
    keys = "dkim:\n  - {selector: n, file: n.pem}\n"
    with serving() as server, opened(tmp_path, server.port, keys) as office:
        queue(office)
        deliver_due(office)
        letter = server.letters[0].content
    assert dkimpy.verify(letter, dnsfunc=lambda *_, **__: record.value.encode())
    changed = letter.replace(b"Subject: ", b"Subject: !")
    assert not dkimpy.verify(changed, dnsfunc=lambda *_, **__: record.value.encode())


def test_a_server_that_is_down_loses_nothing(tmp_path: Path) -> None:
    """What could not be handed over waits, and goes when the server is back."""
    clock = Clock()
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = int(held.getsockname()[1])
    with opened(tmp_path, port, clock=clock) as office:
        queue(office)
        queue(office, name="bo")
        assert deliver_due(office) == 0
        assert [each[:2] for each in left(office)] == [(True, False), (True, False)]
    with serving() as server, opened(tmp_path, server.port, clock=clock) as office:
        assert deliver_due(office) == 1
        clock.now += 60
        assert deliver_due(office) == 1
        assert sorted(letter.recipient for letter in server.letters) == [
            "ana@example.org",
            "bo@example.org",
        ]


def test_a_server_that_puts_off_is_asked_again(tmp_path: Path) -> None:
    """Greylisting delays a notice, and does not stop the next one."""
    clock = Clock()
    later = b"451 4.7.1 Greylisted, try again\r\n"
    with serving(RCPT=[later]) as server, opened(tmp_path, server.port, clock=clock) as office:
        queue(office)
        queue(office, name="bo")
        assert deliver_due(office) == 1
        clock.now += 3600
        assert deliver_due(office) == 1
        assert left(office) == [(False, True, ""), (False, True, "")]


def test_a_mailbox_that_does_not_exist(tmp_path: Path) -> None:
    """A refusal is the end of that notice, and the reason is kept."""
    never = b"550 5.1.1 No such user\r\n"
    with serving(RCPT=[never]) as server, opened(tmp_path, server.port) as office:
        queue(office)
        assert deliver_due(office) == 0
        ((due, sent, reason),) = left(office)
        assert (due, sent) == (False, False)
        assert "No such user" in reason


def test_a_server_that_puts_off_for_ever(tmp_path: Path) -> None:
    """A notice is given up after the hours for which letters are tried."""
    clock = Clock()
    later = b"451 4.7.1 Not now\r\n"
    with serving(RCPT=[later] * 2) as server, opened(tmp_path, server.port, clock=clock) as office:
        queue(office)
        deliver_due(office)
        clock.now += 3600 * office.settings.sending.retry_hours
        deliver_due(office)
        assert left(office)[0][:2] == (False, False)


def test_an_answer_that_got_lost(tmp_path: Path) -> None:
    """A notice that may have arrived or not is sent again: twice is better than never."""
    clock = Clock()
    with serving(FINAL=[Deed.RST]) as server, opened(tmp_path, server.port, clock=clock) as office:
        queue(office)
        assert deliver_due(office) == 0
        clock.now += 60
        assert deliver_due(office) == 1
        assert len(server.letters) == 2
        assert (
            len({email.message_from_bytes(one.content)["Message-ID"] for one in server.letters})
            == 1
        )


def test_a_template_that_is_wrong_loses_nothing(tmp_path: Path) -> None:
    """A designer's mistake is told in words, and the notice is sent when it is mended."""
    clock = Clock()
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "notice.txt").write_text("{{ unknown }}", "utf-8")
    with opened(tmp_path, clock=clock) as office:
        queue(office)
        with pytest.raises(TemplateError, match=r"notice\.txt:1:1"):
            deliver_due(office)
    (tmp_path / "templates" / "notice.txt").unlink()
    clock.now += 60
    with opened(tmp_path, clock=clock) as office:
        assert deliver_due(office) == 1


def test_a_key_that_is_missing_is_told_at_the_start(tmp_path: Path) -> None:
    """A postman does not begin its work only to fail at each notice."""
    key = "dkim:\n  - {selector: n, file: n.pem}\n"
    with (
        opened(tmp_path, more=key) as office,
        pytest.raises(SettingsError, match="infomail keygen"),
    ):
        Postman(office).start()
