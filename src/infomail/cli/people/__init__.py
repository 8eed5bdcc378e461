"""`infomail subscribers`: the register of people."""

from __future__ import annotations

import click

from infomail.cli.people.exporting import export
from infomail.cli.people.importing import import_
from infomail.cli.people.keeping import access, block, erase, prune
from infomail.cli.people.persons import add, leave, show

__all__ = ["subscribers"]

_COMMANDS = (import_, export, show, add, leave, access, erase, prune, block)


@click.group()
def subscribers() -> None:
    """Bring people into the register, or let them go."""


for command in _COMMANDS:
    subscribers.add_command(command)
