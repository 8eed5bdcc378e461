"""The polite asker: HEAD, then GET; redirects by hand; one question at a time to each host."""

from __future__ import annotations

import contextlib
import http
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from infomail.linkcheck import guard
from infomail.linkcheck.address import Address, led_to, parse, shown
from infomail.linkcheck.exchange import Network, request
from infomail.linkcheck.outcome import Answer, Failure, Hop, Kind, Outcome

GAP_SECONDS = 1.0
"""Between two questions to one host."""
MAX_REDIRECTS = 20
"""Fetch Standard, HTTP-redirect fetch: https://fetch.spec.whatwg.org/#http-redirect-fetch."""
MAX_LATE = 2
"""After so many pages in a row that a host did not give in time, it is asked for no more."""
_PERMANENT = frozenset({301, 308})
_TEMPORARY = frozenset({302, 303, 307})
_GONE = frozenset({404, 410})
_TOO_MANY = 429
"""RFC 6585 section 4: the server wants fewer questions."""


class Asker:
    """Asks for addresses; many threads may use one of them."""

    def __init__(self, network: Network) -> None:
        """Ask through `network`."""
        self._network = network
        self._turns = _Turns(network)

    def ask(self, address: Address) -> Outcome:
        """Ask for one address and follow its redirects, each hop guarded anew."""
        trail = _Trail()
        clock = _Clock(self._network)
        while True:
            trail.seen.add(address.url)
            answer = self._answer(address, clock)
            if isinstance(answer, Failure):
                return trail.end(answer.kind, answer.reason)
            if not _leads_on(answer):
                return trail.end(*_judged(answer))
            following = trail.follow(address, answer)
            if isinstance(following, Outcome):
                return following
            address = following

    def _answer(self, address: Address, clock: _Clock) -> Answer | Failure:
        queue = self._turns.queue(address.host)
        # A host at the end of slow redirects is not to blame for the time that they took.
        had_time = clock.left_seconds > self._network.deadline_seconds / 2
        answer = self._asked(address, queue, clock)
        if not queue.closed and (had_time or isinstance(answer, Answer)):
            queue.note(late=isinstance(answer, Failure) and answer.late)
        return answer

    def _asked(self, address: Address, queue: _Queue, clock: _Clock) -> Answer | Failure:
        if queue.closed:
            return Failure(Kind.UNSURE, queue.closed)
        with clock.running():
            peers = guard.vetted(
                address, self._network.resolve, self._network.is_public, clock.left_seconds
            )
        if isinstance(peers, Failure):
            return peers
        answer = self._request("HEAD", address, peers, clock)
        if _is_settled(answer):
            return answer
        return self._request("GET", address, peers, clock)

    def _request(
        self, method: str, address: Address, peers: tuple[str, ...], clock: _Clock
    ) -> Answer | Failure:
        with self._turns.turn(address.host) as queue:
            if queue.closed:
                return Failure(Kind.UNSURE, queue.closed)
            with clock.running():
                answer = request(method, address, peers, self._network, clock.left_seconds)
            if isinstance(answer, Answer) and answer.status == _TOO_MANY:
                queue.closed = "is on a host that asked us to come less often"
            return answer


def _leads_on(answer: Answer) -> bool:
    return answer.status in _PERMANENT | _TEMPORARY and bool(answer.location)


def _is_settled(answer: Answer | Failure) -> bool:
    """Tell whether an answer to HEAD says it all; many servers know only GET."""
    if isinstance(answer, Failure):
        return not answer.again
    good = answer.status in range(200, 300)
    return good or answer.status == _TOO_MANY or _leads_on(answer)


def _judged(answer: Answer) -> tuple[Kind, str]:
    status = answer.status
    if status in range(200, 300):
        return Kind.GOOD, ""
    phrase = f" ({http.HTTPStatus(status).phrase})" if status in _STATUSES else ""
    wait = f" and asks us to wait {answer.wait_seconds} seconds" if answer.wait_seconds else ""
    return Kind.DEAD if status in _GONE else Kind.UNSURE, f"answered {status}{phrase}{wait}"


_STATUSES = frozenset(http.HTTPStatus)


@dataclass(slots=True)
class _Trail:
    """The way through the redirects of one address."""

    hops: list[Hop] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    cookie: bool = False

    def end(self, kind: Kind, reason: str) -> Outcome:
        return Outcome(kind, reason, tuple(self.hops))

    def follow(self, address: Address, answer: Answer) -> Address | Outcome:
        """Give the next address to ask, or why there is none."""
        self.cookie |= answer.cookie
        url = led_to(address, answer.location)
        following = parse(url)
        if following is None:
            return self.end(Kind.UNSURE, f"leads on to {_named(url)}, which cannot be asked")
        if len(self.hops) == MAX_REDIRECTS or following.url in self.seen:
            if self.cookie:
                # Browsers keep them and arrive; that we do not is no fault of the site.
                reason = "sends visitors in a circle unless they keep its cookies"
                return self.end(Kind.UNSURE, reason)
            return self.end(Kind.LOOP, "leads on and on without ever arriving")
        self.hops.append(Hop(url, answer.status in _PERMANENT))
        return following


def _named(url: str) -> str:
    return f"“{shown(url)}”" if url else "nowhere"


class _Clock:
    """Runs while an address is asked for and stands still while we wait for our turn."""

    def __init__(self, network: Network) -> None:
        self.left_seconds = network.deadline_seconds
        self._monotonic = network.monotonic

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        begun = self._monotonic()
        try:
            yield
        finally:
            self.left_seconds -= self._monotonic() - begun


@dataclass(slots=True)
class _Queue:
    """Questions to one host, one after the other.

    Attributes:
        lock: held by whoever asks.
        free_at: when the next one may ask; None if nobody has yet.
        closed: why nobody may any more; empty if they may.
        late: how many pages in a row did not come in time.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float | None = None
    closed: str = ""
    late: int = 0

    def note(self, *, late: bool) -> None:
        """Count a page, and close when it is enough."""
        with self.lock:
            self.late = self.late + 1 if late else 0
            if self.late >= MAX_LATE:
                self.closed = "is on a host that did not answer in time for other links"


class _Turns:
    """Lets one question at a time pass to each host, and a pause between two."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._lock = threading.Lock()
        self._queues: dict[str, _Queue] = {}

    def queue(self, host: str) -> _Queue:
        with self._lock:
            return self._queues.setdefault(host, _Queue())

    @contextlib.contextmanager
    def turn(self, host: str) -> Iterator[_Queue]:
        queue = self.queue(host)
        with queue.lock:
            if queue.free_at is not None and not queue.closed:
                wait = queue.free_at - self._network.monotonic()
                if wait > 0:
                    self._network.pause(wait)
            try:
                yield queue
            finally:
                queue.free_at = self._network.monotonic() + GAP_SECONDS
