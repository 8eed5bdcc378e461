"""Reading back what was staged: the very bytes of the digest, or a refusal.

The digest is computed again from the files, so that nothing goes out that was changed after it was
looked at, not even by someone who changed edition.json as well.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import AfterValidator, BaseModel

from infomail.errors import DamagedError, RefusedError
from infomail.model.archive import PublishedEdition
from infomail.model.edition import Asset, Edition, StagedMail
from infomail.model.entry import Entry, understood
from infomail.model.issue import Correction
from infomail.outbox.record import ASSETS_FOLDER, EDITION_FILE, FROZEN_FOLDER

_OF_ISSUE = "issues/"
_REMEDY = "run `infomail build` and look at it again"


class Made(NamedTuple):
    """What an edition was made from.

    Attributes:
        digest: of the edition; empty if there is none.
        inputs: SHA-256 of the issue's own files, by their names.
    """

    digest: str
    inputs: Mapping[str, str]


class _Made(BaseModel):
    digest: str = ""
    inputs: Mapping[str, str] = {}
    errors: int | None = None


def _plain(name: str) -> str:
    """Let names pass that lead to no other folder."""
    if name in {"", ".", ".."} or set(name) & {"/", "\\", "\0"}:
        msg = f"{name!r} is not the plain name of a file"
        raise ValueError(msg)
    return name


def _with_plain_anchors(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Let entries pass whose anchors can name files of the site: each dated item has a calendar."""
    dated = [_plain(each.anchor) for each in entries if each.start or each.deadline]
    if len(set(dated)) < len(dated):
        msg = "two dated items have the same anchor"
        raise ValueError(msg)
    return entries


class _Described(BaseModel):
    """What the archive shows of an edition besides its page."""

    slug: str = ""
    language: str = ""
    direction: str = ""
    title: str = ""
    subject: str = ""
    preheader: str = ""
    date: datetime.date = datetime.date.min
    url: str = ""
    digest: str = ""
    assets: tuple[Annotated[str, AfterValidator(_plain)], ...] = ()
    items: Annotated[tuple[Entry, ...], AfterValidator(_with_plain_anchors)] = ()


_Record = TypeVar("_Record", bound=BaseModel)


def staged_digest(outbox: Path, slug: str, language: str) -> str:
    """Give the digest that a staged edition claims; empty if none is staged.

    Raises:
        OutboxError: its record cannot be read.
    """
    return str(_record(outbox / slug / language).get("digest", ""))


def read_made(folder: Path) -> Made:
    """Read what an edition was made from.

    Raises:
        OutboxError: its record cannot be read.
    """
    return _made(_parsed(folder, _Made))


def read_made_well(folder: Path) -> Made:
    """Read what a staged edition was made from; nothing if it has errors, or does not say.

    Raises:
        OutboxError: its record cannot be read.
    """
    made = _parsed(folder, _Made)
    return _made(made if made.errors == 0 else _Made())


def _made(made: _Made) -> Made:
    own = {name: sha for name, sha in made.inputs.items() if name.startswith(_OF_ISSUE)}
    return Made(made.digest, own)


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
        msg = f"{folder} holds no edition — {_remedy(folder)}"
        raise DamagedError(msg)
    try:
        edition = _edition(folder, record)
    except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        msg = f"{folder} cannot be read ({type(error).__name__}: {error}) — {_remedy(folder)}"
        raise DamagedError(msg) from error
    if (edition.slug, edition.language) != (slug, language) or edition.digest != record["digest"]:
        msg = f"{folder} was changed after it was staged — {_remedy(folder)}"
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
    told = _parsed(folder, _Described)
    if not told.digest:
        msg = f"{folder} holds no edition — {_remedy(folder)}"
        raise DamagedError(msg)
    return PublishedEdition(
        slug=told.slug,
        language=told.language,
        direction=told.direction,
        title=told.title,
        subject=told.subject,
        preheader=told.preheader,
        date=told.date,
        digest=told.digest,
        path=_path(told.slug, told.language, told.url),
        assets=told.assets,
        entries=told.items,
        corrections=corrections,
        folder=folder,
    )


def _remedy(folder: Path) -> str:
    """Say how an edition comes right again: what is frozen cannot be built."""
    return f"put {folder} back from a backup" if FROZEN_FOLDER in folder.parts else _REMEDY


def _path(slug: str, language: str, url: str) -> str:
    """Give the path of an edition's page, which its address ends with, wherever the site stands."""
    translated = f"{slug}/{language}/"
    return translated if url.endswith(f"/{translated}") else f"{slug}/"


def _parsed(folder: Path, kind: type[_Record]) -> _Record:
    """Read part of a record, which is faster than all of it; its defaults if there is none."""
    path = folder / EDITION_FILE
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return kind()
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read ({type(error).__name__}) — {_remedy(folder)}"
        raise DamagedError(msg) from error


def _record(folder: Path) -> Mapping[str, Any]:
    path = folder / EDITION_FILE
    try:
        record = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read ({error}) — {_remedy(folder)}"
        raise DamagedError(msg) from error
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
        entries=tuple(map(understood, record.get("items", ()))),
    )


def _text(path: Path) -> str:
    return path.read_bytes().decode()


def _asset(folder: Path, name: str) -> Asset:
    data = (folder / ASSETS_FOLDER / Path(name).name).read_bytes()
    return Asset(name, data, 0, 0)
