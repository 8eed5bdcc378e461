"""`infomail subscribers export`: the register for other programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict, Unpack

import click

from infomail.cli.people.asking import confirm
from infomail.cli.root import opened_office

_STATUSES = ("CONFIRMED", "PENDING", "LEFT", "SUPPRESSED")


class _Asked(TypedDict):
    """What somebody asked of an export."""

    style: str
    as_json: bool
    statuses: tuple[str, ...]
    list_name: str
    segment: str
    yes: bool


@click.command()
@click.option(
    "--format", "style", type=click.Choice(["csv", "json"]), default="csv", help="csv if not said."
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    *("--status", "statuses"),
    multiple=True,
    type=click.Choice(_STATUSES, case_sensitive=False),
    help="Only people of this status; may be given again.",
)
@click.option("--list", "list_name", default="", metavar="NAME", help="Only who is in this list.")
@click.option("--segment", default="", metavar="NAME", help="Only who is in this segment.")
@click.option("--to", type=click.Path(path_type=Path), metavar="FILE", help="Write it there.")
@click.option("--yes", is_flag=True, help="Do not ask before a file is overwritten.")
@click.pass_context
def export(context: click.Context, to: Path | None, **asked: Unpack[_Asked]) -> None:
    """Write the register as CSV or JSON.

    Cells that a spreadsheet would run as a formula begin with an apostrophe, which importing takes
    away again. Whoever was erased is not there.
    """
    from infomail import report  # noqa: PLC0415
    from infomail.model.audience import audience  # noqa: PLC0415
    from infomail.model.subscriber import Status  # noqa: PLC0415
    from infomail.subscribers import Wanted, exported, guarded  # noqa: PLC0415

    with opened_office(context) as office:
        meant = audience(office.desk.newsletter, asked["list_name"], asked["segment"])
        statuses = tuple(Status(status.upper()) for status in asked["statuses"])
        if to is not None and to.exists():
            confirm(f"{to} is there already. Overwrite it?", yes=asked["yes"])
        with exported(office.database, Wanted(statuses, meant.rule if meant else None)) as people:
            if asked["as_json"] or asked["style"] == "json":
                _write(report.people_as_json(people), to)
            else:
                _write(report.people_as_csv(people, guarded), to)


def _write(pieces: Iterable[str], to: Path | None) -> None:
    """Write UTF-8, line ends as they are; a file is for its owner's eyes only."""
    if to is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece.encode())
        sys.stdout.buffer.flush()
        return
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for piece in pieces:
            file.write(piece.encode())
