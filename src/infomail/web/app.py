"""The application: all doors of the site, with the same security at each.

Every answer, also to what nobody serves, has the headers of `security` and sets no cookie. No post
is ever redirected: a mail program that posts to a link wants its answer there (RFC 8058 section
3.1).
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infomail.web import hooks, metrics
from infomail.web.drawing import refusal
from infomail.web.edge import THREADS, Gate, endpoint, response
from infomail.web.health import DOORS as HEALTH
from infomail.web.network import proxies
from infomail.web.pages import address, confirm, join, leave, link, preferences, view
from infomail.web.site import Site
from infomail.web.visit import Door

_DOORS = (
    *HEALTH,
    *(*join.DOORS, *confirm.DOORS, *link.DOORS, *preferences.DOORS),
    *(*address.DOORS, *leave.DOORS),
)
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def application(site: Site, lifespan: Lifespan | None = None) -> Starlette:
    """Make the application of a site.

    Args:
        site: the site.
        lifespan: what lives as long as the application does.

    Raises:
        SettingsError: a setting below `web` cannot be used.
        TemplateError: a template of the pages is wrong.
    """
    _ = site.style_url, site.logo  # a template that is wrong is told now, and not to visitors
    gate = Gate(_hosts(site), _origins(site), proxies(site.newsletter.web.proxies), _threads())
    doors = (*_DOORS, *hooks.doors(site), *metrics.doors(site), *view.DOORS)
    routes = [
        Route(path, endpoint(site, door, gate), methods=_methods(door))
        for door in doors
        for path in _paths(site, door)
    ]
    if site.path:
        routes.append(Route(_decoded(site.path), endpoint(site, view.FRONT, gate), methods=["GET"]))
    refusals = {HTTPException: _refused(site)}
    app = Starlette(routes=routes, exception_handlers=refusals, lifespan=lifespan)
    app.router.redirect_slashes = False
    return app


def _threads() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(THREADS)


def _paths(site: Site, door: Door) -> tuple[str, ...]:
    own = f"{_decoded(site.path)}/{door.path}"
    return (own, f"/{door.path}") if door.at_root and site.path else (own,)


def _decoded(path: str) -> str:
    """Write a path as a request's is given, without percent-encoding (ASGI, "path")."""
    return urllib.parse.unquote(path)


def _methods(door: Door) -> list[str]:
    if door.only_posts:
        return ["POST"]
    return ["GET", "POST"] if door.posts else ["GET"]


def _hosts(site: Site) -> frozenset[str]:
    own = urllib.parse.urlsplit(site.newsletter.public_url).hostname or ""
    named = (name.lower() for name in site.newsletter.web.hosts)
    return frozenset({own, *named, *_LOOPBACK})


def _origins(site: Site) -> frozenset[str]:
    parts = urllib.parse.urlsplit(site.newsletter.public_url)
    further = (f"{parts.scheme}://{name.lower()}" for name in site.newsletter.web.hosts)
    return frozenset({f"{parts.scheme}://{parts.netloc.lower()}", *further})


def _refused(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def refused(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        allowed = getattr(error, "headers", None) or {}
        headers = tuple((name.lower(), value) for name, value in allowed.items())
        answer = await anyio.to_thread.run_sync(refusal, site, status, None, headers)
        return response(site, answer)

    return refused
