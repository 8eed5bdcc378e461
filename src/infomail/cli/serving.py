"""`infomail serve`: the public pages, through which people come and go."""

from __future__ import annotations

import click

from infomail.cli.root import folder_of

_MAX_PROCESSES = 64


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen at; 0 takes one that is free.",
)
@click.option(
    "--processes",
    default=1,
    show_default=True,
    type=click.IntRange(1, _MAX_PROCESSES),
    help="How many serve at once.",
)
@click.pass_context
def serve(context: click.Context, host: str, port: int, processes: int) -> None:
    """Serve the public pages: joining, preferences, leaving, and past issues.

    Mails that people ask for there are sent as well. Put a web server with TLS before it, as
    docs/how-to/from-a-list-to-the-first-send.md shows. The log names neither persons nor links.
    """
    from infomail.web.serving import Place  # noqa: PLC0415
    from infomail.web.serving import serve as run  # noqa: PLC0415

    run(folder_of(context), Place(host, port, processes), say_where)


def say_where(url: str) -> None:
    """Say where the pages are."""
    click.echo(f"serving at {url}/ (join: {url}/join); Ctrl-C ends it", err=True)
