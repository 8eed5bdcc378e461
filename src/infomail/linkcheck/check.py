"""One check of links: each address once, what was asked lately from memory, a verdict per link."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from infomail.linkcheck import crew, memory
from infomail.linkcheck.address import has_deviating_host, is_web, parse, without_login
from infomail.linkcheck.ask import Asker
from infomail.linkcheck.exchange import Network
from infomail.linkcheck.outcome import Kind, Outcome
from infomail.linkcheck.verdicts import Verdict, verdict

Progress = Callable[[int, int, str], None]
"""Called in the caller's thread: how many addresses are done, of how many, and the last one."""


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _silent(_done: int, _total: int, _url: str) -> None:
    """Tell nobody."""


def check_links(
    urls: Sequence[str],
    memory_file: Path,
    *,
    now: Callable[[], datetime.datetime] = _now,
    progress: Progress = _silent,
    network: Network | None = None,
) -> tuple[Verdict, ...]:
    """Ask the network whether links work; mail addresses and telephone numbers are not asked.

    Each address is asked for once, whatever part of the page a link points to, and every link
    to it gets its verdict if there is something to say. Nothing that a server does is raised.

    Args:
        urls: the links; the verdicts come in their order.
        memory_file: where outcomes are remembered.
        now: the time of day, with its zone.
        progress: told about each address that is done.
        network: how servers are reached; by default the internet.
    """
    links = [(url, _key(url)) for url in urls if is_web(url)]
    begun = now()
    remembered = memory.recall(memory_file, begun)
    keys = dict.fromkeys(key for _, key in links)
    known = {key: remembered[key] for key in keys if key in remembered}
    fresh: dict[str, memory.Memory] = {}
    for done, key in enumerate(known, 1):
        progress(done, len(keys), key)
    try:
        asked = _asked([key for key in keys if key not in known], network or Network())
        for done, (key, outcome) in enumerate(asked, len(known) + 1):
            fresh[key] = memory.Memory(now(), outcome)
            progress(done, len(keys), key)
    finally:
        memory.keep(memory_file, {**remembered, **fresh})
    return tuple(_verdicts(links, fresh, known, begun))


def _key(url: str) -> str:
    """Give what links to one page have in common."""
    address = parse(url)
    return address.url if address else without_login(url)


def _asked(urls: Sequence[str], network: Network) -> Iterator[tuple[str, Outcome]]:
    addresses = {url: parse(url) for url in urls}
    for url, address in addresses.items():
        if address is None:
            yield url, _DEVIATING if has_deviating_host(url) else _NO_ADDRESS
    yield from crew.outcomes([each for each in addresses.values() if each], Asker(network))


_NO_ADDRESS = Outcome(Kind.DEAD, "is no address that a browser could open")
_DEVIATING = Outcome(Kind.UNSURE, "is on a host in letters that only browsers read for certain")


def _verdicts(
    links: Iterable[tuple[str, str]],
    fresh: dict[str, memory.Memory],
    known: dict[str, memory.Memory],
    begun: datetime.datetime,
) -> Iterator[Verdict]:
    for url, key in links:
        if key in fresh:
            said = verdict(url, fresh[key].outcome, None)
        else:
            said = verdict(url, known[key].outcome, begun - known[key].asked)
        if said:
            yield said
