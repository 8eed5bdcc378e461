"""The command line keeps its promises: exit codes, streams, remedies, and no traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from infomail import __version__, cli

HEAVY = {"pydantic", "premailer", "lxml", "babel", "mjml", "jinja2", "PIL", "rich", "yaml", "nh3"}
ISSUE = """\
title: Monthly Update, November 2024
subject: "Monthly Update: two ports, one office"
preheader: What two ports agreed on this month, and who opened an office
date: 2024-11-20
news:
  items:
    - {id: one, title: Two ports agree, text: They signed on Friday.}
    - {id: two, title: An office opens, text: It stands beside the harbour.}
"""
BROKEN = ISSUE.replace("subject:", "subjekt:")


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Both streams."""
        return self.out + self.err


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process, through the same `main` as the real one."""

    def run_here(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["infomail", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            cli.main()
        assert isinstance(leaving.value.code, int)
        return Ran(leaving.value.code, *capsys.readouterr())

    return run_here


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    """A small newsletter with one clean issue; the commands run inside it."""
    monkeypatch.chdir(tmp_path)
    run("init", "nl")
    folder = tmp_path / "nl"
    for path in (folder / "issues").iterdir():
        path.unlink()
    (folder / "issues" / "2024-11.yaml").write_text(ISSUE, encoding="utf-8")
    newsletter = folder / "newsletter.yaml"
    text = newsletter.read_text(encoding="utf-8").replace("1000 Example City", "1000 Brussels")
    newsletter.write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def own(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the repository's own newsletter; the commands run inside it."""
    folder = tmp_path / "own"
    for name in ("issues", "templates"):
        shutil.copytree(repository / name, folder / name)
    shutil.copy(repository / "newsletter.yaml", folder)
    monkeypatch.chdir(folder)
    return folder


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own."""
    command = [sys.executable, "-m", "infomail", *arguments]
    environment = {**os.environ, **environment}
    return subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, env=environment, encoding="utf-8"
    )


def write(folder: Path, name: str, text: str) -> None:
    """Write an issue."""
    (folder / "issues" / name).write_text(text, encoding="utf-8")


def files_in(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def commands() -> Iterator[str]:
    """Name every command."""
    yield from cli.infomail.commands


def test_the_real_command_is_clean(folder: Path) -> None:
    """A process of its own ends with 0, says the summary on standard output, and nothing else."""
    ended = process("--newsletter", str(folder), "check")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "1 edition checked, nothing to mend\n"


def test_the_real_command_finds(folder: Path) -> None:
    """A process of its own ends with 1 when it found something, without escape codes in a pipe."""
    write(folder, "2024-12.yaml", BROKEN)
    ended = process("--newsletter", str(folder), "check", FORCE_COLOR="", NO_COLOR="")
    assert ended.returncode == 1
    assert "issues/2024-12.yaml:2:1: " in ended.stdout
    assert "\x1b" not in ended.stdout + ended.stderr


def test_the_real_command_refuses_wrong_use() -> None:
    """A process of its own ends with 2 for an option that does not exist."""
    ended = process("check", "--bogus")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "No such option" in ended.stderr


@pytest.mark.parametrize("command", ["", *commands()])
def test_help_helps(run: Run, command: str) -> None:
    """Each command describes itself, its options included, and ends with 0."""
    ran = run(*command.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    about, _, options = ran.out.partition("Options:")
    assert len(about.splitlines()[2].strip()) > 20
    assert "--help" in options


def test_every_option_has_help() -> None:
    """No option or command is without its help text."""
    groups = [cli.infomail, *cli.infomail.commands.values()]
    options = [
        parameter
        for command in groups
        for parameter in command.params
        if isinstance(parameter, click.Option)
    ]
    assert [option.name for option in options if not option.help] == []
    assert [command.name for command in groups if not command.help] == []


def test_help_loads_nothing_heavy() -> None:
    """Importing the command line imports none of the libraries that take long to load."""
    program = "import infomail.cli, sys; print(*sys.modules)"
    modules = subprocess.check_output([sys.executable, "-c", program], text=True).split()  # noqa: S603
    assert {module.partition(".")[0] for module in modules} & HEAVY == set()


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(run: Run, option: str) -> None:
    """The version is the package's."""
    assert run(option) == Ran(0, f"infomail, version {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--bogus"],
        ["bogus"],
        ["check", "--format", "xml"],
        ["check", "1999-01"],
        ["build", "1999-01"],
        ["check", ""],
        ["check", ".."],
        ["check", "nul\0"],
        ["check", "*"],
        ["check", "../newsletter.yaml"],
        ["check", "/etc/passwd"],
        ["check", "issues"],
        ["--newsletter", "issues", "check"],
        ["--newsletter", "issues", "demo"],
        ["new"],
        ["new", "December"],
        ["new", "x" * 300],
        ["init"],
        ["init", "."],
        ["init", "newsletter.yaml"],
        ["schema", "mail"],
    ],
    ids=repr,
)
@pytest.mark.usefixtures("folder")
def test_wrong_use(run: Run, arguments: list[str]) -> None:
    """Wrong use ends with 2, says what to do on standard error, and prints no result."""
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert " — " in ran.err or "Try 'infomail" in ran.err
    assert "Traceback" not in ran.err
    assert "a bug" not in ran.err


@pytest.mark.parametrize("command", ["check", "build", "new 2026-12"])
def test_no_newsletter(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Outside a newsletter folder, a command names the way to make one."""
    monkeypatch.chdir(tmp_path)
    ran = run(*command.split())
    assert (ran.code, ran.out) == (2, "")
    assert "infomail init DIR" in ran.err


@pytest.mark.parametrize("name", ["2024-11", "issues/2024-11.yaml", "./issues/2024-11.yaml"])
@pytest.mark.usefixtures("folder")
def test_an_issue_by_name_or_path(run: Run, name: str) -> None:
    """An issue is named by its slug or by its file."""
    assert run("check", name) == Ran(0, "1 edition checked, nothing to mend\n", "")


def test_an_issue_of_another_folder_is_refused(run: Run, folder: Path, tmp_path: Path) -> None:
    """A file outside this newsletter is no issue of it, even where the names are alike."""
    (tmp_path / "2024-11.yaml").write_text(ISSUE, encoding="utf-8")
    ran = run("check", str(tmp_path / "2024-11.yaml"))
    assert ran.code == 2
    assert str(folder / "issues") in ran.err


@pytest.mark.parametrize("below", ["issues", "templates", "some/where/below"])
def test_a_folder_below_finds_the_newsletter(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    """A command run anywhere inside the newsletter finds it, snippets included."""
    write(folder, "2024-12.yaml", BROKEN)
    (folder / below).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(folder / below)
    ran = run("check")
    assert ran.code == 1
    assert '     2 | subjekt: "Monthly Update: two ports, one office"\n       | ^\n' in ran.out


def test_text_is_snippets_and_then_the_summary(run: Run, folder: Path) -> None:
    """The text of a check points under the column, and its last line counts."""
    write(folder, "2024-11.yaml", ISSUE.replace("text: They", "txt: They", 1))
    ran = run("check")
    row = "    - {id: one, title: Two ports agree, txt: They signed on Friday.}"
    caret = " " * row.index("txt") + "^"
    assert f"     7 | {row}\n       | {caret}\n" in ran.out
    assert ran.out.splitlines()[-1].endswith("0 editions checked, 1 not before its file is mended")
    assert (ran.code, ran.err) == (1, "")


@pytest.mark.parametrize("arguments", [["--json"], ["--format", "json"]], ids=" ".join)
def test_check_as_json(run: Run, folder: Path, arguments: list[str]) -> None:
    """The JSON of a check is all there is on standard output, and nothing else is said."""
    write(folder, "2024-11.yaml", BROKEN)
    ran = run("check", *arguments)
    read: dict[str, Any] = json.loads(ran.out)
    assert (ran.code, ran.err) == (1, "")
    assert read["counts"]["error"] == len(read["findings"])
    assert {found["file"] for found in read["findings"]} == {"issues/2024-11.yaml"}


def test_check_as_annotations(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub gets the file as seen from where the command runs, the repository's top."""
    write(folder, "2024-11.yaml", BROKEN)
    monkeypatch.chdir(folder.parent)
    ran = run("--newsletter", "nl", "check", "--format", "github")
    assert ran.code == 1
    assert all(
        line.startswith("::error file=nl/issues/2024-11.yaml,line=")
        for line in ran.out.splitlines()
    )


@pytest.mark.usefixtures("folder")
def test_no_annotation_of_nothing(run: Run) -> None:
    """A clean check prints no annotation, not even an empty line."""
    assert run("check", "--format", "github") == Ran(0, "", "")


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--strict"], 1)], ids=["lax", "strict"])
def test_strict_makes_warnings_fail(run: Run, folder: Path, options: list[str], code: int) -> None:
    """A subject that is too short is a warning, which fails only a strict check."""
    write(folder, "2024-11.yaml", ISSUE.replace(": two ports, one office", ""))
    ran = run("check", *options)
    assert "[subject-len]" in ran.out
    assert ran.out.splitlines()[-1] == "1 warning; 1 edition checked"
    assert ran.code == code


def test_check_as_sarif(run: Run, folder: Path) -> None:
    """The SARIF of a check is a log of one run that names the file from where the command stood."""
    write(folder, "2024-11.yaml", BROKEN)
    ran = run("check", "--format", "sarif")
    [one] = json.loads(ran.out)["runs"]
    location = one["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "issues/2024-11.yaml"
    assert (ran.code, ran.err) == (1, "")


@pytest.mark.usefixtures("folder")
def test_a_rule_is_explained(run: Run) -> None:
    """A code is explained in words; one that there is not is wrong use."""
    assert "Gmail" in run("check", "--explain", "size-html").out
    ran = run("check", "--explain", "size-htm")
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean size-html" in ran.err


def test_links_are_asked_only_on_demand(run: Run, folder: Path) -> None:
    """A link into the own network is named by --links, without a knock at its door."""
    text = 'text: They signed on Friday., links: [The plan: "https://127.0.0.1:9/plan"]}'
    issue = ISSUE.replace("text: They signed on Friday.}", text)
    write(folder, "2024-11.yaml", f"{issue}silence: {{url-ip: A test}}\n")
    assert "link-private" not in run("check").out
    ran = run("check", "--links")
    assert "issues/2024-11.yaml:7:90: error: the link “https://127.0.0.1:9/plan”" in ran.out
    assert "[link-private]" in ran.out
    assert ran.code == 1


def test_what_is_silenced_is_shown_and_passes(run: Run, folder: Path) -> None:
    """A silenced warning is listed with its reason and fails not even a strict check."""
    short = ISSUE.replace(": two ports, one office", "")
    write(folder, "2024-11.yaml", f"{short}silence: {{subject-len: Our readers know us}}\n")
    ran = run("check", "--strict")
    assert "silenced: " in ran.out
    assert "[subject-len] — Our readers know us" in ran.out
    assert ran.out.splitlines()[-1] == "1 edition checked, nothing to mend; 1 silenced"
    assert ran.code == 0


def test_a_broken_newsletter_is_a_finding(run: Run, folder: Path) -> None:
    """A mistake in newsletter.yaml has its line and snippet, as one in an issue has."""
    text = (folder / "newsletter.yaml").read_text("utf-8").replace("list_id:", "listid:")
    (folder / "newsletter.yaml").write_text(text, encoding="utf-8")
    ran = run("check")
    assert ran.code == 1
    assert "| listid: monthly.example.org\n       | ^" in ran.out
    assert json.loads(run("check", "--json").out)["counts"]["error"] > 0
    built = run("build", "--json")
    assert (built.code, json.loads(built.out)) == (1, {"editions": []})
    assert "newsletter.yaml:" in built.err


def test_build_names_what_it_staged(run: Run, folder: Path) -> None:
    """A build says for each edition where it lies, and the second time that it is unchanged."""
    first, second = run("build"), run("build")
    assert (first.code, second.code) == (0, 0)
    digest = json.loads((folder / "outbox/2024-11/en/edition.json").read_bytes())["digest"][:12]
    assert first.out == f"staged    outbox/2024-11/en  {digest}\n"
    assert second.out == f"unchanged outbox/2024-11/en  {digest}\n"
    assert first.err == ""


def test_build_as_json(run: Run, folder: Path) -> None:
    """The JSON of a build is all there is on standard output; people's words go beside it."""
    write(folder, "2024-12.yaml", BROKEN)
    ran = run("build", "--json")
    [made] = json.loads(ran.out)["editions"]
    place = folder / "outbox" / "2024-11" / "en"
    digest = json.loads((place / "edition.json").read_bytes())["digest"]
    assert made == {
        "issue": "2024-11",
        "language": "en",
        "folder": str(place),
        "digest": digest,
        "changed": True,
    }
    assert ran.code == 1
    assert "issues/2024-12.yaml:2:1: " in ran.err


def test_a_broken_issue_does_not_stop_the_others(run: Run, folder: Path) -> None:
    """Good issues before and after a broken one are staged; its staged edition stays as it was."""
    write(folder, "2024-10.yaml", ISSUE)
    write(folder, "2024-12.yaml", ISSUE)
    run("build")
    before = files_in(folder / "outbox" / "2024-11")
    write(folder, "2024-11.yaml", BROKEN)
    for slug in ("2024-10", "2024-12"):
        write(folder, f"{slug}.yaml", ISSUE.replace("The first", "The very first"))
    ran = run("build")
    assert ran.code == 1
    assert [line.split()[1] for line in ran.out.splitlines()] == [
        "outbox/2024-10/en",
        "outbox/2024-12/en",
    ]
    assert "issues/2024-11.yaml:2:1: " in ran.err
    assert files_in(folder / "outbox" / "2024-11") == before


def test_a_new_newsletter_wants_an_address(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What init makes wants but the postal address of those who send, and is made only once."""
    monkeypatch.chdir(tmp_path)
    assert run("init", "nl").code == 0
    assert run("init", "nl").code == 2
    monkeypatch.chdir(tmp_path / "nl")
    ran = run("check", "--strict")
    assert (
        "newsletter.yaml:24:3: error: the postal address is the one of a new newsletter" in ran.out
    )
    assert ran.out.splitlines()[-1] == "1 error; 1 edition checked"
    assert run("build").code == 1


def test_init_names_the_files_and_the_next_step(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Init prints the files that it wrote, and on standard error what to do next."""
    monkeypatch.chdir(tmp_path)
    ran = run("init", "nl")
    assert all((tmp_path / name).is_file() for name in ran.out.splitlines())
    assert "cd nl" in ran.err


def test_a_new_issue_is_to_be_written(run: Run, folder: Path) -> None:
    """A new issue names its schema; what keeps a place in it is named; it is never overwritten."""
    assert run("new", "2026-12") == Ran(0, "issues/2026-12.yaml\n", "")
    text = (folder / "issues/2026-12.yaml").read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=../.infomail/issue.schema.json\n")
    ran = run("check", "--json", "2026-12")
    assert ran.code == 1
    assert {found["code"] for found in json.loads(ran.out)["findings"]} == {"placeholder-left"}
    assert run("new", "2026-12").code == 2
    assert (folder / "issues/2026-12.yaml").read_text("utf-8") == text


@pytest.mark.parametrize("what", ["", "issue", "translation", "newsletter"])
def test_schema(run: Run, what: str) -> None:
    """The schema is JSON Schema of draft 2020-12, and closed to unknown keys."""
    ran = run("schema", *what.split())
    schema = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False


@pytest.mark.usefixtures("own")
def test_demo_shows_where_to_look(run: Run) -> None:
    """The demo of the repository's newsletter is clean and names files that exist."""
    ran = run("demo")
    named = [name for line in ran.out.splitlines() if "preview" in line for name in line.split()]
    assert (ran.code, ran.err) == (0, "")
    assert len(named) == 2 * 5
    assert all(Path(name).is_file() for name in named)


def test_demo_needs_no_newsletter(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an empty folder the demo makes a sample, and takes the same one the next time."""
    monkeypatch.chdir(tmp_path)
    first, second = run("demo"), run("demo")
    assert (first.code, second.code) == (0, 0)
    assert "made a sample newsletter in infomail-demo" in first.out
    assert "made a sample" not in second.out
    assert [path.name for path in tmp_path.iterdir()] == ["infomail-demo"]


def test_demo_of_a_broken_issue(run: Run, folder: Path) -> None:
    """The demo ends with 1 and the finding when an issue is broken, and shows the others."""
    write(folder, "2024-12.yaml", BROKEN)
    ran = run("demo")
    assert ran.code == 1
    assert "issues/2024-12.yaml:2:1: " in ran.err
    assert "outbox/2024-11/en/preview.html" in ran.out


HOSTILE_ISSUES = {
    "empty": b"",
    "not utf-8": b"title: \xff\xfe",
    "utf-16": "title: x".encode("utf-16"),
    "nul": b"title: a\0b\n",
    "binary": bytes(range(256)) * 10,
    "list": b"- a\n- b\n",
    "unclosed": b"title: [a, {b: 'c\n",
    "alias bomb": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "python tag": b"title: !!python/object/apply:os.system [ls]\n",
    "deep": b"a: " + b"[" * 5_000,
    "many documents": b"title: a\n---\ntitle: b\n",
    "huge number": b"title: a\ndate: " + b"9" * 5_000,
    "escape codes": b'"\\e[31mred\\nkey": 1\n',
    "too large": b"# " + b"x" * 1_000_001,
}


@pytest.mark.parametrize("data", HOSTILE_ISSUES.values(), ids=HOSTILE_ISSUES)
def test_no_issue_is_a_bug(run: Run, folder: Path, data: bytes) -> None:
    """Whatever bytes an issue holds, it is a finding with a place; the good issue is staged."""
    (folder / "issues" / "2024-12.yaml").write_bytes(data)
    checked, built = run("check"), run("build")
    assert (checked.code, built.code) == (1, 1)
    assert "issues/2024-12.yaml:" in checked.out
    assert "outbox/2024-11/en" in built.out
    assert not {"Traceback", "a bug", "\x1b"} & set((checked.said + built.said).split())
    assert "\x1b" not in checked.said + built.said


def hostile_entries() -> dict[str, Callable[[Path], object]]:
    """Name what may stand in issues/ that is no readable issue, and how to put it there."""
    return {
        "a folder": lambda issues: (issues / "2024-12.yaml").mkdir(),
        "a link to itself": lambda issues: (issues / "2024-12.yaml").symlink_to("2024-12.yaml"),
        "a link to nowhere": lambda issues: (issues / "2024-12.yaml").symlink_to("nowhere"),
        "a link outside": lambda issues: (issues / "2024-12.yaml").symlink_to("/etc/hostname"),
        "a pipe": lambda issues: os.mkfifo(issues / "2024-12.yaml"),
        "a name of none": lambda issues: (issues / "December 2024.yaml").touch(),
        "a lonely translation": lambda issues: (issues / "2024-12.en.yaml").write_text("title: a"),
    }


def test_an_unknown_language_is_a_finding(run: Run, folder: Path) -> None:
    """A translation into a language that is none is refused; the source is staged."""
    write(folder, "2024-11.xx.yaml", "title: a\n")
    ran = run("build")
    assert "issues/2024-11.xx.yaml:1:1: error: the newsletter has no language xx" in ran.err
    assert "outbox/2024-11/en" in ran.out


@pytest.mark.parametrize("put", hostile_entries().values(), ids=hostile_entries())
def test_no_entry_is_a_bug(run: Run, folder: Path, put: Callable[[Path], object]) -> None:
    """Whatever stands in issues/, a command says what is the matter, with a remedy."""
    put(folder / "issues")
    for command in ("check", "build"):
        ran = run(command)
        assert ran.code in {1, 2}
        assert " — " in ran.said
        assert "a bug" not in ran.said


HOSTILE_TEMPLATES = {
    "unclosed block": b"{% if x",
    "unknown name": b"{{ nothing }}",
    "unknown attribute": b"{{ view.nothing }}",
    "unknown filter": b"{{ view | nothing }}",
    "missing include": b"{% include 'nothing.mjml' %}",
    "private attribute": b"{{ ''.__class__.__mro__ }}",
    "no mjml": b"Hello",
    "division by zero": b"{{ 1 / 0 }}",
    "endless inclusion": b"{% include 'mail.mjml' %}",
    "endless loop": b"{% for x in range(999999999) %}{% endfor %}",
    "html": b"<html><body>Hello</body></html>",
    "not utf-8": b"\xff\xfe",
    "empty": b"",
}


@pytest.mark.parametrize("command", ["check", "build"])
@pytest.mark.parametrize("source", HOSTILE_TEMPLATES.values(), ids=HOSTILE_TEMPLATES)
def test_no_template_is_a_bug(run: Run, folder: Path, source: bytes, command: str) -> None:
    """A broken template is named with a remedy, and nothing is staged."""
    (folder / "templates" / "mail.mjml").write_bytes(source)
    ran = run(command)
    assert ran.code == 1
    assert "mail.mjml" in ran.err
    assert " — " in ran.err
    assert "a bug" not in ran.err
    assert not (folder / "outbox" / "2024-11").exists()


def test_an_outbox_that_is_a_file(run: Run, folder: Path) -> None:
    """A build that cannot write says so with a remedy, and ends with 1."""
    (folder / "outbox").write_text("no folder", encoding="utf-8")
    ran = run("build")
    assert (ran.code, ran.out) == (1, "")
    assert "could not be written (Not a directory) — make room" in ran.err


def test_debug_shows_the_traceback(folder: Path) -> None:
    """With --debug, and only then, what failed is shown with its traceback."""
    (folder / "outbox").write_text("no folder", encoding="utf-8")
    there = ["--newsletter", str(folder), "build"]
    quiet, loud = process(*there), process("--debug", *there)
    assert (quiet.returncode, loud.returncode) == (1, 1)
    assert "Traceback" not in quiet.stderr
    assert "Traceback" in loud.stderr
    assert "OutboxError" in loud.stderr


def test_a_full_device_is_no_bug(folder: Path) -> None:
    """When standard output cannot be written, the command says so and ends with 1."""
    command = [sys.executable, "-m", "infomail", "--newsletter", str(folder), "check"]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(  # noqa: S603
            command, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ended.returncode == 1
    assert "No space left" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "a bug" not in ended.stderr


def test_a_reader_that_left_is_no_bug(folder: Path) -> None:
    """When the reader of a pipe has left, the command ends quietly."""
    command = [sys.executable, "-m", "infomail", "--newsletter", str(folder), "schema"]
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(  # noqa: S603
        command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, "")


@pytest.mark.parametrize(
    ("fallback", "code", "said"),
    [
        ("false", 1, "issues/2024-11.fr.yaml:1:1: error: French: 1 of 2 items untranslated — "),
        ("true", 0, "issues/2024-11.fr.yaml:1:1: note: French: 1 of 2 items untranslated — "),
    ],
    ids=["required", "allowed"],
)
def test_a_gap_in_a_translation(
    run: Run, folder: Path, fallback: str, code: int, said: str
) -> None:
    """An untranslated item is an error, or a note where the newsletter lets it fall back."""
    text = (folder / "newsletter.yaml").read_text("utf-8")
    text = text.replace("languages: [en]", f"languages: [en, fr]\nallow_fallback: {fallback}")
    (folder / "newsletter.yaml").write_text(text, encoding="utf-8")
    item = "news: {items: [{id: one, title: A, text: B.}]}\n"
    write(folder, "2024-11.fr.yaml", f"title: A\nsubject: B\npreheader: C\n{item}")
    ran = run("check")
    assert said in ran.out
    assert ran.code == code
