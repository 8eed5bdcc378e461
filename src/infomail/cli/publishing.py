"""`infomail publish`: the archive of past issues as a site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infomail.cli.root import EXIT_FINDINGS, JSON_OPTION, opened_office
from infomail.cli.shown import shown

if TYPE_CHECKING:
    from infomail.wiring.publishing import Published


@click.command()
@click.option(
    "--to",
    "place",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the site there; else into outbox/site.",
)
@JSON_OPTION
@click.pass_context
def publish(context: click.Context, place: Path | None, *, as_json: bool) -> None:
    """Make the archive: a static site of all issues that were sent or say `publish: true`."""
    from infomail.wiring.publishing import published, site_folder  # noqa: PLC0415

    with opened_office(context) as office:
        report = published(office, place or site_folder(office), "publish")
    for problem in report.problems:
        click.echo(problem, err=True)
    click.echo(_as_json(report) if as_json else _summary(report))
    if report.problems:
        context.exit(EXIT_FINDINGS)


def _summary(report: Published) -> str:
    written = report.written
    what = f"{report.issue_count} issues, {report.edition_count} editions"
    if not written.changed:
        return f"publish: {what}; nothing changed in {shown(written.place)}"
    files = f"{written.new} files written, {written.unchanged} unchanged, {written.removed} removed"
    return f"publish: {what}; {files} in {shown(written.place)}"


def _as_json(report: Published) -> str:
    written = report.written
    told = {
        "site": str(written.place),
        "issues": report.issue_count,
        "editions": report.edition_count,
        "written": written.new,
        "unchanged": written.unchanged,
        "removed": written.removed,
        "problems": list(report.problems),
    }
    return json.dumps(told, indent=2, ensure_ascii=False)
