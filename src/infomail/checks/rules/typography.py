"""Is the text set as its language sets it: spaces, quotation marks, the marks of Arabic?

Only what is certain in a language is judged, and languages without a row in a table are left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from infomail.checks.parsed.texts import (
    Words,
    Writing,
    around,
    first_few,
    quoted,
    written,
)
from infomail.checks.proof import Proof
from infomail.checks.rule import Fault, Rule, Source, and_more, rule
from infomail.model.finding import Severity

_IMPRIMERIE_NATIONALE = Source(
    "Imprimerie nationale: Lexique des règles typographiques (ponctuation, espaces)",
    "https://www.imprimerienationale.fr/",
)
_DUDEN = Source(
    "Duden: Satzzeichen", "https://www.duden.de/sprachwissen/rechtschreibregeln/leerzeichen"
)
_ARABIC_LAYOUT = Source(
    "W3C: Arabic and Persian layout requirements, Punctuation", "https://www.w3.org/TR/alreq/"
)
_CLDR_QUOTES = Source(
    "Unicode CLDR: quotation marks",
    "https://cldr.unicode.org/translation/characters/quotation-marks",
)

# These set no space before any mark of punctuation; French, which does before some, is not here.
_CLOSE_SETTING = frozenset(
    {"en", "de", "es", "pt", "it", "nl", "ru", "uk", "pl", "cs", "ro", "sv", "da", "tr", "ar", "fa"}
)
_ARABIC_SCRIPT = frozenset({"ar", "fa", "ur", "ps", "ckb", "ug"})
# A mark, followed by a space or the end, so that ".5", ":-)" and "..." are none; behind a comma a
# word may follow at once. Of "1 : 10" the colon is a ratio's.
_LOOSE = re.compile(
    r"(?<=[\w)\]»”\"’%]) +(?:,(?=\s|$|[^\W\d_])|[;!?.](?=\s|$)|:(?=\s|$)(?!(?<=\d :)\s*\d)"
    r"|[،؛؟]|\)(?!\S*\())|\((?=[^\S\n])"
)
_LOOSE_IN_FRENCH = re.compile(
    r"(?<=[\w)\]»”\"’%]) +(?:,(?=\s|$|[^\W\d_])|\.(?=\s|$)|\)(?!\S*\())|\((?=[^\S\n])"
)
_LOOSE_SIGNS = (*(f" {mark}" for mark in ",;:!?.)،؛؟"), "( ", "(\u00a0")
_TWO_SPACES = re.compile(r"(?<=\S) {2,}(?=\S)")
# In Canada and Switzerland the spaces are others.
_FRENCH_SPACED = frozenset({"fr", "fr-FR", "fr-BE", "fr-LU"})
_TIGHT = re.compile(r"[;:!?]{1,3}(?=[\s*_)]|$)|%(?<=\d%)(?![\w%])|»(?<=[\w.…!?]»)|«(?=[^\s\ufffc])")
_A_SPACE = "write a space; infomail sees to it that no line breaks there"
# Firms, programmes and games whose mark is part of the name.
_NAMES_WITH_A_MARK = frozenset({"Yahoo", "Yum", "Kahoot", "Joomla", "Jeopardy", "Guess", "Wham"})
_NAME_BEFORE = re.compile(r"[^\W\d_][\w-]*$")
_MID_SENTENCE = re.compile(r"[^\W\d_] [^\W\d_][\w-]*$")
_NAME_CHARACTERS = 40
_IN_INBOXES = frozenset({("subject",), ("preheader",)})

_LATIN_MARK = re.compile(r"(?<=[\u0620-\u065f\u0670-\u06d3])[*_]{0,2} ?(?P<mark>[,;?])(?![\w/])")
_ARABIC_MARKS = {",": "،", ";": "؛", "?": "؟"}

# CLDR's delimiters, outer and inner, with what the authorities of each language accept besides
# (Imprimerie nationale: “ ” inside « »; RAE and Treccani: both; Arabic print: « »).
_QUOTES = {
    "ar": "«»“”‘’",
    "de": "„“‚‘»«›‹",
    "en": "“”‘’",
    "es": "«»“”‘’",
    "fr": "«»‹›",
    "it": "«»“”‘’",
    "pt": "«»“”‘’",
    "ru": "«»„“",
}
_USUAL = {
    "ar": "«…»",
    "de": "„…“",
    "en": "“…”",
    "es": "«…» or “…”",
    "fr": "« … »",
    "it": "«…» or “…”",
    "pt": "“…” or «…»",
    "ru": "«…»",
}
_CURLY = re.compile("[«»„“”‚‹›]")
_STRAIGHT = re.compile(r"(?<![\d\w])\"(?=\S)")
# Which marks can close what another opened, in whatever language.
_CLOSING = {"„": "“”", "“": "”“", "”": "”", "«": "»", "»": "«»", "‚": "‘’", "‹": "›", "›": "‹›"}
# Inside its own marks a language may set another's for a quotation in the quotation.
_INNER = re.compile("«[^«»]*»")
# In German and Russian “ closes; where it opens, it is the English mark.
_OPENS = re.compile(r"(?<!\S)“(?=\w)")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’](?=[^\W\d_])")


@rule("typography-spaces", Severity.WARNING, _IMPRIMERIE_NATIONALE, _DUDEN)
def typography_spaces(proof: Proof) -> Iterator[Fault]:
    """Marks of punctuation have the spaces that the language gives them.

    English, German, Spanish and most others set none before a mark, and Arabic none before ، ؛ ؟.
    French sets a space before : ; ! ? » and after «, at which infomail lets no line break, and one
    before %. Names such as “Yahoo!” keep their mark, and times such as 10:30 their colon.
    Two spaces in a row are a warning in a subject and a preheader, which inboxes show as they are,
    and otherwise information.
    """
    for writing in written(proof):
        loose = _LOOSE_IN_FRENCH if writing.base == "fr" else _LOOSE
        judged = writing.base == "fr" or writing.base in _CLOSE_SETTING
        if judged and writing.has_any(_LOOSE_SIGNS):
            for words in writing.texts:
                yield from first_few(_loose(words, found) for found in loose.finditer(words.plain))
        if writing.language in _FRENCH_SPACED:
            yield from _french(writing)
        if "  " in writing.lowered:
            yield from _double(writing)


def _french(writing: Writing) -> Iterator[Fault]:
    for words in writing.texts:
        found = filter(_is_tight, _TIGHT.finditer(words.plain))
        yield from first_few(_tight(words, each) for each in found)


def _loose(words: Words, found: re.Match[str]) -> Fault:
    opening = found[0] == "("
    end = words.text.find(" ", found.end()) + 1 if opening else found.end()
    needle = _needle(words.text, found.start(), max(end, found.end() + opening))
    mark = found[0].strip()
    side = "after “(”" if opening else f"before “{mark}”"
    is_swapped = mark == "," and words.plain[found.end() : found.end() + 1].isalpha()
    remedy = "set the space after the comma" if is_swapped else "delete the space"
    return Fault(f"{quoted(needle)}: a space {side}", remedy, words.path, needle)


def _is_tight(found: re.Match[str]) -> bool:
    """Tell whether a mark follows a letter or a figure, and is not part of a name."""
    at, text = found.start(), found.string
    if found[0] in "«»":
        return True
    return at > 0 and text[at - 1].isalnum() and not _is_in_name(found)


def _is_in_name(found: re.Match[str]) -> bool:
    """Tell whether a mark is part of a name: a known one, or in the middle of a sentence."""
    before = found.string[max(0, found.start() - _NAME_CHARACTERS) : found.start()]
    name = _NAME_BEFORE.search(before)
    if not name or found[0] not in {"!", "?"} or not name[0][0].isupper():
        return False
    follows = found.string[found.end() : found.end() + 2]
    goes_on = follows[:1] == " " and follows[1:].islower()
    return name[0] in _NAMES_WITH_A_MARK or (goes_on and _leads_on(before))


def _leads_on(before: str) -> bool:
    """Tell whether a small letter stands before the last word, so that no sentence begins there."""
    led = _MID_SENTENCE.search(before)
    return led is not None and led[0][0].islower()


def _tight(words: Words, found: re.Match[str]) -> Fault:
    needle = around(words.text, *found.span())
    side = "after “«”" if found[0] == "«" else f"before “{found[0]}”"
    return Fault(f"{quoted(needle)}: no space {side}", _A_SPACE, words.path, needle)


def _double(writing: Writing) -> Iterator[Fault]:
    found = _all(_TWO_SPACES, writing)
    inbox = [each for each in found if each[0].path in _IN_INBOXES]
    for words, needle in inbox:
        message = f"{quoted(needle)}: two spaces in a row"
        yield Fault(message, "delete one of them", words.path, needle)
    rest = [each for each in found if each not in inbox]
    yield from _once(rest, "two spaces stand in a row", "delete one of them")


def _once(found: list[tuple[Words, str]], message: str, remedy: str) -> Iterator[Fault]:
    """Say something once for the whole mail, at its first place."""
    if found:
        words, needle = found[0]
        more = and_more(found)
        message = f"{quoted(needle)}: {message}{more}"
        yield Fault(message, remedy, words.path, needle, Severity.INFO)


@rule("typography-quotes", Severity.WARNING, _CLDR_QUOTES, _IMPRIMERIE_NATIONALE, _DUDEN)
def typography_quotes(proof: Proof) -> Iterator[Fault]:
    """Quotation marks are the language's own, and of one kind in the whole mail.

    French sets « … », English “…”, German „…“. Straight marks ("…") are nobody's own; they are
    left alone as long as the mail has no others. Straight and curved apostrophes side by side are
    information.
    """
    for writing in written(proof):
        if writing.base in _QUOTES and writing.has_any("«»„“”‚‹›"):
            for words in writing.texts:
                yield from first_few(_foreign(words))
        if '"' in writing.lowered and writing.has_any("«»„“”‚‹›"):
            yield from _mixed_quotes(writing)
        if "'" in writing.lowered and "’" in writing.lowered:
            yield from _mixed_apostrophes(writing)


def _foreign(words: Words) -> Iterator[Fault]:
    if not _CURLY.search(words.plain):
        return
    own, plain = _QUOTES[words.base], words.plain
    if words.base == "fr":
        plain = _INNER.sub(lambda found: "«" + "." * (len(found[0]) - 2) + "»", plain)
    wrong = [found.start() for found in _CURLY.finditer(plain) if found[0] not in own]
    if words.base in {"de", "ru"}:
        wrong += [found.start() for found in _OPENS.finditer(plain)]
    for at in _one_of_each_pair(plain, sorted(wrong)):
        needle = around(words.text, at, at + 1)
        message = f"the {plain[at]} of {quoted(needle)} is another language's quotation mark"
        yield Fault(message, f"write {_USUAL[words.base]}", words.path, needle)


def _one_of_each_pair(text: str, wrong: list[int]) -> Iterator[int]:
    """Give the wrong marks, without those that close what a wrong one opened."""
    closing = ""
    for at in wrong:
        if closing and text[at] in closing:
            closing = ""
            continue
        opens = not at or text[at - 1].isspace() or text[at - 1] in "([*_-–—/’'"
        closing = _CLOSING.get(text[at], "") if opens else ""
        yield at


def _mixed_quotes(writing: Writing) -> Iterator[Fault]:
    usual = _USUAL.get(writing.base, "the curved ones")
    message = "a straight quotation mark, while others are curved"
    for fault in _once(_all(_STRAIGHT, writing), message, f"write {usual}"):
        yield replace(fault, severity=None)


def _mixed_apostrophes(writing: Writing) -> Iterator[Fault]:
    found = [(words, hit) for words in writing.texts for hit in _APOSTROPHE.finditer(words.plain)]
    counts = Counter(hit[0] for _, hit in found).most_common()
    if len(counts) > 1:
        (usual, _), (rare, _) = counts
        places = [
            (words, _needle(words.text, *hit.span())) for words, hit in found if hit[0] == rare
        ]
        message = f"an apostrophe {rare}, while others are {usual}"
        yield from _once(places, message, "write all of them alike, best as ’")


@rule("typography-arabic-marks", Severity.WARNING, _ARABIC_LAYOUT)
def typography_arabic_marks(proof: Proof) -> Iterator[Fault]:
    """Arabic words are followed by the marks of Arabic: ، and ؛ and ؟.

    The Latin comma, semicolon and question mark lean the wrong way beside Arabic letters.
    """
    for writing in written(proof):
        if writing.base in _ARABIC_SCRIPT and writing.has_any(",;?"):
            for words in writing.texts:
                hits = _LATIN_MARK.finditer(words.plain)
                yield from first_few(_latin(words, found) for found in hits)


def _latin(words: Words, found: re.Match[str]) -> Fault:
    mark = found["mark"]
    needle = around(words.text, found.start(), found.end())
    message = f"{quoted(needle)}: a Latin “{mark}” after an Arabic word"
    return Fault(message, f"write {_ARABIC_MARKS[mark]}", words.path, needle)


def _all(pattern: re.Pattern[str], writing: Writing) -> list[tuple[Words, str]]:
    return [
        (words, _needle(words.text, *found.span()))
        for words in writing.texts
        for found in pattern.finditer(words.plain)
    ]


def _needle(text: str, start: int, end: int) -> str:
    return " ".join(around(text, start, end).split())


RULES: tuple[Rule, ...] = (typography_spaces, typography_quotes, typography_arabic_marks)
