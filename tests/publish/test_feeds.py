"""Feeds: Atom by feedparser, JSON Feed by its specification."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.publish.archives import LANGUAGES, archive, edition, entry, issue, press

from infomail.model.archive import Archive
from infomail.model.entry import EntryLink, EntryPicture
from infomail.model.issue import Correction
from infomail.publish.feeds import MOST_ISSUES, MOST_ITEMS, feeds
from infomail.publish.syndication import Feed, Told, atom, json_feed

HOME = "https://news.example.org/monthly/"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DAY = datetime.date(2024, 11, 20)


def _files(found: Archive, tag: str = "en") -> dict[str, bytes]:
    return {each.path: each.make() for each in feeds(press(found), tag)}


def _atom(data: bytes) -> feedparser.FeedParserDict:
    parsed = feedparser.parse(data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def _json(data: bytes) -> Mapping[str, Any]:
    """Read a JSON Feed and hold it to what jsonfeed.org/version/1.1 demands."""
    feed: Mapping[str, Any] = json.loads(data)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    assert feed["feed_url"].startswith(feed["home_page_url"])
    assert all(list(author) == ["name"] for author in feed["authors"])
    ids = [item["id"] for item in feed["items"]]
    assert len(set(ids)) == len(ids)
    for item in feed["items"]:
        assert isinstance(item["content_html"], str)
        assert item["url"].startswith("https://")
        assert RFC3339.fullmatch(item["date_published"])
        assert RFC3339.fullmatch(item["date_modified"])
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
        assert "authors" not in item or item["authors"]
    return feed


def _full() -> Archive:
    item = entry(
        "news-port",
        title="Fish & <chips>",
        html='<p>Whole <em>text</em>, with <a href="https://example.org/">a link</a>.</p>',
        summary="Whole text, with a link.",
        picture=EntryPicture(name="a.jpg", alt='A "ship"', width_px=600, height_px=300),
        links=[EntryLink(label="More", url="https://example.org/more")],
        countries=["CV"],
        country_names=["Cabo Verde"],
        topics=["Ports", "Cabo Verde"],
    )
    call = entry("calls-x", kind="Tender", until="Until 5 December", place="Brussels")
    study = entry("publications-x", authors=["A. Diallo", "B. Novak"])
    return archive(issue(edition("2024-11", item, call, study)))


def test_there_is_a_feed_of_issues_and_of_each_section_in_each_language() -> None:
    """Each feed lies beside the page of the same, in two formats, all of them well-formed."""
    for tag, base in (("en", ""), ("fr", "fr/"), ("ar", "ar/")):
        files = _files(_full(), tag)
        folders = ["", "news/", "publications/", "calls/", "events/"]
        names = {f"{base}{folder}feed.{end}" for folder in folders for end in ("xml", "json")}
        assert set(files) == names
        for path, data in files.items():
            read = _atom(data).feed.language if path.endswith("xml") else _json(data)["language"]
            assert read == tag


def test_an_issue_is_told_whole() -> None:
    """The feed of issues has the whole text of every item, its picture, its facts and links."""
    [told] = _atom(_files(_full())["feed.xml"]).entries
    assert told.id == told.link == f"{HOME}2024-11/"
    assert told.title == "Issue 2024-11"
    assert told.published == told.updated == "2024-11-20T00:00:00Z"
    [content] = told.content
    assert content.type == "text/html"
    assert "Fish &amp; &lt;chips&gt;" in content.value
    assert "<p>Whole <em>text</em>" in content.value
    assert f'src="{HOME}2024-11/assets/a.jpg"' in content.value
    assert f'href="{HOME}2024-11/#news-port"' in content.value
    assert "Tender · Until 5 December · Brussels" in content.value
    assert '<a href="https://example.org/more">More</a>' in content.value


def test_an_item_is_told_with_its_subjects_and_authors() -> None:
    """The feed of a section names an item by its permanent address, with topics and authors."""
    files = _files(_full())
    [news] = _atom(files["news/feed.xml"]).entries
    assert news.id == f"{HOME}2024-11/#news-port"
    assert news.title_detail.value == "Fish & <chips>"
    assert [tag.term for tag in news.tags] == ["Cabo Verde", "Ports"]
    [study] = _atom(files["publications/feed.xml"]).entries
    assert [author.name for author in study.authors] == ["A. Diallo", "B. Novak"]
    [item] = _json(files["news/feed.json"])["items"]
    assert item["image"] == f"{HOME}2024-11/assets/a.jpg"
    assert item["tags"] == ["Cabo Verde", "Ports"]


def test_every_address_is_whole() -> None:
    """No address in a feed is relative, for a reader shows it far from the site."""
    for data in _files(_full()).values():
        text = data.decode().replace("&quot;", '"').replace('\\"', '"')
        found = re.findall(r'(?:href|src)=(?:"|&lt;)([^"]+)"', text)
        assert all(url.startswith("https://") for url in found)


def test_a_correction_is_told_and_gives_a_new_day() -> None:
    """What was corrected later stands in the entry, which keeps its name and its first day."""
    told = Correction(date=datetime.date(2024, 12, 1), text="It was *22* October.", item="port")
    found = edition("2024-11", entry("news-port"), entry("news-b"), corrections=(told,))
    files = _files(archive(issue(found)))
    [of_issue] = _atom(files["feed.xml"]).entries
    assert (of_issue.published[:10], of_issue.updated[:10]) == ("2024-11-20", "2024-12-01")
    port, other = _atom(files["news/feed.xml"]).entries
    assert port.id == f"{HOME}2024-11/#news-port"
    assert port.updated[:10] == "2024-12-01"
    assert "It was <em>22</em> October." in port.content[0].value
    assert other.updated[:10] == "2024-11-20"
    assert _atom(files["news/feed.xml"]).feed.updated[:10] == "2024-12-01"


def test_a_correction_of_a_day_to_come_is_no_change_yet() -> None:
    """No feed was updated in the future: a correction counts from its day on."""
    early = Correction(date=datetime.date(2024, 11, 25), text="It was ten.", item="port")
    late = early.model_copy(update={"date": datetime.date(2033, 1, 1), "text": "It was nine."})
    found = edition("2024-11", entry("news-port"), corrections=(late, early))
    files = _files(archive(issue(found)))
    [port] = _atom(files["news/feed.xml"]).entries
    assert "It was nine." in port.content[0].value
    assert port.updated[:10] == "2024-11-25"
    assert _atom(files["feed.xml"]).feed.updated[:10] == "2024-11-25"


def test_a_correction_of_the_whole_issue_stands_first() -> None:
    """A correction of no item in particular is told before the items of its issue."""
    told = Correction(date=DAY, text="The number was 11.")
    found = edition("2024-11", entry("news-port"), corrections=(told,))
    [of_issue] = _atom(_files(archive(issue(found)))["feed.xml"]).entries
    content = of_issue.content[0].value
    assert content.index("The number was 11.") < content.index("About news-port")


def test_a_feed_has_the_newest_only() -> None:
    """A feed stays small however many issues there are, and begins with the newest."""
    issues = [
        issue(edition(f"i-{n}", *(entry(f"news-{m}") for m in range(2)), date=day))
        for n in range(MOST_ISSUES + 10)
        for day in (DAY + datetime.timedelta(days=n),)
    ]
    files = _files(archive(*issues))
    told = _atom(files["feed.xml"]).entries
    assert len(told) == MOST_ISSUES
    assert told[0].id == f"{HOME}i-{MOST_ISSUES + 9}/"
    assert len(_json(files["news/feed.json"])["items"]) == MOST_ITEMS


def test_an_issue_without_a_translation_is_told_in_its_own_language() -> None:
    """In another language's feed an issue keeps its own words, and says which language it is in."""
    [told] = _json(_files(_full(), "fr")["fr/feed.json"])["items"]
    assert told["language"] == "en"
    assert told["url"] == f"{HOME}2024-11/"


def test_an_empty_feed_is_a_feed() -> None:
    """Before the first issue the feeds are there, valid and empty."""
    for path, data in _files(archive()).items():
        if path.endswith("xml"):
            assert not _atom(data).entries
            assert _atom(data).feed.updated == "1970-01-01T00:00:00Z"
        else:
            assert not _json(data)["items"]


def test_the_same_archive_gives_the_same_bytes() -> None:
    """Nothing of the clock or of chance is in a feed."""
    assert _files(_full()) == _files(_full())


TEXTS = st.text(max_size=80) | st.sampled_from(
    [
        "]]>",
        "\x00\x1b[31m",
        "\ud800",
        "\ufffe",
        "a" * 20_000,
        "مرحبا بالعالم",
        "</script><b>",
        "&#0;",
    ]
)


@settings(deadline=None)
@given(title=TEXTS, html=TEXTS, topic=TEXTS, author=TEXTS)
@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_any_words_give_a_well_formed_feed(
    tag: str, title: str, html: str, topic: str, author: str
) -> None:
    """Whatever is written, both formats can be read back, with all that they can hold."""
    told = Told(HOME, title, title, html, DAY, DAY, tag, "", (topic, topic), (author,))
    feed = Feed(title, HOME, tag, author, (told,))
    parsed = _atom(atom(feed))
    assert parsed.entries[0].id == HOME
    [item] = _json(json_feed(feed))["items"]
    assert item["content_html"] == _possible(html)
    assert item.get("title", "") == _possible(title)


def _possible(text: str) -> str:
    """Leave out, letter by letter, what XML 1.0 (section 2.2) has no letter for."""
    ranges = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
    fits = (
        letter in "\t\n\r" or any(low <= ord(letter) <= high for low, high in ranges)
        for letter in text
    )
    return "".join(
        letter for letter, is_fit in zip(text, fits, strict=True) if is_fit and letter != "\x7f"
    )
