"""The commands of sending: test, approve, send."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict

import click

from infomail.cli.progress import Display
from infomail.cli.root import (
    EXIT_FINDINGS,
    EXIT_SOME_REFUSED,
    EXIT_STOPPED,
    ISSUE_ARGUMENT,
    JSON_OPTION,
    TRANSPORT_OPTION,
    forget_output,
    opened_office,
)
from infomail.cli.shown import shown
from infomail.errors import RefusedError

if TYPE_CHECKING:
    from types import FrameType
    from typing import Unpack

    from infomail.deliver import Report
    from infomail.model.delivery import State
    from infomail.report import Outline
    from infomail.wiring.dispatch import Plan
    from infomail.wiring.office import Office


@click.command()
@ISSUE_ARGUMENT
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@TRANSPORT_OPTION
@click.pass_context
def test(context: click.Context, issue: str, addresses: tuple[str, ...], transport: str) -> None:
    """Send an issue to a few addresses of your own, marked as a test in its subject.

    Every language is sent. The ledger is not touched; the links for leaving lead nowhere.
    """
    from infomail import report  # noqa: PLC0415
    from infomail.model.delivery import Accepted  # noqa: PLC0415
    from infomail.wiring import dispatch  # noqa: PLC0415
    from infomail.wiring.post import letters_folder  # noqa: PLC0415

    with opened_office(context, transport) as office:
        slug = office.desk.slugs([issue])[0]
        failed = False
        for recipient, outcome in dispatch.send_test(office, slug, addresses):
            click.echo(report.outcome_as_text(recipient, outcome))
            failed = failed or not isinstance(outcome, Accepted)
        if office.rehearses:
            folder = letters_folder(office, slug, tests=True)
            click.echo(f"the letters are in {shown(folder)}", err=True)
        if failed:
            context.exit(EXIT_FINDINGS)


@click.command()
@ISSUE_ARGUMENT
@click.pass_context
def approve(context: click.Context, issue: str) -> None:
    """Release exactly these bytes of an issue for sending."""
    from infomail.wiring import dispatch  # noqa: PLC0415

    with opened_office(context) as office:
        slug = office.desk.slugs([issue])[0]
        for mail in dispatch.approve(office, slug, _who()):
            click.echo(f"approved {slug} in {mail.language}  {mail.digest[:12]}  {mail.subject}")


def _who() -> str:
    """Name the person at work, by number where the machine knows no name."""
    import getpass  # noqa: PLC0415

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # KeyError before Python 3.13
        return f"user {os.getuid()}"


class _Asked(TypedDict):
    """The options of `send`."""

    list_name: str
    segment: str
    at: str
    dry_run: bool
    limit: int | None
    transport: str | None
    yes: bool
    expect: int | None
    now: bool
    wait: bool
    processes: int
    as_json: bool


@click.command()
@ISSUE_ARGUMENT
@click.option("--list", "list_name", default="", metavar="NAME", help="Only to this list.")
@click.option("--segment", default="", metavar="NAME", help="Only to this segment.")
@click.option(
    "--at", default="", metavar="TIME", help="Begin then: '2026-12-01 09:00 Europe/Rome'."
)
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Send at most N letters now.")
@TRANSPORT_OPTION
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--expect", type=click.IntRange(0), metavar="N", help="Refuse unless N would be sent."
)
@click.option("--now", is_flag=True, help="Do not hold the first letter back for two minutes.")
@click.option("--wait/--no-wait", default=True, help="Stay until what was put off is tried again.")
@click.option("--processes", type=click.IntRange(1, 32), default=1, help="How many send at once.")
@JSON_OPTION
@click.pass_context
def send(context: click.Context, issue: str, **asked: Unpack[_Asked]) -> None:
    """Send an issue to its subscribers; nobody gets it twice.

    Run it again to continue: what was accepted is never repeated.
    """
    from infomail.wiring import dispatch  # noqa: PLC0415

    with opened_office(context, asked["transport"]) as office:
        slug = office.desk.slugs([issue])[0]
        planned = dispatch.plan(office, slug, asked["list_name"], asked["segment"])
        _show(office, planned, asked)
        _refuse_unexpected(planned, asked["expect"])
        if asked["dry_run"]:
            return
        _confirm(office, planned, asked)
        ended = _delivered(office, planned, asked)
        context.exit(_told(office, slug, ended, asked))


def _show(office: Office, planned: Plan, asked: _Asked) -> None:
    """Say before the first letter who would get what."""
    from infomail import report  # noqa: PLC0415
    from infomail.wiring.crowd import is_for_one  # noqa: PLC0415
    from infomail.wiring.start import start_of  # noqa: PLC0415

    for remark in planned.remarks:
        click.echo(f"by today: {remark}", err=True)
    if asked["processes"] > 1 and is_for_one(office, asked["limit"]):
        click.echo("one process sends: it alone can keep a rate or a limit", err=True)
    start_at = start_of(office, planned, asked["at"], now=asked["now"])
    outline = _outline(office, planned, start_at)
    if asked["dry_run"] and asked["as_json"]:
        click.echo(report.outline_as_json(outline))
    else:
        click.echo(report.outline_as_text(outline), err=True)


def _outline(office: Office, planned: Plan, start_at: float) -> Outline:
    from infomail.report import Outline  # noqa: PLC0415

    settings = office.settings
    ways = {
        "folder": "folder: nothing leaves this machine",
        "smtp": f"{settings.smtp.host}:{settings.smtp.port}",
        "ses": f"Amazon SES in {settings.ses.region if settings.ses else ''}",
    }
    return Outline(
        slug=planned.mails[0].slug,
        sender=planned.sender,
        subjects={mail.language: mail.subject for mail in planned.mails},
        letters=planned.letters,
        size_bytes=max(edition.size_bytes for edition in planned.staging.editions),
        transport=ways[settings.transport],
        start_at=start_at if start_at > office.clock() else None,
        rate=settings.sending.rate.a_second,
        connections=settings.smtp.connections,
        before=planned.before,
        audience=planned.audience,
        without_edition=planned.without_edition,
    )


def _refuse_unexpected(planned: Plan, expected: int | None) -> None:
    number = planned.letter_count
    if expected not in {None, number}:
        msg = f"{number} letters would be sent, not {expected} — nothing was sent"
        raise RefusedError(msg)


def _confirm(office: Office, planned: Plan, asked: _Asked) -> None:
    """Let a person type how many; rehearsals need nobody."""
    number = planned.letter_count
    if not number or office.rehearses or asked["yes"]:
        return
    if not sys.stdin.isatty():
        msg = f"nobody can confirm here — add --yes --expect {number}"
        raise RefusedError(msg)
    typed = click.prompt(f"Type {number} to send", err=True, default="", show_default=False)
    if typed.replace(",", "").strip() != str(number):
        msg = "that is another number — nothing was sent"
        raise RefusedError(msg)


def _delivered(office: Office, planned: Plan, asked: _Asked) -> Report:
    from infomail.wiring import dispatch  # noqa: PLC0415
    from infomail.wiring.delivering import Wishes  # noqa: PLC0415
    from infomail.wiring.start import start_of  # noqa: PLC0415

    start_at = start_of(office, planned, asked["at"], now=asked["now"])
    is_quiet = asked["as_json"] or not planned.letter_count
    display = Display(planned.staging.slug, planned.letter_count, quiet=is_quiet)
    with _stoppable() as stop, display:
        wishes = Wishes(start_at, asked["limit"], asked["wait"], stop, display)
        return dispatch.send(office, planned, wishes, asked["processes"])


def _stopping() -> Iterator[signal.Signals]:
    """Name the signals that stop a send; `nohup` means that a closed terminal does not."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            yield number


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """Let SIGTERM, Ctrl-C and a closed terminal finish the letters in hand; Ctrl-C twice ends."""
    stop = threading.Event()

    def finish(number: int, _: FrameType | None) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, finish) for number in _stopping()}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _told(office: Office, slug: str, ended: Report, asked: _Asked) -> int:
    """Say what became of the issue, and give the exit code."""
    from infomail import report  # noqa: PLC0415
    from infomail.wiring import dispatch  # noqa: PLC0415

    counts = dispatch.counts(office, slug)
    if asked["as_json"]:
        told = report.ending_as_json(slug, ended, counts)
    else:
        told = report.ending_as_text(slug, ended, counts, _chosen(asked))
    try:
        click.echo(told)
        if office.rehearses and not asked["as_json"]:
            from infomail.wiring.post import letters_folder  # noqa: PLC0415

            click.echo(f"the letters are in {shown(letters_folder(office, slug))}", err=True)
    except BrokenPipeError:  # the letters are out, whoever listens
        forget_output()
    return _exit_code(ended, counts)


def _chosen(asked: _Asked) -> str:
    """Give the options that say to whom, as they are typed after the issue."""
    given = (("--list", asked["list_name"]), ("--segment", asked["segment"]))
    return "".join(f" {option} {name}" for option, name in given if name)


def _exit_code(ended: Report, counts: Mapping[State, int]) -> int:
    """4 if something is left to do or all was called off, else 3 if somebody got none, else 0."""
    names = {state.name for state in counts}
    is_open = ended.ended.name != "LIMIT" and {"WAITING", "DEFERRED"} & names
    if not names or is_open or {"SENDING", "UNCERTAIN"} & names:
        return EXIT_STOPPED
    return EXIT_SOME_REFUSED if {"REFUSED", "GIVEN_UP"} & names else 0
