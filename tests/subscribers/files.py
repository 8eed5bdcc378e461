"""Files of people for tests, and what importing them did."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from tests.subscribers.people import Register

from infomail.database.tables import subscribers
from infomail.subscribers import Preview, Source, Vocabulary, import_file

WORDS = Vocabulary(
    ("en", "fr", "zh-Hans"),
    {"partners": {"": "Partner organisations"}, "press": {"en": "Press", "fr": "Presse"}},
    {"labour": {"": "Labour migration"}, "ports": {"": "Ports, old and new"}},
)


@dataclass
class Desk:
    """A register, and a file that is imported into it.

    Attributes:
        register: where people are.
        file: what is imported.
        now: when the next import is, in seconds since 1970 UTC.
    """

    register: Register
    file: Path
    now: float = 5.0
    told: Preview | None = field(default=None, repr=False)

    def load(self, data: str | bytes, **source: object) -> str:
        """Import a text, as UTF-8, or bytes as they are; say what became of whom."""
        self.file.write_bytes(data if isinstance(data, bytes) else data.encode())
        wanted = Source(self.file, **source)  # type: ignore[arg-type]
        register = self.register
        told = import_file(register.database, register.secret, wanted, WORDS, self.now)
        self.told = told
        counts = [f"{number} {fate.value}" for fate, number in sorted(told.counts.items())]
        return ", ".join(counts)

    @property
    def refused(self) -> list[tuple[int, str]]:
        """The rows that the last import did not take."""
        assert self.told is not None
        return [(row.line, row.reason) for row in self.told.sifted.invalid]

    @property
    def people(self) -> list[tuple[str, str, str]]:
        """Address, name and language of all, in the order of adding."""
        s = subscribers.c
        query = select(s.address, s.name, s.language).order_by(s.id)
        with self.register.database.reading() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]
