"""New files to begin with: a newsletter folder, an issue, and the schemas that editors read.

Nothing that exists is ever overwritten, except the schemas, which are made from the models.
"""

from __future__ import annotations

import datetime
import json
import re
from importlib import resources
from pathlib import Path

from infomail import load
from infomail.errors import SettingsError
from infomail.model.slug import MAX_SLUG_CHARACTERS, is_slug

SCHEMA_FOLDER = ".infomail"
_SLUG_REMEDY = "use a few small letters, digits and hyphens: 2026-12"
_MONTH_SLUG = re.compile(r"([12]\d{3})-(\d{2})")
_GITIGNORE = "outbox/\nkeys/\n"
_ADDRESS_TO_WRITE = "Example Organisation\n1 Example Street\n1000 Example City"
"""Keeps the place of the postal address that the law wants; a check names it."""
DEMO_ADDRESS = "Example Organisation\nRue de l’Exemple 1\n1000 Brussels"


def make_newsletter(
    folder: Path, today: datetime.date, postal_address: str = _ADDRESS_TO_WRITE
) -> tuple[Path, ...]:
    """Make a newsletter folder with a sample issue, templates and schemas.

    Args:
        folder: to be made; an existing one must hold no newsletter yet.
        today: for the sample issue.
        postal_address: in lines; what is given if there is none must be replaced by hand.

    Returns:
        The files that were written.

    Raises:
        SettingsError: the folder holds a newsletter, or cannot be written.
    """
    target = folder / load.NEWSLETTER_FILE
    if target.exists():
        msg = f"{target} exists already — choose another folder"
        raise SettingsError(msg)
    text = _skeleton("newsletter.yaml").replace("@ADDRESS@", postal_address.replace("\n", "\n  "))
    written = [_write(target, text)]
    written.append(_write_issue(folder, f"{today:%Y-%m}", today.replace(day=1), "sample.yaml"))
    for name, source in load.load_theme(folder).items():
        written.append(_write(folder / load.TEMPLATES_FOLDER / name, source))
    if not (folder / ".gitignore").exists():
        written.append(_write(folder / ".gitignore", _GITIGNORE))
    return tuple(written)


def make_issue(folder: Path, slug: str, today: datetime.date) -> Path:
    """Write the skeleton of an issue, with the line by which editors find the schema.

    Args:
        folder: the newsletter folder.
        slug: the issue's name; a month such as 2026-12 gives its dates.
        today: gives the dates otherwise.

    Raises:
        SettingsError: the issue exists, the slug is none, or the file cannot be written.
    """
    if not is_slug(slug):
        msg = f"{slug[:MAX_SLUG_CHARACTERS]!r} cannot name an issue — {_SLUG_REMEDY}"
        raise SettingsError(msg)
    path = folder / load.ISSUES_FOLDER / f"{slug}.yaml"
    if path.exists():
        msg = f"{path} exists already — open it, or choose another name"
        raise SettingsError(msg)
    return _write_issue(folder, slug, _day(slug, today), "issue.yaml")


def _write_issue(folder: Path, slug: str, day: datetime.date, skeleton: str) -> Path:
    words = {
        "@MONTH@": f"{day:%B %Y}",
        "@DATE@": day.isoformat(),
        "@DEADLINE@": (day + datetime.timedelta(days=30)).isoformat(),
        "@EVENT@": (day + datetime.timedelta(days=45)).isoformat(),
    }
    text = _skeleton(skeleton)
    for mark, value in words.items():
        text = text.replace(mark, value)
    write_schemas(folder)
    return _write(folder / load.ISSUES_FOLDER / f"{slug}.yaml", text)


def write_schemas(folder: Path) -> None:
    """Write the schemas beside the newsletter, where the first line of an issue points."""
    for name, schema in (
        ("issue", load.issue_schema()),
        ("translation", load.translation_schema()),
        ("newsletter", load.newsletter_schema()),
    ):
        _write(folder / SCHEMA_FOLDER / f"{name}.schema.json", json.dumps(schema, indent=2) + "\n")


def _day(slug: str, today: datetime.date) -> datetime.date:
    found = _MONTH_SLUG.fullmatch(slug)
    if not found:
        return today
    try:
        return datetime.date(int(found[1]), int(found[2]), 1)
    except ValueError:
        msg = f"{slug} is no month — write the year and 01 to 12, such as 2026-12"
        raise SettingsError(msg) from None


def _skeleton(name: str) -> str:
    return (resources.files("infomail") / "skeleton" / name).read_text(encoding="utf-8")


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        msg = (
            f"{path} cannot be written ({error.strerror}) — mend the permissions or choose another"
        )
        raise SettingsError(msg) from error
    return path
