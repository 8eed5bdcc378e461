"""A sender that falls at an exact letter: the server has it, and the sender will never know.

The kill comes between the record of a letter and its acknowledgement. So the sender that falls has
at least that letter in hand, whatever the speed of the machine.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

from tests.torture.product import Order, Program
from tests.torture.stand import stand

_PATIENCE_SECONDS = 60.0


def fell(
    program: Program,
    order: Order,
    record: Path,
    letter: int,
    then: Callable[[], None] | None = None,
) -> int:
    """Begin a sender, kill it when the server has so many letters, and wait until all is over.

    Args:
        program: forks the sender.
        order: what it is to do; the port is filled in.
        record: of the server.
        letter: number of the letter, counted from this sender's first, that is not acknowledged;
            0 if it falls before a server has greeted it.
        then: is done at once after the kill, before anything else.

    Returns:
        How it ended: negative by a signal, as it did if it came so far.
    """
    reached, gone = threading.Event(), threading.Event()

    def watch(number: int) -> None:
        if number >= letter:
            reached.set()
            gone.wait(_PATIENCE_SECONDS)

    with stand(record, watch) as port:
        program.prepare(dataclasses.replace(order, port=port))
        program.begin()
        try:
            assert reached.wait(_PATIENCE_SECONDS), "the server never had so many letters"
            with contextlib.suppress(ProcessLookupError):
                program.kill()
            if then:
                then()
            return program.await_end()
        finally:
            gone.set()
