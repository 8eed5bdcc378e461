"""Reading back what was staged: the very bytes of the digest, or a refusal.

The digest is computed again from the files, so that nothing goes out that was changed after it was
looked at, not even by someone who changed edition.json as well.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infomail.errors import OutboxError, RefusedError
from infomail.model.archive import PublishedEdition
from infomail.model.edition import Asset, Edition, StagedMail
from infomail.model.entry import Entry
from infomail.model.issue import Correction
from infomail.outbox.record import ASSETS_FOLDER, EDITION_FILE

_REMEDY = "run `infomail build` and look at it again"


def staged_digest(outbox: Path, slug: str, language: str) -> str:
    """Give the digest that a staged edition claims; empty if none is staged.

    Raises:
        OutboxError: its record cannot be read.
    """
    return digest_of(outbox / slug / language)


def digest_of(folder: Path) -> str:
    """Give the digest that the edition in a folder claims; empty if there is none.

    Raises:
        OutboxError: its record cannot be read.
    """
    return str(_record(folder).get("digest", ""))


def sources(folder: Path) -> frozenset[tuple[str, str]]:
    """Give the issue's own files from which an edition was made, each with its SHA-256.

    Raises:
        OutboxError: the edition's record cannot be read.
    """
    inputs = _record(folder).get("inputs", {})
    return frozenset(
        (name, digest) for name, digest in inputs.items() if name.startswith("issues/")
    )


def read_staged(outbox: Path, slug: str, language: str) -> StagedMail:
    """Read a staged edition's mail.

    Args:
        outbox: the outbox folder.
        slug: the issue.
        language: of the edition.

    Raises:
        OutboxError: it is not there, or cannot be read.
        RefusedError: its files are not those that were staged.
    """
    edition = read_edition(outbox / slug / language, slug, language)
    return StagedMail(
        slug=slug,
        language=language,
        subject=edition.subject,
        date=edition.date,
        url=edition.url,
        name_fallback=edition.name_fallback,
        html=edition.html,
        text=edition.text,
        digest=edition.digest,
    )


def read_edition(folder: Path, slug: str, language: str) -> Edition:
    """Read an edition with its page, its pictures and its entries.

    The sizes of its pictures are not known from its files, and left at 0.

    Args:
        folder: where it lies.
        slug: the issue that it must be of.
        language: the language that it must have.

    Raises:
        OutboxError: it is not there, or cannot be read.
        RefusedError: its files are not those that were staged.
    """
    record = _record(folder)
    if not record:
        msg = f"{folder} holds no edition — {_REMEDY}"
        raise OutboxError(msg)
    try:
        edition = _edition(folder, record)
    except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        msg = f"{folder} cannot be read ({type(error).__name__}: {error}) — {_REMEDY}"
        raise OutboxError(msg) from error
    if (edition.slug, edition.language) != (slug, language) or edition.digest != record["digest"]:
        msg = f"{folder} was changed after it was staged — {_REMEDY}"
        raise RefusedError(msg)
    return edition


def read_described(folder: Path, corrections: tuple[Correction, ...]) -> PublishedEdition:
    """Read what a frozen edition says of itself, without proving it: `read_edition` does that.

    Args:
        folder: where it lies.
        corrections: notes for its page.

    Raises:
        OutboxError: it is not there, or cannot be read.
    """
    record = _record(folder)
    try:
        return PublishedEdition(
            slug=str(record["slug"]),
            language=str(record["language"]),
            direction=str(record["direction"]),
            title=str(record["title"]),
            subject=str(record["subject"]),
            preheader=str(record["preheader"]),
            date=datetime.date.fromisoformat(record["date"]),
            digest=str(record["digest"]),
            path=_path(str(record["slug"]), str(record["language"]), str(record["url"])),
            assets=tuple(str(name) for name in record["assets"]),
            entries=tuple(Entry.model_validate(entry) for entry in record.get("items", ())),
            corrections=corrections,
            folder=folder,
        )
    except (KeyError, TypeError, ValueError) as error:
        msg = f"{folder} cannot be read ({type(error).__name__}: {error}) — {_REMEDY}"
        raise OutboxError(msg) from error


def _path(slug: str, language: str, url: str) -> str:
    """Give the path of an edition's page, which its address ends with, wherever the site stands."""
    translated = f"{slug}/{language}/"
    return translated if url.endswith(f"/{translated}") else f"{slug}/"


def _record(folder: Path) -> Mapping[str, Any]:
    path = folder / EDITION_FILE
    try:
        record = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read ({error}) — {_REMEDY}"
        raise OutboxError(msg) from error
    return record if isinstance(record, dict) else {}


def _edition(folder: Path, record: Mapping[str, Any]) -> Edition:
    """Make the edition again from its files, so that its digest is that of what lies there."""
    return Edition(
        slug=str(record["slug"]),
        language=str(record["language"]),
        direction=str(record["direction"]),
        title=str(record["title"]),
        subject=str(record["subject"]),
        preheader=str(record["preheader"]),
        url=str(record["url"]),
        name_fallback=str(record["name_fallback"]),
        date=datetime.date.fromisoformat(record["date"]),
        html=_text(folder / "message.html"),
        text=_text(folder / "message.txt"),
        page=_text(folder / "page.html"),
        assets=tuple(_asset(folder, name) for name in record["assets"]),
        inputs=tuple((str(name), str(digest)) for name, digest in record["inputs"].items()),
        masthead=tuple((str(key), str(word)) for key, word in record["masthead"].items()),
        entries=tuple(Entry.model_validate(entry) for entry in record.get("items", ())),
    )


def _text(path: Path) -> str:
    return path.read_bytes().decode()


def _asset(folder: Path, name: str) -> Asset:
    data = (folder / ASSETS_FOLDER / Path(name).name).read_bytes()
    return Asset(name, data, 0, 0)
