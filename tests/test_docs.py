"""The documents are true: every command runs, every sample loads, every reference is current."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import httpx
import pytest
from PIL import Image

from infomail import load
from infomail.cli import infomail
from infomail.errors import IssueError
from infomail.report import as_text

REPOSITORY = Path(__file__).parents[1]
DOCUMENTS = sorted([REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")])
HOW_TO = REPOSITORY / "docs" / "how-to"
FROM_A_LIST = "from-a-list-to-the-first-send.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NEWSLETTER_TEXT = """
name: N
organisation: O
sender: {name: N, address: n@example.org}
languages: [en, fr, ar]
list_id: n.example.org
public_url: https://n.example.org/
postal_address: Rue du Port 5
reason: You subscribed.
silence: {languages-out-of-step: A sample in one language}
"""
NEWSLETTER = load.parse_newsletter(load.SourceText("newsletter.yaml", NEWSLETTER_TEXT))


def blocks(path: Path, language: str) -> list[str]:
    """Give the fenced blocks of a document that are in `language`."""
    found = FENCE.findall(path.read_text(encoding="utf-8"))
    return [text for name, text in found if name == language]


def _samples() -> list[tuple[str, str]]:
    return [(path.name, text) for path in DOCUMENTS for text in blocks(path, "yaml")]


@pytest.mark.parametrize(("name", "sample"), _samples())
def test_every_yaml_sample_loads(name: str, sample: str) -> None:
    """A sample that readers copy is a valid newsletter, issue or translation."""
    first = sample.split("\n", maxsplit=1)[0]
    file = first.removeprefix("# ").strip()
    assert file.endswith(".yaml"), f"{name}: a sample begins with its file's name"

    if file == "newsletter.yaml":
        load.parse_newsletter(load.SourceText(file, sample))
    elif file.count(".") == 1:
        load.parse_manuscript("sample", NEWSLETTER, load.SourceText(file, sample))
    else:
        source_file = re.sub(r"\.\w+\.yaml$", ".yaml", file)
        source = next(text for _, text in _samples() if text.startswith(f"# {source_file}"))
        words = load.SourceText(file, sample, file.split(".")[-2])
        manuscript = load.parse_manuscript(
            "sample", NEWSLETTER, load.SourceText(source_file, source), words
        )
        assert manuscript.gaps == ()


def followed(document: Path, folder: Path) -> Path:
    """Do word for word what a document says; give the folder in which it ends."""
    for language, text in FENCE.findall(document.read_text("utf-8")):
        if language == "yaml":
            (folder / text.split("\n")[0].removeprefix("# ")).write_text(text, encoding="utf-8")
        if language == "csv":
            (folder / "people.csv").write_text(text, encoding="utf-8")
        for line in text.splitlines() if language == "sh" else ():
            words = shlex.split(line)
            if words[0] == "cd":
                folder = folder / words[1]
            elif words == ["infomail", "serve"]:
                _serve(folder)
            else:
                _run(words, folder)
    return folder


def test_every_command_of_the_tutorial_runs(tmp_path: Path) -> None:
    """A newcomer who types the tutorial's commands in their order meets no error."""
    folder = followed(REPOSITORY / "docs/tutorial.md", tmp_path)
    assert (folder / "outbox" / "2030-06" / "en" / "preview.html").is_file()


def test_from_a_list_to_the_first_send(tmp_path: Path) -> None:
    """Whoever follows the how-to word for word has sent an issue to all, and erased one of them."""
    folder = followed(HOW_TO / FROM_A_LIST, tmp_path)
    letters = sorted(file.stem for file in (folder / "outbox/2030-11/letters").glob("*.eml"))
    assert letters == [
        "info@example.com",
        "mila@example.net",
        "remi@example.org",
    ]
    exported = (folder / "all.csv").read_text("utf-8")
    assert "jo@example.org" in exported
    assert "ana@example.org" not in exported


@pytest.mark.parametrize(
    "document",
    sorted(set(HOW_TO.glob("*.md")) - {HOW_TO / FROM_A_LIST}),
    ids=lambda path: path.stem,
)
def test_every_command_of_a_how_to_runs(tmp_path: Path, document: Path) -> None:
    """What a how-to tells to type, in its order, ends well in a newsletter with an issue."""
    folder = tmp_path / "ours"
    (folder / "issues").mkdir(parents=True)
    (folder / "newsletter.yaml").write_text(NEWSLETTER_TEXT, encoding="utf-8")
    (folder / "issues" / "2030-09.yaml").write_text(UNLINKED, encoding="utf-8")
    for text in blocks(document, "text"):
        if text.startswith("address,"):
            (folder / "subscribers.csv").write_text(text, encoding="utf-8")
    for line in "".join(blocks(document, "sh")).splitlines():
        words, _, target = line.partition(" > ")
        assert target in {"", "findings.sarif"}
        _run(shlex.split(words), folder)


def test_the_finding_in_the_how_to_is_real(tmp_path: Path) -> None:
    """What the how-to shows is what its sample makes infomail say, to the letter."""
    document = REPOSITORY / "docs" / "how-to" / "check-an-issue.md"
    (tmp_path / "issues" / "assets").mkdir(parents=True)
    (tmp_path / "newsletter.yaml").write_text(NEWSLETTER_TEXT, encoding="utf-8")
    sample = blocks(document, "yaml")[0]
    (tmp_path / "issues" / "2030-10.yaml").write_text(sample, encoding="utf-8")
    picture = Image.new("RGB", (720, 480), "#27506f")
    picture.save(tmp_path / "issues" / "assets" / "harbour.jpg")
    command = [sys.executable, "-m", "infomail", "check"]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(  # noqa: S603  # the documents' own command
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    shown = blocks(document, "text")[0].splitlines()
    assert "\n".join(shown[:-1]) in done.stdout


def test_the_findings_in_the_readme_are_real() -> None:
    """What the README shows is what its sample, with the two mistakes, makes infomail say."""
    readme = REPOSITORY / "README.md"
    wrong = blocks(readme, "yaml")[0].replace("UG]", "Uganda]").replace("proposals", "proposal")
    source = load.SourceText("issues/2026-12.yaml", wrong)
    with pytest.raises(IssueError) as refused:
        load.parse_manuscript("2026-12", NEWSLETTER, source)
    written = as_text(refused.value.findings, lambda _: wrong.splitlines())
    assert click.unstyle(written) == blocks(readme, "text")[0].rstrip("\n")


UNLINKED = """
title: Monthly Update, September 2030
subject: "Monthly Update: a harbour for everyone"
preheader: How one town made its ferry terminal accessible in a single summer
date: 2030-09-01
news:
  - title: A harbour for everyone
    text: A ramp leads from the quay to the ferry.
"""
"""An issue that leads nowhere: no test asks the network."""


def test_the_readmes_first_line_runs(tmp_path: Path) -> None:
    """The demo that the README begins with ends well, outside a newsletter folder too."""
    lines = "".join(blocks(REPOSITORY / "README.md", "sh")).splitlines()
    assert lines == ["pip install -e . && infomail demo", "pip install -e '.[dev]' && pytest"]

    _run(["infomail", "demo"], tmp_path)


def _run(words: list[str], folder: Path) -> None:
    assert words[0] == "infomail"
    command = [sys.executable, "-m", *words]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(  # noqa: S603  # the documents' own commands
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"


def _serve(folder: Path) -> None:
    """Start the public pages at a port that is free, ask for one, and end them."""
    command = [sys.executable, "-m", "infomail", "serve", "--port", "0"]
    serving = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert serving.stderr is not None
        first = serving.stderr.readline()
        found = re.search(r"join: (\S+)\)", first)
        assert found, first + serving.stderr.read()
        answer = httpx.get(found[1], trust_env=False, timeout=30)
    finally:
        serving.terminate()
        serving.communicate(timeout=30)
    assert answer.status_code == 200
    assert "Monthly Update" in answer.text
    assert serving.returncode == 0


def test_ci_runs_the_readmes_line() -> None:
    """What CI runs is what the README tells developers to run."""
    line = "pip install -e '.[dev]' && pytest"
    script = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")

    assert line in (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert "-e '.[dev]' && pytest" in script


def test_every_command_is_in_the_readme() -> None:
    """The README names every command there is, and no other."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `infomail (\w+)", readme, re.MULTILINE))

    assert named == set(infomail.commands)


def test_the_reference_is_current() -> None:
    """The generated pages are what the code would write today."""
    spec = importlib.util.spec_from_file_location("generate", REPOSITORY / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    for name, text in module.pages().items():
        assert (REPOSITORY / "docs" / "reference" / name).read_text(encoding="utf-8") == text


def _links() -> list[tuple[Path, str]]:
    everywhere = [*DOCUMENTS, *REPOSITORY.glob("*.md")]
    return [
        (path, target)
        for path in sorted(set(everywhere))
        for target in re.findall(r"\]\(([^)#:]+\.\w+)\)", path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("path", "target"), _links())
def test_every_link_between_documents_leads_somewhere(path: Path, target: str) -> None:
    """No document points at a file that is not there."""
    assert (path.parent / target).exists()
