"""Do corrections lead to the items that they correct?"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from infomail.checks.parsed.texts import quoted
from infomail.checks.proof import Proof
from infomail.checks.rule import Fault, Rule, rule
from infomail.checks.sources import STAFF
from infomail.model.finding import Severity


@rule("correction-item", Severity.WARNING, STAFF)
def correction_item(proof: Proof) -> Iterator[Fault]:
    """A correction's `item` is the id of an item of the issue.

    Else the note on the page leads nowhere, and feeds and calendars, which tell it with its item,
    do not tell it at all.
    """
    ids = [item.id for _, item in proof.items if item.id]
    for number, correction in enumerate(proof.issue.corrections):
        if correction.item and correction.item not in ids:
            near = difflib.get_close_matches(correction.item, ids, n=1)
            meant = f"`item: {near[0]}`" if near else "the id of one"
            message = f"no item has the id {quoted(correction.item)}"
            remedy = f"write {meant}, or take `item` out of the correction"
            yield Fault(message, remedy, ("corrections", number, "item"), correction.item)


RULES: tuple[Rule, ...] = (correction_item,)
