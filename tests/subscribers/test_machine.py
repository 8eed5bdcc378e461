"""No sequence of what people, staff and mail servers do brings a letter to who does not want it."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from tests.subscribers.people import PAGE, Register

from infomail import subscribers as own
from infomail.database import Database, open_database
from infomail.database.people import consents
from infomail.database.tables import subscribers as people
from infomail.errors import RefusedError
from infomail.model.subscriber import Reason, Status
from infomail.subscribers import Change, Times
from infomail.subscribers.importing import import_file
from infomail.subscribers.mailbox import mailbox
from infomail.subscribers.sifting import Source
from infomail.subscribers.vocabulary import Vocabulary
from infomail.tokens import Purpose

MAILBOXES = ("ana@example.org", "bo@example.org", "cy@example.org")
WHOSE = st.sampled_from((MAILBOXES[0], *MAILBOXES))
"""More of the first: what happens to one person in a row is what is looked for."""
REASONS = st.sampled_from([each for each in Reason if each is not Reason.ERASED])
AGES = st.integers(1, 2)
PURPOSES = st.sampled_from([Purpose.HERE, Purpose.THERE])
WAITS = st.sampled_from([0.0, 2.0, 7.0])
PATIENCE = 6.0


@dataclass
class Mailbox:
    """What must be true of a mailbox, by the rules alone.

    Attributes:
        is_in: its reader is a subscriber.
        is_out: nobody but its reader may bring it back.
        is_final: not even its reader may.
        left_at: since when links of before confirm nothing.
        paused_until: no issue is staged before.
        is_erased: nothing may be held of it.
    """

    is_in: bool = False
    is_out: bool = False
    is_final: bool = False
    left_at: float = -1.0
    paused_until: float = 0.0
    is_erased: bool = False


@dataclass
class Asked:
    """A request: by whom, when, for which address; and at which mailboxes it was confirmed."""

    whose: str
    at: float
    address: str
    told: set[Purpose] = field(default_factory=set)


@cache
def blank() -> Path:
    """Make an empty database, which each example copies."""
    folder = Path(tempfile.mkdtemp(prefix="infomail-blank-"))
    open_database(folder / "blank.sqlite3").close()
    return folder / "blank.sqlite3"


def _careless(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


class Happenings(RuleBasedStateMachine):
    """Three mailboxes, and everything that can happen to them in any order."""

    def __init__(self) -> None:
        """Begin with an empty register."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="infomail-machine-"))
        database: Database = open_database(shutil.copy(blank(), self.folder / "one.sqlite3"))
        # Power cuts are not the subject here, and each step commits several times.
        event.listen(database.engine, "connect", _careless)
        database.engine.dispose()
        self.register = Register(database)
        self.known = {name: Mailbox() for name in MAILBOXES}
        self.asked: dict[int, Asked] = {}
        self.proofs: dict[int, tuple[Any, ...]] = {}
        self.now = 1.0

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.register.database.close()
        shutil.rmtree(self.folder)

    def number(self, whose: str) -> int:
        """Give the person's number; one that is nobody's if there is none."""
        found = own.find(self.register.database, whose)
        return 999 if found is None else found.id

    def out(self, whose: str, *, known: bool, final: bool = False) -> None:
        """Expect that a mailbox is out from now on."""
        one = self.known[whose]
        if known:
            one.is_in, one.is_out, one.left_at = False, True, self.now
            one.is_final = one.is_final or final

    def hold(self, whose: str) -> None:
        """Expect that something may be held of a mailbox again."""
        self.known[whose].is_erased = False

    @initialize(is_in=st.booleans())
    def begin(self, *, is_in: bool) -> None:
        """The first is a subscriber already, or is not."""
        if is_in:
            self.add(MAILBOXES[0])

    @rule(whose=WHOSE, confirmed=st.lists(WAITS, max_size=2))
    def join(self, whose: str, confirmed: list[float]) -> None:
        """Somebody asks to join, and follows the link soon, late, or never."""
        before = set(self.asked)
        number = self.register.join(whose, self.now, expires_at=self.now + PATIENCE)
        if not self.known[whose].is_final:
            self.hold(whose)
        if number and number not in before:
            self.asked[number] = Asked(whose, self.now, whose)
        for seconds in confirmed:
            self.now += seconds
            self._confirm(self.request(1))

    def request(self, age: int) -> int:
        """Give the number of the last request, or of one before; 0 if there is none."""
        return sorted([0, 0, *self.asked])[-age]

    @rule(age=AGES)
    def confirm(self, age: int) -> None:
        """Somebody follows a link to confirm."""
        self._confirm(self.request(age))

    def _confirm(self, number: int) -> None:
        confirmed = self.register.confirm(number, self.now)
        if confirmed is None:
            return
        asked = self.asked[number]
        one = self.known[confirmed.address]
        assert asked.address == asked.whose
        if not one.is_in:
            assert confirmed.address == asked.whose
            assert not one.is_final
            assert one.left_at < asked.at
            assert self.now < asked.at + PATIENCE
            self.known[asked.whose] = Mailbox(is_in=True)

    @rule(whose=WHOSE, way=st.sampled_from(["add", "import_one", "lift"]))
    def enter(self, whose: str, way: str) -> None:
        """Staff bring somebody in."""
        getattr(self, way)(whose)

    def add(self, whose: str) -> None:
        """Staff add somebody."""
        one = self.known[whose]
        try:
            self.register.add(whose, now=self.now)
        except RefusedError:
            assert one.is_out
        else:
            assert not one.is_out
            self.known[whose] = Mailbox(is_in=True, paused_until=one.paused_until)

    def lift(self, whose: str) -> None:
        """An operator brings somebody back deliberately."""
        new = own.entry(whose, None, None, ("en",))
        paused = self.known[whose].paused_until if self.known[whose].is_in else 0.0
        own.lift(self.register.database, self.register.secret, new, "en", self.now)
        self.known[whose] = Mailbox(is_in=True, paused_until=paused)

    def import_one(self, whose: str) -> None:
        """Staff import a file that names somebody."""
        file = self.folder / "people.csv"
        file.write_text(f"address\n{whose.upper()}\n", "utf-8")
        found = own.find(self.register.database, whose)
        words = Vocabulary(("en",), {}, {})
        import_file(self.register.database, self.register.secret, Source(file), words, self.now)
        one = self.known[whose]
        if not one.is_out and (found is None or found.status is not Status.PENDING):
            one.is_in, one.is_erased = True, False

    @rule(whose=WHOSE, reason=REASONS, asks=st.booleans())
    def go(self, whose: str, reason: Reason, *, asks: bool) -> None:
        """Somebody leaves, bounces, complains or is blocked; and then an older link is followed.

        It may have been asked for just before; and somebody may ask again afterwards.
        """
        if asks:
            self.join(whose, [])
        self._go(whose, reason)
        self._confirm(self.request(1))
        if asks:
            self.now += 1.0
            self.join(whose, [])

    def _go(self, whose: str, reason: Reason) -> None:
        database, secret = self.register.database, self.register.secret
        if reason is Reason.BLOCKED:
            own.block(database, secret, whose, self.now)
            self.out(whose, known=True, final=True)
        elif reason is Reason.COMMAND:
            left = own.leave(database, secret, whose, self.now)
            self.out(whose, known=left is not None)
        else:
            number = self.number(whose)
            known = own.leave_by_id(database, secret, number, reason, self.now)
            self.out(whose, known=known, final=reason is Reason.COMPLAINT)

    @rule(whose=WHOSE, is_asked=st.booleans())
    def forget(self, whose: str, *, is_asked: bool) -> None:
        """Somebody is erased: on request, or with all who have been out for a time."""
        if is_asked:
            self.erase(whose)
        else:
            own.prune(self.register.database, self.register.secret, self.now - 3, self.now)

    def erase(self, whose: str) -> None:
        """Somebody asks to be erased."""
        known = own.find(self.register.database, whose) is not None
        own.erase(self.register.database, self.register.secret, whose, self.now)
        self.out(whose, known=known)
        self.known[whose].is_erased = True

    @rule(whose=WHOSE, seconds=st.sampled_from([0.0, 5.0]))
    def pause(self, whose: str, seconds: float) -> None:
        """Somebody asks for the link to the preferences, and pauses or goes on."""
        own.ask_for_link(self.register.database, self.register.secret, whose, self.now)
        until = self.now + seconds if seconds else None
        change = Change("", "en", ("labour",), until)
        number = self.number(whose)
        if own.change(self.register.database, number, change, PAGE, self.now):
            self.known[whose].paused_until = until or 0.0

    @rule(whose=WHOSE, other=WHOSE, told=st.lists(PURPOSES, max_size=3))
    def ask_for_address(self, whose: str, other: str, told: list[Purpose]) -> None:
        """Somebody asks for another address, and follows the links, or does not."""
        if not self.known[whose].is_in:
            whose = next((name for name, one in self.known.items() if one.is_in), whose)
        times, wanted = Times(self.now, self.now + PATIENCE), mailbox(other)
        database, secret = self.register.database, self.register.secret
        before = self.register.last_request()
        own.ask_for_address(database, secret, self.number(whose), wanted, PAGE, times)
        number = self.register.last_request()
        if number != before:
            self.hold(other)
            self.asked[number] = Asked(whose, self.now, other)
        for purpose in told:
            self._confirm_address(self.request(1), purpose)

    @rule(age=AGES, purpose=PURPOSES)
    def confirm_address(self, age: int, purpose: Purpose) -> None:
        """Somebody follows a link to confirm another address."""
        self._confirm_address(self.request(age), purpose)

    def _confirm_address(self, number: int, purpose: Purpose) -> None:
        database, secret = self.register.database, self.register.secret
        person = own.confirm_address(database, secret, purpose, number, PAGE, self.now)
        if person is None:
            return
        asked = self.asked[number]
        old, new = self.known[asked.whose], self.known[asked.address]
        asked.told.add(purpose)
        if person.address == asked.address and not new.is_in:
            assert asked.told == {Purpose.HERE, Purpose.THERE}
            assert not new.is_out
            assert old.is_in
            assert self.now < asked.at + PATIENCE
            self.known[asked.address] = Mailbox(is_in=True, paused_until=old.paused_until)
            self.known[asked.whose] = Mailbox()
            for other in self.asked.values():
                if other.whose == asked.whose and other.address == other.whose:
                    other.address = other.whose = asked.address

    @invariant()
    def only_who_wants_it_gets_it(self) -> None:
        """An issue staged now is for everybody who wants it, and for nobody else."""
        self.now += 1.0
        wanted = {
            name for name, one in self.known.items() if one.is_in and one.paused_until <= self.now
        }
        found = {each.lower() for each in self.register.audience(f"i{self.now}", self.now)}
        assert found == wanted

    @invariant()
    def who_complained_gets_no_notice(self) -> None:
        """No notice waits for a mailbox that complained or was blocked."""
        final = {name for name, one in self.known.items() if one.is_final}
        assert final.isdisjoint(recipient for _, recipient in self.register.waiting())

    @invariant()
    def proofs_stay(self) -> None:
        """Consent records stay as they were written, until the person is erased."""
        now = {row.id: tuple(row) for row in self.register.rows(consents)}
        here = {row.id for row in self.register.rows(people) if row.reason != Reason.ERASED}
        kept = {number: row for number, row in self.proofs.items() if row[1] in here}
        assert kept.items() <= now.items()
        self.proofs = now

    @invariant()
    def who_is_erased_is_nowhere(self) -> None:
        """No table holds the address of who was erased and has not come back."""
        for name, one in self.known.items():
            if one.is_erased:
                assert self.register.held(name) == []


def test_everybody_gets_what_they_want() -> None:
    """Any order of happenings leaves everybody with what they want."""
    some = settings(
        max_examples=60,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    run_state_machine_as_test(Happenings, settings=some)
