"""What frozen editions say of themselves, remembered."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from tests.outbox.test_staging import MESSAGE, edition

from infomail.errors import OutboxError
from infomail.model.entry import Entry, EntryLink, EntryPicture, understood
from infomail.outbox import Catalogue, freeze, stage
from infomail.outbox.reading import read_described, read_made

_EVENT = {
    "section": "events",
    "anchor": "events-a",
    "tag": "en",
    "direction": "ltr",
    "title": "A meeting",
    "html": "<p>Come.</p>",
    "summary": "Come.",
    "place": "Vienna",
    "countries": ["AT"],
    "topics": ["Work"],
    "start": "2024-12-01T00:00:00",
    "end": "2024-12-02",
    "time_zone": "Europe/Vienna",
}
_NEWS = {"section": "news", "anchor": "news-b", "tag": "en", "direction": "ltr", "title": "A quay"}
_ENTRIES = tuple(
    understood(each)
    for each in (
        {**_NEWS, "kicker": "New", "act": {"label": "Read", "url": "https://example.org/"}},
        {**_EVENT, "picture": {"name": "a.jpg", "alt": "A", "width_px": 3, "height_px": 2}},
        {**_NEWS, "picture": {"name": "b.jpg", "alt": "B", "width_px": 3, "height_px": 2}},
    )
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A frozen edition."""
    made = dataclasses.replace(edition("Hello"), entries=_ENTRIES)
    stage(tmp_path, made, MESSAGE)
    return freeze(tmp_path, made.slug, made.language, made.digest)


def _entries(outbox: Path, folder: Path) -> tuple[Entry, ...]:
    catalogue = Catalogue(outbox)
    entries = catalogue.described(folder, ()).entries
    catalogue.keep()
    return entries


def _facts(entry: Entry) -> dict[str, object]:
    return {each.name: getattr(entry, each.name) for each in dataclasses.fields(Entry)}


def test_says_what_the_edition_says(tmp_path: Path, folder: Path) -> None:
    """Every word of an entry is that of the edition, remembered or not."""
    _entries(tmp_path, folder)
    catalogue = Catalogue(tmp_path)
    found, told = catalogue.described(folder, ()), read_described(folder, ())
    assert dataclasses.replace(found, entries=()) == dataclasses.replace(told, entries=())
    assert [*map(_facts, found.entries)] == [*map(_facts, told.entries)]
    assert catalogue.made(folder) == read_made(folder)
    assert found.entries[0].act == EntryLink("Read", "https://example.org/")


def test_lists_and_calendars_need_no_edition(tmp_path: Path, folder: Path) -> None:
    """What is needed of all entries is known without reading the edition again."""
    told = _entries(tmp_path, folder)[1]
    expected = [told.start, told.end, told.place, told.summary, told.countries, told.topics]
    event = _entries(tmp_path, folder)[1]
    (folder / "edition.json").unlink()
    assert [
        *(event.start, event.end, event.place, event.summary, event.countries, event.topics)
    ] == expected
    assert event.picture == EntryPicture("a.jpg", "A", 3, 2)
    with pytest.raises(OutboxError, match="holds no edition"):
        _ = event.kicker


def test_does_not_speak_for_another_file(tmp_path: Path, folder: Path) -> None:
    """An edition whose record was put back from a backup is read again."""
    _entries(tmp_path, folder)
    record = folder / "edition.json"
    text = record.read_text("utf-8").replace("A meeting", "A counsel")
    record.unlink()
    record.write_text(text, "utf-8")
    assert _entries(tmp_path, folder)[1].title == "A counsel"


@pytest.mark.parametrize("damage", [b"", b"x", b"\n", b"{}\n[]"])
def test_is_not_believed_if_damaged(tmp_path: Path, folder: Path, damage: bytes) -> None:
    """A catalogue that is not as it was written is made anew."""
    _entries(tmp_path, folder)
    file = tmp_path / ".frozen" / "catalogue.json"
    whole = file.read_bytes()
    for damaged in (damage, whole[:-1], whole.replace(b"Vienna", b"Geneva"), whole + damage):
        file.write_bytes(damaged)
        assert _entries(tmp_path, folder)[1].place == "Vienna"
        assert file.read_bytes() == whole
