"""What came of asking: frozen values that say it in the staff's words, and never an exception."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.StrEnum):
    """What an outcome means for a reader who follows the link."""

    GOOD = "good"
    DEAD = "dead"
    UNSURE = "unsure"
    PRIVATE = "private"
    TLS = "tls"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said to one request.

    Attributes:
        status: HTTP status code.
        location: where it leads on to, one character for each byte; empty if nowhere.
        wait_seconds: how long it asks us to stay away; 0 if it does not say.
        cookie: whether it wants to be recognised next time.
    """

    status: int
    location: str = ""
    wait_seconds: int = 0
    cookie: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no answer came.

    Attributes:
        kind: what it means.
        reason: predicate of a sentence about the address, such as "did not answer in time".
        again: whether another way of asking may do better.
        late: whether time was up.
    """

    kind: Kind
    reason: str
    again: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect that was followed.

    Attributes:
        url: where it led.
        permanent: whether the server said that it is for good (301, 308).
    """

    url: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking for one address, redirects included.

    Attributes:
        kind: what it means.
        reason: predicate of a sentence about the last address asked; empty if all is good.
        hops: the redirects on the way.
    """

    kind: Kind
    reason: str = ""
    hops: tuple[Hop, ...] = ()
