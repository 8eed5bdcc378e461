"""Is the text large, airy and plain enough to be read, and its links large enough to be hit?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from infomail.checks.parsed.document import Document, Element
from infomail.checks.parsed.look import Look
from infomail.checks.parsed.passages import paragraph_of, quoted, showing
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, Source, and_more, rule
from infomail.checks.sources import EMAIL_MARKUP, wcag
from infomail.model.edition import UNSUBSCRIBE_SLOT
from infomail.model.finding import Severity

_RUNNING_PX = 14.0
_SMALL_PRINT_PX = 12.0
_RUNNING_LETTERS = 60
_MIN_LINE_HEIGHT = 1.4
_LARGE_PX = 20.0
"""Headlines and leads stand closer; WCAG's spacing is about running text."""
_SEVERAL_LINES_LETTERS = 80
_ITALIC_LETTERS = 200
_CAPITAL_WORDS = 3
_CAPITAL_LETTERS = 20
_RAISED = frozenset({"sub", "sup"})
_MIN_CAPITALS = 12
"""Four abbreviations in a row have fewer letters."""
_CAPITAL = "A-Z\u00c0-\u00de\u0100-\u017f\u0386-\u03ab\u0400-\u042f"
_SHOUTED = re.compile(rf"[{_CAPITAL}][{_CAPITAL}0-9\s'’-]{{{_MIN_CAPITALS - 1},}}")
_WORDS_IN_ROW = re.compile(r"\w[\w'’-]*(?:\s+\w[\w'’-]*)*")

_APPLE = Source(
    "Apple: Human Interface Guidelines, typography",
    "https://developer.apple.com/design/human-interface-guidelines/typography",
)
_PRESENTATION = wcag("1.4.8", "Visual Presentation")


@rule("font-size-min", Severity.WARNING, _APPLE, EMAIL_MARKUP)
def font_size_min(proof: Proof) -> Iterator[Fault]:
    """Running text has at least 14 px, and nothing has less than 12 px.

    Small text is tiring on a phone, and some phones enlarge it by themselves and break the layout.
    Running text are passages of more than 60 letters. The small print at the end, from the part
    with the unsubscribe link on, may have 12 px.
    """
    small_print = _start_of_small_print(proof.mail)
    sizes: dict[float, list[Element]] = {}
    for element, look in showing(proof.mail, proof.light, _is_small):
        if element.tag not in _RAISED and (
            look.font_size_px < _SMALL_PRINT_PX
            or (element.number < small_print and _length(element) > _RUNNING_LETTERS)
        ):
            sizes.setdefault(look.font_size_px, []).append(element)
    for size_px, places in sizes.items():
        least_px = _SMALL_PRINT_PX if size_px < _SMALL_PRINT_PX else _RUNNING_PX
        yield Fault(
            f"{quoted(places[0].own_words)}{and_more(places)} is only {size_px:g} px large,"
            f" less than {least_px:g} px",
            "set a larger font-size in the template",
            MAIL_TEMPLATE,
        )


def _is_small(look: Look) -> bool:
    return look.font_size_px < _RUNNING_PX


def _start_of_small_print(document: Document) -> int:
    """Give the number of the first element of the part with the unsubscribe link."""
    for link in reversed(document.links):
        if UNSUBSCRIBE_SLOT in link.attributes["href"]:
            around = (one.number for one in link.ancestors if one.tag in {"table", "div"})
            return next(around, link.number)
    return len(document.elements)


def _length(element: Element) -> int:
    return len(paragraph_of(element).words)


@rule("line-height", Severity.WARNING, wcag("1.4.12", "Text Spacing"), _PRESENTATION)
def line_height(proof: Proof) -> Iterator[Fault]:
    """Lines of running text stand apart by at least 1.4 times the size of the letters.

    Where lines are tight, the eye slips into the wrong one. Judged are passages of more than 80
    letters, which take several lines, in letters under 20 px; headlines may be tighter. Where the
    mail says nothing, programs take about 1.2.
    """
    tight = [
        (element, look)
        for element, look in showing(proof.mail, proof.light, _is_tight)
        if _length(element) > _SEVERAL_LINES_LETTERS
    ]
    if tight:
        element, look = tight[0]
        height = "no height" if look.line_height is None else f"{look.line_height:.2f}"
        yield Fault(
            f"the lines of {quoted(element.own_words)}{and_more(tight)} are tight:"
            f" {height} where {_MIN_LINE_HEIGHT} is needed",
            "set a larger line-height in the template",
            MAIL_TEMPLATE,
        )


def _is_tight(look: Look) -> bool:
    return look.font_size_px < _LARGE_PX and (
        look.line_height is None or look.line_height < _MIN_LINE_HEIGHT
    )


@rule("text-justify", Severity.WARNING, _PRESENTATION)
def text_justify(proof: Proof) -> Iterator[Fault]:
    """Running text is not stretched to both edges.

    Justified text has gaps of different widths, which on the narrow screen of a phone become
    rivers, and which people with dyslexia cannot read across. Judged are passages of more than 80
    letters.
    """
    stretched = [
        element
        for element, _ in showing(
            proof.mail, proof.light, lambda look: look.values.get("text-align") == "justify"
        )
        if _length(element) > _SEVERAL_LINES_LETTERS
    ]
    if stretched:
        yield Fault(
            f"{quoted(stretched[0].own_words)}{and_more(stretched)} is justified",
            "align it to the side where lines begin",
            MAIL_TEMPLATE,
        )


@rule("text-italics", Severity.WARNING, _PRESENTATION)
def text_italics(proof: Proof) -> Iterator[Fault]:
    """Italics emphasise a few words, not whole paragraphs.

    More than 200 letters in italics in a row are tiring, above all for people with dyslexia, and
    nothing in them stands out any more. Arabic has no italics at all: letters are only slanted.
    """
    seen = -1
    for element, _ in showing(proof.mail, proof.light, _is_italic):
        outermost = _outermost_italic(element, proof.light)
        if outermost.number > seen and len(outermost.words) > _ITALIC_LETTERS:
            seen = outermost.last
            yield Fault(
                f"{quoted(outermost.words)} has {len(outermost.words)} letters in italics",
                "take the asterisks away, and emphasise a few words",
                element.path or MAIL_TEMPLATE,
                _first_line(element),
            )


def _is_italic(look: Look) -> bool:
    return look.values.get("font-style", "").startswith(("italic", "oblique"))


def _outermost_italic(element: Element, looks: tuple[Look, ...]) -> Element:
    while element.parent is not None and _is_italic(looks[element.parent.number]):
        element = element.parent
    return element


def _first_line(element: Element) -> str:
    first = next(part for part in element.parts if isinstance(part, str) and part.strip())
    return first.strip().split("\n", 1)[0]


@rule("text-caps", Severity.WARNING, EMAIL_MARKUP)
def text_caps(proof: Proof) -> Iterator[Fault]:
    """Nothing longer than a few words stands in capitals.

    Words in capitals have no outline, are read more slowly and feel like shouting; some screen
    readers spell them out. Found are more than three words in a row or more than 20 letters typed
    in capitals, and more than 60 letters that the template turns into capitals. Abbreviations with
    commas between them are none.
    """
    for element in _with_capitals(proof):
        for part in element.parts:
            if isinstance(part, str) and (run := _run_of_capitals(part)):
                yield Fault(
                    f"{quoted(run)} is written in capitals",
                    "write it in small letters",
                    element.path,
                    run if run in part else run.split()[0],
                )
    turned = [
        element
        for element, _ in showing(
            proof.mail, proof.light, lambda look: look.values.get("text-transform") == "uppercase"
        )
        if _length(element) > _RUNNING_LETTERS
    ]
    if turned:
        yield Fault(
            f"the template turns {quoted(turned[0].own_words)}{and_more(turned)} into capitals",
            "take text-transform out of the template",
            MAIL_TEMPLATE,
        )


def _with_capitals(proof: Proof) -> Iterator[Element]:
    """Find the elements that readers see and whose own words may be in capitals."""
    for element in proof.mail.with_words:
        for part in element.parts:
            if isinstance(part, str) and len(part) > _CAPITAL_WORDS and _SHOUTED.search(part):
                if not proof.light[element.number].hidden:
                    yield element
                break


def _run_of_capitals(text: str) -> str:
    """Give the first run of capitals that is too long; scripts without case have none."""
    for found in _WORDS_IN_ROW.finditer(text):
        run: list[str] = []
        for word in [*found[0].split(), ""]:
            if word.isupper():
                run.append(word)
            elif _is_long(run):
                return " ".join(run)
            else:
                run = []
    return ""


def _is_long(run: list[str]) -> bool:
    letters = sum(map(len, run))
    return letters > _CAPITAL_LETTERS or (len(run) > _CAPITAL_WORDS and letters >= _MIN_CAPITALS)


RULES: tuple[Rule, ...] = (
    font_size_min,
    line_height,
    text_justify,
    text_caps,
    text_italics,
)
