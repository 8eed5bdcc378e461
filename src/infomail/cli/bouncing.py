"""`infomail bounces`: what comes back of the letters, read and acted on."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from infomail.cli.root import JSON_OPTION, opened_office

if TYPE_CHECKING:
    from typing import Unpack

    from infomail.wiring.office import Office


class _Asked(TypedDict):
    """The options of `bounces`."""

    as_list: bool
    digest: str | None
    done: str | None
    as_json: bool


@click.command()
@click.argument(
    "files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True), metavar="[FILE]..."
)
@click.option("--list", "as_list", is_flag=True, help="List the mails that are not clear.")
@click.option("--show", "digest", metavar="NAME", help="Print one of those, as it came.")
@click.option("--done", metavar="NAME", help="Delete one of those, when it was seen to.")
@JSON_OPTION
@click.pass_context
def bounces(context: click.Context, files: tuple[Path, ...], **asked: Unpack[_Asked]) -> None:
    """Read bounces, complaints and requests to leave, and act on them, each once.

    FILE is a mail, an mbox, a Maildir, a folder of mails, or - for standard input. Without any, the
    mailbox is read that newsletter.yaml names under `imap`.
    """
    with opened_office(context) as office:
        if asked["digest"] is not None:
            _show(office, asked["digest"])
        elif asked["done"] is not None:
            _done(office, asked["done"])
        elif asked["as_list"]:
            _list(office, as_json=asked["as_json"])
        else:
            _act(office, files, as_json=asked["as_json"])


def _show(office: Office, digest: str) -> None:
    """Print a mail; one from a stranger commands no terminal."""
    from infomail import report  # noqa: PLC0415
    from infomail.wiring import bouncing  # noqa: PLC0415

    letter = bouncing.unclear_letter(office, digest)
    if not sys.stdout.isatty():
        click.echo(letter, nl=False)
        return
    for line in letter.decode("utf-8", "replace").splitlines():
        click.echo(report.visible(line.replace("\t", " ")))


def _done(office: Office, digest: str) -> None:
    from infomail.wiring import bouncing  # noqa: PLC0415

    bouncing.done_with(office, digest)
    click.echo(f"{digest} is done with")


def _list(office: Office, *, as_json: bool) -> None:
    from infomail import report  # noqa: PLC0415
    from infomail.wiring import bouncing  # noqa: PLC0415

    found = bouncing.unclear(office)
    if as_json:
        click.echo(report.unclear_as_json(found))
        return
    for line in report.unclear_as_text(found):
        click.echo(line, nl=False)


def _act(office: Office, files: tuple[Path, ...], *, as_json: bool) -> None:
    from infomail import report  # noqa: PLC0415
    from infomail.wiring import bouncing  # noqa: PLC0415

    effects = Counter(str(acted.effect) for acted in bouncing.act_on_mails(office, files))
    write = report.bounces_as_json if as_json else report.bounces_as_text
    click.echo(write(effects))
