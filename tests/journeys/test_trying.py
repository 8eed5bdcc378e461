"""Letters for staff's own eyes, approvals, and keys that sign."""

from __future__ import annotations

import email
import email.policy
import json
import re
import stat

import pytest
import yaml
from tests.journeys.paper import Acts, Paper, Run, deliveries, recipients
from tests.monthly import SLUG
from tests.transports.evil import ANSWERS, Deed, Script, evil

import dkim


def _subject(content: bytes) -> str:
    message = email.message_from_bytes(content, policy=email.policy.default)
    return str(message["Subject"])


def test_a_test_is_marked(paper: Paper, run: Run) -> None:
    """Each language goes to each address, and its subject says that it is a test."""
    with evil() as server:
        paper.use(server.port)
        ran = run("test", SLUG, "me@example.org", "you@example.org")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        f"accepted  {who}  250 2.0.0 Ok: queued as 4XYZ"
        for who in ("me@example.org", "me@example.org", "you@example.org", "you@example.org")
    ]
    subjects = [_subject(letter.content) for letter in server.letters]
    assert len(subjects) == 4
    assert all("test" in subject.lower() for subject in subjects), subjects
    assert run("status").out == "nothing was sent yet\n"


def test_a_test_stays_on_this_machine(paper: Paper, run: Run) -> None:
    """Without a mail server test letters are files, one for each language."""
    ran = run("test", SLUG, "me@example.org")
    assert ran.code == 0
    assert "the letters are in outbox/2030-09/tests" in ran.err
    assert len(list((paper.folder / "outbox" / SLUG / "tests").glob("*.eml"))) == 2


def test_a_test_is_nobodys(paper: Paper, run: Run) -> None:
    """The links of a test letter are not those of any subscriber."""
    run("send", SLUG)
    run("test", SLUG, "ana@example.org")
    own = paper.folder / "outbox" / SLUG / "letters" / "ana@example.org.eml"
    links = set(re.findall(rb"List-Unsubscribe: <([^>]+)>", own.read_bytes()))
    assert links
    for path in (paper.folder / "outbox" / SLUG / "tests").glob("*.eml"):
        tested = set(re.findall(rb"List-Unsubscribe: <([^>]+)>", path.read_bytes()))
        assert tested
        assert not tested & links


def test_a_test_that_is_refused(paper: Paper, run: Run) -> None:
    """A test that the server refuses is shown with its words, and is exit code 1."""
    with evil(Script(acts={"FINAL": [b"554 5.7.1 \x1b[2JSpam\r\n"]})) as server:
        paper.use(server.port)
        ran = run("test", SLUG, "me@example.org")
    assert ran.code == 1
    assert re.match(r"refused   me@example.org  554 5\.7\.1 \S*Spam", ran.out)
    assert ran.out.replace("\n", "").isprintable()


def test_a_test_that_breaks_off(paper: Paper, run: Run) -> None:
    """What was accepted is said, also if the server goes away before the next letter."""
    acts: Acts = {
        "GREETING": [ANSWERS["GREETING"], *[b"421 4.3.2 Going down\r\n"] * 9],
        "FINAL": [ANSWERS["FINAL"], Deed.FIN],
    }
    with evil(Script(acts=acts)) as server:
        paper.use(server.port)
        ran = run("test", SLUG, "me@example.org", "you@example.org", "no@example.org")
    assert ran.code != 0
    assert ran.out.startswith("accepted  me@example.org  250")


@pytest.mark.parametrize("address", ["nobody", "a@b@c", "x@example.org\r\nBcc: y@example.org"])
def test_a_test_to_no_address(paper: Paper, run: Run, address: str) -> None:
    """What is no address gets no test: exit code 2, in words."""
    ran = run("test", SLUG, address)
    assert ran.code == 2
    assert ran.err.startswith("infomail: ")
    assert not (paper.folder / "outbox" / SLUG / "tests").exists()


def test_an_approval_names_what_it_releases(paper: Paper, run: Run) -> None:
    """Approving says for each language which bytes are released, by the digest of the edition."""
    ran = run("approve", SLUG)
    assert ran.code == 0
    told = json.loads((paper.folder / "outbox" / SLUG / "en" / "edition.json").read_text("utf-8"))
    lines = ran.out.splitlines()
    assert lines[0] == f"approved {SLUG} in en  {told['digest'][:12]}  {told['subject']}"
    assert len(lines) == 2


def test_a_key_is_its_owners(paper: Paper, run: Run) -> None:
    """A new key can be read by its owner alone, and is never written over."""
    ran = run("keygen", "n2030")
    assert ran.code == 0
    path = paper.folder / "keys" / "n2030.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    before = path.read_bytes()
    again = run("keygen", "n2030")
    assert again.code == 2
    assert "exists already — choose another selector" in again.err
    assert path.read_bytes() == before
    assert "PRIVATE" not in ran.said


def test_what_is_there_already_is_not_asked_for(paper: Paper, run: Run) -> None:
    """Who named a key in newsletter.yaml before it was made is not told to name it again."""
    file = paper.folder / "newsletter.yaml"
    named = "dkim:\n  - {selector: n2030, file: keys/n2030.pem}\n"
    file.write_text(file.read_text("utf-8") + named, "utf-8")
    said = run("keygen", "n2030", "--ed25519").out
    assert "selector: n2030-ed\n" in said
    assert "selector: n2030\n" not in said
    (paper.folder / "keys" / "n2030.pem").unlink()
    assert "add to newsletter.yaml" not in run("keygen", "n2030").out


def test_signed_letters_verify(paper: Paper, run: Run) -> None:
    """What keygen says is all that is needed: letters verify by the record that it prints."""
    said = run("keygen", "n2030", "--ed25519").out
    record = r"^(\S+\._domainkey\.example\.org)\n(v=DKIM1\S*.*)$"
    records = dict(re.findall(record, said, re.MULTILINE))
    assert set(records) == {
        "n2030._domainkey.example.org",
        "n2030-ed._domainkey.example.org",
    }
    paper.set(**yaml.safe_load(said[said.index("dkim:\n") :]))
    with evil() as server:
        paper.use(server.port)
        assert run("send", SLUG, "--now", "--yes").code == 0
    for letter in server.letters:
        message = dkim.DKIM(letter.content)
        for number in (0, 1):
            assert message.verify(number, dnsfunc=lambda name, **_: _record(records, name))


def _record(records: dict[str, str], name: bytes) -> bytes:
    return records[name.decode().rstrip(".")].encode()


def test_a_key_that_others_can_read(paper: Paper, run: Run) -> None:
    """A key that others can read signs nothing until that is mended."""
    run("keygen", "n2030")
    paper.set(dkim=[{"selector": "n2030", "file": "keys/n2030.pem"}])
    (paper.folder / "keys" / "n2030.pem").chmod(0o644)
    ran = run("send", SLUG)
    assert ran.code == 2
    assert "chmod 600" in ran.err
    assert paper.letters == []


def test_a_name_that_no_key_can_have(paper: Paper, run: Run) -> None:
    """A selector is a name in DNS and of a file; nothing else is made of it."""
    ran = run("keygen", "../n")
    assert ran.code == 2
    assert not (paper.folder / "keys").exists()


def test_the_letters_address(paper: Paper, run: Run) -> None:
    """A send by mail uses the address of each subscriber, and a return path of its own."""
    with evil() as server:
        paper.use(server.port)
        run("send", SLUG, "--now", "--yes")
    assert recipients(server) == [row["address"] for row in deliveries(run)]
    assert len({letter.sender for letter in server.letters}) == 3
    assert all(letter.sender.startswith("bounces+") for letter in server.letters)
