"""Is the mail made for dark screens, wholly or not at all?"""

from __future__ import annotations

from collections.abc import Iterator

from infomail.checks.parsed.cascade import mail_rules, schemes_of_root
from infomail.checks.parsed.document import Element
from infomail.checks.parsed.look import Colour, Look
from infomail.checks.parsed.passages import has_words, quoted, showing
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, and_more, rule
from infomail.checks.rules.contrast import is_pale
from infomail.checks.rules.media_queries import recolours
from infomail.checks.sources import LITMUS_DARK, can_i_email
from infomail.model.finding import Severity

_PALE_FROM = 0.75
"""Of a colour whose darkest channel is at least that, people see a light box."""
_LARGE_AREA_LETTERS = 100
_RUNNING_LETTERS = 60
_PURE: dict[Colour, str] = {(0.0, 0.0, 0.0): "#000000", (1.0, 1.0, 1.0): "#ffffff"}


@rule("color-scheme-meta", Severity.WARNING, can_i_email("html-meta-color-scheme"), LITMUS_DARK)
def color_scheme_meta(proof: Proof) -> Iterator[Fault]:
    """A mail that is made for dark screens says so in all three ways.

    Mail programs look for the meta tag color-scheme, for its older name supported-color-schemes,
    or for color-scheme in the style sheet. Where one of them is missing, a part of the readers
    gets dark colours and another part does not. A mail without any rules for dark screens may
    leave out all three.
    """
    names = {meta.attributes.get("name", "").lower() for meta in proof.mail.all("meta")}
    rules = mail_rules(proof.mail)
    ways = {
        "the meta tag color-scheme": "color-scheme" in names,
        "the meta tag supported-color-schemes": "supported-color-schemes" in names,
        "color-scheme for :root in the style sheet": bool(schemes_of_root(proof.mail)),
    }
    missing = [way for way, is_there in ways.items() if not is_there]
    if missing and (len(missing) < len(ways) or any(map(recolours, rules))):
        yield Fault(
            f"the mail is made for dark screens, but lacks {' and '.join(missing)}",
            "add it to the head of the mail's template",
            MAIL_TEMPLATE,
        )


@rule("link-color-explicit", Severity.ERROR, LITMUS_DARK)
def link_color_explicit(proof: Proof) -> Iterator[Fault]:
    """Every link with words has a colour of the mail's own.

    Otherwise the mail program takes its own blue, or on a dark screen a pale violet, and nobody
    knows on which background it will stand.
    """
    bare = [link for link in proof.mail.links if not _has_own_colour(link, proof.light)]
    if bare:
        yield Fault(
            f"the link {quoted(bare[0].words)}{and_more(bare)} has no colour of its own",
            "set `color` for links in the template's style sheet",
            MAIL_TEMPLATE,
        )


def _has_own_colour(link: Element, looks: tuple[Look, ...]) -> bool:
    look = looks[link.number]
    if look.hidden or "color" in look.declared:
        return True
    return not any(_takes_colour_of(link, one, looks) for one in (link, *link.descendants))


def _takes_colour_of(link: Element, inner: Element, looks: tuple[Look, ...]) -> bool:
    if looks[inner.number].hidden or not has_words(inner.own_words):
        return False
    while inner is not link and inner.parent is not None:
        if "color" in looks[inner.number].declared:
            return False
        inner = inner.parent
    return True


@rule("dark-override-complete", Severity.WARNING, LITMUS_DARK)
def dark_override_complete(proof: Proof) -> Iterator[Fault]:
    """Where a mail has rules for dark screens, they reach all of its colours.

    A light box that stays light dazzles on a dark screen; a background that turns dark under
    words that stay dark hides them. Each colour that the mail sets needs a rule for dark screens,
    with !important. Boxes of a strong colour, such as a yellow badge, may stay as they are.
    """
    if not any(map(recolours, mail_rules(proof.mail))):
        return
    yield from _left_light(proof)
    yield from _half_changed(proof)


def _left_light(proof: Proof) -> Iterator[Fault]:
    dark = proof.dark
    left = [
        element
        for element, look in zip(proof.mail.elements, proof.light, strict=True)
        if "background-color" in look.declared
        and look.background
        and min(look.background) >= _PALE_FROM
        and not look.hidden
        and dark[element.number].background == look.background
    ]
    if left:
        yield Fault(
            f"the background of <{_named(left[0])}>{and_more(left)} stays light on a dark screen",
            "give it a dark background with !important under prefers-color-scheme: dark",
            MAIL_TEMPLATE,
        )


def _half_changed(proof: Proof) -> Iterator[Fault]:
    """Find words that stay as they are on a background that changes, and the other way round."""
    light = proof.light
    half = [
        (element, look)
        for element, look in showing(proof.mail, proof.dark, is_pale)
        if _changes_by_half(light[element.number], look)
    ]
    if half:
        element, look = half[0]
        same_words = look.colour == light[element.number].colour
        verbs = ("changes", "stay") if same_words else ("change", "stays")
        stays, changes = ("words", "background") if same_words else ("background", "words")
        yield Fault(
            f"on a dark screen only the {changes} of {quoted(element.own_words)}"
            f"{and_more(half)} {verbs[0]}, and the {stays} {verbs[1]}",
            f"set the colour of the {stays} too, with !important under prefers-color-scheme: dark",
            MAIL_TEMPLATE,
        )


def _changes_by_half(light: Look, dark: Look) -> bool:
    """Tell whether only one of the two changes, and no light box is what stays."""
    if light.background == dark.background:
        is_box = dark.background is not None and min(dark.background) >= _PALE_FROM
        return light.colour != dark.colour and not is_box
    return light.colour == dark.colour


@rule("pure-black-white", Severity.WARNING, LITMUS_DARK)
def pure_black_white(proof: Proof) -> Iterator[Fault]:
    """Large areas and running text are not pure black or pure white.

    Gmail on iPhones turns #ffffff into #000000 and back, which is harsh to look at; slightly
    different shades, such as #fefefe and #1d2733, come out softer. Judged are backgrounds behind
    more than 100 letters and passages of more than 60 letters.
    """
    areas = [
        (_PURE[look.background], element)
        for element, look in zip(proof.mail.elements, proof.light, strict=True)
        if "background-color" in look.declared
        and look.background in _PURE
        and not look.hidden
        and _is_longer(element, _LARGE_AREA_LETTERS)
    ]
    words = [
        (_PURE[look.colour], element)
        for element, look in showing(proof.mail, proof.light, lambda look: look.colour in _PURE)
        if len(element.own_words) > _RUNNING_LETTERS
    ]
    for what, places in (("a background", areas), ("running text", words)):
        if places:
            shade, element = places[0]
            yield Fault(
                f"{what} is pure {shade}, at <{_named(element)}>{and_more(places)}",
                "take a shade beside it, such as #fefefe or #1d2733",
                MAIL_TEMPLATE,
            )


def _is_longer(element: Element, letters: int) -> bool:
    """Tell whether more than so many letters stand in an element, without reading all of them."""
    count = len(element.own_words)
    for inner in element.descendants:
        if count > letters:
            break
        count += len(inner.own_words)
    return count > letters


def _named(element: Element) -> str:
    """Name an element as designers do, by its class."""
    return ".".join((element.tag, *sorted(element.classes)[:1]))


RULES: tuple[Rule, ...] = (
    color_scheme_meta,
    link_color_explicit,
    dark_override_complete,
    pure_black_white,
)
