"""`infomail serve`, as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.web.house import WAIT_SECONDS, House

from infomail.model.subscriber import Status

_URL = re.compile(r"serving at (\S+)/ ")


@contextmanager
def serving(
    folder: Path, *options: str, command: Sequence[str] = ("serve",)
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start `infomail serve` at any free port, and wait until it says where."""
    begin = [sys.executable, "-m", "infomail", "--newsletter", str(folder), *command]
    process = subprocess.Popen(  # noqa: S603
        [*begin, "--port", "0", *options], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        found = _URL.match(said)
        assert found, said + process.stderr.read()
        yield process, found[1]
    finally:
        process.kill()
        process.communicate(timeout=WAIT_SECONDS)


def stopped(process: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str]:
    """Send a signal, and give the exit code and what was said on standard error."""
    process.send_signal(number)
    _, said = process.communicate(timeout=WAIT_SECONDS)
    return process.returncode, said


def refused(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Start `infomail serve` where it cannot."""
    command = [sys.executable, "-m", "infomail", "--newsletter", str(folder), "serve"]
    return subprocess.run(  # noqa: S603
        [*command, *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT_SECONDS,
        env=os.environ,
    )


def post(url: str, path: str) -> httpx.Response:
    """Press a button."""
    return httpx.post(f"{url}/{path}", timeout=WAIT_SECONDS, trust_env=False)


@pytest.mark.parametrize("processes", ["1", "2"])
def test_it_serves_until_it_is_told_to_stop(folder: Path, house: House, processes: str) -> None:
    """One process or two let people leave, log nothing of them, and end by SIGTERM with 0."""
    path = house.leave_path(house.joined())
    with serving(folder, "--processes", processes) as (process, url):
        assert post(url, path).status_code == 200
        code, said = stopped(process, signal.SIGTERM)
    assert code == 0
    assert house.status() is Status.LEFT
    assert re.search(r"POST leave 200 \d+ ms", said)
    assert path.partition("/")[2] not in said
    assert "Traceback" not in said


def test_ctrl_c_ends_it(folder: Path) -> None:
    """Ctrl-C is answered with 130, and no traceback."""
    with serving(folder) as (process, url):
        assert httpx.get(f"{url}/healthz", trust_env=False, timeout=WAIT_SECONDS).text == "ok\n"
        code, said = stopped(process, signal.SIGINT)
    assert (code, "Traceback" in said) == (130, False)


def test_a_taken_port_is_told(folder: Path) -> None:
    """A port that somebody has is named with the option to change it."""
    with serving(folder) as (_, url):
        port = url.rpartition(":")[2].partition("/")[0]
        ended = refused(folder, "--port", port)
    assert ended.returncode == 2
    assert "--port" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_missing_key_is_told(folder: Path, processes: str) -> None:
    """What keeps notices from being sent is one sentence, before anybody is served."""
    with (folder / "newsletter.yaml").open("a", encoding="utf-8") as file:
        file.write("dkim: [{selector: s1, domain: infomail.example, file: none.pem}]\n")
    ended = refused(folder, "--port", "0", "--processes", processes)
    assert ended.returncode == 2
    assert "none.pem" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
