"""Pictures whose words or addresses fail readers are found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks import Proof
from infomail.checks.rule import Rule
from infomail.checks.rules.images import (
    MIN_WORDS_CHARACTERS,
    RULES,
    hotlink,
    img_absolute_https,
    img_alt_filename,
    img_alt_redundant,
    img_data_uri,
    img_link_alt,
    img_ratio,
)
from infomail.model.finding import Finding

Change = tuple[str, str, str]

MAIL = "templates/mail.mjml:1:1"
ALT = "alt: Two officers study a map in a harbour office"
ALT_PLACE = "issues/2030-05.yaml:25:14"
FRENCH_ALT = "alt: Deux agents étudient une carte dans un bureau du port"
ARABIC_ALT = "alt: ضابطان يدرسان خريطة في مكتب الميناء"
SRC = 'src="https://news.example.org/monthly/2030-05/assets/tower'
HTML_ALT = 'alt="A low white building beside a lighthouse"'
LOGO = '<img alt="Monthly Update"'
INLINE = 'src="data:image/png;base64,AAAA" data-was="https://news.example.org/tower'

CASES = [
    ("img-alt-missing", ("html", f"{HTML_ALT} ", ""), MAIL),
    ("img-alt-filename", ("issue", ALT, "alt: IMG_1234.jpg"), ALT_PLACE),
    ("img-alt-redundant", ("issue", ALT, "alt: Photo of two officers"), ALT_PLACE),
    ("img-alt-redundant", ("issue", ALT, "alt: What ministers agreed in Praia"), ALT_PLACE),
    ("img-alt-redundant", ("issue", ALT, "alt: The harbour office of Praia."), ALT_PLACE),
    ("img-alt-long", ("issue", ALT, f"alt: {'A' * 126}"), ALT_PLACE),
    ("img-absolute-https", ("html", SRC, 'src="/assets/tower'), MAIL),
    ("img-absolute-https", ("html", SRC, 'src="//news.example.org/tower'), MAIL),
    ("img-data-uri", ("html", SRC, INLINE), MAIL),
    ("hotlink", ("html", SRC, 'src="https://pictures.example.com/tower'), MAIL),
]


@pytest.mark.parametrize(("code", "change", "place"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: Change, place: str
) -> None:
    """Each fault is found by its own rule, at the line to mend, and is no other rule's error."""
    convicts(code, change, place)


def test_a_linked_picture_without_words_is_found(convicts: Callable[..., Finding]) -> None:
    """The logo leads to the archive, so it needs words, in the newsletter's file."""
    change = ("html", LOGO, '<img alt=" "')
    convicts("img-link-alt", change, "newsletter.yaml:26:15")


def test_a_picture_of_the_template_is_the_templates(spoilt: Callable[..., Proof]) -> None:
    """A picture that a designer set behind an item's picture is not taken for the item's."""
    image = '<p><img src="https://news.example.org/monthly/icon.png" alt="icon"></p>'
    proof = spoilt(("html", f"{HTML_ALT} ", f"{HTML_ALT}>{image}<img alt='A' "), "en")
    [fault] = img_alt_filename.judge(proof)
    assert fault.path == ("templates/mail.mjml",)


def test_a_newsletter_without_https_is_found(convicts: Callable[..., Finding]) -> None:
    """A newsletter served over plain http is told so once, in its own file."""
    change = ("newsletter", "public_url: https:", "public_url: http:")
    also = ("url-http", "unsub-present")
    finding = convicts("img-absolute-https", change, "newsletter.yaml:6:13", also=also)
    assert finding.message.endswith("has no https address (and 3 more)")


@pytest.mark.parametrize("src", ["", "   ", "tower.jpg", "http://news.example.org/a", "https:///a"])
def test_addresses_that_lead_nowhere(spoilt: Callable[..., Proof], src: str) -> None:
    """An empty, a relative, an open and a host-less address are no addresses for a picture."""
    image = f'<img src="{src}" alt="A tower"><h1 '
    assert len(list(img_absolute_https.judge(spoilt(("html", "<h1 ", image), "en")))) == 1


@pytest.mark.parametrize("src", ["HTTPS://news.example.org/a", "cid:tower", "data:image/png,A"])
def test_addresses_that_are_fine_or_another_rules(spoilt: Callable[..., Proof], src: str) -> None:
    """Capitals do not matter; a picture inside the mail is no matter of addresses."""
    image = f'<img src="{src}" alt="A tower"><h1 '
    assert list(img_absolute_https.judge(spoilt(("html", "<h1 ", image), "en"))) == []


def test_a_picture_inside_a_style_is_found(spoilt: Callable[..., Proof]) -> None:
    """A data: address in CSS is one as well; in words it is not."""
    style = "<td style=\"background:url('data:image/png;base64,A')\">data:image/png</td><h1 "
    [fault] = img_data_uri.judge(spoilt(("html", "<h1 ", style), "en"))
    assert fault.message == "a picture is written into the mail as data:"
    assert (
        list(img_data_uri.judge(spoilt(("html", "<h1 ", "<p>data:image/png</p><h1 "), "en"))) == []
    )


@pytest.mark.parametrize(
    "alt",
    [
        *(
            "logo",
            "Photo 3",
            "image",
            "Picture",
            "صورة",
            "Bild",
            "фото",
            "图片",
            "photo.",
            "DSC00017",
        ),
        *(
            "IMG-20241120-WA0007",
            "harbour_final.PNG",
            "Screenshot 2024-11-20 at 10.15.03",
            "Capture 2",
        ),
    ],
)
def test_names_of_files_and_things(spoilt: Callable[..., Proof], alt: str) -> None:
    """What cameras and programs call a picture says nothing, in any language."""
    [fault] = img_alt_filename.judge(spoilt(("issue", ALT, f"alt: {alt}"), "en"))
    assert fault.path == ("spotlight", "items", 0, "image", "alt")


def test_the_name_of_the_file_is_no_alt_text(spoilt: Callable[..., Proof]) -> None:
    """The stem of the published file counts where it is more than a word."""
    stem = "tower-4610f71b6a"
    image = f'<img src="https://news.example.org/{stem}.jpg" alt="{stem}"><h1 '
    assert len(list(img_alt_filename.judge(spoilt(("html", "<h1 ", image), "en")))) == 1


@pytest.mark.parametrize(
    "alt",
    [
        *("harbour", "Photographers at work", "Logo of the harbour office", "Image processing"),
        *("Screenshot of the map of arrivals", "Cover with a child", "10 officers", '""', "2030"),
    ],
)
def test_descriptions_are_no_names(spoilt: Callable[..., Proof], alt: str) -> None:
    """A word that is also the file's name, and words that go on, are descriptions."""
    assert list(img_alt_filename.judge(spoilt(("issue", ALT, f"alt: {alt}"), "en"))) == []


def test_a_french_beginning(convicts: Callable[..., Finding]) -> None:
    """French says it its own way."""
    change = ("fr", FRENCH_ALT, "alt: Une photo d’agents")
    finding = convicts("img-alt-redundant", change, "issues/2030-05.fr.yaml:22:14", "fr")
    assert finding.message == "the alt text “Une photo d’agents” begins with “Une photo d’”"


def test_an_arabic_beginning(convicts: Callable[..., Finding]) -> None:
    """Arabic says it its own way."""
    change = ("ar", ARABIC_ALT, "alt: صورة لضابطين في مكتب الميناء")
    convicts("img-alt-redundant", change, "issues/2030-05.ar.yaml:22:14", "ar")


@pytest.mark.parametrize(
    "alt",
    [
        *("A picture showing boats", "Foto de barcos", "Bild von Booten", "Immagine di barche"),
        *("Фото лодок в порту", "港口的照片", "Imagem do porto", "GRAPHIC OF BOATS"),
    ],
)
def test_beginnings_in_other_languages(spoilt: Callable[..., Proof], alt: str) -> None:
    """The phrase is found in each of the usual languages, in any letters."""
    assert len(list(img_alt_redundant.judge(spoilt(("issue", ALT, f"alt: {alt}"), "en")))) == 1


@pytest.mark.parametrize(
    "alt",
    [
        *(
            "Image offices of the ministry",
            "Photographs on a wall",
            "صورة جماعية للوزراء",
            "Bildung für alle",
        ),
        *("Group photo of ministers", "Map of the route", '""', "Photography"),
    ],
)
def test_beginnings_that_say_something(spoilt: Callable[..., Proof], alt: str) -> None:
    """A word that only begins alike, and a kind of picture that matters, may stay."""
    assert list(img_alt_redundant.judge(spoilt(("issue", ALT, f"alt: {alt}"), "en"))) == []


def test_125_characters_are_fine(spoilt: Callable[..., Proof]) -> None:
    """The limit itself is no fault."""
    proof = spoilt(("issue", ALT, f"alt: {'A' * 125}"), "en")
    assert [fault for rule in RULES for fault in rule.judge(proof)] == []


@pytest.mark.parametrize(
    "link",
    [
        '<a href="#news"><img src="https://news.example.org/a.png" alt=""> News</a>',
        '<a href="#news"><img src="https://news.example.org/a.png" alt="News"></a>',
        '<a href="#news"><img src="a.png" alt=""><img src="b.png" alt="News"></a>',
        '<a name="news"><img src="https://news.example.org/a.png" alt=""></a>',
        '<img src="https://news.example.org/a.png" alt="">',
    ],
)
def test_pictures_that_may_have_no_words(spoilt: Callable[..., Proof], link: str) -> None:
    """A decoration outside of links, or beside the words of one, needs no alt text."""
    assert list(img_link_alt.judge(spoilt(("html", "<h1 ", f"{link}<h1 "), "en"))) == []


SMALL = """\
spotlight:
  - title: Harbours
    text: {text}
    image: {{src: assets/harbour.jpg, alt: Two officers study a map in an office}}
"""


def test_a_mail_of_pictures_is_found(convicts: Callable[..., Finding], sample: str) -> None:
    """A mail with one picture and hardly a sentence is found, at the head of its file."""
    change = ("issue", sample[sample.index("letter:") :], SMALL.format(text="See above."))
    finding = convicts("img-ratio", change, "issues/2030-05.yaml:1:1")
    assert finding.message.startswith("the mail has pictures, but only ")


def test_words_weigh_pictures_up(spoilt: Callable[..., Proof], sample: str) -> None:
    """The same mail with 500 characters of text, or without its picture, is fine."""
    rest = sample[sample.index("letter:") :]
    words = SMALL.format(text="word " * (MIN_WORDS_CHARACTERS // len("word ")))
    assert list(img_ratio.judge(spoilt(("issue", rest, words), "en"))) == []


def test_a_mail_without_pictures_may_be_short(spoilt: Callable[..., Proof], sample: str) -> None:
    """A logo is no content, and neither is a decoration."""
    rest = sample[sample.index("letter:") :]
    short = "spotlight:\n  - {title: Harbours, text: See above.}\n"
    assert list(img_ratio.judge(spoilt(("issue", rest, short), "en"))) == []


def test_hosts_are_named_once(spoilt: Callable[..., Proof]) -> None:
    """Two pictures of one host are one finding; one that is shown twice is one picture."""
    image = '<img src="https://CDN.example.com/a.png" alt="">'
    other = image.replace("a.png", "b.png")
    [fault] = hotlink.judge(spoilt(("html", "<h1 ", f"{image}{other}{image}<h1 "), "en"))
    assert fault.message == "2 pictures come from cdn.example.com"


@pytest.mark.parametrize(
    "html",
    [
        '<table background="{}"></table>',
        '<p style="background: #fff url(&quot;{}&quot;) no-repeat">Words</p>',
        "<p style='list-style-image:URL( {} )'>Words</p>",
        "<style>@media (min-width: 1px) {{ .a {{ background-image: url('{}') }} }}</style>",
        "<style>.a {{ background: image-set('{}' 1x) }}</style>",
        '<img src="https://news.example.org/a.png" alt="" srcset="/b.png 1x, {} 2x">',
        '<picture><source srcset="{}"></picture>',
        '<!--[if mso]><v:rect><v:fill type="frame" src="{}" /></v:rect><![endif]-->',
        '<!--[if gte mso 9]><img src="{}" alt=""><![endif]-->',
        "<!--[if mso]><style>.a {{ background: url({}) }}</style><![endif]-->",
        '<input type="image" src="{}" alt="Go">',
        '<video poster="{}"></video>',
        '<svg><image href="{}"></image></svg>',
    ],
)
def test_every_request_for_a_picture_counts(spoilt: Callable[..., Proof], html: str) -> None:
    """Pictures in CSS, attributes and VML tell another host as much as those in img."""
    for address, number in (
        ("https://cdn.example.com/a.png", 1),
        ("//cdn.example.com/a.png", 1),
        ("https://news.example.org/a.png", 0),
        ("a.png", 0),
    ):
        planted = f"{html.format(address)}<h1 "
        faults = list(hotlink.judge(spoilt(("html", "<h1 ", planted), "en")))
        assert [fault.message for fault in faults] == [
            "a picture comes from cdn.example.com"
        ] * number


@pytest.mark.parametrize(
    "html",
    [
        "<style>@font-face {{ font-family: A; src: url({}) }}</style>",
        "<style>/* .a {{ background: url({}) }} */</style>",
        '<!-- <img src="{}"> -->',
        '<a href="{}">A link</a>',
        '<blockquote cite="{}">Words</blockquote>',
    ],
)
def test_what_is_no_picture_does_not_count(spoilt: Callable[..., Proof], html: str) -> None:
    """Fonts, comments and links ask another host for no picture."""
    planted = f"{html.format('https://cdn.example.com/a')}<h1 "
    assert list(hotlink.judge(spoilt(("html", "<h1 ", planted), "en"))) == []


@pytest.fixture
def sample() -> str:
    """Give the text of the sample's issue."""
    path = Path(__file__).parents[1] / "sample" / "issues" / "2030-05.yaml"
    return path.read_text(encoding="utf-8")


PIECES = [
    *("<img", ' alt="', ' src="', '"', ">", "https://", "[", "data:", ".gif", "url(", "a", " "),
    *('<a href="', "</a>", ' width="', "²", "image of", "//", "<div style='display:none'>"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
@settings(max_examples=20, deadline=None)
@given(html=st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_mail_makes_a_rule_stumble(rule: Rule, clean: Callable[[str], Proof], html: str) -> None:
    """Whatever stands in place of a mail, each rule gives an answer."""
    proof = clean("en")
    broken = dataclasses.replace(proof.edition, html=html, origins=())
    faults = list(rule.judge(dataclasses.replace(proof, edition=broken)))
    assert all(fault.message and fault.remedy for fault in faults)
