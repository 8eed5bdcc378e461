"""Structured data, read back from pages as search engines do."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from tests.publish.archives import NEWSLETTER, archive, edition, entry, issue, pages, site

from infomail.model.entry import Entry, EntryLink, EntryPicture
from infomail.publish import structured

HOME = "https://news.example.org/monthly/"


def _read(page: html.HtmlElement) -> list[Mapping[str, Any]]:
    return [json.loads(text) for text in page.xpath("//script[@type='application/ld+json']/text()")]


def _graph(*entries: Entry) -> list[Mapping[str, Any]]:
    """Give what the page of an issue with these items says of it and of them."""
    files = site(archive(issue(edition("2024-11", *entries))))
    [data] = _read(pages(files)["2024-11/index.html"])
    assert data["@context"] == "https://schema.org"
    graph: list[Mapping[str, Any]] = data["@graph"]
    return graph


def _node(item: Entry) -> dict[str, Any]:
    return dict(_graph(item)[-1])


def test_says_where_the_page_stands_and_who_publishes_it() -> None:
    """A page names the way to it from home, and the organisation to which its items point."""
    way, organisation = _graph()
    assert [step["item"] for step in way["itemListElement"]] == [HOME, f"{HOME}2024-11/"]
    assert [step["position"] for step in way["itemListElement"]] == [1, 2]
    about = {"@type": "Organization", "@id": f"{HOME}#organisation", "name": "Port Authority"}
    assert organisation == about


def test_an_event_has_its_times_with_their_offset() -> None:
    """An event says when it is, in the offset of its time zone on that day, and where."""
    node = _node(
        entry(
            "events-a",
            start=datetime.datetime(2024, 10, 22, 9, 30),  # noqa: DTZ001  # the zone is beside it
            end=datetime.datetime(2024, 10, 28, 17),  # noqa: DTZ001
            time_zone="Europe/Vienna",
            place="Vienna",
            online="https://example.org/live",
        )
    )
    assert node["@type"] == "Event"
    assert node["name"] == "About events-a"
    assert node["url"] == f"{HOME}2024-11/#events-a"
    assert node["startDate"] == "2024-10-22T09:30:00+02:00"
    assert node["endDate"] == "2024-10-28T17:00:00+01:00"
    assert node["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert [place["@type"] for place in node["location"]] == ["Place", "VirtualLocation"]
    assert node["organizer"] == {"@id": f"{HOME}#organisation"}


@pytest.mark.parametrize(
    ("place", "online", "mode"),
    [("Vienna", "", "Offline"), ("", "https://example.org/", "Online"), ("", "", None)],
)
def test_an_event_says_how_to_attend(place: str, online: str, mode: str | None) -> None:
    """Whether an event is somewhere, online or both is said, unless nothing is known of it."""
    node = _node(entry("events-a", start=datetime.date(2024, 10, 22), place=place, online=online))
    expected = f"https://schema.org/{mode}EventAttendanceMode" if mode else None
    assert node.get("eventAttendanceMode") == expected
    assert node["startDate"] == "2024-10-22"


def test_a_vacancy_is_a_job() -> None:
    """A vacancy has what job searches demand: text, place, employer, first and last day."""
    node = _node(
        entry(
            "calls-a",
            call="vacancy",
            html="<p>Work</p>",
            place="Brussels",
            reference="2024/7",
            deadline=datetime.date(2024, 12, 5),
        )
    )
    assert node == {
        "@type": "JobPosting",
        "url": f"{HOME}2024-11/#calls-a",
        "inLanguage": "en",
        "title": "About calls-a",
        "description": "<p>Work</p>",
        "datePosted": "2024-11-20",
        "validThrough": "2024-12-05",
        "hiringOrganization": {"@id": f"{HOME}#organisation"},
        "identifier": "2024/7",
        "jobLocation": {"@type": "Place", "name": "Brussels", "address": "Brussels"},
    }


def test_another_call_is_no_job() -> None:
    """A tender is a work that expires with its deadline."""
    node = _node(entry("calls-a", call="tender", deadline=datetime.date(2024, 12, 5)))
    assert (node["@type"], node["expires"]) == ("CreativeWork", "2024-12-05")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("Study", "Report"), ("", "Report"), ("Journal article", "ScholarlyArticle")],
)
def test_a_publication_has_authors_and_versions(kind: str, expected: str) -> None:
    """A publication names its authors, and where to find it in which language."""
    version = EntryLink(label="Français", url="https://example.org/fr.pdf", tag="fr")
    node = _node(entry("publications-a", kind=kind, authors=["A. Diallo"], versions=[version]))
    assert node["@type"] == expected
    assert node["author"] == [{"@type": "Person", "name": "A. Diallo"}]
    [encoding] = node["encoding"]
    assert (encoding["contentUrl"], encoding["inLanguage"]) == (version.url, "fr")


@pytest.mark.parametrize("section", ["news", "spotlight"])
def test_news_are_articles(section: str) -> None:
    """News have a headline, a day, a picture by its whole address, countries and topics."""
    node = _node(
        entry(
            f"{section}-a",
            date=datetime.date(2024, 11, 3),
            picture=EntryPicture(name="a.jpg", alt="", width_px=1, height_px=1),
            countries=["CV"],
            country_names=["Cabo Verde"],
            topics=["Ports"],
        )
    )
    assert node["@type"] == "NewsArticle"
    assert node["headline"] == f"About {section}-a"
    assert node["datePublished"] == "2024-11-03"
    assert node["image"] == f"{HOME}2024-11/assets/a.jpg"
    assert node["contentLocation"] == [{"@type": "Country", "name": "Cabo Verde"}]
    assert node["keywords"] == ["Ports"]


def test_a_list_names_its_items() -> None:
    """A section's page names its items in order, by their permanent addresses."""
    found = archive(issue(edition("2024-11", entry("news-a"), entry("news-b"))))
    listed = pages(site(found))
    [data] = _read(listed["news/index.html"])
    urls = [f"{HOME}2024-11/#news-{name}" for name in "ab"]
    assert data["@type"] == "ItemList"
    assert [each["url"] for each in data["itemListElement"]] == urls
    assert [each["position"] for each in data["itemListElement"]] == [1, 2]
    assert _read(listed["calls/index.html"]) == []


@settings(deadline=None)
@given(text=st.text(max_size=40) | st.sampled_from(["</script><script>alert(1)", "<!--", "\ud800"]))
def test_no_text_ends_the_script(text: str) -> None:
    """Whatever a title says, the data stays in its element and is read back."""
    found = edition("2024-11", entry("news-a", title=text), title=text)
    script = structured.of_edition(NEWSLETTER, found, "")
    page = f'<script type="application/ld+json">{script}</script><p>After</p>'
    parsed = html.fragment_fromstring(page, create_parent=True)
    assert [child.tag for child in parsed] == ["script", "p"]
    assert "<" not in script
    node = json.loads(script)["@graph"][-1]
    assert text.startswith(node.get("headline", "")[:1])
