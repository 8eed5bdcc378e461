"""What comes back of a real sending changes who gets the next one, and staff see it."""

from __future__ import annotations

import json
import re
import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from tests.bounces.dovecot import PASSWORD, dovecot
from tests.bounces.samples import sample
from tests.journeys.paper import Paper, Run
from tests.journeys.terminal import Terminal
from tests.monthly import SLUG
from tests.torture.postfix import Postfix, postfix

from infomail import tokens
from infomail.subscribers import find
from infomail.wiring.office import open_office

_FAILING = (
    "transport_maps = inline:{ { ana@example.org = error:5.1.1 no such user here }"
    " { bo@example.net = error:5.7.1 refused as spam } }"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Postfix]:
    """A Postfix that takes all letters, and gives some back by bounces of its own making."""
    with postfix(_FAILING, "smtpd_reject_unlisted_recipient = no") as running:
        yield running


def key(paper: Paper, address: str) -> str:
    """Give the key of the letter to somebody."""
    office = open_office(paper.folder)
    found = find(office.database, address)
    assert found is not None
    made = tokens.delivery_key(office.secret, SLUG, found.id)
    office.close()
    return made


def counted(run: Run, *arguments: str) -> dict[str, int]:
    """Give what `bounces --json` counts, without what it did not meet."""
    ran = run("bounces", *arguments, "--json")
    assert ran.code == 0, ran.said
    return {word: number for word, number in json.loads(ran.out).items() if number}


def test_what_a_mail_server_gives_back(paper: Paper, run: Run, server: Postfix) -> None:
    """A letter that Postfix takes and then returns suppresses whose mailbox is gone alone."""
    paper.use(server.port, {"hold_seconds": 0})
    assert run("send", SLUG, "--yes").code == 0
    server.delivered()
    maildir = server.folder / "mail" / "all"
    assert counted(run, str(maildir)) == {"read": 3, "suppressed": 1, "noted": 1, "unclear": 1}
    assert "of these 2 bounced later" in run("status", SLUG).out
    assert counted(run, str(maildir)) == {}
    listed = json.loads(run("subscribers", "show", "ana@example.org", "--json").out)
    assert "SUPPRESSED" in json.dumps(listed)


def test_mails_are_read_and_counted(paper: Paper, run: Run, tmp_path: Path) -> None:
    """People are told how many mails were read, what followed, and where to look further."""
    (tmp_path / "a.eml").write_bytes(sample("complaint", key(paper, "ana@example.org")))
    (tmp_path / "b.eml").write_bytes(sample("exchange-full", key(paper, "bo@example.net")))
    (tmp_path / "c.eml").write_bytes(sample("leave-words"))
    ran = run("bounces", str(tmp_path / "a.eml"), str(tmp_path / "b.eml"), str(tmp_path / "c.eml"))
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "3 read, 1 suppressed, 1 soft bounce counted, 1 not clear",
        "not clear: `infomail bounces --list` names them",
    ]
    assert run("bounces", str(tmp_path / "a.eml")).out == "1 read, 1 read before\n"


def test_what_is_not_clear_can_be_looked_at(paper: Paper, run: Run, tmp_path: Path) -> None:
    """Each mail that nobody understood is listed with a name by which it is shown as it came."""
    del paper
    (tmp_path / "a.eml").write_bytes(sample("leave-words"))
    run("bounces", str(tmp_path / "a.eml"))
    (line,) = run("bounces", "--list").out.splitlines()
    assert line.endswith("mail  from Ana <ana@reader.example>: unsubscribe")
    (told,) = json.loads(run("bounces", "--list", "--json").out)
    assert told["digest"].startswith(line.split()[0])
    shown = run("bounces", "--show", line.split()[0])
    assert (shown.code, shown.out.encode()) == (0, sample("leave-words"))
    assert run("bounces", "--show", "nothing").code == 2


def test_what_is_not_clear_is_done_with(paper: Paper, run: Run, tmp_path: Path) -> None:
    """A bounce of nobody's letter is listed with its address, until staff say it is done with."""
    del paper
    (tmp_path / "a.eml").write_bytes(sample("postfix-unknown"))
    assert counted(run, str(tmp_path / "a.eml")) == {"read": 1, "unclear": 1}
    (line,) = run("bounces", "--list").out.splitlines()
    assert "a bounce of no letter to anybody in the register: ana@reader.example: " in line
    name = line.split()[0]
    ran = run("bounces", "--done", name)
    assert (ran.code, ran.out) == (0, f"{name} is done with\n")
    assert run("bounces", "--list").out == ""
    assert run("bounces", "--show", name).code == 2
    assert run("bounces", "--done", name).code == 2
    assert counted(run, str(tmp_path / "a.eml")) == {"read": 1, "known": 1}


def test_a_strangers_mail_commands_no_terminal(paper: Paper, run: Run, tmp_path: Path) -> None:
    """At a terminal, what a mail would have it do is shown as signs."""
    (tmp_path / "a.eml").write_bytes(b"Subject: hi\n\n\x1b]0;owned\x07\xc2\x9b2J\n")
    run("bounces", str(tmp_path / "a.eml"))
    (line,) = run("bounces", "--list").out.splitlines()
    with Terminal(paper, "bounces", "--show", line.split()[0]) as terminal:
        pass
    assert terminal.code == 0
    assert "owned" in terminal.raw
    assert [sign for sign in "\x1b\x07\x9b" if sign in terminal.raw] == []


def test_without_mails_and_mailbox_the_way_is_told(paper: Paper, run: Run, tmp_path: Path) -> None:
    """Who names nothing, or what is not there, is told what could be named."""
    del paper
    ran = run("bounces")
    assert (ran.code, "set imap in newsletter.yaml" in ran.err) == (2, True)
    ran = run("bounces", str(tmp_path / "nowhere"))
    assert (ran.code, "name a mail, an mbox or a Maildir" in ran.err) == (2, True)
    assert run("bounces", "--list").out == ""


def test_the_mailbox_of_newsletter_yaml_is_read(
    paper: Paper, run: Run, trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a file, the unseen mails of the mailbox are acted on, and never again."""
    with dovecot(trusted.issue_cert("localhost")) as server:
        letters = (sample("complaint", key(paper, "ana@example.org")), sample("out-of-office"))
        server.put("bounces", *letters)
        where = {"host": "127.0.0.1", "port": server.plain_port, "security": "none"}
        paper.set(imap={**where, "username": "bounces"})
        monkeypatch.setenv("INFOMAIL_IMAP__PASSWORD", PASSWORD)
        assert counted(run) == {"read": 2, "suppressed": 1, "noted": 1}
        assert server.seen("bounces") == 2
        assert counted(run) == {}


def test_a_mailbox_that_cannot_be_read_is_told(paper: Paper, run: Run) -> None:
    """A server that does not answer is failed work, with the remedy and without a password."""
    paper.set(imap={"host": "127.0.0.1", "port": 1, "security": "none", "username": "ana"})
    ran = run("bounces")
    assert (ran.code, "look at imap in newsletter.yaml" in ran.err) == (1, True)


def test_a_forged_bounce_by_smtp_changes_nobody(paper: Paper, run: Run, server: Postfix) -> None:
    """A stranger who sends a bounce with a key of his own invention reaches nobody."""
    forged = f"{key(paper, 'ana@example.org')[:-20]}{'0' * 20}"
    with smtplib.SMTP(server.host, server.port) as client:
        octets = sample("postfix-unknown", forged)
        client.sendmail("", [f"bounces+{forged}@example.org"], octets)
    server.delivered()
    assert counted(run, str(server.folder / "mail" / "all")) == {"read": 1, "unclear": 1}
    assert run("subscribers", "show", "ana@example.org").out.count("CONFIRMED")


def test_a_bounce_of_a_rehearsal_is_not_the_mails(
    paper: Paper, run: Run, server: Postfix, tmp_path: Path
) -> None:
    """What comes back of a rehearsal's letter says nothing of the mail of the same issue."""
    assert run("send", SLUG).code == 0
    letters = paper.folder / "outbox" / SLUG / "letters"
    rehearsed = (letters / "bo@example.net.eml").read_text("utf-8")
    named = re.search(rf"Message-ID: <{SLUG}\.(\S+)@", rehearsed)
    assert named
    paper.use(server.port, {"hold_seconds": 0})
    assert run("send", SLUG, "--yes").code == 0
    (tmp_path / "full.eml").write_bytes(sample("exchange-full", named[1]))
    assert counted(run, str(tmp_path / "full.eml")) == {"read": 1, "noted": 1}
    assert "bounced later" not in run("status", SLUG).out
