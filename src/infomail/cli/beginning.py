"""The commands to begin with: a newsletter, an issue, and the schemas for editors."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import click

from infomail.cli.root import folder_of
from infomail.cli.shown import shown


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def init(folder: Path) -> None:
    """Make a newsletter folder with a sample issue, templates and schemas."""
    from infomail.skeletons import make_newsletter  # noqa: PLC0415

    written = make_newsletter(folder, datetime.datetime.now(datetime.UTC).date())
    for path in written:
        click.echo(shown(path))
    click.echo(f"\nNext: cd {shown(folder)}, edit newsletter.yaml, then `infomail build`", err=True)


@click.command()
@click.argument("slug", metavar="NAME")
@click.pass_context
def new(context: click.Context, slug: str) -> None:
    """Begin an issue: write issues/NAME.yaml, with the schema line for editors.

    NAME is usually a month, such as 2026-12.
    """
    from infomail.load import load_newsletter  # noqa: PLC0415
    from infomail.skeletons import make_issue  # noqa: PLC0415

    folder = folder_of(context)
    load_newsletter(folder)
    today = datetime.datetime.now(datetime.UTC).date()
    click.echo(shown(make_issue(folder, slug, today)))


@click.command()
@click.argument("what", type=click.Choice(["issue", "translation", "newsletter"]), default="issue")
def schema(what: str) -> None:
    """Print the JSON Schema of an issue, of a translation, or of newsletter.yaml."""
    from infomail import load  # noqa: PLC0415

    schemas = {
        "issue": load.issue_schema,
        "translation": load.translation_schema,
        "newsletter": load.newsletter_schema,
    }
    click.echo(json.dumps(schemas[what](), indent=2, ensure_ascii=False))
