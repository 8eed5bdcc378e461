"""Sifting a file: good rows into the table of incoming people, bad ones named, odd ones noted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

from sqlalchemy import Connection, delete, select

from infomail.database.compiled import Cursor, Row
from infomail.subscribers.columns import Columns
from infomail.subscribers.entering import person_name
from infomail.subscribers.incoming import gathering
from infomail.subscribers.incoming import incoming as people
from infomail.subscribers.mailbox import Mailbox, mailbox
from infomail.subscribers.table import Line, Reading, Table, read_table
from infomail.subscribers.typos import is_role, likely
from infomail.subscribers.vocabulary import Vocabulary
from infomail.tokens import Secret, mailbox_digest

Progress = Callable[[str, float], None]
"""Is told what is under way, and how much of it is done from 0 to 1."""

_AT_ONCE = 5_000
_KEPT = 1_000
_MAX_DOMAINS = 20_000
_SHOWN_CHARACTERS = 60
_NAMED = re.compile(r'\s*"?([^<>"]*?)"?\s*<([^<>]+)>\s*')
_i = people.c


class Odd(StrEnum):
    """What may be wrong with an address that is well formed."""

    TYPO = "TYPO"
    ROLE = "ROLE"


class InvalidRow(NamedTuple):
    """A row that was not taken.

    Attributes:
        line: number of its line in the file, from 1.
        reason: why, in plain words.
    """

    line: int
    reason: str


class Note(NamedTuple):
    """An address to look at.

    Attributes:
        line: number of its line in the file, from 1.
        odd: what is odd.
        address: as the file has it.
        meant: the domain that was likely meant; empty if it is no typo.
    """

    line: int
    odd: Odd
    address: str
    meant: str


@dataclass(frozen=True, slots=True)
class Source:
    """What is imported, and on what ground.

    Attributes:
        file: a CSV file or an Excel workbook.
        reading: which column holds what.
        lists: keys of lists that everybody in the file is added to.
        consent: when and where these people agreed, for their consent records; may be empty.
    """

    file: Path
    reading: Reading = field(default_factory=Reading)
    lists: tuple[str, ...] = ()
    consent: str = ""

    @property
    def words(self) -> str:
        """What consent records name as their source."""
        told = f"import {self.file.name}"
        return f"{told}: {self.consent}" if self.consent else told


@dataclass(frozen=True, slots=True)
class Sifted:
    """How a file was read.

    Attributes:
        kind: its encoding, or xlsx.
        columns: which were read, and which not.
        row_count: rows that were good.
        invalid_count: rows that cannot be taken.
        invalid: the first of them.
        odd_counts: addresses to look at, by what is odd.
        notes: the first of them.
        lists: keys of the lists that are named.
        topics: keys of the topics that are named.
    """

    kind: str
    columns: Columns
    row_count: int
    invalid_count: int
    invalid: tuple[InvalidRow, ...]
    odd_counts: Mapping[Odd, int]
    notes: tuple[Note, ...]
    lists: tuple[str, ...]
    topics: tuple[str, ...]


def sift(
    connection: Connection,
    secret: Secret,
    source: Source,
    vocabulary: Vocabulary,
    progress: Progress,
) -> Sifted:
    """Read a file into the table of incoming people.

    Raises:
        SettingsError: it cannot be read.
    """
    table = read_table(source.file, source.reading)
    sieve = _Sieve(secret, vocabulary, source.lists)
    adding = gathering(connection.dialect)
    cursor = cast("Cursor", connection.connection.cursor())
    for rows in _batches(sieve, table):
        adding.run_each(cursor, rows)
        progress("reading", table.done())
    _drop_gone(connection, sieve)
    return sieve.sifted(table)


def _drop_gone(connection: Connection, sieve: _Sieve) -> None:
    """Take nobody of whom another line says that nothing may be sent, before it or after it."""
    is_gone = _i.gone_number.is_not(None)
    query = select(_i.number, _i.last_number, _i.times, _i.gone_number)
    for first, last, times, gone in connection.execute(query.where(is_gone, _i.times > 0)):
        sieve.overrule(last if first == gone else first, times, gone)
    connection.execute(delete(people).where(is_gone))


def _batches(sieve: _Sieve, table: Table) -> Iterator[list[Row]]:
    rows: list[Row] = []
    for line in table.lines:
        row = sieve.row(line)
        if row:
            rows.append(row)
        if len(rows) >= _AT_ONCE:
            yield rows
            rows = []
    yield rows


class _Sieve:
    """Turns lines into rows, and remembers what is to be told."""

    def __init__(self, secret: Secret, vocabulary: Vocabulary, lists: tuple[str, ...]) -> None:
        self._secret = secret
        self._language = _remembered(vocabulary.language)
        self._country = _remembered(vocabulary.country)
        self._lists = _remembered(lambda text: (*lists, *vocabulary.list_keys(text)))
        self._topics = _remembered(vocabulary.topic_keys)
        self._domains: dict[str, str] = {}
        self._used: tuple[set[str], set[str]] = (set(lists), set())
        self._row_count = 0
        self._invalid_count = 0
        self._invalid: list[InvalidRow] = []
        self._odd_counts: Counter[Odd] = Counter()
        self._notes: list[Note] = []

    def row(self, line: Line) -> Row:
        """Check a line; empty if it cannot be taken and says nothing of anybody."""
        line = _apart(line)
        try:
            whose, name = mailbox(line.address), person_name(line.name)
            language, country = self._language(line.language), self._country(line.country)
            _refuse_gone(line.status)
            _refuse_surplus(line.surplus)
            lists, topics = self._lists(line.lists), self._topics(line.topics)
        except ValueError:
            return self._refused(line)
        self._row_count += 1
        self._note(line.number, whose)
        digest = mailbox_digest(self._secret, whose.mailbox)
        return (
            *(line.number, line.number, 1, *whose, digest),
            *(name, language, country),
            *(self._keys(lists, 0), self._keys(topics, 1), None),
        )

    def _keys(self, keys: tuple[str, ...], which: int) -> str:
        if not keys:
            return ""
        self._used[which].update(keys)
        return f" {' '.join(keys)} "

    def _refused(self, line: Line) -> Row:
        """Tell all that is wrong with a line; remember of whom it says that they are gone."""
        self._refuse(line.number, "; ".join(self._faults(line)), 1)
        if not _is_gone(line.status):
            return ()
        try:
            whose = mailbox(line.address)
        except ValueError:
            return ()
        digest = mailbox_digest(self._secret, whose.mailbox)
        return (line.number, line.number, 0, *whose, digest, *("",) * 5, line.number)

    def _faults(self, line: Line) -> Iterator[str]:
        checks: tuple[tuple[Callable[[str], object], str], ...] = (
            (_address, line.address),
            (person_name, line.name),
            (self._language, line.language),
            (self._country, line.country),
            (_refuse_gone, line.status),
            (_refuse_surplus, line.surplus),
            (self._lists, line.lists),
            (self._topics, line.topics),
        )
        for check, cell in checks:
            try:
                check(cell)
            except ValueError as error:
                yield str(error)

    def overrule(self, number: int, times: int, gone_number: int) -> None:
        """Refuse rows that were good, since another says that the person is gone."""
        self._row_count -= times
        self._refuse(number, f"the file says on line {gone_number} that this person left", times)

    def _refuse(self, number: int, reason: str, times: int) -> None:
        self._invalid_count += times
        if len(self._invalid) < _KEPT:
            self._invalid.append(InvalidRow(number, reason))

    def _note(self, number: int, whose: Mailbox) -> None:
        meant = self._domains.get(whose.domain)
        if meant is None:
            meant = self._meant(whose.domain)
        odd = Odd.TYPO if meant else Odd.ROLE if is_role(whose.mailbox) else None
        if odd:
            self._odd_counts[odd] += 1
            if len(self._notes) < _KEPT:
                self._notes.append(Note(number, odd, whose.address, meant))

    def _meant(self, domain: str) -> str:
        if len(self._domains) >= _MAX_DOMAINS:  # comparing takes long, and such a file is no list
            return ""
        meant = self._domains[domain] = likely(domain) or ""
        return meant

    def sifted(self, table: Table) -> Sifted:
        """Tell how the file was read."""
        return Sifted(
            kind=table.kind,
            columns=table.columns,
            row_count=self._row_count,
            invalid_count=self._invalid_count,
            invalid=tuple(sorted(self._invalid)),
            odd_counts=dict(self._odd_counts),
            notes=tuple(self._notes),
            lists=tuple(sorted(self._used[0])),
            topics=tuple(sorted(self._used[1])),
        )


_GONE = frozenset(
    (
        *("left", "suppressed", "pending", "unconfirmed", "unsubscribed", "unsubscribe"),
        *("optedout", "optout", "inactive", "cleaned", "bounced", "complained", "blocked"),
        *("blacklisted", "blocklisted", "deleted", "désabonné", "abgemeldet", "baja"),
        *("nonsubscribed", "notsubscribed", "hardbounce", "hardbounced", "softbounced", "bounce"),
        *("complaint", "spam", "spamcomplaint", "removed", "disabled", "désinscrit", "désinscrite"),
        *("désabonnée", "отписан", "отписался"),
    )
)
"""What this register and others call people to whom nothing may be sent."""


def _apart(line: Line) -> Line:
    """Take a cell such as `Ana Lima <ana@example.org>` apart, which mail programs write."""
    found = _NAMED.fullmatch(line.address) if ">" in line.address else None
    if found is None:
        return line
    return line._replace(name=line.name.strip() or found[1], address=found[2])


def _address(cell: str) -> None:
    """Refuse what is no address, and show it."""
    try:
        mailbox(cell)
    except ValueError as error:
        if not cell.strip():
            raise
        msg = f"{cell.strip()[:_SHOWN_CHARACTERS]!r}: {error}"
        raise ValueError(msg) from error


def _is_gone(status: str) -> bool:
    return "".join(filter(str.isalnum, status.casefold())) in _GONE


def _refuse_gone(status: str) -> None:
    """Refuse a person of whom the file itself says that nothing may be sent."""
    if status and _is_gone(status):
        msg = f"the file says that this person is {status.strip()[:40]}"
        raise ValueError(msg)


def _refuse_surplus(surplus: str) -> None:
    """Refuse a row whose cells are not where they should be, as in `ana@example.org,Lima, Ana`."""
    if surplus:
        msg = "the row has more cells than the first one — put what has the delimiter in quotes"
        raise ValueError(msg)


_T = TypeVar("_T")


def _remembered(read: Callable[[str], _T]) -> Callable[[str], _T]:
    """Read each text once; what columns of few different words cost a million times is much."""
    known: dict[str, _T] = {}

    def remembered(text: str) -> _T:
        found = known.get(text)
        if found is None:
            found = read(text)
            if len(known) < _KEPT:
                known[text] = found
        return found

    return remembered
