"""A selector means the elements that a browser would find."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks.parsed.document import parse
from infomail.checks.parsed.selectors import meant

HTML = """<!doctype html><html lang="en"><body id="top">
<div id="one" class="a b"><p id="two" class="c">x<a id="three" href="#top">y</a></p>
<p id="four" class="c d" title="Big house">z<i id="five">w</i></p><a id="six">v</a></div>
<p id="seven" lang="en-GB">u</p></body></html>"""


@pytest.mark.parametrize(
    ("selector", "ids"),
    [
        ("p", "two four seven"),
        ("P", "two four seven"),
        (".c", "two four"),
        ("p.d", "four"),
        (".c.d", "four"),
        ("#two", "two"),
        ("p#two", "two"),
        ("#other", ""),
        ("div p", "two four"),
        ("body > p", "seven"),
        ("div a", "three six"),
        ("div > a", "six"),
        ("p + p", "four"),
        ("p ~ a", "six"),
        ("div + p", "seven"),
        ("p:not(.d)", "two seven"),
        (".a:is(div, p) i", "five"),
        ("a:link", "three"),
        ("a:hover", ""),
        ("p:first-child", "two"),
        ("div > :last-child", "six"),
        ("[title]", "four"),
        ("[title='Big house']", "four"),
        ("[title~=house]", "four"),
        ("[lang|=en] i", "five"),
        ("p[lang|=en]", "seven"),
        ("[title^=Big]", "four"),
        ("[title$=house]", "four"),
        ("[title*='g h']", "four"),
        ("[title*='']", ""),
        ("i, .d", "five four"),
        ("a::before", ""),
        ("..", ""),
        ("", ""),
    ],
)
def test_a_selector_means_what_browsers_find(selector: str, ids: str) -> None:
    """Types, classes, ids, attributes, combinators and states mean what CSS says."""
    found = [element.attributes.get("id", "") for element, _ in meant(selector, parse(HTML))]
    assert found == ids.split()


@pytest.mark.parametrize(
    ("selector", "weight"),
    [("i", (0, 0, 1)), (".a p > i", (0, 1, 2)), ("#five", (1, 0, 0)), ("i:not(#x)", (1, 0, 1))],
)
def test_a_selector_has_its_specificity(selector: str, weight: tuple[int, int, int]) -> None:
    """Ids weigh more than classes, classes more than types."""
    assert [found for _, found in meant(selector, parse(HTML))] == [weight]


def test_root_is_the_outermost_element() -> None:
    """:root means the html element."""
    assert [element.tag for element, _ in meant(":root", parse(HTML))] == ["html"]


@settings(max_examples=50)
@given(st.text(alphabet="ab.#>+~ :not(*)[=]'\"\\,-\x00", max_size=40))
def test_no_selector_makes_it_fail(selector: str) -> None:
    """Any text means some of the elements, or none."""
    document = parse(HTML)
    assert all(element in document.elements for element, _ in meant(selector, document))


@pytest.mark.parametrize("selector", ["a " * 5000 + "a", ":not(" * 3000, "a" + ".b" * 5000])
def test_an_endless_selector_means_nothing(selector: str) -> None:
    """A selector of thousands of parts is survived."""
    assert list(meant(selector, parse(HTML))) == []


@pytest.mark.parametrize("selector", ["p + p", "p ~ p"])
def test_every_sibling_but_the_first_follows_another(selector: str) -> None:
    """Thousands of siblings are searched in one pass."""
    many = parse("<div>" + "<p>x</p>" * 20_000 + "</div>")
    assert len(list(meant(selector, many))) == 19_999
