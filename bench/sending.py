"""How fast infomail sends, beside others, on one machine and against the same sink on loopback.

All send the same issue (`material.py`), 55 KB a letter, in interleaved rounds (`contest.py`). The
sink shares the machine's cores with the sender, so ratios count and not rates.

    speed    20 connections. infomail with its ledger on disk (SQLite, synchronous=FULL), letters
             unsigned, by BDAT, by two processes with 100 connections, and by DATA; nodemailer's
             pool, with ready bytes and composing; aiosmtplib and smtplib with ready bytes;
             Postfix's smtp-source as the limit
    signed   infomail with a DKIM signature of RSA-2048 for each letter, by one and two processes,
             beside what `openssl speed` signs on one core and on two; with `infomail[ifma]`, if the
             processor can, eight signatures at once
    latency  10 connections, and 20 ms before each answer of the sink: at most 500 a second
    memory   a million subscribers: seconds to stage them, and the most memory held

    npm install --prefix bench
    python bench/sending.py [speed] [signed] [latency] [memory] [--rounds 3] [--scale 1]
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from contest import PORT, Contender, hold, middle, run, table
from material import prepare

from infomail.dkim import make_key, read_key
from infomail.dkim.eightfold import eightfold

_BENCH = Path(__file__).parent
_RIVALS = _BENCH / "rivals"
_OURS = _BENCH / "ours.py"
_DELAY_MS = 20
_MILLION = 1_000_000
_BDAT = "infomail, BDAT"
_TOGETHER_CONNECTIONS = 100
_TOGETHER = f"infomail, BDAT, 2 processes, {_TOGETHER_CONNECTIONS} connections"
_DATA = "infomail, DATA"
_SIGN_SECONDS = 2


@dataclass(frozen=True)
class Race:
    """What all contenders of a part have in common.

    Attributes:
        folder: as `material.prepare` left it.
        modules: folder of npm's modules.
        connections: how many each may have; smtplib's single one is named.
        scale: factor for the numbers of letters.
        sink: options of the sink.
    """

    folder: Path
    modules: Path
    connections: int
    scale: float
    sink: tuple[str, ...] = ()

    def letters(self, count: int) -> int:
        """Scale a number of letters."""
        return max(self.connections, int(count * self.scale))


def ours(race: Race, name: str, letters: int, *options: str) -> Contender:
    """Describe infomail; --no-chunking among the options is the sink's."""
    mine = [option for option in options if option != "--no-chunking"]
    count = race.letters(letters)
    command = [
        sys.executable, str(_OURS), "send", str(race.folder), PORT,
        str(race.connections), str(count), *mine,
    ]  # fmt: skip
    sink = race.sink + (() if len(mine) == len(options) else ("--no-chunking",))
    missing = "" if _OURS.exists() else f"there is no {_OURS.name}"
    return Contender(name, command, count, sink=sink, missing=missing)


def nodemailer(race: Race, kind: str, letters: int) -> Contender:
    """Describe nodemailer's pool."""
    node, count = shutil.which("node"), race.letters(letters)
    command = [
        node or "node", str(_RIVALS / "nodemailer.cjs"), kind, PORT,
        str(race.connections), str(count), str(race.folder),
    ]  # fmt: skip
    there = (race.modules / "nodemailer").is_dir()
    missing = "" if node and there else f"there is no node, or no nodemailer in {race.modules}"
    environment = {"NODE_PATH": str(race.modules.resolve())}
    name = f"nodemailer, {kind}"
    return Contender(name, command, count, sink=race.sink, environment=environment, missing=missing)


def python_rival(race: Race, library: str, connections: int, letters: int) -> Contender:
    """Describe a Python library that is given ready bytes."""
    count = race.letters(letters)
    command = [
        sys.executable, str(_RIVALS / f"with_{library}.py"), PORT,
        str(connections), str(count), str(race.folder),
    ]  # fmt: skip
    return Contender(f"{library}, {connections}", command, count, sink=race.sink)


def smtp_source(race: Race, letters: int, octets: int) -> Contender:
    """Describe Postfix's generator, which makes one letter of x and sends it in DATA."""
    program = shutil.which("smtp-source")
    count = race.letters(letters)
    command = [
        program or "smtp-source", "-d", "-s", str(race.connections), "-l", str(octets),
        "-m", str(count), f"127.0.0.1:{PORT}",
    ]  # fmt: skip
    missing = "" if program else "install Debian's postfix"
    name = "smtp-source (Postfix)"
    return Contender(name, command, count, prints=False, sink=race.sink, missing=missing)


def speed(race: Race, rounds: int, octets: int) -> None:
    """Measure unsigned letters."""
    print(f"\n## {race.connections} connections, letters of {octets:,} octets\n")
    together = replace(race, connections=_TOGETHER_CONNECTIONS)
    figures = hold(
        [
            ours(race, _BDAT, 40_000),
            ours(together, _TOGETHER, 300_000, "--processes=2"),
            ours(race, _DATA, 20_000, "--no-chunking"),
            nodemailer(race, "composed", 800),
            nodemailer(race, "ready", 2000),
            python_rival(race, "aiosmtplib", race.connections, 1500),
            python_rival(race, "smtplib", 1, 2000),
            python_rival(race, "smtplib", race.connections, 2500),
            smtp_source(race, 20_000, octets),
        ],
        rounds,
    )
    table(figures, (_BDAT, _TOGETHER, _DATA))


def latency(race: Race, rounds: int, octets: int) -> None:
    """Measure letters to a sink that is 20 ms away."""
    most = race.connections * 1000 / _DELAY_MS
    print(f"\n## {race.connections} connections, {_DELAY_MS} ms: at most {most:,.0f} a second\n")
    figures = hold(
        [
            ours(race, _BDAT, 20_000),
            nodemailer(race, "ready", 300),
            python_rival(race, "aiosmtplib", race.connections, 300),
            python_rival(race, "smtplib", race.connections, 300),
            smtp_source(race, 300, octets),
        ],
        rounds,
    )
    table(figures, (_BDAT,))
    print()
    for name, some in figures.items():
        print(f"- {name}: {middle(some) / most:.1%} of the most that is possible")


def signed(race: Race, rounds: int, _octets: int) -> None:
    """Measure letters with a signature of RSA-2048 each."""
    at_once = "eight at once" if eightfold(read_key(make_key(), "a key")) else "one by one"
    print(f"\n## DKIM, RSA-2048, {at_once}\n")
    print("| processes | letters a second | openssl speed | share |\n| --- | --- | --- | --- |")
    for processes in (1, 2):
        possible, mine = [], []
        name = f"infomail, signed, {processes} processes"
        options = ("--sign", f"--processes={processes}")
        shared = race if processes == 1 else replace(race, connections=_TOGETHER_CONNECTIONS)
        for _ in range(rounds):
            possible.append(openssl_rate(processes))
            mine.append(run(ours(shared, name, 60_000, *options)).per_second)
        most, reached = median(possible), median(mine)
        print(f"| {processes} | {reached:,.0f} | {most:,.0f} | {reached / most:.1%} |")


def openssl_rate(cores: int) -> float:
    """Ask `openssl speed` how many signatures of RSA-2048 so many cores make in a second."""
    command = ["openssl", "speed", "-seconds", str(_SIGN_SECONDS), "-multi", str(cores), "rsa2048"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"^rsa 2048 bits\s+\S+s\s+\S+s\s+([0-9.]+)", done.stdout, re.MULTILINE)
    if found is None:
        sys.exit("openssl speed said nothing about rsa 2048")
    return float(found[1])


def memory(race: Race, _rounds: int, _octets: int) -> None:
    """Measure the staging of a million subscribers and the memory that sending takes."""
    count = race.letters(_MILLION)
    command = [sys.executable, str(_OURS), "stage", str(race.folder), str(count)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    print(f"\n## {count:,} subscribers\n\n| | |\n| --- | --- |")
    for what, figure in json.loads(done.stdout.splitlines()[-1]).items():
        print(f"| {what} | {figure:,.1f} |")


_PARTS: dict[str, tuple[Callable[[Race, int, int], None], int, tuple[str, ...]]] = {
    "speed": (speed, 20, ()),
    "signed": (signed, 40, ()),
    "latency": (latency, 10, ("--delay-ms", str(_DELAY_MS))),
    "memory": (memory, 20, ()),
}


def _main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure how fast letters are sent.")
    parser.add_argument("parts", nargs="*", metavar="PART", help="all if none is named")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0, help="factor for numbers of letters")
    parser.add_argument("--node-modules", type=Path, default=_BENCH / "node_modules")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - set(_PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="infomail-bench-") as temporary:
        folder = Path(temporary) / "newsletter"
        folder.mkdir()
        octets = prepare(folder)
        for name in given.parts or _PARTS:
            part, connections, sink = _PARTS[name]
            race = Race(folder, given.node_modules, connections, given.scale, sink)
            part(race, given.rounds, octets)


if __name__ == "__main__":
    _main()
