"""Which addresses may be asked: only those of the public internet.

A link, or a redirect of somebody else's server, must not make this machine knock at its own
doors or its neighbours' (server-side request forgery). A host is looked up once and judged by
every address it has; the connection then goes to exactly the addresses that were judged.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from infomail.linkcheck.address import Address
from infomail.linkcheck.outcome import Failure, Kind

Resolve = Callable[[str, int], tuple[str, ...]]
"""Looks up host and port; raises OSError as socket.getaddrinfo does."""

# IANA IPv4 Special-Purpose Address Registry: what is not globally reachable. A table of our own,
# because what ipaddress calls global differs between versions of Python.
_SPECIAL_IPV4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers (CGNAT)
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's platform, answered inside its machines only
        "169.254.0.0/16",  # link-local, and the metadata of cloud machines
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # former 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_GLOBAL_IPV6 = IPv6Network("2000::/3")
"""All that IANA has given out for the public internet (IPv6 Global Unicast Address Space)."""
# IANA IPv6 Special-Purpose Address Registry: what lies within and yet is not for web servers.
_SPECIAL_IPV6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, and Teredo's tunnels
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: networks without IPv4 reach an IPv4 server at its address behind this prefix."""

# IANA Service Name and Port Number Registry.
_OTHER_PORTS = {
    22: "SSH",
    25: "mail",
    110: "mail",
    143: "mail",
    465: "mail",
    587: "mail",
    993: "mail",
    995: "mail",
    3306: "MySQL",
    5432: "PostgreSQL",
    6379: "Redis",
}


def is_public(text: str) -> bool:
    """Tell whether an IP address is one of the public internet, in whatever clothes it comes."""
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in block for block in _SPECIAL_IPV4)
    if ip.scope_id:  # RFC 4007 section 11: of a network that this machine is part of
        return False
    carried = _carried(ip)
    if carried:
        return all(is_public(str(each)) for each in carried)
    return ip in _GLOBAL_IPV6 and not any(ip in block for block in _SPECIAL_IPV6)


def _carried(ip: IPv6Address) -> tuple[IPv4Address, ...]:
    """Give the IPv4 addresses inside an IPv6 one.

    64:ff9b:1::/48 (RFC 8215) carries some as well, but for local use only: it is never public.
    """
    if ip.ipv4_mapped:
        return (ip.ipv4_mapped,)
    if ip.sixtofour:
        return (ip.sixtofour,)
    if ip in _NAT64:
        return (IPv4Address(int(ip) & 0xFFFF_FFFF),)
    return ()


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Ask the system for the addresses of a host, each once.

    Raises:
        OSError: there are none, or nobody could tell.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(place[0]) for *_, place in found))


def vetted(
    address: Address, look_up: Resolve, public: Callable[[str], bool], seconds: float
) -> tuple[str, ...] | Failure:
    """Give the IP addresses that may be asked for `address`, or say why none may.

    Args:
        address: what is to be asked.
        look_up: finds the host's addresses; it is called once.
        public: judges one of them.
        seconds: how long looking up may take.
    """
    if service := _OTHER_PORTS.get(address.port):
        return Failure(Kind.PRIVATE, f"names port {address.port}, the one for {service}")
    peers = _looked_up(address, look_up, seconds)
    if isinstance(peers, Failure):
        return peers
    hidden = [peer for peer in peers if not public(peer)]
    if hidden:
        return Failure(Kind.PRIVATE, f"is at the address {hidden[0]}, not on the public internet")
    return peers or _NO_HOST


_NO_HOST = Failure(Kind.DEAD, "is on a host that does not exist")
# Python has EAI_NODATA only where the system has it.
_UNKNOWN = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


def _looked_up(address: Address, look_up: Resolve, seconds: float) -> tuple[str, ...] | Failure:
    """Look up the host in a thread of its own, for the system sets no limit that we know."""
    found: queue.SimpleQueue[tuple[str, ...] | Failure] = queue.SimpleQueue()

    def work() -> None:
        try:
            found.put(look_up(address.host, address.port))
        except (OSError, ValueError) as error:
            unsure = Failure(Kind.UNSURE, "is on a host that could not be looked up")
            known = isinstance(error, socket.gaierror) and error.errno in _UNKNOWN
            found.put(_NO_HOST if known else unsure)

    threading.Thread(target=work, daemon=True).start()
    try:
        return found.get(timeout=max(seconds, 0))
    except queue.Empty:
        return Failure(Kind.UNSURE, "is on a host that took too long to look up", late=True)
