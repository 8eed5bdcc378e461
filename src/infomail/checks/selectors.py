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
    Negation,
    Pseudo,
    Selector,
    Tree,
)
from cssselect.parser import Element as Type

from infomail.checks.document import Document, Element

Specificity = tuple[int, int, int]


@functools.lru_cache(maxsize=1024)
def parsed(selector: str) -> tuple[tuple[Tree, Specificity], ...]:
    """Read a list of selectors; those with a pseudo-element mean no element."""
    try:
        read = cssselect.parse(selector)
    except cssselect.SelectorError:
        return ()
    return tuple((each.parsed_tree, _weight(each)) for each in read if not each.pseudo_element)


def _weight(selector: Selector) -> Specificity:
    a, b, c = selector.specificity()
    return a, b, c


def meant(selector: str, document: Document) -> Iterator[tuple[Element, Specificity]]:
    """Find the elements that a list of selectors means, each with the selector's specificity."""
    for tree, weight in parsed(selector):
        for element in _selected(tree, document):
            yield element, weight


def _selected(tree: Tree, document: Document) -> Sequence[Element]:  # noqa: PLR0911  # one a kind
    """Find what a parsed selector means, from the left to the right, in the order of document."""
    match tree:
        case Type():
            return document.all(tree.element.lower()) if tree.element else document.elements
        case Class(selector=Type(element=None)):
            return document.with_class(tree.class_name)
        case Class():
            return [
                one for one in _selected(tree.selector, document) if tree.class_name in one.classes
            ]
        case Hash():
            inner = _selected(tree.selector, document)
            return [one for one in inner if one.attributes.get("id") == tree.id]
        case Attrib():
            return [one for one in _selected(tree.selector, document) if _has(tree, one)]
        case Negation():
            others = {one.number for one in _selected(tree.subselector, document)}
            return [one for one in _selected(tree.selector, document) if one.number not in others]
        case CombinedSelector():
            left = _selected(tree.selector, document)
            return _standing(tree.combinator, left, _selected(tree.subselector, document))
        case Pseudo(ident="root"):
            return [one for one in _selected(tree.selector, document) if one.parent is None]
        case _:
            return ()  # a state such as :hover, or what no mail needs


def _standing(
    combinator: str, left: Sequence[Element], right: Sequence[Element]
) -> Sequence[Element]:
    """Keep those on the right that stand to one on the left as the combinator says."""
    numbers = {one.number for one in left}
    match combinator:
        case " ":
            return [one for one in right if any(o.number < one.number <= o.last for o in left)]
        case ">":
            return [one for one in right if one.parent and one.parent.number in numbers]
        case "+":
            return [one for one in right if any(o.number in numbers for o in _before(one)[-1:])]
        case _:
            return [one for one in right if any(o.number in numbers for o in _before(one))]


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
        case _:
            return bool(wanted) and wanted in value


def _before(element: Element) -> list[Element]:
    siblings = list(element.parent.children) if element.parent else []
    return siblings[: siblings.index(element)] if element in siblings else []
