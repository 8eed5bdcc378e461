"""Who made a site: no newsletter takes over the site of another."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from infomail.errors import SettingsError


class Maker(NamedTuple):
    """Who made a site.

    Attributes:
        command: which command.
        newsletter: of which newsletter, its list-id; empty if it is not known.
    """

    command: str
    newsletter: str


def refuse_another(place: Path, before: Maker, now: Maker) -> None:
    """Refuse to write one newsletter's site in the place of another's.

    Raises:
        SettingsError: it is another's.
    """
    if before.newsletter and now.newsletter and before.newsletter != now.newsletter:
        msg = (
            f"{place} is the site of another newsletter, {before.newsletter}, and this one is"
            f" {now.newsletter} — name another folder, or move that one away"
        )
        raise SettingsError(msg)
