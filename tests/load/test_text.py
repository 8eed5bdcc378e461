"""A text in memory becomes a manuscript or one IssueError, whatever stands in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infomail.errors import IssueError
from infomail.load import SourceText, parse_manuscript, parse_newsletter
from infomail.load.text import MAX_FILE_BYTES
from infomail.model.manuscript import Manuscript
from infomail.model.newsletter import Newsletter

HEAD = "title: T\nsubject: S\npreheader: P\ndate: 2024-11-20\n"
HOSTILE = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=150)
MARKS = (
    *(":", " ", "- ", "\n", "  ", "'", '"', "[", "]", "{", "}", "*a", "&a ", "!", "|", ">", "?"),
    *("%", "@", "\t", "#", "---", "...", "\\", "\\U", "<<: ", ",", "~", "é", "٣", "\xa0", "\r"),
    *(
        "\x00",
        "\x85",
        "\u2028",
        "\ufeff",
        "\ud800",
        "\U0001f600",
        "title",
        "news:\n",
        "- title: x\n",
    ),
    *(
        "links:\n",
        "https://a.example",
        "date: 2024-11-20\n",
        "image: {src: a, alt: b}\n",
        "id: one\n",
    ),
)
LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in pairwise("abcdefghi")
)
YAML = st.lists(st.sampled_from(MARKS), max_size=30).map("".join)

Parse = Callable[..., Manuscript]
Problems = Callable[..., list[str]]


def ends_well(newsletter: Newsletter, text: str, words: str | None = None) -> bool:
    """Say whether `text` is read, or refused with places and remedies; all else is raised."""
    overlay = None if words is None else SourceText("w", words, "fr")
    try:
        return bool(parse_manuscript("x", newsletter, SourceText("i", text), overlay).slug)
    except IssueError as error:
        return all(found.remedy and found.message and found.place for found in error.findings)


@HOSTILE
@given(text=st.text())
def test_any_text_is_read_or_refused(text: str, newsletter: Newsletter) -> None:
    """No text whatsoever raises anything but an IssueError with remedies."""
    assert ends_well(newsletter, text)


@HOSTILE
@given(text=YAML)
def test_any_yaml_is_read_or_refused(text: str, newsletter: Newsletter) -> None:
    """No heap of YAML's own signs raises anything but an IssueError with remedies."""
    assert ends_well(newsletter, HEAD + text)
    assert ends_well(newsletter, text)


@HOSTILE
@given(text=st.text(st.characters()), key=st.sampled_from(["title", "news", "letter", "calls"]))
def test_any_quoted_value_is_read_or_refused(text: str, key: str, newsletter: Newsletter) -> None:
    """Any value of any shape is taken or refused."""
    assert ends_well(newsletter, f"{HEAD}{key}: '{text}'\n")


@HOSTILE
@given(words=YAML)
def test_any_translation_is_read_or_refused(words: str, newsletter: Newsletter) -> None:
    """No translation raises anything but an IssueError with remedies."""
    source = (
        f"{HEAD}news:\n  more: {{All: 'https://a.example'}}\n  items:\n  - id: one\n    title: x\n"
    )

    assert ends_well(newsletter, source, "news:\n" + words)
    assert ends_well(newsletter, source, words)


@HOSTILE
@given(at=st.integers(0, 330), length=st.integers(0, 20), text=YAML)
def test_any_slip_in_a_newsletter_is_refused(
    at: int, length: int, text: str, newsletter_text: str
) -> None:
    """Whatever is typed into newsletter.yaml, it is read or refused."""
    broken = newsletter_text[:at] + text + newsletter_text[at + length :]
    try:
        said = parse_newsletter(SourceText("newsletter.yaml", broken)).list_id
    except IssueError as error:
        said = error.findings[0].remedy

    assert said


def test_smallest_issue_is_read(parse: Parse) -> None:
    """Title, subject, preheader and date are all that an issue must have."""
    manuscript = parse(HEAD)

    assert manuscript.issue.title == "T"
    assert manuscript.issue.sections == ()
    assert manuscript.languages == ("en",)
    assert manuscript.gaps == ()


def test_language_of_an_issue_comes_before_the_newsletters(parse: Parse) -> None:
    """An issue may be written in another language than the newsletter's first."""
    assert parse(f"{HEAD}language: ar\n").source_language == "ar"


def test_items_get_ids_from_their_titles(parse: Parse) -> None:
    """An item without id is named after its title, in whatever letters that is."""
    news = parse(f"{HEAD}news:\n- title: A B\n- title: ألف\n- id: c\n  title: D\n")

    assert news.issue.news is not None
    assert [item.id for item in news.issue.news.items] == ["a-b", "news-840a81", "c"]


@pytest.mark.parametrize(
    ("items", "place", "name"),
    [
        ("- title: A B\n- title: A B\n", "7:10", "a-b"),
        ("- {id: a, title: X}\n- {id: a, title: Y}\n", "7:8", "a"),
        ("- title: A\n- {id: a, title: B}\n", "7:8", "a"),
        ("- title: ألف\n- title: ألف\n", "7:10", "news-840a81"),
    ],
    ids=["titles", "ids", "title and id", "Arabic titles"],
)
def test_no_two_items_share_a_name(items: str, place: str, name: str, problems: Problems) -> None:
    """The second item of a name is refused, else a translation would be shown at the wrong one."""
    assert problems(f"{HEAD}news:\n{items}") == [
        (
            f"issues/x.yaml:{place}: another item of news is already called `{name}` — "
            f"give each its own `id`, such as `id: {name}-2` [duplicate-id]"
        )
    ]


def test_items_of_two_sections_may_share_a_name(parse: Parse) -> None:
    """A name is one within its section."""
    event = "events:\n- {title: A, start: 2024-11-20}\n"

    assert parse(f"{HEAD}news:\n- title: A\n{event}").item_count == 2


def test_language_that_the_newsletter_lacks_is_refused(problems: Problems) -> None:
    """Nobody can subscribe to an issue in a language of which the newsletter knows nothing."""
    assert problems(f"{HEAD}language: pt-br\n") == [
        (
            "issues/x.yaml:5:11: the newsletter has no language pt-BR — "
            "write one of: en, fr, ar; or add it to its `languages` [unknown-language]"
        )
    ]


def test_items_are_counted_over_all_sections(parse: Parse) -> None:
    """A manuscript knows how many items its source has."""
    news = "news: [{title: A}, {title: B}]\n"

    assert parse(f"{HEAD}{news}events: [{{title: C, start: 2024-12-01}}]\n").item_count == 3


def test_input_is_hashed(parse: Parse) -> None:
    """A manuscript names its file with the digest of the very text."""
    digest = hashlib.sha256(HEAD.encode()).hexdigest()

    assert parse(HEAD).inputs == (("issues/x.yaml", digest),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("---\n", "the file is empty"),
        ("null\n", "the file is empty"),
        ("- a\n", "the file is not a set of `key: value` lines"),
        ("words\n", "the file is not a set of `key: value` lines"),
    ],
    ids=["empty", "comment", "dashes", "null", "list", "words"],
)
def test_file_that_is_no_mapping_is_refused(text: str, expected: str, problems: Problems) -> None:
    """A file without keys is refused at its start, with how to begin."""
    remedy = "begin with `title:`; `infomail new` writes a skeleton"

    assert problems(text) == [f"issues/x.yaml:1:1: {expected} — {remedy} [not-a-mapping]"]


def test_translation_that_is_no_mapping_is_refused_in_its_own_file(problems: Problems) -> None:
    """A translation needs keys as an issue does."""
    (said,) = problems(HEAD, "words\n")

    assert said.startswith("issues/x.fr.yaml:1:1: the file is not a set of `key: value` lines")


def test_size_is_capped_at_a_megabyte(parse: Parse, problems: Problems) -> None:
    """A text of one megabyte is read, one byte more is refused; letters count as their bytes."""
    largest = HEAD + "#" * (MAX_FILE_BYTES - len(HEAD))

    assert parse(largest).issue.title == "T"
    assert problems(largest + "#") == [
        "issues/x.yaml:1:1: the file has 1,000,001 bytes — keep it under 1 MB [too-large]"
    ]
    assert problems(HEAD + "#" + "é" * (MAX_FILE_BYTES // 2))[0].endswith("[too-large]")


@pytest.mark.parametrize(
    "text",
    [
        "title: '" + " " * 900_000 + "x'\n",
        "title: a" + "\u0301\u0323" * 220_000 + "\n",
        "x" + " " * 900_000 + ": b: c\n",
        "news: " + "[" * 900_000,
        "".join(f"k{n}: 1\n" for n in range(100_001)),
        "news:\n" + "- t: 1\n" * 100_000,
        "x: " + "\x01" * 900_000,
        'x: "' + "a\n" * 400_000,
        LAUGHS,
    ],
    ids=["spaces", "marks", "gap", "brackets", "keys", "items", "controls", "quote", "laughs"],
)  # fmt: skip
def test_file_made_to_exhaust_is_refused(text: str, problems: Problems) -> None:
    """A file written to use up time or memory ends in an IssueError."""
    assert problems(text)


def test_byte_order_mark_moves_nothing(problems: Problems) -> None:
    """A mark that an editor put before the text is no part of the first line."""
    assert problems("\ufefftitle: T\n") == problems("title: T\n")


def test_problems_of_source_come_before_those_of_its_translation(problems: Problems) -> None:
    """A translation is looked at when its source is right, as it is laid over that."""
    assert {line.split(":")[0] for line in problems("x: 1\n", "y: 1\n")} == {"issues/x.yaml"}


def test_values_of_yaml_survive_as_written(parse: Parse) -> None:
    """Norway, a time, a telephone number and a version are no booleans, sums or fractions."""
    manuscript = parse(
        f"{HEAD}news:\n- title: 1.10\n  countries: [NO]\n"
        "  topics: [on, 12:30, 0755, =, +41227918888]\n"
    )

    assert manuscript.issue.news is not None
    (item,) = manuscript.issue.news.items
    assert (item.title, item.countries) == ("1.10", ("NO",))
    assert item.topics == ("on", "12:30", "0755", "=", "+41227918888")
