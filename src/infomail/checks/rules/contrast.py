"""Can every word be read, on a light and on a dark screen?"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence

from infomail.checks.parsed.document import Element
from infomail.checks.parsed.look import Look, hex_of
from infomail.checks.parsed.passages import quoted, showing
from infomail.checks.proof import Proof
from infomail.checks.rule import Fault, Rule, and_more, rule
from infomail.checks.sources import wcag
from infomail.model import colour
from infomail.model.finding import Severity

# WCAG 2.2, success criterion 1.4.3, and its definition of large-scale text: 18 pt, or 14 pt bold.
RATIO = 4.5
LARGE_RATIO = 3.0
LARGE_PX = 24.0
LARGE_BOLD_PX = 18.66

_CONTRAST = wcag("1.4.3", "Contrast (Minimum)")


@rule("contrast-light", Severity.ERROR, _CONTRAST)
def contrast_light(proof: Proof) -> Iterator[Fault]:
    """All words stand out from their background on a light screen.

    Pale words cannot be read in the sun, on a poor screen or by people with weak eyes. Running
    text needs a contrast of 4.5 to 1; large text (from 24 px, or from 18.66 px if it is bold)
    needs 3 to 1. Words over a background picture are not judged: nobody can tell their colour.
    """
    yield from _faults(proof, proof.light, "on a light screen")


@rule("contrast-dark", Severity.ERROR, _CONTRAST)
def contrast_dark(proof: Proof) -> Iterator[Fault]:
    """All words stand out from their background on a dark screen.

    Many people read mail on a dark screen. The mail then has other colours, and these need the
    same contrast: 4.5 to 1, or 3 to 1 for large text (from 24 px, or from 18.66 px if it is bold).
    Words over a background picture are not judged: nobody can tell their colour. What programs
    such as Gmail do to colours by themselves cannot be seen either.
    """
    yield from _faults(proof, proof.dark, "on a dark screen")


def _faults(proof: Proof, looks: Sequence[Look], where: str) -> Iterator[Fault]:
    """Find the faults, one for each pair of colours."""
    pairs: dict[tuple[str, str], list[tuple[Element, Look]]] = {}
    for element, look in showing(proof.mail, looks, is_pale):
        pairs.setdefault(_pair(look), []).append((element, look))
    for (words, background), places in pairs.items():
        element, look = places[0]
        yield Fault(
            f"{quoted(element.own_words)} is hard to read {where}: {words} on {background} has a"
            f" contrast of {_said(_ratio(words, background))}, not {_needed(look):g}"
            f"{and_more(places)}",
            "change the colours under `brand` in newsletter.yaml, or those of the template",
            element.path,
        )


def is_pale(look: Look) -> bool:
    """Tell whether words in this look are hard to read."""
    return look.background is not None and _ratio(*_pair(look)) < _needed(look)


def _needed(look: Look) -> float:
    is_large = look.font_size_px >= (LARGE_BOLD_PX if look.bold else LARGE_PX)
    return LARGE_RATIO if is_large else RATIO


def _pair(look: Look) -> tuple[str, str]:
    return hex_of(look.colour), hex_of(look.background or look.colour)


@functools.lru_cache(maxsize=1024)
def _ratio(words: str, background: str) -> float:
    return colour.contrast(words, background)


@functools.lru_cache(maxsize=1024)
def _said(ratio: float) -> str:
    """Round down: a contrast that is not enough never reads as if it were."""
    return f"{math.floor(ratio * 10) / 10:.1f}"


RULES: tuple[Rule, ...] = (contrast_light, contrast_dark)
