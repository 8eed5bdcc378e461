"""Is a translation whole? Readers of one language must not find another's words in their mail."""

from __future__ import annotations

from collections.abc import Iterator

from babel import Locale

from infomail.checks.proof import Proof
from infomail.checks.rule import Fault, Rule, rule
from infomail.checks.sources import wcag
from infomail.model.finding import Severity
from infomail.model.manuscript import Gap


@rule("translation-incomplete", Severity.ERROR, wcag("3.1.2", "Language of Parts"))
def translation_incomplete(proof: Proof) -> Iterator[Fault]:
    """Every item and every word of the source has its translation.

    Whole items that are missing are counted in one finding; words that are missing from a
    translated item are named one by one. Both are errors, unless the newsletter lets untranslated
    items fall back to the source language (`allow_fallback`): then they are information.
    """
    manuscript = proof.manuscript
    severity = Severity.INFO if proof.newsletter.allow_fallback else Severity.ERROR
    name = _english_name(manuscript.language)
    missing = [gap for gap in manuscript.gaps if gap.whole]
    if missing:
        message = f"{name}: {len(missing)} of {manuscript.item_count} items untranslated"
        remedy = f"add to the translation: {', '.join(gap.item for gap in missing)}"
        yield Fault(message, remedy, (manuscript.inputs[-1][0],), severity=severity)
    for gap in manuscript.gaps:
        if not gap.whole:
            yield _partial(gap, name, severity)


def _partial(gap: Gap, language: str, severity: Severity) -> Fault:
    words = ", ".join(gap.words)
    of_what = f"of `{gap.item}` " if gap.item else ""
    message = f"{language}: the words {of_what}are not all translated"
    return Fault(message, f"add: {words}", severity=severity, place=gap.place)


def _english_name(tag: str) -> str:
    return Locale.parse(tag, sep="-").get_display_name("en") or tag


RULES: tuple[Rule, ...] = (translation_incomplete,)
