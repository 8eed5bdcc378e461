"""The items of all issues in the order in which readers want them."""

from __future__ import annotations

import datetime

import pytest
from tests.publish.archives import archive, edition, entry, issue

from infomail.model.issue import Correction
from infomail.publish import shelf


@pytest.mark.parametrize(
    ("moment", "is_over"),
    [
        ("2024-11-30", True),
        ("2024-12-01", False),
        ("2024-12-01T12:00:00", True),
        ("2024-12-01T14:00:00", False),
    ],
)
def test_a_day_is_over_at_its_end_in_its_zone(moment: str, *, is_over: bool) -> None:
    """An event or a deadline is over when its day or moment is, in the zone of the item."""
    # Now it is noon in UTC and 13:00 in Brussels.
    found = edition("2024-11", entry("calls-a", deadline=moment, time_zone="Europe/Brussels"))
    (piece,) = shelf.pieces(archive(issue(found)), "en")
    assert piece.is_over is is_over


def test_a_correction_changes_what_is_seen_of_its_item() -> None:
    """Lists with an item are printed anew when it is corrected, and only then."""
    note = Correction(date=datetime.date(2024, 12, 1), text="It was ten.", item="a")
    told = entry()
    plain, noted, other = (
        shelf.piece(told, edition("2024-11", told, corrections=corrections)).mark
        for corrections in ((), (note,), (note.model_copy(update={"item": "b"}),))
    )
    assert plain == other != noted


def test_an_event_of_several_days_is_over_after_the_last() -> None:
    """What has begun is not over yet."""
    days = {"start": datetime.date(2024, 11, 30), "end": datetime.date(2024, 12, 2)}
    (piece,) = shelf.pieces(archive(issue(edition("2024-11", entry("events-a", **days)))), "en")
    assert not piece.is_over


def test_calls_are_sorted_by_their_deadlines() -> None:
    """Open calls come with the next deadline first, then those without, then those just closed."""
    days = {"late": "2024-12-20", "soon": "2024-12-02", "old": "2024-01-01", "gone": "2024-11-30"}
    calls = [entry(f"calls-{name}", deadline=day) for name, day in days.items()]
    found = shelf.pieces(archive(issue(edition("2024-11", *calls, entry("calls-any")))), "en")
    order = [piece.entry.anchor for piece in shelf.on_shelf(found, "calls")]
    assert order == ["calls-soon", "calls-late", "calls-any", "calls-gone", "calls-old"]


def test_an_empty_list_has_one_page() -> None:
    """A section without items has a page all the same."""
    assert list(shelf.chunks([])) == [[]]


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(19, [19]), (29, [29]), (30, [10, 20]), (40, [20, 20]), (49, [29, 20]), (61, [21, 20, 20])],
)
def test_what_is_new_changes_only_the_first_page(count: int, sizes: list[int]) -> None:
    """Long lists are cut from their old end, and old pages keep their numbers."""
    parts = list(shelf.chunks(list(range(count)), 20))
    assert [len(part) for part in parts] == sizes
    assert [each for part in parts for each in part] == list(range(count))
    assert shelf.numbers(len(parts)) == [1, *range(len(parts), 1, -1)]


def test_items_are_those_of_the_language_or_of_the_source() -> None:
    """An issue that has no translation is shown in its own language, the others translated."""
    older = edition("2024-10", entry("news-en"), date=datetime.date(2024, 10, 1))
    newer = issue(
        edition("2024-11", entry("news-en")), edition("2024-11", entry("news-fr"), language="fr")
    )
    found = shelf.pieces(archive(newer, issue(older)), "fr")
    assert [piece.entry.anchor for piece in found] == ["news-fr", "news-en"]
