"""The safe compiler: what the bare compiler corrupts or accepts comes out right or is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser
from lxml.html import HtmlElement

from infomail.compose.mjml import compile_mail
from infomail.errors import TemplateError

CSS = ".big { font-size: 22px; } p { margin: 0; }"


def elements(html: str, tag: str) -> list[HtmlElement]:
    """Find all elements of a document with this tag."""
    return list(parser.document_fromstring(html).iter(tag))


def mail(content: str, *, attributes: str = 'lang="en" dir="ltr"', section: str = "") -> str:
    """Compile one column with `content`."""
    return compile_mail(
        f"<mjml {attributes}><mj-head><mj-preview>Before</mj-preview></mj-head><mj-body>"
        f"<mj-section {section}><mj-column>{content}</mj-column></mj-section></mj-body></mjml>",
        CSS,
        "mail.mjml",
    )


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("مُحَمَّد", id="Arabic with vowel marks"),
        pytest.param("क्षि", id="Hindi conjunct"),
        pytest.param("ไทยที่", id="Thai tone marks"),
        pytest.param("👩\u200d👩\u200d👧 ❤\ufe0f", id="emoji joined"),
        pytest.param("a\u200fb\u200ec\u2067d\u2069", id="directional marks"),
        pytest.param("no\u00a0break soft\u00adhyphen", id="no-break space and soft hyphen"),
        pytest.param("C:\\new\\table", id="backslash"),
        pytest.param("say 'hi'", id="apostrophes"),
    ],
)
def test_attributes_keep_every_character(words: str) -> None:
    """An alt text comes out of the compiler as it went in, whatever script it is in."""
    html = mail(f'<mj-image src="https://a.example/b.png" alt="{words}"/>')

    assert [image.get("alt") for image in elements(html, "img")] == [words]
    assert "\\u{" not in html


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters='<>&"\r\n\t'),
        min_size=1,
    )
)
def test_any_text_survives_in_attribute_and_content(words: str) -> None:
    """No text is changed by compilation, neither in an attribute nor between tags."""
    html = mail(f'<mj-text><p title="{words}">{words}</p></mj-text>')
    paragraph = elements(html, "p")[0]

    assert paragraph.get("title") == words
    assert paragraph.text == words


def test_unitless_zero_padding_counts_in_widths() -> None:
    """A padding of "0 40px" narrows the picture as "0px 40px" does."""
    image = '<mj-image src="https://a.example/b.png" alt=""/>'

    bare = mail(image, section='padding="0 40px"')
    with_unit = mail(image, section='padding="0px 40px"')

    assert bare == with_unit
    assert 'width="470"' in bare


def test_a_broken_line_in_a_style_keeps_its_css() -> None:
    """A style attribute written over two lines is compiled whole."""
    html = mail('<mj-text><p style="color:#112233;\r\n margin:1px">x</p></mj-text>')

    assert {"margin:1px", "color:#123"} <= set(_declarations(html))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<mj-texxt>x</mj-texxt>", "did you mean `mj-text`?"),
        ('<mj-text colour="red">x</mj-text>', "did you mean `color`?"),
        ('<mj-image src="https://a.example/b.png"/>', "add one, or alt"),
        ("<mj-text><img src='x'/></mj-text>", "add one, or alt"),
        ("<mj-section></mj-section>", "cannot stand in <mj-column>"),
        ("<p>stray</p>", "<p> cannot stand in <mj-column>"),
        ('<mj-include path="/etc/passwd"/>', "`mj-include` is no element"),
    ],
    ids=["element", "attribute", "mj-image alt", "img alt", "nesting", "stray html", "include"],
)
def test_what_mjml_does_not_have_is_refused(content: str, words: str) -> None:
    """Unknown elements, attributes, misplaced parts and pictures without alt are named."""
    with pytest.raises(TemplateError) as refused:
        mail(content)

    assert words in str(refused.value)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "<mjml>",
        "<mjml><mj-body></mjml>",
        "<html></html>",
        "<mjml><mj-body>" + "<mj-section>" * 50_000,
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><mjml lang="&a;"></mjml>',
        "<mjml>\x07</mjml>",
        "<mjml>&nbsp;</mjml>",
        "<mjml>\ud800</mjml>",
    ],
    ids=["empty", "open", "crossed", "no mjml", "deep", "entity", "bell", "nbsp", "surrogate"],
)
def test_broken_mjml_is_refused_in_words(source: str) -> None:
    """Broken, hostile or endless MJML ends in a TemplateError that names the template."""
    with pytest.raises(TemplateError, match=r"^mail\.mjml"):
        compile_mail(source, CSS, "mail.mjml")


def test_no_file_is_read_for_an_entity() -> None:
    """An entity that points at a file is never expanded."""
    source = (
        '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/hostname">]><mjml lang="en" dir="ltr">'
        "<mj-body><mj-section><mj-column><mj-text>[&a;]</mj-text></mj-column></mj-section>"
        "</mj-body></mjml>"
    )
    try:
        html = compile_mail(source, CSS, "mail.mjml")
    except TemplateError:
        return

    assert "root:" not in html
    assert "[&a;]" in html or "[]" in html


def test_css_is_inlined_on_content() -> None:
    """The theme's rules stand as style attributes on the elements they name."""
    html = mail('<mj-text><p class="big">x</p></mj-text>')

    assert set(_declarations(html)) == {"margin:0", "font-size:22px"}


def _declarations(html: str) -> list[str]:
    """Give the declarations of the first paragraph's style."""
    style = elements(html, "p")[0].get("style", "")
    return [part.strip() for part in style.split(";")]


def test_an_empty_element_stays_closed() -> None:
    """An empty paragraph is not turned into one that swallows what follows."""
    html = mail("<mj-text><p></p><b>x</b></mj-text>")

    assert "<p></p>" in html.replace(' style="margin:0"', "")


def test_child_selectors_survive_in_style_sheets() -> None:
    """A child selector in mj-style is still one after compilation."""
    html = compile_mail(
        '<mjml lang="en" dir="ltr"><mj-head><mj-style>.a > .b { color: red }</mj-style></mj-head>'
        "<mj-body></mj-body></mjml>",
        "",
        "mail.mjml",
    )

    assert ".a > .b" in html


def test_the_preheader_has_language_and_direction() -> None:
    """The hidden preheader names its language and direction, as every child of body must."""
    html = mail("<mj-text>x</mj-text>", attributes='lang="ar" dir="rtl"')
    children = list(elements(html, "body")[0].iterchildren("div"))

    assert [(div.get("lang"), div.get("dir")) for div in children] == [("ar", "rtl")] * 2


def test_outlooks_tables_run_from_right_to_left() -> None:
    """Every ghost table of Outlook carries the direction of an Arabic mail."""
    html = mail("<mj-text>x</mj-text>", attributes='lang="ar" dir="rtl"')
    ghosts = [part.split("-->")[0] for part in html.split("<!--[if mso | IE]>")[1:]]
    tables = [tag for ghost in ghosts for tag in ghost.split("<table")[1:]]

    assert tables
    assert [tag for tag in tables if not tag.startswith(' dir="rtl"')] == []


def test_nothing_is_linked_from_third_parties() -> None:
    """Well-known font names bring no web fonts with them."""
    html = mail('<mj-text font-family="Roboto, Open Sans, Lato">x</mj-text>')

    assert "googleapis" not in html
    assert "<link" not in html
