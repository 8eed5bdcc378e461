"""Subscribers change what concerns them; another address is confirmed at both mailboxes."""

from __future__ import annotations

from itertools import permutations

import pytest
from tests.subscribers.people import DAY, PAGE, Register

from infomail.database.people import consents, list_members, requests
from infomail.database.tables import deliveries
from infomail.model.subscriber import Reason, Status, Subscriber
from infomail.subscribers import (
    Change,
    Preferences,
    Times,
    ask_for_address,
    ask_for_link,
    block,
    change,
    confirm_address,
    erase,
    leave,
    preferences,
    suppress,
)
from infomail.subscribers.mailbox import mailbox
from infomail.tokens import Purpose

WISH = Change("Ana Lima", "fr", ("labour", "health"), 500.0)


def ask(register: Register, known: Subscriber, address: str, now: float = 10.0) -> int:
    """Ask for another address; give the number of the last request, 0 if there is none."""
    times = Times(now, now + DAY)
    database, secret = register.database, register.secret
    ask_for_address(database, secret, known.id, mailbox(address), PAGE, times)
    asked = register.rows(requests)
    return int(asked[-1].id) if asked else 0


def told(
    register: Register, purpose: Purpose, request: int, now: float = 20.0
) -> Subscriber | None:
    """Confirm another address at one of the mailboxes."""
    return confirm_address(register.database, register.secret, purpose, request, PAGE, now)


def test_preferences_are_changed(register: Register) -> None:
    """A subscriber's name, language, topics and pause become what the person wants."""
    known = register.add("ana@example.org", "Ana")
    changed = change(register.database, known.id, WISH, PAGE, 5.0)
    assert changed == preferences(register.database, known.id)
    assert changed is not None
    assert changed.topics == ("health", "labour")
    now = changed.subscriber
    assert (now.name, now.language, now.paused_until) == ("Ana Lima", "fr", 500.0)
    fewer = Change("", "fr", ("health",), None)
    changed = change(register.database, known.id, fewer, PAGE, 6.0)
    assert changed is not None
    assert (changed.topics, changed.subscriber.name) == (("health",), "")
    assert [row.act for row in register.rows(consents)] == ["ADDED", "CHANGED", "CHANGED"]


def test_changing_nothing_is_not_recorded(register: Register) -> None:
    """Saving preferences that are so already writes nothing."""
    known = register.add("ana@example.org", "Ana")
    change(register.database, known.id, WISH, PAGE, 5.0)
    before = register.rows(consents)
    again = change(register.database, known.id, WISH, PAGE, 6.0)
    assert again == preferences(register.database, known.id)
    assert register.rows(consents) == before


def test_lists_are_shown(register: Register) -> None:
    """A person sees in which lists staff keep them."""
    known = register.add("ana@example.org")
    for name in ("press", "partners"):
        register.put(list_members, subscriber_id=known.id, list=name)
    shown = Preferences(known, (), ("partners", "press"))
    assert preferences(register.database, known.id) == shown


def test_only_subscribers_change_preferences(register: Register) -> None:
    """Who has not confirmed, has left or was erased changes nothing, and is not shown."""
    register.join("ana@example.org")
    pending, left = register.person("ana@example.org"), register.add("bo@example.org")
    gone = register.add("cy@example.org")
    leave(register.database, register.secret, "bo@example.org", 5.0)
    erase(register.database, register.secret, "cy@example.org", 5.0)
    for person in (pending, left, gone):
        assert change(register.database, person.id, WISH, PAGE, 6.0) is None
        assert ask(register, person, "new@example.org") in {0, 1}
    shown = preferences(register.database, left.id)
    assert shown is not None
    assert shown.subscriber.status is Status.LEFT
    assert preferences(register.database, gone.id) is None
    assert preferences(register.database, 99) is None
    assert register.waiting() == [("CONFIRM", "ana@example.org")]


@pytest.mark.parametrize("order", list(permutations([Purpose.HERE, Purpose.THERE])))
def test_an_address_changes_when_both_agree(
    register: Register, order: tuple[Purpose, Purpose]
) -> None:
    """The new address is used when both mailboxes have confirmed it, in any order."""
    known = register.add("ana@example.org", "Ana")
    request = ask(register, known, "Ana.Lima@example.com")
    assert sorted(register.waiting()) == [
        ("HERE", "ana@example.org"),
        ("THERE", "Ana.Lima@example.com"),
    ]
    first = told(register, order[0], request)
    assert first == known
    second = told(register, order[1], request)
    assert second is not None
    assert (second.id, second.address) == (known.id, "Ana.Lima@example.com")
    assert told(register, order[0], request, 30.0) == second
    assert register.audience() == {"Ana.Lima@example.com"}
    assert [row.act for row in register.rows(consents)] == ["ADDED", "CHANGED"]


def test_one_mailbox_alone_changes_nothing(register: Register) -> None:
    """However often one mailbox confirms, the other must too."""
    known = register.add("ana@example.org")
    request = ask(register, known, "ana@example.com")
    for _ in range(3):
        assert told(register, Purpose.THERE, request) == known
    assert register.person("ana@example.org") == known


def test_an_older_link_brings_no_address_back(register: Register) -> None:
    """Who asked to join twice and then moved stays moved, whichever link is followed."""
    first, second = register.join("ana@example.org"), register.join("ana@example.org")
    register.confirm(first)
    known = register.person("ana@example.org")
    request = ask(register, known, "bo@example.org", now=30.0)
    for purpose in (Purpose.HERE, Purpose.THERE):
        told(register, purpose, request, 40.0)
    moved = register.person("bo@example.org")
    assert register.confirm(first, 50.0) is None
    assert register.confirm(second, 50.0) is None
    assert register.person("bo@example.org") == moved


def test_the_old_mailbox_gets_no_link_any_more(register: Register) -> None:
    """A mail with a link that waits while the address changes is not sent to the old mailbox."""
    known = register.add("ana@example.org")
    request = ask(register, known, "bo@example.org", now=30.0)
    ask_for_link(register.database, register.secret, "ana@example.org", 35.0)
    for purpose in (Purpose.HERE, Purpose.THERE):
        told(register, purpose, request, 40.0)
    assert register.waiting() == []


def test_letters_that_wait_follow(register: Register) -> None:
    """A letter that is staged counts for the new address's domain."""
    known = register.add("ana@example.org")
    register.audience()
    request = ask(register, known, "ana@example.com")
    told(register, Purpose.HERE, request)
    told(register, Purpose.THERE, request)
    assert [row.domain for row in register.rows(deliveries)] == ["example.com"]


def test_an_address_that_is_not_free_cannot_be_had(register: Register) -> None:
    """An address that is somebody's, or suppressed, is asked for in vain; only the asker hears."""
    known = register.add("ana@example.org")
    register.add("bo@example.org")
    block(register.database, register.secret, "cy@example.org", 2.0)
    assert ask(register, known, "ana@example.org") == 0
    for address in ("BO@example.org", "cy@example.org"):
        request = ask(register, known, address)
        assert register.waiting() == [("HERE", "ana@example.org")]
        assert told(register, Purpose.HERE, request) == known
        assert told(register, Purpose.THERE, request) is None
        assert told(register, Purpose.HERE, request) == known


def test_an_address_that_was_taken_meanwhile_stays_taken(register: Register) -> None:
    """Who joins with the address first keeps it."""
    known = register.add("ana@example.org")
    request = ask(register, known, "bo@example.org")
    assert told(register, Purpose.HERE, request) == known
    other = register.add("bo@example.org")
    assert told(register, Purpose.THERE, request) is None
    assert told(register, Purpose.HERE, request) == known
    assert register.person("bo@example.org") == other
    assert register.person("ana@example.org") == known


def test_the_last_address_counts(register: Register) -> None:
    """A second request takes the place of the first."""
    known = register.add("ana@example.org")
    first, second = ask(register, known, "a@example.com"), ask(register, known, "b@example.com")
    assert told(register, Purpose.HERE, first) is None
    assert sorted(register.waiting()) == [("HERE", "ana@example.org"), ("THERE", "b@example.com")]
    told(register, Purpose.HERE, second)
    moved = told(register, Purpose.THERE, second)
    assert moved is not None
    assert moved.address == "b@example.com"


def test_a_request_that_is_late_or_of_another_kind(register: Register) -> None:
    """An expired request, one to join, and an unknown one change no address."""
    known = register.add("ana@example.org")
    request = ask(register, known, "a@example.com", now=10.0)
    assert told(register, Purpose.HERE, request, 10.0 + DAY) is None
    assert told(register, Purpose.HERE, register.join("bo@example.org")) is None
    assert told(register, Purpose.HERE, 99) is None
    assert register.confirm(request) is None


@pytest.mark.parametrize("reason", [Reason.ONE_CLICK, Reason.BOUNCE])
def test_leaving_ends_the_change(register: Register, reason: Reason) -> None:
    """Who leaves while an address waits to be confirmed changes nothing by confirming it."""
    known = register.add("ana@example.org")
    request = ask(register, known, "a@example.com")
    told(register, Purpose.HERE, request)
    suppress(register.database, register.secret, known.id, reason, 15.0)
    assert told(register, Purpose.THERE, request) is None
    assert register.person("ana@example.org").address == "ana@example.org"
