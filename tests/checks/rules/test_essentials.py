"""What the law demands is there for everyone to see, and nothing unfilled leaves the house."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infomail.checks import Proof
from infomail.checks.rules.essentials import merge_left, unsub_present

Spoil = Callable[..., Proof]
LINK = 'href="[[infomail:unsubscribe_url]]"'
WORDS = ">Unsubscribe</a>"
DARK = "@media (prefers-color-scheme:dark)"


def messages(rule: object, proof: Proof) -> list[str]:
    """Apply a rule."""
    return [fault.message for fault in rule.judge(proof)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (WORDS, '><span style="display:none">Unsubscribe</span></a>'),
        (WORDS, '><span style="font-size:0">Unsubscribe</span></a>'),
        (WORDS, '><span style="color:#fefefe">Unsubscribe</span></a>'),
        (WORDS, '><span style="color:transparent">Unsubscribe</span></a>'),
        (WORDS, '><span style="font-size:1px">Unsubscribe</span></a>'),
        (WORDS, '><span style="opacity:.01">Unsubscribe</span></a>'),
        (WORDS, '><span style="position:absolute;left:-9999px">Unsubscribe</span></a>'),
        (WORDS, '><span style="text-indent:-9999px">Unsubscribe</span></a>'),
        (WORDS, '><span style="clip:rect(0,0,0,0)">Unsubscribe</span></a>'),
        (WORDS, '><img src="https://news.example.org/x.png" alt="x" width="1" height="1"></a>'),
        (WORDS, ">.</a>"),
        (WORDS, ">\u200b</a>"),
        ("</head>", f"<style>@supports (display:block){{[{LINK}]{{display:none}}}}</style></head>"),
        ("</head>", f"<style>@media (max-width:480px){{a[{LINK}]{{display:none}}}}</style></head>"),
        ("</head>", f"<style>{DARK}{{a[{LINK}]{{visibility:hidden}}}}</style></head>"),
        (LINK, 'href="https://evil.example/?u=[[infomail:unsubscribe_url]]"'),
    ],
)
def test_a_link_that_somebody_cannot_see_does_not_count(spoilt: Spoil, old: str, new: str) -> None:
    """Leaving is possible for every reader: on every screen, in every size, at its own address."""
    proof = spoilt(("html", old, new), "en")
    assert messages(unsub_present, proof) == ["the mail has no visible link to unsubscribe"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (WORDS, "><b>Unsubscribe</b></a>"),
        (WORDS, '><span style="font-size:12px;color:#767676">Unsubscribe</span></a>'),
        ("</head>", "<style>@media (max-width:480px){.other{display:none}}</style></head>"),
        (WORDS, '><img src="https://news.example.org/x.png" alt="Leave" width="120"></a>'),
    ],
)
def test_a_link_in_other_clothes_counts(spoilt: Spoil, old: str, new: str) -> None:
    """A link that everyone sees counts, however a designer dressed it."""
    assert messages(unsub_present, spoilt(("html", old, new), "en")) == []


@pytest.mark.parametrize(
    "left",
    [
        "{email}",
        "{first name}",
        "{user.first}",
        "${user.name}",
        "%FNAME%",
        "%recipient.name%",
        "%%=v(@name)=%%",
        "##name##",
        "[First Name]",
        "Lorem ipsum dolor",
        "Dear undefined,",
    ],
)
def test_other_systems_fields_are_found(spoilt: Spoil, left: str) -> None:
    """Whatever a text was copied from, its unfilled fields are named."""
    escaped = left.replace("<", "&lt;")
    assert messages(merge_left, spoilt(("html", ">View in browser<", f">{escaped}<"), "en"))


@pytest.mark.parametrize(
    "words",
    ["5 % of 100%", "from 10% to 20%A", "{ }", "a < b << c", "# 3 ## 4", "[a name]", "Dear None"],
)
def test_words_that_only_look_like_fields_are_left_alone(spoilt: Spoil, words: str) -> None:
    """Per cent signs, brackets and hashes in a text are what they are."""
    escaped = words.replace("<", "&lt;")
    proof = spoilt(("html", ">View in browser<", f">{escaped}<"), "en")
    assert messages(merge_left, proof) == []
