"""Do the style sheet's rules for other screens have an effect, and in Outlook.com as well?"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from infomail.checks.parsed.cascade import mail_rules
from infomail.checks.parsed.css import Declaration, StyleRule, colour_channels
from infomail.checks.parsed.properties import said
from infomail.checks.parsed.selectors import meant
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, and_more, rule
from infomail.checks.sources import can_i_email
from infomail.model.finding import Severity

_COLOURS = frozenset({"color", "background-color"})
_OUTLOOK_COM = re.compile(r"\[data-ogs[cb]\]\s*")
_OUT_OF_REACH = frozenset({"body", "html", ":root", "*"})
"""Outlook.com puts a mail into a page of its own: no rule of the mail reaches that page."""
_COMMA = re.compile(r",(?![^(\[]*[)\]])")
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
_KINDRED = re.compile(r"border-(?:radius|collapse|spacing)|text-align-last|font-feature-settings")


def recolours(style_rule: StyleRule) -> bool:
    """Tell whether it sets colours for dark screens."""
    return style_rule.is_dark and any(_colours_of(style_rule.declarations))


@functools.lru_cache(maxsize=256)
def _colours_of(declared: tuple[Declaration, ...]) -> tuple[tuple[str, str], ...]:
    """Give the colours that a style rule sets."""
    return tuple(
        (name, value)
        for each in declared
        for name, value in said(each)
        if name in _COLOURS and value != "transparent"
    )


@rule("dark-ogsc", Severity.WARNING, can_i_email("css-at-media-prefers-color-scheme"))
def dark_ogsc(proof: Proof) -> Iterator[Fault]:
    """Each colour for dark screens is said once more for Outlook.com.

    Outlook.com does not ask what screen the reader has; it darkens the mail itself and marks what
    it has changed with [data-ogsc] and [data-ogsb]. Without rules that begin with these, its
    readers get colours that nobody has chosen.
    """
    rules = mail_rules(proof.mail)
    twins = set(_sayings_for(rules, of_outlook=True))
    lacking = [each for each in _sayings_for(rules, of_outlook=False) if each not in twins]
    if lacking:
        selector, name, _ = lacking[0]
        yield Fault(
            f"{name} of {selector} on dark screens{and_more(lacking)}"
            " is not the same for Outlook.com",
            "repeat the rule with [data-ogsc] (words) or [data-ogsb] (background) before it",
            MAIL_TEMPLATE,
        )


def _sayings_for(
    rules: Iterable[StyleRule], *, of_outlook: bool
) -> Iterator[tuple[str, str, object]]:
    """Give each selector with each colour that is said for it, in one of the two ways."""
    for each in rules:
        if of_outlook or each.is_dark:
            for selector in _selectors(each.selector):
                plain = _OUTLOOK_COM.sub("", selector)
                if (plain != selector) is of_outlook and plain not in _OUT_OF_REACH:
                    for name, value in _colours_of(each.declarations):
                        yield plain, name, colour_channels(value) or value


@functools.lru_cache(maxsize=256)
def _selectors(several: str) -> tuple[str, ...]:
    """Take a list of selectors apart, each written in one way."""
    return tuple(
        _COMBINATOR.sub(lambda found: found[1] or " ", one.strip()) for one in _COMMA.split(several)
    )


@rule("media-important-lost", Severity.ERROR, can_i_email("css-at-media"))
def media_important_lost(proof: Proof) -> Iterator[Fault]:
    """A rule for small or dark screens wins over the styles inside the mail.

    The mail's styles are written into each element, so that programs without style sheets see
    them; and there they win. A rule in @media needs !important to be stronger.
    """
    lost = [
        (each, name)
        for each in mail_rules(proof.mail)
        if any(at_rule.startswith("@media") for at_rule in each.at_rules)
        for name in _lost(each, proof)
    ]
    if lost:
        each, name = lost[0]
        yield Fault(
            f"{name} of {each.selector} in {each.at_rules[-1]}{and_more(lost)} has no effect",
            "add !important to it",
            MAIL_TEMPLATE,
        )


def _lost(style_rule: StyleRule, proof: Proof) -> Iterator[str]:
    """Give the properties of a style rule that are stronger inside an element that it means."""
    weak = [each for each in style_rule.declarations if not each.important]
    if not weak:
        return
    styles = [element.style for element, _ in meant(style_rule.selector, proof.mail)]
    for each in weak:
        if any(
            _governs(own, each.name) and value != each.value
            for style in styles
            for own, value in style.items()
        ):
            yield each.name


def _governs(one: str, other: str) -> bool:
    """Tell whether one of two properties is the other, or a part of it."""
    if one == other:
        return True
    if _KINDRED.fullmatch(one) or _KINDRED.fullmatch(other):
        return False
    return one.startswith(f"{other}-") or other.startswith(f"{one}-")


RULES: tuple[Rule, ...] = (dark_ogsc, media_important_lost)
