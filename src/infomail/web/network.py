"""Whose machine asks: the peer itself, or what our own proxies say of it.

X-Forwarded-For is believed from the right, as long as who wrote it is one of our proxies; whatever
a stranger wrote into it stands further left and is never reached.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence

from infomail.errors import SettingsError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_WITH_PORT = re.compile(r"(\[[^\]]*\]|[0-9.]+):[0-9]{1,5}")
_HOUSEHOLD_BITS = 64
"""A household or a machine usually has a whole /64 (RFC 6177)."""


def proxies(named: Iterable[str]) -> tuple[Network, ...]:
    """Read the networks of our proxies.

    Raises:
        SettingsError: one is no address and no network.
    """
    try:
        return tuple(ipaddress.ip_network(each, strict=False) for each in named)
    except ValueError as error:
        msg = f"web.proxies: {error} — write an address such as 127.0.0.1 or a network 10.0.0.0/8"
        raise SettingsError(msg) from error


def client(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Find the address of the person's machine.

    Args:
        peer: who is connected to us.
        forwarded: the header X-Forwarded-For; empty if there was none.
        trusted: our proxies.

    Returns:
        The address; empty if it cannot be known.
    """
    hops = [each.strip() for each in forwarded.split(",") if each.strip()]
    here = _address(peer)
    while here is not None and hops and any(here in network for network in trusted):
        here = _address(hops.pop())
    return "" if here is None else str(here)


def household(address: str) -> str:
    """Name the network that belongs to one household: an IPv4 address, or an IPv6 /64."""
    here = _address(address)
    if isinstance(here, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((here, _HOUSEHOLD_BITS), strict=False))
    return "" if here is None else str(here)


def _address(text: str) -> _Address | None:
    """Read an address, in brackets and with a port as some proxies write it."""
    found = _WITH_PORT.fullmatch(text)
    try:
        here = ipaddress.ip_address((found[1] if found else text).strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = here.ipv4_mapped if isinstance(here, ipaddress.IPv6Address) else None
    return mapped or here
