"""The documents are true: every command runs, every sample loads, every reference is current."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from infomail import load
from infomail.cli import infomail

REPOSITORY = Path(__file__).parents[1]
DOCUMENTS = sorted([REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NEWSLETTER = load.parse_newsletter(
    load.SourceText(
        "newsletter.yaml",
        "name: N\norganisation: O\nsender: {name: N, address: n@example.org}\n"
        "languages: [en, fr, ar]\nlist_id: n.example.org\npublic_url: https://n.example.org/\n"
        "postal_address: P\nreason: R\n",
    )
)


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


def test_every_command_of_the_tutorial_runs(tmp_path: Path) -> None:
    """A newcomer who types the tutorial's commands in their order meets no error."""
    folder = tmp_path
    for line in "".join(blocks(REPOSITORY / "docs" / "tutorial.md", "sh")).splitlines():
        words = shlex.split(line)
        if words[0] == "cd":
            folder = folder / words[1]
            continue
        _run(words, folder)

    assert (folder / "outbox" / "2030-06" / "en" / "preview.html").is_file()


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
