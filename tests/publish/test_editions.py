"""The page of an edition: as it was sent, with a few things around it."""

from __future__ import annotations

import datetime

from lxml import html
from tests.publish.archives import (
    SHELVES,
    all_outputs,
    archive,
    edition,
    entry,
    issue,
    page_of,
    pages,
    press,
    site,
    targets,
    texts,
)

from infomail.model.archive import PublishedEdition, PublishedIssue
from infomail.model.issue import Correction
from infomail.publish import Shelves
from infomail.publish.editions import editions

NOTE = Correction(date=datetime.date(2024, 12, 2), text="It was on the **22nd**.", item="a")


def _page(*issues: PublishedIssue, path: str = "2024-11/index.html") -> html.HtmlElement:
    return pages(site(archive(*issues)))[path]


def _issues() -> list[PublishedIssue]:
    days = [datetime.date(2024, month, 1) for month in (9, 10, 11)]
    return [issue(edition(f"{day:%Y-%m}", entry(), date=day)) for day in days]


def test_nothing_of_the_page_is_lost() -> None:
    """All words that were sent are on the page, in their order."""
    sent = edition("2024-11", entry(), entry("events-b", start=datetime.date(2024, 11, 1)))
    staged = html.document_fromstring(page_of(sent))
    shown = _page(issue(sent))
    assert texts(shown, "//h3[@id]") == [f"{each} #" for each in texts(staged, "//h3[@id]")]
    assert texts(shown, "//nav[@class='top']") == texts(staged, "//nav[@class='top']")


def test_pages_lead_to_the_issues_before_and_after() -> None:
    """A page names the previous and the next issue; the first and the last have one of them."""
    parsed = pages(site(archive(*_issues())))
    ways = {
        path: [*page.xpath("//a[@rel='prev']/@href"), *page.xpath("//a[@rel='next']/@href")]
        for path, page in parsed.items()
    }
    assert ways["2024-09/index.html"] == ["../2024-10/index.html"]
    assert ways["2024-10/index.html"] == ["../2024-09/index.html", "../2024-11/index.html"]
    assert ways["2024-11/index.html"] == ["../2024-10/index.html"]


def test_a_translation_leads_to_translations() -> None:
    """The neighbours of a translation are shown in its language where they have it."""
    older = edition("2024-10", date=datetime.date(2024, 10, 1))
    french = edition("2024-10", language="fr", title="Numéro 10", date=older.date)
    newer = issue(edition("2024-11"), edition("2024-11", language="fr"))
    page = _page(issue(older, french), newer, path="2024-11/fr/index.html")
    assert page.xpath("//a[@rel='prev']/@href") == ["../../2024-10/fr/index.html"]
    page = _page(issue(older), newer, path="2024-11/fr/index.html")
    assert page.xpath("//a[@rel='prev']/@hreflang") == ["en"]


def test_pages_lead_to_the_sections() -> None:
    """From every issue each section of the archive is one click away, in the page's language."""
    page = _page(
        issue(edition("2024-11"), edition("2024-11", language="fr")), path="2024-11/fr/index.html"
    )
    led = targets("2024-11/fr/index.html", page)
    for name in ("news", "publications", "calls", "events", "topics"):
        assert f"fr/{name}/index.html" in led


def test_a_page_of_other_templates_gets_the_sections_too() -> None:
    """A page without links at its top has those to the sections before its content."""
    bare = Shelves(
        lambda _: "<html><head></head><body><main>Hello</main></body></html>",
        SHELVES.picture,
        SHELVES.webp,
    )
    outputs = all_outputs(press(archive(issue(edition("2024-11")))), bare)
    (made,) = [each.make() for each in outputs if each.path == "2024-11/index.html"]
    page = html.document_fromstring(made.decode())
    assert page.xpath("//main/preceding-sibling::nav/@class") == ["archive-shelves"]


def test_every_item_has_a_link_of_its_own() -> None:
    """Each headline ends with a link to itself, whose words are in the page's language."""
    french = edition("2024-11", entry("news-a"), language="fr")
    page = _page(issue(edition("2024-11"), french), path="2024-11/fr/index.html")
    (sign,) = page.xpath("//h3/a")
    assert (sign.get("href"), sign.get("aria-label")) == ("#news-a", "Lien vers cet article")


def test_corrections_are_dated_and_lead_to_their_item() -> None:
    """A correction stands before the content, the newest first, with its date and its item."""
    older = Correction(date=datetime.date(2024, 11, 25), text="Not *ten*.")
    page = _page(issue(edition("2024-11", entry(), corrections=(older, NOTE))))
    assert texts(page, "//main/aside//time") == ["2 December 2024", "25 November 2024"]
    assert page.xpath("//aside//time/@datetime") == ["2024-12-02", "2024-11-25"]
    assert page.xpath("//aside//a/@href") == ["#news-a"]
    assert texts(page, "//aside//strong")[1] == "22nd"


def test_a_corrected_item_leads_up_to_its_note() -> None:
    """Below its headline an item says when it was corrected last, and leads to what was wrong."""
    older = Correction(date=datetime.date(2024, 11, 25), text="Not *ten*.", item="a")
    found = edition("2024-11", entry(), entry("news-b"), corrections=(NOTE, older, older))
    page = _page(issue(found))
    assert texts(page, "//main/p[@class='archive-correction']") == ["Correction, 2 December 2024"]
    assert page.xpath("//main/p[@class='archive-correction']/a/@href") == ["#archive-note-3"]
    assert texts(page, "//*[@id='archive-note-3']//time") == ["2 December 2024"]
    assert page.xpath("//aside/div/@id") == [f"archive-note-{number}" for number in (3, 2, 1)]


def test_the_comma_of_a_note_is_its_languages() -> None:
    """An Arabic note has an Arabic comma before its date."""
    found = edition("2024-11", entry(tag="ar"), language="ar", corrections=(NOTE,))
    page = _page(issue(edition("2024-11"), found), path="2024-11/ar/index.html")
    assert texts(page, "//aside//strong")[0] == "تصويب، 2 ديسمبر 2024"
    assert texts(page, "//p[@class='archive-correction']") == ["تصويب، 2 ديسمبر 2024"]


def test_a_correction_of_an_unknown_item_has_no_link() -> None:
    """A correction whose item is not in the edition is shown all the same."""
    note = NOTE.model_copy(update={"item": "gone"})
    page = _page(issue(edition("2024-11", entry(), corrections=(note,))))
    assert page.xpath("//aside//a") == []
    assert len(texts(page, "//aside//time")) == 1


def test_without_corrections_there_is_no_box() -> None:
    """A page without corrections has no empty box."""
    assert _page(issue(edition("2024-11"))).xpath("//aside") == []


def test_pictures_have_a_smaller_copy() -> None:
    """JPEG pictures are offered as WebP as well, others as they are."""
    files = site(archive(issue(edition("2024-11", assets=("a-1.jpg", "b-2.png")))))
    page = pages(files)["2024-11/index.html"]
    assert page.xpath("//picture/source/@srcset") == ["assets/a-1.webp"]
    assert page.xpath("//img/@src") == ["assets/a-1.jpg", "assets/b-2.png"]
    assert {"2024-11/assets/a-1.jpg", "2024-11/assets/a-1.webp"} <= files.keys()


def test_links_into_the_archive_are_relative() -> None:
    """Links to other pages of the archive work in any folder; other links stay as they were."""

    def page(_: PublishedEdition) -> str:
        home = "https://news.example.org/monthly/"
        return (
            f'<html><head></head><body><main><a href="{home}2024-10/#news-a">a</a>'
            f'<a href="{home}2023-01/">b</a><a href="https://example.org/">c</a></main></body></html>'
        )

    shelves = Shelves(page, SHELVES.picture, SHELVES.webp)
    older = issue(edition("2024-10", date=datetime.date(2024, 10, 1)))
    outputs = all_outputs(press(archive(issue(edition("2024-11")), older)), shelves)
    (made,) = [each.make() for each in outputs if each.path == "2024-11/index.html"]
    assert html.document_fromstring(made.decode()).xpath("//main/a/@href") == [
        "../2024-10/index.html#news-a",
        "https://news.example.org/monthly/2023-01/",
        "https://example.org/",
    ]


def test_a_page_is_not_read_while_its_key_is_the_same() -> None:
    """A page's key changes with the edition, its corrections and its neighbours, and only then."""
    older, middle, newer = _issues()

    def key(*issues: PublishedIssue) -> str:
        bundles = editions(press(archive(*issues)), SHELVES)
        bundle = next(each for each in bundles if each.path == "2024-10/")
        page = next(each for each in bundle.outputs() if each.path == "2024-10/index.html")
        assert page.key in bundle.key
        return page.key

    (found,) = middle.editions
    same = key(older, middle)
    noted = edition("2024-10", entry(), date=found.date, corrections=(NOTE,))
    other = edition("2024-10", entry(), date=found.date, digest="another")
    assert key(older, middle) == same
    assert len({same, key(middle), key(older, middle, newer)}) == 3
    assert same not in {key(older, issue(noted)), key(older, issue(other))}


def _moved_page(_: PublishedEdition) -> str:
    home = "https://old.example.org"
    return (
        f'<html><head><link rel="canonical" href="{home}/2024-11/">'
        f'<meta name="description" content="Now at {home}/">'
        f'<meta property="og:url" content="{home}/2024-11/">'
        f'<meta property="og:image" content="{home}/2024-11/assets/a-1.jpg">'
        '<script type="application/ld+json">'
        f'{{"url": "{home}/2024-11/", "isPartOf": {{"url": "{home}"}}}}</script></head><body>'
        f'<nav class="top"><a href="{home}/">All</a><a href="{home}">All</a>'
        f'<a href="{home}/2024-11/fr/">Français</a></nav><main><p>See {home}/2024-11/</p>'
        f'<a href="{home}/news/#a">a</a><a href="{home}/join">b</a><a href="{home}/about">c</a>'
        '<a href="https://old.example.organic/">d</a></main></body></html>'
    )


def test_a_page_declares_where_the_archive_is_now() -> None:
    """A page sent before the archive moved names its new address, and leads to pages there."""
    shelves = Shelves(_moved_page, SHELVES.picture, SHELVES.webp)
    published = archive(issue(edition("2024-11"), edition("2024-11", language="fr")))
    outputs = all_outputs(press(published), shelves)
    (made,) = [each.make().decode() for each in outputs if each.path == "2024-11/index.html"]
    page, home = html.document_fromstring(made), "https://news.example.org/monthly/"

    assert page.xpath("//link[@rel='canonical']/@href") == [f"{home}2024-11/"]
    assert page.xpath("//meta[@property='og:url']/@content") == [f"{home}2024-11/"]
    assert f'<meta property="og:image" content="{home}2024-11/assets/a-1.jpg">' in made
    assert f'{{"url": "{home}2024-11/", "isPartOf": {{"url": "{home}"}}}}' in made
    assert page.xpath("//nav[@class='top']//a/@href") == [
        "../index.html",
        "../index.html",
        "fr/index.html",
    ]
    assert page.xpath("//main/a/@href") == [
        f"{home}news/#a",
        f"{home}join",
        "https://old.example.org/about",
        "https://old.example.organic/",
    ]


def test_words_that_name_the_former_address_stay() -> None:
    """What a page said to readers of an address is as it was sent, even if the archive moved."""
    shelves = Shelves(_moved_page, SHELVES.picture, SHELVES.webp)
    outputs = all_outputs(press(archive(issue(edition("2024-11")))), shelves)
    (made,) = [each.make().decode() for each in outputs if each.path == "2024-11/index.html"]
    page = html.document_fromstring(made)

    assert texts(page, "//main/p") == ["See https://old.example.org/2024-11/"]
    assert page.xpath("//meta[@name='description']/@content") == ["Now at https://old.example.org/"]
