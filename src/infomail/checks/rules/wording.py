"""Is what staff wrote finished, and does it read as it was meant?"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping

from infomail.checks.parsed.texts import Words, first_few, in_context, quoted, written
from infomail.checks.proof import Proof
from infomail.checks.rule import Fault, Rule, Source, rule
from infomail.checks.rules.broken_links import broken_links, unclosed_emphasis
from infomail.checks.rules.countries import Misnomer, cldr_name, short, variants
from infomail.checks.rules.placeholders import SKELETON_PHRASES, SKELETON_TEXTS, placeholders, signs
from infomail.checks.sources import STAFF
from infomail.model.finding import Severity
from infomail.model.manuscript import NEWSLETTER_FILE
from infomail.model.prose import tokens_of

_CLDR_NAMES = Source(
    "Unicode CLDR: names of territories",
    "https://cldr.unicode.org/translation/displaynames/countryregion-territory-names",
)
_COMMON_MARK = Source("CommonMark", "https://spec.commonmark.org/0.31.2/")

_SKELETON_ADDRESS = "1000 Example City"
"""A line of the postal address that `infomail init` writes."""

_TAG_NAMES = (
    "a|abbr|b|big|blockquote|br|center|code|dd|del|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|li|mark|"
    "ol|p|pre|q|s|script|small|span|strike|strong|style|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul"
)
_TAG = rf"</?(?:{_TAG_NAMES})(?:\s[^<>]*)?/?>"
_STRAY = (
    rf"</?(?:{_TAG_NAMES})(?:\s[^<>]*)?/?>",
    r"!\[[^\]\n]*\]\([^)\n]*\)",  # a picture
    r"```|`[^`\n]+`",
    r"~~[^~\n]+~~",
    r"\[/?(?:b|i|u|url|img)[\]=]",
    r"^ *\|[^|\n]+\|(?:[^|\n]*\|)+",  # a row of a table, words behind it or not
)
_STRAY_IN_PROSE = re.compile(
    "|".join(
        (
            *_STRAY,
            r"^ {0,3}#{1,6} [^\n]+",  # a heading
            r"^ {0,3}(?:(?:- ?){3,}|={3,})$",  # a line across the page, or under a heading
            r"^ *\|[^\n]+\| *$|^ *:?-{2,}:? *\|[-|: ]*$",  # rows of a table
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
_STRAY_IN_LINE = re.compile(
    "|".join(
        (
            *_STRAY,
            r"&(?:[a-z]{2,8}|#[0-9]+|#x[0-9a-f]+);",
            r"\*\*[^*\s][^*]*\*\*|(?<!\w)__[^_\s][^_]*__(?!\w)",
            r"(?<![\w*])\*[^*\s](?:[^*]*[^*\s])?\*(?![\w*])",
            r"^#{1,6} ",
        )
    ),
    re.IGNORECASE,
)
_SIGNS_IN_PROSE = ("<", "`", "~~", "#", "|", "--", "- -", "==", "![", "[b", "[i", "[u", "[/")
_SIGN_IN_LINE = re.compile(r"[<`~#|&\[*_]")
_HOW_TO_LINK = "write a link as [words](https://…), without spaces before or within the address"

# One word twice with nothing but a space or a line break between. A hyphen or an apostrophe makes
# it another word, and a mark over or under a letter goes on with it.
_TWICE = re.compile(
    r"(?<![\w\-'’\u0300-\u036f\u0591-\u05c7\u064b-\u065f])"
    r"((?>[^\W\d_]{2,}))[ \u00a0\u202f]*(?:[ \u00a0\u202f]|\n)[ \u00a0\u202f]*\1"
    r"(?![\w\-'’\u0300-\u036f\u0591-\u05c7\u064b-\u065f])",
    re.IGNORECASE,
)
_MARKS_BEHIND = ".,:;!?…)»”،؛؟"
_LAST_LETTER = "\u077f"
"""The last letter of Arabic, behind Latin, Greek, Cyrillic and Hebrew: later scripts may have no
spaces between words, or marks that would need a rule of their own."""
# Only languages of which it is known what they double; in others doubling is grammar.
_TWICE_ON_PURPOSE = {
    "ar": frozenset({"جدا", "رويدا"}),
    "de": frozenset({"der", "die", "das", "dem", "den", "sie", "ihr"}),
    "en": frozenset({"that", "had", "do", "very", "so", "no", "bye", "many", "her"}),
    "es": frozenset({"no", "muy", "nos", "casi", "todo", "ya"}),
    "fr": frozenset({"nous", "vous", "très", "bien", "non", "oui", "faire", "tout"}),
    "it": frozenset({"via", "man", "mano", "piano", "quasi", "ben", "poco", "no", "ora"}),
    "nl": frozenset({"zo", "dat", "die", "het", "ze", "je", "heel"}),
    "pt": frozenset({"quase", "muito", "não", "nos", "já", "logo"}),
    "ru": frozenset({"да", "очень", "чуть", "едва", "далеко"}),
}
# What no name consists of, though a sentence or a title may begin with it.
_FUNCTION_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "de": "ein eine einen einem einer und oder in im an am auf aus bei mit nach von vom zu "
        "zum zur für über um ist sind war wird wir es er sich nicht auch wie als dass",
        "en": "the a an and or but in on at to of for from by with as about into over under is "
        "are was were be has have will it its this these those we our they their he his she you "
        "your not how what when where who why if",
        "es": "el la los las un una y o en de del al a con por para sobre es son se que como",
        "fr": "le la les un une des du de et ou en au aux à dans par pour sur avec est sont ce "
        "cette ces il elle ils elles on se sa son ses leur leurs que qui comment",
        "it": "il lo la i gli le un una e o in di del della a al alla da con per su è sono che",
        "nl": "de een en of in op aan van voor met bij uit naar is zijn was wij we er niet",
        "pt": "o a os as um uma e ou em no na de do da ao à com por para sobre é são se que",
        "ru": "и или в во на с со к по для из от о об это мы они не как что",
    }.items()
}


@rule("placeholder-left", Severity.ERROR, STAFF)
def placeholder_left(proof: Proof) -> Iterator[Fault]:
    """No word is left that only keeps a place, such as TODO, TBC, xxx, ??? or lorem ipsum.

    The words of a new issue, such as “The story that leads this issue”, count as well, and so do
    “[insert the date]” and its like in other languages. Roman numerals such as XX and XXX do not,
    unless they stand where only a number can: “XX %”, “20XX”, “XX November”.
    """
    for writing in written(proof):
        unwritten = [words for words in writing.texts if _is_of_skeleton(words.text)]
        for words in unwritten:
            shown = words.text.split()
            needle = " ".join(shown[:5])
            message = f"{quoted(needle + '…' * bool(shown[5:]))} is what a new issue says"
            yield Fault(message, "write your own words, or delete them", words.path, needle)
        if writing.has_any(signs(writing.language)):
            for words in writing.texts:
                yield from first_few(_placeholders_in(words))
    for address in proof.newsletter.postal_address.values():
        if _SKELETON_ADDRESS in address:
            path = (NEWSLETTER_FILE, "postal_address")
            message = "the postal address is the one of a new newsletter"
            yield Fault(message, "write your own", path, _SKELETON_ADDRESS)


def _is_of_skeleton(text: str) -> bool:
    return text in SKELETON_TEXTS or text.startswith(SKELETON_PHRASES)


def _placeholders_in(words: Words) -> Iterator[Fault]:
    for start, end in placeholders(words.plain, words.language):
        message = f"{quoted(words.text[start:end])} keeps the place of something"
        needle = in_context(words.text, start, end)
        yield Fault(message, "write what belongs there, or delete it", words.path, needle)


@rule("markup-left", Severity.WARNING, _COMMON_MARK)
def markup_left(proof: Proof) -> Iterator[Fault]:
    """No text holds markup that readers see as characters.

    Texts may have *emphasis*, **strong** words, links, lists and quotations; titles, subjects,
    alt texts and other single lines have none. HTML tags, headings with #, code, tables and
    pictures stay the characters that they are, and so does a link whose brackets are not closed or
    not in order, or that has a space before its address or in it.
    """
    for writing in written(proof):
        for words in writing.texts:
            if _may_have_markup(words):
                yield from first_few(_markup_in(words))
            if _stars_left(words):
                remedy = "set ** close to both ends of the words"
                yield Fault("readers see “**” as it is", remedy, words.path, "**")
            yield from first_few(_links_in(words))


def _links_in(words: Words) -> Iterator[Fault]:
    remedy = _HOW_TO_LINK if words.is_prose else "write plain words here"
    for link in broken_links(words):
        yield Fault(f"readers see {quoted(link)} as it is", remedy, words.path, link)
    for opening in unclosed_emphasis(words):
        remedy = "close it with _ right behind the last of the words, or take it out"
        yield Fault(f"readers see {quoted(opening)} as it is", remedy, words.path, opening)


def _markup_in(words: Words) -> Iterator[Fault]:
    pattern = _STRAY_IN_PROSE if words.is_prose else _STRAY_IN_LINE
    remedy = "take the markup out" if words.is_prose else "write plain words here"
    for found in pattern.finditer(words.text):
        if _closes(found):
            continue
        message = f"readers see {quoted(found[0].strip())} as it is"
        yield Fault(message, remedy, words.path, found[0])


def _closes(found: re.Match[str]) -> bool:
    """Tell whether this is the end of something whose beginning was named already."""
    mark = found[0].lower()
    return mark[1:2] == "/" and mark[:1] + mark[2:-1] in found.string[: found.start()].lower()


def _may_have_markup(words: Words) -> bool:
    if words.is_prose:
        return any(sign in words.text for sign in _SIGNS_IN_PROSE)
    return bool(_SIGN_IN_LINE.search(words.text))


def _stars_left(words: Words) -> bool:
    """Tell whether ** stays: without its partner, or with a space on its inner side."""
    text = words.text
    if not words.is_prose or "**" not in text:
        return False
    if text.count("**") % 2 == 0 and " ** " not in f" {text} ".replace("\n", " "):
        return False
    inlines = (token for block in tokens_of(text) for token in block.children or ())
    return any(token.type == "text" and "**" in token.content for token in inlines)


@rule("country-spelling", Severity.WARNING, _CLDR_NAMES)
def country_spelling(proof: Proof) -> Iterator[Fault]:
    """No country has an outdated or misspelt name.

    A small list of names that are often seen is looked for, such as “Swaziland” or “Lybia”, and
    names without their accents or hyphens, such as “Curacao”. The right name is the newsletter's
    own (`country_names`), else the one of CLDR, which also stands beside the date of an item: so
    the same country has one name in the whole mail. Names of other things are left alone, such as
    “Burma Campaign UK”, and so is “the former Swaziland”.
    """
    own = proof.newsletter.country_names
    for writing in written(proof):
        known = variants(writing.language)
        if known:
            for words in writing.texts:
                hits = known.misnomers(words.plain)
                yield from first_few(filter(None, (_misnomer(words, hit, own) for hit in hits)))


def _misnomer(words: Words, hit: Misnomer, own: Mapping[str, Mapping[str, str]]) -> Fault | None:
    chosen = own.get(hit.code, {})
    name = chosen.get(words.language) or chosen.get("") or cldr_name(hit.code, words.language)
    said = words.plain[hit.start : hit.end]
    if said.replace("'", "’") in {name, short(name)} or _is_part(words.plain, hit, name):
        return None
    is_elsewhere = said in words.text[: hit.start]
    needle = in_context(words.text, hit.start, hit.end) if is_elsewhere else said
    message = f"{quoted(said)} is outdated or misspelt"
    return Fault(message, f"write {short(name)}", words.path, needle)


def _is_part(text: str, hit: Misnomer, name: str) -> bool:
    """Tell whether the hit is part of the right name, as Burma is of "Myanmar (Burma)"."""
    at = name.find(text[hit.start : hit.end])
    return at >= 0 and text.startswith(name, max(0, hit.start - at))


@rule("repeated-word", Severity.WARNING, STAFF)
def repeated_word(proof: Proof) -> Iterator[Fault]:
    """No word stands twice in a row.

    Words that are doubled on purpose are left alone, such as “that that” and “nous nous”, and so
    are names such as “Baden Baden”. Only languages are judged that seldom double a word.
    """
    for writing in written(proof):
        if writing.base in _TWICE_ON_PURPOSE and _may_double(writing.lowered):
            for words in filter(lambda words: _may_double(words.plain.lower()), writing.texts):
                hits = _TWICE.finditer(words.plain)
                yield from first_few(_doubled(words, hit) for hit in hits if _is_slip(hit, words))


def _may_double(text: str) -> bool:
    """Spare most issues the slow search: no two neighbours are alike, marks behind them aside."""
    for mark in _MARKS_BEHIND:
        text = text.replace(mark, "")
    words = text.split()
    return any(map(operator.eq, words, words[1:]))


def _is_slip(hit: re.Match[str], words: Words) -> bool:
    word = hit[1]
    folded = word.casefold()
    if word[0] > _LAST_LETTER or folded in _TWICE_ON_PURPOSE[words.base]:
        return False
    # Arabic doubles an indefinite accusative to say "one by one".
    distributive = word.endswith("ا") and words.base == "ar"
    is_capitalised = word[0].isupper() and hit[0][-len(word)].isupper()
    is_name = is_capitalised and folded not in _FUNCTION_WORDS.get(words.base, ())
    return not (distributive or is_name)


def _doubled(words: Words, hit: re.Match[str]) -> Fault:
    needle = words.text[hit.start() : hit.end()]
    return Fault(f"{quoted(hit[1])} stands twice", "delete one of them", words.path, needle)


RULES: tuple[Rule, ...] = (placeholder_left, markup_left, country_spelling, repeated_word)
