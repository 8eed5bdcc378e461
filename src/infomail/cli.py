"""The command line: reads arguments, calls the modules, prints, and leaves with an exit code.

Exit codes: 0 fine, 1 findings or failed work, 2 wrong use, 130 Ctrl-C. Results go to standard
output, people's words to standard error. Heavy modules are imported by the command that needs
them, so that help comes at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from infomail import __version__
from infomail.errors import InfomailError, IssueError, SettingsError

if TYPE_CHECKING:
    from typing import Unpack

    from infomail.model.finding import Finding
    from infomail.outbox import Staged
    from infomail.wiring import Checked, Desk

EXIT_FINDINGS = 1
EXIT_WRONG_USE = 2
EXIT_INTERRUPTED = 130

_ISSUES = click.argument("issues", nargs=-1, metavar="[ISSUE]...")
_JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")


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
        # The reader of a pipe left; Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
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
        return EXIT_WRONG_USE if isinstance(error, SettingsError) else EXIT_FINDINGS
    if isinstance(error, OSError):
        click.echo(f"infomail: {error} — mend that and run again", err=True)
        return EXIT_FINDINGS
    name = type(error).__name__
    remedy = "run `infomail --debug …` and report it"
    click.echo(f"infomail: a bug: {name}: {error} — {remedy}", err=True)
    return EXIT_FINDINGS


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="infomail")
@click.option(
    "--newsletter",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The newsletter folder; else the one you stand in.",
)
@click.option("--debug", is_flag=True, help="Show a traceback when something fails.")
@click.pass_context
def infomail(context: click.Context, folder: Path | None, *, debug: bool) -> None:
    """Compose newsletters written as YAML into accessible mail.

    \b
    infomail demo             see the whole chain at work, nothing leaves the machine
    infomail init DIR         begin a newsletter of your own
    infomail new 2026-12      begin an issue
    infomail check            find what is wrong, at the line you wrote
    infomail build            compose, into outbox/
    """  # noqa: D301  # \b is click's mark for lines to keep
    del debug  # `main` looks for it before arguments are parsed
    context.obj = folder


def _folder(context: click.Context) -> Path:
    """Find the newsletter folder: the one named, else this one, else the nearest above."""
    named: Path | None = context.obj
    if named is not None:
        return named
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "newsletter.yaml").is_file():
            return folder
    return here


def _desk(context: click.Context) -> Desk:
    from infomail.wiring import Desk  # noqa: PLC0415

    return Desk(_folder(context))


class _Asked(TypedDict):
    """The options of `check`."""

    style: str
    strict: bool
    as_json: bool
    links: bool
    explain: str | None


@infomail.command()
@_ISSUES
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
@_JSON
@click.pass_context
def check(context: click.Context, issues: tuple[str, ...], **asked: Unpack[_Asked]) -> None:
    """Find what is wrong in issues, each with its line and a remedy.

    ISSUE is a name such as 2024-11, or a path; all issues if none is named.
    """
    from infomail import report  # noqa: PLC0415

    if asked["explain"]:
        click.echo(report.explained(asked["explain"]))
        return
    desk = _desk(context)
    checked = _checked(desk, issues, links=asked["links"])
    findings = checked.findings
    style = "json" if asked["as_json"] else asked["style"]
    if style == "text":
        _print_findings(findings, desk.folder, err=False)
        click.echo(report.summary(*checked))
    else:
        written = _for_programs(style, findings, _shown(desk.folder))
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


def _checked(desk: Desk, issues: tuple[str, ...], *, links: bool = False) -> Checked:
    from infomail.wiring import Checked  # noqa: PLC0415

    try:
        checked = desk.check(desk.slugs(issues), _ask_shown if links else None)
        return checked._replace(findings=(*desk.strays(issues), *checked.findings))
    except IssueError as error:  # newsletter.yaml itself
        return Checked(error.findings, 0)


def _ask_shown(done: int, total: int, url: str) -> None:
    """Show how far the network is asked, on a terminal, in one line."""
    if sys.stderr.isatty():
        shown = "".join(sign if sign.isprintable() else "?" for sign in url)[:50]
        click.echo(f"\r\x1b[Kasking {done} of {total}  {shown}", err=True, nl=done == total)


@infomail.command()
@_ISSUES
@_JSON
@click.pass_context
def build(context: click.Context, issues: tuple[str, ...], *, as_json: bool) -> None:
    """Compose issues and stage them in outbox/, one folder for each language.

    ISSUE is a name such as 2024-11, or a path; all issues if none is named.
    """
    desk = _desk(context)
    staged, findings = _build(desk, issues, quiet=as_json)
    if as_json:
        click.echo(json.dumps({"editions": [_described(one) for one in staged]}, indent=2))
    _print_findings(findings, desk.folder, err=True)
    if findings:
        context.exit(EXIT_FINDINGS)


def _build(
    desk: Desk, issues: tuple[str, ...], *, quiet: bool
) -> tuple[list[Staged], list[Finding]]:
    staged: list[Staged] = []
    try:
        slugs = desk.slugs(issues)
    except IssueError as error:  # newsletter.yaml itself
        return staged, list(error.findings)

    def done(one: Staged) -> None:
        staged.append(one)
        if not quiet:
            mark = "staged   " if one.changed else "unchanged"
            click.echo(f"{mark} {_shown(one.folder)}  {one.digest[:12]}")

    findings = _with_progress("composing", slugs, lambda slug: desk.build(slug, done))
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


@infomail.command()
@click.pass_context
def demo(context: click.Context) -> None:
    """See the whole chain at work on this folder's issues; nothing leaves the machine."""
    from infomail import report  # noqa: PLC0415

    desk = _demo_desk(context)
    checked = _checked(desk, ())
    findings = checked.findings
    _print_findings((one for one in findings if not one.silenced), desk.folder, err=True)
    click.echo(f"check: {report.summary(*checked)}")
    staged, problems = _build(desk, (), quiet=True)
    click.echo(f"build: {len(staged)} editions staged in {_shown(desk.outbox)}")
    if staged:
        click.echo("\nOpen these in a browser to see the mail and its web page:")
    for one in staged:
        click.echo(f"  {_shown(one.folder / 'preview.html')}  {_shown(one.folder / 'page.html')}")
    if staged:
        click.echo("and message.txt, message.eml and edition.json beside them.")
    if problems or any(one.stops for one in findings):
        context.exit(EXIT_FINDINGS)


def _demo_desk(context: click.Context) -> Desk:
    import datetime  # noqa: PLC0415

    from infomail.skeletons import DEMO_ADDRESS, make_newsletter, write_schemas  # noqa: PLC0415
    from infomail.wiring import Desk  # noqa: PLC0415

    folder = _folder(context)
    if context.obj is None and not (folder / "newsletter.yaml").is_file():
        folder = folder / "infomail-demo"
        if not (folder / "newsletter.yaml").is_file():
            today = datetime.datetime.now(datetime.UTC).date()
            make_newsletter(folder, today, DEMO_ADDRESS)
            click.echo(f"made a sample newsletter in {_shown(folder)}")
    # The first line of each issue tells editors to look for the schema here.
    write_schemas(folder)
    return Desk(folder)


@infomail.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def init(folder: Path) -> None:
    """Make a newsletter folder with a sample issue, templates and schemas."""
    import datetime  # noqa: PLC0415

    from infomail.skeletons import make_newsletter  # noqa: PLC0415

    written = make_newsletter(folder, datetime.datetime.now(datetime.UTC).date())
    for path in written:
        click.echo(_shown(path))
    click.echo(
        f"\nNext: cd {_shown(folder)}, edit newsletter.yaml, then `infomail build`", err=True
    )


@infomail.command()
@click.argument("slug", metavar="NAME")
@click.pass_context
def new(context: click.Context, slug: str) -> None:
    """Begin an issue: write issues/NAME.yaml, with the schema line for editors.

    NAME is usually a month, such as 2026-12.
    """
    import datetime  # noqa: PLC0415

    from infomail.load import load_newsletter  # noqa: PLC0415
    from infomail.skeletons import make_issue  # noqa: PLC0415

    folder = _folder(context)
    load_newsletter(folder)
    today = datetime.datetime.now(datetime.UTC).date()
    click.echo(_shown(make_issue(folder, slug, today)))


@infomail.command()
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


def _print_findings(findings: Iterable[Finding], folder: Path, *, err: bool) -> None:
    from infomail import report  # noqa: PLC0415

    listed = tuple(findings)
    if listed:
        text = report.as_text(listed, lambda name: _lines(folder, name))
        click.echo(text, err=err, color=False if os.environ.get("NO_COLOR") else None)


def _lines(folder: Path, name: str) -> list[str]:
    path = folder / name
    try:
        # Reading from a pipe that carries an issue's name would wait for ever, and what lies
        # outside the newsletter folder is nobody's to show.
        inside = path.resolve().is_relative_to(folder.resolve())
        readable = inside and path.is_file() and path.stat().st_size <= _MAX_SHOWN_FILE_BYTES
        return path.read_text(encoding="utf-8-sig").splitlines() if readable else []
    except (OSError, RuntimeError, UnicodeDecodeError):
        return []


_MAX_SHOWN_FILE_BYTES = 2_000_000


def _shown(path: Path) -> str:
    """Show a path as short as it can be from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
