"""How long composing takes, beside npm's mjml 5 on the same mail; one interleaved run.

Each round composes issues whose texts were never seen before (see `issue20.py`), in turn:

    A  the whole chain, YAML text to edition: html, text and page (English)
    h  the mail's html alone, from the manuscript: lay out, render, inline, compile, minify
    e  the whole chain again after one sentence of A was changed, as in a preview
    a  the whole chain for the Arabic edition, two YAML texts
    B  mjml 5 in a warm node process, compiling the very MJML that our theme rendered in A;
       timed by node itself, without the pipe, validationLevel soft, minify off
    U  mjml 5 on the same issue as MJML is usually written (`usual.mjml`)

Pictures are prepared beforehand, as they are when unchanged. Three rounds warm up both sides (in
each of them mjml compiles ten mails). Stages are timed in rounds of their own afterwards. Garbage
is collected before each measurement, outside it.

    npm install --prefix bench
    python bench/compose.py [--rounds 25] [--node-modules DIR]
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TypeVar

import figures
from issue20 import ARABIC, IssueTexts, issue_texts, write_newsletter
from node_server import NodeServer, start_server
from stages import REST, Stopwatch

from infomail import compose
from infomail.compose import edition as composing
from infomail.compose.layout import lay_out
from infomail.compose.marks import Marks, unmarked
from infomail.load import SourceText, parse_manuscript
from infomail.model.edition import Asset, Edition
from infomail.model.manuscript import Manuscript
from infomail.wiring import Desk

WARM_ROUNDS = 3
WARM_COMPILATIONS = 10
STAGE_ROUNDS = 15
MAIL_TEMPLATE = "mail.mjml"

A, H, AR = "A whole chain, English", "h html alone", "a whole chain, Arabic"
EDITED = "e whole chain, one sentence changed"
B, U = "B mjml 5, our MJML", "U mjml 5, usual MJML"
A_BYTES, AR_BYTES, B_BYTES, U_BYTES = "html of A", "html of a", "html of B", "html of U"

_Result = TypeVar("_Result")


@dataclasses.dataclass(frozen=True)
class RecordingTheme(compose.Theme):
    """The theme, keeping the MJML it rendered last."""

    rendered: dict[str, str] = dataclasses.field(default_factory=dict)

    def render(self, name: str, language: compose.Language, **values: object) -> str:
        """Render a template and keep the result."""
        self.rendered[name] = super().render(name, language, **values)
        return self.rendered[name]


class Bench:
    """The chain ready to run: newsletter, theme and pictures were read before."""

    def __init__(self, folder: Path) -> None:
        """Make the newsletter folder and open it."""
        self.pictures = write_newsletter(folder)
        self.desk = Desk(folder)
        self.theme = RecordingTheme(self.desk.theme.sources)
        usual = Path(__file__).with_name("usual.mjml").read_text(encoding="utf-8")
        self._usual = compose.Theme({"usual.mjml": usual})
        self._next_seed = 0
        self._assets = self._prepared()

    def new_texts(self) -> IssueTexts:
        """Write an issue that was never seen before."""
        self._next_seed += 1
        return issue_texts(self._next_seed, self.pictures)

    def load(self, texts: IssueTexts, language: str = "en") -> Manuscript:
        """Read the issue from its text."""
        source = SourceText(f"issues/{texts.slug}.yaml", texts.english)
        words = SourceText(f"issues/{texts.slug}.{ARABIC}.yaml", texts.arabic, ARABIC)
        wanted = words if language == ARABIC else None
        return parse_manuscript(texts.slug, self.desk.newsletter, source, wanted)

    def usual_mjml(self, texts: IssueTexts) -> str:
        """Write the issue as MJML is usually written."""
        given = self.ingredients()
        manuscript = self.load(texts)
        view = lay_out(manuscript, given.newsletter, given.language, given.assets, Marks())
        return unmarked(self._usual.render("usual.mjml", given.language, view=view))

    def _prepared(self) -> dict[tuple[str, int], Asset]:
        """Prepare the pictures, which are the same in every issue."""
        issue, newsletter = self.load(self.new_texts()).issue, self.desk.newsletter
        issues = self.desk.folder / "issues"
        return {
            (need.src, need.width_px): compose.prepare(
                (issues / need.src).read_bytes(), need.src, need.width_px
            )
            for need in compose.pictures_needed(issue, newsletter)
        }

    def ingredients(self, language: str = "en") -> compose.Ingredients:
        """Give what an edition is made from besides the manuscript."""
        words = self.desk.language(language)
        return compose.Ingredients(self.desk.newsletter, self.theme, words, self._assets)

    def whole(self, texts: IssueTexts, language: str = "en") -> tuple[float, Edition]:
        """Time the chain from YAML text to edition."""
        ingredients = self.ingredients(language)
        return timed(lambda: compose.compose(self.load(texts, language), ingredients))

    def html_alone(self, texts: IssueTexts) -> tuple[float, str]:
        """Time the mail's html from the manuscript; checked to be what the whole chain gives."""
        manuscript = self.load(texts)
        given = self.ingredients()

        def html() -> str:
            marks = Marks()
            view = lay_out(manuscript, given.newsletter, given.language, given.assets, marks)
            mail = composing._mail(view, given)  # noqa: SLF001  # the part that makes the html
            return marks.taken_out(mail)[0]

        ms, made = timed(html)
        if made != compose.compose(manuscript, given).html:
            sys.exit("html alone is not the html of the whole chain: mend Bench.html_alone")
        return ms, made


def timed(work: Callable[[], _Result]) -> tuple[float, _Result]:
    """Do the work once; milliseconds and result."""
    gc.collect()
    start = time.perf_counter()
    result = work()
    return 1000 * (time.perf_counter() - start), result


def edited(texts: IssueTexts) -> IssueTexts:
    """Change one sentence of the issue."""
    return dataclasses.replace(texts, english=texts.english.replace(". ", "! ", 1))


def one_round(bench: Bench, mjml: NodeServer | None, compilations: int) -> dict[str, float]:
    """Measure each figure once, on new texts."""
    figures_ms: dict[str, float] = {}
    texts = bench.new_texts()
    figures_ms[A], english = bench.whole(texts)
    sources = (
        (B, B_BYTES, bench.theme.rendered[MAIL_TEMPLATE]),
        (U, U_BYTES, bench.usual_mjml(texts)),
    )
    for name, size, source in sources if mjml else ():
        for _ in range(compilations):
            answer = mjml.ask(mjml=source) if mjml else {}
            figures_ms[name], figures_ms[size] = answer["ms"], answer["bytes"]
    figures_ms[EDITED], _ = bench.whole(edited(texts))
    figures_ms[H], _ = bench.html_alone(bench.new_texts())
    figures_ms[AR], arabic = bench.whole(bench.new_texts(), ARABIC)
    figures_ms[A_BYTES] = len(english.html.encode())
    figures_ms[AR_BYTES] = len(arabic.html.encode())
    return figures_ms


def rounds(bench: Bench, mjml: NodeServer | None, count: int) -> dict[str, list[float]]:
    """Warm up, then measure `count` rounds."""
    for _ in range(WARM_ROUNDS):
        one_round(bench, mjml, WARM_COMPILATIONS)
    measured: dict[str, list[float]] = defaultdict(list)
    for _ in range(count):
        for name, figure in one_round(bench, mjml, 1).items():
            measured[name].append(figure)
    return measured


def stage_rounds(bench: Bench, language: str) -> tuple[dict[str, list[float]], list[str]]:
    """Measure each stage of the whole chain; also names the functions that have gone."""
    watch = Stopwatch()
    measured: dict[str, list[float]] = defaultdict(list)
    with watch.watching():
        for _ in range(STAGE_ROUNDS):
            texts = bench.new_texts()
            ingredients = bench.ingredients(language)
            gc.collect()
            watch.begin()
            watch.timed(REST, lambda: compose.compose(bench.load(texts, language), ingredients))  # noqa: B023  # runs at once
            for name, ms in watch.ms.items():
                measured[name].append(ms)
    return measured, watch.missing


def print_figures(measured: dict[str, list[float]]) -> None:
    """Print the table of the interleaved run, and the ratios of medians."""
    figures.heading("one interleaved run", "ms")
    for name in (A, EDITED, H, AR, B, U):
        if name in measured:
            figures.row(name, measured[name])
    figures.heading("size of the html", "bytes")
    for name in (A_BYTES, AR_BYTES, B_BYTES, U_BYTES):
        if name in measured:
            figures.row(name, measured[name])
    for other in (B, U) if B in measured else ():
        print()
        for name in (A, H, AR):
            ratio = median(measured[name]) / median(measured[other])
            figures.note(f"{name} / {other}", f"{ratio:.3f} = 1/{1 / ratio:.2f}")


def print_stages(bench: Bench, language: str) -> None:
    """Print what each stage takes, longest first."""
    measured, missing = stage_rounds(bench, language)
    figures.heading(f"stages, {language}", f"ms; {STAGE_ROUNDS} rounds apart from the above")
    for name in sorted(measured, key=lambda name: -median(measured[name])):
        figures.row(name, measured[name])
    figures.note("sum of medians", f"{sum(map(median, measured.values())):.2f} ms")
    for target in missing:
        print(f"skipped: {target} is not there any more; its time counts to its caller")


def _main() -> None:
    parser = argparse.ArgumentParser(description="Time composing a mail of 20 items.")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument(
        "--node-modules", type=Path, default=Path(__file__).with_name("node_modules"),
        help="the folder that holds npm's mjml",
    )  # fmt: skip
    arguments = parser.parse_args()
    with ExitStack() as opened:
        temporary = opened.enter_context(tempfile.TemporaryDirectory(prefix="infomail-bench-"))
        bench = Bench(Path(temporary))
        mjml = start_server("mjml", "mjml_server.cjs", arguments.node_modules)
        if mjml:
            opened.callback(mjml.close)
            print(f"mjml {mjml.about['version']} on node {mjml.about['node']}")
        print(f"Python {sys.version.split()[0]}, {arguments.rounds} rounds after {WARM_ROUNDS}")
        print_figures(rounds(bench, mjml, arguments.rounds))
        for language in ("en", ARABIC):
            print_stages(bench, language)


if __name__ == "__main__":
    _main()
