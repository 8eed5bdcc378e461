"""What pydantic finds wrong is said in the staff's words, at the place where it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infomail.errors import IssueError
from infomail.load import SourceText, parse_newsletter

HEAD = "title: T\nsubject: S\npreheader: P\ndate: 2024-11-20\n"
Problems = Callable[..., list[str]]


ALT = "picture has no alt text — write what it shows"


def test_picture_without_alt_text_is_named_at_the_picture(problems: Problems) -> None:
    """A picture needs an alt text, and the finding stands where the picture begins."""
    items = "    - id: one\n      title: T\n    - title: U\n      text: V\n"
    image = "      image:\n       src: a.jpg\n"

    said = problems(f"{HEAD}spotlight:\n  theme: W\n  items:\n{items}\n{image}")

    assert said == [f"issues/x.yaml:14:8: {ALT} [missing-value]"]


def test_picture_in_a_bare_list_is_named_as_exactly(problems: Problems) -> None:
    """The short form of a section has its places, too."""
    said = problems(f"{HEAD}news:\n  -\n    title: T\n    image: {{src: a.jpg}}\n")

    assert said == [f"issues/x.yaml:8:12: {ALT} [missing-value]"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("news:\n- titel: T\n", ["6:3: item has no title", "6:3: unknown key `titel` in an item"]),
        ("news:\n  items:\n  - text: x\n", ["7:5: item has no title"]),
        ("calls:\n- title: T\n", ["6:3: call has no kind of call"]),
        ("events:\n- title: T\n", ["6:3: event has no start"]),
        ("letter:\n  greeting: Hi\n", ["6:3: letter has no text"]),
        ("news:\n- title: T\n  links:\n  - label: L\n", ["8:5: link has no address"]),
        ("news:\n- title: T\n  image:\n    alt: A\n", ["8:5: picture has no file"]),
    ],
    ids=["typo", "long form", "call", "event", "letter", "link", "picture"],
)
def test_missing_value_is_named_at_its_owner(
    body: str, expected: list[str], problems: Problems
) -> None:
    """A value that must be there is missed at the entry that should have it, by its name."""
    said = [line.removeprefix("issues/x.yaml:").split(" — ")[0] for line in problems(HEAD + body)]

    assert said == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("news: text\n", "5:7: news: it is not a set of `key: value` lines"),
        ("news:\n  items: text\n", "6:10: items: it is not a list"),
        ("news:\n- text\n", "6:3: items: it is not a set of `key: value` lines"),
        ("news:\n- title:\n", "6:3: title: it is empty"),
        ('news:\n- title: ""\n', "6:10: title: it is empty"),
        ("news:\n- title: [a]\n", "6:10: title: it is not a text"),
        ("news:\n- title: T\n  topics: one\n", "7:11: topics: it is not a list"),
        ("news:\n- title: T\n  topics:\n  - a\n  -\n", "9:4: topics: it is empty"),
        ("news:\n- title: T\n  date: 20.11.2024\n", "7:9: date: '20.11.2024' is not a date"),
        ("news:\n- title: T\n  date: 2024-02-30\n", "7:9: date: '2024-02-30' is not a date"),
        ("news:\n- title: T\n  language: xx\n", "7:13: language: 'xx' is not a language"),
        ("news:\n- title: T\n  countries: [NO, XY]\n",
         "7:19: countries: 'XY' is not a country code"),
        ("news:\n- title: T\n  id: A b\n", "7:7: id: 'A b' cannot be used here"),
        ("contents: maybe\n", "5:11: contents: 'maybe' is neither true nor false"),
        ("news:\n  layout: third\n", "6:11: layout: 'third' is not one of the choices"),
        ("news:\n- title: T\n  links:\n  - words\n", "8:5: links: the link 'words' has no address"),
        ("news:\n- title: T\n  links:\n  - A: b c\n",
         ("8:8: url: 'b c' holds a space, an invisible "
         "mark or a character that a link must percent-encode")),
        ("news:\n- title: T\n  links:\n  - '': https://a.example\n", "8:5: label: it is empty"),
        ("news:\n- title: T\n  links:\n  - A: https://a.example\n    B: https://b.example\n",
         "8:5: links: 2 links stand in one entry"),
        ("news:\n  more:\n    All: ftp://a.example\n",
         "7:10: url: 'ftp://a.example' is not a link that a mail may carry"),
        ("events:\n- title: T\n  start: noon\n", "7:10: start: 'noon' is not a day or a time"),
        ("events:\n- title: T\n  start: 2024-11-20 25:00\n",
         "7:10: start: '2024-11-20 25:00' is not a day or a time"),
        ("calls:\n- title: T\n  kind: party\n", "7:9: kind: 'party' is not one of the choices"),
        ("calls:\n- title: T\n  kind: tender\n  time_zone: Mars/Base\n",
         "8:14: time_zone: 'Mars/Base' is not a time zone"),
        ("publications:\n- title: T\n  languages: [en]\n",
         "7:14: languages: it is not a set of `key: value` lines"),
        ("publications:\n- title: T\n  languages: {qq: https://a.example}\n",
         "7:15: qq: 'qq' is not a language"),
        ("publications:\n- title: T\n  featured: often\n",
         "7:13: featured: 'often' is neither true nor false"),
        ("letter:\n  text: a [[infomail:name]] b\n",
         "6:9: text: it holds '[[infomail:', which stands for a subscriber's data"),
        ('letter:\n  text: "a\\u0007b"\n', "6:9: text: it holds the control character U+0007"),
        ("letter:\n  text: a &#12; b\n", "6:9: text: it holds the control character U+000C"),
        ("letter:\n  text: a [b](/c) d\n",
         "6:9: text: the link to '/c' is not a link that a mail may carry"),
        ("letter:\n  text: Dear {name}\n", "6:9: text: it holds {name}"),
        ("events:\n- title: T\n  start: 2024-05-05\n  end: 2024-05-01\n",
         "8:8: end: it is before start"),
        ("spotlight:\n  layout: half\n", "6:3: unknown key `layout` in a spotlight"),
    ],
    ids=str,
)  # fmt: skip
def test_impossible_value_is_named_at_the_value(
    body: str, expected: str, problems: Problems
) -> None:
    """A value that cannot be is named where it stands, by its key, with what it is."""
    said = [line.removeprefix("issues/x.yaml:").split(" — ")[0] for line in problems(HEAD + body)]

    assert said == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("publications:\n- title: T\n  languages: {fra: https://a.example}\n",
         "7:15: fra: 'fra' is not a language — write fr"),
        ("news:\n- title: T\n  language: spa-MX\n",
         "7:13: language: 'spa-MX' is not a language — write es-MX"),
        ("calls:\n- title: T\n  kind: tender\n  deadline: 2026-12-20 17:00 CET\n",
         ("8:13: deadline: '2026-12-20 17:00 CET' is not a day or a time — write 2026-12-20 17:00, "
         "and the zone in a line such as `time_zone: Europe/Brussels`")),
        ("calls:\n- title: T\n  kind: tender\n  deadline: 2026-12-20 05:00 pm\n",
         ("8:13: deadline: '2026-12-20 05:00 pm' is not a day or a time — write 2024-11-20 "
         "or 2024-11-20 23:59")),
        ("calls:\n- title: T\n  kind: tender\n  apply: grants@a.example\n",
         ("8:10: apply: 'grants@a.example' is not a link that a mail may carry — write "
         "mailto:grants@a.example")),
        ("letter:\n  text: a [b](grants@a.example) d\n",
         ("6:9: text: the link to 'grants@a.example' is not a link that a mail may carry — write a "
         "whole address, such as [words](mailto:grants@a.example)")),
        ("news:\n- title: T\n  links:\n  - Meet us:https://a.example/us\n",
         ("8:5: links: no space after the colon of the link 'Meet us' — write "
         "`Meet us: https://a.example/us`")),
    ],
    ids=["language", "language and region", "zone", "afternoon", "mailbox", "link to a mailbox",
         "no space"],
)  # fmt: skip
def test_what_was_meant_is_named(body: str, expected: str, problems: Problems) -> None:
    """Where it can be seen what was meant, the remedy is the very words to write."""
    assert problems(HEAD + body) == [f"issues/x.yaml:{expected} [invalid-value]"]


@pytest.mark.parametrize(
    ("body", "remedy"),
    [
        ("new: []\n", "did you mean `news`?"),
        ("qqq: 1\n", ("it may have: calls, contents, corrections, date, embargo, events, language, "
         "letter, news, preheader, publications, publish, silence, spotlight, subject, title")),
        ("events:\n- title: T\n  start: 2024-11-20\n  ende: x\n", "did you mean `end`?"),
        ("news:\n- title: T\n  image: {scr: a, src: a, alt: b}\n", "did you mean `src`?"),
        ("news:\n- title: T\n  countries: [norway]\n", "write NO"),
        ("news:\n- title: T\n  countries: [no]\n", "write NO"),
        ("calls:\n- title: T\n  kind: x\n",
         "write proposals, applications, candidates, tender or vacancy"),
        (f"news:\n- title: {'x' * 501}\n", "keep it under 500 characters"),
        (f"news:\n- title: T\n  text: {'x' * 20_001}\n", "keep it under 20000 characters"),
        ("news:\n- title: T\n  links:\n  - Read\n", "write `Read: https://…`"),
    ],
    ids=["section", "nothing close", "event", "nested", "name", "small letters", "choices",
         "long line", "long text", "link"],
)  # fmt: skip
def test_remedy_says_what_to_write(body: str, remedy: str, problems: Problems) -> None:
    """Each finding ends with what to do, as concretely as can be known."""
    said = problems(HEAD + body)

    assert [line.split(" — ")[1].rsplit(" [")[0] for line in said] == [remedy]


def test_all_problems_come_at_once_in_the_order_of_the_file(problems: Problems) -> None:
    """One run names every problem of a file from top to bottom."""
    said = problems("title:\ndate: x\nnews:\n- tilte: a\n- title: b\n  links: [c]\n")

    assert [line.split(": ")[0].removeprefix("issues/x.yaml:") for line in said] == [
        *["1:1", "1:1", "1:1", "2:7", "4:3", "4:3", "6:11"]
    ]


def test_long_value_is_shown_shortened(problems: Problems) -> None:
    """A message stays readable however long the value is that it refuses."""
    (said,) = problems(f"{HEAD}news:\n- title: T\n  date: {'9' * 10_000}\n")

    assert "9" * 100 in said
    assert len(said) < 300


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("news@example.org", "news@", "5:12: address: 'news@' is not an e-mail address"),
        ("[en, fr, ar]", "[]", "6:12: languages: it is empty"),
        ("[en, fr, ar]", "[en, qq]", "6:17: languages: 'qq' is not a language"),
        ("monthly.example.org", "monthly", "7:10: list_id: 'monthly' is not a list id"),
        ("https://news.example.org/", "news", ("8:13: public_url: 'news' is not a link that a mail "
         "may carry")),
        ("name: Monthly Update\norg", "name: {}\norg", "1:7: name: it is empty"),
        ("name: Monthly Update\norg", "name: {en: A, fr: B}\norg",
         "1:7: name: it has no words in ar"),
        ("name: Monthly Update\norg", "name: {en: A, qq: B}\norg",
         "1:15: qq: 'qq' is not a language"),
        ("Example Street 1", "{en: E}", "9:17: postal_address: it has no words in fr, ar"),
        ("reason:", "brand: {colour: red}\nreason:", "10:17: colour: 'red' is not a colour"),
        ("reason:", "brand:\n  colour: #17406d\nreason:", "11:3: colour: it is empty"),
        ("reason:", "country_names: {XX: a}\nreason:", "10:17: XX: 'XX' is not a country code"),
        ("reason:", "brand: {logo: {src: a, alt: b, width_px: 9}}\nreason:",
         "10:42: width_px: '9' is too small"),
        ("reason:", "brand: {logo: {src: a, alt: b, width_px: 999}}\nreason:",
         "10:42: width_px: '999' is too large"),
        ("reason:", "brand: {logo: {src: a, alt: b, width_px: wide}}\nreason:",
         "10:42: width_px: 'wide' is not a whole number"),
        ("reason:", "brand: {social: [{label: L}]}\nreason:", "10:18: social link has no address"),
        ("reason:", "brand: {social: [{label: L, url: 'https://a.example', x: y}]}\nreason:",
         "10:55: unknown key `x` in a social link"),
    ],
    ids=str,
)  # fmt: skip
def test_newsletter_problem_is_named_at_its_place(
    old: str, new: str, expected: str, newsletter_text: str
) -> None:
    """newsletter.yaml is checked as exactly as an issue is."""
    assert newsletter_text.count(old) == 1
    with pytest.raises(IssueError) as caught:
        parse_newsletter(SourceText("newsletter.yaml", newsletter_text.replace(old, new)))

    said = [str(finding).split(" — ")[0] for finding in caught.value.findings]
    assert said == [f"newsletter.yaml:{expected}"]


def test_all_words_missing_for_a_language_come_at_once(newsletter_text: str) -> None:
    """Every part of newsletter.yaml that lacks words in a language is named, at its line."""
    text = newsletter_text.replace("name: Monthly Update\norg", "name: {en: A, ar: B}\norg")
    text = text.replace("  name: Monthly Update", "  name: {en: Monthly Update, fr: Mensuel}")
    text = text.replace("reason: You subscribed.", "reason: {en: You subscribed.}")
    text += (
        "name_fallback: {en: reader, ar: A}\n"
        "brand: {logo: {src: a.png, alt: {fr: A}}}\n"
        "topics:\n  labour: {en: A, fr: B}\n  visas: {en: A, fr: B, ar: C}\n"
        "lists: {partners-abroad: {en: A, fr: B}, donors: Donors}\n"
        "people: {consent: {version: '1', text: {fr: A, ar: B}}}\n"
    )
    with pytest.raises(IssueError) as caught:
        parse_newsletter(SourceText("newsletter.yaml", text))

    told = [str(finding) for finding in caught.value.findings]
    assert all(line.endswith(" [invalid-value]") for line in told)
    said = [line.removeprefix("newsletter.yaml:").removesuffix(" [invalid-value]") for line in told]
    assert said == [
        "1:7: name: it has no words in fr — add them under name",
        "4:9: name: it has no words in ar — add them under sender.name",
        "10:9: reason: it has no words in fr, ar — add them under reason",
        "11:16: name_fallback: it has no words in fr — add them under name_fallback",
        "12:33: alt: it has no words in en, ar — add them under brand.logo.alt",
        "14:11: labour: it has no words in ar — add them under topics.labour",
        "16:26: lists: it has no words in ar — add them under lists.partners-abroad",
        "17:40: text: it has no words in en — add them under people.consent.text",
    ]
