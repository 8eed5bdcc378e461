"""Do languages that run from right to left get a mail that does?"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from infomail.checks.parsed.css import style_rules
from infomail.checks.parsed.document import Document, Element
from infomail.checks.parsed.hyperlinks import value_at
from infomail.checks.parsed.selectors import meant
from infomail.checks.proof import Proof
from infomail.checks.rule import (
    MAIL_TEMPLATE,
    TEXT_TEMPLATE,
    Fault,
    Rule,
    Source,
    and_more,
    rule,
)
from infomail.checks.sources import can_i_email
from infomail.model.finding import Severity
from infomail.model.manuscript import Path

_BIDI = Source(
    "Unicode: the bidirectional algorithm (UAX 9)", "https://www.unicode.org/reports/tr9/"
)
_W3C_BIDI = Source(
    "W3C: inline markup and bidirectional text in HTML",
    "https://www.w3.org/International/articles/inline-bidi-markup/",
)
# Hebrew, Arabic, Syriac, Thaana, N'Ko and what follows, and the presentation forms.
_RTL = re.compile(
    "[\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3\u0710-\u085f\u08a0-\u08c7\ufb1d-\ufdfb\ufe70-\ufefc]"
)
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_LATIN_RUN = re.compile(
    "[A-Za-z\u00c0-\u024f](?:[A-Za-z0-9\u00c0-\u024f .&+'’-]*[A-Za-z0-9\u00c0-\u024f])?"
)
_ISOLATED = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
_ADDRESS_SIGNS = ("://", "mailto:", "@", "[[infomail:unsubscribe", "[[infomail:preferences")
_INLINE = frozenset({"a", "abbr", "b", "cite", "em", "font", "i", "mark", "s", "small", "span"}) | {
    "strong",
    "sub",
    "sup",
    "u",
}
_UNSHOWN = frozenset({"head", "meta", "script", "style", "title"})
_INDENTED = frozenset({"ul", "ol", "blockquote"})
_RIGHT_ARROWS = re.compile("[→⇒⟶➔➜➝➞➡▶►]")
_ZERO = re.compile(r"[+-]?0*\.?0*(?:px|pt|em|rem|%)?")
_ARABIC_DIGITS = re.compile("[\u0660-\u0669\u06f0-\u06f9]+")
_WESTERN_DIGITS = re.compile(r"(?<![\w.@/-])[0-9]+(?:[.,:/–-][0-9]+)*(?![A-Za-z@/-])")
_TARGET = re.compile(r"\]\([^)]*\)|<[a-z]+:[^>]*>|\S+://\S+")


def _is_rtl(proof: Proof) -> bool:
    return proof.edition.direction == "rtl"


class _Run(NamedTuple):
    """In which direction an element runs, and which element says so by what.

    Attributes:
        direction: "ltr", "rtl" or "auto".
        by: the element that says it; None if it is the document.
        declared: whether it is the `dir` attribute, which a person sets on purpose.
    """

    direction: str
    by: Element | None
    declared: bool


@functools.lru_cache(maxsize=2)
def _runs(mail: Document) -> tuple[_Run, ...]:
    """Give the direction of each element, by its number."""
    styled = _styled_directions(mail)
    runs: list[_Run] = []
    for element in mail.elements:
        attribute = element.attributes.get("dir", "").lower()
        style = styled.get(element.number, "")
        if "direction" in element.attributes.get("style", ""):
            style = element.style.get("direction", style)
        if style in {"ltr", "rtl"}:
            runs.append(_Run(style, element, declared=style == attribute))
        elif attribute in {"ltr", "rtl", "auto"}:
            runs.append(_Run(attribute, element, declared=True))
        else:
            runs.append(
                runs[element.parent.number] if element.parent else _Run("ltr", None, declared=False)
            )
    return tuple(runs)


def _styled_directions(mail: Document) -> dict[int, str]:
    found: dict[int, str] = {}
    if "direction" not in mail.css:
        return found
    for each in style_rules(mail.css):
        for declaration in each.declarations:
            if declaration.name == "direction":
                for element, _ in meant(each.selector, mail):
                    found[element.number] = declaration.value
    return found


@functools.lru_cache(maxsize=2)
def _with_rtl_words(mail: Document) -> tuple[Element, ...]:
    """Give the elements in whose own text there are letters that run from right to left."""
    return tuple(
        element
        for element in mail.with_text
        if element.tag not in _UNSHOWN
        and any(isinstance(part, str) and _RTL.search(part) for part in element.parts)
    )


@rule("rtl-direction", Severity.ERROR, can_i_email("html-dir"), _W3C_BIDI)
def rtl_direction(proof: Proof) -> Iterator[Fault]:
    """In a mail that runs from right to left, all words of its script do.

    Where a template sets direction:ltr or aligns to the left, full stops land at the wrong end of
    the sentence, lists have their bullets on the wrong side and columns stand in the wrong order.
    What is in dir="ltr" on purpose does not count.
    """
    if not _is_rtl(proof):
        return
    light, runs = proof.light, _runs(proof.mail)
    against: dict[int, Element] = {}
    left: dict[int, Element] = {}
    for element in _with_rtl_words(proof.mail):
        run = runs[element.number]
        if light[element.number].hidden or (run.direction == "ltr" and run.declared):
            continue
        if run.direction == "ltr" and run.by is not None:
            against.setdefault(run.by.number, element)
        if light[element.number].values.get("text-align") == "left":
            cause = _aligner(proof, element)
            if cause is not None:
                left.setdefault(cause.number, element)
    yield from _misdirected(against, "run from left to right", 'set direction="rtl"')
    yield from _misdirected(left, "are aligned to the left", "align them to the right")


def _aligner(proof: Proof, element: Element) -> Element | None:
    """Find the element that aligns; align on a table or picture moves only itself."""
    for each in (element, *element.ancestors):
        if "text-align" in proof.light[each.number].declared:
            return each
        by_style = each.style.get("text-align")
        if by_style or (each.attributes.get("align") and each.tag not in {"table", "img"}):
            return each
    return None


def _misdirected(causes: Mapping[int, Element], what: str, remedy: str) -> Iterator[Fault]:
    if causes:
        words = next(iter(causes.values())).own_words
        message = f"the words “{words[:40]}” {what}" + and_more(causes)
        yield Fault(message, f"{remedy} in the template", MAIL_TEMPLATE)


@rule("rtl-bidi-isolate", Severity.WARNING, _BIDI, can_i_email("html-bdi"))
def rtl_bidi_isolate(proof: Proof) -> Iterator[Fault]:
    """Latin words inside a text that runs from right to left are isolated.

    Without <bdi> or dir="ltr" (in the text part: U+2068 and U+2069), brackets, full stops and
    numbers beside them jump to the other side, and a sentence can become unreadable.
    """
    if not _is_rtl(proof):
        return
    loose = [run for element in proof.mail.with_text for run in _loose_runs(proof, element)]
    if loose:
        message = f"“{loose[0]}” is not isolated from the words around it"
        remedy = "print words with {{ words(…) }} in the template"
        yield Fault(message + and_more(loose), remedy, MAIL_TEMPLATE)
    in_text = list(_loose_in_text(proof.edition.text))
    if in_text:
        message = f"in the text part, “{in_text[0]}” is not isolated from the words around it"
        remedy = "print words with {{ plain(…) }} in the template"
        yield Fault(message + and_more(in_text), remedy, TEXT_TEMPLATE)


def _loose_runs(proof: Proof, element: Element) -> Iterator[str]:
    own = [part for part in element.parts if isinstance(part, str) and _LATIN.search(part)]
    if not own or element.tag in _UNSHOWN or proof.light[element.number].hidden:
        return
    around = [element]
    while around[-1].tag in _INLINE and not _isolates(around[-1]) and around[-1].parent:
        around.append(around[-1].parent)
    if _isolates(around[-1]) and (around[-1].tag in {*_INLINE, "bdi", "bdo"}):
        return
    if any(_RTL.search(each.own_words) for each in around):
        for text in own:
            yield from _latin_runs(text)


def _isolates(element: Element) -> bool:
    if element.tag in {"bdi", "bdo"} or "dir" in element.attributes:
        return True
    return element.style.get("unicode-bidi", "") in {"isolate", "isolate-override", "plaintext"}


def _latin_runs(text: str) -> Iterator[str]:
    words = _ISOLATED.sub(" ", text).split()
    bare = " ".join(word for word in words if not any(sign in word for sign in _ADDRESS_SIGNS))
    yield from (found[0] for found in _LATIN_RUN.finditer(bare))


def _loose_in_text(text: str) -> Iterator[str]:
    for line in _ISOLATED.sub(" ", text.replace(" \n", " ")).splitlines():
        if not line.isascii() and _LATIN.search(line) and _RTL.search(line):
            yield from _latin_runs(line)


@rule("rtl-mirror", Severity.WARNING, _W3C_BIDI)
def rtl_mirror(proof: Proof) -> Iterator[Fault]:
    """What points or is indented to one side is mirrored where text runs from right to left.

    Lists and quotations are indented on the right, their line stands on the right, and an arrow
    onwards points to the left.
    """
    if not _is_rtl(proof):
        return
    runs = _runs(proof.mail)
    crooked = [
        element
        for element in proof.mail.elements
        if runs[element.number].direction == "rtl" and _leans_left(element)
    ]
    if crooked:
        message = f"<{crooked[0].tag}> is indented or lined on the left"
        remedy = "use padding-{{ start }} and border-{{ start }} in the template"
        yield Fault(message + and_more(crooked), remedy, MAIL_TEMPLATE)
    for element in proof.mail.with_text:
        if element.tag not in _UNSHOWN and runs[element.number].direction == "rtl":
            yield from _arrows(proof, element)


def _leans_left(element: Element) -> bool:
    style = element.attributes.get("style", "")
    if element.tag in _INDENTED and ("padding" in style or "margin" in style):
        sides = [_sides(element.style, name) for name in ("padding", "margin")]
        left, right = (any(side[at] for side in sides) for at in (0, 1))
        if left and not right:
            return True
    if "border-left" not in style:
        return False
    has_words = any(isinstance(part, str) and part.strip() for part in element.parts)
    lined = element.style.get("border-left", "").split(" ")[0]
    shows = bool(lined) and lined != "none" and not _ZERO.fullmatch(lined)
    return shows and "border-right" not in style and (has_words or element.tag in _INDENTED)


def _sides(style: Mapping[str, str], name: str) -> tuple[bool, bool]:
    """Tell whether there is room on the left and on the right."""
    values = style.get(name, "").split() or ["0"]
    right = values[1 if len(values) > 1 else 0]
    left = values[3] if len(values) > 3 else right  # noqa: PLR2004  # top, right, bottom, left
    left, right = style.get(f"{name}-left", left), style.get(f"{name}-right", right)
    return not _ZERO.fullmatch(left), not _ZERO.fullmatch(right)


def _arrows(proof: Proof, element: Element) -> Iterator[Fault]:
    for part in element.parts:
        if isinstance(part, str) and not part.isascii():
            found = _RIGHT_ARROWS.search(part)
            if found:
                arrow = found[0]
                value = value_at(proof, element.path)
                path = element.path if isinstance(value, str) and arrow in value else MAIL_TEMPLATE
                message = f"the arrow {arrow} points back where text runs from right to left"
                yield Fault(message, "write ← in its place", path, arrow)
                return


@rule(
    "rtl-digits", Severity.WARNING, Source("CLDR: numbering systems", "https://cldr.unicode.org/")
)
def rtl_digits(proof: Proof) -> Iterator[Fault]:
    """An issue writes its numbers in one kind of digits.

    Arabic has two: 123, and ١٢٣. Both are right, but a reader who finds both in one mail takes it
    for a mistake.
    """
    if not _is_rtl(proof) or not _ARABIC_DIGITS.search(proof.edition.text):
        return
    arabic: list[tuple[Path, str]] = []
    western: list[tuple[Path, str]] = []
    for path, words in _written(proof):
        bare = _TARGET.sub(" ", words)
        arabic += [(path, found) for found in _ARABIC_DIGITS.findall(bare)]
        western += [(path, found) for found in _WESTERN_DIGITS.findall(bare)]
    if arabic and western:
        rarer, other = sorted((arabic, western), key=len)
        path, number = rarer[0]
        message = f"“{number}” is written in other digits than “{other[0][1]}”"
        yield Fault(message + and_more(rarer), "use one kind of digits", path, number)


def _written(proof: Proof) -> Iterator[tuple[Path, str]]:
    """Give the words that staff wrote, in the order of the issue."""
    paths: list[Path] = [(name,) for name in ("title", "subject", "preheader")]
    paths += [("letter", name) for name in ("greeting", "text", "signature")]
    for section, _ in proof.issue.sections:
        paths += [(section, name) for name in ("heading", "theme", "intro")]
        paths.append((section, "more", "label"))
    for path, item in proof.items:
        paths += [(*path, name) for name in ("kicker", "title", "text", "kind", "place")]
        paths += [(*path, "links", index, "label") for index in range(len(item.links))]
        paths += [(*path, "image", name) for name in ("alt", "caption", "credit")]
    for path in paths:
        value = value_at(proof, path)
        if isinstance(value, str):
            yield path, value


RULES: tuple[Rule, ...] = (rtl_direction, rtl_bidi_isolate, rtl_mirror, rtl_digits)
