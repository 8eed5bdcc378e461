"""What comes back of the letters is acted on once, and only where it proves whom it is about."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.bounces.samples import sample
from tests.monthly import NEWSLETTER
from tests.subscribers.people import DAY, PAGE, TAGS, Register

from infomail import tokens
from infomail.bounces import message
from infomail.bounces.report import Arrival, AutoReply, Bounce, Complaint, Leave, Traces, Weight
from infomail.database.people import reports
from infomail.database.tables import deliveries
from infomail.errors import SettingsError
from infomail.model.subscriber import Reason, Status, Subscriber
from infomail.subscribers import (
    Times,
    ask_for_address,
    confirm_address,
    entry,
    erase,
    leave,
    lift,
)
from infomail.tokens import Purpose
from infomail.wiring.bouncing import Effect, act, act_on_mails, unclear, unclear_letter
from infomail.wiring.office import Office, open_office

NOW = 1_000 * DAY
SLUG = "2030-09"
LIMITS = "\nbounces: {soft_limit: 3, soft_days: 100}\n"


@pytest.fixture
def office(target: str, tmp_path: Path) -> Iterator[Office]:
    """The office of a small newsletter, on either database."""
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "newsletter.yaml").write_text(NEWSLETTER + LIMITS, "utf-8")
    made = open_office(folder)
    settings = made.settings.model_copy(update={"database": target})
    office = Office(made.desk, settings, clock=lambda: NOW)
    yield office
    office.close()


@pytest.fixture
def register(office: Office) -> Register:
    """Its register, in which there are Ana and Bo."""
    register = Register(office.database, office.secret)
    register.add("ana@reader.example", "Ana")
    register.add("bo@reader.example", "Bo")
    return register


@pytest.fixture
def ana(register: Register) -> Subscriber:
    """A subscriber."""
    return register.person("ana@reader.example")


def key(office: Office, person: Subscriber, slug: str = SLUG) -> str:
    """Give the key of a letter to somebody."""
    return tokens.delivery_key(office.secret, slug, person.id)


def token(office: Office, person: Subscriber) -> str:
    """Give the token with which somebody leaves."""
    return tokens.leave_token(office.secret, office.newsletter.list_id, person.id)


def come(office: Office, name: str, key: str = "", token: str = "", now: float = NOW) -> Effect:
    """Let a mail come in and be acted on."""
    octets = sample(name, key or "no-key", token or "no-token")
    report = message.read(octets)
    arrival = Arrival(message.digest(octets), "mail", report, letter=octets)
    return act(office, arrival, now)


def status(register: Register) -> tuple[Status, str]:
    """Tell how it stands with Ana."""
    found = register.person("ana@reader.example")
    return found.status, found.reason


CONFIRMED = (Status.CONFIRMED, "")
BOUNCED = (Status.SUPPRESSED, Reason.BOUNCE.value)
COMPLAINED = (Status.SUPPRESSED, Reason.COMPLAINT.value)


def test_a_hard_bounce_suppresses(office: Office, register: Register, ana: Subscriber) -> None:
    """Whose mailbox does not exist gets nothing any more; everybody else does."""
    assert come(office, "postfix-unknown", key(office, ana)) is Effect.SUPPRESSED
    assert status(register) == BOUNCED
    assert register.audience() == {"bo@reader.example"}
    (row,) = register.rows(reports)
    assert (row.kind, row.subscriber_id, row.delivery) == ("HARD", ana.id, key(office, ana))
    assert (row.enhanced, row.at, row.letter) == ("5.1.1", NOW, None)


@pytest.mark.parametrize(
    "name", ["postfix-delayed", "gmail-blocked", "out-of-office", "success", "read-receipt"]
)
def test_what_is_no_fault_of_the_person_only_stands_there(
    office: Office, register: Register, ana: Subscriber, name: str
) -> None:
    """A delay, a block, an absence and a success are noted, and never count, however many."""
    for number in range(10):
        assert come(office, name, key(office, ana, f"2030-{number}")) is Effect.NOTED
    assert status(register) == CONFIRMED


def test_soft_bounces_count_by_letter(office: Office, register: Register, ana: Subscriber) -> None:
    """The third letter that bounces softly within the time suppresses; one letter counts once."""
    first, second, third = (key(office, ana, slug) for slug in ("a", "b", "c"))
    assert come(office, "exchange-full", first) is Effect.COUNTED
    again = sample("exchange-full", first) + b"again\n"
    arrival = Arrival(message.digest(again), "mail", message.read(again))
    assert act(office, arrival, NOW) is Effect.COUNTED
    assert come(office, "exchange-full", second, now=NOW + DAY) is Effect.COUNTED
    assert status(register) == CONFIRMED
    assert come(office, "exchange-full", third, now=NOW + 2 * DAY) is Effect.SUPPRESSED
    assert status(register) == BOUNCED


def test_rehearsals_do_not_count(office: Office, register: Register, ana: Subscriber) -> None:
    """However many letters of rehearsals bounce softly, they suppress nobody, nor help to."""
    for number in range(9):
        rehearsed = tokens.rehearsal_key(office.secret, f"2030-{number}", ana.id)
        assert come(office, "exchange-full", rehearsed) is Effect.NOTED
    assert come(office, "exchange-full", key(office, ana)) is Effect.COUNTED
    assert status(register) == CONFIRMED


def test_old_soft_bounces_are_forgotten(
    office: Office, register: Register, ana: Subscriber
) -> None:
    """A soft bounce from before the time, or before the person came again, does not count."""
    for number in range(9):
        at = NOW + 60 * number * DAY
        assert (
            come(office, "exchange-full", key(office, ana, f"{number}"), now=at) is Effect.COUNTED
        )
    register.set("ana@reader.example", confirmed_at=at + 1)
    assert come(office, "exchange-full", key(office, ana, "x"), now=at + 2) is Effect.COUNTED
    assert come(office, "exchange-full", key(office, ana, "y"), now=at + 3) is Effect.COUNTED
    assert status(register) == CONFIRMED


def test_a_complaint_suppresses_at_once(
    office: Office, register: Register, ana: Subscriber
) -> None:
    """Who calls a letter spam gets none any more, though the provider struck out the address."""
    assert come(office, "complaint-redacted", key(office, ana)) is Effect.SUPPRESSED
    assert status(register) == COMPLAINED


def test_a_complaint_is_stronger_than_leaving(
    office: Office, register: Register, ana: Subscriber
) -> None:
    """Who left and then complains is suppressed; a bounce after that changes nothing."""
    leave(office.database, office.secret, ana.address, NOW)
    assert come(office, "complaint", key(office, ana)) is Effect.SUPPRESSED
    assert status(register) == COMPLAINED
    assert come(office, "postfix-unknown", key(office, ana)) is Effect.NOTED
    assert status(register) == COMPLAINED


@pytest.mark.parametrize("name", ["leave-subject", "leave-text"])
def test_a_request_by_mail_lets_go(
    office: Office, register: Register, ana: Subscriber, name: str
) -> None:
    """The token in a mail is enough to leave, whoever sends it."""
    assert come(office, name, token=token(office, ana)) is Effect.LEFT
    assert status(register) == (Status.LEFT, Reason.MAIL.value)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    name=st.sampled_from(["postfix-unknown", "exchange-full", "qmail", "complaint"]),
    change=st.tuples(st.integers(0, 200), st.sampled_from("0123456789abcdef")),
)
def test_what_is_forged_does_nothing(
    office: Office, register: Register, name: str, change: tuple[int, str]
) -> None:
    """A report in which any digit of the key is another changes nobody, and is kept for people."""
    genuine = key(office, register.person("ana@reader.example"))
    place, digit = change[0] % len(genuine), change[1]
    forged = genuine[:place] + digit + genuine[place + 1 :]
    if forged != genuine and genuine[place] != "-":
        assert come(office, name, forged) in {Effect.UNCLEAR, Effect.KNOWN}
    assert status(register) == CONFIRMED
    assert register.person("bo@reader.example").status is Status.CONFIRMED


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "postfix-unknown",
            "a bounce of no letter to anybody in the register: ana@reader.example: 550",
        ),
        ("complaint-unsigned", "a complaint about no letter to anybody in the register"),
        ("leave-subject", "a request to leave without the token of anybody in the register"),
        ("leave-words", "from Ana <ana@reader.example>: unsubscribe"),
    ],
)
def test_what_is_not_clear_is_kept(
    office: Office, register: Register, name: str, words: str
) -> None:
    """A report that proves nothing, or that nobody understands, is listed with the mail itself."""
    forged = "0-" + "0" * 24
    assert come(office, name, token="1" + forged) is Effect.UNCLEAR
    assert status(register) == CONFIRMED
    (found,) = unclear(office)
    assert found.detail.startswith(words)
    assert unclear_letter(office, found.digest[:12]).startswith(b"Return-Path: ")
    with pytest.raises(SettingsError, match="no mail is kept as 'zz'"):
        unclear_letter(office, "zz")


def test_a_mail_is_acted_on_once(office: Office, register: Register, ana: Subscriber) -> None:
    """A mail that comes again does nothing, also after an operator brought the person back."""
    genuine = key(office, ana)
    assert come(office, "complaint", genuine) is Effect.SUPPRESSED
    lift(office.database, office.secret, entry(ana.address, None, None, TAGS), "en", NOW)
    assert come(office, "complaint", genuine) is Effect.KNOWN
    assert status(register) == CONFIRMED
    assert len(register.rows(reports)) == 1


def test_a_crash_before_the_record_loses_nothing(
    office: Office, register: Register, ana: Subscriber
) -> None:
    """A process that dies between acting and recording leaves what the next one can do again."""
    come(office, "postfix-unknown", key(office, ana))
    with office.database.writing() as connection:
        connection.execute(reports.delete())
    assert status(register) == BOUNCED
    assert come(office, "postfix-unknown", key(office, ana)) is Effect.NOTED
    assert len(register.rows(reports)) == 1


@pytest.mark.parametrize(
    "report",
    [
        Bounce(Traces((), "Ana@Reader.example"), Weight.HARD),
        Complaint(Traces((), "Ana@Reader.example")),
        Leave("", Traces((), "Ana@Reader.example")),
    ],
)
def test_an_address_is_believed_of_who_proved_himself(
    office: Office, register: Register, ana: Subscriber, report: Bounce | Complaint | Leave
) -> None:
    """A bare address is enough from a provider that authenticated itself, and from nobody else."""
    del ana
    rumour = Arrival("1", "mail", report)
    assert act(office, rumour, NOW) is Effect.UNCLEAR
    assert status(register) == CONFIRMED
    act(office, dataclasses.replace(rumour, digest="2", proven=True), NOW)
    assert register.person("ana@reader.example").status in {Status.LEFT, Status.SUPPRESSED}


@pytest.mark.parametrize("report", [Complaint, Leave])
def test_another_newsletter_of_the_account_is_not_this_one(
    office: Office, register: Register, ana: Subscriber, report: type[Complaint | Leave]
) -> None:
    """Who left another newsletter of the same provider's account, or complained of it, stays."""
    foreign = tokens.delivery_key(tokens.Secret(bytes(32)), SLUG, ana.id)
    told = report(traces=Traces((foreign,), ana.address))
    assert act(office, Arrival("1", "ses", told, proven=True), NOW) is Effect.NOTED
    assert status(register) == CONFIRMED
    gone = Bounce(Traces((foreign,), ana.address), Weight.HARD, "5.1.1")
    assert act(office, Arrival("2", "ses", gone, proven=True), NOW) is Effect.SUPPRESSED


@pytest.mark.parametrize(
    ("address", "effect"),
    [
        ("", Effect.UNCLEAR),
        ("nobody@reader.example", Effect.NOTED),
        ("no address", Effect.NOTED),
        ("a@b\nc", Effect.NOTED),
    ],
)
def test_an_address_may_be_nobodys(
    office: Office, register: Register, address: str, effect: Effect
) -> None:
    """What a provider says of an address that is nobody's changes nobody, and is not kept."""
    report = Bounce(Traces((), address), Weight.HARD, detail="user unknown")
    octets = b"about " + address.encode()
    arrival = Arrival("1", "ses", report, proven=True, letter=octets)
    assert act(office, arrival, NOW) is effect
    assert status(register) == CONFIRMED
    assert register.held("nobody@reader.example") == []


def test_of_who_was_erased_nothing_is_kept(
    office: Office, register: Register, ana: Subscriber
) -> None:
    """A bounce, a complaint or a receipt that comes after the erasure names nobody."""
    genuine = key(office, ana)
    erase(office.database, office.secret, ana.address, NOW)
    assert act(office, Arrival("1", "mail", AutoReply(Traces((genuine,)))), NOW) is Effect.NOTED
    bounce = Bounce(Traces((genuine,), ana.address), Weight.HARD, "5.1.1", ana.address)
    arrival = Arrival("2", "ses", bounce, proven=True, letter=ana.address.encode())
    assert act(office, arrival, NOW) is Effect.NOTED
    bounce = dataclasses.replace(bounce, traces=Traces((), ana.address))
    arrival = dataclasses.replace(arrival, digest="3", report=bounce)
    assert act(office, arrival, NOW) is Effect.NOTED
    for name in ("postfix-unknown", "complaint", "leave-subject"):
        assert come(office, name, genuine, token(office, ana)) is Effect.NOTED
    assert register.held("ana@reader.example") == []
    assert {row.subscriber_id for row in register.rows(reports)} == {None}


def test_the_old_address_does_not_count_against_the_new(
    office: Office, register: Register, ana: Subscriber
) -> None:
    """A bounce of a letter to an address that the person has left behind is only noted."""
    register.audience(SLUG, NOW)
    with office.database.writing() as connection:
        connection.execute(deliveries.update().values(tried_at=NOW))
    assert come(office, "exchange-full", key(office, ana), now=NOW + 1) is Effect.COUNTED
    new = entry("ana@new.example", None, None, TAGS).mailbox
    times = Times(NOW + 2, NOW + DAY)
    ask_for_address(office.database, office.secret, ana.id, new, PAGE, times)
    for purpose in (Purpose.HERE, Purpose.THERE):
        number = register.last_request()
        confirm_address(office.database, office.secret, purpose, number, PAGE, NOW + 3)
    assert come(office, "postfix-unknown", key(office, ana), now=NOW + 4) is Effect.NOTED
    moved = register.person("ana@new.example")
    assert moved.status is Status.CONFIRMED
    with office.database.writing() as connection:
        connection.execute(deliveries.update().values(tried_at=NOW + 5))
    assert come(office, "qmail", key(office, ana), now=NOW + 6) is Effect.SUPPRESSED


def test_who_came_back_is_not_sent_away_by_older_bounces(
    office: Office, register: Register, ana: Subscriber
) -> None:
    """Bounces of letters from before the mailbox confirmed are only noted, later ones count."""
    register.audience(SLUG, NOW)
    with office.database.writing() as connection:
        connection.execute(deliveries.update().values(tried_at=NOW))
    assert come(office, "postfix-unknown", key(office, ana), now=NOW + 1) is Effect.SUPPRESSED
    register.confirm(register.join("ana@reader.example", NOW + 2), NOW + 3)
    assert come(office, "qmail", key(office, ana), now=NOW + 4) is Effect.NOTED
    assert status(register) == CONFIRMED
    with office.database.writing() as connection:
        connection.execute(deliveries.update().values(tried_at=NOW + 5))
    assert come(office, "exim-unknown", key(office, ana), now=NOW + 6) is Effect.SUPPRESSED


def test_files_are_acted_on_in_their_order(
    office: Office, register: Register, ana: Subscriber, tmp_path: Path
) -> None:
    """Each mail of the files that are named is told with what followed from it."""
    path = tmp_path / "mbox"
    names = ("out-of-office", "complaint", "leave-words", "complaint")
    letters = (sample(name, key(office, ana)) for name in names)
    path.write_bytes(b"".join(b"From x\n" + letter + b"\n" for letter in letters))
    assert [acted.effect for acted in act_on_mails(office, [path])] == [
        Effect.NOTED,
        Effect.SUPPRESSED,
        Effect.UNCLEAR,
        Effect.KNOWN,
    ]
    assert status(register) == COMPLAINED


def test_without_a_mailbox_a_file_must_be_named(office: Office) -> None:
    """Without a file and without imap in newsletter.yaml, what to do is told."""
    with pytest.raises(SettingsError, match="name a file, or set imap in newsletter"):
        list(act_on_mails(office, []))


def test_mails_that_nobody_understands_are_not_kept_whole(
    office: Office, register: Register
) -> None:
    """A large mail that is not clear fills the database no more than a small one."""
    octets = b"From: x\n\n" + b"x" * 200_000
    act(office, Arrival("1", "mail", message.read(octets), letter=octets), NOW)
    with office.database.reading() as connection:
        (letter,) = connection.execute(select(reports.c.letter)).scalars()
    assert len(letter) == 65_536
    del register
