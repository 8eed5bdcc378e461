"""People on their way into the register: a table of one connection's own.

Reading a file takes its time, and the register must not be locked meanwhile; and a million people
must not be held in memory. So they are gathered in a temporary table, and all that is told of them,
and done with them, is said in a few statements over it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import Column as TableColumn
from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    MetaData,
    Table,
    Text,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy import Integer as Whole

from infomail.database.compiled import Compiled, compiled
from infomail.database.people import list_members, suppressions
from infomail.database.tables import KEY, subscribers
from infomail.database.upserts import insert_into
from infomail.model.subscriber import Status


class Fate(StrEnum):
    """What an import makes of a person."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    PENDING = "PENDING"
    OUT = "OUT"


incoming = Table(
    "incoming",
    MetaData(),
    TableColumn("number", KEY, primary_key=True, autoincrement=False),
    TableColumn("last_number", KEY, nullable=False),
    TableColumn("times", Whole, nullable=False),
    TableColumn("address", Text, nullable=False),
    TableColumn("recipient", Text, nullable=False),
    TableColumn("mailbox", Text, nullable=False, unique=True),
    TableColumn("domain", Text, nullable=False),
    TableColumn("digest", Text, nullable=False),
    TableColumn("name", Text, nullable=False),
    TableColumn("language", Text, nullable=False),
    TableColumn("country", Text, nullable=False),
    TableColumn("lists", Text, nullable=False),
    TableColumn("topics", Text, nullable=False),
    TableColumn("gone_number", KEY),
    TableColumn("subscriber_id", KEY),
    TableColumn("fate", Text),
    prefixes=["TEMPORARY"],
)
"""`number` is the line of the file; `lists` and `topics` have a space before and after each key.

`gone_number` is the line that says that nothing may be sent to the person; such a line is counted
by `times` no more than if it were not there.
"""

GIVEN = (
    *("number", "last_number", "times", "address", "recipient", "mailbox", "domain", "digest"),
    *("name", "language", "country", "lists", "topics", "gone_number"),
)
"""The columns that reading fills, in the order of a row."""
_i, _s = incoming.c, subscribers.c


def gathering(dialect: Dialect) -> Compiled:
    """Give the statement that adds a row of GIVEN.

    Who is in the file twice is one person, as the last row says; its empty cells say nothing.
    """
    adding = insert_into(dialect, incoming)
    said = adding.excluded
    last_said = {
        name: func.coalesce(func.nullif(said[name], ""), _i[name])
        for name in ("name", "language", "country")
    }
    both = {name: _i[name].concat(said[name]) for name in ("lists", "topics")}
    change = adding.on_conflict_do_update(
        index_elements=[_i.mailbox],
        set_={
            "last_number": said.number,
            "times": _i.times + said.times,
            "gone_number": func.coalesce(_i.gone_number, said.gone_number),
            **last_said,
            **both,
        },
    )
    return compiled(change, dialect, GIVEN)


def names(column: ColumnElement[str], key: str) -> ColumnElement[bool]:
    """Say whether a column of keys with spaces around them has this one."""
    return column.contains(f" {key} ", autoescape=True)


def compare(connection: Connection, lists: Iterable[str]) -> None:
    """Say of each person what an import would make of them, by the register as it is now.

    Args:
        connection: the one that has the table.
        lists: keys of the lists that the file names.
    """
    whose = select(_s.id).where(_s.mailbox == _i.mailbox).scalar_subquery()
    barred = exists().where(suppressions.c.digest == _i.digest)
    first = case((barred, Fate.OUT.value), else_=Fate.NEW.value)
    connection.execute(update(incoming).values(subscriber_id=whose, fate=first))
    is_out = _s.status.in_([Status.LEFT.value, Status.SUPPRESSED.value])
    fate = case(
        (is_out, Fate.OUT.value),
        (_s.status == Status.PENDING.value, Fate.PENDING.value),
        (or_(_says_otherwise(), _adds_to_a_list(lists)), Fate.CHANGED.value),
        else_=Fate.UNCHANGED.value,
    )
    known = and_(_s.id == _i.subscriber_id, _i.fate == Fate.NEW.value)
    connection.execute(update(incoming).values(fate=fate).where(known))


def _says_otherwise() -> ColumnElement[bool]:
    columns = ("name", "language", "country")
    return or_(*(and_(_i[name] != "", _i[name] != _s[name]) for name in columns))


def _adds_to_a_list(lists: Iterable[str]) -> ColumnElement[bool]:
    m = list_members.c
    return or_(
        false(),
        *(
            and_(
                names(_i.lists, key),
                ~exists().where(m.subscriber_id == _s.id, m.list == key),
            )
            for key in lists
        ),
    )
