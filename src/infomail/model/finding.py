"""What is wrong, where, and what to do: the one shape of everything infomail says about an issue.

A finding never stands for a bug in infomail; it always tells a person how to put their file right.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple


class Severity(enum.StrEnum):
    """How much a finding matters: an error stops a send, a warning does not, an info only tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Place(NamedTuple):
    """One position in a file of the newsletter folder.

    Attributes:
        file: path as shown to people, relative to the newsletter folder where it lies inside.
        line: first line is 1.
        column: first column is 1, counted in code points.
    """

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Show the place the way compilers do, so that editors and terminals make it a link."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem: its stable code, what is the matter, what to do, and where.

    Attributes:
        code: stable name of the rule, such as `unknown-key`.
        severity: what it means for a send.
        message: what is the matter, in the staff's words.
        remedy: what to do about it; never empty.
        place: the line to mend; None when the problem is a whole file's.
        item: the part of the issue it is about, such as "news: A new observatory"; else empty.
        silenced: why staff want to hear no more of it; empty where it counts.
    """

    code: str
    severity: Severity
    message: str
    remedy: str
    place: Place | None = None
    item: str = ""
    silenced: str = ""

    @property
    def stops(self) -> bool:
        """Whether it stops a send: an error that nobody silenced."""
        return self.severity is Severity.ERROR and not self.silenced

    @property
    def warns(self) -> bool:
        """Whether it is a warning that nobody silenced."""
        return self.severity is Severity.WARNING and not self.silenced

    def __str__(self) -> str:
        """Say the finding on one line: place, message, remedy and code."""
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.message} — {self.remedy} [{self.code}]"
