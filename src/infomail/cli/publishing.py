"""`infomail publish`: the archive of past issues as a site."""

from __future__ import annotations

import atexit
import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infomail.cli.root import EXIT_FINDINGS, JSON_OPTION, opened_office
from infomail.cli.shown import print_findings, shown

if TYPE_CHECKING:
    from infomail.sitecheck import Checked
    from infomail.wiring.office import Office
    from infomail.wiring.publishing import Published

_MOST_YOUNG = 150_000
"""So many new values may come before the collector looks at them; Python's own limit is 700."""


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector from looking for cycles among a million values that have none.

    It would do so again and again while modules and the archive come, and twice as Python ends.
    """
    before = gc.get_threshold()
    gc.set_threshold(_MOST_YOUNG, *before[1:])
    atexit.register(gc.freeze)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@click.command()
@click.option(
    "--to",
    "place",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the site there; else into outbox/site.",
)
@click.option("--check", "is_checked", is_flag=True, help="Then look whether all of it works.")
@JSON_OPTION
@click.pass_context
@_uncollected()
def publish(context: click.Context, place: Path | None, *, is_checked: bool, as_json: bool) -> None:
    """Make the archive: a static site of all issues that were sent or say `publish: true`.

    --check follows every link and anchor, reads feeds and calendars again, and asks the Nu checker
    and axe where this machine has them.
    """
    from infomail.wiring.publishing import published, site_folder  # noqa: PLC0415

    with opened_office(context) as office:
        place = place or site_folder(office)
        report = published(office, place, "publish")
        checked = _checked(office, place) if is_checked else None
        folder = office.desk.folder
    for problem in report.problems:
        click.echo(problem, err=True)
    if as_json:
        click.echo(_as_json(report, checked))
    else:
        _print(report, checked, folder)
    if report.problems or (checked and checked.findings):
        context.exit(EXIT_FINDINGS)


def _checked(office: Office, place: Path) -> Checked:
    from infomail.wiring.sitecheck import checked_site  # noqa: PLC0415

    return checked_site(office, place)


def _print(report: Published, checked: Checked | None, folder: Path) -> None:
    click.echo(_summary(report))
    if not report.has_search:
        click.echo("search: left out — pip install 'infomail[search]' adds it", err=True)
    if checked:
        print_findings(checked.findings, folder, err=False)
        for absent in checked.absent:
            click.echo(absent, err=True)
        click.echo(_verdict(checked))


def _verdict(checked: Checked) -> str:
    count = len(checked.findings)
    found = _count(count, "fault") if count else "nothing to mend"
    pages = _count(checked.page_count, "page")
    return f"check: {pages}, {checked.seen_count} in a browser; {found}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _summary(report: Published) -> str:
    written = report.written
    what = f"{_count(report.issue_count, 'issue')}, {_count(report.edition_count, 'edition')}"
    if not written.changed:
        return f"publish: {what}; nothing changed in {shown(written.place)}"
    new = _count(written.new, "file")
    files = f"{new} written, {written.unchanged} unchanged, {written.removed} removed"
    return f"publish: {what}; {files} in {shown(written.place)}"


def _as_json(report: Published, checked: Checked | None) -> str:
    written = report.written
    told: dict[str, object] = {
        "site": str(written.place),
        "issues": report.issue_count,
        "editions": report.edition_count,
        "written": written.new,
        "unchanged": written.unchanged,
        "removed": written.removed,
        "search": report.has_search,
        "problems": list(report.problems),
    }
    if checked:
        told["check"] = _checked_for_programs(checked)
    return json.dumps(told, indent=2, ensure_ascii=False)


def _checked_for_programs(checked: Checked) -> dict[str, object]:
    from infomail import report  # noqa: PLC0415

    return {
        "pages": checked.page_count,
        "in_browser": checked.seen_count,
        "absent": list(checked.absent),
        **json.loads(report.as_json(checked.findings)),
    }
