"""Questions before what cannot be undone by running the same command again."""

from __future__ import annotations

import sys

import click

from infomail.errors import SettingsError


def confirm(question: str, *, yes: bool) -> None:
    """Ask a person; go on only if the answer is yes.

    Args:
        question: that is answered by yes or no.
        yes: it was answered already.

    Raises:
        SettingsError: nobody is there to be asked.
        click.Abort: the answer is no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        msg = "nobody can answer here — add --yes"
        raise SettingsError(msg)
    click.confirm(question, abort=True, err=True)
