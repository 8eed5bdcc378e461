"""Checking the site that was published, as a visitor and a robot would find it."""

from __future__ import annotations

from pathlib import Path

from infomail import sitecheck
from infomail.publish.paths import SERVED
from infomail.wiring.office import Office


def checked_site(office: Office, place: Path) -> sitecheck.Checked:
    """Check a site.

    Args:
        office: the newsletter's.
        place: the site's folder.

    Raises:
        SettingsError: there is no site.
    """
    site = sitecheck.opened(place, office.desk.newsletter.public_url, frozenset(SERVED))
    return sitecheck.check_site(site, named(office.desk.folder, place))


def named(folder: Path, place: Path) -> str:
    """Name a site's folder as findings do: from the newsletter folder, where it lies within."""
    try:
        return f"{place.resolve().relative_to(folder.resolve()).as_posix()}/"
    except ValueError:
        return f"{place.as_posix()}/"
