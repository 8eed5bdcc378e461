"""Taking the last import back.

Whoever came by it and has had no mail, and has done nothing since, goes again without a trace, and
what rehearsals hold of them as well; whoever it changed, and nobody since, is as before. All others
stay as they are, and are named.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Column as TableColumn
from sqlalchemy import (
    ColumnElement,
    Connection,
    MetaData,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from infomail.database import Database
from infomail.database.connection import for_writing
from infomail.database.failures import failures_explained
from infomail.database.people import (
    consents,
    import_changes,
    imports,
    list_members,
    notices,
    reports,
    requests,
    topic_choices,
)
from infomail.database.tables import KEY, deliveries, sendings, subscribers
from infomail.errors import SettingsError
from infomail.model.subscriber import Act
from infomail.model.turn import REHEARSAL

_NAMED = 1_000
_touched = Table(
    "touched",
    MetaData(),
    TableColumn("subscriber_id", KEY, primary_key=True, autoincrement=False),
    prefixes=["TEMPORARY"],
)
_c, _d, _m, _s = import_changes.c, deliveries.c, list_members.c, subscribers.c
_REHEARSALS = select(sendings.c.id).where(sendings.c.channel == REHEARSAL)


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An import that can be taken back.

    Attributes:
        id: its number.
        file: name of its file.
        at: when it was, in seconds since 1970 UTC.
        new: how many people were added.
        changed: how many were changed.
    """

    id: int
    file: str
    at: float
    new: int
    changed: int


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking an import back did.

    Attributes:
        removed_count: people who are not in the register any more.
        restored_count: people who are as before.
        kept_count: people who were left as they are.
        kept: addresses of the first of them.
    """

    removed_count: int
    restored_count: int
    kept_count: int
    kept: tuple[str, ...]


def last_import(database: Database) -> ImportRecord | None:
    """Give the last import that was not taken back; None without one.

    Raises:
        LedgerError: the database could not be read.
    """
    with database.reading() as connection:
        return _last(connection)


def undo(database: Database, number: int, now: float) -> Undone:
    """Take an import back, all or nothing.

    Args:
        database: the open database.
        number: of the import, which must be the last one.
        now: in seconds since 1970 UTC.

    Raises:
        LedgerError: the database could not be written; nothing was changed.
        SettingsError: it is not the last import any more.
    """
    place = database.place
    with (
        failures_explained(place),
        database.engine.connect() as connection,
        _unchecked(connection),
        for_writing(connection).begin(),
    ):
        record = _last(connection)
        if record is None or record.id != number:
            msg = "there is a later import, or it was taken back — look at it again"
            raise SettingsError(msg)
        _touched.create(connection)
        removed = _removed(connection, record)
        restored = _restored(connection, record, now)
        kept_count, kept = _kept(connection, record)
        connection.execute(delete(import_changes).where(_c.import_id == number))
        done = update(imports).where(imports.c.id == number).values(undone_at=now)
        connection.execute(done)
        _touched.drop(connection)
        return Undone(removed, restored, kept_count, kept)


def _last(connection: Connection) -> ImportRecord | None:
    i = imports.c
    query = select(i.id, i.file, i["at"], i.new, i.changed).where(i.undone_at.is_(None))
    row = connection.execute(query.order_by(i.id.desc()).limit(1)).first()
    return None if row is None else ImportRecord(*row)


@contextmanager
def _unchecked(connection: Connection) -> Iterator[None]:
    """Let SQLite look for no delivery of each person who goes; we have seen that there is none.

    It would read the whole table of deliveries for each (https://sqlite.org/foreignkeys.html#fk_indexes).
    The pragma works outside of transactions only.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        cursor.execute("PRAGMA foreign_keys=ON")


def _removed(connection: Connection, record: ImportRecord) -> int:
    """Remove who is new by the import, and nothing else."""
    idle = _untouched(record, is_new=1)
    own_act = exists().where(
        consents.c.subscriber_id == _s.id, consents.c.act != Act.IMPORTED.value
    )
    known = or_(own_act, *(exists().where(t.c.subscriber_id == _s.id) for t in _TRACES))
    letters = exists().where(
        _d.sending_id.in_(select(sendings.c.id)),  # so that the index serves
        _d.subscriber_id == _s.id,
        ~_d.sending_id.in_(_REHEARSALS) | _d.runner_id.is_not(None),
    )
    count = _touch(connection, and_(idle, ~known, ~letters))
    whose = select(_touched.c.subscriber_id)
    rehearsed = _d.sending_id.in_(_REHEARSALS), _d.subscriber_id.in_(whose)
    connection.execute(delete(deliveries).where(*rehearsed))
    for table in (list_members, topic_choices, consents, import_changes):
        connection.execute(delete(table).where(table.c.subscriber_id.in_(whose)))
    connection.execute(delete(subscribers).where(_s.id.in_(whose)))
    return count


_TRACES = (requests, notices, reports)


def _restored(connection: Connection, record: ImportRecord, now: float) -> int:
    """Let who was changed by the import, and not since, be as before."""
    later = exists().where(consents.c.subscriber_id == _s.id, consents.c["at"] > record.at)
    count = _touch(connection, and_(_untouched(record, is_new=0), ~later))
    whose = select(_touched.c.subscriber_id)
    before = {name: _c[name] for name in ("name", "language", "country")}
    is_theirs = and_(_c.import_id == record.id, _c.subscriber_id == _s.id, _s.id.in_(whose))
    connection.execute(update(subscribers).where(is_theirs).values(**before, changed_at=now))
    was_in = exists().where(
        _c.import_id == record.id,
        _c.subscriber_id == _m.subscriber_id,
        literal(" ")
        .concat(_c.lists)
        .concat(" ")
        .contains(literal(" ").concat(_m.list).concat(" ")),
    )
    connection.execute(delete(list_members).where(_m.subscriber_id.in_(whose), ~was_in))
    theirs = and_(_c.import_id == record.id, _c.subscriber_id.in_(whose))
    connection.execute(delete(import_changes).where(theirs))
    return count


def _untouched(record: ImportRecord, *, is_new: int) -> ColumnElement[bool]:
    """Say who came or changed by the import, and was not changed since."""
    return and_(
        exists().where(_c.import_id == record.id, _c.subscriber_id == _s.id, _c.is_new == is_new),
        _s.changed_at == record.at,
    )


def _touch(connection: Connection, which: ColumnElement[bool]) -> int:
    connection.execute(delete(_touched))
    chosen = select(_s.id).where(which)
    connection.execute(insert(_touched).from_select(["subscriber_id"], chosen))
    return int(connection.execute(select(func.count()).select_from(_touched)).scalar_one())


def _kept(connection: Connection, record: ImportRecord) -> tuple[int, tuple[str, ...]]:
    left = _c.import_id == record.id
    count = connection.execute(
        select(func.count()).select_from(import_changes).where(left)
    ).scalar_one()
    query = select(_s.address).join(import_changes, _c.subscriber_id == _s.id).where(left)
    named = connection.execute(query.order_by(_s.id).limit(_NAMED)).scalars()
    return int(count), tuple(named)
