"""People: consent, groups, requests, notices and reports of bounces."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY: sa.types.TypeEngine[int] = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TIME: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL, "sqlite")


def upgrade() -> None:
    """Take the step."""
    _subscribers()
    _consents()
    _groups()
    _requests()
    _notices()
    _reports()
    _imports()


def _one_of(name: str, *words: str) -> sa.CheckConstraint:
    known = sa.or_(*(sa.column(name) == sa.literal_column(f"'{word}'") for word in words))
    return sa.CheckConstraint(known, name=f"{name}_known")


def _person() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"])


def _subscribers() -> None:
    for column in (
        sa.Column("country", sa.Text, nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("confirmed_at", TIME),
        sa.Column("left_at", TIME),
        sa.Column("paused_until", TIME),
    ):
        op.add_column("subscribers", column)
    names = ("status", "created_at", "changed_at", "confirmed_at", "left_at")
    people = sa.table("subscribers", *map(sa.column, names))
    known, change = people.c, people.update()
    is_out = sa.or_(known.status == "LEFT", known.status == "SUPPRESSED")
    op.execute(change.where(known.status == "CONFIRMED").values(confirmed_at=known.created_at))
    op.execute(change.where(is_out).values(left_at=known.changed_at))


def _consents() -> None:
    op.create_table(
        "wordings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("version", "language", "digest"),
        sqlite_strict=True,
    )
    op.create_table(
        "consents",
        sa.Column("id", KEY, nullable=False),
        sa.Column("subscriber_id", KEY, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("ip", sa.Text, nullable=False),
        sa.Column("wording_id", KEY),
        sa.PrimaryKeyConstraint("id"),
        _person(),
        sa.ForeignKeyConstraint(["wording_id"], ["wordings.id"]),
        _one_of("act", "ASKED", "CONFIRMED", "IMPORTED", "ADDED", "CHANGED", "LEFT", "SUPPRESSED"),
        sqlite_strict=True,
    )
    op.create_index("consents_subscriber_id", "consents", ["subscriber_id"])


def _groups() -> None:
    op.create_table(
        "list_members",
        sa.Column("subscriber_id", KEY, nullable=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("subscriber_id", "list"),
        _person(),
        sqlite_strict=True,
    )
    op.create_table(
        "topic_choices",
        sa.Column("subscriber_id", KEY, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("subscriber_id", "topic"),
        _person(),
        sqlite_strict=True,
    )
    op.create_table(
        "suppressions",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("digest"),
        _one_of(
            "reason",
            "LINK",
            "ONE_CLICK",
            "MAIL",
            "COMMAND",
            "BOUNCE",
            "COMPLAINT",
            "BLOCKED",
            "ERASED",
        ),
        sqlite_strict=True,
    )


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subscriber_id", KEY, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("mailbox", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("ip", sa.Text, nullable=False),
        sa.Column("wording_id", KEY),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("here_at", TIME),
        sa.Column("there_at", TIME),
        sa.Column("done_at", TIME),
        sa.PrimaryKeyConstraint("id"),
        _person(),
        sa.ForeignKeyConstraint(["wording_id"], ["wordings.id"]),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("requests_subscriber_id", "requests", ["subscriber_id"])


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("subscriber_id", KEY, nullable=False),
        sa.Column("request_id", KEY),
        sa.Column("expires_at", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("sent_at", TIME),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        _person(),
        _one_of("kind", "CONFIRM", "ALREADY", "HERE", "THERE", "LINK"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("notices_subscriber_id", "notices", ["subscriber_id"])
    is_due = sa.column("due_at").is_not(None)
    op.create_index(
        "notices_due", "notices", ["due_at"], sqlite_where=is_due, postgresql_where=is_due
    )


def _reports() -> None:
    op.create_table(
        "counters",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("window", KEY, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", "window"),
        sqlite_strict=True,
    )
    op.create_table(
        "reports",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("subscriber_id", KEY),
        sa.Column("delivery", sa.Text, nullable=False),
        sa.Column("enhanced", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("letter", sa.LargeBinary),
        sa.PrimaryKeyConstraint("digest"),
        _person(),
        sqlite_strict=True,
    )
    op.create_index("counters_ends_at", "counters", ["ends_at"])
    op.create_index("reports_subscriber_id", "reports", ["subscriber_id"])


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("new", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("undone_at", TIME),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_table(
        "import_changes",
        sa.Column("import_id", KEY, nullable=False),
        sa.Column("subscriber_id", KEY, nullable=False),
        sa.Column("is_new", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("lists", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "subscriber_id"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"]),
        _person(),
        sqlite_strict=True,
    )
