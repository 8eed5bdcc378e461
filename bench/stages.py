"""Where the time of the chain goes: a stopwatch put around its functions while it runs.

Each stage is given the time spent in it but not in a stage inside it, so that the stages and
"the rest" add up to the whole. A function that has gone or was renamed is named as missing, and
its time counts to what called it. Watching costs something; the figures of `compose.py` proper
are taken without it.
"""

from __future__ import annotations

import functools
import importlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

REST = "the rest"

STAGES = {
    "yaml: text to tree": "infomail.load.text.read_tree",
    "model: pydantic": "infomail.load.text._validated",
    "model: ids and overlay": "infomail.load.text.parse_manuscript",
    "layout: facts, dates, countries": "infomail.compose.edition.lay_out",
    "layout: markdown": "infomail.compose.layout.render",
    "mail: xml parse": "infomail.compose.mjml._parse",
    "mail: validate": "infomail.compose.mjml._validate",
    "mail: premailer": "infomail.compose.mjml.inline",
    "mail: serialise, references back": "infomail.compose.edition.compile_mail",
    "mail: mrml": "mjml.mjml2html",
    "mail: mend": "infomail.compose.mjml._mend",
    "mail: minify": "infomail.compose.edition.minify",
    "text: wrap": "infomail.compose.edition.flow",
}
"""What each stage is called here, and the function that does it, where its caller looks it up."""

_TEMPLATES = "infomail.compose.theme.Theme.render"


class Stopwatch:
    """Collects the time that each stage took, in milliseconds."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.ms: dict[str, float] = defaultdict(float)
        self.missing: list[str] = []
        self._stack: list[float] = []

    def begin(self) -> None:
        """Forget what was measured so far."""
        self.ms = defaultdict(float)

    def timed(self, stage: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401  # whatever it gives
        """Do the work and book its own time on the stage."""
        self._stack.append(0.0)
        start = time.perf_counter()
        try:
            return work()
        finally:
            took = time.perf_counter() - start
            self.ms[stage] += 1000 * (took - self._stack.pop())
            if self._stack:
                self._stack[-1] += took

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch all stages until the block ends."""
        with ExitStack() as patches:
            for stage, target in STAGES.items():
                self._watch(patches, target, lambda *_arguments, stage=stage, **_named: stage)
            self._watch(patches, _TEMPLATES, _template_stage)
            yield

    def _watch(self, patches: ExitStack, target: str, stage_of: Callable[..., str]) -> None:
        original = _find(target)
        if original is None:
            self.missing.append(target)
            return

        @functools.wraps(original)
        def watched(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  # as the original
            stage = stage_of(*arguments, **named)
            return self.timed(stage, lambda: original(*arguments, **named))

        patches.enter_context(patch(target, watched))


def _template_stage(_theme: object, name: str, *_rest: object, **_values: object) -> str:
    return f"jinja: {name}"


def _find(target: str) -> Callable[..., Any] | None:
    """Look a dotted name up; None if there is no such function any more."""
    *steps, name = target.split(".")
    for length in range(len(steps), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(steps[:length]))
        except ModuleNotFoundError:
            continue
        for step in (*steps[length:], name):
            found = getattr(found, step, None)
        return found if callable(found) else None
    return None
