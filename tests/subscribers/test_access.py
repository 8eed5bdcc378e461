"""Whoever asks gets everything that is held about them, and nobody else's."""

from __future__ import annotations

import pytest
from tests.subscribers.files import Desk
from tests.subscribers.people import DAY, PAGE, Register

from infomail.database.people import list_members, reports
from infomail.errors import SettingsError
from infomail.model.subscriber import Act, Origin, Reason
from infomail.report import access_as_json
from infomail.subscribers import Access, Times, access, ask_for_address, block, erase, leave
from infomail.subscribers.mailbox import mailbox


def test_everything_is_told(register: Register) -> None:
    """Person, choices, consent, requests, notices, letters, reports: all of it is told."""
    register.confirm(register.join("ana@example.org", name="Ana Lima"))
    known = register.person("ana@example.org")
    register.put(list_members, subscriber_id=known.id, list="partners")
    about = {"source": "dsn", "kind": "SOFT", "at": 30.0, "delivery": "", "enhanced": "4.2.2"}
    register.put(reports, **about, digest="d", subscriber_id=known.id, detail="mailbox full")
    register.audience()
    held = access(register.database, register.secret, "ANA@example.org")
    assert held is not None
    assert held.subscriber == known
    assert (held.topics, held.lists) == (("labour",), ("partners",))
    assert [each.act for each in held.consents] == [Act.ASKED, Act.CONFIRMED]
    assert [(each.kind, each.topics, each.done_at) for each in held.requests] == [
        ("JOIN", ("labour",), 20.0)
    ]
    assert [each.kind for each in held.notices] == ["CONFIRM"]
    assert [(each.issue, each.state) for each in held.deliveries] == [("2024-11", "WAITING")]
    assert [each.detail for each in held.reports] == ["mailbox full"]
    assert held.suppression is None


def test_others_are_not_told(register: Register) -> None:
    """What is held about somebody else is not among it."""
    register.confirm(register.join("bo@example.org"))
    known = register.add("ana@example.org")
    held = access(register.database, register.secret, "ana@example.org")
    assert held is not None
    assert held.subscriber == known
    assert [each.act for each in held.consents] == [Act.ADDED]
    assert (held.topics, held.requests, held.notices) == ((), (), ())


def test_who_left_learns_why_nothing_comes(register: Register) -> None:
    """A suppression is told with its reason and its time."""
    register.add("ana@example.org")
    leave(register.database, register.secret, "ana@example.org", 5.0, Reason.LINK)
    held = access(register.database, register.secret, "ana@example.org")
    assert held is not None
    assert held.suppression is not None
    assert (held.suppression.reason, held.suppression.at) == (Reason.LINK, 5.0)


def test_a_hash_is_told(register: Register) -> None:
    """Of who was erased, or blocked without being known, nothing is held but that."""
    register.add("ana@example.org")
    erase(register.database, register.secret, "ana@example.org", 5.0)
    block(register.database, register.secret, "bo@example.org", 5.0)
    for address, reason in (("ana@example.org", Reason.ERASED), ("bo@example.org", Reason.BLOCKED)):
        held = access(register.database, register.secret, address)
        assert held is not None
        assert held.subscriber is None
        assert held.suppression is not None
        assert held.suppression.reason is reason


def test_a_wanted_address_is_told(register: Register) -> None:
    """An address that somebody wanted to move to is told to whoever has it."""
    known = register.add("bo@example.org")
    wanted, times = mailbox("ana@example.org"), Times(10.0, DAY)
    ask_for_address(register.database, register.secret, known.id, wanted, PAGE, times)
    held = access(register.database, register.secret, "ana@example.org")
    assert held is not None
    assert [each.address for each in held.requests] == ["ana@example.org"]
    assert [(each.kind, each.recipient) for each in held.notices] == [("THERE", "ana@example.org")]


def test_who_wanted_an_address_is_not_told(register: Register) -> None:
    """Whoever has an address that somebody else wanted does not learn who that was."""
    known = register.add("bo@example.org", "Bo Berg")
    wanted, times = mailbox("ana@example.org"), Times(10.0, DAY)
    origin = Origin("page", ip="192.0.2.7")
    ask_for_address(register.database, register.secret, known.id, wanted, origin, times)
    told = access_as_json(_held(register, "ana@example.org"))
    assert [word for word in ("Bo", "bo@", "192.0.2.7") if word in told] == []


def test_an_import_is_told(desk: Desk) -> None:
    """What a person was before an import, as long as it can be taken back, is told."""
    desk.load("address,name,list\nana@example.org,Ana Maiden,press\n")
    desk.now = 6.0
    desk.load("address,name\nana@example.org,Ana Lima\n")
    held = _held(desk.register, "ana@example.org")
    assert [(each.is_new, each.name, each.lists) for each in held.imports] == [
        (True, "", ()),
        (False, "Ana Maiden", ("press",)),
    ]
    assert (held.created_at, held.changed_at) == (5.0, 6.0)


def test_an_unclear_report_is_told(register: Register) -> None:
    """A report that names the address is told, but not what it says of somebody else."""
    about = {"source": "mail", "kind": "UNKNOWN", "delivery": "", "enhanced": ""}
    details = ("ana@example.org is full", "from Joana <joana@example.org>")
    for at, detail in enumerate(details):
        told = {"digest": str(at), "at": float(at), "detail": detail, "letter": b"ana@example.org"}
        register.put(reports, **about, **told, subscriber_id=None)
    held = _held(register, "ana@example.org")
    assert [each.detail for each in held.reports] == ["ana@example.org is full", ""]


def _held(register: Register, address: str) -> Access:
    held = access(register.database, register.secret, address)
    assert held is not None
    return held


def test_nothing_is_told_of_strangers(register: Register) -> None:
    """Of whom nothing is held, nothing is told; what is no address is said to be none."""
    assert access(register.database, register.secret, "ana@example.org") is None
    with pytest.raises(SettingsError, match="is no address"):
        access(register.database, register.secret, "nobody")
