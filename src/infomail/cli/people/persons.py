"""`infomail subscribers show`, `add` and `leave`: one person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn, TypedDict, Unpack

import click

from infomail.cli.root import JSON_OPTION, opened_office
from infomail.errors import SettingsError

if TYPE_CHECKING:
    from infomail.subscribers import Entry
    from infomail.wiring.office import Office


class _Asked(TypedDict):
    """What is said of a person."""

    name: str
    language: str
    country: str
    lists: tuple[str, ...]
    topics: tuple[str, ...]
    consent: str


@click.command()
@click.argument("address", required=False)
@JSON_OPTION
@click.pass_context
def show(context: click.Context, address: str | None, *, as_json: bool) -> None:
    """Count who is subscribed; or show a person."""
    from infomail import report  # noqa: PLC0415
    from infomail.subscribers import find, overview  # noqa: PLC0415

    with opened_office(context) as office:
        if address is None:
            counts = overview(office.database, office.clock())
            write = report.overview_as_json if as_json else report.overview_as_text
            click.echo(write(counts))
            return
        person = find(office.database, address)
        if person is None:
            refuse_unknown(office, address)
        click.echo((report.person_as_json if as_json else report.person_as_text)(person))


@click.command()
@click.argument("address")
@click.option("--name", default="", help="What the person is called.")
@click.option("--language", default="", help="Of the edition the person wants.")
@click.option("--country", default="", help="Two letters, or its name.")
@click.option("--list", "lists", multiple=True, metavar="NAME", help="A list to be in.")
@click.option("--topic", "topics", multiple=True, metavar="NAME", help="A topic of interest.")
@click.option("--consent", default="", metavar="TEXT", help="When and where the person agreed.")
@click.option("--lift", is_flag=True, help="Though the person left or is suppressed; say why.")
@JSON_OPTION
@click.pass_context
def add(
    context: click.Context, address: str, *, lift: bool, as_json: bool, **asked: Unpack[_Asked]
) -> None:
    """Add a person who agreed, or change what is known of one."""
    from infomail import report, subscribers  # noqa: PLC0415

    if lift and not asked["consent"]:
        msg = "--lift needs the reason on record — add --consent 'when and how the person asked'"
        raise SettingsError(msg)
    with opened_office(context) as office:
        person = _entry(office, address, asked)
        enter = subscribers.lift if lift else subscribers.add
        usual = office.desk.newsletter.languages[0]
        added = enter(office.database, office.secret, person, usual, office.clock())
    _point_out(person)
    click.echo((report.person_as_json if as_json else report.person_as_text)(added))


def _entry(office: Office, address: str, asked: _Asked) -> Entry:
    from infomail.model.subscriber import Origin  # noqa: PLC0415
    from infomail.subscribers import Given, Known, checked, vocabulary_of  # noqa: PLC0415

    newsletter = office.desk.newsletter
    words = vocabulary_of(newsletter)
    known = Known(newsletter.languages, tuple(newsletter.topics), tuple(newsletter.lists))
    try:
        given = Given(
            address,
            asked["name"],
            words.language(asked["language"]),
            words.country(asked["country"]),
            tuple(key for name in asked["topics"] for key in words.topic_keys(name)),
            tuple(key for name in asked["lists"] for key in words.list_keys(name)),
        )
        person = checked(given, known)
    except ValueError as error:
        msg = str(error) if " — " in str(error) else f"{error} — mend that and run again"
        raise SettingsError(msg) from error
    said = f"command: {asked['consent']}" if asked["consent"] else "command"
    return replace(person, origin=Origin(said))


def _point_out(person: Entry) -> None:
    """Say what looks odd about an address that was taken."""
    from infomail.subscribers.typos import is_role, likely  # noqa: PLC0415

    meant = likely(person.mailbox.domain)
    if meant:
        click.echo(f"note: {person.mailbox.domain}: is {meant} meant?", err=True)
    elif is_role(person.mailbox.mailbox):
        click.echo("note: it is an office's address rather than a person's", err=True)


@click.command()
@click.argument("address")
@JSON_OPTION
@click.pass_context
def leave(context: click.Context, address: str, *, as_json: bool) -> None:
    """Let a person go: no further letter is sent, also not by a send that is running."""
    from infomail import report  # noqa: PLC0415
    from infomail.subscribers import leave as let_go  # noqa: PLC0415

    with opened_office(context) as office:
        person = let_go(office.database, office.secret, address, office.clock())
        if person is None:
            refuse_unknown(office, address)
    click.echo(report.person_as_json(person) if as_json else f"{address} has left")


def refuse_unknown(office: Office, address: str) -> NoReturn:
    """Say that nobody has this address, or that it must not be brought back."""
    from infomail.subscribers import why_out  # noqa: PLC0415

    why = why_out(office.database, office.secret, address)
    if why is not None:
        what = "was erased" if why == "ERASED" else f"is suppressed ({why})"
        remedy = "`add --lift` does, if the person asks for it"
        msg = f"{address!r} {what}, and no import brings it back — {remedy}"
        raise SettingsError(msg)
    msg = f"{address!r} is not in the register — look at the spelling"
    raise SettingsError(msg)
