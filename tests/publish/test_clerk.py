"""What pages show of an item and of an issue."""

from __future__ import annotations

import datetime

import pytest
from tests.publish.archives import LANGUAGES, archive, edition, entry, issue

from infomail.model.entry import Entry, EntryPicture
from infomail.model.issue import Correction
from infomail.publish.clerk import Clerk
from infomail.publish.shelf import piece
from infomail.publish.views import ItemRow, shortened


def _row(told: Entry, tag: str = "en", *, is_over: bool = False) -> ItemRow:
    found = edition("2024-11", told)
    return Clerk(archive(issue(found)), LANGUAGES[tag]).item(
        piece(told, found, is_over=is_over), "news/"
    )


def test_an_item_leads_to_its_place_in_the_issue() -> None:
    """The headline leads to the item on the page of its issue."""
    assert _row(entry()).title.href == "../2024-11/index.html#news-a"


@pytest.mark.parametrize("tag", ["en", "fr", "ar"])
def test_the_way_to_join_keeps_the_language(tag: str) -> None:
    """The form to subscribe opens in the language of the page that leads there."""
    frame = Clerk(archive(), LANGUAGES[tag]).frame("news/", "News", "", {})
    assert frame.join_url == f"https://news.example.org/monthly/join?lang={tag}"


def test_dates_are_in_the_language_of_the_page() -> None:
    """A day is written as the language of the page writes it."""
    told = entry(date=datetime.date(2024, 11, 1))
    assert _row(told).facts == ("1 November 2024",)
    assert _row(told, "fr").facts == ("1er novembre 2024",)


def test_what_is_over_says_so_in_the_language_of_the_page() -> None:
    """A closed call and a past event are marked in words, not by looks alone."""
    call = entry("calls-a", deadline=datetime.date(2024, 11, 1))
    assert _row(call, is_over=True).state == "Closed"
    assert _row(call, "fr", is_over=True).state == "Clos"
    assert _row(call).state == ""
    assert _row(entry("events-a", start=datetime.date(2024, 11, 1)), is_over=True).state == "Past"


@pytest.mark.parametrize(
    ("tag", "words"), [("en", "Correction, 2 December 2024"), ("ar", "تصويب، 2 ديسمبر 2024")]
)
def test_a_corrected_item_says_so_in_every_list(tag: str, words: str) -> None:
    """The row of an item leads to the last note on it, whose day it tells; others have no such."""
    days = [datetime.date(2024, 12, day) for day in (2, 1)]
    notes = tuple(Correction(date=day, text="It was ten.", item="a") for day in days)
    told, other = entry(), entry("news-b")
    found = edition("2024-11", told, other, corrections=notes)
    clerk = Clerk(archive(issue(found)), LANGUAGES[tag])
    shown = clerk.item(piece(told, found), "news/").correction
    assert shown is not None
    assert (shown.words, shown.href) == (words, "../2024-11/index.html#archive-note-2")
    assert clerk.item(piece(other, found), "news/").correction is None


@pytest.mark.parametrize(("name", "webp"), [("a.jpg", "../2024-11/assets/a.webp"), ("a.png", "")])
def test_pictures_in_lists_have_a_smaller_copy(name: str, webp: str) -> None:
    """A list offers the WebP copy of a JPEG picture, from the folder of its issue."""
    picture = EntryPicture(name=name, alt="A quay", width_px=8, height_px=6)
    shown = _row(entry(picture=picture)).picture
    assert shown is not None
    assert (shown.src, shown.webp) == (f"../2024-11/assets/{name}", webp)


def test_only_so_many_subjects_stand_below_an_item() -> None:
    """A list stays small even if an item has very many topics."""
    told = entry(topics=[f"Topic {number}" for number in range(60)])
    assert len(_row(told).subjects) == 6


@pytest.mark.parametrize("length", [0, 219, 220, 221, 5000])
def test_long_texts_are_cut_at_a_word(length: int) -> None:
    """A summary has some 220 characters at most, and an ellipsis where words are missing."""
    text = ("harbour " * (length // 8 + 1))[:length].strip()
    cut = shortened(text)
    assert len(cut) <= 221
    assert (cut == text) is (len(text) <= 220)
    assert cut.removesuffix("…").split() == text.split()[: len(cut.removesuffix("…").split())]


@pytest.mark.parametrize("mark", [".", ",", "،", ""])
def test_a_long_summary_ends_at_a_word(mark: str) -> None:
    """What is left out is told by an ellipsis, with no other mark before it."""
    cut = shortened(f"word{mark} " * 100)
    assert cut.endswith("word…")
    assert shortened(f"word{mark}") == f"word{mark}"
