"""The edge: where the network's asynchrony ends. Nothing else of the pages is asynchronous.

A request is read to its end within a limit of size and of time, a page is called with it in one of
a few threads, and its answer goes back with the headers of security. What a page raises becomes an
answer of its own; the log says what kind of error it was and where, and never with which values,
for these could name people.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

import anyio
import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from infomail.errors import LedgerError
from infomail.web import security
from infomail.web.drawing import refusal
from infomail.web.network import Network, client
from infomail.web.site import Site
from infomail.web.visit import Answer, Door, Visit

LOG = logging.getLogger("infomail.web")
THREADS = 12
"""As many as the database has connections, less what the postman and others need."""
BODY_SECONDS = 20
_RETRY_SECONDS = 5

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Gate:
    """Who is let in, and how many at once.

    Attributes:
        hosts: names by which the pages may be asked for; in lower case.
        origins: from which forms may be posted.
        proxies: whose X-Forwarded-For is believed.
        threads: as many pages are at work at once.
    """

    hosts: Collection[str]
    origins: Collection[str]
    proxies: tuple[Network, ...]
    threads: anyio.CapacityLimiter


def endpoint(site: Site, door: Door, gate: Gate) -> Endpoint:
    """Make what Starlette calls for a door."""

    async def answered(request: Request) -> Response:
        began = time.monotonic()
        answer = await _answer(site, door, gate, request)
        if answer.held:
            await anyio.sleep(max(0.0, began + site.hold_seconds - time.monotonic()))
        LOG.info("%s", _line(request.method, door.name, answer.status, time.monotonic() - began))
        return response(site, answer)

    return answered


def response(site: Site, answer: Answer) -> Response:
    """Turn an answer into what goes over the wire."""
    keep = f"public, max-age={answer.max_age_seconds}" if answer.max_age_seconds else "no-store"
    said = {
        **security.headers(
            is_secure=site.is_secure, style_hashes=answer.style_hashes, searches=answer.searches
        ),
        "cache-control": keep,
        **dict(answer.headers),
        "content-type": answer.media_type,
    }
    return Response(answer.body, answer.status, said)


async def _answer(site: Site, door: Door, gate: Gate, request: Request) -> Answer:
    headers = {name: ", ".join(request.headers.getlist(name)) for name in request.headers}
    if not door.at_root and not security.is_known_host(headers.get("host", ""), gate.hosts):
        return refusal(site, 400)
    posts = request.method == "POST"
    if posts and not door.from_anywhere and not security.is_from_us(headers, gate.origins):
        return refusal(site, 403)
    try:
        body = await _body(request, door.max_bytes) if posts else b""
    except (TimeoutError, ClientDisconnect):
        return refusal(site, 408)
    if body is None:
        return refusal(site, 413)
    visit = Visit(
        method=request.method,
        query=dict(request.query_params),
        places={name: str(value) for name, value in request.path_params.items()},
        headers=headers,
        body=body,
        network=_network(request, headers.get("x-forwarded-for", ""), gate),
    )
    return await anyio.to_thread.run_sync(_called, site, door, visit, limiter=gate.threads)


def _network(request: Request, forwarded: str, gate: Gate) -> str:
    peer = request.client.host if request.client else ""
    return client(peer, forwarded, gate.proxies)


async def _body(request: Request, most: int) -> bytes | None:
    """Read the body; None if it is longer than it may be."""
    pieces, size = [], 0
    with anyio.fail_after(BODY_SECONDS):
        async for piece in request.stream():
            size += len(piece)
            if size > most:
                return None
            pieces.append(piece)
    return b"".join(pieces)


def _called(site: Site, door: Door, visit: Visit) -> Answer:
    """Call a page; whatever it raises is an answer as well."""
    try:
        return door.page(site, visit)
    except LedgerError as error:
        _log(door, error)
        return refusal(site, 503, visit, headers=(("retry-after", str(_RETRY_SECONDS)),))
    except Exception as error:  # noqa: BLE001  # a bug must not show itself to people
        _log(door, error)
        return refusal(site, 500, visit)


def _log(door: Door, error: Exception) -> None:
    """Say where an error arose; its words may hold an address, the lines of code do not."""
    steps = "".join(traceback.format_tb(error.__traceback__))
    LOG.error("%s: %s\n%s", door.name, type(error).__name__, steps.rstrip())


def _line(method: str, name: str, status: int, seconds: float) -> str:
    return f"{method} {name} {status} {seconds * 1000:.0f} ms"
