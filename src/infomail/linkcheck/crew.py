"""Threads that ask several hosts side by side, and each host's addresses one after the other."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence

from infomail.linkcheck.address import Address
from infomail.linkcheck.ask import Asker
from infomail.linkcheck.outcome import Outcome

MAX_HOSTS = 8
"""How many hosts are asked at the same time."""


def outcomes(addresses: Sequence[Address], asker: Asker) -> Iterator[tuple[str, Outcome]]:
    """Give each address with its outcome, as they come in.

    Who stops listening stops the crew after what it is asking just then; the threads do not keep
    the process alive, so that Ctrl-C need not wait for any server.
    """
    crew = _Crew(addresses, asker)
    threads = [
        threading.Thread(target=crew.work, daemon=True)
        for _ in range(min(MAX_HOSTS, crew.jobs.qsize()))
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in addresses:
            result = crew.done.get()
            if isinstance(result, Exception):
                raise result
            yield result
    finally:
        crew.stopped.set()
    for thread in threads:
        thread.join()


class _Crew:
    """What the threads share: hosts to be asked, outcomes, and whether anybody still wants them."""

    def __init__(self, addresses: Sequence[Address], asker: Asker) -> None:
        self.jobs: queue.SimpleQueue[list[Address]] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[tuple[str, Outcome] | Exception] = queue.SimpleQueue()
        self.stopped = threading.Event()
        self._asker = asker
        hosts: dict[str, list[Address]] = {}
        for address in addresses:
            hosts.setdefault(address.host, []).append(address)
        for each in hosts.values():
            self.jobs.put(each)

    def work(self) -> None:
        """Ask host after host."""
        try:
            while True:
                self._work_through(self.jobs.get_nowait())
        except queue.Empty:
            return
        except Exception as error:  # noqa: BLE001  # raised again where somebody sees it
            self.done.put(error)

    def _work_through(self, addresses: list[Address]) -> None:
        for address in addresses:
            if not self.stopped.is_set():
                self.done.put((address.url, self._asker.ask(address)))
