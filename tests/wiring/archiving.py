"""A newsletter whose archive is published again and again."""

from __future__ import annotations

import datetime
from pathlib import Path

from tests.wiring.newsletters import NEWSLETTER, write_issue

from infomail.outbox import FROZEN_FOLDER
from infomail.settings import read_settings
from infomail.wiring import Desk
from infomail.wiring.office import Office
from infomail.wiring.publishing import Published, published

NOON = datetime.datetime(2024, 11, 21, 11, tzinfo=datetime.UTC)


def newsletter(folder: Path, *slugs: str) -> Path:
    """Make a newsletter with issues that are published without being sent."""
    (folder / "issues").mkdir()
    (folder / "newsletter.yaml").write_text(NEWSLETTER, "utf-8")
    for slug in slugs:
        write(folder, slug)
    return folder


def write(folder: Path, slug: str, **keys: object) -> None:
    """Write an issue that is published without being sent."""
    write_issue(folder, slug, publish=True, date=f"{slug}-01", **keys)


def publish(folder: Path, now: datetime.datetime = NOON, place: Path | None = None) -> Published:
    """Publish it, as the command does."""
    office = opened(folder, now)
    try:
        return published(office, place or folder / "outbox/site", "publish")
    finally:
        office.close()


def opened(folder: Path, now: datetime.datetime = NOON) -> Office:
    """Open it at a moment."""
    desk = Desk(folder)
    return Office(desk, read_settings(desk.newsletter), clock=now.timestamp)


def page(folder: Path, path: str) -> str:
    """Read a page of the site; empty if there is none."""
    file = folder / "outbox/site" / path / "index.html"
    return file.read_text("utf-8") if file.is_file() else ""


def frozen_in(folder: Path, slug: str, language: str = "en") -> list[Path]:
    """Name the frozen editions of an issue."""
    return sorted((folder / "outbox" / FROZEN_FOLDER / slug / language).iterdir())
