"""`infomail keygen`: a key for signing letters, and what to do with it."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infomail.cli.root import desk_of
from infomail.cli.shown import shown
from infomail.errors import SettingsError

if TYPE_CHECKING:
    from infomail.dkim import DnsRecord, Kind

KEYS_FOLDER = "keys"


@click.command()
@click.argument("selector", default="", metavar="[SELECTOR]")
@click.option("--ed25519", is_flag=True, help="Make a second, shorter key beside the usual one.")
@click.pass_context
def keygen(context: click.Context, selector: str, *, ed25519: bool) -> None:
    """Make a DKIM key that only you can read, and say what to set in DNS.

    SELECTOR names the key, in small letters, digits and hyphens; n and the year if you name none.
    """
    from infomail.model.slug import is_slug  # noqa: PLC0415

    usual = selector or f"n{datetime.datetime.now(datetime.UTC):%Y}"
    if not is_slug(usual):
        msg = f"{usual!r} cannot name a key — use small letters, digits and hyphens: n2026"
        raise SettingsError(msg)
    desk = desk_of(context)
    domain = desk.newsletter.sender.address.rpartition("@")[2]
    kinds: dict[str, Kind] = {usual: "rsa"}
    if ed25519:
        kinds[f"{usual}-ed"] = "ed25519"
    records = [_made(desk.folder, name, domain, kind) for name, kind in kinds.items()]
    click.echo("\nSet in DNS, as TXT records with a name and a value:\n")
    for record in records:
        click.echo(f"{record.name}\n{record.value}\n")
    click.echo("or as lines of a zone file:\n")
    for record in records:
        click.echo(f"{record.zone_line}\n")
    known = {key.selector for key in desk.newsletter.dkim}
    if known.issuperset(kinds):
        click.echo("newsletter.yaml names the key already.")
        return
    click.echo("Then add to newsletter.yaml:\n\ndkim:")
    for name in sorted(set(kinds) - known):
        click.echo(f"  - selector: {name}\n    file: {KEYS_FOLDER}/{name}.pem")


def _made(folder: Path, selector: str, domain: str, kind: Kind) -> DnsRecord:
    from infomail import dkim  # noqa: PLC0415

    path = folder / KEYS_FOLDER / f"{selector}.pem"
    pem = dkim.make_key(kind)
    _write(path, pem)
    click.echo(f"made {shown(path)}, which only you can read; never share or publish it", err=True)
    return dkim.dns_record(selector, domain, dkim.read_key(pem, str(path)))


def _write(path: Path, pem: bytes) -> None:
    """Write a key for its owner alone; one that is there stays."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
    except FileExistsError:
        msg = f"{path} exists already — choose another selector"
        raise SettingsError(msg) from None
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror}) — mend the permissions"
        raise SettingsError(msg) from error
