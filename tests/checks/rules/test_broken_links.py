"""Links and emphasis that did not become any are found, and ordinary brackets are left alone."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable

import pytest

from infomail.checks import Fault, Proof
from infomail.checks.rules.wording import markup_left
from infomail.model.finding import Finding
from infomail.model.issue import Correction, Issue

Clean = Callable[[str], Proof]

ADDRESS = "https://harbour.example/map"


def judged(proof: Proof, issue: Issue) -> list[Fault]:
    """Give what the rule finds if the issue is another one."""
    manuscript = dataclasses.replace(proof.manuscript, issue=issue)
    return list(markup_left.judge(dataclasses.replace(proof, manuscript=manuscript)))


def said(proof: Proof, text: str) -> list[Fault]:
    """Give what the rule finds if the letter says `text`."""
    letter = proof.issue.letter
    assert letter
    letter = letter.model_copy(update={"text": text})
    return judged(proof, proof.issue.model_copy(update={"letter": letter}))


@pytest.mark.parametrize(
    ("text", "needle"),
    [
        (f"See [our new map]({ADDRESS}", f"[our new map]({ADDRESS}"),
        (f"See [our new map] ({ADDRESS}) now", f"[our new map] ({ADDRESS})"),
        ("[our map](https://harbour.example/our map)", "[our map](https://harbour.example/our"),
        (f"(our new map)[{ADDRESS}]", f"(our new map)[{ADDRESS}]"),
        (f"[our new map]{ADDRESS} now", f"[our new map]{ADDRESS}"),
        (f"[our new map[({ADDRESS})", f"[our new map[({ADDRESS})"),
        ("[our new map](www.harbour.example/map", "[our new map](www.harbour.example/map"),
        ("[write us] (mailto:us@harbour.example)", "[write us] (mailto:us@harbour.example)"),
        (f"[[خريطتنا]({ADDRESS}) و[الخريطة] ({ADDRESS})", f"[الخريطة] ({ADDRESS})"),
        (f"[one]({ADDRESS}) and [our\nmap] ({ADDRESS})", f"[our\nmap] ({ADDRESS})"),
        ("See _our new map, which is new", "_our"),
        ("See:\n\n| a | b | here", "| a | b |"),
    ],
)
def test_markdown_that_was_meant_is_found(clean: Clean, text: str, needle: str) -> None:
    """A link or an emphasis that is not closed, or not in order, is named as readers see it."""
    assert [fault.needle for fault in said(clean("en"), text)] == [needle]


def test_a_broken_link_is_named_with_how_a_link_is_written(clean: Clean) -> None:
    """Whoever wrote a link the wrong way round reads how it is written."""
    [fault] = said(clean("en"), f"(our new map)[{ADDRESS}]")

    assert "write a link as [words](https://…)" in fault.remedy


@pytest.mark.parametrize(
    "text",
    [
        "The harbour [sic] (see [2]) is [...] and […] full, [the minister] said (in May).",
        f"He said [sic] ({ADDRESS}), as in [2] ({ADDRESS}) and [1]: {ADDRESS}",
        "Le port [en travaux] (voir p. 3) ; l’étude [1] (https://port.example/a_(b)_c[d])",
        "Der Hafen [Foto: K. Ude] (www.hafen.example), die Kolleg_innen und snake_case_words",
        "El puerto [nota del editor](véase) y [1](2)",
        "Порт [перевод наш] (2030) и [...] (см. https://port.example/?a[]=1&b[]=2)",
        "الميناء [كذا] (انظر [2]) _القاهرة _ عمّان_ في https://port.example/a[1](2)",
        f"[a [nested] label]({ADDRESS}) [one]({ADDRESS})[two]({ADDRESS}) ({ADDRESS})",
        "A name such as _redirects.txt or __init__.py, a blank ____ and \\_our own_ sign",
        "Port | Harbour | Quay, open 9 | 17",
    ],
)
def test_ordinary_brackets_are_no_broken_links(clean: Clean, text: str) -> None:
    """Brackets, underscores and bars that are punctuation are left alone, in any language."""
    assert [fault.needle for fault in said(clean("en"), text)] == []


def test_a_broken_link_is_found_at_its_line(convicts: Callable[..., Finding]) -> None:
    """A link with a space before its address is named where it stands in the text of an item."""
    change = ("issue", "[five first ports](", "[five first ports] (")
    finding = convicts("markup-left", change, "issues/2030-05.yaml:21:9")
    assert finding.item == "spotlight: What ministers agreed in Praia"


def test_a_link_in_a_title_is_found_broken_or_not(clean: Clean) -> None:
    """A title has no links at all, so every try at one is named."""
    proof = clean("en")
    for title in (f"[Map]({ADDRESS})", f"[Map] ({ADDRESS})", f"(Map)[{ADDRESS}]", "| a | b |"):
        [fault] = judged(proof, proof.issue.model_copy(update={"title": title}))
        assert (fault.path, fault.needle) == (("title",), title)
        assert fault.remedy == "write plain words here"


def test_a_correction_is_read_as_well(clean: Clean) -> None:
    """What a correction says is shown on the page, so its links are looked at, too."""
    proof = clean("en")
    text = f"It was [the map] ({ADDRESS})."
    correction = Correction(date=datetime.date(2030, 5, 20), text=text)
    [fault] = judged(proof, proof.issue.model_copy(update={"corrections": (correction,)}))
    assert fault.path == ("corrections", 0, "text")
