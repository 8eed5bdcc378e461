"""Each kind of field gives a clean value or a refusal with a remedy, and nothing else."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from infomail.model import fields

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
KINDS: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter(getattr(fields, name))
    for name in (
        *("Line", "MaybeEmptyLine", "Greeting", "Prose", "Slug", "Day", "DayOrTime", "TimeZone"),
        *("Language", "LanguageOrAll", "Country", "LinkUrl", "WebUrl", "BaseUrl", "Colour"),
        "FontStack",
    )
}
ODD = st.sampled_from(
    [
        *("..", "/etc/passwd", "../../etc/passwd", "Europe", "Europe/", "localtime", "C", "und"),
        *("x" * 3000, "en-US@x", "http://[", "http://a:99999", "http://[::1]", "HTTPS://x", "//x"),
        *("mailto:", "https:x", "https:///x", "http://\u2100", "[[infomail:name]]", "٢٠٢٤-١١-٢٠"),
    ]
)
ANYTHING = st.one_of(
    st.text(st.characters()),
    st.text("éA09-./:@#T _+%{}[]\x85\u2028٣\ud800\x07\t\n"),
    st.lists(st.text()),
    st.none(),
    st.booleans(),
    st.integers(),
    st.dictionaries(st.text(), st.text()),
    ODD,
)


def read(kind: str, value: object) -> Any:  # noqa: ANN401  # each kind has its own type
    """Read `value` as a field of that kind."""
    return KINDS[kind].validate_python(value)


def refusal(kind: str, value: object) -> str:
    """Give what is wrong with `value`."""
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    return caught.value.errors()[0]["msg"]


@pytest.mark.parametrize("kind", KINDS)
@given(value=ANYTHING)
def test_anything_is_cleaned_or_refused_with_a_remedy(kind: str, value: object) -> None:
    """Whatever is written, a field holds a clean value or says what to write."""
    try:
        clean = read(kind, value)
    except ValidationError as error:
        (detail,) = error.errors()
        assert detail["msg"]
        assert detail["type"] != fields.REFUSED or detail["ctx"]["remedy"]
    else:
        assert not CONTROL.search(str(clean))
        assert fields.SLOT_OPENING not in str(clean)


@pytest.mark.parametrize("kind", KINDS)
@given(value=ANYTHING)
def test_clean_value_stays_itself(kind: str, value: object) -> None:
    """Reading a value that was read before changes nothing."""
    try:
        clean = read(kind, value)
    except ValidationError:
        return

    assert read(kind, clean) == clean


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=400))
def test_line_loses_no_letter(text: str) -> None:
    """A line keeps everything but the spaces around it and the breaks inside it."""
    expected = unicodedata.normalize("NFC", text)
    expected = re.sub(" *[\u2028\u2029]+ *", " ", expected).strip()
    if expected and fields.SLOT_OPENING not in text:
        assert "".join(read("Line", text).split()) == "".join(expected.split())


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (" one ", "one"),
        ("one\ntwo", "one two"),
        ("one \r\n\r\n two\tthree", "one two three"),
        ("one\u2028two", "one two"),
        ("un\u00a0: deux\u202f!", "un\u00a0: deux\u202f!"),
        ("e\u0301", "é"),
        (True, "true"),
    ],
)
def test_line_is_one_line(written: object, line: str) -> None:
    """Breaks become one space, hard spaces stay, and letters are composed."""
    assert read("Line", written) == line


def test_prose_keeps_its_lines() -> None:
    """Paragraphs survive, with one kind of line break and spaces for tabs."""
    assert read("Prose", "a\r\n\r\n\tb\rc") == "a\n\n    b\nc"


@pytest.mark.parametrize(
    ("kind", "longest"), [("Line", 500), ("MaybeEmptyLine", 500), ("Slug", 80), ("Prose", 20_000)]
)
def test_length_is_capped(kind: str, longest: int) -> None:
    """A text may be as long as its limit and no longer."""
    assert len(read(kind, "x" * longest)) == longest
    assert refusal(kind, "x" * (longest + 1))


@pytest.mark.parametrize("kind", ["Line", "Prose"])
@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x9b", "\ud800", "\ufffe"])
def test_control_character_is_refused(kind: str, character: str) -> None:
    """A character that a mail cannot carry is named by its code."""
    assert refusal(kind, f"a{character}b") == (
        f"it holds the control character U+{ord(character):04X}"
    )


@pytest.mark.parametrize("kind", ["Line", "Prose"])
@pytest.mark.parametrize(
    "text",
    [
        *("[[infomail:x]]", "[[infomail\\:x]]", "[\\[infomail:x]]", "[[infomail&#58;x]]"),
        *("&#91;&lbrack;infomail&colon;x]]", "\\[&#x5b;infomail\\:x]]", "[[info&#109;ail:x]]"),
    ],
)
def test_slot_cannot_be_written_in_disguise(kind: str, text: str) -> None:
    """Neither backslashes nor character references bring a subscriber's data into a text."""
    assert "stands for a subscriber's data" in refusal(kind, text)


@pytest.mark.parametrize("written", ["&#12;", "&#xC;", "&#12"])
def test_control_character_by_its_number_is_refused(written: str) -> None:
    """A character that Markdown would make is refused where it is written."""
    assert refusal("Prose", f"a{written} b") == "it holds the control character U+000C"
    assert read("Line", f"a{written} b")


@pytest.mark.parametrize(
    "text",
    [
        *("a & b \\* c &amp; [d", "[a](https://b.example/?c=d&e=f)", "<https://a.example>"),
        *("[a](mailto:b@c.example)", "<a@b.example>", "[a](tel:+41227918888)", "a](b < c"),
        *("[ü](https://münchen.example/ü)", "\\[a](b)"),
    ],
)
def test_prose_with_good_links_is_taken(text: str) -> None:
    """Links that lead somewhere, and marks that are no links, stay as they are."""
    assert read("Prose", text) == text


@pytest.mark.parametrize(
    "link",
    [
        *("[b](/rel)", "[c](#frag)", "[d]()", "[f](//evil.example)", "[g](ftp://a.example)"),
        *("![h](i.png)", "<ftp://a.example>", "- x\n- > **[j](k)**", "[l](https://)", "[m](n 'o')"),
        *("[p](https&colon;q)", "[r](mailto:)", "[s](www.example.org)"),
        *("[t](javascript:alert(1))", "[u](file:///C:/a.pdf)", "<data:text/html,x>"),
    ],
)
def test_link_of_prose_that_leads_nowhere_is_refused(link: str) -> None:
    """A link inside a text has to be as good as one with a line of its own."""
    assert refusal("Prose", f"One\n\n{link}").startswith("the link to '")


@pytest.mark.parametrize("kind", ["Line", "MaybeEmptyLine", "Prose"])
def test_name_is_refused_outside_the_greeting(kind: str) -> None:
    """Only a greeting gets the subscriber's name."""
    assert refusal(kind, "Dear {name},") == "it holds {name}"
    assert read("Greeting", "Dear {name},") == "Dear {name},"


@pytest.mark.parametrize(
    "url",
    [
        *("https://a.example", "http://a.example/b?c=d&e=f#g", "https://a.example/%20"),
        *("https://a.example:8443/", "https://münchen.example/ü", "mailto:a@b.example"),
        *("mailto:a@b.example?subject=Hi", "tel:+41227918888", "https://[2001:db8::1]/"),
    ],
)
def test_link_of_a_mail_is_taken_as_it_is(url: str) -> None:
    """What a mail may link to is not changed by a single letter."""
    assert read("LinkUrl", url) == url


@pytest.mark.parametrize("kind", ["LinkUrl", "WebUrl"])
@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\nscript:alert(1)",
            "\x01javascript:x",
        ),
        *("data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://a.example", "//a.example"),
        *("/page", "page", "", " ", "https://", "https:///a", "https:a", "http://[", "https://?a"),
        *("https://a.example/b c", 'https://a.example/"b', "https://a.example/<b>", "mailto:"),
        *("https://a.example/{name}", "https://a.example\\b", "https://a.example:port/", "tel:"),
        *("https://a.example/\u200bb", "https://a.example/\u202eb", "https://a.example/\ufeff"),
        "https://a.example/" + "b" * 2000,
    ],
)
def test_dangerous_or_broken_link_is_refused(kind: str, url: str) -> None:
    """No script, no data, no space, quote or invisible mark gets into a link."""
    assert refusal(kind, url)


@pytest.mark.parametrize("url", ["mailto:a@b.example", "tel:+1"])
def test_page_is_on_the_web(url: str) -> None:
    """Where a page is wanted, an address of a person will not do."""
    assert "is not a link that a mail may carry" in refusal("WebUrl", url)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-11-20", datetime.date(2024, 11, 20)),
        ("2024-11-20 23:59", datetime.datetime.fromisoformat("2024-11-20T23:59")),
        ("2024-11-20T09:30", datetime.datetime.fromisoformat("2024-11-20T09:30")),
        ("2024-11-20 9:30:00", datetime.datetime.fromisoformat("2024-11-20T09:30")),
        ("2024-11-20 00:00", datetime.datetime.fromisoformat("2024-11-20T00:00")),
    ],
)  # fmt: skip
def test_day_and_time_are_read(written: str, moment: datetime.date) -> None:
    """A moment is a day, or a day with a time; midnight is a time."""
    found = read("DayOrTime", written)

    assert (type(found), found) == (type(moment), moment)


@pytest.mark.parametrize("kind", ["Day", "DayOrTime"])
@pytest.mark.parametrize(
    "written",
    ["20.11.2024", "2024-13-01", "2024-02-30", "2024-1-1", "20241120", "2024-11-20 24:00", "now",
     "2024-11-20 9", "2024-11-20 09:30:15", "2024-11-20T09:30Z", "٢٠٢٤-١١-٢٠", 20241120, True],
)  # fmt: skip
def test_no_day_is_refused(kind: str, written: object) -> None:
    """A day that does not exist, or is written otherwise, is never guessed."""
    assert "is not a da" in refusal(kind, written)


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        *[("en", "en"), ("pt-BR", "pt-BR"), ("EN", "en"), ("fr-ch", "fr-CH"), ("pt-br", "pt-BR")],
        *[("zh-TW", "zh-TW"), ("ZH-hant-tw", "zh-Hant-TW"), ("sr-RS", "sr-RS"), ("iw", "iw")],
        *[("es-419", "es-419"), ("ca-es-VALENCIA", "ca-ES-valencia")],
    ],
)
def test_language_is_written_as_bcp_47(written: str, tag: str) -> None:
    """A language tag is given its usual capitals and no subtag that was not written."""
    assert read("Language", written) == tag


@pytest.mark.parametrize(
    "tag", ["xx", "fr-BR", "en-XX", "en-ZZ", "und", "root", "pt_BR", "en-US@x", "", "\u017fv"]
)
def test_unknown_language_is_refused(tag: str) -> None:
    """What CLDR does not know has neither months nor names of countries."""
    assert "is not a language" in refusal("Language", tag)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Brussels", "America/Argentina/Ushuaia"])
def test_time_zone_is_taken(zone: str) -> None:
    """A region of the time zone database is taken as it is."""
    assert read("TimeZone", zone) == zone


@pytest.mark.parametrize(
    "zone",
    [
        *("../etc/passwd", "/etc/localtime", "Europe", "Mars", "", "UTC+1", "localtime", "EST"),
        *("posix/Europe/Brussels", "right/Europe/Brussels", "posixrules", "europe/brussels"),
    ],
)
def test_no_time_zone_is_refused(zone: str) -> None:
    """Only names of the time zone database are time zones, and none is a path."""
    assert refusal("TimeZone", zone)


@pytest.mark.parametrize("code", ["NG", "XK", "EU", "UN"])
def test_country_is_taken(code: str) -> None:
    """Countries, and what mails speak of like one, are taken."""
    assert read("Country", code) == code


@pytest.mark.parametrize("code", ["ZZ", "XA", "XB", "QO", "XY", "Unknown Region", "zz"])
def test_code_of_no_country_is_refused(code: str) -> None:
    """Codes that stand for nowhere would be shown as such to readers."""
    with pytest.raises(ValidationError) as caught:
        read("Country", code)

    assert caught.value.errors()[0]["ctx"]["remedy"].endswith("such as NG for Nigeria")


def test_colour_is_six_digits() -> None:
    """A colour is taken in small letters; a name or a short form is refused."""
    assert read("Colour", "#17406D") == "#17406d"
    assert [bool(refusal("Colour", value)) for value in ("red", "#123", "#17406d;x", "")] == [
        True
    ] * 4


def test_empty_value_is_called_empty() -> None:
    """Nothing is not called None in front of people."""
    assert {refusal(kind, None) for kind in KINDS} == {"it is empty"}
