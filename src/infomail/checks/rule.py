"""What a rule is: a code, what it demands and why, and the function that looks for faults.

A rule is written as one function that yields faults. The first sentence of its docstring is what
it demands, the rest is why and what readers see; both are printed in docs/reference/checks.md.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from infomail.model.finding import Place, Severity
from infomail.model.manuscript import Path

if TYPE_CHECKING:
    from infomail.checks.proof import Proof

MAIL_TEMPLATE: Path = ("templates/mail.mjml",)
"""The path of a fault that only a designer can mend."""
PAGE_TEMPLATE: Path = ("templates/page.html",)
TEXT_TEMPLATE: Path = ("templates/message.txt",)


class Source(NamedTuple):
    """Where a demand comes from."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a rule found.

    Attributes:
        message: what is the matter, in the staff's words.
        remedy: what to do about it.
        path: the part of the issue to mend, the first step of which may be a file's name.
        needle: the words in that part, as they are written.
        severity: where it is not the rule's own.
        place: where to mend it, if it is known already and `path` does not lead there.
    """

    message: str
    remedy: str
    path: Path = ()
    needle: str = ""
    severity: Severity | None = None
    place: Place | None = None


Judge = Callable[["Proof"], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the check.

    Attributes:
        code: stable name, such as "img-alt-missing".
        severity: of its faults, where they do not say otherwise.
        sources: where the demand comes from.
        judge: finds the faults; it never raises and never changes anything.
        firm: nobody can silence it, because the law or readers' safety depend on it.
    """

    code: str
    severity: Severity
    sources: tuple[Source, ...]
    judge: Judge
    firm: bool = False

    @property
    def demand(self) -> str:
        """What the rule demands, in one sentence."""
        return self._doc.partition("\n\n")[0].replace("\n", " ")

    @property
    def reason(self) -> str:
        """Why, and what readers see where it is not so; empty if the demand says it all."""
        return self._doc.partition("\n\n")[2]

    @property
    def _doc(self) -> str:
        return inspect.cleandoc(self.judge.__doc__ or "")


def and_more(found: Sized) -> str:
    """Say how many there are besides the one that a message names; nothing if there are none."""
    return f" (and {len(found) - 1} more)" if len(found) > 1 else ""


def rule(
    code: str, severity: Severity, *sources: Source, firm: bool = False
) -> Callable[[Judge], Rule]:
    """Make a rule of a function that yields faults."""
    return lambda judge: Rule(code, severity, sources, judge, firm)
