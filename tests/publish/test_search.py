"""Search pages, and the index of real pagefind."""

from __future__ import annotations

import dataclasses
import datetime
import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from tests.publish.archives import (
    LANGUAGES,
    THEME,
    all_outputs,
    archive,
    edition,
    entry,
    issue,
    press,
)
from tests.publish.archives import pages as parsed

from infomail.compose import Theme
from infomail.errors import OutboxError, SettingsError
from infomail.publish import VIEWS, Press, can_search, indexed_by
from infomail.publish.search import RECORD, _put_in, records, search_page

NEWS = entry("news-quay", title="A new quay", summary="Ships moor & wait.", countries=("CV",))
FAIR = entry("events-fair", title="Fair", start=datetime.date(2024, 12, 5), topics=("Trade",))
QUAI = entry("news-quay", title="Un nouveau quai", tag="fr", summary="Les navires attendent.")
OLD = edition("2023-05", entry("calls-tender", title="Tender"), date=datetime.date(2023, 5, 1))
NEW = issue(edition("2024-11", NEWS, FAIR), edition("2024-11", QUAI, language="fr"))


@pytest.fixture
def searched() -> Press:
    """A press for two issues, one of them in French as well, with search."""
    return dataclasses.replace(press(archive(NEW, issue(OLD))), has_search=True)


def _files(printed: Press) -> dict[str, bytes]:
    found = all_outputs(printed)
    return {each.path: each.make() if each.path.endswith(".html") else b"" for each in found}


def test_search_is_one_click_away_if_there_is_any(searched: Press) -> None:
    """Every list leads to the search page of its language, or says nothing of search."""
    with_search = parsed(_files(searched))
    without = parsed(_files(dataclasses.replace(searched, has_search=False)))
    way = "//nav//a[contains(@href, 'search/index.html')]/@href"

    assert with_search["index.html"].xpath(way) == ["search/index.html"]
    assert with_search["fr/news/index.html"].xpath(way)[0] == "../search/index.html"
    assert [path for path in without if "search" in path] == []
    assert [path for path, page in without.items() if page.xpath(way)] == []


def test_the_page_serves_without_a_script(searched: Press) -> None:
    """Without JavaScript the form is hidden, and sections and years stand in its place."""
    page = parsed(_files(searched))["search/index.html"]

    assert page.xpath("//form[@hidden]//input/@name") == ["q"]
    ways = page.xpath("//nav[@class='search-browse']//a/@href")
    assert "../years/2023/index.html" in ways
    assert "../events/index.html" in ways
    assert "needs JavaScript" in page.text_content()
    assert page.xpath("//script/@src") == ["../assets/search.js"]
    assert page.xpath("//script[not(@src)] | //*[@onclick or @onsubmit]") == []


def test_only_what_is_there_can_be_chosen(searched: Press) -> None:
    """Sections without an item in the language are no filter; years go back from the newest."""
    files = parsed(_files(searched))
    values = "//select[@name='section']/option/@value"

    assert files["search/index.html"].xpath(values) == ["", "news", "calls", "events"]
    assert files["fr/search/index.html"].xpath(values) == ["", "news"]
    assert files["search/index.html"].xpath("//select[@name='year']/option/text()")[1:] == [
        "2024",
        "2023",
    ]


def test_search_pages_are_not_for_search_engines(searched: Press) -> None:
    """Robots are not led to the search pages."""
    page = parsed(_files(searched))["search/index.html"]
    sitemap = next(each for each in all_outputs(searched) if each.path == "sitemap.xml")

    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    for each in all_outputs(searched):
        if each.path.endswith("index.html"):
            each.make()
    assert b"search/" not in sitemap.make()


def test_each_item_is_a_record_in_its_edition_s_language(searched: Press) -> None:
    """An item is found once in each language it was sent in, by its words and its facts."""
    english, french = list(records(searched, "en")), list(records(searched, "fr"))

    assert [each.title for each in english] == ["A new quay", "Fair", "Tender"]
    assert [each.title for each in french] == ["Un nouveau quai"]
    assert "Cabo Verde" in english[0].facts
    assert "Trade" in english[1].facts
    assert dict(english[1].shown)["url"] == "2024-11/index.html#events-fair"
    assert (english[2].shelf, english[2].year, english[2].date) == ("calls", "2023", "2023-05-01")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_no_words_leave_their_record(words: str) -> None:
    """Whatever a title and a text say, the record says just that, and has no other element."""
    printed = press(archive(issue(edition("2024-11", entry("news-a", title=words, summary=words)))))
    record = next(records(printed, "en"))
    page = html.document_fromstring(THEME.render(RECORD, LANGUAGES["en"], record=record))

    assert page.findtext(".//p") == words
    assert page.xpath("//meta[@data-pagefind-meta='title[content]']/@content") == [words]
    assert {each.tag for each in page.iter()} == {"html", "head", "title", "meta", "body", "p"}


def test_the_index_holds_all_languages(searched: Press, tmp_path: Path) -> None:
    """Pagefind counts each item in its language; its own search boxes stay out of the site."""
    indexed_by(searched)(tmp_path)

    index = tmp_path / "pagefind"
    known = json.loads((index / "pagefind-entry.json").read_bytes())["languages"]
    assert {tag: told["page_count"] for tag, told in known.items()} == {"en": 3, "fr": 1}
    assert list(index.glob("*ui*")) == []
    assert (index / "pagefind.js").is_file()


def test_settings_of_others_do_not_reach_pagefind(
    searched: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pagefind's variables in the environment do not lead the index elsewhere."""
    monkeypatch.setenv("PAGEFIND_FORCE_LANGUAGE", "de")
    monkeypatch.setenv("PAGEFIND_OUTPUT_PATH", str(tmp_path / "elsewhere"))
    indexed_by(searched)(tmp_path)
    known = json.loads((tmp_path / "pagefind" / "pagefind-entry.json").read_bytes())["languages"]
    assert known.keys() == {"en", "fr"}


def test_without_an_item_there_is_no_index(tmp_path: Path) -> None:
    """An archive without items needs no index, and pagefind is not asked for one."""
    indexed_by(press(archive()))(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_failing_pagefind_is_told(
    searched: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If pagefind does not start, the error says how to mend it, and the site is not touched."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(OutboxError, match=r"pagefind could not .* — install it anew"):
        indexed_by(searched)(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("room", range(100, 1600, 250))
def test_on_a_full_disk_there_is_no_half_index(
    searched: Press, tmp_path: Path, room: int, mount: Callable[[Path, str], None]
) -> None:
    """However much room is left, there is a whole index or an error, and nothing is left behind."""
    indexed_by(searched)(tmp_path)
    disk = tmp_path / "disk"
    disk.mkdir()
    mount(disk, f"{room}k")
    reason = ""
    try:
        indexed_by(searched)(disk)
    except (OSError, OutboxError) as error:
        reason = str(error)
    whole, found = (_lengths(folder / "pagefind") for folder in (tmp_path, disk))
    assert ("No space left on device" in reason, found) in ((True, []), (False, whole))


def test_what_a_killed_run_leaves_lies_in_the_new_site(
    searched: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pagefind works in the folder that the next run removes, and nowhere else."""
    monkeypatch.setattr(sys, "executable", _watcher(tmp_path / "watcher"))
    (tmp_path / "site").mkdir()
    with pytest.raises(OutboxError, match=r"site/\.infomail-search-"):
        indexed_by(searched)(tmp_path / "site")


def _watcher(program: Path) -> str:
    """Write a program that says where it works, and fails."""
    program.write_text("#!/bin/sh\npwd\nexit 1\n")
    program.chmod(0o755)
    return str(program)


def _lengths(index: Path) -> list[tuple[str, int]]:
    """Give the length of each file; of packed ones, which differ from run to run, of the words."""
    files = [file for file in index.rglob("*") if file.is_file()]
    packed = {file: file.read_bytes() for file in files}
    words = (gzip.decompress(each) if each[:2] == b"\x1f\x8b" else each for each in packed.values())
    return sorted((file.suffix, len(each)) for file, each in zip(files, words, strict=True))


def test_search_needs_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search is there with pagefind and its program, and not with one of them alone."""
    assert can_search()
    for name in ("pagefind_bin", "pagefind_bin_extended"):
        monkeypatch.setitem(sys.modules, name, None)
    assert not can_search()
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "pagefind", None)
    assert not can_search()


def test_the_index_is_put_beside_what_others_have_there(tmp_path: Path) -> None:
    """A file of somebody else in the index's folder stays; one in the way is named."""
    place, index = tmp_path / "site" / "pagefind", tmp_path / "new" / "pagefind"
    for folder in (place, index / "index"):
        folder.mkdir(parents=True)
    (place / "own.css").write_text("theirs")
    (index / "pagefind.js").write_text("ours")
    (index / "index" / "a").write_text("ours")
    _put_in(place, index)
    files = {each.relative_to(place).as_posix() for each in place.rglob("*") if each.is_file()}
    assert files == {"own.css", "pagefind.js", "index/a"}
    (index / "own.css").write_text("ours")
    with pytest.raises(SettingsError, match=r"pagefind/own\.css is in the way"):
        _put_in(place, index)
    assert (place / "own.css").read_text() == "theirs"


def test_another_way_to_index_changes_the_search_page(searched: Press) -> None:
    """Whoever changes the template of records has the index made anew, as the page is another."""
    pages = []
    for words in ("", "<p>more</p>"):
        sources = {**THEME.sources, RECORD: THEME.sources[RECORD] + words}
        printed = dataclasses.replace(searched, theme=Theme(sources, VIEWS))
        pages.append(search_page(printed, "en").make())
    assert pages[0] != pages[1]
