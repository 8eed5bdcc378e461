"""Words that keep a place: the field's usual ones, and those of a new issue.

What also means something else in a language is left alone in it: “todo” is Spanish for “all”,
and TBC is German for tuberculosis.
"""

from __future__ import annotations

import functools
import re

from babel import Locale

from infomail.checks.parsed.texts import base_of

# The texts of skeleton/issue.yaml; its title and its signature may well stay.
SKELETON_TEXTS = frozenset(
    {
        "Monthly Update: the subject of the month",
        "One line that makes people open the mail, after the subject in their inbox.",
        "The subject of the month in a few words",
        "The story that leads this issue",
        "A piece of news",
        "What the picture shows",
        "Two or three sentences.",
        "A new study",
        "What it found, in one sentence.",
        "A call for proposals",
        "Who may apply, and for what.",
        "A conference",
        "What it is about.",
    }
)
SKELETON_PHRASES = (
    "Two or three sentences on what is in this issue and why it matters",
    "What happened, where and why it matters. *Emphasis*",
)

# Where a whole text, or what stands in brackets, says that something is still to be written.
_UNFINISHED = {
    "ar": ("يُستكمل", "يستكمل", "يُستكمل لاحقًا", "يستكمل لاحقا", "قيد الاستكمال"),
    "de": ("noch ergänzen", "noch zu ergänzen", "bitte ergänzen", "platzhalter"),
    "en": ("to be completed", "to be added", "to be written", "text to come", "placeholder"),
    "es": ("por completar", "completar"),
    "fr": ("à compléter", "à insérer", "à rédiger"),
    "it": ("da completare", "da inserire"),
    "pt": ("a completar", "por completar", "a inserir"),
    "ru": ("дополнить", "вставить"),
    "zh": ("待补充", "待定稿"),
}
_INSERT = (
    "insert|insérer|insérez|à insérer|einfügen|insertar|inserir|inserire|вставить|أدخل|أدرج|插入"
)
_TODO_MEANS_ALL = frozenset({"es", "pt", "gl"})
_TBC_IS_AN_ILLNESS = frozenset({"de", "it", "nl", "ru", "sv", "da", "pl", "ro"})
_SIGNS = ("xx", "???", "؟؟؟", "？？？", "todo", "fixme", "tbc", "tbd", "lorem")


def signs(language: str) -> tuple[str, ...]:
    """Give strings in small letters, one of which every placeholder of the language holds."""
    return (*_SIGNS, *_unfinished(language), *_INSERT.split("|"))


def placeholders(text: str, language: str) -> list[tuple[int, int]]:
    """Find what keeps a place in `text`, as start and end in code points.

    Args:
        text: without addresses.
        language: BCP 47 tag of the text.
    """
    if text.rstrip(" .…").lower() in _unfinished(language):
        return [(0, len(text))]
    return [found.span() for found in _pattern(language).finditer(text)]


def _unfinished(language: str) -> tuple[str, ...]:
    return _UNFINISHED.get(base_of(language), _UNFINISHED["en"])


@functools.lru_cache(maxsize=32)
def _pattern(language: str) -> re.Pattern[str]:
    base = base_of(language)
    unfinished = "|".join(map(re.escape, _unfinished(language)))
    todo = r"TODO(?=\s?[:\]])" if base in _TODO_MEANS_ALL else "TODO"
    to_be = "TBD|tbd" if base in _TBC_IS_AN_ILLNESS else "TBC|TBD|tbc|tbd"
    # French sets a space before every question mark, even the third.
    asked = r"(?:^|(?<=[(\[:]))" if base == "fr" else r"(?<![\w!?؟？»”\"’)\]*_])"
    anywhere = (
        rf"(?<![\w#@-])(?:{todo}|FIXME|{to_be})(?![\w-])",
        r"(?i:\blorem\s+ipsum\b)",
        rf"{asked}[?؟？]{{3,}}(?!\w)",
        rf"[\[(（]\s*(?i:{unfinished})\s*[…\.]*\s*[\])）]",
        rf"\[\s*(?i:{_INSERT})\b[^\[\]\n\ufffc]*\]",
        r"\[[^\[\]\n\ufffc]*\b(?i:einfügen)\s*\]",
        *_crosses(language),
    )
    return re.compile("|".join(anywhere))


def _crosses(language: str) -> tuple[str, ...]:
    """Match xx and xxx as places of numbers; capitals are Roman numerals where they can be."""
    months = Locale.parse(language, sep="-").months["format"]["wide"].values()
    named = "|".join(re.escape(name) for name in months)
    return (
        r"(?<![\w.–-])(?<!p\. )(?<!pp\. )[xX]?xx+(?![\w–-])",
        r"(?<!\w)X{4,}(?!\w)",
        r"(?<!\w)(?:19|20)(?:XX|xx)(?!\w)",
        r"(?<!\w)X{2,3}(?=\s?(?:%|€|£|\$|EUR\b|USD\b))|(?<=[€£$])\s?X{2,3}(?!\w)",
        r"(?<![\w./:])X{2}[./:]X{2}(?:[./:]X{2,4})?(?!\w)",
        rf"(?<!\w)X{{2}}(?=\s(?i:{named})(?!\w))",
    )
