"""`infomail subscribers access`, `erase`, `prune`, `block`: what is held, and for how long."""

from __future__ import annotations

import json

import click

from infomail.cli.people.asking import confirm
from infomail.cli.root import JSON_OPTION, opened_office

_DAY_SECONDS = 86_400
YES_OPTION = click.option("--yes", is_flag=True, help="Do not ask.")


@click.command()
@click.argument("address")
@JSON_OPTION
@click.pass_context
def access(context: click.Context, address: str, *, as_json: bool) -> None:
    """Write all that is held about a person, as the person may ask for."""
    from infomail import report, subscribers  # noqa: PLC0415

    with opened_office(context) as office:
        held = subscribers.access(office.database, office.secret, address)
    if held is None:
        click.echo("null" if as_json else f"nothing is held about {address}")
    else:
        click.echo((report.access_as_json if as_json else report.access_as_text)(held))


@click.command()
@click.argument("address")
@YES_OPTION
@JSON_OPTION
@click.pass_context
def erase(context: click.Context, address: str, *, yes: bool, as_json: bool) -> None:
    """Forget a person at once: all that is left is a hash that keeps imports from adding them.

    Letters to the person that lie in outbox/, as rehearsals write them, are deleted as well.
    """
    from infomail.wiring import forgetting  # noqa: PLC0415

    with opened_office(context) as office:
        confirm(f"Forget all about {address}? It cannot be undone.", yes=yes)
        people, files = forgetting.erase(office, address)
    words = f"{address} {'is forgotten' if people else 'was not known'}{_deleted(files)}"
    click.echo(json.dumps({"erased": bool(people), "files": files}) if as_json else words)


@click.command()
@JSON_OPTION
@click.pass_context
def prune(context: click.Context, *, as_json: bool) -> None:
    """Forget who left or never confirmed some time ago: run it once a day.

    How long ago is `people: erase_after_days` in newsletter.yaml, usually 30.
    """
    from infomail.report import counted  # noqa: PLC0415
    from infomail.wiring import forgetting  # noqa: PLC0415

    with opened_office(context) as office:
        days = office.desk.newsletter.people.erase_after_days
        people, files = forgetting.prune(office, office.clock() - days * _DAY_SECONDS)
    since = f"more than {counted(days, 'day', 'days')} ago"
    told = f"{people:,} forgotten who left, or never confirmed, {since}{_deleted(files)}"
    click.echo(json.dumps({"erased": people, "days": days, "files": files}) if as_json else told)


def _deleted(files: int) -> str:
    """Say how many letters were deleted, if any were."""
    from infomail.report import counted  # noqa: PLC0415

    if not files:
        return ""
    return f"; {counted(files, 'letter to them was', 'letters to them were')} deleted in outbox/"


@click.command()
@click.argument("address")
@JSON_OPTION
@click.pass_context
def block(context: click.Context, address: str, *, as_json: bool) -> None:
    """Never send to an address again, known or not; only `add --lift` allows it anew."""
    from infomail import report, subscribers  # noqa: PLC0415

    with opened_office(context) as office:
        person = subscribers.block(office.database, office.secret, address, office.clock())
    if as_json:
        click.echo(report.person_as_json(person) if person else "null")
    else:
        click.echo(f"nothing is sent to {address} any more")
