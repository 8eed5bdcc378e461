"""Deliveries on paper: who got an issue, who did not, and why."""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

import click

from infomail.model.delivery import State
from infomail.model.turn import Course
from infomail.report.sending import WORDS, counts_as_text, moment_as_text, visible

if TYPE_CHECKING:
    from infomail.ledger import SendingRecord, StatusRow

_SHOWN = 20
_COLUMNS = (
    "address",
    "language",
    "state",
    "reason",
    "code",
    "enhanced",
    "text",
    "server",
    "attempts",
    "first_tried_at",
    "tried_at",
    "known_at",
    "due_at",
)
# What a spreadsheet would run as a formula (OWASP, "CSV injection").
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


class Told(Protocol):
    """A sending with its counts."""

    @property
    def sending(self) -> SendingRecord:
        """The sending as the ledger has it."""

    @property
    def counts(self) -> Mapping[str, Mapping[State, int]]:
        """Deliveries by language and state."""

    @property
    def bounced(self) -> int:
        """How many letters that were accepted were not delivered after all."""

    @property
    def complaints(self) -> int:
        """How many people called the letter spam."""

    @property
    def total(self) -> Mapping[State, int]:
        """Deliveries by state."""


def sendings_as_text(listed: Iterable[Told]) -> str:
    """Write a line for each sending, the latest first."""
    lines = [
        f"{told.sending.slug:<12} {told.sending.channel:<9} {_course(told)}  "
        f"{counts_as_text(told.total)}{_returned(told)}"
        for told in listed
    ]
    return "\n".join(lines) or "nothing was sent yet"


def sendings_as_json(listed: Iterable[Told]) -> str:
    """Write all sendings with their counts for programs."""
    return json.dumps([_described(told) for told in listed], indent=2, ensure_ascii=False)


def _described(told: Told) -> dict[str, object]:
    sending = told.sending
    return {
        "issue": sending.slug,
        "channel": sending.channel,
        "course": "ENDED" if _has_ended(told) else sending.order.course.value,
        "reason": sending.order.reason,
        "start_at": sending.order.start_at or None,
        "counts": {state.value: number for state, number in told.total.items()},
        "bounced": told.bounced,
        "complaints": told.complaints,
        "languages": {
            language: {state.value: number for state, number in counts.items()}
            for language, counts in told.counts.items()
        },
    }


def _course(told: Told) -> str:
    order = told.sending.order
    course = order.course.value.lower()
    if course == "running":
        course = "ended" if _has_ended(told) else "open"
        if _begins(told):
            course = f"begins {moment_as_text(order.start_at)}"
    return f"{course}: {order.reason}" if order.reason else course


def _has_ended(told: Told) -> bool:
    """Tell whether nobody may still get a letter, though nobody ordered an end."""
    left = {State.WAITING, State.DEFERRED, State.SENDING} & set(told.total)
    return told.sending.order.course is Course.RUNNING and not left and not _begins(told)


def _begins(told: Told) -> bool:
    """Tell whether the first letter is still to come at a time that was named."""
    order = told.sending.order
    return bool(order.start_at) and set(told.total) <= {State.WAITING, State.SUPPRESSED}


def sending_as_text(told: Told, troubled: Iterable[StatusRow]) -> str:
    """Write the state of a sending, and those who did not get it yet, each with the reason.

    Args:
        told: the sending.
        troubled: deliveries that are neither accepted nor waiting; they may be many.
    """
    lines = [f"{told.sending.slug} ({told.sending.channel}), {_course(told)}"]
    lines += [
        f"  {language:<6} {counts_as_text(counts)}" for language, counts in told.counts.items()
    ]
    if back := _returned(told):
        lines.append(f"  of these {back.removeprefix(', ')}")
    rows = iter(troubled)
    shown = [_line(row) for row in itertools.islice(rows, _SHOWN)]
    if shown:
        lines += ["", *shown]
    rest = sum(1 for _ in rows)
    if rest:
        lines.append(f"and {rest:,} more — `infomail status {told.sending.slug} --csv` lists all")
    return "\n".join(lines)


def _returned(told: Told) -> str:
    """Say what came back of accepted letters; nothing if nothing did."""
    parts = {"bounced later": told.bounced, "complained": told.complaints}
    return "".join(f", {number:,} {words}" for words, number in parts.items() if number)


def _line(row: StatusRow) -> str:
    state = click.style(f"{WORDS[row.state]:<11}", bold=True)
    reply = " ".join(str(part) for part in (row.code, row.enhanced, row.text) if part)
    why = " — ".join(part for part in (row.reason, reply) if part)
    due = f" (again at {moment_as_text(row.due_at)})" if row.due_at else ""
    return f"{state} {row.address}  {visible(why)}{due}"


def deliveries_as_csv(rows: Iterable[StatusRow]) -> Iterator[str]:
    """Write a line for each delivery (RFC 4180), safe to open in a spreadsheet."""
    yield _csv_line(_COLUMNS)
    for row in rows:
        yield _csv_line([_cell(getattr(row, name), name) for name in _COLUMNS])


def _csv_line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def _cell(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return _iso(value)
    text = value.value if isinstance(value, State) else str(value)
    formula = name != "attempts" and text.startswith(_FORMULA)
    return f"'{text}" if formula else text


def _iso(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat(timespec="milliseconds")


def sending_as_json(told: Told, rows: Iterable[StatusRow]) -> Iterator[str]:
    """Write a sending with all its deliveries as one JSON object, piece by piece."""
    yield json.dumps(_described(told), ensure_ascii=False)[:-1] + ', "deliveries": ['
    comma = "\n"
    for row in rows:
        described = {name: _json_value(getattr(row, name)) for name in _COLUMNS}
        described |= {"address": row.address or None, "erased": not row.address}
        yield comma + json.dumps(described, ensure_ascii=False)
        comma = ",\n"
    yield "\n]}\n"


def _json_value(value: object) -> object:
    return _iso(value) if isinstance(value, float) else value
