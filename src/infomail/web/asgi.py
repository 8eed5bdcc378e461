"""The pages as an ASGI application, for `infomail serve` and for servers of your own.

    uvicorn --factory infomail.web.asgi:from_this_folder

serves the newsletter of the folder in which it is started. With the application lives a postman,
who sends what people asked for.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import anyio.to_thread
from starlette.applications import Starlette

from infomail.web.app import application
from infomail.web.site import Site
from infomail.wiring.office import Office, open_office
from infomail.wiring.postman import Postman


def from_this_folder() -> Starlette:
    """Make the application of the newsletter in the folder one stands in.

    Raises:
        InfomailError: the newsletter cannot be served as it is set.
    """
    log_to_stderr()
    return from_office(open_office(Path.cwd()))


def from_office(office: Office) -> Starlette:
    """Make the application of an office, which it closes in the end.

    Raises:
        InfomailError: the newsletter cannot be served as it is set.
    """
    _ = office.secret  # the database is made or upgraded now, and not by the first visitor
    postman = Postman(office)
    postman.check()  # and what is set wrong is told now, in one sentence
    return application(Site(office, postman.ring), _with(office, postman))


def log_to_stderr() -> None:
    """Write the log to standard error, one line a request, if nobody else has decided on it."""
    log = logging.getLogger("infomail")
    if not log.handlers and not logging.getLogger().handlers:
        writer = logging.StreamHandler(sys.stderr)
        writer.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        log.addHandler(writer)
        log.setLevel(logging.INFO)


def _with(
    office: Office, postman: Postman
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def alive(_: Starlette) -> AsyncIterator[None]:
        await anyio.to_thread.run_sync(postman.start)
        try:
            yield
        finally:
            await anyio.to_thread.run_sync(postman.stop)
            office.close()

    return alive
