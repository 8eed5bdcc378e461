"""An application on a socket of this machine, and a program that calls it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import httpx
import uvicorn
from starlette.applications import Starlette

_PATIENCE_SECONDS = 30


@contextlib.contextmanager
def calling(application: Starlette, host: str) -> Iterator[httpx.Client]:
    """Serve an application for as long as the block lasts.

    Args:
        application: without its postman.
        host: name by which it is asked for.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    configured = uvicorn.Config(application, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(configured)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()  # the listener takes callers at once, and they wait for the server
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        with httpx.Client(
            base_url=url, headers={"host": host}, timeout=_PATIENCE_SECONDS, trust_env=False
        ) as client:
            client.get("/healthz")  # a server told to stop before it began would never stop
            yield client
    finally:
        server.should_exit = True
        thread.join(_PATIENCE_SECONDS)
        listener.close()
