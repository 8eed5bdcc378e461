"""Who is erased is found nowhere any more, and stays out; the ledger's numbers stay exact."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import func, select, update
from tests.subscribers.people import DAY, PAGE, Register

from infomail.database.people import (
    counters,
    import_changes,
    imports,
    list_members,
    notices,
    reports,
    requests,
    suppressions,
)
from infomail.database.tables import deliveries
from infomail.database.tables import subscribers as people
from infomail.errors import RefusedError, SettingsError
from infomail.model.subscriber import Reason, Status
from infomail.subscribers import (
    Change,
    Times,
    ask_for_address,
    change,
    confirm_address,
    count,
    erase,
    find,
    leave,
    preferences,
    prune,
    suppress,
)
from infomail.subscribers.mailbox import mailbox
from infomail.tokens import Purpose, mailbox_digest

REPORT = {"source": "dsn", "kind": "HARD", "at": 3.0, "delivery": "", "enhanced": "5.1.1"}


@pytest.fixture
def known(register: Register) -> int:
    """A subscriber of whom every table knows something: Ana Lima at example.org; her number."""
    register.confirm(register.join("Ana@home.example.org", name="Ana Lima"))
    number = register.person("ana@home.example.org").id
    register.audience()
    said = {"text": "<ana@home.example.org> is full", "server": "mx.home.example.org"}
    with register.database.writing() as connection:
        connection.execute(update(deliveries).values(**said, reason="ana@home.example.org"))
    wish = Change("Ana Lima", "en", ("health",), None)
    change(register.database, number, wish, PAGE, 30.0)
    wanted = mailbox("ana.lima@elsewhere.example.org")
    times = Times(30.0, 30.0 + DAY)
    ask_for_address(register.database, register.secret, number, wanted, PAGE, times)
    register.put(list_members, subscriber_id=number, list="partners")
    register.put(reports, **REPORT, digest="a", subscriber_id=number, detail="ana@home.example.org")
    letter = b"To: ANA@home.example.org"
    register.put(reports, **REPORT, digest="b", subscriber_id=None, detail="", letter=letter)
    register.put(imports, id=1, file="people.csv", at=1.0, new=1, changed=0)
    words = {"is_new": 1, "name": "Ana Lima", "language": "en", "country": "", "lists": ""}
    register.put(import_changes, import_id=1, subscriber_id=number, **words)
    return number


def test_nothing_is_held_of_who_is_erased(register: Register, known: int) -> None:
    """No table holds address, name or domain afterwards, in any case of letters."""
    assert len(register.held("ana")) > 10
    assert erase(register.database, register.secret, "ANA@home.example.org", 50.0)
    assert register.held("ana") == register.held("home.example") == []
    assert register.held("elsewhere") == []
    assert find(register.database, "ana@home.example.org") is None
    assert preferences(register.database, known) is None
    assert count(register.database) == {}
    assert not erase(register.database, register.secret, "ana@home.example.org", 60.0)


def test_the_numbers_stay(register: Register, known: int) -> None:
    """Each delivery keeps its state, its times and its subscriber's number."""
    names = ("id", "subscriber_id", "state", "code", "enhanced", "attempts", "tried_at")

    def numbers() -> list[tuple[object, ...]]:
        return [tuple(getattr(row, n) for n in names) for row in register.rows(deliveries)]

    before = numbers()
    erase(register.database, register.secret, "ana@home.example.org", 50.0)
    assert numbers() == before
    stump = register.rows(people)[0]
    assert (stump.id, stump.status, stump.reason) == (known, Status.LEFT, Reason.ERASED)
    assert stump.mailbox == f"erased-{known}"


@pytest.mark.usefixtures("known")
def test_who_was_erased_stays_out(register: Register) -> None:
    """Nobody but the person brings an erased mailbox back."""
    erase(register.database, register.secret, "ana@home.example.org", 50.0)
    digest = mailbox_digest(register.secret, "ana@home.example.org")
    assert register.rows(suppressions) == [(digest, Reason.ERASED, 50.0)]
    with pytest.raises(RefusedError, match=r"suppressed \(ERASED\)"):
        register.add("ana@home.example.org")
    assert register.audience("2024-12") == set()


@pytest.mark.usefixtures("known")
def test_others_are_left_alone(register: Register) -> None:
    """Erasing one person takes nothing from another."""
    other = register.add("bo@home.example.org", "Bo")
    erase(register.database, register.secret, "ana@home.example.org", 50.0)
    assert register.person("bo@home.example.org") == other


def test_a_mention_is_erased_too(register: Register) -> None:
    """An address that somebody else wanted is erased on its owner's request, without an entry."""
    known = register.add("bo@example.org")
    wanted, times = mailbox("ana@example.org"), Times(10.0, 20.0)
    ask_for_address(register.database, register.secret, known.id, wanted, PAGE, times)
    assert erase(register.database, register.secret, "ana@example.org", 15.0)
    assert register.held("ana@") == []
    assert register.person("bo@example.org") == known
    assert not erase(register.database, register.secret, "ana@example.org", 16.0)
    with pytest.raises(SettingsError, match="is no address"):
        erase(register.database, register.secret, "nobody", 16.0)


def test_a_former_address_is_erased(register: Register) -> None:
    """An address that somebody had before is erased where notices and requests name it."""
    register.confirm(register.join("Ana@example.org"))
    known = register.person("ana@example.org")
    times, wanted = Times(30.0, 40.0), mailbox("bo@example.org")
    ask_for_address(register.database, register.secret, known.id, wanted, PAGE, times)
    for purpose in (Purpose.HERE, Purpose.THERE):
        confirm_address(register.database, register.secret, purpose, 2, PAGE, 35.0)
    assert register.held("ana@") != []
    assert erase(register.database, register.secret, "ana@example.org", 50.0)
    assert register.held("ana@") == []
    assert register.person("bo@example.org").status is Status.CONFIRMED


def test_prune_erases_who_is_out(register: Register) -> None:
    """Who left or was suppressed before a time is erased; who did later, or stays, is not."""
    early, late = register.add("early@example.org"), register.add("late@example.org")
    bounced, stays = register.add("bounced@example.org"), register.add("stays@example.org")
    for person, at in ((early, 10.0), (late, 90.0)):
        leave(register.database, register.secret, person.address, at)
    suppress(register.database, register.secret, bounced.id, Reason.COMPLAINT, 10.0)
    assert prune(register.database, register.secret, 50.0, 100.0) == 2
    assert register.held("early") == register.held("bounced") == []
    assert register.person("late@example.org").status is Status.LEFT
    assert register.person("stays@example.org") == stays
    reasons = [row.reason for row in register.rows(suppressions)]
    assert sorted(reasons) == ["COMMAND", "COMMAND", "COMPLAINT"]
    assert prune(register.database, register.secret, 50.0, 100.0) == 0


def test_prune_forgets_who_never_confirmed(register: Register) -> None:
    """Who never confirmed goes without a trace and may be added; an open request is waited for."""
    register.join("old@example.org", now=10.0)
    register.join("open@example.org", now=8 * DAY)
    assert prune(register.database, register.secret, 8 * DAY + 1, 9 * DAY) == 1
    assert [row.address for row in register.rows(people)] == ["open@example.org"]
    assert register.rows(suppressions) == []
    assert register.add("old@example.org").status is Status.CONFIRMED


def test_prune_waits_for_who_comes_back(register: Register) -> None:
    """Who left long ago and has just asked to join again is not erased."""
    register.add("ana@example.org")
    leave(register.database, register.secret, "ana@example.org", 10.0)
    request = register.join("ana@example.org", now=99 * DAY)
    assert prune(register.database, register.secret, 50 * DAY, 99 * DAY + 1) == 0
    assert register.confirm(request, 99 * DAY + 2) is not None


def test_prune_remembers_who_left_before_hashes_were_kept(register: Register) -> None:
    """Somebody who left long ago, without a hash, is not imported again after erasure."""
    register.add("ana@example.org")
    register.set("ana@example.org", status="LEFT")
    assert prune(register.database, register.secret, 50.0, 100.0) == 1
    with pytest.raises(RefusedError, match="suppressed"):
        register.add("ana@example.org")


def test_prune_takes_what_is_done(register: Register) -> None:
    """Done and expired requests, ended notices and counters, and unclear reports go in time."""
    register.confirm(register.join("ana@example.org"))
    register.put(counters, key="k", window=1, count=3, ends_at=60.0)
    register.put(counters, key="k", window=2, count=3, ends_at=160.0)
    register.put(reports, **REPORT, digest="b", subscriber_id=None, detail="?", letter=b"x")
    with register.database.writing() as connection:
        connection.execute(update(notices).values(due_at=None, sent_at=12.0))
    prune(register.database, register.secret, 50.0, 100.0)
    assert [register.rows(table) for table in (requests, notices, reports)] == [[], [], []]
    assert [row.window for row in register.rows(counters)] == [2]
    assert register.audience() == {"ana@example.org"}


def test_prune_forgets_old_imports(register: Register) -> None:
    """How people were before an import is kept only as long as people who left are."""
    number = register.add("ana@example.org", "Ana Lima").id
    for key, at in ((1, 10.0), (2, 60.0)):
        register.put(imports, id=key, file="people.csv", at=at, new=0, changed=1)
        before = {"is_new": 0, "name": "Ana Maiden", "language": "en", "country": "", "lists": ""}
        register.put(import_changes, import_id=key, subscriber_id=number, **before)
    prune(register.database, register.secret, 50.0, 100.0)
    assert [row.id for row in register.rows(imports)] == [2]
    assert [row.import_id for row in register.rows(import_changes)] == [2]


@pytest.mark.parametrize(
    "letter",
    [
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(b"to Ana@example.org!"),
        b"Content-Transfer-Encoding: quoted-printable\n\nana@exam=\nple.org",
        b"Return-Path: <bounce-ana=example.org@list.example>\n\n",
    ],
)
def test_an_encoded_mention_is_erased(register: Register, letter: bytes) -> None:
    """An unclear mail that names the person goes, however it is encoded; others' mails stay."""
    register.put(reports, **REPORT, digest="a", subscriber_id=None, detail="", letter=letter)
    other = {"detail": "from Joana <joana@example.org>", "letter": b"ana@example.org.uk"}
    register.put(reports, **REPORT, digest="b", subscriber_id=None, **other)
    assert erase(register.database, register.secret, "ana@example.org", 5.0)
    assert [row.digest for row in register.rows(reports)] == ["b"]


def test_prune_takes_many(register: Register) -> None:
    """More people than go at once all go."""
    for number in range(450):
        register.join(f"p{number}@example.org", now=1.0)
    with register.database.writing() as connection:
        left = {"status": "LEFT", "left_at": 2.0}
        connection.execute(update(people).where(people.c.id % 2 == 0).values(**left))
    assert prune(register.database, register.secret, 9 * DAY, 10 * DAY) == 450
    query = select(func.count()).select_from(people)
    with register.database.reading() as connection:
        assert connection.execute(query).scalar_one() == 225


def test_prune_silences_what_came_later(register: Register) -> None:
    """What a server said to a send that was running during the erasure goes as well."""
    known = register.add("ana@example.org")
    register.audience()
    erase(register.database, register.secret, known.address, 60.0)
    with register.database.writing() as connection:
        connection.execute(update(deliveries).values(text="<ana@example.org> unknown"))
    prune(register.database, register.secret, 50.0, 100.0)
    assert register.held("ana") == []
