"""Languages of the archive: those of the newsletter, and all in which something was published."""

from __future__ import annotations

import dataclasses

from tests.publish.archives import (
    NEWSLETTER,
    all_outputs,
    archive,
    broken,
    edition,
    entry,
    issue,
    pages,
    press,
    site,
)

from infomail.model.archive import Archive

GIVEN_UP = NEWSLETTER.model_copy(update={"languages": ("en", "ar")})
BOTH = issue(
    edition("2024-11", entry("news-quay")),
    edition("2024-11", entry("news-quay", tag="fr"), language="fr"),
)


def _searched(published: Archive) -> dict[str, bytes]:
    printed = dataclasses.replace(press(published), has_search=True)
    found = all_outputs(printed)
    return {each.path: each.make() if each.path.endswith(".html") else b"" for each in found}


def test_a_language_given_up_keeps_its_pages() -> None:
    """What was published in a language keeps its lists, feeds and calendars, where they were."""
    before = site(archive(BOTH))
    after = site(archive(BOTH, newsletter=GIVEN_UP))

    assert after.keys() == before.keys()
    assert broken(after) == []
    assert pages(after)["index.html"].xpath("//nav[@class='tongues']//a/@hreflang") == [
        "en",
        "ar",
        "fr",
    ]


def test_a_language_given_up_unused_goes() -> None:
    """Without an edition in it, a language that the newsletter gave up has no pages any more."""
    only = issue(edition("2024-11", entry("news-quay")))

    assert [path for path in site(archive(only)) if path.startswith("fr/")]
    after = site(archive(only, newsletter=GIVEN_UP))
    assert [path for path in after if path.startswith("fr/")] == []


def test_a_language_without_items_has_no_search() -> None:
    """Where nothing can be found there is no search page, and nothing leads to one."""
    files = _searched(archive(BOTH, issue(edition("2024-10", language="ar"))))

    assert {path for path in files if path.endswith("search/index.html")} == {
        "search/index.html",
        "fr/search/index.html",
    }
    assert broken(files) == []
    ways = "//nav[@class='tongues']//a/@hreflang"
    assert pages(files)["search/index.html"].xpath(ways) == ["en", "fr"]
    assert pages(files)["fr/search/index.html"].xpath("//link[@hreflang='ar']") == []


def test_pages_are_printed_anew_when_their_language_becomes_searchable() -> None:
    """The first item in a language brings the way to its search page to all pages in it."""

    def keys(published: Archive) -> dict[str, str]:
        printed = dataclasses.replace(press(published, "stamp"), has_search=True)
        return {each.path: each.key for each in all_outputs(printed)}

    old = issue(edition("2024-10"), edition("2024-10", language="ar"))
    new = issue(edition("2024-11"), edition("2024-11", entry("news-a"), language="ar"))
    bare = issue(edition("2024-11"), edition("2024-11", language="ar", digest="2024-11-ar"))
    before, after = keys(archive(old, bare)), keys(archive(old, new))
    for path in ("2024-10/ar/index.html", "ar/years/2024/index.html"):
        assert before[path] != after[path]
    assert before["2024-10/index.html"] == after["2024-10/index.html"]
