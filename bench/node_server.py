"""A node process that stays warm: one JSON line in, one JSON line out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any


class NodeServer:
    """Runs one of the `*_server.cjs` beside this file."""

    def __init__(self, node: str, script: str, node_modules: Path) -> None:
        """Start node and wait until it has loaded what it serves."""
        server = Path(__file__).with_name(script)
        self._process = subprocess.Popen(
            [node, str(server), str(node_modules)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        self.about = self._answer()

    def ask(self, **question: str) -> dict[str, Any]:
        """Ask one question; the answer holds milliseconds as node measured them."""
        assert self._process.stdin is not None  # noqa: S101  # it was asked for
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101  # it was asked for
        line = self._process.stdout.readline()
        if not line:
            sys.exit("node ended; its message stands above")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def start_server(package: str, script: str, node_modules: Path) -> NodeServer | None:
    """Start a server for an npm package, or say by name what is skipped without it."""
    node = shutil.which("node")
    if node and (node_modules / package).is_dir():
        return NodeServer(node, script, node_modules.resolve())
    problem = "there is no node" if node is None else f"there is no {package} in {node_modules}"
    print(f"{package} is skipped: {problem}; npm install --prefix bench")
    return None
