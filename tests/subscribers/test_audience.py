"""An audience is counted as a send would count it."""

from __future__ import annotations

from sqlalchemy import insert
from tests.database.test_audience import PEOPLE, enter, row

from infomail.database import Database
from infomail.database.tables import subscribers
from infomail.model.segment import Among, And, Subject
from infomail.subscribers.audience import count_matching

EMIRATES = Among(Subject.COUNTRY, ("AE",))


def test_an_audience_is_counted_by_language(database: Database) -> None:
    """Each language of an audience has its number; who may get no letter now is not counted."""
    enter(database)
    absent = PEOPLE[0]._replace(country="AE")
    words: tuple[dict[str, object], ...] = (
        {"status": "PENDING"},
        {"status": "LEFT"},
        {"paused_until": 101.0},
    )
    with database.writing() as connection:
        for number, each in enumerate(words, 10_000):
            connection.execute(insert(subscribers).values(row(absent._replace(id=number)) | each))
    assert count_matching(database, EMIRATES, 100.0) == {"en": 48, "fr": 48, "fr-CH": 48}
    assert count_matching(database, EMIRATES, 101.0) == {"en": 49, "fr": 48, "fr-CH": 48}
    french = And((EMIRATES, Among(Subject.LANGUAGE, ("fr",)), Among(Subject.LIST, ("a", "b"))))
    assert count_matching(database, french, 100.0) == {"fr": 36}
    assert count_matching(database, Among(Subject.COUNTRY, ("SA",)), 100.0) == {}
