"""A transport to a scripted server, and what the server can offer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tests.transports.evil import USUAL, Evil

from infomail.model.sending import Security, Smtp
from infomail.transports.smtp import SmtpAccount, SmtpTransport, Timeouts

PATIENT = Timeouts(idle=1000)
"""Nothing runs out of time, and an idle connection is not asked after."""

OFFERS = {
    "bdat pipelined": USUAL,
    "bdat": ("CHUNKING", "SIZE 1000000"),
    "data pipelined": ("PIPELINING", "8BITMIME"),
    "data": (),
}
"""The four ways in which a letter can be handed over."""


@contextlib.contextmanager
def carrying(
    server: Evil, timeouts: Timeouts = PATIENT, password: str = "", **settings: object
) -> Iterator[SmtpTransport]:
    """A transport to a server on this machine, in clear unless the settings say otherwise."""
    account = Smtp.model_validate(
        {"host": "127.0.0.1", "port": server.port, "security": Security.NONE}
        | {"helo_name": "client.example"}
        | settings
    )
    with contextlib.closing(SmtpTransport(SmtpAccount(account, password), timeouts)) as transport:
        yield transport


def wait_until_heard(transport: SmtpTransport) -> None:
    """Block until the server has said or closed something that was not asked for."""
    assert transport._session
    assert transport._session.line._poll.poll(30_000)
