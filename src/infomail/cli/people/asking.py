"""Questions before what cannot be undone by running the same command again."""

from __future__ import annotations

import sys

import click

from infomail.cli.root import EXIT_FINDINGS
from infomail.errors import SettingsError


def confirm(question: str, *, yes: bool) -> None:
    """Ask a person; go on only if the answer is yes.

    Args:
        question: that is answered by yes or no.
        yes: it was answered already.

    Raises:
        SettingsError: nobody is there to be asked.
        click.exceptions.Exit: the answer is no; it was said that nothing was changed.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        msg = "nobody can answer here — add --yes"
        raise SettingsError(msg)
    if not click.confirm(question, err=True):
        click.echo("nothing was changed", err=True)
        raise click.exceptions.Exit(EXIT_FINDINGS)
