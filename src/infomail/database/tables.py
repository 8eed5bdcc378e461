"""The tables: who is subscribed, what is sent, and what became of each delivery.

One description for SQLite and PostgreSQL. Times are seconds since 1970 UTC. What must never be
otherwise stands here as a constraint, so that no program can write it:

- a subscriber has one delivery of a sending, in one language;
- a delivery can be claimed (`due_at`) exactly while it is WAITING or DEFERRED;
- a delivery belongs to a runner exactly while it is SENDING, or UNCERTAIN since.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    REAL,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    column,
    literal_column,
    or_,
)
from sqlalchemy.types import TypeEngine

from infomail.model.delivery import State
from infomail.model.subscriber import Status
from infomail.model.turn import Course

METADATA = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_once",
        "ck": "%(table_name)s_%(constraint_name)s",
        "fk": "%(table_name)s_%(column_0_name)s_known",
        "pk": "%(table_name)s_key",
    }
)

KEY: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")
"""On SQLite only INTEGER is the row's own number."""
TIME: TypeEngine[float] = Double().with_variant(REAL, "sqlite")


def one_of(name: str, words: Iterable[StrEnum]) -> CheckConstraint:
    """Let a column hold none but these words."""
    return CheckConstraint(_is_one_of(name, words), name=f"{name}_known")


def _is_one_of(name: str, words: Iterable[StrEnum]) -> ColumnElement[bool]:
    """Compare one by one: SQLite builds a table for each IN of three or more, at each execution."""
    return or_(*(column(name) == literal_column(f"'{word.value}'") for word in words))


subscribers = Table(
    "subscribers",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("address", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("mailbox", Text, nullable=False, unique=True),
    Column("domain", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("changed_at", TIME, nullable=False),
    Column("country", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("confirmed_at", TIME),
    Column("left_at", TIME),
    Column("paused_until", TIME),
    one_of("status", Status),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""`address` as given, `recipient` for the wire, `mailbox` the same in one case: who it is."""

sendings = Table(
    "sendings",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("start_at", TIME, nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("changed_at", TIME, nullable=False),
    UniqueConstraint("slug", "channel"),
    one_of("course", Course),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""An issue goes out once by each channel: a rehearsal into a folder is no mail."""

editions = Table(
    "editions",
    METADATA,
    Column("sending_id", KEY, ForeignKey("sendings.id"), primary_key=True),
    Column("language", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("size_bytes", KEY, nullable=False),
    sqlite_strict=True,
)

runners = Table(
    "runners",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("sending_id", KEY, nullable=False),
    Column("begun_at", TIME, nullable=False),
    Column("ended_at", TIME),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""Senders at work, and those that were. They outlive a sending that was forgotten."""

deliveries = Table(
    "deliveries",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("sending_id", KEY, nullable=False),
    Column("subscriber_id", KEY, ForeignKey("subscribers.id"), nullable=False),
    Column("language", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", TIME),
    Column("runner_id", KEY),
    Column("attempts", Integer, nullable=False),
    Column("first_tried_at", TIME),
    Column("tried_at", TIME),
    Column("known_at", TIME),
    Column("code", Integer, nullable=False),
    Column("enhanced", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("server", Text, nullable=False),
    Column("reason", Text, nullable=False),
    ForeignKeyConstraint(["sending_id", "language"], ["editions.sending_id", "editions.language"]),
    UniqueConstraint("sending_id", "subscriber_id"),
    one_of("state", State),
    CheckConstraint(
        column("due_at").is_not(None) == _is_one_of("state", (State.WAITING, State.DEFERRED)),
        name="due_while_open",
    ),
    CheckConstraint(
        column("runner_id").is_not(None) == _is_one_of("state", (State.SENDING, State.UNCERTAIN)),
        name="runner_while_in_hand",
    ),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""`known_at`: since when the state is known. WAITING is due at 0: before everything put off."""

Index(
    "deliveries_due",
    deliveries.c.sending_id,
    deliveries.c.due_at,
    deliveries.c.id,
    sqlite_where=deliveries.c.due_at.is_not(None),
    postgresql_where=deliveries.c.due_at.is_not(None),
)
Index(
    "deliveries_in_hand",
    deliveries.c.runner_id,
    sqlite_where=deliveries.c.runner_id.is_not(None),
    postgresql_where=deliveries.c.runner_id.is_not(None),
)

approvals = Table(
    "approvals",
    METADATA,
    Column("slug", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("approved_at", TIME, nullable=False),
    sqlite_strict=True,
)

secrets = Table(
    "secrets",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    sqlite_strict=True,
)
