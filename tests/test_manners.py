"""The gates that keep the code as it is meant to be, run as tests."""

from __future__ import annotations

import ast
import inspect
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from infomail import errors

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
SOURCES = sorted((Path(__file__).parents[1] / "src").rglob("*.py"))
GATES = ["lint-imports", "mypy", "ruff check", "ruff format --check"]


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_is_passed(repository: Path, gate: str) -> None:
    """The tool finds nothing."""
    name, *arguments = gate.split()
    tool = shutil.which(name, path=sysconfig.get_path("scripts"))
    assert tool, f"{name} is missing — install infomail[dev]"
    ended = subprocess.run(  # noqa: S603
        [tool, *arguments], cwd=repository, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"


def test_no_file_is_long() -> None:
    """No source file has more than 400 lines."""
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def functions() -> Iterator[tuple[str, int]]:
    """Name every function of the package with the number of its lines."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno is not None
                yield f"{path.name}: {node.name}", node.end_lineno - node.body[0].lineno + 1


def test_no_function_is_long() -> None:
    """No function body has more than 50 lines, its docstring included."""
    assert [name for name, lines in functions() if lines > MAX_FUNCTION_LINES] == []


def test_every_error_is_described() -> None:
    """Every exception of the package is one of the tree, and its docstring says when it comes."""
    classes = [cls for _, cls in inspect.getmembers(errors, inspect.isclass)]
    assert all(issubclass(cls, errors.InfomailError) for cls in classes)
    assert [cls.__name__ for cls in classes if not cls.__doc__] == []
    drawn = errors.__doc__ or ""
    assert [cls.__name__ for cls in classes if cls.__name__ not in drawn] == []
