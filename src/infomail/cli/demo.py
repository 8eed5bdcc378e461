"""`infomail demo`: the whole chain on this folder, with nothing leaving the machine."""

from __future__ import annotations

import contextlib
import datetime
import os
import shlex
import subprocess
from typing import TYPE_CHECKING

import click

from infomail.cli.composing import built, checked_issues
from infomail.cli.root import EXIT_FINDINGS, folder_of
from infomail.cli.serving import say_where
from infomail.cli.shown import print_findings, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infomail.outbox import Staged
    from infomail.wiring import Desk
    from infomail.wiring.rehearsal import Rehearsal
    from infomail.wiring.samples import Fate


_HOST = "127.0.0.1"
_PORT = 8000


@click.command()
@click.option("--status", is_flag=True, help="Only say what became of the demo's letters.")
@click.option("--serve", is_flag=True, help="Only serve the public pages of the demo's people.")
@click.option(
    "--port",
    default=_PORT,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port of --serve; 0 takes one that is free.",
)
@click.pass_context
def demo(context: click.Context, port: int, *, status: bool, serve: bool) -> None:
    """See the whole chain at work on this folder's issues; nothing leaves the machine."""
    if status and serve:
        msg = "--status and --serve exclude each other"
        raise click.UsageError(msg)
    desk = _demo_desk(context)
    if status:
        _say_status(desk)
    elif serve:
        _serve(desk, port)
    else:
        _show(context, desk)


def _say_status(desk: Desk) -> None:
    from infomail import report  # noqa: PLC0415
    from infomail.wiring import account  # noqa: PLC0415
    from infomail.wiring.rehearsal import demo_office  # noqa: PLC0415

    with contextlib.closing(demo_office(desk)) as office:
        click.echo(report.sendings_as_text(account.all_sendings(office)))


def _serve(desk: Desk, port: int) -> None:
    from infomail.web.serving import Place, serve_office  # noqa: PLC0415
    from infomail.wiring.rehearsal import demo_office  # noqa: PLC0415

    serve_office(demo_office(desk), Place(_HOST, port), say_where)


def _show(context: click.Context, desk: Desk) -> None:
    """Check, compose, and send to the sample subscribers."""
    from infomail import report  # noqa: PLC0415

    checked = checked_issues(desk, ())
    findings = checked.findings
    print_findings((one for one in findings if not one.silenced), desk.folder, err=True)
    click.echo(f"check: {report.summary(*checked)}")
    staged, problems = built(desk, (), quiet=True)
    click.echo(f"build: {len(staged)} editions staged in {shown(desk.outbox)}")
    rehearsal = _sent(desk, staged) if staged else None
    _say_where(staged, rehearsal)
    if rehearsal and rehearsal.folders:
        _say_who(rehearsal)
        _say_how_to_ask(context, rehearsal)
    if problems or any(one.stops for one in findings):
        context.exit(EXIT_FINDINGS)


def _sent(desk: Desk, staged: Sequence[Staged]) -> Rehearsal:
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
    if rehearsal.site:
        click.echo(f"publish: the archive of them is a site in {shown(rehearsal.site)}")
    return rehearsal


def _say_where(staged: Sequence[Staged], rehearsal: Rehearsal | None) -> None:
    if staged:
        click.echo("\nOpen these in a browser to see the mail and its web page:")
    for one in staged:
        click.echo(f"  {shown(one.folder / 'preview.html')}  {shown(one.folder / 'page.html')}")
    if staged:
        click.echo("and message.txt, message.eml and edition.json beside them.")
    if rehearsal and rehearsal.folders:
        click.echo("\nEach subscriber's letter, as a mail program opens it:")
        for folder in rehearsal.folders:
            click.echo(f"  {shown(folder)}")
    if rehearsal and rehearsal.site:
        click.echo("\nThe archive, as visitors see it:")
        click.echo(f"  {shown(rehearsal.site / 'index.html')}")


def _say_who(rehearsal: Rehearsal) -> None:
    """Say who got what, and why others got nothing."""
    width = max(len(fate.address) for fate in rehearsal.fates)
    click.echo("\nWho got what, and why not:")
    for fate in rehearsal.fates:
        letters = _counted(fate.letter_count)
        why = "; ".join(word for word in (letters, _story(fate)) if word)
        click.echo(f"  {fate.address:<{width}}  {why}")
    click.echo(f"The mails that asked them to confirm: {shown(rehearsal.notices)}")


def _counted(letters: int) -> str:
    return f"{letters or 'no'} letter{'' if letters == 1 else 's'}"


def _story(fate: Fate) -> str:
    """Say how a person came or went; nothing of whom staff entered."""
    if fate.status == "PENDING":
        return "asked to join and has not confirmed"
    if fate.status != "CONFIRMED":
        how = " with one click" if fate.reason == "ONE_CLICK" else ""
        return f"left{how}" if fate.status == "LEFT" else "suppressed"
    return "asked to join, got a mail, and confirmed" if fate.joined else ""


_PAGES = {"join": "to join", "preferences": "to choose, and to leave", "confirm": "to confirm"}


def _say_how_to_ask(context: click.Context, rehearsal: Rehearsal) -> None:
    where = f" --newsletter {_quoted(str(context.obj))}" if context.obj else ""
    command = f"infomail{where} demo"
    click.echo(f"What became of them: {command} --status")
    click.echo(f"\nThe public pages of these people: {command} --serve")
    for purpose, link in rehearsal.links.items():
        click.echo(f"  http://{_HOST}:{_PORT}{link}  {_PAGES[purpose]}")
    click.echo("Your own subscribers, if you have any, know nothing of it.")


def _quoted(path: str) -> str:
    """Write a path as this system's command line wants it."""
    return subprocess.list2cmdline([path]) if os.name == "nt" else shlex.quote(path)


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
