"""Consent records are added, and the words agreed to are written down once."""

from __future__ import annotations

import pytest
from tests.subscribers.people import FORM, WORDING, Register

from infomail.database.people import consents, wordings
from infomail.model.subscriber import Act, Origin, Reason, Wording
from infomail.subscribers import Change, access, block, change, leave, suppress
from infomail.subscribers.consenting import record, wording_number


def test_words_are_written_once(register: Register) -> None:
    """The same words have the same number; others of the same version have another."""
    with register.database.writing() as connection:
        first = wording_number(connection, WORDING)
        assert wording_number(connection, WORDING) == first
        other = Wording(WORDING.version, WORDING.language, "I agree.")
        assert wording_number(connection, other) != first
    assert [row.text for row in register.rows(wordings)] == [WORDING.text, "I agree."]


def test_the_network_address_is_kept_if_given(register: Register) -> None:
    """What the caller does not tell is not kept; what it tells is."""
    known = register.add("ana@example.org")
    with register.database.writing() as connection:
        record(connection, known.id, Act.CHANGED, Origin("page", "192.0.2.1"), 5.0)
    assert [row.ip for row in register.rows(consents)] == ["", "192.0.2.1"]


@pytest.mark.parametrize("reason", list(Reason))
def test_records_are_only_added(register: Register, reason: Reason) -> None:
    """Whatever happens to a person, earlier records stay as they were."""
    register.confirm(register.join("ana@example.org", origin=FORM))
    known, before = register.person("ana@example.org"), register.rows(consents)
    wanted = Change("Ana", "en", (), None)
    change(register.database, known.id, wanted, Origin("preferences"), 30.0)
    suppress(register.database, register.secret, known.id, reason, 40.0)
    leave(register.database, register.secret, known.address, 50.0)
    block(register.database, register.secret, known.address, 60.0)
    after = register.rows(consents)
    assert after[: len(before)] == before
    assert after[len(before)].act == "CHANGED"
    assert {"LEFT", "SUPPRESSED"}.intersection(row.act for row in after)


def test_a_record_proves_the_words(register: Register) -> None:
    """Who asks how a person agreed gets the words, their version and their language."""
    register.confirm(register.join("ana@example.org"))
    held = access(register.database, register.secret, "ana@example.org")
    assert held is not None
    assert [(each.act, each.wording) for each in held.consents] == [
        (Act.ASKED, WORDING),
        (Act.CONFIRMED, WORDING),
    ]
