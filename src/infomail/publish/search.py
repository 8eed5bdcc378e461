"""Search: a page for each language with items, and the index that pagefind makes of all items.

Each item is found by itself, in the language of its edition, and filtered by section and year. The
index is made by pagefind's own program from a small record of each item, so that what stands
around an item on a page is never found. Without pagefind (extra `search`) there is no search page.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infomail.errors import OutboxError
from infomail.model.archive import PublishedEdition
from infomail.model.entry import Entry
from infomail.publish import paths, shelf
from infomail.publish.clerk import Clerk
from infomail.publish.draft import Output
from infomail.publish.levelling import in_the_way
from infomail.publish.press import Page, Press
from infomail.publish.views import HEADINGS, Way

SEARCH, RECORD = "search.html", "record.html"
SEARCH_ASSETS = ("search.css", "search.js")
SEARCH_FOLDER = "search/"
INDEX_FOLDER = "pagefind"
_INTERFACES = ("pagefind-*ui.*", "pagefind-highlight.js")
"""Pagefind's own search boxes; the search page has its own."""
_LEAST_FREE_BYTES = 64 * 1024
"""With less left, a file may have been cut short."""
_PROGRAMS = ("pagefind_bin_extended", "pagefind_bin")


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter.

    Attributes:
        name: as the index has it.
        words: as people read it.
    """

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Record:
    """What the index gets to know of an item.

    Attributes:
        tag: BCP 47 tag of its edition.
        title: the headline.
        text: in plain words.
        facts: other words by which it is found.
        shown: names and values that a result shows, by whose words it is not found.
        shelf: on which it stands.
        year: of its issue.
        date: of its issue, to sort by.
    """

    tag: str
    title: str
    text: str
    facts: tuple[str, ...]
    shown: tuple[tuple[str, str], ...]
    shelf: str
    year: str
    date: str


def can_search() -> bool:
    """Tell whether pagefind and its program are installed."""
    found = importlib.util.find_spec
    return bool(found("pagefind")) and any(found(name) for name in _PROGRAMS)


def search_page(press: Press, tag: str) -> Output:
    """Give the search page of a language."""
    clerk = press.clerk(tag)
    path = f"{clerk.base}{SEARCH_FOLDER}"
    words, newsletter = clerk.language.words, press.archive.newsletter
    names = {shelf.shelf_of(entry) for each in _editions(press, tag) for entry in each.entries}
    sections = [Choice(name, words(HEADINGS[name])) for name in HEADINGS if name in names]
    years = sorted({issue.date.year for issue in press.archive.issues}, reverse=True)
    ways = [
        Way(str(year), paths.link(path, paths.year(f"{clerk.base}years/", year))) for year in years
    ]

    made_from = _made_from(press)

    def values() -> Mapping[str, object]:
        return {"sections": sections, "years": ways, "made_from": made_from}

    tails = {
        each: f"{paths.home(each, newsletter)}{SEARCH_FOLDER}"
        for each in press.archive.languages
        if press.can_search(each)
    }
    title = words("Search")
    page = Page(
        SEARCH, path, title, words("Search the archive"), tails, (sections, ways, made_from)
    )
    return press.page(page, clerk, values)


def _made_from(press: Press) -> str:
    """Tell one way to make the index from another, so that a change of it changes the pages."""
    parts = (press.theme.sources[RECORD], importlib.metadata.version("pagefind"))
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def search_assets(press: Press) -> Iterator[Output]:
    """Give the style sheet and the script of the search pages, as they lie in the theme."""
    for name in SEARCH_ASSETS:
        yield Output(f"assets/{name}", "", press.theme.sources[name].encode)


def indexed_by(press: Press) -> Callable[[Path], None]:
    """Give what puts the index into the folder of a finished site."""

    def finish(site: Path) -> None:
        # What a killed run leaves in the new site, the next one removes with it.
        with tempfile.TemporaryDirectory(prefix=".infomail-search-", dir=site) as temporary:
            folder = Path(temporary)
            if _write_records(press, folder / "records"):
                _run_pagefind(folder)
                _put_in(site / INDEX_FOLDER, folder / INDEX_FOLDER)

    return finish


def _put_in(place: Path, index: Path) -> None:
    """Put the index into its place, beside what other people may have there.

    Raises:
        SettingsError: something of theirs is in the way.
    """
    if not place.exists():
        index.rename(place)
        return
    for file in [each for each in index.rglob("*") if each.is_file()]:
        target = place / file.relative_to(index)
        if target.is_dir() or target.exists():
            raise in_the_way(str(place.parent), target.relative_to(place.parent).as_posix())
        target.parent.mkdir(parents=True, exist_ok=True)
        file.rename(target)


def records(press: Press, tag: str) -> Iterator[Record]:
    """Describe all items of a language."""
    clerk = press.clerk(tag)
    for edition in _editions(press, tag):
        for entry in edition.entries:
            yield _record(clerk, edition, entry)


def _editions(press: Press, tag: str) -> Iterator[PublishedEdition]:
    for issue in press.archive.issues:
        yield from (each for each in issue.editions if each.language == tag)


def _record(clerk: Clerk, edition: PublishedEdition, entry: Entry) -> Record:
    countries = tuple(clerk.country(code) for code in entry.countries)
    facts = (entry.kicker, entry.kind, entry.place, entry.reference, entry.when, entry.until)
    name = shelf.shelf_of(entry)
    shown = {
        "url": f"{paths.file_of(edition.path)}#{entry.anchor}",
        "section": clerk.language.words(HEADINGS[name]),
        "date": clerk.language.date(edition.date),
        "issue": edition.title,
        "tag": entry.tag if entry.tag != edition.language else "",
    }
    return Record(
        tag=edition.language,
        title=entry.title,
        text=entry.summary,
        facts=tuple(
            filter(None, dict.fromkeys((*facts, *entry.authors, *entry.topics, *countries)))
        ),
        shown=tuple((name, value) for name, value in shown.items() if value),
        shelf=name,
        year=str(edition.date.year),
        date=edition.date.isoformat(),
    )


def _write_records(press: Press, folder: Path) -> int:
    """Write a file for each item; give how many there are."""
    count = 0
    for tag in press.archive.languages:
        language = press.language(tag)
        (folder / tag).mkdir(parents=True)
        for record in records(press, tag):
            count += 1
            page = press.theme.render(RECORD, language, record=record)
            (folder / tag / f"{count}.html").write_text(page, "utf-8")
    return count


def _run_pagefind(folder: Path) -> None:
    """Make the index of records/ in pagefind/, without what the search pages have no use for."""
    command = ["--site", "records", "--output-path", INDEX_FOLDER, "--silent"]
    # Its settings are read from the environment and the current folder as well.
    known = {name: value for name, value in os.environ.items() if "PAGEFIND" not in name.upper()}
    ended = subprocess.run(  # noqa: S603  # a fixed command on files of our own
        [sys.executable, "-m", "pagefind", *command],
        cwd=folder,
        env=known,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode or not (folder / INDEX_FOLDER / "pagefind.js").is_file():
        reason = (ended.stderr or ended.stdout).strip().rpartition("\n")[2] or "it said nothing"
        msg = (
            f"pagefind could not make the search index ({reason})"
            " — install it anew: pip install --force-reinstall 'infomail[search]'"
        )
        raise OutboxError(msg)
    _refuse_half(folder)
    for pattern in _INTERFACES:
        for file in (folder / INDEX_FOLDER).glob(pattern):
            file.unlink()


def _refuse_half(folder: Path) -> None:
    """Refuse an index that did not fit on the disk: pagefind says nothing of that.

    Raises:
        OSError: there is no room left.
    """
    files = (file for file in (folder / INDEX_FOLDER).rglob("*") if file.is_file())
    is_full = shutil.disk_usage(folder).free < _LEAST_FREE_BYTES
    if is_full or any(not file.stat().st_size for file in files):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
