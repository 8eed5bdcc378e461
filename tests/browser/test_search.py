"""Search as readers use it: in Chromium, under the strictest policy a host may set."""

from __future__ import annotations

import dataclasses
import datetime
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.publish.archives import SHELVES, archive, edition, entry, issue, press

from infomail.publish import indexed_by, outputs, write_site
from infomail.sitecheck.judges.serving import served

CHROMIUM = os.environ.get("INFOMAIL_CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = "Harbour <img src=x onerror=document.title='owned'> &amp; {words}"
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
Opened = Callable[[str], Page]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two issues, one of them in Arabic as well."""
    text = "Ships moor at the new quay, where cranes wait."
    many = [entry(f"news-{number}", title=f"Crane {number}") for number in range(12)]
    fair = entry("events-fair", title="Fair at sea", summary=text, start=datetime.date(2024, 12, 5))
    hostile = entry("news-hostile", title=HOSTILE, summary=f"A lighthouse. {HOSTILE}")
    arabic = {"tag": "ar", "direction": "rtl", "title": "رصيف جديد", "summary": "ترسو السفن هنا."}
    new = issue(
        edition("2024-11", entry("news-quay", title="A new quay", summary=text), fair, hostile),
        edition("2024-11", entry("news-quay", **arabic), language="ar"),
    )
    old = issue(edition("2023-05", *many, date=datetime.date(2023, 5, 1)))
    printed = dataclasses.replace(press(archive(new, old)), has_search=True)
    place = tmp_path_factory.mktemp("search") / "site"
    write_site(place, outputs(printed, SHELVES), "publish", indexed_by(printed))
    return place


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this file."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on which no error may be logged."""
    with browser.new_context() as context:
        page = context.new_page()
        logged: list[str] = []
        page.on("pageerror", lambda error: logged.append(str(error)))
        yield page
        assert logged == []


@pytest.fixture
def opened(page: Page, site: Path) -> Iterator[Opened]:
    """Open a page of the site as a host serves it, in a folder of the host."""
    with served(site.parent) as home:

        def open_page(path: str) -> Page:
            page.goto(f"{home}site/{path}")
            return page

        yield open_page


def test_an_item_is_found_by_keyboard_alone(opened: Opened) -> None:
    """Who opens search can type at once; a result leads to the item in its issue."""
    page = opened("search/index.html")
    page.keyboard.type("moor")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Results: 2")
    results = page.get_by_role("listitem").get_by_role("heading")
    expect(results).to_have_text(["Fair at sea", "A new quay"])

    results.get_by_role("link", name="A new quay").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/site/2024-11/index.html#news-quay")


def test_what_is_found_is_announced(opened: Opened) -> None:
    """Screen readers are told how much was found, or that nothing was, without losing the field."""
    page = opened("search/index.html")
    assert page.get_by_role("status").get_attribute("aria-live") == "polite"
    page.keyboard.type("zebra")
    expect(page.get_by_role("status")).to_have_text("Nothing was found for “zebra”.")
    expect(page.get_by_role("searchbox", name="Search the archive")).to_be_focused()


def test_results_can_be_narrowed(opened: Opened) -> None:
    """A section or a year leaves what belongs to it; alone it lists everything that does."""
    page = opened("search/index.html?q=moor")
    page.get_by_label("Section", exact=True).select_option("events")
    expect(page.get_by_role("status")).to_have_text("Results: 1")
    page.get_by_label("Section", exact=True).select_option("")
    page.get_by_label("Year", exact=True).select_option("2023")
    expect(page.get_by_role("status")).to_have_text("Nothing was found for “moor”.")
    page.get_by_role("searchbox").fill("")
    expect(page.get_by_role("status")).to_have_text("Results: 12")


def test_more_results_keep_the_place(opened: Opened) -> None:
    """Ten results are shown; the button shows the others and leads on to the first of them."""
    page = opened("search/index.html?q=crane&year=2023")
    results = page.locator(".search-results li")
    expect(results).to_have_count(10)
    page.get_by_role("button", name="More results").press("Enter")
    expect(results).to_have_count(12)
    expect(results.nth(10).get_by_role("link")).to_be_focused()
    expect(page.get_by_role("button", name="More results")).to_be_hidden()


@pytest.mark.parametrize("words", ["issue", "html", "events"])
def test_what_all_items_of_an_issue_share_is_not_searched(opened: Opened, words: str) -> None:
    """The issue's title and an item's address match nothing, though results show the issue."""
    page = opened(f"search/index.html?q={words}")
    expect(page.get_by_role("status")).to_have_text(f"Nothing was found for “{words}”.")
    page = opened("search/index.html?q=lighthouse")
    facts = "News · 20 November 2024 · Issue 2024-11"
    expect(page.locator(".search-results .small")).to_have_text(facts)


def test_a_search_can_be_shared(opened: Opened) -> None:
    """The address holds the words and choices, and so does the way to the other languages."""
    page = opened("search/index.html")
    page.keyboard.type("moor")
    page.get_by_label("Section", exact=True).select_option("events")
    expect(page).to_have_url(re.compile(r"/search/index\.html\?q=moor&section=events$"))
    page.reload()
    expect(page.get_by_role("status")).to_have_text("Results: 1")
    other = page.locator("#search-tongues").get_by_role("link", name="العربية")
    expect(other).to_have_attribute("href", re.compile(r"\?q=moor&section=events$"))
    other.click()
    expect(page).to_have_url(re.compile(r"/ar/search/index\.html\?q=moor"))


def test_arabic_is_found_in_arabic(opened: Opened) -> None:
    """A word is found in another form of it, and only among the items of its language."""
    page = opened("ar/search/index.html")
    page.keyboard.type("سفن")
    expect(page.get_by_role("status")).to_have_text("النتائج: 1")
    expect(page.locator(".search-results a")).to_have_text("رصيف جديد")
    expect(page.locator(".search-results mark")).to_have_text("السفن")


def test_words_of_an_item_stay_words(opened: Opened) -> None:
    """HTML in a title or text is shown as it is written and does nothing."""
    page = opened("search/index.html?q=lighthouse")
    expect(page.locator(".search-results a")).to_have_text(HOSTILE)
    expect(page.locator(".search-results li")).to_contain_text("<img src=x")
    assert page.locator(".search-results img").count() == 0
    assert page.title() == "Search – Monthly"


def test_an_index_that_is_gone_is_told(opened: Opened, page: Page) -> None:
    """If the index cannot be fetched, the page says so and the lists remain."""
    page.route("**/pagefind/**", lambda route: route.abort())
    opened("search/index.html?q=moor")
    expect(page.get_by_role("status")).to_have_text(
        "Search could not be loaded. Please try again later."
    )
    expect(page.get_by_role("link", name="2023")).to_be_visible()


def test_from_a_disk_it_is_said_politely(page: Page, site: Path) -> None:
    """A browser loads no index from a disk: the page says so and offers its lists."""
    page.goto((site / "search" / "index.html").as_uri())
    expect(page.get_by_role("status")).to_contain_text("opened from a disk")
    expect(page.get_by_role("searchbox")).to_be_hidden()
    expect(page.get_by_role("link", name="2023")).to_be_visible()


def test_without_a_script_there_are_lists(browser: Browser, site: Path) -> None:
    """Who has no JavaScript is told so and finds sections and years."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((site / "search" / "index.html").as_uri())
        expect(page.get_by_text("Search needs JavaScript")).to_be_visible()
        expect(page.get_by_role("searchbox")).to_be_hidden()
        expect(page.get_by_role("link", name="2023")).to_be_visible()
