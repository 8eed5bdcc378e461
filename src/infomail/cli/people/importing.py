"""`infomail subscribers import`: told first, asked, then done as a whole; and taken back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from infomail.cli.people.asking import confirm
from infomail.cli.people.bar import Bar
from infomail.cli.root import EXIT_FINDINGS, JSON_OPTION, opened_office
from infomail.errors import SettingsError

if TYPE_CHECKING:
    from infomail.subscribers import Preview, Source
    from infomail.wiring.office import Office


class _Asked(TypedDict):
    """What somebody asked of an import."""

    columns: tuple[str, ...]
    encoding: str
    lists: tuple[str, ...]
    consent: str
    undo: bool
    dry_run: bool
    yes: bool
    as_json: bool


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE", required=False)
@click.option(
    "--column", "columns", multiple=True, metavar="WHAT=TITLE", help="Which column it is."
)
@click.option("--encoding", default="", help="Of a CSV file, if infomail guesses it wrong.")
@click.option("--list", "lists", multiple=True, metavar="NAME", help="Add everybody to this list.")
@click.option("--consent", default="", metavar="TEXT", help="When and where these people agreed.")
@click.option("--undo", is_flag=True, help="Take the last import back.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@JSON_OPTION
@click.pass_context
def import_(context: click.Context, file: Path | None, **asked: Unpack[_Asked]) -> None:
    """Import people from a CSV file or an Excel workbook.

    Columns are found by their usual names: address (or e-mail), name (or first and last name),
    language, country, lists, topics. Every good row is taken, each bad one named with the reason.
    Nobody who left is brought back.

    A person at a terminal is asked first. Where nobody can be asked, nothing is imported without
    --yes if there is anything to decide: a bad row, somebody who left, or somebody to be changed.
    """
    with opened_office(context) as office:
        if asked["undo"]:
            _take_back(office, file, asked)
            return
        if file is None:
            msg = "no file is named — write: infomail subscribers import FILE"
            raise SettingsError(msg)
        context.exit(_import(office, _source(file, asked), asked))


def _source(file: Path, asked: _Asked) -> Source:
    from infomail.subscribers import Column, Reading, Source  # noqa: PLC0415

    named = {}
    for text in asked["columns"]:
        what, _, title = text.partition("=")
        key = what.strip().lower().replace("_", "-").replace(" ", "-")
        if key not in set(Column) or not title.strip():
            known = ", ".join(Column)
            msg = f"--column {text!r} means nothing — write WHAT=TITLE; WHAT is one of {known}"
            raise SettingsError(msg)
        named[Column(key)] = title
    return Source(file, Reading(named, asked["encoding"]), asked["lists"], asked["consent"])


def _import(office: Office, source: Source, asked: _Asked) -> int:
    from infomail.subscribers import begun, vocabulary_of  # noqa: PLC0415

    words = vocabulary_of(office.desk.newsletter)
    with (
        Bar(quiet=asked["as_json"]) as bar,
        begun(office.database, office.secret, source, words, bar) as one,
    ):
        bar.rest()
        _ask(one.preview, str(source.file), asked)
        told = one.preview if asked["dry_run"] else one.write(office.clock())
    _tell(told, str(source.file), asked)
    return EXIT_FINDINGS if told.sifted.invalid_count else 0


def _ask(preview: Preview, file: str, asked: _Asked) -> None:
    """Say what would be done, and ask a person; a script is asked only if it has to decide."""
    from infomail import report  # noqa: PLC0415
    from infomail.subscribers import Fate  # noqa: PLC0415

    is_open = not (asked["yes"] or asked["dry_run"] or preview.changes_nothing)
    asks = is_open and (sys.stdin.isatty() or not preview.is_plain)
    if asks or not asked["as_json"]:
        click.echo(report.preview_as_text(preview, file), err=True)
        if preview.count(Fate.NEW) and not asked["consent"]:
            click.echo("note: --consent 'when and where they agreed' goes on record", err=True)
    if asks:
        confirm("Import them?", yes=False)


def _tell(told: Preview, file: str, asked: _Asked) -> None:
    from infomail import report  # noqa: PLC0415

    if asked["as_json"]:
        click.echo(report.preview_as_json(told, file, imported=not asked["dry_run"]))
    elif asked["dry_run"]:
        click.echo("nothing was imported", err=True)
    else:
        click.echo(report.import_summary(told))


def _take_back(office: Office, file: Path | None, asked: _Asked) -> None:
    from infomail import report  # noqa: PLC0415
    from infomail.subscribers import last_import, undo  # noqa: PLC0415

    record = last_import(office.database)
    if file is not None or record is None:
        msg = (
            "there is no import to take back — nothing was changed"
            if record is None
            else "the last import is taken back, whatever its file — leave the name out"
        )
        raise SettingsError(msg)
    click.echo(report.import_as_text(record), err=True)
    if asked["dry_run"]:
        return
    confirm("Take it back?", yes=asked["yes"])
    undone = undo(office.database, record.id, office.clock())
    as_json = report.undone_as_json(record, undone) if asked["as_json"] else ""
    click.echo(as_json or report.undone_as_text(undone))
