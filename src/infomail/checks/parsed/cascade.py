"""How each element of a mail looks, on a light and on a dark screen.

The cascade of CSS over the final HTML: what the browser brings along, attributes such as bgcolor,
style elements with their media, style attributes, !important. Colours with alpha and opacity are
blended over what lies behind. A wide screen is meant; :hover and other states are not.

Mails repeat themselves, so a look is made once for all elements that say the same of themselves
and stand where the same is inherited, and kept for the next mail of the same template.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cssselect.parser import Tree

from infomail.checks.parsed.css import Declaration, StyleRule, declaration_list, holds, style_rules
from infomail.checks.parsed.document import Document
from infomail.checks.parsed.look import Inside, Scheme, look_of, start_of
from infomail.checks.parsed.look import Look as Look
from infomail.checks.parsed.properties import HINTING, hints, said
from infomail.checks.parsed.selectors import Specificity, parsed, selected

LIGHT = Scheme("light", (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (0.0, 0.0, 238 / 255))
# What Chromium and WebKit take where a page says that it knows dark screens.
DARK = Scheme("dark", (18 / 255,) * 3, (1.0, 1.0, 1.0), (158 / 255, 158 / 255, 1.0))

_HINTING = frozenset(HINTING)
_ROOT = frozenset({":root", "html"})
_NONE: tuple[None, ...] = ()
_Values = tuple[tuple[str, str], ...]
"""Watched properties with their values."""


class _Said(NamedTuple):
    """What one selector of a style rule says of the elements that it means."""

    selector: Tree
    weight: Specificity
    values: _Values
    important: _Values


def mail_rules(document: Document) -> tuple[StyleRule, ...]:
    """Give the style rules of all style elements, with their media, in order."""
    return tuple(rule for css, media in _sheets(document) for rule in style_rules(css, media))


def looks(document: Document, scheme: Scheme) -> tuple[Look, ...]:
    """Give how each element looks, in the order of the document's elements.

    Args:
        document: the mail.
        scheme: the reader's screen.
    """
    shown = scheme if knows_dark(document) else _undeclared(scheme)
    sayings = tuple(
        saying for css, media in _sheets(document) for saying in _sayings(css, media, scheme.name)
    )
    meaning = _meaning(sayings, document)
    faces, parents, faces_of_elements = _faces(document)
    start, numbers = start_of(shown), dict[Inside, int]()
    known: dict[tuple[int, int, tuple[int, ...] | None], tuple[Look, int]] = {}
    made: list[tuple[Look, int]] = []
    for number, parent in enumerate(parents):
        around = made[parent] if parent >= 0 else None
        at = meaning.get(number)
        key = (around[1] if around else -1, faces_of_elements[number], tuple(at) if at else None)
        look = known.get(key)
        if look is None:
            said_of_it = tuple([sayings[position] for position in at or ()])
            new = _look(faces[key[1]], said_of_it, around[0].inside if around else start, shown)
            look = known[key] = new, numbers.setdefault(new.inside, len(numbers))
        made.append(look)
    return tuple([look for look, _ in made])


@functools.lru_cache(maxsize=2048)
def _look(face: _Face, sayings: tuple[_Said, ...], inside: Inside, scheme: Scheme) -> Look:
    """Give a look; the same ones come back in each issue of a newsletter."""
    return look_of(face.tag, _declared(face, sayings), inside, scheme, is_link=face.is_link)


def knows_dark(document: Document) -> bool:
    """Tell whether the mail declares that it is made for dark screens too."""
    return any(
        "dark" in element.attributes.get("content", "").lower()
        for element in document.all("meta")
        if element.attributes.get("name", "").lower() == "color-scheme"
    ) or any("dark" in declared for declared in schemes_of_root(document))


def schemes_of_root(document: Document) -> tuple[str, ...]:
    """Give what style sheets say of color-scheme for the whole mail."""
    return tuple(
        each.value
        for rule in mail_rules(document)
        if not _ROOT.isdisjoint(part.strip() for part in rule.selector.split(","))
        for each in rule.declarations
        if each.name == "color-scheme"
    )


def _undeclared(scheme: Scheme) -> Scheme:
    """Browsers keep the colours of a light screen for what does not declare that it knows dark."""
    return Scheme(scheme.name, LIGHT.canvas, LIGHT.ink, LIGHT.link)


def _sheets(document: Document) -> Iterator[tuple[str, str]]:
    """Give the style sheets of a document, each with its media."""
    for element in document.all("style"):
        kind = element.attributes.get("type", "").strip().lower()
        if kind in {"", "text/css"}:
            css = "".join(part for part in element.parts if isinstance(part, str))
            yield css, element.attributes.get("media", "")


@functools.lru_cache(maxsize=64)
def _sayings(css: str, media: str, scheme: str) -> tuple[_Said, ...]:
    """Read the rules of a style sheet that hold on such a screen and say how text looks."""
    return tuple(
        _Said(tree, weight, values, important)
        for rule in style_rules(css, media)
        if all(holds(at_rule, scheme) for at_rule in rule.at_rules)
        for values, important in [_winners(rule.declarations)]
        if values or important
        for tree, weight in parsed(rule.selector)
        if not _is_of_outlook(tree)
    )


def _is_of_outlook(selector: Tree) -> bool:
    """Outlook.com sets these attributes itself, on what it has darkened."""
    try:
        written = repr(selector)
    except RecursionError:
        return True
    return "data-ogs" in written and ":not" not in written


def _winners(each_declaration: Iterable[Declaration]) -> tuple[_Values, _Values]:
    """Give the watched values of some declarations, and apart from them the important ones."""
    chosen: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for each in each_declaration:
        chosen[each.important].update(said(each))
    return tuple(chosen[False].items()), tuple(chosen[True].items())


@functools.lru_cache(maxsize=4096)
def _own(style: str) -> tuple[_Values, _Values]:
    return _winners(declaration_list(style))


class _Face(NamedTuple):
    """What an element itself says of how it looks: its old attributes as in HINTING."""

    tag: str
    style: str
    is_link: bool
    hinting: tuple[str | None, ...]


@functools.lru_cache(maxsize=2)
def _faces(document: Document) -> tuple[tuple[_Face, ...], tuple[int, ...], tuple[int, ...]]:
    """Give all different faces; then for each element its parent's number and its face's."""
    known: dict[tuple[str, str, bool, tuple[str | None, ...]], int] = {}
    parents, faces = [], []
    for element in document.elements:
        attributes, tag, parent = element.attributes, element.tag, element.parent
        hinting = _NONE if _HINTING.isdisjoint(attributes) else tuple(map(attributes.get, HINTING))
        face = (tag, attributes.get("style", ""), tag == "a" and "href" in attributes, hinting)
        parents.append(-1 if parent is None else parent.number)
        faces.append(known.setdefault(face, len(known)))
    return tuple(map(_Face._make, known)), tuple(parents), tuple(faces)


def _meaning(sayings: tuple[_Said, ...], document: Document) -> dict[int, list[int]]:
    """Find for each element, by its number, the positions of what is said of it."""
    meaning: dict[int, list[int]] = {}
    for at, saying in enumerate(sayings):
        for element in selected(saying.selector, document):
            meaning.setdefault(element.number, []).append(at)
    return meaning


def _declared(face: _Face, sayings: tuple[_Said, ...]) -> dict[str, str]:
    """Choose the winner of each property (CSS Cascading and Inheritance Level 5, section 6)."""
    hinting = {
        name: value for name, value in zip(HINTING, face.hinting, strict=False) if value is not None
    }
    values = dict(hints(face.tag, hinting))
    own, own_important = _own(face.style)
    in_order = sorted(sayings, key=operator.attrgetter("weight"))
    for each in in_order:
        values.update(each.values)
    values.update(own)
    for each in in_order:
        values.update(each.important)
    values.update(own_important)
    return values
