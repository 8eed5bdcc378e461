"""Importing people from a file: first told, then done, all good rows in one transaction.

Nobody who left, complained, bounced, was blocked or erased is brought back, and nobody who has
still to confirm is confirmed. Empty cells change nothing. Lists are added to; the topics of people
who are there already are their own, and left alone. Importing the same file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, select

from infomail.database import Database
from infomail.database.connection import for_writing
from infomail.database.failures import failures_explained
from infomail.errors import SettingsError
from infomail.subscribers.incoming import Fate, compare, incoming
from infomail.subscribers.sifting import Progress, Sifted, Source, sift
from infomail.subscribers.vocabulary import Vocabulary
from infomail.subscribers.writing import Deed, write
from infomail.tokens import Secret

_SHOWN_DUPLICATES = 1_000
# The indexes of a million people, without which writing them takes thrice as long; and what SQLite
# keeps if nothing is said (https://sqlite.org/pragma.html#pragma_cache_size).
_MANY_KIB = 65_536
_USUAL_KIB = 2_000
_i = incoming.c


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do, or did.

    Attributes:
        sifted: how the file was read, and which of its rows cannot be taken or look odd.
        counts: people by what becomes of them; without those that nobody has.
        duplicate_count: rows that name somebody who is in the file already; the last one counts.
        duplicates: the first people of whom there are such: their first line and their last.
        language: of new people of whom none is known.
        without_language_count: how many those are.
    """

    sifted: Sifted
    counts: Mapping[Fate, int]
    duplicate_count: int
    duplicates: tuple[tuple[int, int], ...]
    language: str
    without_language_count: int

    def count(self, fate: Fate) -> int:
        """Tell of how many people this becomes."""
        return self.counts.get(fate, 0)

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nobody to add or change."""
        return not (self.count(Fate.NEW) or self.count(Fate.CHANGED))

    @property
    def is_plain(self) -> bool:
        """Whether nobody needs to decide: no row is bad, nobody left, and nobody is changed."""
        out = self.count(Fate.OUT) + self.count(Fate.CHANGED)
        return not (out or self.sifted.invalid_count)


@dataclass(frozen=True, slots=True)
class Import:
    """A file that was read and compared, and can be imported.

    Attributes:
        preview: what the import would do.
    """

    preview: Preview
    _place: str
    _connection: Connection
    _deed: Deed
    _progress: Progress

    def write(self, now: float) -> Preview:
        """Import it, and tell what was done; what happened in the register meanwhile counts.

        Args:
            now: in seconds since 1970 UTC.

        Raises:
            LedgerError: the database could not be written; nothing was imported.
        """
        connection = self._connection
        with failures_explained(self._place), for_writing(connection).begin():
            compare(connection, self._deed.lists)
            done = _previewed(connection, self.preview.sifted, self._deed.language)
            if not done.changes_nothing:
                told = self._progress
                write(connection, self._deed, now, lambda part: told("writing", part))
        return done


@contextmanager
def begun(
    database: Database,
    secret: Secret,
    source: Source,
    vocabulary: Vocabulary,
    progress: Progress = lambda _, __: None,
) -> Iterator[Import]:
    """Read a file and compare it with the register, which is not locked meanwhile.

    Raises:
        LedgerError: the database could not be read.
        SettingsError: the file cannot be read, or a list of `source` is none of the newsletter's.
    """
    place = database.place
    source = replace(source, lists=_lists(source, vocabulary))
    with failures_explained(place), database.engine.connect() as connection, _table(connection):
        with connection.begin():
            sifted = sift(connection, secret, source, vocabulary, progress)
        with connection.begin():
            _looked_over(connection)
            compare(connection, sifted.lists)
            language = vocabulary.languages[0]
            preview = _previewed(connection, sifted, language)
        named = (sifted.lists, sifted.topics)
        deed = Deed(source.file.name, source.words, language, *named)
        yield Import(preview, place, connection, deed, progress)


def import_file(
    database: Database, secret: Secret, source: Source, vocabulary: Vocabulary, now: float
) -> Preview:
    """Import people without asking anybody.

    Raises:
        LedgerError: the database could not be written; nothing was imported.
        SettingsError: the file cannot be read; nothing was imported.
    """
    with begun(database, secret, source, vocabulary) as one:
        return one.write(now)


def _lists(source: Source, vocabulary: Vocabulary) -> tuple[str, ...]:
    try:
        return tuple(key for name in source.lists for key in vocabulary.list_keys(name))
    except ValueError as error:
        raise SettingsError(str(error)) from error


def _previewed(connection: Connection, sifted: Sifted, language: str) -> Preview:
    fates = select(_i.fate, func.count()).group_by(_i.fate)
    counts = {Fate(fate): number for fate, number in connection.execute(fates)}
    again = select(_i.number, _i.last_number).where(_i.times > 1).order_by(_i.number)
    twice = connection.execute(again.limit(_SHOWN_DUPLICATES))
    duplicates = tuple((first, last) for first, last in twice)
    again_count = sifted.row_count - sum(counts.values())
    silent = select(func.count()).where(_i.fate == Fate.NEW.value, _i.language == "")
    silent_count = connection.execute(silent).scalar_one()
    return Preview(sifted, counts, again_count, duplicates, language, silent_count)


@contextmanager
def _table(connection: Connection) -> Iterator[None]:
    """Let the connection have a table of incoming people of its own, for a while."""
    with connection.begin():
        _keep_at_hand(connection, _MANY_KIB)
        incoming.drop(connection, checkfirst=True)
        incoming.create(connection)
    try:
        yield
    finally:
        connection.rollback()
        with connection.begin():
            incoming.drop(connection)
            _keep_at_hand(connection, _USUAL_KIB)


def _keep_at_hand(connection: Connection, kib: int) -> None:
    """Let SQLite keep so much of the database in memory."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{kib}")


def _looked_over(connection: Connection) -> None:
    """Let PostgreSQL know how many rows there are; it counts no temporary table by itself."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE incoming")
