"""Layout: facts in words, halves in pairs, addresses that never change."""

from __future__ import annotations

from typing import Any

import pytest

from infomail import load
from infomail.compose.layout import PictureNeed, _rows, edition_url, pictures_needed
from infomail.compose.view import SectionView
from infomail.model.issue import Issue, NewsSection
from infomail.model.newsletter import Newsletter


def issue(**sections: Any) -> Issue:  # noqa: ANN401  # raw data of an issue
    """Make an issue of sections."""
    usual = {"title": "T", "subject": "S", "preheader": "P", "date": "2026-12-01"}
    return Issue.model_validate({**usual, **sections})


@pytest.mark.parametrize(
    ("layouts", "rows"),
    [
        ("f", [1]),
        ("hh", [2]),
        ("hhh", [2, 1]),
        ("hfh", [1, 1, 1]),
        ("fhhf", [1, 2, 1]),
        ("", []),
    ],
)
def test_neighbouring_halves_share_a_row(layouts: str, rows: list[int]) -> None:
    """Two halves in a row stand side by side; a lonely one takes the whole width."""
    view = SectionView("news", "News", "", None, (), None)
    named = {"f": NewsSection(layout="full"), "h": NewsSection(layout="half")}
    sections = [(named[letter], view) for letter in layouts]

    assert [len(row) for row in _rows(sections)] == rows


def test_pictures_are_wanted_as_wide_as_they_are_shown() -> None:
    """The lead picture is wanted large, a thumbnail smaller, a cover smaller still."""
    image = {"src": "a.png", "alt": ""}
    item = {"title": "x", "image": image}
    needs = pictures_needed(
        issue(spotlight=[item, item], publications=[item]),
        load.parse_newsletter(load.SourceText("newsletter.yaml", _NEWSLETTER)),
    )

    assert needs == (
        PictureNeed("a.png", 1200, ("spotlight", "items", 0, "image", "src")),
        PictureNeed("a.png", 720, ("spotlight", "items", 1, "image", "src")),
        PictureNeed("a.png", 400, ("publications", "items", 0, "image", "src")),
    )


_NEWSLETTER = """
name: {en: N}
organisation: O
sender: {name: N, address: n@example.org}
languages: [en]
list_id: n.example.org
public_url: https://n.example.org/news
postal_address: P
reason: R
country_names: {CV: {en: Cabo Verde}}
"""


def test_the_source_edition_has_the_short_address(newsletter: Newsletter) -> None:
    """The source's page is at the issue's address, a translation's one step below."""
    source = load.SourceText(
        "issues/2026-12.yaml",
        "title: T\nsubject: S\npreheader: P\ndate: 2026-12-01\nnews: [{title: x}]",
    )
    manuscript = load.parse_manuscript("2026-12", newsletter, source)
    home = "https://news.example.org/monthly/2026-12/"

    assert edition_url(newsletter, manuscript, "en") == home
    assert edition_url(newsletter, manuscript, "ar") == f"{home}ar/"


def test_the_organisations_own_name_of_a_country_wins(composed: Any) -> None:  # noqa: ANN401
    """A country is named by CLDR unless the newsletter says otherwise."""
    from infomail.compose.facts import Wording  # noqa: PLC0415
    from infomail.compose.language import Language  # noqa: PLC0415

    del composed
    english = Language("en", load.load_words("en"))
    own = load.parse_newsletter(load.SourceText("newsletter.yaml", _NEWSLETTER))

    assert Wording(english, own).country("CV") == "Cabo Verde"
    assert Wording(english, own).country("BE") == "Belgium"


def test_a_fact_that_the_kicker_names_is_not_said_twice(composed: Any) -> None:  # noqa: ANN401
    """A topic that is the kicker already stands there once."""
    text = (
        "title: T\nsubject: S\npreheader: P\ndate: 2026-12-01\n"
        "news: [{title: x, kicker: Trafficking, topics: [Trafficking, Law]}]"
    )

    assert composed(text).text.count("Trafficking") == 1


def test_an_item_in_another_language_says_so(composed: Any) -> None:  # noqa: ANN401
    """An item whose language differs carries lang and dir in mail and page."""
    text = (
        "title: T\nsubject: S\npreheader: P\ndate: 2026-12-01\nnews: [{title: خبر, language: ar}]"
    )
    edition = composed(text)

    assert '<div lang="ar" dir="rtl" style="text-align:right">' in edition.html
    assert ' lang="ar" dir="rtl">' in edition.page


def test_a_list_in_another_direction_is_indented_on_its_own_side(composed: Any) -> None:  # noqa: ANN401
    """An Arabic list in an English mail has its bullets on the right."""
    text = (
        "title: T\nsubject: S\npreheader: P\ndate: 2026-12-01\n"
        "news: [{title: خبر, language: ar, text: '- واحد'}]"
    )

    assert '<ul style="margin:0 0 12px;padding-left:0;padding-right:22px">' in composed(text).html


@pytest.mark.parametrize(
    ("section", "word"),
    [
        ("spotlight: {theme: T, intro: Introword}", "Introword"),
        ("news: [{title: x, image: {src: a.png, alt: '', caption: Captionword}}]", "Captionword"),
        ("spotlight: {theme: Themeword, items: [{title: x}]}", "Themeword"),
    ],
    ids=["intro without items", "caption of a decoration", "theme"],
)
def test_nothing_written_is_lost(composed: Any, section: str, word: str) -> None:  # noqa: ANN401
    """What stands in the issue stands in mail, text and page."""
    edition = composed(f"title: T\nsubject: S\npreheader: P\ndate: 2026-12-01\n{section}")

    assert word in edition.html
    assert word in edition.text
    assert word in edition.page


def test_an_empty_section_is_not_shown(composed: Any) -> None:  # noqa: ANN401
    """A section without items, introduction and closing link leaves no bare heading."""
    text = "title: T\nsubject: S\npreheader: P\ndate: 2026-12-01\nnews: []\ncalls: []"
    edition = composed(text)

    assert "News" not in edition.html + edition.text + edition.page


def test_a_featured_publication_is_larger(composed: Any) -> None:  # noqa: ANN401
    """Featured means a larger title and a larger cover."""
    text = (
        "title: T\nsubject: S\npreheader: P\ndate: 2026-12-01\npublications:\n"
        "  - {title: x, featured: %s, image: {src: a.png, alt: y}}"
    )
    usual, featured = composed(text % "false").html, composed(text % "true").html

    assert ("font-size:22px" in featured, 'width="180"' in featured) == (True, True)
    assert 'width="124"' in usual


def test_who_sends_is_part_of_the_digest(composed: Any) -> None:  # noqa: ANN401
    """An edition from another sender is another edition, though it reads the same."""
    import dataclasses  # noqa: PLC0415

    edition = composed("title: T\nsubject: S\npreheader: P\ndate: 2026-12-01\nnews: [{title: x}]")
    other = dataclasses.replace(edition, masthead=(("sender_address", "else@example.org"),))

    assert edition.digest != other.digest


def test_a_country_without_an_own_name_in_a_language_keeps_cldrs() -> None:
    """A name given in English does not reach the French edition."""
    from infomail.compose.facts import Wording  # noqa: PLC0415
    from infomail.compose.language import Language  # noqa: PLC0415

    own = load.parse_newsletter(load.SourceText("newsletter.yaml", _NEWSLETTER))

    assert Wording(Language("fr", load.load_words("fr")), own).country("CV") == "Cap-Vert"


def test_a_paragraph_after_a_list_stands_apart(composed: Any) -> None:  # noqa: ANN401
    """In the text part a list ends with a blank line, and a signature keeps its lines."""
    text = (
        "title: T\nsubject: S\npreheader: P\ndate: 2026-12-01\nletter:\n"
        '  text: "- one\\n- two\\n\\nafter"\n  signature: "A. Novak\\nHead of office"'
    )

    assert "- one\n- two\n\nafter\n\nA. Novak\nHead of office\n" in composed(text).text


def test_translated_words_are_in_the_translations_language(composed: Any) -> None:  # noqa: ANN401
    """An item that was Arabic in the source is French once it is translated into French."""
    text = (
        "title: T\nsubject: S\npreheader: P\ndate: 2026-12-01\n"
        "news: [{id: a, title: خبر, language: ar}]"
    )
    words = "title: T\nsubject: S\npreheader: P\nnews: [{id: a, title: Une nouvelle}]"

    assert 'dir="rtl"' not in composed(text, words, "fr").html
