"""An issue is typed, frozen, and in the order in which it was written."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from infomail.model.issue import Issue, Link

LEAST: dict[str, Any] = {"title": "T", "subject": "S", "preheader": "P", "date": "2024-11-20"}


def issue(**more: object) -> Issue:
    """Make an issue of the least there must be and `more`."""
    return Issue.model_validate(LEAST | more)


def test_least_issue_has_sensible_defaults() -> None:
    """An issue without anything optional shows its contents and has no section."""
    least = issue()

    assert least.date == datetime.date(2024, 11, 20)
    assert least.contents is True
    assert (least.letter, least.language, least.sections) == (None, None, ())


@pytest.mark.parametrize("key", sorted(LEAST))
def test_least_issue_is_the_least(key: str) -> None:
    """Title, subject, preheader and date cannot be left out."""
    with pytest.raises(ValidationError) as caught:
        Issue.model_validate({name: value for name, value in LEAST.items() if name != key})

    assert [(error["type"], error["loc"]) for error in caught.value.errors()] == [
        ("missing", (key,))
    ]


@pytest.mark.parametrize("names", [("news", "spotlight"), ("spotlight", "news")])
def test_sections_keep_the_order_of_the_file(names: tuple[str, str]) -> None:
    """The order in which sections are written is their order in the mail."""
    found = issue(**{name: [{"title": "T"}] for name in names}).sections

    assert tuple(name for name, _ in found) == names


def test_empty_section_is_none() -> None:
    """A section without anything under its name is not there."""
    assert issue(news=None).sections == ()


def test_bare_list_is_a_section() -> None:
    """A section may be written as the list of its items."""
    assert issue(news=[{"title": "T"}]).news == issue(news={"items": [{"title": "T"}]}).news


def test_short_link_is_a_link() -> None:
    """A link may be written as its words and its address."""
    short = issue(news={"more": {"All": "https://a.example"}}).news

    assert short is not None
    assert short.more == Link(label="All", url="https://a.example")


def test_values_never_change() -> None:
    """An issue that was read cannot be altered."""
    frozen = issue()

    with pytest.raises(ValidationError, match="frozen"):
        frozen.title = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2024-05-05", "2024-05-01", "it is before start"),
        ("2024-05-05 10:00", "2024-05-05 09:30", "it is before start"),
        ("2024-05-05 10:00", "2024-05-06", "start has a time of day, end has none"),
        ("2024-05-05", "2024-05-06 10:00", "end has a time of day, start has none"),
    ],
)
def test_event_ends_after_it_starts(start: str, end: str, said: str) -> None:
    """Days in the wrong order, or a time on one side only, would be shown as nonsense."""
    with pytest.raises(ValidationError) as caught:
        issue(events=[{"title": "T", "start": start, "end": end}])
    (error,) = caught.value.errors()

    assert (error["msg"], error["ctx"]["field"]) == (said, "end")


@pytest.mark.parametrize(
    ("start", "end"),
    [("2024-05-05", "2024-05-05"), ("2024-05-05 09:00", "2024-05-05 10:00"), ("2024-05-05", None)],
)
def test_event_may_end_as_it_starts(start: str, end: str | None) -> None:
    """One day, some hours, or no end at all are all right."""
    assert issue(events=[{"title": "T", "start": start, "end": end}]).events


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Hello {name}"},
        {"subject": "{name}, read this"},
        {"preheader": "{name}"},
        {"letter": {"text": "{name}"}},
        {"letter": {"text": "T", "signature": "{name}"}},
        {"news": [{"title": "{name}"}]},
        {"news": [{"title": "T", "image": {"src": "a", "alt": "{name}"}}]},
    ],
    ids=["title", "subject", "preheader", "text", "signature", "item", "alt"],
)
def test_name_stands_in_the_greeting_only(change: dict[str, Any]) -> None:
    """Where no name is put in, nobody may read {name}."""
    letter = issue(letter={"greeting": "Dear {name},", "text": "T"}).letter
    with pytest.raises(ValidationError) as caught:
        issue(**change)

    assert letter is not None
    assert letter.greeting == "Dear {name},"
    assert [error["msg"] for error in caught.value.errors()] == ["it holds {name}"]


def test_spotlight_is_never_half() -> None:
    """A spotlight beside another section would lose its theme, so it has no layout to choose."""
    least = issue(spotlight=[{"title": "T"}], news={"layout": "half"})

    assert [section.layout for _, section in least.sections] == ["full", "half"]
    with pytest.raises(ValidationError, match="layout"):
        issue(spotlight={"layout": "half"})


def test_unknown_key_is_refused() -> None:
    """No key is passed over, at any depth."""
    with pytest.raises(ValidationError) as caught:
        issue(news=[{"title": "T", "image": {"src": "a", "alt": "", "size": "x"}}], extra="x")

    assert [error["loc"] for error in caught.value.errors()] == [
        ("news", "items", 0, "image", "size"),
        ("extra",),
    ]
