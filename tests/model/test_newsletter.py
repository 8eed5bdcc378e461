"""A newsletter has words for each of its languages, and addresses of the right shape."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from infomail.model.newsletter import Newsletter, words_in

LEAST: dict[str, Any] = {
    "name": "Monthly Update",
    "organisation": {"en": "Organisation", "fr": "Organisme"},
    "sender": {"name": "Monthly", "address": "news@example.org"},
    "languages": ["en", "fr"],
    "list_id": "news.example.org",
    "public_url": "https://news.example.org/",
    "postal_address": "Street 1",
    "reason": "Because.",
}


def refused(**more: object) -> list[str]:
    """Give what is wrong with a newsletter that has `more`."""
    with pytest.raises(ValidationError) as caught:
        Newsletter.model_validate(LEAST | more)
    return [error["msg"] for error in caught.value.errors()]


def test_least_newsletter_has_sensible_defaults() -> None:
    """Without more, mails go to a folder, times are UTC, and gaps are errors."""
    newsletter = Newsletter.model_validate(LEAST)

    assert (newsletter.transport, newsletter.time_zone) == ("folder", "UTC")
    assert newsletter.allow_fallback is False
    assert newsletter.brand.logo is None


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [
        ({"": "all"}, "fr", "all"),
        ({"en": "one", "fr": "un"}, "fr", "un"),
        ({"en": "one", "": "all"}, "fr", "all"),
        ({"en": "one"}, "fr", "one"),
    ],
    ids=["for all", "its own", "else for all", "else the first"],
)
def test_words_of_a_language(words: dict[str, str], language: str, expected: str) -> None:
    """A language gets its own words, else those for all, else the first there are."""
    assert words_in(words, language) == expected


def test_one_text_is_for_all_languages() -> None:
    """Words need not be repeated for each language."""
    assert Newsletter.model_validate(LEAST).name == {"": "Monthly Update"}


@pytest.mark.parametrize("field", ["name", "organisation", "postal_address", "reason"])
def test_words_must_be_there_for_each_language(field: str) -> None:
    """What every reader sees must be there in every language, or in one text for all."""
    assert refused(**{field: {"en": "Words"}}) == [f"{field}: it has no words in fr"]


@pytest.mark.parametrize("field", ["name", "name_fallback"])
def test_words_are_never_none_at_all(field: str) -> None:
    """An empty set of words would leave nothing to show."""
    assert len(refused(**{field: {}})) == 1


@pytest.mark.parametrize(
    "address", ["a@b.example", "first.last+tag@mail.example.org", "o'neill@example.org"]
)
def test_address_is_taken(address: str) -> None:
    """An address of the usual shape is taken as it is."""
    sender = LEAST["sender"] | {"address": address}

    assert Newsletter.model_validate(LEAST | {"sender": sender}).sender.address == address


@pytest.mark.parametrize(
    "address",
    [
        *("", "a", "a@", "@b.example", "a@b", "a b@c.example", "a@b..example", "a@-b.example"),
        *("a@b.example\n", "a@b.example\r\nBcc: c@d.example", "A <a@b.example>", ".a@b.example"),
        *("a@b.example,c@d.example", "é@b.example", "a" * 250 + "@b.example"),
    ],
)
def test_address_that_could_do_harm_is_refused(address: str) -> None:
    """No line break, second address or display name gets into a header."""
    (said,) = refused(sender={"name": "N", "address": address})

    assert said.endswith("is not an e-mail address")


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://news.example.org/", "https://news.example.org/"),
        ("https://news.example.org:8443/a/b", "https://news.example.org:8443/a/b"),
        ("https://münchen.example/ü/", "https://xn--mnchen-3ya.example/%C3%BC/"),
        ("https://ü.рф:8443/", "https://xn--tda.xn--p1ai:8443/"),
        ("https://[2001:db8::1]/a%20b", "https://[2001:db8::1]/a%20b"),
    ],
)
def test_public_address_is_ascii(written: str, url: str) -> None:
    """Addresses made from the public one can stand in any mail."""
    newsletter = Newsletter.model_validate(LEAST | {"public_url": written})

    assert newsletter.public_url == url
    assert Newsletter.model_validate(LEAST | {"public_url": url}).public_url == url


@pytest.mark.parametrize(
    "url",
    [
        *("https://a.example/?b=c", "https://a.example/?", "https://a.example/#b"),
        *("https://user@a.example/", "https://user:word@a.example/", "https://ü..example/"),
    ],
)
def test_public_address_is_where_paths_begin(url: str) -> None:
    """An address to which no path can be added, or that holds a password, is refused."""
    assert len(refused(public_url=url)) == 1


@pytest.mark.parametrize(
    "fonts",
    ["Georgia", "a, 'b c', -apple-system", "Times New Roman,serif", "'Segoe UI', sans-serif"],
)
def test_font_list_is_taken(fonts: str) -> None:
    """Font names may stand bare or in single quotes."""
    newsletter = Newsletter.model_validate(LEAST | {"brand": {"body_font": fonts}})

    assert newsletter.brand.body_font == fonts


@pytest.mark.parametrize(
    "fonts", ["'Georgia", "a, 'b", "a,,b", "a,", "", "'", "''", '"Georgia"', "a; b", "a'b'"]
)
def test_what_is_no_font_list_is_refused_with_its_own_remedy(fonts: str) -> None:
    """A quotation mark left open would break every style of the mail."""
    with pytest.raises(ValidationError) as caught:
        Newsletter.model_validate(LEAST | {"brand": {"headline_font": fonts}})
    (error,) = caught.value.errors()

    assert error["ctx"]["remedy"] == (
        "write a list of font names, such as Georgia, 'Times New Roman', serif"
    )


@pytest.mark.parametrize("name", ["", "news", "news..org", "news.org\n", "<news.org>", "a b.c"])
def test_list_id_is_dotted(name: str) -> None:
    """A list id is a name under a domain, without brackets or spaces."""
    (said,) = refused(list_id=name)

    assert said.endswith("is not a list id")
