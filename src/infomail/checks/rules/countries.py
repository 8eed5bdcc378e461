"""Names of countries that are outdated or misspelt, and how to find them in a text.

The tables say only which country is meant: its right name is the newsletter's or CLDR's.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from babel import Locale

from infomail.checks.parsed.writing import base_of

# What staff of international organisations are seen to write. Names that also belong to a region,
# a person or a firm are left out (Holland, Columbia), and so is what is disputed.
_VARIANTS = {
    "en": {
        "AF": "Afganistan|Afghanstan",
        "AZ": "Azerbaidjan|Azerbaijian",
        "BF": "Upper Volta|Burkina-Faso",
        "BY": "Byelorussia|Belorussia|White Russia",
        "CD": "Zaire",
        "CI": "Ivory Coast|Cote d'Ivoire|Cote d’Ivoire",
        "CV": "Cape Verde",
        "CZ": "Czech Republic",
        "ET": "Ethopia|Etiopia",
        "GW": "Guinea Bissau",
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
        "AE": "Emirats arabes unis",
        "AZ": "Azerbaidjan|Azerbaïjan",
        "BF": "Haute-Volta|Burkina-Faso",
        "BY": "Bielorussie",
        "CD": "Zaïre",
        "CI": "Cote d'Ivoire|Cote d’Ivoire",
        "CV": "Cap-Vert|Cap Vert",
        "CZ": "République tchèque",
        "EC": "Equateur",
        "EG": "Egypte",
        "ER": "Erythrée",
        "ET": "Ethiopie",
        "GW": "Guinée Bissau",
        "KG": "Kirghizistan|Kirghizie|Kirghizstan",
        "LY": "Lybie",
        "MK": "Macédoine",
        "MM": "Birmanie",
        "MR": "Mauritannie",
        "PH": "Philipines",
        "SZ": "Swaziland",
        "TH": "Thailande",
        "TN": "Tunésie",
        "US": "Etats-Unis",
        "UZ": "Ouzbekistan",
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
    "Macedonia": r"(?<!North )(?<!Greek )(?<!Eastern )(?<!Western )(?<!Central )Macedonia",
    "Macédoine": "Macédoine(?! du Nord|-)",
    "مقدونيا": "مقدونيا(?! الشمالية)",
}
# و and ف mean "and", ب, ل and ك mean "in", "for" and "as"; they are written on to the next word.
_BEGIN = {"ar": r"(?<!\w)(?:[وف]?[بلك]?)"}
_BRACKETS = re.compile(r" ?[(（][^()（）]*[)）]$")


@dataclass(frozen=True, slots=True)
class Variants:
    """The variants of one language.

    Attributes:
        signs: all of them in small letters.
        pattern: finds them; the group that matched is the country's code.
    """

    signs: tuple[str, ...]
    pattern: re.Pattern[str]


@functools.lru_cache(maxsize=32)
def variants(language: str) -> Variants | None:
    """Give the variants of a language, if there is a table of them."""
    table = _VARIANTS.get(base_of(language))
    if not table:
        return None
    names = {code: row.split("|") for code, row in table.items()}
    groups = "|".join(
        f"(?P<{code}>{'|'.join(_NOT_IN.get(name) or re.escape(name) for name in row)})"
        for code, row in names.items()
    )
    begin = _BEGIN.get(base_of(language), r"(?<![\w-])")
    signs = tuple(name.lower() for row in names.values() for name in row)
    return Variants(signs, re.compile(rf"{begin}(?:{groups})(?!\w)"))


@functools.lru_cache(maxsize=512)
def cldr_name(code: str, language: str) -> str:
    """Give CLDR's name of a country."""
    return str(Locale.parse(language, sep="-").territories.get(code, code))


def short(name: str) -> str:
    """Give a name without what stands in brackets behind it, as in "Myanmar (Burma)"."""
    return _BRACKETS.sub("", name)
