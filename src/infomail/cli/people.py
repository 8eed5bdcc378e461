"""`infomail subscribers`: the register of people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infomail.cli.root import EXIT_FINDINGS, JSON_OPTION, opened_office
from infomail.errors import SettingsError

if TYPE_CHECKING:
    from infomail.subscribers import ImportReport

_SHOWN = 20


@click.group()
def subscribers() -> None:
    """Bring people into the register, or let them go."""


@subscribers.command("import")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.csv")
@JSON_OPTION
@click.pass_context
def import_(context: click.Context, file: Path, *, as_json: bool) -> None:
    """Import people from a CSV file with the columns address, name and language.

    Every good row is taken, each bad one named with the reason. Nobody who left is brought back.
    """
    from infomail.subscribers import import_csv  # noqa: PLC0415

    with opened_office(context) as office:
        languages = office.desk.newsletter.languages
        report = import_csv(office.database, file, languages, office.clock())
    click.echo(_as_json(report) if as_json else _summary(report))
    if not as_json:
        for row in report.invalid[:_SHOWN]:
            click.echo(f"{file}:{row.line}: {row.reason}", err=True)
        if len(report.invalid) > _SHOWN:
            click.echo(f"and {len(report.invalid) - _SHOWN:,} more — see --json", err=True)
    if report.invalid:
        context.exit(EXIT_FINDINGS)


def _summary(report: ImportReport) -> str:
    parts = {
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "left before, not brought back": report.out,
        "not taken": len(report.invalid),
    }
    return ", ".join(f"{number:,} {words}" for words, number in parts.items() if number) or "nobody"


def _as_json(report: ImportReport) -> str:
    invalid = [{"line": row.line, "reason": row.reason} for row in report.invalid]
    told = {
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "left": report.out,
        "invalid": invalid,
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


@subscribers.command()
@click.argument("address")
@click.pass_context
def leave(context: click.Context, address: str) -> None:
    """Let a person go: no further letter is sent, also not by a send that is running."""
    from infomail.subscribers import leave as let_go  # noqa: PLC0415

    with opened_office(context) as office:
        if let_go(office.database, address, office.clock()) is None:
            msg = f"{address!r} is not in the register — look at the spelling"
            raise SettingsError(msg)
    click.echo(f"{address} has left")
