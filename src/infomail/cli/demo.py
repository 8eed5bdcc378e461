"""`infomail demo`: the whole chain on this folder, with nothing leaving the machine."""

from __future__ import annotations

import datetime
import shlex
from typing import TYPE_CHECKING

import click

from infomail.cli.composing import built, checked_issues
from infomail.cli.root import EXIT_FINDINGS, folder_of
from infomail.cli.shown import print_findings, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infomail.outbox import Staged
    from infomail.wiring import Desk


@click.command()
@click.pass_context
def demo(context: click.Context) -> None:
    """See the whole chain at work on this folder's issues; nothing leaves the machine."""
    from infomail import report  # noqa: PLC0415

    desk = _demo_desk(context)
    checked = checked_issues(desk, ())
    findings = checked.findings
    print_findings((one for one in findings if not one.silenced), desk.folder, err=True)
    click.echo(f"check: {report.summary(*checked)}")
    staged, problems = built(desk, (), quiet=True)
    click.echo(f"build: {len(staged)} editions staged in {shown(desk.outbox)}")
    folders = _sent(desk, staged) if staged else []
    _say_where(staged, folders)
    if folders:
        _say_how_to_ask(desk)
    if problems or any(one.stops for one in findings):
        context.exit(EXIT_FINDINGS)


def _sent(desk: Desk, staged: Sequence[Staged]) -> list[str]:
    """Send each issue to the sample subscribers, into the outbox."""
    from infomail.wiring.rehearsal import rehearsed  # noqa: PLC0415

    slugs = list(dict.fromkeys(one.folder.parent.name for one in staged))
    rehearsal = rehearsed(desk, slugs)
    click.echo(
        f"send:  {rehearsal.letter_count} letters to {rehearsal.people_count} sample subscribers, "
        "none of which left this machine"
    )
    for refusal in rehearsal.refusals:
        click.echo(f"send:  {refusal}", err=True)
    return [shown(folder) for folder in rehearsal.folders]


def _say_where(staged: Sequence[Staged], folders: Sequence[str]) -> None:
    if staged:
        click.echo("\nOpen these in a browser to see the mail and its web page:")
    for one in staged:
        click.echo(f"  {shown(one.folder / 'preview.html')}  {shown(one.folder / 'page.html')}")
    if staged:
        click.echo("and message.txt, message.eml and edition.json beside them.")
    if folders:
        click.echo("\nEach subscriber's letter, as a mail program opens it:")
    for folder in folders:
        click.echo(f"  {folder}")


def _say_how_to_ask(desk: Desk) -> None:
    from infomail.wiring.rehearsal import DEMO_DATABASE  # noqa: PLC0415

    where = f" --newsletter {shlex.quote(shown(desk.folder))}"
    command = f"INFOMAIL_DATABASE={DEMO_DATABASE} infomail{where} status"
    click.echo(f"What became of them: {command}")
    click.echo("Your own subscribers, if you have any, know nothing of it.")


def _demo_desk(context: click.Context) -> Desk:
    from infomail.skeletons import DEMO_ADDRESS, make_newsletter, write_schemas  # noqa: PLC0415
    from infomail.wiring import Desk  # noqa: PLC0415

    folder = folder_of(context)
    if context.obj is None and not (folder / "newsletter.yaml").is_file():
        folder = folder / "infomail-demo"
        if not (folder / "newsletter.yaml").is_file():
            today = datetime.datetime.now(datetime.UTC).date()
            make_newsletter(folder, today, DEMO_ADDRESS)
            click.echo(f"made a sample newsletter in {shown(folder)}")
    # The first line of each issue tells editors to look for the schema here.
    write_schemas(folder)
    return Desk(folder)
