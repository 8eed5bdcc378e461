"""The register on paper: people as CSV and JSON, one person, everything held about one, figures."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from infomail.report.sending import counted, visible

if TYPE_CHECKING:
    from infomail.model.subscriber import Subscriber
    from infomail.subscribers import Access, Exported, Overview

_TIMES = ("confirmed_at", "left_at", "paused_until")
COLUMNS = (
    *("address", "name", "language", "country", "lists", "topics", "status", "reason"),
    *_TIMES,
)
"""Of an export, which `infomail subscribers import` reads again."""


def people_as_csv(people: Iterable[Exported], guarded: Callable[[str], str]) -> Iterator[str]:
    """Write people row by row (RFC 4180).

    Args:
        people: to be written.
        guarded: gives a cell that no spreadsheet takes for a formula.
    """
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in people:
        writer.writerow([guarded(_cell(value)) for value in _described(one).values()])
        yield page.getvalue()
        page.seek(0)
        page.truncate()
    yield page.getvalue()


def people_as_json(people: Iterable[Exported]) -> Iterator[str]:
    """Write people as a JSON array, one a line."""
    before = "["
    for one in people:
        yield f"{before}\n{json.dumps(_described(one), ensure_ascii=False)}"
        before = ","
    yield "\n]\n" if before == "," else "[]\n"


def _described(one: Exported) -> dict[str, object]:
    told: dict[str, object] = one._asdict()
    return {**told, **{name: _iso(getattr(one, name)) for name in _TIMES}}


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


def _iso(at: float | None) -> str | None:
    if at is None:
        return None
    return datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat(timespec="seconds")


def overview_as_text(overview: Overview) -> str:
    """Write how many people there are."""
    groups = {
        "by edition": overview.languages,
        "by list": overview.lists,
        "by topic": overview.topics,
    }
    lines = [f"{number:>9,} {status.value}" for status, number in overview.statuses.items()]
    for words, counts in groups.items():
        lines += [f"{words}:"] if counts else []
        lines += [f"{number:>9,} {key}" for key, number in counts.items()]
    if overview.paused_count:
        lines.append(counted(overview.paused_count, "has paused", "have paused"))
    if overview.suppressed_count:
        out = counted(overview.suppressed_count, "address is", "addresses are")
        lines.append(f"{out} not brought back by any import")
    return "\n".join(lines) or "nobody yet — bring people in: infomail subscribers import FILE"


def overview_as_json(overview: Overview) -> str:
    """Write the same for programs."""
    return _json(dataclasses.asdict(overview))


def person_as_text(person: Subscriber) -> str:
    """Write a line about a person."""
    parts = [person.address, person.name, person.language, person.country, person.status.value]
    return visible(", ".join(part for part in (*parts, person.reason) if part))


def person_as_json(person: Subscriber) -> str:
    """Write a person for programs."""
    return _json(_plain(person))


def access_as_text(access: Access) -> str:
    """Write everything that is held about a person, so that the person can read it."""
    return "\n".join(_outlined(_plain(access)))


def access_as_json(access: Access) -> str:
    """Write everything that is held about a person for other programs (GDPR article 20)."""
    return _json(_plain(access))


def _plain(value: object, name: str = "") -> object:
    """Give a frozen value as plain data, times as people and programs read them."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (each.name for each in dataclasses.fields(value))
        return {each: _plain(getattr(value, each), each) for each in fields}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    is_time = isinstance(value, float) and (name == "at" or name.endswith(("_at", "_until")))
    return _iso(value) if is_time and isinstance(value, float) else value


def _json(told: object) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False)


def _outlined(told: object, indent: str = "") -> Iterator[str]:
    """Write plain data as an indented outline; what is empty is left out."""
    pairs = told.items() if isinstance(told, Mapping) else enumerate(_listed(told), 1)
    for key, value in pairs:
        title = str(key).replace("_", " ")
        if isinstance(value, Mapping) or (isinstance(value, list) and value):
            yield f"{indent}{title}:"
            yield from _outlined(value, f"{indent}  ")
        elif value not in (None, "", []):
            yield f"{indent}{title}: {visible(str(value))}"


def _listed(told: object) -> list[object]:
    return told if isinstance(told, list) else [told]
