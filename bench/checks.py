"""How long checking takes, beside composing and beside npm's caniemail; one interleaved run.

Each round composes issues whose texts were never seen before (see `issue20.py`), then, in turn:

    C  all rules on the English edition of 20 items: parsed, laid on light and dark, judged
    c  the same on the Arabic edition
    W  C once more, w the same of c: parsed and judged anew, as when one sentence was mended
    K  composing the English edition, for comparison: YAML text to html, text and page
    L  npm's caniemail, the linter of the field, on the very html of C, in a warm node process;
       timed by node itself, without the pipe

Three rounds warm up both sides. Garbage is collected before each measurement, outside it. The
slowest rules are timed in rounds of their own, with everything parsed before.

    npm install --prefix bench
    python bench/checks.py [--rounds 25] [--node-modules DIR]
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
from functools import partial
from pathlib import Path
from statistics import median

import figures
from issue20 import ARABIC
from node_server import NodeServer, start_server

from compose import Bench
from infomail.checks import RULES, Fault, Proof, Rule, check

WARM_ROUNDS = 3
SLOWEST = 8
C, CA, K, L = "C checks, English", "c checks, Arabic", "K composing, English", "L caniemail"
W, WA = "W checks again, English", "w checks again, Arabic"
PARSED, LIGHT, DARK = "the html parsed", "looks on a light screen", "looks on a dark screen"


def timed(work: Callable[[], object]) -> float:
    """Time a piece of work in milliseconds."""
    gc.collect()
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def proof(bench: Bench, language: str) -> tuple[float, Proof]:
    """Compose an edition that was never seen before, to be checked."""
    texts = bench.new_texts()
    ms, edition = bench.whole(texts, language)
    return ms, Proof(edition, bench.load(texts, language), bench.desk.newsletter)


def one_round(bench: Bench, linter: NodeServer | None) -> dict[str, float]:
    """Measure everything once."""
    composing_ms, english = proof(bench, "en")
    _, arabic = proof(bench, ARABIC)
    fresh = dataclasses.replace(english)
    taken = {
        K: composing_ms,
        C: timed(lambda: check(english)),
        W: timed(lambda: check(dataclasses.replace(english))),
        CA: timed(lambda: check(arabic)),
        WA: timed(lambda: check(dataclasses.replace(arabic))),
        PARSED: timed(lambda: fresh.mail),
        LIGHT: timed(lambda: fresh.light),
        DARK: timed(lambda: fresh.dark),
    }
    if linter:
        taken[L] = linter.ask(html=english.edition.html)["ms"]
    return taken


def by_rule(bench: Bench, rounds: int) -> dict[str, list[float]]:
    """Time each rule alone; what rules share was made before."""
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        _, given = proof(bench, "en")
        check(given)
        for each in RULES:
            taken[each.code].append(timed(partial(judged, each, given)))
    return taken


def judged(rule: Rule, given: Proof) -> list[Fault]:
    """Apply one rule."""
    return list(rule.judge(given))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=25)
    modules = Path(__file__).parent / "node_modules"
    parser.add_argument("--node-modules", type=Path, default=modules)
    arguments = parser.parse_args()
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        bench = Bench(folder)
        linter = start_server("caniemail", "lint_server.cjs", arguments.node_modules)
        if linter:
            opened.callback(linter.close)
            print(f"caniemail {linter.about['version']} on node {linter.about['node']}")
        print(f"Python {sys.version.split()[0]}, {arguments.rounds} rounds after {WARM_ROUNDS}")
        print_figures([one_round(bench, linter) for _ in range(WARM_ROUNDS + arguments.rounds)])
        print_rules(by_rule(bench, 5))


def print_figures(rounds: list[dict[str, float]]) -> None:
    """Print the table of the rounds that count, and the ratios."""
    counted = rounds[WARM_ROUNDS:]
    middle = {name: median(taken[name] for taken in counted) for name in counted[0]}
    figures.heading(f"{len(RULES)} rules on 20 items", "ms")
    for name in counted[0]:
        figures.row(name, [taken[name] for taken in counted])
    figures.note("C to K", f"{middle[C] / middle[K]:.2f}")
    if L in middle:
        figures.note("C to L", f"{middle[C] / middle[L]:.3f}")


def print_rules(taken: dict[str, list[float]]) -> None:
    """Print the slowest rules."""
    figures.heading(f"the {SLOWEST} slowest rules alone", "ms")
    slowest = sorted(taken, key=lambda code: -median(taken[code]))[:SLOWEST]
    for code in slowest:
        figures.row(code, taken[code])
    rest = [
        sum(each)
        for each in zip(*(taken[code] for code in taken if code not in slowest), strict=True)
    ]
    figures.row("all others together", rest)


if __name__ == "__main__":
    main()
