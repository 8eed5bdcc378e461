"""Which column of a table holds what, by the usual names of columns or as somebody says.

    E-Mail;Vorname;Nachname;Land     address, first name, last name, country

Case, spaces and marks in a name do not matter. Where several columns could be meant, the plainest
name wins: of "Address" and "E-mail", the second holds the address.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from infomail.errors import SettingsError

MAX_COLUMNS = 1_000
HEAD_ROWS = 20
"""Among so many rows are the titles of the columns; a heading may stand above them."""
_NOWHERE = -1
_SHOWN_COLUMNS = 20


class Column(StrEnum):
    """What a column can hold."""

    ADDRESS = "address"
    NAME = "name"
    FIRST_NAME = "first-name"
    LAST_NAME = "last-name"
    LANGUAGE = "language"
    COUNTRY = "country"
    LISTS = "lists"
    TOPICS = "topics"
    STATUS = "status"


_USUAL = {
    Column.ADDRESS: (
        "email emailaddress mail mailaddress subscriberemail courriel adressecourriel adresseemail"
        " adressemail emailadresse mailadresse correo correoelectronico correoelectrónico"
        " электроннаяпочта почта البريدالإلكتروني البريد 邮箱 电子邮件 address adresse"
    ),
    Column.NAME: (
        "name fullname displayname subscribername nomcomplet vollständigername nombrecompleto"
        " nombreyapellidos фио имяифамилия الاسمالكامل الاسم 姓名 nom nombre имя"
    ),
    Column.FIRST_NAME: (
        "firstname givenname forename prénom prenom vorname nombre имя الاسمالأول 名"
    ),
    Column.LAST_NAME: (
        "lastname surname familyname nomdefamille nom nachname familienname apellido apellidos"
        " фамилия اسمالعائلة اللقب 姓"
    ),
    Column.LANGUAGE: (
        "language lang languagecode preferredlanguage locale langue sprache idioma lengua язык"
        " اللغة 语言"
    ),
    Column.COUNTRY: "country countrycode countryname pays land país pais страна البلد الدولة 国家",
    Column.LISTS: (
        "lists list groups group listes liste listen listas lista списки список القوائم"
        " mailinglist mailinglists distributionlist groupe groupes listedediffusion verteiler"
        " gruppe gruppen mailingliste grupo grupos listadedistribución listadedistribucion группа"
        " группы рассылка списокрассылки القائمة المجموعة المجموعات قائمةالتوزيع"
    ),
    Column.TOPICS: (
        "topics topic interests interest thèmes thème themes themen thema temas tema темы тема"
        " المواضيع"
    ),
    Column.STATUS: "status subscriptionstatus statut estado статус الحالة",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns are.

    Attributes:
        places: number of the column from 0; -1 for what no column holds.
        titles: how the file names each column that is read.
        unread: titles of columns that are left alone.
    """

    places: Mapping[Column, int]
    titles: Mapping[Column, str]
    unread: tuple[str, ...]


def find_columns(header: Sequence[str], named: Mapping[Column, str], file: str) -> Columns:
    """Find the columns by the first row of a table.

    Args:
        header: its cells.
        named: columns that somebody named, by title.
        file: name of the file, for messages.

    Raises:
        SettingsError: there is no column of addresses, or none of a name that was given, or there
            are more than MAX_COLUMNS.
    """
    if len(header) > MAX_COLUMNS:
        msg = f"{file} has {len(header):,} columns — leave the ones that are needed"
        raise SettingsError(msg)
    keys = [_key(cell) for cell in header]
    places = {column: _usual(keys, column) for column in Column}
    for column, title in named.items():
        places[column] = _named(keys, title, header, file)
    if places[Column.ADDRESS] < 0:
        msg = f"{file} has no column of addresses — write address,name,language as its first line"
        if any(header):
            msg += f", or name the column: --column address={_shown(header)[0]!r}"
        raise SettingsError(msg)
    read = _settled(places, set(named))
    titles = {column: header[place].strip() for column, place in read.items() if place >= 0}
    used = set(read.values())
    unread = [cell.strip() for place, cell in enumerate(header) if place not in used]
    return Columns(read, titles, tuple(title for title in unread if title))


def is_header(cells: Sequence[str], named: Collection[str] = ()) -> bool:
    """Say whether a row names a column of addresses, by a usual name or as somebody says."""
    wanted = {*_USUAL[Column.ADDRESS].split(), *map(_key, named)} - {""}
    return any(_key(cell) in wanted for cell in cells)


def _settled(places: dict[Column, int], named: set[Column]) -> dict[Column, int]:
    """Let no column hold two things.

    `Nom` beside `Prénom` is the last name, alone it is the whole; so is `Name` beside `Vorname`.
    """
    whole, first, last = (
        places[column] for column in (Column.NAME, Column.FIRST_NAME, Column.LAST_NAME)
    )
    if Column.NAME in named:
        parts = {}
    elif first == whole and last not in {_NOWHERE, whole}:
        parts = {Column.NAME: _NOWHERE}
    elif first in {_NOWHERE, whole}:
        parts = {Column.FIRST_NAME: _NOWHERE}
        parts |= {Column.LAST_NAME: _NOWHERE} if last == whole else {}
    elif last in {_NOWHERE, whole}:
        parts = {Column.NAME: _NOWHERE, Column.LAST_NAME: whole}
    else:
        parts = {}
    return {**places, **{column: place for column, place in parts.items() if column not in named}}


def _usual(keys: Sequence[str], column: Column) -> int:
    found = (keys.index(name) for name in _USUAL[column].split() if name in keys)
    return next(found, _NOWHERE)


def _named(keys: Sequence[str], title: str, header: Sequence[str], file: str) -> int:
    key = _key(title)
    if key and key in keys:
        return keys.index(key)
    shown = ", ".join(_shown(header))
    msg = f"{file} has no column {title!r} — it has: {shown}"
    raise SettingsError(msg)


def _shown(header: Sequence[str]) -> list[str]:
    titles = [cell.strip()[:40] for cell in header if cell.strip()]
    return [*titles[:_SHOWN_COLUMNS], *(["…"] if len(titles) > _SHOWN_COLUMNS else [])]


def _key(cell: str) -> str:
    return "".join(letter for letter in cell.casefold() if letter.isalnum())
