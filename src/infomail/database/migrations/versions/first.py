"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY: sa.types.TypeEngine[int] = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TIME: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL, "sqlite")


def upgrade() -> None:
    """Take the step."""
    _subscribers()
    _sendings()
    _deliveries()
    _papers()


def _one_of(name: str, *words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(_is_one_of(name, *words), name=f"{name}_known")


def _is_one_of(name: str, *words: str) -> sa.ColumnElement[bool]:
    return sa.or_(*(sa.column(name) == sa.literal_column(f"'{word}'") for word in words))


def _subscribers() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", KEY),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("mailbox", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mailbox"),
        _one_of("status", "PENDING", "CONFIRMED", "LEFT", "SUPPRESSED"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _sendings() -> None:
    op.create_table(
        "sendings",
        sa.Column("id", KEY),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("course", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("start_at", TIME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug", "channel"),
        _one_of("course", "RUNNING", "PAUSED", "CANCELLED"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_table(
        "editions",
        sa.Column("sending_id", KEY, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("size_bytes", KEY, nullable=False),
        sa.PrimaryKeyConstraint("sending_id", "language"),
        sa.ForeignKeyConstraint(["sending_id"], ["sendings.id"]),
        sqlite_strict=True,
    )
    op.create_table(
        "runners",
        sa.Column("id", KEY),
        sa.Column("sending_id", KEY, nullable=False),
        sa.Column("begun_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _deliveries() -> None:
    open_ones = _is_one_of("state", "WAITING", "DEFERRED")
    in_hand = _is_one_of("state", "SENDING", "UNCERTAIN")
    op.create_table(
        "deliveries",
        sa.Column("id", KEY),
        sa.Column("sending_id", KEY, nullable=False),
        sa.Column("subscriber_id", KEY, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_at", TIME),
        sa.Column("runner_id", KEY),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("first_tried_at", TIME),
        sa.Column("tried_at", TIME),
        sa.Column("known_at", TIME),
        sa.Column("code", sa.Integer, nullable=False),
        sa.Column("enhanced", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("server", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sending_id", "subscriber_id"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"]),
        sa.ForeignKeyConstraint(
            ["sending_id", "language"], ["editions.sending_id", "editions.language"]
        ),
        _one_of(
            "state",
            *("ACCEPTED", "SENDING", "WAITING", "DEFERRED"),
            *("REFUSED", "GIVEN_UP", "SUPPRESSED", "UNCERTAIN"),
        ),
        sa.CheckConstraint(sa.column("due_at").is_not(None) == open_ones, name="due_while_open"),
        sa.CheckConstraint(
            sa.column("runner_id").is_not(None) == in_hand, name="runner_while_in_hand"
        ),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    _index("deliveries_due", "due_at", ["sending_id", "due_at", "id"])
    _index("deliveries_in_hand", "runner_id", ["runner_id"])


def _index(name: str, present: str, columns: list[str]) -> None:
    where = sa.column(present).is_not(None)
    op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)


def _papers() -> None:
    op.create_table(
        "approvals",
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("approved_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("slug", "language"),
        sqlite_strict=True,
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
    )
