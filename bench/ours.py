"""infomail as one of the contenders of `sending.py`, by the very code that `infomail send` runs.

    ours.py send FOLDER PORT CONNECTIONS LETTERS [--sign] [--processes N]
    ours.py stage FOLDER COUNT

Subscribers are registered and staged before the clock starts: what is timed is delivering, with
the ledger on disk. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from material import LANGUAGE, SLUG
from sqlalchemy import insert

from infomail import dkim, ledger
from infomail.database.tables import subscribers
from infomail.model.delivery import State
from infomail.wiring import dispatch
from infomail.wiring.crowd import deliver_together
from infomail.wiring.delivering import Wishes
from infomail.wiring.dispatch import Plan
from infomail.wiring.office import Office, open_office

_AT_ONCE = 10_000
_DOMAINS = 50
_KEY = "bench"
_SOME = 50_000
_CONNECTIONS = 20


def people(count: int) -> Iterator[dict[str, object]]:
    """Make so many subscribers."""
    for number in range(count):
        domain = f"d{number % _DOMAINS}.example.org"
        address = f"reader.{number}@{domain}"
        yield {
            "address": address,
            "recipient": address,
            "mailbox": address,
            "domain": domain,
            "name": f"Reader {number}" if number % 2 else "",
            "language": LANGUAGE,
            "status": "CONFIRMED",
            "created_at": 0.0,
            "changed_at": 0.0,
        }


def register(office: Office, count: int) -> None:
    """Write so many subscribers into the register."""
    with office.database.writing() as connection:
        everybody = people(count)
        while some := list(islice(everybody, _AT_ONCE)):
            connection.execute(insert(subscribers), some)


def sign(folder: Path) -> None:
    """Make a key and name it in newsletter.yaml."""
    key = folder / f"{_KEY}.pem"
    key.write_bytes(dkim.make_key())
    key.chmod(0o600)
    with (folder / "newsletter.yaml").open("a", encoding="utf-8") as newsletter:
        newsletter.write(f"\ndkim:\n  - selector: {_KEY}\n    file: {key.name}\n")


def send(folder: Path, letters: int, processes: int) -> dict[str, float]:
    """Send to so many subscribers; only delivering is timed."""
    office = open_office(folder, "smtp")
    register(office, letters)
    planned = dispatch.plan(office, SLUG)
    staged = ledger.stage(office.database, planned.staging, time.time())
    wishes = Wishes(None, None, wait=False, stop=threading.Event(), progress=lambda _: None)
    begun = time.perf_counter()
    deliver_together(office, staged.sending_id, planned.mails, wishes, processes)
    seconds = time.perf_counter() - begun
    accepted = dispatch.counts(office, SLUG).get(State.ACCEPTED, 0)
    office.close()
    return {"letters": accepted, "seconds": seconds}


def stage(folder: Path, count: int) -> dict[str, float]:
    """Stage so many deliveries, then send the first few thousand."""
    office = open_office(folder, "smtp")
    register(office, count)
    planned = dispatch.plan(office, SLUG)
    begun = time.perf_counter()
    ledger.stage(office.database, planned.staging, time.time())
    figures = {"seconds to stage": time.perf_counter() - begun, "peak MiB": _peak_mib()}
    office.close()
    command = [sys.executable, str(Path(__file__).with_name("sink.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sink:
        port = sink.stdout.readline().strip() if sink.stdout else ""
        name_server(port, _CONNECTIONS)
        _send_some(folder, planned)
        sink.terminate()
        sink.communicate()
    return figures | {f"peak MiB after sending {_SOME:,}": _peak_mib()}


def _send_some(folder: Path, planned: Plan) -> None:
    office = open_office(folder, "smtp")
    wishes = Wishes(None, _SOME, wait=False, stop=threading.Event(), progress=lambda _: None)
    dispatch.send(office, planned, wishes)
    office.close()


def name_server(port: str, connections: int) -> None:
    """Let settings name a server on this machine."""
    os.environ |= {
        "INFOMAIL_SMTP__HOST": "127.0.0.1",
        "INFOMAIL_SMTP__PORT": port,
        "INFOMAIL_SMTP__SECURITY": "none",
        "INFOMAIL_SMTP__CONNECTIONS": str(connections),
        "INFOMAIL_SMTP__LETTERS_PER_CONNECTION": "1000000",
    }


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Read the arguments, work in a copy of the folder, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["send", "stage"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("numbers", type=int, nargs="+")
    parser.add_argument("--sign", action="store_true")
    parser.add_argument("--processes", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder.parent) as place:
        folder = Path(place) / "newsletter"
        shutil.copytree(asked.folder, folder)
        if asked.sign:
            sign(folder)
        if asked.what == "stage":
            print(json.dumps(stage(folder, asked.numbers[0])))
            return
        port, connections, letters = asked.numbers
        name_server(str(port), connections)
        print(json.dumps(send(folder, letters, asked.processes)))


if __name__ == "__main__":
    main()
