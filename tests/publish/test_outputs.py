"""The whole site: every link leads somewhere, every item is near, and nothing lies outside."""

from __future__ import annotations

import datetime
from pathlib import PurePosixPath

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.publish.archives import (
    archive,
    broken,
    clicks,
    edition,
    entry,
    issue,
    pages,
    press,
    site,
)

from infomail.model.archive import PublishedEdition, PublishedIssue
from infomail.model.entry import Entry
from infomail.publish.listing import listing

_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40
).filter(str.strip)
_HOSTILE = st.sampled_from(
    [
        "../../etc/passwd",
        "</script><b>",
        "<!--",
        '"onload="x',
        "..",
        "/",
        "CON",
        "a" * 300,
        "%2e%2e",
    ]
)
_TEXTS = st.one_of(_WORDS, _HOSTILE)
_DAYS = st.dates(datetime.date(2001, 1, 1), datetime.date(2030, 1, 1))
_SECTIONS = st.sampled_from(["spotlight", "news", "publications", "calls", "events"])


@st.composite
def _entries(draw: st.DrawFn, number: int) -> Entry:
    section = draw(_SECTIONS)
    facts: dict[str, object] = {
        "title": draw(_TEXTS),
        "summary": draw(_TEXTS),
        "kicker": draw(_TEXTS),
        "topics": draw(st.lists(_TEXTS, max_size=3)),
        "countries": draw(st.lists(st.sampled_from(["GE", "CV", "BE"]), unique=True, max_size=2)),
    }
    if section == "events":
        facts["start"] = draw(_DAYS)
    if section == "calls":
        facts |= {"deadline": draw(_DAYS), "until": "Soon"}
    return entry(f"{section}-{number}", **facts, country_names=facts["countries"])


@st.composite
def _issues(draw: st.DrawFn, number: int) -> PublishedIssue:
    slug = draw(st.from_regex(r"[a-z0-9]{1,12}(-[a-z0-9]{1,12}){0,3}", fullmatch=True))
    slug, day = f"{slug}-{number}", draw(_DAYS)
    entries = [draw(_entries(at)) for at in range(draw(st.integers(0, 4)))]
    tags = ["en", *draw(st.lists(st.sampled_from(["fr", "ar"]), unique=True))]

    def made(tag: str) -> PublishedEdition:
        return edition(slug, *entries, language=tag, date=day, title=draw(_TEXTS))

    return issue(*[made(tag) for tag in tags])


@st.composite
def _archives(draw: st.DrawFn) -> list[PublishedIssue]:
    return [draw(_issues(number)) for number in range(draw(st.integers(0, 6)))]


@settings(deadline=None, max_examples=15)
@given(_archives())
def test_any_archive_is_whole(issues: list[PublishedIssue]) -> None:
    """No link is broken, no item is more than three clicks from home, no file is outside."""
    files = site(archive(*issues))
    assert broken(files) == []

    away = clicks(files)
    for each in issues:
        for found in each.editions:
            assert away[f"{found.path}index.html"] <= 3
    assert set(away) == set(pages(files)) - {path for path in files if "/latest/" in f"/{path}"}

    for path in files:
        parts = PurePosixPath(path).parts
        assert not path.startswith("/")
        assert ".." not in parts
        assert "\\" not in path
        assert all(0 < len(part.encode()) < 200 for part in parts)
    assert len({path.lower() for path in files}) == len(files)


@settings(deadline=None, max_examples=8)
@given(_archives())
def test_words_stay_words(issues: list[PublishedIssue]) -> None:
    """Whatever stands in a title, it makes no element on a page."""
    for page in pages(site(archive(*issues))).values():
        assert page.xpath("//b[not(ancestor::nav) and not(parent::*[@class='day-block'])]") == []
        assert page.xpath("//@onload") == []


def test_many_issues_are_near() -> None:
    """Of 900 issues in a few years, each is at most three clicks from home."""
    day = datetime.date(2024, 11, 30)
    days = [day - datetime.timedelta(days=each) for each in range(900)]
    issues = [issue(edition(each.isoformat(), entry(), date=each)) for each in days]
    away = clicks(site(archive(*issues)))
    assert max(away[f"{each.isoformat()}/index.html"] for each in days) <= 3


def test_the_same_archive_gives_the_same_site() -> None:
    """Nothing but the archive enters the site: printed twice, it is the same octet for octet."""
    found = archive(issue(edition("2024-11", entry(topics=("Work",), countries=("GE",)))))
    assert site(found) == site(found)


def test_pages_have_a_key_only_with_a_stamp() -> None:
    """A page that lists is printed again only if it would come out another; its key says so."""
    found = archive(issue(edition("2024-11", entry())))
    first, second = press(found, "stamp"), press(found, "other")
    keys = {each.path: each.key for each in listing(first, "en")}
    assert all(keys.values())
    assert keys == {each.path: each.key for each in listing(press(found, "stamp"), "en")}
    assert not set(keys.values()) & {each.key for each in listing(second, "en")}
    assert not any(each.key for each in listing(press(found), "en"))
