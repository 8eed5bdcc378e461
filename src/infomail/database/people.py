"""The tables of the register beside `subscribers`: consent, groups, requests, notices, reports.

Consent records are only ever added; erasing a person takes them away with the rest. What survives
erasure is a keyed hash in `suppressions`, from which no address can be read. Times are seconds
since 1970 UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from infomail.database.tables import KEY, METADATA, TIME, one_of
from infomail.model.notice import NoticeKind
from infomail.model.subscriber import Act, Reason

wordings = Table(
    "wordings",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("version", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("version", "language", "digest"),
    sqlite_strict=True,
)
"""Words to which people agreed; `digest` is SHA-256 of the text."""

consents = Table(
    "consents",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("subscriber_id", KEY, ForeignKey("subscribers.id"), nullable=False, index=True),
    Column("at", TIME, nullable=False),
    Column("act", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("ip", Text, nullable=False),
    Column("wording_id", KEY, ForeignKey("wordings.id")),
    one_of("act", Act),
    sqlite_strict=True,
)
"""What a person did and agreed to, when, where and to which words."""

list_members = Table(
    "list_members",
    METADATA,
    Column("subscriber_id", KEY, ForeignKey("subscribers.id"), primary_key=True),
    Column("list", Text, primary_key=True),
    sqlite_strict=True,
)
"""Groups that staff keep."""

topic_choices = Table(
    "topic_choices",
    METADATA,
    Column("subscriber_id", KEY, ForeignKey("subscribers.id"), primary_key=True),
    Column("topic", Text, primary_key=True),
    sqlite_strict=True,
)
"""What people chose for themselves."""

suppressions = Table(
    "suppressions",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", TIME, nullable=False),
    one_of("reason", Reason),
    sqlite_strict=True,
)
"""Mailboxes that no import brings back, by keyed hash (`tokens.mailbox_digest`)."""

requests = Table(
    "requests",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subscriber_id", KEY, ForeignKey("subscribers.id"), nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("mailbox", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("topics", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("ip", Text, nullable=False),
    Column("wording_id", KEY, ForeignKey("wordings.id")),
    Column("asked_at", TIME, nullable=False),
    Column("expires_at", TIME, nullable=False),
    Column("here_at", TIME),
    Column("there_at", TIME),
    Column("done_at", TIME),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""What was asked for and waits to be confirmed: JOIN, or ADDRESS at the old and the new one.

`topics` is their keys, separated by spaces.
"""

notices = Table(
    "notices",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("subscriber_id", KEY, ForeignKey("subscribers.id"), nullable=False, index=True),
    Column("request_id", KEY),
    Column("expires_at", TIME),
    Column("created_at", TIME, nullable=False),
    Column("due_at", TIME),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", TIME),
    Column("reason", Text, nullable=False),
    one_of("kind", NoticeKind),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""Mails about subscriptions; `due_at` is empty once one is sent or given up."""

Index(
    "notices_due",
    notices.c.due_at,
    sqlite_where=notices.c.due_at.is_not(None),
    postgresql_where=notices.c.due_at.is_not(None),
)

counters = Table(
    "counters",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("window", KEY, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("ends_at", TIME, nullable=False, index=True),
    sqlite_strict=True,
)
"""How often something was asked for; the key is a keyed hash of an address or a network."""

reports = Table(
    "reports",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("subscriber_id", KEY, ForeignKey("subscribers.id"), index=True),
    Column("delivery", Text, nullable=False),
    Column("enhanced", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("letter", LargeBinary),
    sqlite_strict=True,
)
"""Bounces, complaints and requests by mail, each once; `letter` is kept of what is not clear."""

imports = Table(
    "imports",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("file", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("undone_at", TIME),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)

import_changes = Table(
    "import_changes",
    METADATA,
    Column("import_id", KEY, ForeignKey("imports.id"), primary_key=True),
    Column("subscriber_id", KEY, ForeignKey("subscribers.id"), primary_key=True),
    Column("is_new", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("lists", Text, nullable=False),
    sqlite_strict=True,
)
"""What people were before an import, so that it can be undone; `lists` are those they were in."""
