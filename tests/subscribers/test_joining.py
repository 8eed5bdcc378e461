"""Anybody can ask to join; only whoever reads the mailbox can confirm."""

from __future__ import annotations

import threading

import pytest
from tests.subscribers.people import DAY, FORM, PAGE, Register

from infomail.database.people import (
    consents,
    counters,
    notices,
    requests,
    suppressions,
    topic_choices,
)
from infomail.database.tables import subscribers as people
from infomail.model.subscriber import Reason, Status
from infomail.subscribers import (
    Join,
    Times,
    ask_for_address,
    ask_for_link,
    ask_to_join,
    block,
    entry,
    erase,
    leave,
    leave_by_id,
    suppress,
)
from infomail.subscribers.mailbox import mailbox


def test_asking_makes_nobody_a_subscriber(register: Register) -> None:
    """Who asks to join is PENDING, gets one notice and no issue."""
    request = register.join("Ana@Example.org")
    asked = register.person("ana@example.org")
    assert (asked.status, asked.confirmed_at) == (Status.PENDING, None)
    assert register.waiting() == [("CONFIRM", "Ana@example.org")]
    notice = register.rows(notices)[0]
    assert (notice.request_id, notice.expires_at) == (request, 10.0 + 7 * DAY)
    assert register.audience() == set()


def test_confirming_makes_a_subscriber_as_asked(register: Register) -> None:
    """Who confirms is a subscriber with the name, language and topics that were asked for."""
    request = register.join("ana@example.org", name="Ana Lima")
    confirmed = register.confirm(request)
    assert confirmed is not None
    assert confirmed == register.person("ana@example.org")
    assert (confirmed.status, confirmed.name) == (Status.CONFIRMED, "Ana Lima")
    assert (confirmed.language, confirmed.confirmed_at) == ("fr", 20.0)
    assert [row.topic for row in register.rows(topic_choices)] == ["labour"]
    assert register.audience() == {"ana@example.org"}


def test_consent_is_proved(register: Register) -> None:
    """The records tell what was asked, when it was confirmed, and to which words."""
    register.confirm(register.join("ana@example.org"))
    told = [(row.act, row.at, row.source, row.wording_id) for row in register.rows(consents)]
    assert told == [("ASKED", 10.0, "form", 1), ("CONFIRMED", 20.0, "page", 1)]


def test_a_stranger_s_words_are_not_mailed(register: Register) -> None:
    """A name that somebody typed is in no notice before the mailbox's reader confirmed."""
    register.join("ana@example.org", name="Win at www.example.com")
    assert register.rows(notices)[0].name == ""
    assert register.rows(people)[0].name == ""


def test_confirming_again_changes_nothing(register: Register) -> None:
    """A second click shows the same and writes nothing."""
    request = register.join("ana@example.org")
    first = register.confirm(request)
    before = register.rows(consents)
    assert register.confirm(request, 30.0) == first
    assert register.rows(consents) == before


@pytest.mark.parametrize("number", [0, 99])
def test_an_unknown_request_confirms_nothing(register: Register, number: int) -> None:
    """A request that is not there confirms nobody."""
    register.join("ana@example.org")
    assert register.confirm(number) is None


def test_an_expired_request_confirms_nothing(register: Register) -> None:
    """After its time a request does nothing."""
    request = register.join("ana@example.org", now=10.0)
    assert register.confirm(request, 10.0 + 7 * DAY) is None
    assert register.person("ana@example.org").status is Status.PENDING


def test_a_subscriber_who_asks_is_told(register: Register) -> None:
    """A subscriber who asks to join gets a notice; nothing else changes, however often."""
    before = register.add("ana@example.org", "Ana Lima")
    register.join("ana@example.org", name="Somebody")
    register.join("ANA@example.org", name="Somebody")
    assert register.person("ana@example.org") == before
    assert register.waiting() == [("ALREADY", "ana@example.org")]
    assert register.rows(requests) == []


def test_asking_twice_sends_one_notice(register: Register) -> None:
    """The last request's notice takes the place of one that was not sent yet."""
    register.join("ana@example.org")
    second = register.join("ana@example.org", topics=())
    assert len(register.rows(people)) == 1
    assert register.waiting() == [("CONFIRM", "ana@example.org")]
    assert register.rows(notices)[-1].request_id == second


def test_the_last_wish_counts(register: Register) -> None:
    """Of two requests the later one counts, in whichever order they are confirmed."""
    first, second = (
        register.join("ana@example.org", name="A"),
        register.join("ana@example.org", name="B"),
    )
    register.confirm(second)
    assert register.confirm(first) is not None
    assert register.person("ana@example.org").name == "B"


def test_who_left_joins_again(register: Register) -> None:
    """Who left stays LEFT until the new request is confirmed, and is suppressed no longer then."""
    register.add("ana@example.org")
    leave(register.database, register.secret, "ana@example.org", 5.0)
    request = register.join("ana@example.org")
    assert register.person("ana@example.org").status is Status.LEFT
    assert register.audience("2024-10") == set()
    confirmed = register.confirm(request)
    assert confirmed is not None
    assert (confirmed.status, confirmed.reason, confirmed.left_at) == (Status.CONFIRMED, "", None)
    assert register.rows(suppressions) == []
    assert register.audience() == {"ana@example.org"}


def test_who_bounced_or_was_erased_joins_again(register: Register) -> None:
    """A bounce and an erasure are lifted by the person who reads the mailbox."""
    bounced, erased = register.add("ana@example.org"), register.add("bo@example.org")
    suppress(register.database, register.secret, bounced.id, Reason.BOUNCE, 5.0)
    assert erase(register.database, register.secret, erased.address, 5.0)
    for address in (bounced.address, erased.address):
        confirmed = register.confirm(register.join(address))
        assert confirmed is not None
        assert confirmed.status is Status.CONFIRMED
    assert register.rows(suppressions) == []


@pytest.mark.parametrize("reason", [Reason.COMPLAINT, Reason.BLOCKED])
@pytest.mark.parametrize("erased", [False, True])
def test_who_complained_is_left_alone(register: Register, reason: Reason, *, erased: bool) -> None:
    """Who complained or was blocked gets no notice and cannot join, even after erasure."""
    known = register.add("ana@example.org")
    suppress(register.database, register.secret, known.id, reason, 5.0)
    if erased:
        erase(register.database, register.secret, known.address, 6.0)
    assert register.join("ana@example.org") == 0
    assert register.waiting() == []
    assert register.audience() == set()


def test_a_blocked_stranger_is_left_alone(register: Register) -> None:
    """A mailbox can be blocked that is nobody's in the register."""
    assert block(register.database, register.secret, "ana@example.org", 5.0) is None
    assert register.join("ANA@example.org") == 0
    assert (register.waiting(), register.rows(people)) == ([], [])


def test_a_link_of_before_leaving_brings_nobody_back(register: Register) -> None:
    """A request that was overtaken by leaving does nothing, confirmed before or not."""
    done = register.join("ana@example.org")
    register.confirm(done)
    number = register.person("ana@example.org").id
    leave_by_id(register.database, register.secret, number, Reason.ONE_CLICK, 30.0)
    assert register.confirm(done, 31.0) is None
    request = register.join("ana@example.org", now=40.0)
    leave_by_id(register.database, register.secret, number, Reason.ONE_CLICK, 50.0)
    assert register.confirm(request, 60.0) is None
    assert register.person("ana@example.org").status is Status.LEFT
    assert register.waiting() == []


def test_a_complaint_ends_an_open_request(register: Register) -> None:
    """Who asked to join and then complains is not brought in by the request."""
    request = register.join("ana@example.org")
    number = register.person("ana@example.org").id
    suppress(register.database, register.secret, number, Reason.COMPLAINT, 15.0)
    assert register.confirm(request) is None
    assert register.person("ana@example.org").reason == Reason.COMPLAINT
    assert register.waiting() == []


def test_a_pause_ends_with_joining_again(register: Register) -> None:
    """Who left during a pause and joins again gets the next issue."""
    register.add("ana@example.org")
    register.set("ana@example.org", paused_until=10_000.0)
    leave(register.database, register.secret, "ana@example.org", 5.0)
    confirmed = register.confirm(register.join("ana@example.org"))
    assert confirmed is not None
    assert confirmed.paused_until is None


def test_the_link_goes_to_subscribers_alone(register: Register) -> None:
    """A subscriber who asks for the link gets it once; others, and nonsense, get nothing."""
    register.add("ana@example.org", "Ana")
    register.join("bo@example.org")
    for address in ("ANA@example.org", "ana@example.org", "bo@example.org", "cy@x.org", "nobody"):
        ask_for_link(register.database, register.secret, address, 30.0)
    assert sorted(register.waiting()) == [
        ("CONFIRM", "bo@example.org"),
        ("LINK", "ana@example.org"),
    ]
    assert [row.name for row in register.rows(notices) if row.kind == "LINK"] == ["Ana", "Ana"]


def test_the_time_of_an_answer_tells_nothing(register: Register) -> None:
    """What is asked for in vain is written to the disk no less than what is not."""
    known = register.add("ana@example.org")
    block(register.database, register.secret, "bo@example.org", 2.0)
    wanted, times = mailbox("bo@example.org"), Times(5.0, 9.0)
    for ask in (
        lambda: register.join("bo@example.org"),
        lambda: ask_for_link(register.database, register.secret, "cy@example.org", 5.0),
        lambda: ask_for_address(register.database, register.secret, known.id, wanted, PAGE, times),
    ):
        before = register.rows(counters), register.rows(requests)
        ask()
        assert (register.rows(counters), register.rows(requests)) != before
    assert register.waiting() == [("HERE", "ana@example.org")]


def test_many_who_ask_at_once_make_one_person(register: Register) -> None:
    """Requests for one mailbox that come at the same time make one PENDING subscriber."""
    join = Join(entry("ana@example.org", "", None, ("en",)), (), "en", FORM)
    start = threading.Barrier(4)
    failed: list[BaseException] = []

    def ask() -> None:
        start.wait(30)
        try:
            ask_to_join(register.database, register.secret, join, 10.0, 100.0)
        except BaseException as error:  # noqa: BLE001  # whatever it is, the test tells
            failed.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert len(register.rows(people)) == 1
    assert register.waiting() == [("CONFIRM", "ana@example.org")]


def test_an_address_is_as_it_was_confirmed(register: Register) -> None:
    """The address is kept as the person wrote it in the request that was confirmed."""
    register.join("ana@example.org")
    confirmed = register.confirm(register.join("Ana@example.org"))
    assert confirmed is not None
    assert confirmed.address == "Ana@example.org"


def test_a_page_that_confirms_agrees_to_what_was_asked(register: Register) -> None:
    """The network address of the page is kept if given; the words are those of the request."""
    request = register.join("ana@example.org")
    assert PAGE.wording is None
    register.confirm(request)
    assert {row.wording_id for row in register.rows(consents)} == {1}
