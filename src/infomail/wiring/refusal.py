"""Refusal: when there is nothing to publish, and why."""

from __future__ import annotations

from pathlib import Path

from infomail.errors import RefusedError
from infomail.model.archive import Archive
from infomail.publish import folders, is_reserved, made_by
from infomail.wiring.selection import Selection


def refuse_nothing(archive: Archive, selection: Selection, place: Path) -> None:
    """Refuse to make a site of no issue; but what was withdrawn leaves a site that lies there.

    Raises:
        RefusedError: there is no issue, and no site that one is to leave.
    """
    if archive.issues or (made_by(place) and not selection.problems):
        return
    shown = {slug for slug in folders(place) if not is_reserved(slug, archive.newsletter)}
    if not shown.difference(selection.stuck):
        raise RefusedError("\n".join(selection.problems) or _reason(selection))


def _reason(selection: Selection) -> str:
    if selection.embargoes:
        told = ", ".join(f"{slug} until {day}" for slug, day in selection.embargoes.items())
        return f"nothing may be seen yet: there is an embargo on {told} — publish again after it"
    return "nothing was sent yet — send an issue, or write `publish: true` into one"
