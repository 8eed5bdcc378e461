"""The theme: sandboxed, strict, and clear about what is wrong in a template."""

from __future__ import annotations

from gettext import NullTranslations

import pytest

from infomail.compose.language import Language
from infomail.compose.theme import Theme
from infomail.errors import TemplateError

ENGLISH = Language("en", NullTranslations())


def render(source: str, name: str = "a.html", **values: object) -> str:
    """Render one template."""
    return Theme({name: source}).render(name, ENGLISH, **values)


def test_values_are_escaped_in_html() -> None:
    """What a value holds is text, not markup."""
    assert render("<p>{{ x }}</p>", x="<b>") == "<p>&lt;b&gt;</p>"


def test_values_are_themselves_in_text() -> None:
    """In the text part nothing is escaped."""
    assert render("{{ x }}", "a.txt", x="<b> & c") == "<b> & c"


def test_a_value_is_never_a_template() -> None:
    """Braces that staff write are printed, not computed."""
    assert render("{{ x }}", x="{{ 7 * 7 }}{% if %}") == "{{ 7 * 7 }}{% if %}"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ x.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ [].append(1) }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{% include '/etc/passwd' %}",
        "{% import '../secret.html' as s %}",
        "{{ range(999999999) | list }}",
    ],
)
def test_a_template_reaches_nothing_outside(source: str) -> None:
    """A hostile template is refused: no internals, no files, no endless loops."""
    with pytest.raises(TemplateError):
        render(source, x=ENGLISH)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a\n{{ unknown }}", "a.html:2:1: 'unknown' is undefined"),
        ("a\nb\n{% if %}", "a.html:3:1: Expected an expression"),
        ("{{ 1 / 0 }}", "a.html:1:1: "),
        ("{{ x | nonsense }}", "a.html:1:1: No filter named 'nonsense'"),
    ],
    ids=["undefined", "syntax", "arithmetic", "filter"],
)
def test_a_wrong_template_is_named_with_its_line(source: str, words: str) -> None:
    """A designer is told file, line and cause."""
    with pytest.raises(TemplateError) as refused:
        render(source, x="")

    assert str(refused.value).startswith(words)


def test_a_missing_template_is_named() -> None:
    """A theme without one of its templates says which."""
    with pytest.raises(TemplateError, match=r"mail\.mjml"):
        Theme({}).render("mail.mjml", ENGLISH)
