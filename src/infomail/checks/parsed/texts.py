"""What staff wrote: every text of an issue with its place and its language, for rules on words.

Addresses, code and the like are blanked in `Words.plain`, so that no rule reads them as prose.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from infomail.checks.proof import Proof
from infomail.checks.rule import Fault
from infomail.model.issue import AnyItem, AnySection, Call, Event, Issue, Publication
from infomail.model.manuscript import Path

BLANK = "\ufffc"
"""U+FFFC, which stands for something that is no text; it is neither a letter nor a space."""

_MOST_IN_ONE_TEXT = 20
"""What is worse than that is told in one word; until then each fault has its own place."""
_WORD_CHARACTERS = 40
"""How much of a word is shown on either side of a fault."""

_NEXT_WORD = re.compile(r"\S{0,40}\s+\S{1,40}")
_LAST_WORD = re.compile(r"\S+\s+\S*$")
# Pairs for quoting, each with the other marks that would be taken for one of them.
_MARKS = ('“”„"', "‘’‚", "«»", "‹›")

# What is blanked, each with a sign of it: the target of a link, a tag or <address>, code, addresses
# of the web and of mailboxes, and references such as &amp;.
_NO_PROSE = (
    ("](", re.compile(r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")),
    ("<", re.compile(r"<[A-Za-z/!][^<>\n]*>")),
    ("`", re.compile(r"`[^`\n]+`")),
    ("://", re.compile(r"\b(?:https?|ftp)://\S*[^\s.,;:!?)»\]]")),
    ("www.", re.compile(r"\bwww\.\S*[^\s.,;:!?)»\]]")),
    ("@", re.compile(r"\b(?:mailto:)?[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*")),
    ("&", re.compile(r"&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#x[0-9A-Fa-f]+);")),
)


class Words(NamedTuple):
    """One text of an issue.

    Attributes:
        path: where it stands.
        text: as it was written.
        plain: the text with everything blanked that is no prose, letter for letter.
        language: BCP 47 tag.
        is_prose: True for Markdown, False for a line that is shown as it is.
    """

    path: Path
    text: str
    plain: str
    language: str
    is_prose: bool

    @property
    def base(self) -> str:
        """The language without its region, such as "pt" for "pt-BR"."""
        return base_of(self.language)


def base_of(tag: str) -> str:
    """Give the language of a BCP 47 tag without script and region."""
    return tag.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Writing:
    """All texts of an issue in one language, in its order.

    Attributes:
        language: BCP 47 tag.
        texts: one by one.
        lowered: all of them in small letters, to see at once whether something occurs at all.
    """

    language: str
    texts: tuple[Words, ...]
    lowered: str

    @property
    def base(self) -> str:
        """The language without its region."""
        return base_of(self.language)

    def has_any(self, signs: Iterable[str]) -> bool:
        """Tell whether one of `signs`, in small letters, occurs."""
        return any(sign in self.lowered for sign in signs)


def written(proof: Proof) -> tuple[Writing, ...]:
    """Give all texts of the issue, those of each language by themselves."""
    return _written(_Same(proof.issue, proof.manuscript.language))


def first_few(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Give the first three faults of one text; the third tells how many more there are."""
    found = list(faults)
    more = len(found) - _MOST_IN_ONE_TEXT
    for fault in found[: _MOST_IN_ONE_TEXT - 1]:
        yield fault
    for fault in found[_MOST_IN_ONE_TEXT - 1 : _MOST_IN_ONE_TEXT]:
        yield replace(fault, message=f"{fault.message} (and {more} more)") if more > 0 else fault


def around(text: str, start: int, end: int) -> str:
    """Give the words that a part of `text` touches, so that people and editors find it."""
    before, after = (
        text[max(0, start - _WORD_CHARACTERS) : start],
        text[end : end + _WORD_CHARACTERS],
    )
    first = before.split()[-1] if before[-1:].strip() else ""
    last = after.split()[0] if after[:1].strip() else ""
    return first + text[start:end] + last


def in_context(text: str, start: int, end: int) -> str:
    """Give a part of `text` with the next word, so that the same word elsewhere is not meant.

    An address beside it or a comment in the file may hold the word, too. At the end of the text it
    is the word before.
    """
    if behind := _NEXT_WORD.match(text, end):
        return text[start : behind.end()]
    opening = max(0, start - 2 * _WORD_CHARACTERS)
    before = _LAST_WORD.search(text[opening:start])
    rest = text[end : end + _WORD_CHARACTERS].split()
    touching = rest[0] if rest and not text[end].isspace() else ""
    return text[opening + before.start() if before else start : end] + touching


def quoted(text: str) -> str:
    """Set words of an issue in quotation marks that they do not hold themselves."""
    pairs = (pair for pair in _MARKS if not any(mark in text for mark in pair))
    marks = next(pairs, _MARKS[0])
    return f"{marks[0]}{text}{marks[1]}"


@dataclass(frozen=True, eq=False, slots=True)
class _Same:
    """An issue in a language as a key: the same object only, since issues have no hash."""

    issue: Issue
    language: str

    def __hash__(self) -> int:
        return hash((id(self.issue), self.language))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Same):
            return NotImplemented
        return self.issue is other.issue and self.language == other.language


@functools.lru_cache(maxsize=2)
def _written(same: _Same) -> tuple[Writing, ...]:
    texts: dict[str, list[Words]] = {}
    for words in _texts(same.issue, same.language):
        if words.text:
            texts.setdefault(words.language, []).append(words)
    return tuple(
        Writing(language, tuple(group), "\n".join([words.plain.lower() for words in group]))
        for language, group in texts.items()
    )


def _texts(issue: Issue, language: str) -> Iterator[Words]:
    for path, text, is_prose in _of_issue(issue):
        yield _words(path, text, language, is_prose)
    for name, section in issue.sections:
        for path, text, is_prose in _of_section(name, section):
            yield _words(path, text, language, is_prose)
        for index, item in enumerate(section.items):
            path = (name, "items", index)
            for step, words in _of_item(item):
                yield _words((*path, *step), words or "", item.language or language, step == _TEXT)


_TEXT: Path = ("text",)
_Part = tuple[Path, str, bool]


def _of_issue(issue: Issue) -> Iterator[_Part]:
    yield ("title",), issue.title, False
    yield ("subject",), issue.subject, False
    yield ("preheader",), issue.preheader, False
    if letter := issue.letter:
        yield ("letter", "greeting"), letter.greeting or "", False
        yield ("letter", "text"), letter.text, True
        yield ("letter", "signature"), letter.signature or "", True
    for number, correction in enumerate(issue.corrections):
        yield ("corrections", number, "text"), correction.text, True


def _of_section(name: str, section: AnySection) -> Iterator[_Part]:
    theme = getattr(section, "theme", None)
    more = section.more.label if section.more else None
    if section.heading:
        yield (name, "heading"), section.heading, False
    if theme:
        yield (name, "theme"), theme, False
    if section.intro:
        yield (name, "intro"), section.intro, True
    if more:
        yield (name, "more", "label"), more, False


def _of_item(item: AnyItem) -> Iterator[tuple[Path, str | None]]:
    yield ("kicker",), item.kicker
    yield ("title",), item.title
    yield from _of_kind(item)
    yield _TEXT, item.text
    yield from ((("topics", number), topic) for number, topic in enumerate(item.topics))
    if item.image:
        yield ("image", "alt"), item.image.alt
        yield ("image", "caption"), item.image.caption
        yield ("image", "credit"), item.image.credit
    for number, link in enumerate(item.links):
        yield ("links", number, "label"), link.label


def _of_kind(item: AnyItem) -> Iterator[tuple[Path, str | None]]:
    match item:
        case Publication():
            yield ("kind",), item.kind
            yield from ((("authors", number), name) for number, name in enumerate(item.authors))
        case Call():
            yield ("reference",), item.reference
            yield ("location",), item.location
        case Event():
            yield ("place",), item.place
        case _:
            return


def _words(path: Path, text: str, language: str, is_prose: bool) -> Words:  # noqa: FBT001  # of a tuple
    plain = text
    for sign, no_prose in _NO_PROSE:
        if sign in plain:
            plain = no_prose.sub(_blanked, plain)
    return Words(path, text, plain, language, is_prose)


def _blanked(found: re.Match[str]) -> str:
    return BLANK * len(found[0])
