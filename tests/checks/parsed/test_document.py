"""HTML is read as mail programs read it, and every element knows what it shows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks.parsed.document import Element, folded, parse
from infomail.model.edition import Origin

HTML = (
    '<!doctype html><html lang="en"><head><title>T</title><style>a{}</style></head>'
    '<body><!-- one --><p class="b a">Read <a href="#x">the <b>whole</b></a>  report</p>'
    '<style>b{}</style><a name="x" id="y">here</a></body></html>'
)


def only(html: str, tag: str) -> Element:
    """Give the only element of a name."""
    (element,) = parse(html).all(tag)
    return element


def test_elements_come_in_the_order_of_the_document() -> None:
    """Each element has its number, and the number of the last one inside it."""
    document = parse(HTML)
    assert [one.number for one in document.elements] == list(range(len(document.elements)))
    paragraph = only(HTML, "p")
    assert [one.tag for one in document.elements[paragraph.number : paragraph.last + 1]] == [
        "p",
        "a",
        "b",
    ]
    assert [one.tag for one in paragraph.descendants] == ["a", "b"]
    assert [one.tag for one in only(HTML, "b").ancestors] == ["a", "p", "body", "html"]


def test_words_are_told_from_those_of_elements_inside() -> None:
    """Own words are without, words with what stands in elements inside; spaces are folded."""
    paragraph = only(HTML, "p")
    assert paragraph.own_words == "Read report"
    assert paragraph.words == "Read the whole report"
    assert folded(" a\n\t b ") == "a b"


def test_a_document_gives_its_parts() -> None:
    """Styles, comments, links, ids and classes are found."""
    document = parse(HTML)
    assert document.css == "a{}\nb{}"
    assert document.comments == (" one ",)
    assert [link.words for link in document.links] == ["the whole"]
    assert document.ids == {"x", "y"}
    assert [one.tag for one in document.with_class("a")] == ["p"]
    assert document.with_class("other") == ()
    assert (document.root, document.body) == (document.all("html")[0], document.all("body")[0])


def test_names_are_in_small_letters_and_entities_are_read() -> None:
    """Tags and attributes are the same however they are written."""
    image = only('<P><IMG ALT="a &amp; b" STYLE="WIDTH:1px">', "img")
    assert image.attributes["alt"] == "a & b"
    assert image.style == {"width": "1px"}


def test_every_element_knows_the_part_of_the_issue_that_it_shows() -> None:
    """What begins in a part belongs to it, in attributes too; the marks are taken out again."""
    html = '<div><h1>Title</h1><p>Text <a href="u">link</a></p><p><img alt="Alt"></p></div>'
    paths = {"Title": ("title",), "Text": ("text",), "link": ("link",), "Alt": ("alt",)}
    origins = tuple(Origin(html.index(words), path) for words, path in paths.items())
    document = parse(html, origins)
    assert document.html == html
    assert [(one.tag, one.path) for one in document.elements if one.tag in {"h1", "a", "img"}] == [
        ("h1", ("title",)),
        ("a", ("link",)),
        ("img", ("alt",)),
    ]
    assert document.all("h1")[0].words == "Title"
    assert document.all("img")[0].attributes["alt"] == "Alt"


def test_a_comment_does_not_tear_words_apart_from_their_element() -> None:
    """Words after a comment are their element's as well."""
    assert only("<p>one<!-- x --> two</p>", "p").own_words == "one two"


@pytest.mark.parametrize("html", ["", " \n", "<!-- only -->", "<!doctype html>"])
def test_nothing_is_an_empty_document(html: str) -> None:
    """Without any element there are no links, no styles and no body."""
    document = parse(html)
    assert (document.elements, document.links, document.css, document.body) == ((), (), "", None)


def test_deep_nesting_is_survived() -> None:
    """Thousands of elements within each other are read, and their words as well."""
    document = parse("<div>" * 3000 + "deep")
    assert document.elements[0].words in {"", "deep"}
    assert len(list(document.elements[0].descendants)) == len(document.elements) - 1


@settings(max_examples=50)
@given(st.text(alphabet="<>/=\"' adiv!-pb&#;x0\x00é\ud7ff", max_size=80))
def test_a_document_comes_out_of_anything(html: str) -> None:
    """Whatever the HTML is, elements lie within each other and words are whole."""
    document = parse(html)
    for element in document.elements:
        assert element.number <= element.last < len(document.elements)
        assert all(child.parent is element for child in element.children)
        assert element.own_words == folded(element.own_words)
