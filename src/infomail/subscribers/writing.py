"""Writing incoming people into the register, with what is needed to take an import back.

All within the caller's transaction, after `incoming.compare` has said what becomes of whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Insert,
    Select,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from infomail.database.people import (
    consents,
    import_changes,
    imports,
    list_members,
    topic_choices,
)
from infomail.database.tables import subscribers
from infomail.database.upserts import insert_or_ignore
from infomail.model.subscriber import Act, Status
from infomail.subscribers.incoming import Fate, incoming, names

_i, _s = incoming.c, subscribers.c
_IS_NEW = _i.fate == Fate.NEW.value
_IS_CHANGED = _i.fate == Fate.CHANGED.value


class Deed(NamedTuple):
    """An import to be written.

    Attributes:
        file: its name.
        source: what consent records name as their source.
        language: of new people of whom none is known.
        lists: keys of the lists that are named.
        topics: keys of the topics that are named.
    """

    file: str
    source: str
    language: str
    lists: tuple[str, ...]
    topics: tuple[str, ...]


def write(connection: Connection, deed: Deed, now: float, told: Callable[[float], None]) -> None:
    """Write everybody who is new or changed.

    Args:
        connection: the one that has the table, in a transaction that writes.
        deed: what is imported.
        now: in seconds since 1970 UTC.
        told: is told how much is done, from 0 to 1.
    """
    number = _numbered(connection, deed, now)
    steps = [*_steps(connection, deed, number, now)]
    for done, step in enumerate(steps, 1):
        connection.execute(step)
        told(done / len(steps))


def _numbered(connection: Connection, deed: Deed, now: float) -> int:
    counts = [
        select(func.count()).select_from(incoming).where(which).scalar_subquery()
        for which in (_IS_NEW, _IS_CHANGED)
    ]
    row = insert(imports).values(file=deed.file, at=now, new=counts[0], changed=counts[1])
    return int(connection.execute(row.returning(imports.c.id)).scalar_one())


def _steps(connection: Connection, deed: Deed, number: int, now: float) -> Iterator[Executable]:
    yield _people(connection, deed, now)
    whose = select(_s.id).where(_s.mailbox == _i.mailbox).scalar_subquery()
    yield update(incoming).values(subscriber_id=whose).where(_IS_NEW)
    yield _agreements(deed, now)
    yield _arrivals(number)
    yield _before(number)
    yield _changes(now)
    is_either = _IS_NEW | _IS_CHANGED
    for key in deed.lists:
        yield _members(key, is_either & names(_i.lists, key))
    for key in deed.topics:
        chosen = select(_i.subscriber_id, literal(key)).where(_IS_NEW, names(_i.topics, key))
        yield insert(topic_choices).from_select(["subscriber_id", "topic"], chosen)


def _people(connection: Connection, deed: Deed, now: float) -> Insert:
    row: dict[str, ColumnElement[object]] = {
        **{name: _i[name] for name in ("address", "recipient", "mailbox", "domain", "name")},
        "language": func.coalesce(func.nullif(_i.language, ""), deed.language),
        "country": _i.country,
        "status": literal(Status.CONFIRMED.value),
        "created_at": literal(now),
        "changed_at": literal(now),
        "confirmed_at": literal(now),
    }
    people = select(*row.values()).where(_IS_NEW).order_by(_i.number)
    return insert_or_ignore(connection.dialect, subscribers).from_select([*row], people)


def _agreements(deed: Deed, now: float) -> Insert:
    row = {
        "subscriber_id": _i.subscriber_id,
        "at": literal(now),
        "act": literal(Act.IMPORTED.value),
        "source": literal(deed.source),
        "ip": literal(""),
    }
    return insert(consents).from_select([*row], select(*row.values()).where(_IS_NEW))


def _arrivals(number: int) -> Insert:
    """Remember who is new."""
    empty = {name: literal("") for name in ("name", "language", "country", "lists")}
    row = {
        "import_id": literal(number),
        "subscriber_id": _i.subscriber_id,
        "is_new": literal(1),
        **empty,
    }
    return insert(import_changes).from_select([*row], select(*row.values()).where(_IS_NEW))


def _before(number: int) -> Insert:
    """Remember how those were who change."""
    m = list_members.c
    lists = (
        select(func.coalesce(func.aggregate_strings(m.list, " "), ""))
        .where(m.subscriber_id == _s.id)
        .scalar_subquery()
    )
    row = {
        "import_id": literal(number),
        "subscriber_id": _s.id,
        "is_new": literal(0),
        **{name: _s[name] for name in ("name", "language", "country")},
        "lists": lists,
    }
    changed = select(*row.values()).join(incoming, _i.subscriber_id == _s.id).where(_IS_CHANGED)
    return insert(import_changes).from_select([*row], changed)


def _changes(now: float) -> Executable:
    said = {
        name: func.coalesce(func.nullif(_i[name], ""), _s[name])
        for name in ("name", "language", "country")
    }
    whose = _s.id == _i.subscriber_id
    return update(subscribers).values(**said, changed_at=now).where(whose, _IS_CHANGED)


def _members(key: str, which: ColumnElement[bool]) -> Insert:
    m = list_members.c
    is_member = exists().where(m.subscriber_id == _i.subscriber_id, m.list == key)
    missing: Select[tuple[int, str]] = select(_i.subscriber_id, literal(key)).where(
        which, ~is_member
    )
    return insert(list_members).from_select(["subscriber_id", "list"], missing)
