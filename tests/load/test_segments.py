"""The segments of newsletter.yaml are read with the file: every wrong rule is named at its line."""

from __future__ import annotations

import pytest

from infomail.errors import IssueError
from infomail.load import SourceText, parse_newsletter

GROUPS = """
topics: {labour: {en: Labour, fr: Travail, ar: العمل}}
lists: {partners: Partners}
segments:
"""


def read(newsletter_text: str, segments: str) -> dict[str, str]:
    """Read a newsletter with some segments."""
    text = f"{newsletter_text.rstrip()}{GROUPS}{segments}"
    return parse_newsletter(SourceText("newsletter.yaml", text)).segments


def problems(newsletter_text: str, segments: str) -> list[str]:
    """Give what is wrong, with line and column counted from the key `segments`."""
    with pytest.raises(IssueError) as caught:
        read(newsletter_text, segments)
    first = newsletter_text.rstrip().count("\n") + GROUPS.count("\n")
    return [
        f"{finding.place.line - first}:{finding.place.column}: {finding.message}"
        for finding in caught.value.findings
        if finding.place
    ]


def test_good_rules_are_kept_as_written(newsletter_text: str) -> None:
    """A rule may name every list, topic and language that the newsletter has."""
    rules = "  a: topic = labour and list = partners\n  b: 'country in [NO, FR]'\n"
    assert read(newsletter_text, rules) == {
        "a": "topic = labour and list = partners",
        "b": "country in [NO, FR]",
    }


def test_every_wrong_rule_is_named(newsletter_text: str) -> None:
    """All wrong rules are told at once, each where it stands."""
    rules = "  a: topic = trade\n  bb: list = partner\n  c: language = xx\n  d: country\n  e:\n"
    assert problems(newsletter_text, rules) == [
        "1:6: a: 'trade' at character 9 is no topic",
        "2:7: bb: 'partner' at character 8 is no list",
        "3:6: c: 'xx' at character 12 is none of the newsletter's languages",
        "4:6: d: the rule ends where it needs = or in after country",
        "5:3: e: it is empty",
    ]


def test_a_name_that_is_no_key(newsletter_text: str) -> None:
    """A segment's name is small letters, digits and hyphens, as it is typed on a command line."""
    assert problems(newsletter_text, "  The Gulf: language = en\n") == [
        "1:3: segments: 'The Gulf' cannot be used here"
    ]


def test_a_wrong_list_is_not_told_twice(newsletter_text: str) -> None:
    """While the lists themselves are wrong, no rule is blamed for naming them."""
    text = newsletter_text.rstrip() + "\nlists: [partners]\nsegments:\n  a: list = partners\n"
    with pytest.raises(IssueError) as caught:
        parse_newsletter(SourceText("newsletter.yaml", text))
    assert [finding.message.split(":")[0] for finding in caught.value.findings] == ["lists"]
