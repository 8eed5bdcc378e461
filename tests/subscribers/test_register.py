"""Adding, finding and counting people; who is out is brought back by nobody in passing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.subscribers.people import PAGE, WORDING, Register

from infomail.database.people import consents, list_members, suppressions, topic_choices
from infomail.errors import RefusedError, SettingsError
from infomail.model.subscriber import Origin, Reason, Status
from infomail.subscribers import (
    Entry,
    Given,
    Known,
    add,
    block,
    checked,
    count,
    erase,
    find,
    leave,
    lift,
    preferences,
    suppress,
)

KNOWN = Known(("en", "fr"), ("labour", "health"), ("partners", "press"))
ANA = Given("Ana@example.org", "Ana Lima", "fr", "pt", ("Labour",), ("partners",))


def told(**words: Any) -> Entry:  # noqa: ANN401
    """Give what staff enter of Ana, with other words."""
    return checked(ANA._replace(**words), KNOWN)


def acts(register: Register) -> list[tuple[str, str]]:
    """Tell act and source of all consent records."""
    return [(row.act, row.source) for row in register.rows(consents)]


def test_a_person_is_added_whole(register: Register) -> None:
    """Name, language, country, topics and lists are kept, and where the consent came from."""
    origin = Origin("paper form of 3 May", wording=WORDING)
    added = add(register.database, register.secret, replace(told(), origin=origin), "en", 5.0)
    assert added == find(register.database, "ana@EXAMPLE.org")
    assert (added.name, added.language, added.country) == ("Ana Lima", "fr", "PT")
    assert (added.status, added.confirmed_at) == (Status.CONFIRMED, 5.0)
    kept = preferences(register.database, added.id)
    assert kept is not None
    assert (kept.topics, kept.lists) == (("labour",), ("partners",))
    assert acts(register) == [("ADDED", "paper form of 3 May")]
    assert register.rows(consents)[0].wording_id == 1


def test_adding_again_adds_to_it(register: Register) -> None:
    """What is not said of a person stays; groups are added to; nothing new is not recorded."""
    add(register.database, register.secret, told(), "en", 5.0)
    more = told(name="", language="", country="", topics=("health",), lists=("press", "partners"))
    known = add(register.database, register.secret, more, "en", 6.0)
    assert (known.name, known.language, known.country) == ("Ana Lima", "fr", "PT")
    assert [row.topic for row in register.rows(topic_choices)] == ["health", "labour"]
    assert [row.list for row in register.rows(list_members)] == ["partners", "press"]
    assert add(register.database, register.secret, more, "en", 7.0) == known
    renamed = add(register.database, register.secret, told(name="Ana L."), "en", 8.0)
    assert (renamed.id, renamed.name, renamed.confirmed_at) == (known.id, "Ana L.", 5.0)
    assert [act for act, _ in acts(register)] == ["ADDED", "CHANGED", "CHANGED"]


def test_staff_may_add_who_did_not_confirm(register: Register) -> None:
    """A person who asked to join and is then added by staff is a subscriber."""
    register.join("ana@example.org")
    added = register.add("ana@example.org", "Ana")
    assert (added.status, added.confirmed_at) == (Status.CONFIRMED, 1.0)
    assert [act for act, _ in acts(register)] == ["ASKED", "ADDED"]


@pytest.mark.parametrize("reason", list(Reason))
def test_who_is_out_is_not_added(register: Register, reason: Reason) -> None:
    """Whoever left, bounced, complained, was blocked or was erased is added by nobody."""
    known = register.add("ana@example.org", "Ana")
    if reason is Reason.ERASED:
        erase(register.database, register.secret, known.address, 5.0)
    else:
        suppress(register.database, register.secret, known.id, reason, 5.0)
    before = find(register.database, "ana@example.org")
    with pytest.raises(RefusedError, match=r"(has left|is suppressed) .*— only the person can"):
        add(register.database, register.secret, told(), "en", 6.0)
    assert find(register.database, "ana@example.org") == before
    assert register.audience() == set()


@pytest.mark.parametrize("reason", [Reason.LINK, Reason.BOUNCE, Reason.COMPLAINT, Reason.BLOCKED])
def test_an_operator_lifts_a_suppression(register: Register, reason: Reason) -> None:
    """A deliberate act brings somebody back, and is recorded with what it lifted."""
    known = register.add("ana@example.org")
    suppress(register.database, register.secret, known.id, reason, 5.0)
    entered = replace(told(), origin=Origin("she called us"))
    back = lift(register.database, register.secret, entered, "en", 6.0)
    assert (back.id, back.status, back.reason) == (known.id, Status.CONFIRMED, "")
    assert (back.confirmed_at, back.left_at) == (6.0, None)
    assert register.rows(suppressions) == []
    assert acts(register)[-1] == ("ADDED", f"she called us; {reason} lifted")
    assert register.audience() == {"ana@example.org"}


def test_an_operator_lifts_what_was_erased_or_only_blocked(register: Register) -> None:
    """A mailbox that is nobody's any more becomes a new subscriber."""
    erased = register.add("ana@example.org")
    erase(register.database, register.secret, "ana@example.org", 5.0)
    back = lift(register.database, register.secret, told(), "en", 6.0)
    assert back.id != erased.id
    block(register.database, register.secret, "bo@example.org", 5.0)
    bo = lift(register.database, register.secret, told(address="bo@example.org"), "en", 6.0)
    assert bo.status is Status.CONFIRMED
    assert register.rows(suppressions) == []


def test_lifting_nothing_is_adding(register: Register) -> None:
    """Who was not suppressed is simply added."""
    lift(register.database, register.secret, told(), "en", 6.0)
    assert acts(register) == [("ADDED", "command")]


def test_a_lifted_person_is_left_alone_by_old_links(register: Register) -> None:
    """A request of before does not bring back what the operator's words changed since."""
    request = register.join("ana@example.org", name="Old")
    leave(register.database, register.secret, "ana@example.org", 15.0)
    lift(register.database, register.secret, told(), "en", 16.0)
    register.confirm(request)
    assert register.person("ana@example.org").name == "Ana Lima"
    assert PAGE.source not in [source for _, source in acts(register)]


def test_people_are_counted(register: Register) -> None:
    """People are counted by status; who was erased is none of them."""
    for name in ("ana", "bo", "cy", "di"):
        register.add(f"{name}@example.org")
    register.join("ed@example.org")
    leave(register.database, register.secret, "ana@example.org", 5.0)
    block(register.database, register.secret, "bo@example.org", 5.0)
    erase(register.database, register.secret, "cy@example.org", 5.0)
    assert count(register.database) == {
        Status.CONFIRMED: 1,
        Status.LEFT: 1,
        Status.PENDING: 1,
        Status.SUPPRESSED: 1,
    }


def test_strangers_and_nonsense_are_not_found(register: Register) -> None:
    """A stranger is nobody, and what is no address is said to be none."""
    assert find(register.database, "ana@example.org") is None
    with pytest.raises(SettingsError, match="is no address"):
        find(register.database, "nobody")
