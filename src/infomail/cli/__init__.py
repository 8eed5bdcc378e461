"""The command line: reads arguments, calls the modules, prints, and leaves with an exit code.

Exit codes: 0 fine, 1 findings or failed work, 2 wrong use, 3 sent but some were refused, 4 stopped
and resumable, 5 refused by a safety rule, 130 Ctrl-C. Results go to standard output, people's
words to standard error. Heavy modules are imported by the command that needs them, so that help
comes at once.
"""

from __future__ import annotations

import sys

import click

from infomail.cli.beginning import init, new, schema
from infomail.cli.bouncing import bounces
from infomail.cli.composing import build, check
from infomail.cli.control import cancel, pause, resume, settle, status
from infomail.cli.demo import demo
from infomail.cli.keys import keygen
from infomail.cli.people import subscribers
from infomail.cli.publishing import publish
from infomail.cli.root import (
    EXIT_FINDINGS,
    EXIT_INTERRUPTED,
    EXIT_REFUSED,
    EXIT_STOPPED,
    EXIT_WRONG_USE,
    forget_output,
    infomail,
)
from infomail.cli.sending import approve, send, test
from infomail.cli.serving import serve
from infomail.errors import InfomailError, IssueError, RefusedError, SettingsError, TransportDown

__all__ = ["infomail", "main"]

COMMANDS = (
    *(demo, init, new, schema, check, build),
    *(test, approve, send, status, pause, resume, cancel, settle),
    *(publish, bounces, subscribers, serve, keygen),
)
for command in COMMANDS:
    infomail.add_command(command)


def main() -> None:
    """Run the command line and leave with its exit code."""
    debug = "--debug" in sys.argv
    try:
        code = infomail.main(standalone_mode=False)
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except click.Abort:
        code = EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except BrokenPipeError:
        forget_output()
        code = EXIT_FINDINGS
    except Exception as error:
        if debug:
            raise
        code = _say(error)
    sys.exit(code if isinstance(code, int) else 0)


def _say(error: Exception) -> int:
    if isinstance(error, IssueError):
        click.echo(str(error), err=True)
        return EXIT_FINDINGS
    if isinstance(error, InfomailError):
        click.echo(f"infomail: {error}", err=True)
        return next((code for kind, code in _CODES if isinstance(error, kind)), EXIT_FINDINGS)
    if isinstance(error, OSError):
        click.echo(f"infomail: {error} — mend that and run again", err=True)
        return EXIT_FINDINGS
    name = type(error).__name__
    remedy = "run `infomail --debug …` and report it"
    click.echo(f"infomail: a bug: {name}: {error} — {remedy}", err=True)
    return EXIT_FINDINGS


_CODES = (
    (SettingsError, EXIT_WRONG_USE),
    (RefusedError, EXIT_REFUSED),
    (TransportDown, EXIT_STOPPED),
)
