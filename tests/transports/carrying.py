"""A transport to a scripted server, and what the server can offer."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from tests.transports.evil import GENEROUS_SECONDS, USUAL, Evil

from infomail.model.delivery import Envelope, Outcome
from infomail.model.sending import Security, Smtp
from infomail.transports.smtp import Fleet, SmtpAccount, SmtpTransport, Timeouts
from infomail.transports.smtp.connection import Connection
from infomail.transports.smtp.fleet import Returned

PATIENT = Timeouts(idle=1000)
"""Nothing runs out of time, and an idle connection is not asked after."""

OFFERS = {
    "bdat pipelined": USUAL,
    "bdat": ("CHUNKING", "SIZE 1000000"),
    "data pipelined": ("PIPELINING", "8BITMIME"),
    "data": (),
}
"""The four ways in which a letter can be handed over."""


class Alone:
    """A fleet of one connection that waits for each letter, to be used as a transport is."""

    def __init__(self, fleet: Fleet) -> None:
        """Take a fleet over."""
        self._fleet = fleet

    @property
    def _connection(self) -> Connection:
        return self._fleet._berths[0].connection

    def send(self, envelope: Envelope) -> Outcome:
        """Hand one letter over and wait."""
        self._fleet.begin(0, envelope)
        returned: list[Returned] = []
        ends = time.monotonic() + GENEROUS_SECONDS
        while not returned and time.monotonic() < ends:
            returned = self._fleet.poll(GENEROUS_SECONDS)
        ((_, outcome),) = returned
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def close(self) -> None:
        """Hang up."""
        self._fleet.close(0)


Carrier = SmtpTransport | Alone


@contextlib.contextmanager
def carrying_alone(server: Evil, **settings: object) -> Iterator[Carrier]:
    """A fleet of one connection to a server on this machine."""
    account = SmtpAccount(_account(server, settings))
    with contextlib.closing(Alone(Fleet(account, PATIENT))) as alone:
        yield alone


@contextlib.contextmanager
def carrying(
    server: Evil, timeouts: Timeouts = PATIENT, password: str = "", **settings: object
) -> Iterator[SmtpTransport]:
    """A transport to a server on this machine, in clear unless the settings say otherwise."""
    account = SmtpAccount(_account(server, settings), password)
    with contextlib.closing(SmtpTransport(account, timeouts)) as transport:
        yield transport


def _account(server: Evil, settings: dict[str, object]) -> Smtp:
    here = {"host": "127.0.0.1", "port": server.port, "helo_name": "client.example"}
    return Smtp.model_validate({"security": Security.NONE, **here, **settings})


def wait_until_heard(transport: SmtpTransport) -> None:
    """Block until the server has said or closed something that was not asked for."""
    assert transport._connection.session
    assert transport._connection.session.line._poll.poll(30_000)
