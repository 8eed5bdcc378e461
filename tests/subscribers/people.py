"""A register for tests, and what one does with it in the words of the tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import LargeBinary, Row, Table, Text, insert, select

from infomail import ledger
from infomail.database import Database
from infomail.database.people import notices, requests
from infomail.database.tables import METADATA, deliveries, subscribers
from infomail.ledger import EditionPlan, SendingPlan, stage
from infomail.model.subscriber import Origin, Subscriber, Wording
from infomail.subscribers import Join, ask_to_join, confirm, entry, find
from infomail.subscribers import add as add_person
from infomail.tokens import Secret

TAGS = ("en", "fr")
WORDING = Wording("2026-11", "en", "I agree to receive the Monthly Update by e-mail.")
FORM = Origin("form", wording=WORDING)
PAGE = Origin("page")
ENGLISH = EditionPlan("en", "digest-en", "The month", 55_000)
DAY = 86_400.0


@dataclass
class Register:
    """A database with people.

    Attributes:
        database: the open database.
        secret: of the newsletter.
    """

    database: Database
    secret: Secret = field(default_factory=lambda: Secret(bytes(32)))

    def rows(self, table: Table) -> list[Row[*tuple[Any, ...]]]:
        """Give all rows of a table in the order of their keys."""
        with self.database.reading() as connection:
            query = select(table).order_by(*table.primary_key.columns)
            return list(connection.execute(query).all())

    def add(self, address: str, name: str = "", now: float = 1.0) -> Subscriber:
        """Add a person as staff do."""
        new = entry(address, name, None, TAGS)
        return add_person(self.database, self.secret, new, "en", now)

    def join(self, address: str, now: float = 10.0, name: str = "Ana", **words: Any) -> int:  # noqa: ANN401
        """Ask to join; give the number of the last request, 0 if there is none."""
        told = {"topics": ("labour",), "language": "fr", "origin": FORM, **words}
        expires_at = told.pop("expires_at", now + 7 * DAY)
        join = Join(entry(address, name, None, TAGS), **told)
        ask_to_join(self.database, self.secret, join, now, expires_at)
        return self.last_request()

    def last_request(self) -> int:
        """Give the number of the last request that is held; 0 if there is none."""
        asked = self.rows(requests)
        return int(asked[-1].id) if asked else 0

    def confirm(self, request_id: int, now: float = 20.0) -> Subscriber | None:
        """Confirm a request to join."""
        return confirm(self.database, self.secret, request_id, PAGE, now)

    def person(self, address: str) -> Subscriber:
        """Find a person who is there."""
        found = find(self.database, address)
        assert found is not None
        return found

    def waiting(self) -> list[tuple[str, str]]:
        """Tell kind and recipient of the notices that are to be sent."""
        found = self.rows(notices)
        return [(row.kind, row.recipient) for row in found if row.due_at is not None]

    def audience(
        self, slug: str = "2024-11", now: float = 1_000.0, channel: str = "mail"
    ) -> set[str]:
        """Stage an issue and tell the addresses for which it is."""
        plan = SendingPlan(slug, channel, (ENGLISH,), "en")
        staged: ledger.Staged = stage(self.database, plan, now)
        query = (
            select(subscribers.c.address)
            .join_from(deliveries, subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(deliveries.c.sending_id == staged.sending_id)
        )
        with self.database.reading() as connection:
            return set(connection.execute(query).scalars())

    def held(self, word: str) -> list[str]:
        """Name the columns of all tables in which a word stands, in any case of letters."""
        found = []
        for table in METADATA.sorted_tables:
            columns = [c for c in table.columns if isinstance(c.type, Text | LargeBinary)]
            for row in self.rows(table):
                said = [(c.name, row._mapping[c]) for c in columns]
                found += [f"{table.name}.{name}" for name, text in said if _names(word, text)]
        return found

    def set(self, address: str, **words: object) -> None:
        """Write columns of a person's row, as an older infomail may have left them."""
        with self.database.writing() as connection:
            which = subscribers.c.address == address
            connection.execute(subscribers.update().where(which).values(**words))

    def put(self, table: Table, **words: object) -> None:
        """Write a row that another part of infomail would write."""
        with self.database.writing() as connection:
            connection.execute(insert(table).values(**words))


def _names(word: str, text: str | bytes | None) -> bool:
    said = text if isinstance(text, str) else bytes(text or b"").decode("latin-1")
    return word in said.lower()
