"""A terminal on which the real program runs, and what it shows."""

from __future__ import annotations

import os
import pty
import re
import select
import sys
from typing import Self

from tests.journeys.paper import GENEROUS_SECONDS, Paper

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A pseudo-terminal with `python -m infomail` on it; a context, at whose end it has ended."""

    def __init__(self, paper: Paper, *arguments: str) -> None:
        """Start the program in the newsletter's folder."""
        self.raw = ""
        self.code = -1
        command = [sys.executable, "-m", "infomail", *arguments]
        self._pid, self._line = pty.fork()
        if not self._pid:
            os.chdir(paper.folder)
            os.execv(sys.executable, command)  # noqa: S606  # the program itself

    def __enter__(self) -> Self:
        """Give the terminal."""
        return self

    def __exit__(self, *_: object) -> None:
        """Read what is left, and wait for the end."""
        while self._read():
            pass
        os.close(self._line)
        self.code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    @property
    def shown(self) -> str:
        """What it showed, without colours and movements of the cursor."""
        return _CONTROL.sub("", self.raw).replace("\r\n", "\n")

    def close(self) -> None:
        """Close the window."""
        os.close(self._line)
        self._line = os.open(os.devnull, os.O_RDONLY)

    def until(self, words: str) -> None:
        """Read until it has shown something."""
        while words not in self.shown:
            assert self._read(), self.raw

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._line, keys.encode())

    def _read(self) -> bool:
        ready, _, _ = select.select([self._line], [], [], GENEROUS_SECONDS)
        assert ready, self.raw
        try:
            data = os.read(self._line, 65536)
        except OSError:  # EIO: nobody is at the other end any more
            return False
        self.raw += data.decode("utf-8", "replace")
        return bool(data)
