"""What people see on a terminal: findings with their lines, and short paths."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from infomail.model.finding import Finding


def print_findings(findings: Iterable[Finding], folder: Path, *, err: bool) -> None:
    """Print findings, each with the line it is about."""
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


def shown(path: Path) -> str:
    """Show a path as short as it can be from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
