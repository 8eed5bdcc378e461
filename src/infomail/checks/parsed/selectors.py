"""Which elements a CSS selector means; a selector that cannot be read means none."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import cssselect
from cssselect.parser import (
    Attrib,
    Class,
    CombinedSelector,
    Hash,
    Matching,
    Negation,
    Pseudo,
    Selector,
    SpecificityAdjustment,
    Tree,
)
from cssselect.parser import Element as Type

from infomail.checks.parsed.document import Document, Element

Specificity = tuple[int, int, int]


@functools.lru_cache(maxsize=1024)
def parsed(selector: str) -> tuple[tuple[Tree, Specificity], ...]:
    """Read a list of selectors; those with a pseudo-element mean no element."""
    try:
        read = cssselect.parse(selector)
        return tuple((each.parsed_tree, _weight(each)) for each in read if not each.pseudo_element)
    except (cssselect.SelectorError, RecursionError, ValueError):
        return ()


def _weight(selector: Selector) -> Specificity:
    a, b, c = selector.specificity()
    return a, b, c


def meant(selector: str, document: Document) -> Iterator[tuple[Element, Specificity]]:
    """Find the elements that a list of selectors means, each with the selector's specificity."""
    for tree, weight in parsed(selector):
        for element in selected(tree, document):
            yield element, weight


def selected(tree: Tree, document: Document) -> Sequence[Element]:
    """Find what a parsed selector means, in the order of the document."""
    try:
        return _selected(tree, document)
    except RecursionError:  # hundreds of combinators
        return ()


def _selected(tree: Tree, document: Document) -> Sequence[Element]:
    match tree:
        case Type():
            return document.all(tree.element.lower()) if tree.element else document.elements
        case Class(selector=Type(element=None)):
            return document.with_class(tree.class_name)
        case Class():
            inner = _selected(tree.selector, document)
            return [one for one in inner if tree.class_name in one.classes]
        case Hash():
            if tree.id not in document.ids:
                return ()
            inner = _selected(tree.selector, document)
            return [one for one in inner if one.attributes.get("id") == tree.id]
        case Attrib():
            return [one for one in _selected(tree.selector, document) if _has(tree, one)]
        case CombinedSelector():
            left = _selected(tree.selector, document)
            right = _selected(tree.subselector, document) if left else ()
            return _standing(tree.combinator, left, right)
        case _:
            return _in_state(tree, document)


def _in_state(tree: Tree, document: Document) -> Sequence[Element]:
    """Find what a selector with a colon means: as a mail is before anybody touches it."""
    match tree:
        case Negation():
            others = {one.number for one in _selected(tree.subselector, document)}
            return [one for one in _selected(tree.selector, document) if one.number not in others]
        case Matching() | SpecificityAdjustment():
            any_of = {
                one.number for each in tree.selector_list for one in _selected(each, document)
            }
            return [one for one in _selected(tree.selector, document) if one.number in any_of]
        case Pseudo(ident="root"):
            return [one for one in _selected(tree.selector, document) if one.parent is None]
        case Pseudo(ident="link" | "any-link"):
            inner = _selected(tree.selector, document)
            return [one for one in inner if one.tag == "a" and "href" in one.attributes]
        case Pseudo(ident="first-child" | "last-child" as end):
            inner = _selected(tree.selector, document)
            return [one for one in inner if _stands_at(end, one)]
        case _:
            return ()  # a state such as :hover, or what no mail needs


def _stands_at(end: str, element: Element) -> bool:
    if element.parent is None:
        return True
    parts = element.parent.parts if end == "first-child" else reversed(element.parent.parts)
    return next(part for part in parts if not isinstance(part, str)) is element


def _standing(
    combinator: str, left: Sequence[Element], right: Sequence[Element]
) -> Sequence[Element]:
    """Keep those on the right that stand to one on the left as the combinator says."""
    if combinator == " ":
        return _within(left, right)
    numbers = {one.number for one in left}
    if combinator == ">":
        return [one for one in right if one.parent and one.parent.number in numbers]
    after = _after(numbers, right, only_next=combinator == "+")
    return [one for one in right if one.number in after]


def _within(left: Sequence[Element], right: Sequence[Element]) -> Sequence[Element]:
    """Keep those on the right inside one on the left; both are in the order of the document."""
    found, at, last = [], 0, -1
    for one in right:
        while at < len(left) and left[at].number < one.number:
            last = max(last, left[at].last)
            at += 1
        if one.number <= last:
            found.append(one)
    return found


def _after(numbers: set[int], right: Sequence[Element], *, only_next: bool) -> set[int]:
    """Find the numbers of the elements beside those on the right that follow one of `numbers`."""
    after: set[int] = set()
    for parent in {one.parent for one in right}:
        follows = False
        for child in parent.children if parent else ():
            if follows:
                after.add(child.number)
            follows = child.number in numbers or (follows and not only_next)
    return after


def _has(tree: Attrib, element: Element) -> bool:
    value = element.attributes.get(tree.attrib.lower())
    if value is None or tree.operator == "exists":
        return value is not None
    wanted = str(tree.value.value) if tree.value else ""
    match tree.operator:
        case "=":
            return value == wanted
        case "~=":
            return wanted in value.split()
        case "|=":
            return value == wanted or value.startswith(f"{wanted}-")
        case "^=":
            return bool(wanted) and value.startswith(wanted)
        case "$=":
            return bool(wanted) and value.endswith(wanted)
        case "*=":
            return bool(wanted) and wanted in value
        case _:
            return False
