"""Every kind of fault is found where it is, and a site without one is praised by silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from infomail.errors import SettingsError
from infomail.sitecheck import REMEDIES, Site, check_site, opened
from infomail.sitecheck.faults import Fault, findings

Opened = Callable[[Path], Site]
HOME, EVENTS, ISSUE = "index.html", "events/index.html", "2024-11/index.html"
END = "</body>"
OTHER_HOST = 'rel="canonical" href="http'
OTHER_ADDRESS = '<meta property="og:url" content="https://old.example/2024-11/">'
PLANTED = {
    "nowhere": (HOME, END, '<a href="gone/index.html">x</a>', "broken-link"),
    "nowhere, whole": (HOME, END, '<a href="{home}gone/">x</a>', "broken-link"),
    "out of the site": (HOME, END, '<a href="../../etc/passwd">x</a>', "broken-link"),
    "script as a link": (HOME, END, '<a href="javascript:alert(1)">x</a>', "broken-link"),
    "no such host": (HOME, END, '<a href="https://[::1/">x</a>', "broken-link"),
    "empty picture": (HOME, END, '<img src="gone.png" width="1" height="1">', "broken-link"),
    "picture set": (HOME, END, '<source srcset="404.html 1x, gone.webp 2x">', "broken-link"),
    "no place": (HOME, END, '<a href="2024-11/index.html#news-gone">x</a>', "broken-anchor"),
    "no place here": (HOME, END, '<a href="#gone">x</a>', "broken-anchor"),
    "a folder": (HOME, END, '<a href="2024-11/">x</a>', "folder-link"),
    "the host's top": (HOME, END, '<a href="/2024-11/index.html">x</a>', "rooted-link"),
    "script": (HOME, END, '<script src="https://cdn.example/x.js"></script>', "third-party"),
    "font": (HOME, END, "<style>@import 'https://fonts.example/f.css';</style>", "third-party"),
    "ground": (HOME, END, '<p style="background: url(//x.example/a.png)">', "third-party"),
    "style sheet": ("assets/site.css", "*", '@import "https://x.example/a.css"; *', "third-party"),
    "heavy": (HOME, END, f"<!--{'x' * 60_000}-->", "heavy-page"),
    "picture jumps": (HOME, END, '<img src="card.png" alt="">', "picture-size"),
    "data": (HOME, "</head>", '<script type="application/ld+json">{,}</script>', "broken-page"),
    "canonical": (HOME, 'rel="canonical" href="https', OTHER_HOST, "other-address"),
    "shared address": (ISSUE, "</head>", OTHER_ADDRESS, "other-address"),
    "forwarding": ("latest/index.html", "url=../2024-11", "url=../2024-12", "broken-link"),
    "feed is cut": ("feed.xml", "</feed>", "", "broken-feed"),
    "feed without a time": ("feed.xml", "T00:00:00Z", "", "broken-feed"),
    "feed without ids": ("feed.xml", "<id>", "<name>", "broken-feed"),
    "feed leads nowhere": ("feed.json", "monthly/2024-11/", "monthly/2024-12/", "broken-feed"),
    "feed of other version": ("feed.json", "version/1.1", "version/9", "broken-feed"),
    "json is cut": ("news/feed.json", "{", "", "broken-feed"),
    "event without a name": ("events/events.ics", "UID:", "X-UID:", "broken-calendar"),
    "event in no zone": ("events/events.ics", "TZID:Europe/Paris", "TZID:X", "broken-calendar"),
    "event ends early": ("events/events.ics", "DATE:20250104", "DATE:20241231", "broken-calendar"),
    "calendar is cut": ("events/events.ics", "END:VCALENDAR", "", "broken-calendar"),
    "lines of Unix": ("events/events.ics", "\r\n", "\n", "broken-calendar"),
    "map leads nowhere": ("sitemap.xml", "monthly/2024-11/<", "monthly/gone/<", "broken-sitemap"),
    "map is cut": ("sitemap.xml", "</urlset>", "", "broken-sitemap"),
    "robots are lost": ("robots.txt", "sitemap.xml", "map.xml", "broken-sitemap"),
}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the judges away: they are slow, and have tests of their own."""
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("INFOMAIL_CHROMIUM", raising=False)


def _plant(place: Path, path: str, old: str, new: str) -> None:
    text = (place / path).read_bytes().decode()
    assert old in text, text[:3000]
    keep = old if old.startswith("</") and new else ""
    (place / path).write_bytes(text.replace(old, new + keep).encode())


def test_a_whole_site_has_no_fault(site: Opened, whole: Path) -> None:
    """Nothing is wrong with what publish writes, and what was not judged is named."""
    checked = check_site(site(whole), "site/")
    assert [str(each) for each in checked.findings] == []
    assert checked.page_count > 30
    assert len(checked.absent) == 2
    assert all(" — " in each for each in checked.absent)


@pytest.mark.parametrize(("path", "old", "new", "code"), PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_found(  # noqa: PLR0913, PLR0917
    site: Opened, place: Path, path: str, old: str, new: str, code: str
) -> None:
    """A fault is told by its kind, at its file, with a remedy."""
    opened_site = site(place)
    _plant(place, path, old, new.format(home=opened_site.home) if "{home}" in new else new)

    found = check_site(site(place), "site/").findings

    assert {each.code for each in found} == {code}
    assert {each.place.file for each in found if each.place} >= {f"site/{path}"}
    assert all(each.stops and each.remedy == REMEDIES[code] for each in found)


def test_a_lost_file_is_missed(site: Opened, place: Path) -> None:
    """If a page is gone, whoever leads to it is named once, with the number of the others."""
    (place / EVENTS).unlink()
    found = check_site(site(place), "").findings
    links = [each for each in found if "events/index.html" in each.message]
    assert {each.code for each in links} == {"broken-link"}
    assert any("other files)" in each.message for each in links)


def test_search_without_a_language_is_told(site: Opened, place: Path) -> None:
    """A search page whose index lacks its language is named, and so is one without an index."""
    index = "pagefind/pagefind-entry.json"
    _plant(place, index, '"fr"', '"xx"')
    assert [str(each.place) for each in check_site(site(place), "").findings] == [
        "fr/search/index.html:1:1"
    ]
    (place / index).unlink()
    assert [each.code for each in check_site(site(place), "").findings] == ["broken-search"]


def test_too_many_files_at_once(site: Opened, place: Path) -> None:
    """A page that loads thirteen files before anybody scrolls asks for too many."""
    for number in range(12):
        (place / f"{number}.css").touch()
    links = "".join(f'<link rel="stylesheet" href="{number}.css">' for number in range(12))
    _plant(place, HOME, "</head>", links)
    assert [each.code for each in check_site(site(place), "").findings] == ["many-requests"]


def test_what_a_server_answers_is_no_broken_link(site: Opened, place: Path) -> None:
    """Links to pages that `infomail serve` answers, to people and to other sites are let be."""
    home = site(place).home
    kept = (
        f'<a href="{home}join">j</a><a href="mailto:a@b.example">m</a><a href="https://x.example">'
    )
    _plant(place, HOME, END, kept)
    assert check_site(site(place), "").findings == ()


def test_names_with_signs_are_found(site: Opened, place: Path) -> None:
    """A link may write any letter of a file's name or anchor as %XX."""
    (place / "é a.html").write_text('<html lang="en"><p id="ü">x', "utf-8")
    _plant(place, HOME, END, '<a href="%C3%A9%20a.html#%C3%BC">x</a>')
    assert check_site(site(place), "").findings == ()


def test_an_empty_page_is_a_fault(site: Opened, place: Path) -> None:
    """A page with nothing in it is told, and the others are looked at all the same."""
    (place / "404.html").write_bytes(b"")
    assert {each.code for each in check_site(site(place), "").findings} == {"broken-page"}


def test_no_site_is_told(tmp_path: Path) -> None:
    """A folder without a home page is no site."""
    with pytest.raises(SettingsError, match="holds no site — run `infomail publish`"):
        opened(tmp_path, "https://a.example", frozenset())


def test_what_shows_often_is_told_once() -> None:
    """The same fault on three pages is one finding at the first of them."""
    faults = [Fault("broken-link", f"{name}.html", 3, "'x' leads nowhere") for name in "abc"]
    (found,) = findings(faults, "site/")
    assert str(found).startswith("site/a.html:3:1: 'x' leads nowhere (and in 2 other files) — ")
