"""One question to one server: a connection to a vetted address, one request, the head of an answer.

http.client is given a socket that is connected already, so that nothing looks the host up a second
time. It knows neither cookies nor proxies nor passwords, and reads at most 100 header lines of
64 KB. A timer cuts the connection when time is up, however busy the server keeps it until then.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import infomail
from infomail.linkcheck import guard
from infomail.linkcheck.address import Address
from infomail.linkcheck.outcome import Answer, Failure, Kind

MAX_BODY_BYTES = 64 * 1024
CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
_MAX_WAIT_DIGITS = 7
_HEADERS = {
    "User-Agent": f"infomail/{infomail.__version__} (link check)",
    "Accept": "*/*",
    "Connection": "close",
}

Connect = Callable[[tuple[str, int], float], socket.socket]
"""Connects to IP address and port within some seconds, as socket.create_connection does."""


@dataclass(frozen=True, slots=True)
class Network:
    """How servers are reached, and how politely; tests put loopback in the internet's place.

    Attributes:
        resolve: looks up a host.
        is_public: judges its addresses.
        connect: connects to one of them.
        context: which certificates are trusted.
        pause: waits for some seconds between two questions to one host.
        monotonic: seconds on a clock that nobody sets.
        deadline_seconds: how long all questions about one address may take, pauses apart.
    """

    resolve: guard.Resolve = guard.resolve
    is_public: Callable[[str], bool] = guard.is_public
    connect: Connect = socket.create_connection
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    pause: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    deadline_seconds: float = 20.0


def request(
    method: str, address: Address, peers: tuple[str, ...], network: Network, seconds: float
) -> Answer | Failure:
    """Ask once.

    Args:
        method: HEAD or GET.
        address: what to ask for.
        peers: the host's vetted IP addresses; the first that can be connected to is asked.
        network: how to connect.
        seconds: how long it may take in all.
    """
    ends = network.monotonic() + seconds
    line = _connected(address, peers, network, ends)
    if isinstance(line, Failure):
        return line
    with _cut_after(line, ends - network.monotonic()) as cut:
        answer = _asked(line, method, address, network.context)
    return _too_slow(network) if cut.is_set() else answer


def _connected(
    address: Address, peers: tuple[str, ...], network: Network, ends: float
) -> socket.socket | Failure:
    reason, late = "", False
    for peer in peers:
        left = ends - network.monotonic()
        if left <= 0:
            return _too_slow(network)
        try:
            line = network.connect((peer, address.port), min(left, CONNECT_SECONDS))
        except TimeoutError:
            reason, late = "did not take the connection in time", True
        except OSError as error:
            late = False
            words = os.strerror(error.errno).lower() if error.errno else "no connection"
            reason = f"could not be reached ({words})"
        else:
            line.settimeout(READ_SECONDS)
            return line
    return Failure(Kind.UNSURE, reason, late=late)


def _too_slow(network: Network) -> Failure:
    reason = f"was not done after {network.deadline_seconds:g} seconds"
    return Failure(Kind.UNSURE, reason, late=True)


@contextlib.contextmanager
def _cut_after(line: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """Shut the connection down when time is up; reading then ends at once in whatever thread."""
    handle = line.dup()  # TLS takes the socket itself away
    cut = threading.Event()

    def end() -> None:
        cut.set()
        with contextlib.suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(seconds, 0), end)
    timer.daemon = True
    timer.start()
    try:
        yield cut
    finally:
        timer.cancel()
        handle.close()


def _asked(
    line: socket.socket, method: str, address: Address, context: ssl.SSLContext
) -> Answer | Failure:
    with contextlib.closing(line):
        try:
            if address.scheme == "https":
                line = context.wrap_socket(line, server_hostname=address.host)
            with contextlib.closing(line):
                return _converse(line, method, address)
        except ssl.SSLCertVerificationError as error:
            return _certificate(error.verify_code)
        except TimeoutError:
            reason = f"was silent for {READ_SECONDS:g} seconds"
            return Failure(Kind.UNSURE, reason, again=True, late=True)
        except ssl.SSLError:
            return Failure(Kind.UNSURE, "could not agree on an encryption with us", again=True)
        except (OSError, http.client.IncompleteRead):
            return Failure(Kind.UNSURE, "broke off before it had answered", again=True)
        except (http.client.HTTPException, ValueError):
            return Failure(Kind.UNSURE, "did not answer as a web server does", again=True)


def _converse(line: socket.socket, method: str, address: Address) -> Answer:
    talk = http.client.HTTPConnection(address.host, address.port)
    talk.auto_open = 0  # it never connects by itself
    talk.sock = line
    talk.request(method, address.target, headers={"Host": address.authority, **_HEADERS})
    with talk.getresponse() as response:
        wait = response.headers.get("Retry-After", "").strip()
        answer = Answer(
            status=response.status,
            location=response.headers.get("Location", ""),
            wait_seconds=int(wait) if _is_number(wait) else 0,
            cookie="Set-Cookie" in response.headers,
        )
        if method == "GET" and response.status in range(200, 300):
            response.read(MAX_BODY_BYTES)
    return answer


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MAX_WAIT_DIGITS


# OpenSSL, X509_V_ERR_*: what a site's owner has to mend, in plain words.
_FAULTS = {
    9: "has a certificate that is not valid yet",
    10: "has a certificate that has expired",
    18: "has a certificate that nobody but itself vouches for",
    23: "has a certificate that was revoked",
    62: "has a certificate for another name",
    64: "has a certificate for another name",
}
# As above: the root or one in between is missing, here or there. Browsers often find it, and
# networks that look into all traffic cause it for sites that are in order.
_UNTRUSTED_HERE = frozenset({2, 19, 20, 21, 27})


def _certificate(code: int) -> Failure:
    if code in _UNTRUSTED_HERE:
        return Failure(Kind.UNSURE, "has a certificate whose issuer this machine does not know")
    return Failure(Kind.TLS, _FAULTS.get(code, "has a certificate that is not valid"))
