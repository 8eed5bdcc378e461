"""The guard knows the public internet from all else, in any spelling and any disguise."""

from __future__ import annotations

import ipaddress
import socket
import threading
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from infomail.linkcheck import guard
from infomail.linkcheck.address import parse
from infomail.linkcheck.outcome import Failure, Kind

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]
HIDDEN = [
    "0.0.0.0",  # noqa: S104  # unspecified
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.0.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2001:0:7f00:1::f7f7:f7f7",
    "2001:0:808:808::80ff:fffe",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%lo",
    "2a00::1%eth0",
    "fec0::1",
    "ff02::1",
    "localhost",
    "",
]
PRIVATE_IPV4 = [
    IPv4Network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"),
    )
]
PRIVATE_IPV6 = [
    IPv6Network(block)
    for block in ("::/64", "64:ff9b:1::/48", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8")
]


@pytest.mark.parametrize("text", PUBLIC)
def test_the_public_internet_may_be_asked(text: str) -> None:
    """Addresses next to the special ones are public."""
    assert guard.is_public(text)


@pytest.mark.parametrize("text", HIDDEN)
def test_all_else_may_not(text: str) -> None:
    """Private, loopback, link-local, multicast, reserved and carried ones are not."""
    assert not guard.is_public(text)


@st.composite
def spelt_ipv4(draw: st.DrawFn) -> str:
    """Give a private IPv4 address in any spelling that systems understand."""
    block = draw(st.sampled_from(PRIVATE_IPV4))
    number = int(block[0]) + draw(st.integers(0, block.num_addresses - 1))
    octets = number.to_bytes(4, "big")
    count = draw(st.integers(1, 4))
    parts = [*octets[: count - 1], int.from_bytes(octets[count - 1 :], "big")]
    spell = st.sampled_from(["{}", "0x{:x}", "0X{:X}", "0{:o}", "0x000{:x}"])
    return ".".join(draw(spell).format(part) for part in parts)


@st.composite
def spelt_ipv6(draw: st.DrawFn) -> str:
    """Give a private address in IPv6, in its own right or carrying a private IPv4 one."""
    if draw(st.booleans()):
        block = draw(st.sampled_from(PRIVATE_IPV6))
        return _spelt(draw, int(block[0]) + draw(st.integers(0, block.num_addresses - 1)))
    inner = draw(st.sampled_from(PRIVATE_IPV4))
    number = int(inner[0]) + draw(st.integers(0, inner.num_addresses - 1))
    rest = draw(st.integers(0, 2**64 - 1))
    carriers = {
        "mapped": 0xFFFF << 32 | number,
        "6to4": 0x2002 << 112 | number << 80 | rest,
        "NAT64": int(IPv6Address("64:ff9b::")) | number,
        "Teredo server": 0x20010000 << 96 | number << 64 | rest,
        "Teredo client": 0x20010000 << 96 | 0x08080808 << 64 | (number ^ 0xFFFFFFFF),
    }
    return _spelt(draw, carriers[draw(st.sampled_from(sorted(carriers)))])


def _spelt(draw: st.DrawFn, number: int) -> str:
    ip = IPv6Address(number)
    dotted = f"{IPv6Address(number >> 32 << 32).exploded[:30]}{IPv4Address(number & 0xFFFFFFFF)}"
    return f"[{draw(st.sampled_from([ip.compressed, ip.exploded.upper(), dotted]))}]"


def numeric(host: str, port: int) -> tuple[str, ...]:
    """Read an IP address as the system's resolver does, without asking anybody."""
    flags = socket.AI_NUMERICHOST
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return tuple(str(place[0]) for *_, place in found)


@given(host=st.one_of(spelt_ipv4(), spelt_ipv6()), login=st.sampled_from(["", "8.8.8.8@", "a:b@"]))
def test_a_private_address_is_refused_in_any_spelling(host: str, login: str) -> None:
    """Octal, hexadecimal, short, mapped, tunnelled: the guard sees through it."""
    address = parse(f"http://{login}{host}/")
    if address:
        found = guard.vetted(address, numeric, guard.is_public, 5)
        assert isinstance(found, Failure)
        assert found.kind is Kind.PRIVATE


@given(st.ip_addresses())
def test_the_guard_is_stricter_than_the_standard_library(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    """What Python knows to be private is never public."""
    assume(isinstance(ip, IPv4Address) or not guard._carried(ip))
    if guard.is_public(str(ip)):
        kinds = (ip.is_private, ip.is_loopback, ip.is_link_local, ip.is_multicast, ip.is_reserved)
        assert not any(kinds)


def test_a_host_without_addresses_does_not_exist() -> None:
    """A resolver that finds nothing and says nothing found nothing."""
    address = parse("http://a.test/")
    assert address
    found = guard.vetted(address, lambda _host, _port: (), guard.is_public, 5)
    assert found == Failure(Kind.DEAD, "is on a host that does not exist")


def test_a_resolver_that_hangs_is_not_waited_for() -> None:
    """Looking up has the same deadline as all else."""
    address = parse("http://a.test/")
    assert address
    released = threading.Event()

    def resolve(_host: str, _port: int) -> tuple[str, ...]:
        released.wait(30)
        return ("8.8.8.8",)

    found = guard.vetted(address, resolve, guard.is_public, 0.01)
    released.set()
    assert found == Failure(Kind.UNSURE, "is on a host that took too long to look up", late=True)


def test_the_system_resolver_reads_what_browsers_read() -> None:
    """The real look-up gives addresses without asking anybody where the host is one."""
    assert guard.resolve("127.0.0.1", 80) == ("127.0.0.1",)
    assert guard.resolve("::1", 80) == ("::1",)
