"""Do headings, lists and tables mean what they look like?"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from infomail.checks.parsed.document import Element, folded
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, Source, and_more, rule
from infomail.checks.sources import EMAIL_MARKUP, can_i_email, wcag
from infomail.model.finding import Severity
from infomail.model.manuscript import Path

_AXE = Source("axe-core: rule descriptions", "https://dequeuniversity.com/rules/axe/")
_INFO_AND_RELATIONSHIPS = wcag("1.3.1", "Info and Relationships")

_LAYOUT_ROLES = frozenset({"presentation", "none"})
_OUTLOOK_TABLE = re.compile(r"<table\b[^>]*", re.IGNORECASE)
_LAYOUT_ROLE = re.compile(r"\srole\s*=\s*[\"']?\s*(?:presentation|none)\b", re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_HEADING_ENDS = frozenset({("title",), ("heading",), ("theme",)})
# Format characters and fillers of Unicode: they have no shape, so nobody sees or hears them.
_INVISIBLE = re.compile(r"[\s\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069"
                        r"\u2800\u3164\ufeff]*")  # fmt: skip

# Nobody begins a sentence with one of these.
_BULLET = "[•‣⁃◦●○▪▫■□∙]"
# One of these may begin a line by chance: a dialogue, a wrapped aside, a reference. Two are a list.
_DASH = "[-*–—·+→➔➜➡►▶➤➢👉✓✔✅☑]\ufe0f?"
_NUMBER = r"\(?(?:[0-9\u0660-\u0669]{1,2}|[a-z])\)|[0-9\u0660-\u0669]{1,2}\."
_LEAD = re.compile(rf"\s*(?:(?P<bullet>{_BULLET})\s*|(?:{_DASH}|{_NUMBER})\s+)(?=\S)")
# YAML folds the lines of a text without `|` into one, so that dashes stand in mid-sentence.
_RUN_IN = re.compile(rf":[^\S\n]+((?P<mark>[-*–]|{_BULLET})[^\S\n]+\S.{{0,300}}?)\s(?P=mark)\s+\S")
# In French, Spanish and Russian, what people say begins with a dash, and ends as sentences do.
_SPEECH = re.compile(r"\s*[–—-]\s.*[.?!…»”\"]\s*", re.DOTALL)
_TEXT_TAGS = ("p", "td", "div")
_PROSE_ENDS = frozenset(
    {("text",), ("intro",), ("signature",), ("caption",), ("credit",), ("greeting",)}
)
_NEEDLE_WORDS = 3
_INSIDE = "\ufffc"
"""U+FFFC, the object replacement character: stands for an element inside a text."""

_HIDING_ATTRIBUTES = ("aria-label", "title")
_HIDING = frozenset(_HIDING_ATTRIBUTES)
_WORD = re.compile(r"\w+")
_OUTSIDE_OF_READING = frozenset(
    {"html", "head", "body", "link", "style", "meta", "title", "iframe"}
)


@rule("table-role", Severity.ERROR, EMAIL_MARKUP, _INFO_AND_RELATIONSHIPS)
def table_role(proof: Proof) -> Iterator[Fault]:
    """Every table that only places things says so by its role.

    Without role="presentation", a screen reader announces each of a mail's dozens of tables with
    its rows and columns before it reads a word. This holds for Outlook's hidden tables as well.
    """
    owners = _data_tables(proof)
    bare = [table for table in proof.mail.all("table") if table not in owners and not _role(table)]
    hidden = [
        table
        for comment in proof.mail.comments
        if "<table" in comment
        for table in _OUTLOOK_TABLE.findall(comment)
        if not _LAYOUT_ROLE.search(table)
    ]
    if bare or hidden:
        where = "" if bare else " for Outlook"
        message = f"{_count(len(bare) + len(hidden), 'layout table')}{where} without a role"
        yield Fault(message, 'write role="presentation" on it', MAIL_TEMPLATE)


@rule("table-data", Severity.ERROR, _INFO_AND_RELATIONSHIPS, EMAIL_MARKUP)
def table_data(proof: Proof) -> Iterator[Fault]:
    """A table of data has heading cells with a scope, and no role that hides them.

    Then a screen reader says with each number which row and column it belongs to.
    """
    owners = _data_tables(proof)
    for table in proof.mail.all("table"):
        problem = _data_problem(table, owners)
        if problem:
            words = folded(table.words)[:60]
            yield Fault(f"the table “{words}” {problem[0]}", problem[1], MAIL_TEMPLATE)


def _data_problem(table: Element, owners: dict[Element, list[Element]]) -> tuple[str, str] | None:
    role = _role(table)
    cells = owners.get(table, [])
    if not cells and (not role or _LAYOUT_ROLES & role):
        return None
    if _LAYOUT_ROLES & role:
        return "has headings, but its role hides them", "take its role away"
    headings = [cell for cell in cells if cell.tag == "th"]
    if not headings:
        return "has no heading cells", 'write its first row as <th scope="col">'
    if any(not cell.attributes.get("scope", "").strip() for cell in headings):
        return "has heading cells without a scope", 'write scope="col" or scope="row" on each <th>'
    return None


def _data_tables(proof: Proof) -> dict[Element, list[Element]]:
    """Give the tables that hold headings or captions of their own, with these."""
    owners: dict[Element, list[Element]] = {}
    for cell in proof.mail.all("th", "caption"):
        owner = next((around for around in cell.ancestors if around.tag == "table"), None)
        if owner is not None:
            owners.setdefault(owner, []).append(cell)
    return owners


def _role(element: Element) -> frozenset[str]:
    role = element.attributes.get("role")
    return frozenset(role.lower().split()) if role else frozenset()


@rule("h1-one", Severity.WARNING, EMAIL_MARKUP, _AXE)
def h1_one(proof: Proof) -> Iterator[Fault]:
    """The mail has one main heading.

    Readers of screen readers jump to it to learn what they opened; a second one makes two mails.
    """
    headings = proof.mail.all("h1")
    if not headings:
        remedy = "make the issue's title an <h1>"
        yield Fault("the mail has no main heading (h1)", remedy, MAIL_TEMPLATE)
    elif len(headings) > 1:
        words = ", ".join(f"“{heading.words}”" for heading in headings[:3])
        message = f"the mail has {len(headings)} main headings (h1): {words}"
        yield Fault(message, "keep one, and make the others <h2>", MAIL_TEMPLATE)


@rule("h-skip", Severity.WARNING, _INFO_AND_RELATIONSHIPS, _AXE)
def h_skip(proof: Proof) -> Iterator[Fault]:
    """No level of headings is left out on the way down.

    After an h2 comes an h3, not an h4: a gap sounds as if something was missed.
    """
    headings = _headings(proof)
    skips = [
        (above, heading)
        for above, heading in itertools.pairwise(headings)
        if int(heading.tag[1]) > int(above.tag[1]) + 1
    ]
    if skips:
        above, heading = skips[0]
        message = f"the heading “{heading.words}” is an {heading.tag} after an {above.tag}"
        more = and_more(skips)
        remedy = f"make it an h{int(above.tag[1]) + 1}"
        yield Fault(f"{message}{more}", remedy, MAIL_TEMPLATE)


def _headings(proof: Proof) -> Sequence[Element]:
    return sorted(proof.mail.all(*_HEADINGS), key=lambda heading: heading.number)


@rule("h-empty", Severity.ERROR, wcag("2.4.6", "Headings and Labels"), _AXE)
def h_empty(proof: Proof) -> Iterator[Fault]:
    """Every heading has words.

    A screen reader announces "heading" and then says nothing; invisible characters are no words.
    """
    for heading in _headings(proof):
        if _INVISIBLE.fullmatch(heading.words) and not _alt_words(heading):
            # Load strips spaces, so what is left for staff to write are invisible characters.
            by_staff = heading.words and heading.path[-1:] in _HEADING_ENDS
            path = heading.path if by_staff else MAIL_TEMPLATE
            remedy = "write its words, or delete the line" if by_staff else "delete it"
            yield Fault(f"a heading ({heading.tag}) has no words", remedy, path)


def _alt_words(element: Element) -> str:
    alts = (inner.attributes.get("alt", "") for inner in element.descendants if inner.tag == "img")
    return " ".join(alts).strip()


class _Mark(NamedTuple):
    """How a line begins as an entry of a list would.

    Attributes:
        words: its first ones, the mark among them.
        number: how many lines stand before it in its element.
        is_sure: whether nothing but an entry of a list begins so.
        is_speech: whether it may be what somebody says, after a dash.
    """

    words: str
    number: int
    is_sure: bool
    is_speech: bool = False


class _Typed(NamedTuple):
    """A line that begins as an entry of a list would, without being one."""

    element: Element
    mark: _Mark


@rule("list-fake", Severity.ERROR, _INFO_AND_RELATIONSHIPS)
def list_fake(proof: Proof) -> Iterator[Fault]:
    """Lists are lists, not lines that begin with a typed bullet, dash or number.

    A screen reader says how many entries a list has and lets people skip it; typed bullets are
    read aloud or swallowed. A single line with a dash is left alone, since a dialogue or a
    signature begins so.
    """
    typed: dict[Path, list[_Typed]] = {}
    for element in proof.mail.all(*_TEXT_TAGS):
        text = _own_lines(element)
        if text and (marks := _marks(text)):
            path = element.path if element.path[-1:] in _PROSE_ENDS else MAIL_TEMPLATE
            typed.setdefault(path, []).extend(_Typed(element, mark) for mark in marks)
    for path, lines in typed.items():
        if words := _first_entry(lines, one_text=path != MAIL_TEMPLATE):
            message = f"“{words} …” is typed as a list, but is none"
            remedy = 'begin each entry on a line of its own with "- ", after `text: |`'
            yield Fault(message, remedy, path, words)


def _first_entry(lines: Sequence[_Typed], *, one_text: bool) -> str:
    """Give how a list begins that was typed; empty if the lines are none.

    Args:
        lines: of one text, or of the whole template.
        one_text: whether paragraphs that follow each other belong together.
    """
    sure = (line.mark.words for line in lines if line.mark.is_sure)
    pairs = itertools.pairwise(lines)
    entries = (
        before.mark.words
        for before, after in pairs
        if _are_entries(before, after, one_text=one_text)
    )
    return next(itertools.chain(sure, entries), "")


def _are_entries(before: _Typed, after: _Typed, *, one_text: bool) -> bool:
    if before.element is after.element:
        return before.mark.number in {0, after.mark.number - 1}
    speech = before.mark.is_speech or after.mark.is_speech
    return one_text and after.mark.number == 0 and not speech


@functools.lru_cache(maxsize=4096)
def _marks(text: str) -> tuple[_Mark, ...]:
    """Find the lines that begin with a bullet, a dash or a number."""
    marks: list[_Mark] = []
    lines = [line for line in text.split("\n") if line and not line.isspace()]
    for number, line in enumerate(lines):
        if found := _LEAD.match(line):
            is_speech = bool(_SPEECH.fullmatch(line))
            marks.append(_Mark(_beginning(line), number, found["bullet"] is not None, is_speech))
        if run_in := _RUN_IN.search(line):
            marks.append(_Mark(_beginning(run_in[1]), number, is_sure=True))
    return tuple(marks)


def _own_lines(element: Element) -> str:
    """Give the text directly inside an element, with its line breaks and a mark for elements."""
    parts = element.parts
    if len(parts) == 1:
        return parts[0] if isinstance(parts[0], str) else ""
    return "".join(
        [part if isinstance(part, str) else "\n" if part.tag == "br" else _INSIDE for part in parts]
    )


def _beginning(line: str) -> str:
    return " ".join(line.partition(_INSIDE)[0].split()[:_NEEDLE_WORDS])


@rule("aria-only", Severity.WARNING, can_i_email("html-aria-label"), EMAIL_MARKUP)
def aria_only(proof: Proof) -> Iterator[Fault]:
    """Whatever an aria-label or a title attribute says can also be read.

    Yahoo and AOL drop aria-label, touch screens never show a title attribute, and nobody who sees
    the mail gets a label at all.
    """
    found: dict[tuple[str, str], list[str]] = {}
    labelled = (one for one in proof.mail.elements if not _HIDING.isdisjoint(one.attributes))
    for element in labelled:
        for name in _HIDING_ATTRIBUTES:
            label = element.attributes.get(name)
            if label and _matters(element) and (hidden := _hidden_words(element, label)):
                found.setdefault((name, element.tag), []).append(hidden)
    for (name, tag), hidden_words in found.items():
        more = and_more(hidden_words)
        message = f"only the {name} of <{tag}> says “{hidden_words[0]}”{more}"
        yield Fault(message, "write it as words of the mail, or leave it out", MAIL_TEMPLATE)


def _matters(element: Element) -> bool:
    if element.tag in _OUTSIDE_OF_READING or element.attributes.get("aria-hidden") == "true":
        return False
    # The compiler labels the whole mail with its title, which the mail programs show themselves.
    around = element.parent
    return not (around and around.tag == "body" and element.attributes.get("role") == "article")


def _hidden_words(element: Element, label: str) -> str:
    """Give the label if it says what neither the words nor the alt texts of the element say."""
    shown = f"{element.words} {element.attributes.get('alt', '')} {_alt_words(element)}"
    said = {word.casefold() for word in _WORD.findall(shown)}
    words = [word.casefold() for word in _WORD.findall(label)]
    return folded(label) if any(word not in said for word in words) else ""


def _count(number: int, what: str) -> str:
    return f"one {what} is" if number == 1 else f"{number} {what}s are"


RULES: tuple[Rule, ...] = (
    table_role,
    table_data,
    h1_one,
    h_skip,
    h_empty,
    list_fake,
    aria_only,
)
