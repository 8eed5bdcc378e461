"""The commands while and after an issue is sent: status, pause, resume, cancel, settle."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, TypedDict

import click

from infomail.cli.root import (
    EXIT_FINDINGS,
    ISSUE_ARGUMENT,
    JSON_OPTION,
    TRANSPORT_OPTION,
    opened_office,
)

if TYPE_CHECKING:
    from typing import Unpack

    from infomail.wiring.office import Office


@click.command()
@click.argument("issue", default="")
@TRANSPORT_OPTION
@JSON_OPTION
@click.option("--csv", "as_csv", is_flag=True, help="A line for each delivery.")
@click.pass_context
def status(
    context: click.Context, issue: str, transport: str | None, *, as_json: bool, as_csv: bool
) -> None:
    """Say who got an issue, who did not, and why; also while it is sent.

    Without ISSUE, a line for each issue that was sent.
    """
    from infomail import report  # noqa: PLC0415
    from infomail.wiring import account  # noqa: PLC0415

    with opened_office(context, transport) as office:
        if not issue:
            listed = account.all_sendings(office)
            write = report.sendings_as_json if as_json else report.sendings_as_text
            click.echo(write(listed))
            return
        told = account.one_sending(office, office.desk.slugs([issue])[0])
        if as_csv:
            _echo_each(report.deliveries_as_csv(account.rows(office, told)))
        elif as_json:
            _echo_each(report.sending_as_json(told, account.rows(office, told)))
        else:
            _echo_styled(report.sending_as_text(told, account.troubled(office, told)))


def _echo_styled(text: str) -> None:
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)


def _echo_each(pieces: Iterable[str]) -> None:
    for piece in pieces:
        click.echo(piece, nl=False)


def _order(context: click.Context, issue: str, transport: str | None, order: _Order) -> None:
    from infomail.model.turn import Course  # noqa: PLC0415
    from infomail.wiring import account  # noqa: PLC0415

    with opened_office(context, transport) as office:
        slug = office.desk.slugs([issue])[0]
        channel, dropped = account.order(office, slug, Course(order.course), order.reason)
        words = {"slug": slug, "channel": channel, "dropped": dropped}
        click.echo(order.told.format(**words, reminder=_reminder(office)))


def _reminder(office: Office) -> str:
    """Remind of lists and segments where there are any: without them, everybody is meant."""
    newsletter = office.desk.newsletter
    has_parts = newsletter.lists or newsletter.segments
    return " (and the --list or --segment it had)" if has_parts else ""


class _Order(NamedTuple):
    """What is ordered, and what is said of it."""

    course: str
    reason: str
    told: str


_WHO = "by hand"


@click.command()
@ISSUE_ARGUMENT
@TRANSPORT_OPTION
@click.pass_context
def pause(context: click.Context, issue: str, transport: str) -> None:
    """Let no further letter of an issue leave; letters in hand are finished."""
    told = "{slug} ({channel}) is paused — `infomail resume {slug}` goes on"
    _order(context, issue, transport, _Order("PAUSED", f"paused {_WHO}", told))


@click.command()
@ISSUE_ARGUMENT
@TRANSPORT_OPTION
@click.pass_context
def resume(context: click.Context, issue: str, transport: str) -> None:
    """Let a paused issue go on; a send that is still running takes it up by itself."""
    told = "{slug} ({channel}) may go on — if no send is running: `infomail send {slug}`{reminder}"
    _order(context, issue, transport, _Order("RUNNING", "", told))


@click.command()
@ISSUE_ARGUMENT
@TRANSPORT_OPTION
@click.pass_context
def cancel(context: click.Context, issue: str, transport: str) -> None:
    """Give up what was not sent of an issue; before the first letter nothing remains of it."""
    told = "{slug} ({channel}) is cancelled; letters that will not be sent: {dropped:,}"
    _order(context, issue, transport, _Order("CANCELLED", f"cancelled {_WHO}", told))


class _Settling(TypedDict):
    """The options of `settle`."""

    resend: bool
    skip: bool
    as_json: bool


@click.command()
@ISSUE_ARGUMENT
@TRANSPORT_OPTION
@click.option("--resend", is_flag=True, help="Send once more what nobody can prove.")
@click.option("--skip", is_flag=True, help="Leave those without a letter.")
@JSON_OPTION
@click.pass_context
def settle(
    context: click.Context, issue: str, transport: str | None, **asked: Unpack[_Settling]
) -> None:
    """Find out what became of letters in doubt: ask the mail server's log, list the rest.

    What is proven is written down. For the others you decide, with --resend or --skip.
    """
    if asked["resend"] and asked["skip"]:
        msg = "--resend and --skip exclude each other"
        raise click.UsageError(msg)
    from infomail import report  # noqa: PLC0415
    from infomail.wiring.doubts import settle_doubts  # noqa: PLC0415

    with opened_office(context, transport) as office:
        slug = office.desk.slugs([issue])[0]
        choice = "resend" if asked["resend"] else "skip" if asked["skip"] else ""
        channel, settled = settle_doubts(office, slug, choice)
        if asked["as_json"]:
            click.echo(report.settled_as_json(slug, channel, settled))
        else:
            _echo_styled(report.settled_as_text(slug, channel, settled, _reminder(office)))
        if any(one.state is None for one in settled):
            context.exit(EXIT_FINDINGS)
