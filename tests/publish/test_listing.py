"""Home, years and sections."""

from __future__ import annotations

import datetime

import pytest
from lxml import html
from tests.publish.archives import archive, broken, edition, entry, issue, pages, site, texts

from infomail.model.archive import PublishedIssue


def _weekly(count: int) -> list[PublishedIssue]:
    """Make so many issues, one a week, the last of them in November 2024."""
    days = [
        datetime.date(2024, 11, 25) - datetime.timedelta(days=7 * each) for each in range(count)
    ]
    return [
        issue(edition(day.isoformat(), entry(), entry("events-e", start=day), date=day))
        for day in days
    ]


def _page(files: dict[str, bytes], path: str) -> html.HtmlElement:
    return pages(files)[path]


def test_home_leads_with_the_latest_issue_and_lists_the_others() -> None:
    """The newest issue stands on top of the home page and is not listed again."""
    older = issue(edition("2024-10", date=datetime.date(2024, 10, 1)))
    home = _page(site(archive(issue(edition("2024-11", entry())), older)), "index.html")

    assert texts(home, "//*[@class='latest']//h2") == ["Issue 2024-11"]
    assert texts(home, "//*[@class='latest']//ul/li") == ["About news-a"]
    assert texts(home, "//section[@class='year']//h3") == ["Issue 2024-10"]


def test_home_tells_what_is_coming_up() -> None:
    """What readers can still go to or apply for is on the home page, the soonest first."""
    found = edition(
        "2024-11",
        entry("events-far", start=datetime.date(2025, 2, 1)),
        entry("calls-near", deadline=datetime.date(2024, 12, 5), until="5 December"),
        entry("events-gone", start=datetime.date(2024, 11, 1)),
    )
    home = _page(site(archive(issue(found))), "index.html")
    assert texts(home, "//*[@class='upcoming']//h3") == ["About calls-near", "About events-far"]


def test_an_empty_archive_says_so() -> None:
    """Without an issue, every page is there and says that there is nothing yet."""
    files = site(archive())
    for path in ("index.html", "news/index.html", "fr/events/index.html", "topics/index.html"):
        assert texts(_page(files, path), "//p[@class='nothing']"), path
    assert broken(files) == []


def test_events_and_calls_are_parted_by_what_is_over() -> None:
    """Upcoming events stand before past ones, open calls before those that are closed."""
    found = edition(
        "2024-11",
        entry("events-old", start=datetime.date(2024, 11, 1)),
        entry("events-new", start=datetime.date(2024, 12, 24)),
        entry("calls-old", deadline=datetime.date(2024, 11, 1), until="1 November"),
        entry("calls-new", deadline=datetime.date(2024, 12, 24), until="24 December"),
        entry("calls-any"),
    )
    files = site(archive(issue(found)))
    events, calls = _page(files, "events/index.html"), _page(files, "calls/index.html")
    assert texts(events, "//main//h2") == ["Upcoming", "Past"]
    assert texts(events, "//main//h3") == ["About events-new", "About events-old"]
    assert texts(calls, "//main//h2") == ["Open", "Without a deadline", "Closed"]
    assert texts(calls, "//main//h3") == ["About calls-new", "About calls-any", "About calls-old"]
    assert texts(calls, "//*[contains(@class, 'over')]//*[@class='badge']") == ["1 November Closed"]


def test_what_is_in_the_spotlight_is_news() -> None:
    """Items of the spotlight stand on the page of news."""
    files = site(archive(issue(edition("2024-11", entry("spotlight-a")))))
    assert texts(_page(files, "news/index.html"), "//article//h2") == ["About spotlight-a"]


def test_long_lists_are_cut_into_small_pages() -> None:
    """However many issues there are, no page grows beyond 60 KB."""
    files = site(archive(*_weekly(400)))
    sizes = {path: len(data) for path, data in files.items() if path.endswith(".html")}
    assert max(sizes.values()) < 60_000, max(sizes, key=lambda path: sizes[path])
    assert "years/2023/2/index.html" in sizes
    assert broken(files) == []


def test_each_issue_stands_on_the_page_of_its_year() -> None:
    """The pages of the years list every issue once."""
    issues = _weekly(120)
    files = site(archive(*issues))
    years = [page for path, page in pages(files).items() if path.startswith("years/")]
    listed = [title for page in years for title in texts(page, "//article//h2")]
    assert sorted(listed) == sorted(each.editions[0].title for each in issues)


@pytest.mark.parametrize("path", ["fr/index.html", "ar/years/2024/index.html"])
def test_an_issue_without_translation_is_listed_in_its_own_language(path: str) -> None:
    """Pages in another language list it with its language and direction."""
    files = site(archive(issue(edition("2024-11", entry()))))
    page = _page(files, path)
    (titled,) = page.xpath("//main//*[@lang='en' and @dir='ltr'][.//time]")
    (day,) = titled.xpath(".//time")
    assert day.get("lang") == path[:2]


def test_pages_name_the_same_page_in_other_languages() -> None:
    """Home, sections and years are linked with their translations by hreflang."""
    files = site(archive(issue(edition("2024-11", entry()))))
    page = _page(files, "fr/news/index.html")
    ways = {each.get("hreflang"): each.get("href") for each in page.xpath("//link[@hreflang]")}
    home = "https://news.example.org/monthly"
    assert ways["en"] == f"{home}/news/"
    assert ways["ar"] == f"{home}/ar/news/"
    assert page.xpath("//link[@rel='canonical']/@href") == [f"{home}/fr/news/"]
