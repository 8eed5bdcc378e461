"""Can links be seen and hit? Judged by how they look, not by where they lead."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator

from infomail.checks.parsed.css import declarations
from infomail.checks.parsed.document import Element
from infomail.checks.parsed.look import Look
from infomail.checks.parsed.passages import has_words, paragraph_of, quoted
from infomail.checks.parsed.properties import length_px
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, and_more, rule
from infomail.checks.sources import wcag
from infomail.model.finding import Severity
from infomail.model.manuscript import Path

_TARGET_PX = 24.0
"""WCAG 2.2, success criterion 2.5.8."""
_NORMAL_LINE_HEIGHT = 1.2
_LETTER_WIDTH = 0.5
"""Of a letter on average, as a share of its size."""
_WIDE_FROM = 0x2E80
"""Unicode: from here on are the scripts of East Asia, whose letters are as wide as high."""
_SENTENCE_LETTERS = 10
"""So many beside its links make a paragraph a sentence, and not a label such as "Links:"."""


@rule("target-size", Severity.WARNING, wcag("2.5.8", "Target Size (Minimum)"))
def target_size(proof: Proof) -> Iterator[Fault]:
    """Buttons and links that stand alone are at least 24 x 24 px, or have that much room.

    Smaller ones are missed by thumbs and by unsteady hands. The height is that of the line with
    the padding of the link and of its table cell and with the margins of its paragraph. The width
    is guessed from the number of letters, and counts only where another link stands beside: a
    short title on a line of its own has all the room to its sides. A link within a sentence may be
    as small as the text. Sizes that come from a style sheet's classes only cannot be seen.
    """
    shown = [link for link in proof.mail.links if not proof.light[link.number].hidden]
    small = [link for link in shown if _is_small(link, proof)]
    of_template = [link for link in small if not _is_short(link, proof)]
    if of_template:
        name = quoted(of_template[0].words or _alt(of_template[0]))
        yield Fault(
            f"the link {name}{and_more(of_template)} is smaller than 24 x 24 px",
            "give it more padding or a larger line-height in the template",
            MAIL_TEMPLATE,
        )
    of_staff: dict[Path, list[Element]] = {}
    for link in small:
        if _is_short(link, proof):
            of_staff.setdefault(link.path, []).append(link)
    for path, short in of_staff.items():
        name = f"{quoted(short[0].words)}{and_more(short)}"
        message = f"the link {name} is narrower than 24 px, beside another link"
        yield Fault(message, "write more words", path, short[0].words)


def _is_short(link: Element, proof: Proof) -> bool:
    """Tell whether a link is small only because staff wrote so few letters."""
    if not link.path or not link.words:
        return False
    height_px, _ = _size(link, proof)
    return height_px >= _TARGET_PX


def _is_small(link: Element, proof: Proof) -> bool:
    if not link.words:
        return any(_is_small_picture(one, link) for one in link.descendants if one.tag == "img")
    height_px, width_px = _size(link, proof)
    if height_px >= _TARGET_PX and (width_px >= _TARGET_PX or not _has_neighbour(link)):
        return False
    return not _stands_in_sentence(link)


def _has_neighbour(link: Element) -> bool:
    """Tell whether another link stands in the same paragraph, or in the next cell of a row.

    Success criterion 2.5.8 leaves a small target alone around which there is room for a circle of
    24 px.
    """
    cell, row = _cell_and_row(link)
    if _links_within(paragraph_of(link)) > 1:
        return True
    return row is not None and any(_links_within(one) for one in row.children if one is not cell)


def _cell_and_row(link: Element) -> tuple[Element, Element | None]:
    inner = link
    for outer in link.ancestors:
        if outer.tag == "tr":
            return inner, outer
        inner = outer
    return inner, None


@functools.lru_cache(maxsize=256)  # many links stand in one paragraph
def _links_within(element: Element) -> int:
    """Count the links inside, as far as two."""
    return len(list(itertools.islice((one for one in element.descendants if one.tag == "a"), 2)))


def _size(link: Element, proof: Proof) -> tuple[float, float]:
    """Give the height and the width of a link of words with the room that belongs to it, in px."""
    words = link.words
    look = proof.light[link.number]
    wide = 0 if words.isascii() else sum(ord(one) >= _WIDE_FROM for one in words)
    letters = wide + (len(words) - wide) * _LETTER_WIDTH
    height_px = (look.line_height or _NORMAL_LINE_HEIGHT) * look.font_size_px
    more_height_px, more_width_px = _room(link)
    return height_px + more_height_px, letters * look.font_size_px + more_width_px


def _is_small_picture(picture: Element, link: Element) -> bool:
    room = zip(("height", "width"), _room(link), strict=True)
    sizes = ((picture.attributes.get(name, ""), more_px) for name, more_px in room)
    return any(size.isdecimal() and float(size) + more_px < _TARGET_PX for size, more_px in sizes)


def _room(link: Element) -> tuple[float, float]:
    """Give the height and the width that belong to a link beside its words, in pixels."""
    paragraph = paragraph_of(link)
    around = [(link, "padding")]
    if paragraph is not link:
        around += [(paragraph, "padding"), (paragraph, "margin")]
    sides = [_sides(element.attributes.get("style", ""), name) for element, name in around]
    return sum(height for height, _ in sides), sum(width for _, width in sides)


@functools.lru_cache(maxsize=1024)
def _sides(style: str, name: str) -> tuple[float, float]:
    """Give the height and the width of the padding or the margin of a style attribute."""
    values = declarations(style)
    words = values.get(name, "").split() or ["0"]
    top, right = words[0], words[1 % len(words)]
    bottom = words[2] if len(words) > 2 else top  # noqa: PLR2004  # CSS Box Model, section 4.2
    left = words[3] if len(words) > 3 else right  # noqa: PLR2004  # as above
    each = {"top": top, "right": right, "bottom": bottom, "left": left}
    px = {
        side: max(0.0, length_px(values.get(f"{name}-{side}", value), 16) or 0.0)
        for side, value in each.items()
    }
    return px["top"] + px["bottom"], px["left"] + px["right"]


def _alt(link: Element) -> str:
    return next((one.attributes.get("alt", "") for one in link.descendants if one.tag == "img"), "")


def _stands_in_sentence(link: Element) -> bool:
    """Tell whether a link's paragraph has words beside its links."""
    paragraph = paragraph_of(link)
    return paragraph is not link and _is_sentence(paragraph)


@functools.lru_cache(maxsize=256)  # many links stand in one paragraph
def _is_sentence(paragraph: Element) -> bool:
    """Tell whether a paragraph has words beside its links; paragraphs within it have their own."""
    letters, waiting = 0, list(paragraph.parts)
    while waiting and letters < _SENTENCE_LETTERS:
        part = waiting.pop()
        if isinstance(part, str):
            letters += sum(map(str.isalnum, part))
        elif part.tag != "a" and paragraph_of(part) is not part:
            waiting.extend(part.parts)
    return letters >= _SENTENCE_LETTERS


@rule("link-underline", Severity.WARNING, wcag("1.4.1", "Use of Color"))
def link_underline(proof: Proof) -> Iterator[Fault]:
    """A link within a sentence differs from the words around it by more than its colour.

    Who does not see colours well, or reads in the sun, finds it only by its underline; bold words
    or a line below them do as well. Links that stand alone are not judged.
    """
    plain = [
        link
        for link in proof.mail.links
        if not proof.light[link.number].hidden
        and not _is_marked(link, proof.light)
        and has_words(link.words)
        and _stands_in_sentence(link)
    ]
    if plain:
        yield Fault(
            f"the link {quoted(plain[0].words)}{and_more(plain)} differs from the words around"
            " it only by its colour",
            "underline links in the template",
            MAIL_TEMPLATE,
        )


def _is_marked(link: Element, looks: tuple[Look, ...]) -> bool:
    around = link.parent is not None and looks[link.parent.number].bold
    return any(
        "underline" in looks[one.number].values.get("text-decoration", "")
        or (looks[one.number].bold and not around)
        or _has_line_below(one)
        for one in (link, *link.descendants)
    )


def _has_line_below(element: Element) -> bool:
    style = element.style
    line = style.get("border-bottom") or style.get("border", "none")
    return not line.startswith(("none", "0"))


RULES: tuple[Rule, ...] = (target_size, link_underline)
