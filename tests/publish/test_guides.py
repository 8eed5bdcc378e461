"""The sitemap, robots.txt, and what pages say of their versions in other languages."""

from __future__ import annotations

import datetime
import re

import pytest
from lxml import etree, html
from tests.publish.archives import (
    SHELVES,
    all_outputs,
    archive,
    edition,
    entry,
    issue,
    pages,
    press,
    site,
)

from infomail.model.archive import Archive
from infomail.model.issue import Correction
from infomail.publish import guides

HOME = "https://news.example.org/monthly/"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def _full() -> Archive:
    noted = Correction(date=datetime.date(2024, 12, 1), text="Corrected.")
    both = issue(
        edition("2024-11", entry(topics=["Ports"]), corrections=(noted,)),
        edition("2024-11", entry(tag="ar"), language="ar"),
    )
    return archive(both, issue(edition("2024-10", date=datetime.date(2024, 10, 1))))


def _other_files(found: Archive) -> dict[str, bytes]:
    made = all_outputs(press(found))
    return {each.path: each.make() for each in made if each.path.endswith((".xml", ".txt"))}


def _urls(data: bytes) -> dict[str, etree._Element]:
    """Read a sitemap and hold it to its schema: sitemap.xsd of sitemaps.org, version 0.9."""
    root = etree.fromstring(data)
    assert root.tag == f"{SITEMAP}urlset"
    found = {}
    for url in root:
        assert url.tag == f"{SITEMAP}url"
        names = [child.tag for child in url]
        assert names[0] == f"{SITEMAP}loc"
        assert names.count(f"{SITEMAP}loc") == 1
        assert set(names[1:]) <= {f"{SITEMAP}lastmod", f"{XHTML}link"}
        assert names.count(f"{SITEMAP}lastmod") <= 1
        location = url.findtext(f"{SITEMAP}loc")
        assert location is not None
        assert location.startswith(HOME)
        assert 12 <= len(location) <= 2048
        day = url.findtext(f"{SITEMAP}lastmod")
        assert day is None or re.fullmatch(r"\d{4}-\d\d-\d\d", day)
        found[location] = url
    assert len(found) == len(root)
    return found


def test_the_sitemap_names_every_page() -> None:
    """Every page that lists or shows an issue is in the sitemap, by its permanent address."""
    found = _full()
    shown = {
        HOME + path.removesuffix("index.html")
        for path in site(found)
        if path.endswith("index.html") and "latest/" not in path
    }
    assert set(_urls(_other_files(found)["sitemap.xml"])) == shown


def test_the_sitemap_says_when_an_issue_last_changed() -> None:
    """The day of an issue's page is that of its last correction, or the issue's own."""
    urls = _urls(_other_files(_full())["sitemap.xml"])
    days = {path: urls[f"{HOME}{path}"].findtext(f"{SITEMAP}lastmod") for path in ("", "2024-10/")}
    assert days == {"": None, "2024-10/": "2024-10-01"}
    assert urls[f"{HOME}2024-11/"].findtext(f"{SITEMAP}lastmod") == "2024-12-01"


def _versions(page: html.HtmlElement) -> dict[str, str]:
    links = page.xpath("//head/link[@rel='alternate'][@hreflang]")
    return {link.get("hreflang"): link.get("href") for link in links}


def test_sitemap_and_pages_agree_on_versions() -> None:
    """What a page says of its versions, the sitemap says as well, and each version says it back."""
    found = _full()
    files = site(found)
    said = {path: _versions(page) for path, page in pages(files).items()}
    for url, element in _urls(_other_files(found)["sitemap.xml"]).items():
        links = element.iterfind(f"{XHTML}link")
        versions = {str(link.get("hreflang")): str(link.get("href")) for link in links}
        own = said[url.removeprefix(HOME) + "index.html"]
        assert versions == (own if len(own) > 1 else {})
        for other in versions.values():
            assert said[other.removeprefix(HOME) + "index.html"] == own


def test_an_issue_has_versions_in_its_languages_and_one_for_all_others() -> None:
    """An issue's page names its editions, and the source's for readers of any other language."""
    said = _versions(pages(site(_full()))["2024-11/ar/index.html"])
    source = f"{HOME}2024-11/"
    assert said == {"en": source, "ar": f"{source}ar/", "x-default": source}


def test_a_version_that_is_not_published_is_not_named() -> None:
    """A staged page may name an edition that was never published; its page here does not."""
    staged = f'<link rel="alternate" hreflang="fr" href="{HOME}2024-10/fr/">\n'
    page = f"<html><head><title>T</title>{staged}</head><body><main></main></body></html>"
    shelves = type(SHELVES)(lambda _: page, SHELVES.picture, SHELVES.webp)
    found = archive(issue(edition("2024-10")))
    [made] = [
        each for each in all_outputs(press(found), shelves) if each.path == "2024-10/index.html"
    ]
    text = made.make().decode()
    assert "2024-10/fr/" not in text
    assert _versions(html.document_fromstring(text)) == {"en": f"{HOME}2024-10/"}


def test_a_long_sitemap_becomes_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """More pages than one sitemap may have are parted, and an index names the parts."""
    whole = set(_urls(_other_files(_full())["sitemap.xml"]))
    monkeypatch.setattr(guides, "MOST_PAGES", 10)
    files = _other_files(_full())
    index = etree.fromstring(files["sitemap.xml"])
    assert index.tag == f"{SITEMAP}sitemapindex"
    parts = [str(loc.text).removeprefix(HOME) for loc in index.iter(f"{SITEMAP}loc")]
    assert len(parts) > 1
    urls = [url for part in parts for url in _urls(files[part])]
    assert len(urls) == len(whole)
    assert set(urls) == whole


def test_robots_may_see_everything() -> None:
    """robots.txt allows all and leads to the sitemap."""
    lines = _other_files(_full())["robots.txt"].decode().splitlines()
    assert lines == ["User-agent: *", "Allow: /", f"Sitemap: {HOME}sitemap.xml"]


@pytest.mark.parametrize("base", ["", "fr/", "ar/"])
def test_latest_leads_to_the_newest(base: str) -> None:
    """The address of the latest issue leads to it, in the reader's language if there is such."""
    page = pages(site(_full()))[f"{base}latest/index.html"]
    [refresh] = page.xpath("//meta[@http-equiv='refresh']/@content")
    target = "ar/" if base == "ar/" else ""
    up = "../../" if base else "../"
    assert refresh == f"0; url={up}2024-11/{target}index.html"
