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
    from infomail.wiring.rehearsal import Rehearsal
    from infomail.wiring.samples import Fate


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
    rehearsal = _sent(desk, staged) if staged else None
    _say_where(staged, rehearsal)
    if rehearsal and rehearsal.folders:
        _say_who(rehearsal)
        _say_how_to_ask(desk, rehearsal)
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


def _say_how_to_ask(desk: Desk, rehearsal: Rehearsal) -> None:
    from infomail.wiring.rehearsal import DEMO_DATABASE  # noqa: PLC0415

    where = f" --newsletter {shlex.quote(shown(desk.folder))}"
    command = f"INFOMAIL_DATABASE={DEMO_DATABASE} infomail{where}"
    click.echo(f"What became of them: {command} status")
    click.echo(f"\nThe public pages of these people: {command} serve")
    for purpose, link in rehearsal.links.items():
        click.echo(f"  http://127.0.0.1:8000{link}  {_PAGES[purpose]}")
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
