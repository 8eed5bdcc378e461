"""Files as people have them: encodings, delimiters, columns, workbooks, and what is no table."""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.errors import SettingsError
from infomail.subscribers.columns import Column
from infomail.subscribers.table import Reading, guarded, read_table, unguarded

RENE = ("rené@example.org", "René", "fr")


def read(file: Path, **reading: object) -> list[tuple[str, str, str]]:
    """Give address, name and language of each row."""
    table = read_table(file, Reading(**reading))  # type: ignore[arg-type]
    return [(line.address, line.name, line.language) for line in table.lines]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "people.csv"


def workbook(file: Path, *rows: tuple[str | float | datetime.datetime | None, ...]) -> None:
    """Write a workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(file)


@pytest.mark.parametrize(
    "data",
    [
        "E-Mail;Language;Name\nrené@example.org;fr;René\n".encode(),
        "\ufeffemail\tname\tlanguage\r\nrené@example.org\tRené\tfr\r\n".encode(),
        "name|e-mail address|x|language\nRené|rené@example.org|y|fr\n".encode("cp1252"),
        'address,name,language\n"rené@example.org","René",fr'.encode("utf-16"),
        "address,name,language\nrené@example.org,René,fr".encode("utf-16-le"),
        "address,name,language\nrené@example.org,René,fr".encode("utf-16-be"),
        "address,name,language\nrené@example.org,René,fr".encode("utf-32"),
        "\n  \naddress,name,language\n\n,,\nrené@example.org,René,fr\n".encode(),
        "address,name,language\rrené@example.org,René,fr\r".encode(),
        "sep=;\r\naddress;name;language\r\nrené@example.org;René;fr\r\n".encode(),
        '"address, main";"name";"language"\nrené@example.org;René;fr\n'.replace(
            "address, main", "address"
        ).encode(),
        "Adresse,Mail,Prénom,Nom,Langue\nRue 5,rené@example.org,René,,fr\n".encode(),
        "Vorname;Name;E-Mail-Adresse;Sprache\n;René;rené@example.org;fr\n".encode(),
        "Vorname;Name;E-Mail-Adresse;Sprache\nRené;;rené@example.org;fr\n".encode(),
    ],
)
def test_csv_files_are_read_as_people_have_them(file: Path, data: bytes) -> None:
    """Delimiter, encoding, line ends, order and names of columns are found out."""
    file.write_bytes(data)
    assert read(file) == [RENE]


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        ("email,name", "a@example.org,Ana Lima", "Ana Lima"),
        ("email,first name,surname", "a@example.org, Ana ,Lima", "Ana Lima"),
        ("email,first_name,name", "a@example.org,Ana,Lima", "Ana Lima"),
        ("email,first_name,name", "a@example.org,Ana,Ana Lima", "Ana Lima"),
        ("email,full name,first name,last name", "a@example.org,Ana Lima,A,L", "Ana Lima"),
        ("email,full name,first name,last name", "a@example.org,,Ana,Lima", "Ana Lima"),
        ("email,Nom", "a@example.org,Ana Lima", "Ana Lima"),
        ("correo,nombre,apellidos", "a@example.org,Ana,Lima", "Ana Lima"),
        ("correo,nombre", "a@example.org,Ana Lima", "Ana Lima"),
        ("email,first name", "a@example.org,Ana", "Ana"),
        ("email,surname", "a@example.org,Lima", "Lima"),
        ("email", "a@example.org", ""),
    ],
)
def test_names_are_put_together(file: Path, header: str, row: str, name: str) -> None:
    """A name may stand in one column or in two, whatever they are called."""
    file.write_text(f"{header}\n{row}\n")
    assert read(file)[0][1] == name


def test_columns_may_be_named(file: Path) -> None:
    """What somebody says of the columns is heeded, and the file's encoding too."""
    file.write_bytes("Контакт;Кто;email\nana@example.org;Анна;x\n".encode("cp1251"))
    named = {Column.ADDRESS: "контакт", Column.NAME: "КТО"}
    assert read(file, columns=named, encoding="windows-1251") == [("ana@example.org", "Анна", "")]
    with pytest.raises(SettingsError, match="has no column 'Mail' — it has: Контакт, Кто, email"):
        read(file, columns={Column.ADDRESS: "Mail"}, encoding="cp1251")
    with pytest.raises(SettingsError, match="is no encoding"):
        read(file, encoding="klingon")
    with pytest.raises(SettingsError, match="is no encoding"):
        read(file, encoding="base64")


def test_workbooks_are_read(tmp_path: Path) -> None:
    """The first sheet of an Excel workbook is a table as well; its numbers and days are words."""
    file = tmp_path / "people.xlsx"
    day = datetime.datetime(2024, 5, 1)  # noqa: DTZ001  # workbooks know no zones
    workbook(
        file,
        ("Name", "E-mail", None, "Language", "Since"),
        ("René", "rené@example.org", None, "fr", day),
        (),
        (7.0, "bo@example.org"),
    )
    table = read_table(file, Reading())
    lines = list(table.lines)
    assert [(line.number, line.address, line.name) for line in lines] == [
        (2, "rené@example.org", "René"),
        (4, "bo@example.org", "7"),
    ]
    assert (table.kind, table.columns.unread, table.done()) == ("xlsx", ("Since",), 1.0)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no column of addresses"),
        (b"\n\n", "no column of addresses"),
        (b"ana@example.org,Ana,en\n", "no column of addresses — write address,name,language"),
        (b'address,name\nana@example.org,"Ana\nbo@example.org,Bo\n', "mend the quotation marks"),
        (b'address,name\nana@example.org,"A"na\n', "people.csv:2 cannot be read"),
        (b"address,name\nana@example.org," + b"x" * 200_000 + b"\n", "cannot be read"),
        (b"address,name\n" + b"x,y;" * 3_000_000, "people.csv:2 is longer than 1,000,000"),
        (b"x" * 10_000_000, "people.csv:1 is longer than 1,000,000 characters"),
        (b'address,name\n"' + b"x\n" * 5_000_000, "cannot be read"),
        (b"address,name\nana@example.org,\x81\n", "save it as CSV in UTF-8"),
        (b"\xff\xfea\x00d\x00d\x00r\x00", "no column of addresses"),
        (b"\xff\xfe\x00\xd8", "is not all in utf-16"),
        (b"\x00" * 100, "no column of addresses"),
        (b"address," + b",".join(b"c%d" % number for number in range(1000)), "1,001 columns"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "no column of addresses"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is no workbook that can be read"),
        (b"PK\x03\x04 and no more", "is no workbook that can be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(file: Path, data: bytes, words: str) -> None:
    """A file whose rows cannot be told apart is refused as a whole, with the remedy."""
    file.write_bytes(data)
    with pytest.raises(SettingsError, match=words):
        read(file)


def test_a_thousand_columns_are_read(file: Path) -> None:
    """As many columns as anybody has are no trouble."""
    titles = ",".join(f"c{number}" for number in range(999))
    file.write_text(f"{titles},email\n{',' * 999}ana@example.org\n")
    assert read(file) == [("ana@example.org", "", "")]


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    """A path without a file, a folder, and a pipe nobody writes to are refused at once."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path / "none.csv", tmp_path, pipe):
        with pytest.raises(SettingsError, match=r"cannot be read \(it is no file\)"):
            read(path)


def archive(file: Path, parts: dict[str, bytes]) -> None:
    """Write a ZIP archive, deflated."""
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)


def rewritten(file: Path, name: str, change: tuple[bytes, bytes]) -> None:
    """Change a part of a workbook."""
    with zipfile.ZipFile(file) as packed:
        parts = {each: packed.read(each) for each in packed.namelist()}
    assert change[0] in parts[name]
    archive(file, {**parts, name: parts[name].replace(*change)})


def test_hostile_workbooks_are_refused(tmp_path: Path) -> None:
    """What unpacks to too much, declares entities or is no workbook is refused with the reason."""
    file = tmp_path / "bomb.xlsx"
    archive(file, {"xl/sharedStrings.xml": b" " * 150_000_000})
    with pytest.raises(SettingsError, match="would fill the memory"):
        read(file)
    archive(file, {f"xl/{number}.xml": b"" for number in range(2_001)})
    with pytest.raises(SettingsError, match="would fill the memory"):
        read(file)
    archive(file, {"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'})
    with pytest.raises(SettingsError, match="declares a document type"):
        read(file)
    archive(file, {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})
    with pytest.raises(SettingsError, match=r"save it as \.xlsx anew, or as CSV"):
        read(file)


def test_a_row_beyond_the_sheet_is_no_endless_loop(tmp_path: Path) -> None:
    """A workbook that claims its second row is the billionth is refused, not counted up to."""
    file = tmp_path / "far.xlsx"
    workbook(file, ("email",), ("ana@example.org",))
    rewritten(file, "xl/worksheets/sheet1.xml", (b'r="2"', b'r="1000000000"'))
    with pytest.raises(SettingsError, match="more than 1,048,576 rows"):
        read(file)


def test_a_sheet_that_breaks_off_is_refused(tmp_path: Path) -> None:
    """A workbook whose sheet is no XML, or breaks off, is refused as a whole."""
    file = tmp_path / "broken.xlsx"
    workbook(file, ("email",), ("ana@example.org",))
    rewritten(file, "xl/worksheets/sheet1.xml", (b"</sheetData>", b"<"))
    with pytest.raises(SettingsError, match="is no workbook that can be read"):
        read(file)


def test_a_heading_above_the_table_is_passed_over(file: Path) -> None:
    """A title over the columns, as offices write them, is no row of titles; nor a merged one."""
    heading = "Our readers 2024\n\nstate: November\n"
    file.write_text(f"{heading}E-Mail;Name;Language\nrené@example.org;René;fr\n", "utf-8")
    assert read(file) == [RENE]
    file = file.with_suffix(".xlsx")
    workbook(file, ("Our readers 2024",), (), ("E-Mail", "Name", "Language"), RENE)
    assert read(file) == [RENE]
    workbook(file, ("Our readers",), ("Kontakt", "Name", "Language"), RENE)
    assert read(file, columns={Column.ADDRESS: "Kontakt"}) == [RENE]


def test_the_sheet_with_people_is_read(tmp_path: Path) -> None:
    """A cover before the people, or a hidden sheet, is not taken for them."""
    file, book = tmp_path / "people.xlsx", openpyxl.Workbook()
    for number, rows in enumerate(
        ([("How to use this file",)], [("E-Mail",), ("old@example.org",)], [("E-Mail",), RENE[:1]])
    ):
        sheet = book.create_sheet(f"Sheet {number}", number)
        sheet.sheet_state = "hidden" if number == 1 else "visible"
        for row in rows:
            sheet.append(row)
    book.save(file)
    assert read(file) == [("rené@example.org", "", "")]


def test_of_several_sheets_with_people_none_is_guessed(tmp_path: Path) -> None:
    """Nobody is left out without a word because they are on another sheet."""
    file, book = tmp_path / "people.xlsx", openpyxl.Workbook()
    for name in ("North", "South"):
        book.create_sheet(name).append(("E-Mail",))
    book.save(file)
    with pytest.raises(SettingsError, match=r"several sheets \('North', 'South'\) — save"):
        read(file)


@given(st.text(st.sampled_from("'=+-@\t\rab＝;,| \""), max_size=8))
def test_guarding_a_cell_is_undone_by_reading_it(text: str) -> None:
    """Whatever a cell says, it is no formula when guarded, and says the same when read again.

    Nor is any part of it, should a spreadsheet take another character for the delimiter.
    """
    cell = guarded(text)
    formulas = tuple("=+-@\r＝")
    assert not cell.startswith((*formulas, "\t"))
    parts = [part.lstrip(' "') for part in re.split("[,;\t|]", cell)[1:]]
    assert [part for part in parts if part.startswith(formulas)] == []
    assert unguarded(cell) == text


@given(data=st.binary(max_size=300), head=st.sampled_from([b"", b"email;x\n", b"PK\x03\x04"]))
def test_no_file_breaks_reading(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, head: bytes
) -> None:
    """Whatever bytes a file has, it is a table or is refused; nothing else happens."""
    file = tmp_path_factory.mktemp("any") / "file"
    file.write_bytes(head + data)
    with contextlib.suppress(SettingsError):
        assert all(isinstance(cell, str) for row in read(file) for cell in row)


def test_a_sheet_that_tells_its_size_wrong_is_read_to_its_end(tmp_path: Path) -> None:
    """Programs that write workbooks often say that a sheet is one cell; no row is lost by that."""
    file = tmp_path / "small.xlsx"
    workbook(file, ("email",), ("ana@example.org",), ("bo@example.org",))
    rewritten(file, "xl/worksheets/sheet1.xml", (b'<dimension ref="A1:A3"', b'<dimension ref="A1"'))
    assert [row[0] for row in read(file)] == ["ana@example.org", "bo@example.org"]
