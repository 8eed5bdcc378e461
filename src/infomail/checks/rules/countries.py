"""Names of countries that are outdated or misspelt, and how to find them in a text.

The tables say only which country is meant: its right name is the newsletter's or CLDR's. CLDR's
names without their accents and hyphens are looked for besides.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from babel import Locale

from infomail.checks.parsed.texts import base_of

# What staff of international organisations are seen to write. Names that also belong to a region,
# a person or a firm are left out (Holland, Columbia), and so is what is disputed.
_VARIANTS = {
    "en": {
        "AF": "Afganistan|Afghanstan",
        "AZ": "Azerbaidjan|Azerbaijian",
        "BF": "Upper Volta|Burkina-Faso",
        "BY": "Byelorussia|Belorussia|White Russia",
        "CD": "Zaire",
        "CI": "Ivory Coast",
        "CV": "Cape Verde",
        "CZ": "Czech Republic",
        "ET": "Ethopia|Etiopia",
        "KG": "Kirghizstan|Kirgizstan|Kyrgystan|Kyrgyzia|Kirghizia",
        "KZ": "Kazakstan|Kazahstan",
        "LB": "Lebannon",
        "LY": "Lybia",
        "MA": "Marocco|Morroco",
        "MD": "Moldavia",
        "MK": "FYROM|Former Yugoslav Republic of Macedonia|Macedonia",
        "MM": "Burma",
        "MR": "Mauretania",
        "PH": "Phillipines|Philipines|Phillippines",
        "RO": "Rumania|Roumania",
        "SZ": "Swaziland",
        "TJ": "Tadjikistan|Tadzhikistan",
        "TL": "East Timor",
        "TM": "Turkmenia",
        "TN": "Tunesia",
        "TR": "Turkey",
        "UZ": "Uzbekhistan|Usbekistan",
    },
    "fr": {
        "AZ": "Azerbaïjan",
        "BF": "Haute-Volta|Burkina-Faso",
        "CD": "Zaïre",
        "CV": "Cap-Vert",
        "CZ": "République tchèque",
        "ER": "Erythrée",
        "KG": "Kirghizistan|Kirghizie|Kirghizstan",
        "LY": "Lybie",
        "MK": "Macédoine",
        "MM": "Birmanie",
        "MR": "Mauritannie",
        "PH": "Philipines",
        "SZ": "Swaziland",
        "TN": "Tunésie",
        "VE": "Vénézuela|Vénézuéla",
    },
    "ar": {
        "BF": "فولتا العليا",
        "BY": "روسيا البيضاء",
        "CD": "زائير",
        "CV": "الرأس الأخضر",
        "CZ": "جمهورية التشيك",
        "KG": "قرغيزستان|قيرغستان|قرقيزستان",
        "KZ": "كازخستان",
        "MD": "مولدافيا",
        "MK": "مقدونيا",
        "MM": "بورما",
        "PH": "الفليبين",
        "SZ": "سوازيلاند",
        "TL": "تيمور الشرقية",
    },
    "de": {
        "BY": "Weißrussland|Weissrussland",
        "CV": "Kap Verde|Kapverden",
        "MD": "Moldawien",
        "MK": "Mazedonien",
        "MM": "Birma|Burma",
        "SZ": "Swasiland",
    },
    "es": {"MM": "Birmania", "SZ": "Swazilandia|Suazilandia", "LY": "Lybia"},
}
# Part of a longer name that is right: the country's own, or a Greek region's.
_NOT_IN = {
    "Macedonia": "Macedonia"
    + "".join(
        f"(?<!{part} Macedonia)" for part in ("North", "Greek", "Eastern", "Western", "Central")
    ),
    "Macédoine": "Macédoine(?! du Nord)",
    "مقدونيا": "مقدونيا(?! الشمالية)",
}
_HYPHENS = r"\-\u2010\u2011"
# و and ف mean "and", ب, ل and ك mean "in", "for" and "as"; they are written on to the next word.
_BEGIN = {"ar": re.compile(r"(?<!\w)[وف]?[بلك]?$")}
_BEGIN_OF_WORD = re.compile(rf"(?<![\w{_HYPHENS}])$")
_MOST_BEFORE = 3
_BRACKETS = re.compile(r" ?[(（][^()（）]*[)）]$")

# Where staff say themselves that the name is an old one.
_FORMER = {
    "en": r"(?:former|formerly|once|then|ex|previously|(?:formerly|previously) known as)",
    "fr": r"(?:ancien|ancienne|ex|anciennement|jadis|autrefois)",
    "de": r"(?:ehemals|früher|früheren?|ehemaligen?|ehemaliges|ex)",
    "es": r"(?:antigu[ao]|anteriormente|ex)",
}
_FORMER_CHARACTERS = 24
"""The longest of these, with an article behind it."""
_FORMER_BEHIND = re.compile(r"\s(?:سابقا|سابقًا)")

# Names without accents are misspelt in these languages; in Arabic a missing hamza is common, and
# what was not read by somebody who knows the language is not guessed.
_MAY_LACK_ACCENTS = frozenset({"de", "en", "es", "fr", "it", "pt"})
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
# Other words, names of towns and of people, and spellings of the United Nations and of academies.
_RIGHT_ELSEWHERE = frozenset(
    {
        *("Reunion", "Franca", "Ira", "Oma", "San Martin", "Santa Lucia", "San Bartolome"),
        *("Diego Garcia", "Saint Martin", "Sainte Lucie", "Saint Vincent", "La Reunion"),
        *("Viet Nam", "Taiwan", "Israel", "Rumania", "Wallis et Futuna"),
    }
)


class Misnomer(NamedTuple):
    """A variant in a text: where it stands, and the code of the country that it means."""

    start: int
    end: int
    code: str


@dataclass(frozen=True, slots=True)
class Variants:
    """The variants of one language.

    Attributes:
        codes: the country of each.
        pattern: finds them; each begins with a letter, so that the search is fast.
        begin: matches what stands before a word.
        former: matches what stands before an old name that is meant to be one.
    """

    codes: dict[str, str]
    pattern: re.Pattern[str]
    begin: re.Pattern[str]
    former: re.Pattern[str]

    def misnomers(self, text: str) -> Iterator[Misnomer]:
        """Find the variants in a text, but for old names that are said to be old."""
        for hit in self.pattern.finditer(text):
            start, end = hit.span()
            begins = self.begin.search(text[max(0, start - _MOST_BEFORE) : start])
            if begins and not (_is_named_after(text, end) or self._is_former(text, start, end)):
                yield Misnomer(start, end, self.codes[hit[0]])

    def _is_former(self, text: str, start: int, end: int) -> bool:
        before = text[max(0, start - _FORMER_CHARACTERS) : start]
        return bool(self.former.search(before) or _FORMER_BEHIND.match(text, end))


def _is_named_after(text: str, end: int) -> bool:
    """Tell whether a name goes on behind the country, as in "Burma Campaign UK"."""
    return text[end : end + 1] in {" ", "\u00a0"} and text[end + 1 : end + 2].isupper()


@functools.lru_cache(maxsize=32)
def variants(language: str) -> Variants | None:
    """Give the variants of a language, if there are any."""
    base = base_of(language)
    table = _VARIANTS.get(base, {})
    codes = {name: code for code, row in table.items() for name in row.split("|")}
    if base in _MAY_LACK_ACCENTS:
        codes = {**_unmarked(language), **codes}
    if not codes:
        return None
    # The longest first, so that a country is not found in another's name.
    longest = sorted(codes, key=len, reverse=True)
    names = "|".join(_NOT_IN.get(name) or re.escape(name) for name in longest)
    pattern = re.compile(rf"(?:{names})(?![\w{_HYPHENS}])")
    former = rf"(?i:\b{_FORMER.get(base, '(?!)')}[\s{_HYPHENS}](?:(?:the|la|le|el)\s)?$)"
    return Variants(codes, pattern, _BEGIN.get(base, _BEGIN_OF_WORD), re.compile(former))


def _unmarked(language: str) -> dict[str, str]:
    """Give CLDR's names without accents, without hyphens, or without both."""
    territories = Locale.parse(language, sep="-").territories
    names = {
        code: short(name)
        for code, name in territories.items()
        if code.isalpha() and code not in _NO_COUNTRIES
    }
    right = {form for name in names.values() for form in _forms(name)} | _RIGHT_ELSEWHERE
    return {
        bare: code
        for code, name in names.items()
        for form in _forms(name)
        for bare in _bared(form)
        if bare not in right
    }


def _forms(name: str) -> set[str]:
    """Give the ways to write a name that are as good: with "&" or "and", with ’ or '."""
    forms = {name, name.replace("&", "and")}
    return forms | {form.replace("’", "'") for form in forms}


def _bared(name: str) -> set[str]:
    """Give a name without its accents, without its hyphens, and without both."""
    parts = unicodedata.normalize("NFD", name)
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    # The dash of "Congo - Kinshasa" tells two countries apart.
    return {name.replace("-", " "), plain, plain.replace("-", " ")} if " - " not in name else set()


@functools.lru_cache(maxsize=512)
def cldr_name(code: str, language: str) -> str:
    """Give CLDR's name of a country."""
    return str(Locale.parse(language, sep="-").territories.get(code, code))


def short(name: str) -> str:
    """Give a name without what stands in brackets behind it, as in "Myanmar (Burma)"."""
    return _BRACKETS.sub("", name)
