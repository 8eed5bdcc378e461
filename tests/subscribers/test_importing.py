"""Importing people from files as people have them."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select
from tests.subscribers.files import WORDS, Desk
from tests.subscribers.people import FORM

from infomail import subscribers
from infomail.database.people import consents, imports, list_members, topic_choices
from infomail.database.tables import subscribers as table
from infomail.errors import LedgerError, SettingsError
from infomail.model.subscriber import Reason, Status
from infomail.subscribers import Fate, Source, begun


def groups(desk: Desk) -> list[tuple[int, str]]:
    """Tell who is in which list, and who chose which topic."""
    lists = [(row.subscriber_id, row.list) for row in desk.register.rows(list_members)]
    return lists + [(row.subscriber_id, row.topic) for row in desk.register.rows(topic_choices)]


def test_people_are_imported(desk: Desk) -> None:
    """Each good row becomes a CONFIRMED subscriber; an empty language is the newsletter's first."""
    rows = "address,name,language\nana@example.org,Ana Lima,fr\nBo@Example.ORG,,\n"
    assert desk.load(rows) == "2 NEW"
    assert desk.people == [("ana@example.org", "Ana Lima", "fr"), ("Bo@Example.ORG", "", "en")]
    assert desk.register.person("BO@example.org").confirmed_at == desk.now
    assert desk.register.audience() == {"ana@example.org", "Bo@Example.ORG"}


def test_what_a_row_says_is_taken_by_key_or_by_name(desk: Desk) -> None:
    """Languages, countries, lists and topics may be named as people name them."""
    rows = (
        "email;first name;last name;language;country;groups;interests\n"
        "ana@example.org;Ana;Lima;French;Nigeria;Partner organisations, press;labour\n"
        "bo@example.org;Bo;;FR-ca;ng;PRESS|press;Ports, old and new;\n"
    )
    assert desk.load(rows, lists=("partners",)) == "2 NEW"
    assert desk.people == [("ana@example.org", "Ana Lima", "fr"), ("bo@example.org", "Bo", "fr")]
    assert desk.register.person("bo@example.org").country == "NG"
    assert sorted(groups(desk)) == [
        *((1, "labour"), (1, "partners"), (1, "press")),
        *((2, "partners"), (2, "ports"), (2, "press")),
    ]


def test_bad_rows_are_named(desk: Desk) -> None:
    """Good rows are taken though others are bad; each bad one is named by line and reason."""
    rows = (
        "address,name,language,country,list,topic\n"
        "ana@example.org,Ana,en\n"
        "nobody,,\n"
        'bo@example.org,"Bo\nBcc: all@example.org",en\n'
        "cy@example.org,Cy,tlh\n"
        f"di@example.org,{'D' * 201},en\n"
        "\n"
        "ed@example.org,\u202eEd,en\n"
        "fi@example.org,=1+1,en,Utopia\n"
        "gi@example.org,,,,friends\n"
        "hu@example.org,,,,,gossip\n"
        "io@example.org,=1+1,,,,\n"
    )
    assert desk.load(rows) == "2 NEW"
    assert [line for line, _ in desk.refused] == [3, 4, 6, 7, 9, 10, 11, 12]
    assert "none of the newsletter's languages (en, fr, zh-Hans)" in desk.refused[2][1]
    assert "'Utopia' is no country" in desk.refused[5][1]
    assert "none of the newsletter's lists (partners, press)" in desk.refused[6][1]
    assert desk.people[1] == ("io@example.org", "=1+1", "en")


def test_importing_again_changes_only_what_differs(desk: Desk) -> None:
    """A second import adds nobody twice, in no case of letters, and empty cells change nothing."""
    desk.load("address,name,language\nana@example.org,Ana,fr\nbo@example.org,Bo,en\n")
    again = "address,name,language\nANA@example.org,,\nbo@example.org,Bob,\ncy@example.org,,\n"
    assert desk.load(again) == "1 CHANGED, 1 NEW, 1 UNCHANGED"
    assert desk.people[:2] == [("ana@example.org", "Ana", "fr"), ("bo@example.org", "Bob", "en")]
    assert desk.load(again) == "3 UNCHANGED"
    assert len(desk.register.rows(imports)) == 2


def test_lists_are_added_to_and_topics_are_peoples_own(desk: Desk) -> None:
    """Who is there already is in a list more, and keeps the topics that were chosen."""
    desk.load("address,lists,topics\nana@example.org,press,labour\n")
    rows = "address,lists,topics\nana@example.org,partners,ports\n"
    assert desk.load(rows) == "1 CHANGED"
    assert desk.load(rows) == "1 UNCHANGED"
    assert groups(desk) == [(1, "partners"), (1, "press"), (1, "labour")]


def test_the_last_of_two_rows_counts(desk: Desk) -> None:
    """A file that names somebody twice makes one subscriber, as the last row says."""
    rows = (
        "address,name,lists\nana@example.org,Ana,press\nbo@example.org,Bo,\n"
        "Ana@Example.org,Ana Lima,\nANA@example.org,,partners\n"
    )
    assert desk.load(rows) == "2 NEW"
    assert desk.people[0] == ("ana@example.org", "Ana Lima", "en")
    assert groups(desk) == [(1, "partners"), (1, "press")]
    assert desk.told is not None
    assert (desk.told.duplicate_count, desk.told.duplicates) == (2, ((2, 5),))


@pytest.mark.parametrize("reason", [Reason.LINK, Reason.BOUNCE, Reason.COMPLAINT, Reason.BLOCKED])
def test_who_is_out_is_not_brought_back(desk: Desk, reason: Reason) -> None:
    """No import gets somebody back who left or must not get letters, nor changes anything."""
    rows = "address,name\nana@example.org,Ana\n"
    desk.load(rows)
    register = desk.register
    subscribers.leave_by_id(register.database, register.secret, 1, reason, 6.0)
    assert desk.load(rows.replace("Ana", "Other"), lists=("press",)) == "1 OUT"
    assert (register.person("ana@example.org").name, groups(desk)) == ("Ana", [])
    assert register.audience() == set()


def test_who_was_erased_or_blocked_unknown_is_not_brought_back(desk: Desk) -> None:
    """The keyed hash of a mailbox is enough to keep it out."""
    rows = "address\nana@example.org\nbo@example.org\ncy@example.org\n"
    register = desk.register
    register.add("ana@example.org")
    subscribers.erase(register.database, register.secret, "ana@example.org", 2.0)
    subscribers.block(register.database, register.secret, "BO@example.org", 2.0)
    assert desk.load(rows.upper().replace("ADDRESS", "address")) == "1 NEW, 2 OUT"
    assert register.audience() == {"CY@EXAMPLE.ORG"}


def test_an_older_infomails_people_who_left_stay_away(desk: Desk) -> None:
    """Who is LEFT or SUPPRESSED in the register stays so even if no hash is kept."""
    desk.load("address\nana@example.org\n")
    desk.register.set("ana@example.org", status=Status.SUPPRESSED.value)
    assert desk.load("address,name\nana@example.org,Ana\n") == "1 OUT"


def test_who_has_still_to_confirm_is_left_alone(desk: Desk) -> None:
    """No import confirms for a person who was asked to."""
    desk.register.join("ana@example.org")
    assert desk.load("address,name\nana@example.org,Other\n") == "1 PENDING"
    assert desk.register.person("ana@example.org").status is Status.PENDING


def test_people_of_whom_the_file_says_that_they_left_are_not_taken(desk: Desk) -> None:
    """What another list calls people who left is heeded; other words of status mean nothing."""
    rows = "email,status\na@example.org,subscribed\nb@example.org,Unsubscribed\nc@example.org,VIP\n"
    assert desk.load(rows) == "2 NEW"
    assert desk.refused == [(3, "the file says that this person is Unsubscribed")]


@pytest.mark.parametrize("order", [1, -1])
def test_once_unsubscribed_is_unsubscribed(desk: Desk, order: int) -> None:
    """Of two rows of one person, of which one says that the person left, that one wins."""
    rows = ["ana@example.org,subscribed", "Ana@example.org,unsubscribed", "bo@example.org,"]
    assert desk.load("\n".join(["email,status", *rows[::order]])) == "1 NEW"
    assert [person[0] for person in desk.people] == ["bo@example.org"]
    good, gone = (2, 3) if order == 1 else (4, 3)
    reasons = dict(desk.refused)
    assert reasons[gone] == "the file says that this person is unsubscribed"
    assert reasons[good] == f"the file says on line {gone} that this person left"
    assert desk.told is not None
    assert (desk.told.sifted.invalid_count, desk.told.duplicate_count) == (2, 0)


def test_an_address_may_have_a_name_before_it(desk: Desk) -> None:
    """A cell as mail programs write it is taken apart; a cell for the name has precedence."""
    rows = '"""Lima, Ana"" <ana@example.org>",\nBo <bo@example.org>,Bob\n<cy@example.org>,\n'
    assert desk.load(f"email,name\n{rows}") == "3 NEW"
    assert [person[:2] for person in desk.people] == [
        ("ana@example.org", "Lima, Ana"),
        ("bo@example.org", "Bob"),
        ("cy@example.org", ""),
    ]


def test_all_faults_of_a_row_are_told(desk: Desk) -> None:
    """A row is mended at once: each of its faults is told, an address as the file has it."""
    desk.load("address,language,country\nana at example,tlh,Utopia\n,,\n,en,\n")
    first, empty = (reason for _, reason in desk.refused)
    assert first.startswith("'ana at example': ")
    assert "; 'tlh' is none" in first
    assert "; 'Utopia' is no country" in first
    assert empty == "there is no address"


def test_who_has_no_language_is_counted(desk: Desk) -> None:
    """A preview knows how many new people get the newsletter's first language unasked."""
    desk.load("address,language\nana@example.org,\nbo@example.org,fr\ncy@example.org,\n")
    assert desk.told is not None
    assert (desk.told.language, desk.told.without_language_count) == ("en", 2)


def test_consent_is_recorded_of_who_is_new(desk: Desk) -> None:
    """Each new person has a consent record that names the file and where people agreed."""
    desk.register.add("ana@example.org")
    desk.load("address\nana@example.org\nbo@example.org\n", consent="fair of May 2024, on paper")
    last = desk.register.rows(consents)[-1]
    assert (last.act, last.at) == ("IMPORTED", desk.now)
    assert last.source == "import people.csv: fair of May 2024, on paper"
    assert len(desk.register.rows(consents)) == 2


def test_odd_addresses_are_noted_and_taken(desk: Desk) -> None:
    """Slips of a domain and addresses of an office are told; people decide."""
    desk.load("address\nana@gmial.com\ninfo@example.org\nbo@example.org\n")
    assert desk.told is not None
    notes = [(note.line, note.odd.value, note.meant) for note in desk.told.sifted.notes]
    assert notes == [(2, "TYPO", "gmail.com"), (3, "ROLE", "")]
    assert len(desk.people) == 3


def test_nothing_is_written_before_it_is_wanted(desk: Desk) -> None:
    """A preview changes nothing, locks nothing, and counts anew what happened meanwhile."""
    desk.file.write_text("address,name\nana@example.org,Ana\nbo@example.org,Bo\n")
    register = desk.register
    with begun(register.database, register.secret, Source(desk.file), WORDS) as one:
        assert one.preview.counts == {Fate.NEW: 2}
        assert desk.people == []
        subscribers.block(register.database, register.secret, "ana@example.org", 2.0)
        register.add("bo@example.org", "Bo")
        done = one.write(5.0)
    assert done.counts == {Fate.OUT: 1, Fate.UNCHANGED: 1}
    assert [person[0] for person in desk.people] == ["bo@example.org"]


def test_a_list_that_is_none_is_refused(desk: Desk) -> None:
    """A list that was named for all must be one of the newsletter's."""
    with pytest.raises(SettingsError, match=r"'friends' is none of the newsletter's lists"):
        desk.load("address\nana@example.org\n", lists=("friends",))


def test_many_are_imported(desk: Desk) -> None:
    """More people than are gathered at once are all imported, and the bar moves."""
    rows = "".join(f"p{number}@example.org,Person {number}\n" for number in range(12_000))
    desk.file.write_text(f"address,name\n{rows}")
    told: list[tuple[str, float]] = []
    register = desk.register
    source = Source(desk.file)
    with begun(
        register.database, register.secret, source, WORDS, lambda *how: told.append(how)
    ) as one:
        assert one.write(5.0).counts == {Fate.NEW: 12_000}
    assert [part for stage, part in told if stage == "reading"][-1] == 1.0
    assert told[-1] == ("writing", 1.0)
    assert desk.load(f"address,name\n{rows}") == "12000 UNCHANGED"


def test_a_failure_on_the_way_leaves_nothing(desk: Desk) -> None:
    """An import is one transaction: what fails at its end never began."""
    register = desk.register
    desk.file.write_text("address\nana@example.org\n")

    def fail(stage: str, part: float) -> None:
        if (stage, part) == ("writing", 1.0):
            raise LedgerError(stage)

    with (
        pytest.raises(LedgerError),
        begun(register.database, register.secret, Source(desk.file), WORDS, fail) as one,
    ):
        one.write(5.0)
    assert (desk.people, register.rows(consents), register.rows(imports)) == ([], [], [])
    assert desk.load("address\nana@example.org\n") == "1 NEW"


def test_others_write_while_a_file_is_read_and_somebody_thinks(desk: Desk) -> None:
    """Reading, comparing and waiting for an answer keep nobody from the database."""
    desk.file.write_text("address\nana@example.org\n")
    register = desk.register
    with begun(register.database, register.secret, Source(desk.file), WORDS) as one:
        writer = threading.Thread(target=register.add, args=("bo@example.org",))
        writer.start()
        writer.join(30)
        assert not writer.is_alive()
        one.write(5.0)
    assert {person[0] for person in desk.people} == {"ana@example.org", "bo@example.org"}


def test_erased_people_are_nobodys_match(desk: Desk) -> None:
    """The stump of an erased person is changed by no file."""
    register = desk.register
    register.join("ana@example.org", origin=FORM)
    subscribers.erase(register.database, register.secret, "ana@example.org", 2.0)
    desk.load("address,name\nbo@example.org,Bo\n")
    with register.database.reading() as connection:
        assert connection.execute(select(table.c.name).where(table.c.id == 1)).scalar() == ""


def test_a_name_with_a_comma_takes_no_other_cell(desk: Desk) -> None:
    """A row whose cells have moved, as a name with a bare comma moves them, is not taken."""
    lines = (
        "name,address",
        "Ana,ana@example.org,,",
        "Lima, Bo,bo@example.org",
        '"R, C",c@example.org',
    )
    assert desk.load("\n".join(lines)) == "2 NEW"
    assert [person[:2] for person in desk.people] == [
        ("ana@example.org", "Ana"),
        ("c@example.org", "R, C"),
    ]
    desk.load("address,name\nbo@example.org,Lima, Bo\n")
    assert [line for line, reason in desk.refused if "more cells" in reason] == [2]
