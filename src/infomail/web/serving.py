"""Serving: uvicorn with one process or several, until it is told to stop.

All processes take visitors from one socket and share the database. Told to stop (SIGTERM), they
take no further visitors, answer those that are there, and leave without an error.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from infomail.errors import SettingsError
from infomail.web.asgi import from_office, from_this_folder, log_to_stderr
from infomail.wiring.office import Office, open_office

_FACTORY = f"{from_this_folder.__module__}:{from_this_folder.__name__}"
_BACKLOG = 2048
_KEEP_ALIVE_SECONDS = 15
_LEAVE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen.

    Attributes:
        host: address or name of this machine.
        port: 0: any that is free.
        processes: how many serve at once.
    """

    host: str
    port: int
    processes: int = 1


def serve(folder: Path, place: Place, ready: Callable[[str], None]) -> None:
    """Serve the newsletter of a folder until SIGTERM.

    Args:
        folder: with newsletter.yaml.
        place: where to listen.
        ready: called with the address of the pages on this machine as soon as one can connect.

    Raises:
        InfomailError: the newsletter cannot be served as it is set, or the port is taken.
    """
    office = open_office(folder)
    if place.processes == 1:
        serve_office(office, place, ready)
        return
    with _opened(office, place, ready) as (_, listener):
        office.close()
        os.chdir(folder)  # where the factory looks for the newsletter
        configured = _configured(_FACTORY, place.processes)
        Multiprocess(configured, [listener]).run()


def serve_office(office: Office, place: Place, ready: Callable[[str], None]) -> None:
    """Serve the newsletter of an office by one process until SIGTERM.

    Args:
        office: the newsletter's; it is closed in the end.
        place: where to listen.
        ready: as for `serve`.

    Raises:
        InfomailError: the newsletter cannot be served as it is set, or the port is taken.
    """
    with _opened(office, place, ready) as (application, listener):
        uvicorn.Server(_configured(application)).run([listener])


@contextmanager
def _opened(
    office: Office, place: Place, ready: Callable[[str], None]
) -> Iterator[tuple[Starlette, socket.socket]]:
    """Make the application, listen, and say where."""
    log_to_stderr()
    application = from_office(office)
    path = office.newsletter.public_url.split("://", 1)[1].partition("/")[2]
    with _listening(place) as listener:
        port = listener.getsockname()[1]
        host = f"[{place.host}]" if ":" in place.host else place.host
        ready(f"http://{host}:{port}/{path.rstrip('/')}".rstrip("/"))
        # uvicorn raises the signal again that ended it; by default that would be no success.
        signal.signal(signal.SIGTERM, _leave)
        yield application, listener


def _leave(*_: object) -> NoReturn:
    raise SystemExit(0)


def _listening(place: Place) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            place.host, place.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(
            address[:2], family=family, backlog=_BACKLOG, reuse_port=False
        )
    except OSError as error:
        reason = error.strerror or str(error)
        msg = f"{place.host}:{place.port} cannot be listened at ({reason}) — name another --port"
        raise SettingsError(msg) from error
    listener.set_inheritable(True)
    return listener


def _configured(application: object, processes: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        application,  # type: ignore[arg-type]
        factory=isinstance(application, str),
        workers=processes,
        backlog=_BACKLOG,
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_LEAVE_SECONDS,
        lifespan="on",
        ws="none",
    )
