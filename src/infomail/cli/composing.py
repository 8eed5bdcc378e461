"""The commands of writing: check what is wrong, build what will be sent."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypedDict

import click

from infomail.cli.root import EXIT_FINDINGS, ISSUES_ARGUMENT, JSON_OPTION, desk_of
from infomail.cli.shown import print_findings, shown
from infomail.errors import IssueError

if TYPE_CHECKING:
    from typing import Unpack

    from infomail.model.finding import Finding
    from infomail.outbox import Staged
    from infomail.wiring import Desk
    from infomail.wiring.proofs import Checked


class _Asked(TypedDict):
    """The options of `check`."""

    style: str
    strict: bool
    as_json: bool
    links: bool
    explain: str | None


@click.command()
@ISSUES_ARGUMENT
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    help="How to print findings.",
)
@click.option("--strict", is_flag=True, help="Let warnings fail as errors do.")
@click.option("--links", is_flag=True, help="Also ask the network whether each link works.")
@click.option("--explain", metavar="CODE", help="Say what a rule demands, and why.")
@JSON_OPTION
@click.pass_context
def check(context: click.Context, issues: tuple[str, ...], **asked: Unpack[_Asked]) -> None:
    """Find what is wrong in issues, each with its line and a remedy.

    ISSUE is a name such as 2024-11, or a path; all issues if none is named.
    """
    from infomail import report  # noqa: PLC0415

    if asked["explain"]:
        click.echo(report.explained(asked["explain"]))
        return
    desk = desk_of(context)
    checked = checked_issues(desk, issues, links=asked["links"])
    findings = checked.findings
    style = "json" if asked["as_json"] else asked["style"]
    if style == "text":
        print_findings(findings, desk.folder, err=False)
        click.echo(report.summary(*checked))
    else:
        written = _for_programs(style, findings, shown(desk.folder))
        click.echo(written, nl=bool(written))
    if any(one.stops or (asked["strict"] and one.warns) for one in findings):
        context.exit(EXIT_FINDINGS)


def _for_programs(style: str, findings: tuple[Finding, ...], folder: str) -> str:
    from infomail import report  # noqa: PLC0415

    if style == "json":
        return report.as_json(findings)
    return (
        report.as_sarif(findings, folder)
        if style == "sarif"
        else report.as_github(findings, folder)
    )


def checked_issues(desk: Desk, issues: tuple[str, ...], *, links: bool = False) -> Checked:
    """Check issues; what is wrong in newsletter.yaml itself is a finding like the others."""
    from infomail.wiring.proofs import Checked, check_issues  # noqa: PLC0415

    try:
        checked = check_issues(desk, desk.slugs(issues), _ask_shown if links else None)
        return checked._replace(findings=(*desk.strays(issues), *checked.findings))
    except IssueError as error:  # newsletter.yaml itself
        return Checked(error.findings, 0)


def _ask_shown(done: int, total: int, url: str) -> None:
    """Show how far the network is asked, on a terminal, in one line."""
    if sys.stderr.isatty():
        shown = "".join(sign if sign.isprintable() else "?" for sign in url)[:50]
        click.echo(f"\r\x1b[Kasking {done} of {total}  {shown}", err=True, nl=done == total)


@click.command()
@ISSUES_ARGUMENT
@JSON_OPTION
@click.pass_context
def build(context: click.Context, issues: tuple[str, ...], *, as_json: bool) -> None:
    """Compose issues and stage them in outbox/, one folder for each language.

    ISSUE is a name such as 2024-11, or a path; all issues if none is named.
    """
    desk = desk_of(context)
    staged, findings = built(desk, issues, quiet=as_json)
    if as_json:
        click.echo(json.dumps({"editions": [_described(one) for one in staged]}, indent=2))
    print_findings(findings, desk.folder, err=True)
    if findings:
        context.exit(EXIT_FINDINGS)


def built(
    desk: Desk, issues: tuple[str, ...], *, quiet: bool
) -> tuple[list[Staged], list[Finding]]:
    """Compose and stage issues; give what was staged, and what was wrong."""
    from infomail.wiring.proofs import build_issue  # noqa: PLC0415

    staged: list[Staged] = []
    try:
        slugs = desk.slugs(issues)
    except IssueError as error:  # newsletter.yaml itself
        return staged, list(error.findings)

    def done(one: Staged) -> None:
        staged.append(one)
        if not quiet:
            mark = "staged   " if one.changed else "unchanged"
            click.echo(f"{mark} {shown(one.folder)}  {one.digest[:12]}")

    findings = _with_progress("composing", slugs, lambda slug: build_issue(desk, slug, done))
    return staged, [*desk.strays(issues), *findings]


def _with_progress(
    label: str, slugs: tuple[str, ...], work: Callable[[str], Iterable[Finding]]
) -> list[Finding]:
    """Do the work for each issue; a bar shows on a terminal once there are many."""
    hidden = len(slugs) < _MANY_ISSUES or not sys.stderr.isatty()
    findings: dict[Finding, None] = {}
    with click.progressbar(slugs, label=label, file=sys.stderr, hidden=hidden) as bar:
        for slug in bar:
            findings.update(dict.fromkeys(work(slug)))
    return list(findings)


_MANY_ISSUES = 20


def _described(staged: Staged) -> dict[str, object]:
    return {
        "issue": staged.folder.parent.name,
        "language": staged.folder.name,
        "folder": str(staged.folder),
        "digest": staged.digest,
        "changed": staged.changed,
    }
