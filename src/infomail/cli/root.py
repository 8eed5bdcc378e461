"""The command `infomail` itself: its own options, its folder, and how it says what failed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infomail import __version__

if TYPE_CHECKING:
    from infomail.wiring import Desk
    from infomail.wiring.office import Office

EXIT_FINDINGS = 1
EXIT_WRONG_USE = 2
EXIT_SOME_REFUSED = 3
EXIT_STOPPED = 4
EXIT_REFUSED = 5
EXIT_INTERRUPTED = 130

ISSUES_ARGUMENT = click.argument("issues", nargs=-1, metavar="[ISSUE]...")
ISSUE_ARGUMENT = click.argument("issue", metavar="ISSUE")
TRANSPORT_OPTION = click.option(
    "--transport",
    type=click.Choice(["folder", "smtp", "ses"]),
    help="Use this one instead of the one in newsletter.yaml.",
)
JSON_OPTION = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="infomail")
@click.option(
    "--newsletter",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The newsletter folder; else the one you stand in.",
)
@click.option("--debug", is_flag=True, help="Show a traceback when something fails.")
@click.pass_context
def infomail(context: click.Context, folder: Path | None, *, debug: bool) -> None:
    """Compose newsletters written as YAML into accessible mail, and send them.

    \b
    infomail demo             see the whole chain at work, nothing leaves the machine
    infomail init DIR         begin a newsletter of your own
    infomail new 2026-12      begin an issue
    infomail check            find what is wrong, at the line you wrote
    infomail build            compose, into outbox/
    infomail send 2026-12     send; nothing leaves the machine until you name a mail server
    infomail status           who got it, who did not, and why
    """  # noqa: D301  # \b is click's mark for lines to keep
    del debug  # `main` looks for it before arguments are parsed
    context.obj = folder


def forget_output() -> None:
    """Write nothing more to a pipe whose reader left; Python would try again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def folder_of(context: click.Context) -> Path:
    """Find the newsletter folder: the one named, else this one, else the nearest above."""
    named: Path | None = context.obj
    if named is not None:
        return named
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "newsletter.yaml").is_file():
            return folder
    return here


def desk_of(context: click.Context) -> Desk:
    """Open the newsletter folder that the command is about."""
    from infomail.wiring import Desk  # noqa: PLC0415

    return Desk(folder_of(context))


@contextmanager
def opened_office(context: click.Context, transport: str | None = None) -> Iterator[Office]:
    """Open what sending needs of the newsletter, and close it afterwards."""
    from infomail.wiring.office import open_office  # noqa: PLC0415

    office = open_office(folder_of(context), transport or "")
    try:
        yield office
    finally:
        office.close()
