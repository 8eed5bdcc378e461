"""Which letters does Outlook for Windows show? It has its own fonts, and loads no others."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from infomail.checks.parsed.cascade import mail_rules
from infomail.checks.parsed.passages import showing
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, rule
from infomail.checks.sources import can_i_email
from infomail.model.finding import Severity

# Microsoft: Windows 10 font list, and the fonts that Office installs.
_OUTLOOK_HAS = frozenset(
    {
        "aldhabi",
        "aptos",
        "arabic typesetting",
        "arial",
        "arial black",
        "arial narrow",
        "bahnschrift",
        "book antiqua",
        "bookman old style",
        "calibri",
        "calibri light",
        "cambria",
        "candara",
        "century gothic",
        "comic sans ms",
        "consolas",
        "constantia",
        "corbel",
        "courier new",
        "david",
        "ebrima",
        "franklin gothic medium",
        "gabriola",
        "garamond",
        "georgia",
        "gill sans mt",
        "impact",
        "leelawadee ui",
        "lucida console",
        "lucida sans unicode",
        "malgun gothic",
        "mangal",
        "meiryo",
        "microsoft jhenghei",
        "microsoft sans serif",
        "microsoft yahei",
        "ms gothic",
        "ms mincho",
        "nirmala ui",
        "palatino linotype",
        "rockwell",
        "sakkal majalla",
        "segoe ui",
        "simplified arabic",
        "simsun",
        "sylfaen",
        "tahoma",
        "times",
        "times new roman",
        "traditional arabic",
        "trebuchet ms",
        "verdana",
        "yu gothic",
    }
)
_GENERIC = frozenset(
    {"serif", "sans-serif", "monospace", "cursive", "fantasy", "inherit", "initial", "unset"}
)
_FAMILY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^,"']+))\s*(?:,|$)""")


@rule("font-mso-fallback", Severity.WARNING, can_i_email("css-at-font-face"))
def font_mso_fallback(proof: Proof) -> Iterator[Fault]:
    """Every web font has a font that Outlook knows beside it.

    Outlook for Windows loads no web fonts. Where it knows none of the fonts of a list, it takes
    Times New Roman, which seldom fits. The list needs a font that comes with Windows or Office,
    such as Arial or Georgia, or mso-font-alt has to name one.
    """
    unknown = dict.fromkeys(
        look.values["font-family"]
        for _, look in showing(
            proof.mail, proof.light, lambda look: _is_unknown(look.values.get("font-family", ""))
        )
    )
    for families in unknown:
        if not _is_mended(_names(families)[0], proof):
            yield Fault(
                f"Outlook knows no font of the list {families} and takes Times New Roman",
                "add a font such as Arial or Georgia to font-family",
                MAIL_TEMPLATE,
            )


def _is_unknown(families: str) -> bool:
    names = _names(families)
    return bool(names) and names[0] not in _GENERIC and not _OUTLOOK_HAS.intersection(names)


@functools.lru_cache(maxsize=256)
def _names(families: str) -> tuple[str, ...]:
    return tuple(
        (quoted or apostrophed or bare).strip().lower()
        for quoted, apostrophed, bare in _FAMILY.findall(families)
        if quoted or apostrophed or bare.strip()
    )


def _is_mended(first: str, proof: Proof) -> bool:
    """Tell whether the template tells Outlook which font to take."""
    if any("mso" in comment[:30] and "font-family" in comment for comment in proof.mail.comments):
        return True
    return any(
        {"mso-font-alt", "mso-generic-font-family"} & values.keys()
        and first in _names(values.get("font-family", ""))
        for each in mail_rules(proof.mail)
        if "@font-face" in each.at_rules
        for values in [{one.name: one.value for one in each.declarations}]
    )


RULES: tuple[Rule, ...] = (font_mso_fallback,)
