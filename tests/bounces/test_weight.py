"""A person is blamed only by a code that speaks of the mailbox."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.bounces.report import Weight
from infomail.bounces.weight import weighed

CODES = [
    ("5.1.1", Weight.HARD),
    ("5.1.2", Weight.HARD),
    ("5.1.3", Weight.HARD),
    ("5.1.6", Weight.HARD),
    ("5.1.10", Weight.HARD),
    ("5.2.1", Weight.HARD),
    ("5.4.4", Weight.HARD),
    ("5.7.17", Weight.HARD),
    ("5.2.2", Weight.SOFT),
    ("4.2.2", Weight.SOFT),
    ("4.2.1", Weight.SOFT),
    ("4.1.1", Weight.SOFT),
    ("4.4.1", Weight.SOFT),
    ("4.4.7", Weight.SOFT),
    ("5.3.0", Weight.SOFT),
    ("5.1.7", Weight.PASSING),
    ("5.1.8", Weight.PASSING),
    ("5.3.4", Weight.PASSING),
    ("5.4.6", Weight.PASSING),
    ("5.6.0", Weight.PASSING),
    ("5.7.1", Weight.PASSING),
    ("4.7.0", Weight.PASSING),
    ("5.7.26", Weight.PASSING),
    ("5.7.515", Weight.PASSING),
    ("2.1.5", Weight.PASSING),
]


@pytest.mark.parametrize(("code", "weight"), CODES)
def test_a_code_has_its_weight(code: str, weight: Weight) -> None:
    """Only codes of a mailbox or a domain that is gone weigh at once; policies never do."""
    assert weighed(code) is weight


@pytest.mark.parametrize("code", ["5.0.0", "5.5.0", "", "550", "x"])
@pytest.mark.parametrize(
    ("words", "weight"),
    [
        ("550 No such user here", Weight.HARD),
        ("Recipient address rejected: User unknown in local table", Weight.HARD),
        ("The email account that you tried to reach does not exist", Weight.HARD),
        ("550 user unknown; blocked by policy", Weight.PASSING),
        ("554 Message refused, listed at Spamhaus", Weight.PASSING),
        ("something went wrong", Weight.SOFT),
    ],
)
def test_words_decide_where_the_code_says_nothing(code: str, words: str, weight: Weight) -> None:
    """A code that says nothing leaves it to the words, and unclear words are soft."""
    assert weighed(code, words) is weight


@given(st.text(), st.text())
def test_what_is_not_permanent_is_never_hard(code: str, words: str) -> None:
    """No words at all make a bounce hard that its report calls passing."""
    assert weighed(code, words, is_permanent=False) is not Weight.HARD


@given(st.integers(0, 999), st.integers(0, 999), st.text())
def test_a_later_reply_is_never_hard(subject: int, detail: int, words: str) -> None:
    """A code 4.x.x speaks of now, whatever its words are."""
    assert weighed(f"4.{subject}.{detail}", words) is not Weight.HARD


@given(st.sampled_from("45"), st.integers(0, 999), st.text())
def test_policy_never_counts(kind: str, detail: int, words: str) -> None:
    """A rule against the sender or the letter never counts against a person (5.7.x, 4.7.x)."""
    expected = {Weight.PASSING}
    if detail in {17, 18}:
        expected = {Weight.HARD, Weight.SOFT}
    assert weighed(f"{kind}.7.{detail}", words) in expected
