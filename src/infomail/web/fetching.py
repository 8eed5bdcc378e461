"""The one thing that the public pages fetch: what Amazon SNS refers to at its own hosts.

One request at a time, little patience at each step, bounded octets, no redirect: whoever makes a
process fetch something gains nothing by it. The host's certificate is checked as browsers do.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import urllib.parse
from collections.abc import Callable

Fetch = Callable[[str], bytes | None]
"""Gives what an https address holds, None if it cannot be had now."""

_SECONDS = 5
_MOST_BYTES = 65_536
_ONE_AT_A_TIME = threading.Lock()


def fetch(url: str) -> bytes | None:
    """Get what stands at an address.

    Args:
        url: https, of a host that the caller trusts.

    Returns:
        The octets of an answer 200; None for any other, if none came in time, and while another
        is fetched.
    """
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        return None  # waiting for each other, requests would take the threads from all pages
    try:
        return _get(urllib.parse.urlsplit(url))
    except (OSError, http.client.HTTPException):
        return None
    finally:
        _ONE_AT_A_TIME.release()


def _get(url: urllib.parse.SplitResult) -> bytes | None:
    context = ssl.create_default_context()
    connection = http.client.HTTPSConnection(
        url.hostname or "", url.port, timeout=_SECONDS, context=context
    )
    try:
        connection.request("GET", url._replace(scheme="", netloc="").geturl())
        answer = connection.getresponse()
        octets = answer.read(_MOST_BYTES + 1)
        is_whole = answer.status == http.client.OK and len(octets) <= _MOST_BYTES
        return octets if is_whole else None
    finally:
        connection.close()
