"""Importing people from CSV files as people have them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from infomail import subscribers
from infomail.database import Database
from infomail.database.tables import subscribers as table
from infomail.errors import RefusedError, SettingsError
from infomail.model.subscriber import Status
from infomail.subscribers import ImportReport, entry, import_csv

LANGUAGES = ("en", "fr", "zh-Hans")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the CSV file is."""
    return tmp_path / "people.csv"


def taken(database: Database) -> list[tuple[str, str, str]]:
    """Tell address, name and language of all, in the order of adding."""
    query = select(table.c.address, table.c.name, table.c.language).order_by(table.c.id)
    with database.reading() as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def load(database: Database, file: Path, text: str | bytes) -> ImportReport:
    """Import a text, as UTF-8, or bytes as they are."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return import_csv(database, file, LANGUAGES, 5.0)


def test_people_are_imported(database: Database, file: Path) -> None:
    """Each good row becomes a CONFIRMED subscriber; an empty language is the newsletter's first."""
    rows = "address,name,language\nana@example.org,Ana Lima,fr\nBo@Example.ORG,,\n"
    assert load(database, file, rows) == ImportReport(2, 0, 0, 0, ())
    assert taken(database) == [("ana@example.org", "Ana Lima", "fr"), ("Bo@Example.ORG", "", "en")]
    assert subscribers.count(database) == {Status.CONFIRMED: 2}


@pytest.mark.parametrize(
    "data",
    [
        "E-Mail;Language;Name\nrené@example.org;FR;René\n".encode(),
        "\ufeffemail\tname\tlanguage\r\nrené@example.org\tRené\tfr\r\n".encode(),
        "name,e-mail address,x,language\nRené,rené@example.org,y,fr\n".encode("cp1252"),
        'address,name,language\n"rené@example.org","René",fr'.encode("utf-16"),
        "\n  \naddress,name,language\n\n,,\nrené@example.org,René,fr\n".lstrip().encode(),
    ],
)
def test_files_are_read_as_people_have_them(database: Database, file: Path, data: bytes) -> None:
    """Delimiter, encoding, order and case of columns are found out; empty rows are nothing."""
    assert load(database, file, data).new == 1
    assert taken(database) == [("rené@example.org", "René", "fr")]


def test_bad_rows_are_named(database: Database, file: Path) -> None:
    """Good rows are taken though others are bad; each bad one is named by line and reason."""
    rows = (
        "address,name,language\n"
        "ana@example.org,Ana,en\n"
        "nobody,,\n"
        'bo@example.org,"Bo\nBcc: all@example.org",en\n'
        "cy@example.org,Cy,tlh\n"
        f"di@example.org,{'D' * 201},en\n"
        "\n"
        "ed@example.org,\u202eEd,en\n"
        "fi@example.org,=1+1,en\n"
    )
    report = load(database, file, rows)
    assert report.new == 2
    assert [row.line for row in report.invalid] == [3, 4, 6, 7, 9]
    assert "none of the newsletter's languages (en, fr, zh-Hans)" in report.invalid[2].reason
    assert taken(database)[1] == ("fi@example.org", "=1+1", "en")


def test_importing_again_changes_only_what_differs(database: Database, file: Path) -> None:
    """A second import adds nobody twice, in no case of letters, and empty cells change nothing."""
    load(database, file, "address,name,language\nana@example.org,Ana,fr\nbo@example.org,Bo,en\n")
    again = "address,name,language\nANA@example.org,,\nbo@example.org,Bob,\ncy@example.org,,\n"
    assert load(database, file, again) == ImportReport(1, 1, 1, 0, ())
    assert taken(database)[:2] == [
        ("ana@example.org", "Ana", "fr"),
        ("bo@example.org", "Bob", "en"),
    ]


def test_the_last_of_two_rows_counts(database: Database, file: Path) -> None:
    """A file that names somebody twice makes one subscriber, as the last row says."""
    report = load(database, file, "address,name\nana@example.org,Ana\nAna@Example.org,Ana Lima\n")
    assert report == ImportReport(1, 1, 0, 0, ())
    assert taken(database) == [("ana@example.org", "Ana Lima", "en")]


@pytest.mark.parametrize("status", [Status.LEFT, Status.SUPPRESSED])
def test_who_left_is_not_brought_back(database: Database, file: Path, status: Status) -> None:
    """Neither importing nor adding gets somebody back who left or must not get letters."""
    rows = "address,name\nana@example.org,Ana\n"
    load(database, file, rows)
    with database.writing() as connection:
        connection.execute(table.update().values(status=status.value))
    assert load(database, file, rows.replace("Ana", "Other")) == ImportReport(0, 0, 0, 1, ())
    with pytest.raises(RefusedError, match="only the person can join again"):
        subscribers.add(database, entry("ANA@example.org", "Ana", "en", LANGUAGES), "en", 6.0)
    found = subscribers.find(database, "ana@example.org")
    assert found is not None
    assert (found.status, found.name) == (status, "Ana")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no column of addresses"),
        (b"ana@example.org,Ana,en\n", "no column of addresses — write address,name,language"),
        (b'address,name\nana@example.org,"Ana\nbo@example.org,Bo\n', "mend the quotation marks"),
        (b'address,name\nana@example.org,"A"na\n', "people.csv:2 cannot be read"),
        (b"address,name\nana@example.org," + b"x" * 200_000 + b"\n", "cannot be read"),
        (b"address,name\nana@example.org,\x81\n", "save it as CSV in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    database: Database, file: Path, data: bytes, words: str
) -> None:
    """A file whose rows cannot be told apart is refused as a whole, with the remedy."""
    with pytest.raises(SettingsError, match=words):
        load(database, file, data)
    assert taken(database) == []


def test_a_missing_file_is_named(database: Database, file: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(SettingsError, match=r"people\.csv cannot be read"):
        import_csv(database, file, LANGUAGES, 5.0)


def test_many_are_imported(database: Database, file: Path) -> None:
    """More people than are written at once are all imported."""
    rows = "".join(f"p{number}@example.org,Person {number}\n" for number in range(1234))
    assert load(database, file, f"address,name\n{rows}").new == 1234
    assert load(database, file, f"address,name\n{rows}").unchanged == 1234


def test_people_come_and_go(database: Database) -> None:
    """A person who is added can be found, changed, and can leave, in any case of letters."""
    added = subscribers.add(database, entry("Ana@Example.org", "Ana", "fr", LANGUAGES), "en", 1.0)
    assert added == subscribers.find(database, "ana@EXAMPLE.org")
    renamed = subscribers.add(
        database, entry("ana@example.org", "Ana L.", "", LANGUAGES), "en", 2.0
    )
    assert (renamed.id, renamed.name, renamed.language) == (added.id, "Ana L.", "fr")
    left = subscribers.leave(database, "ANA@example.org", 3.0)
    assert left is not None
    assert left.status is Status.LEFT
    assert subscribers.leave(database, "bo@example.org", 3.0) is None
    assert subscribers.find(database, "bo@example.org") is None


def test_what_is_suppressed_stays(database: Database) -> None:
    """Leaving does not turn a suppression into something weaker."""
    subscribers.add(database, entry("ana@example.org", None, None, LANGUAGES), "en", 1.0)
    with database.writing() as connection:
        connection.execute(table.update().values(status=Status.SUPPRESSED.value))
    left = subscribers.leave(database, "ana@example.org", 3.0)
    assert left is not None
    assert left.status is Status.SUPPRESSED


def test_nonsense_is_not_looked_for(database: Database) -> None:
    """What is no address is said to be none."""
    with pytest.raises(SettingsError, match="is no address"):
        subscribers.find(database, "nobody")
