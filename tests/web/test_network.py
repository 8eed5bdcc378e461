"""Whose machine asks."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infomail.errors import SettingsError
from infomail.web.network import client, household, proxies

OURS = proxies(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])
CHAINS = {
    "no proxy": ("198.51.100.7", "", "198.51.100.7"),
    "a stranger's word": ("198.51.100.7", "192.0.2.1", "198.51.100.7"),
    "one proxy": ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
    "two proxies": ("127.0.0.1", "192.0.2.1, 10.1.2.3", "192.0.2.1"),
    "forged before": ("127.0.0.1", "203.0.113.9, 192.0.2.1", "192.0.2.1"),
    "a proxy itself": ("127.0.0.1", "", "127.0.0.1"),
    "mapped": ("::ffff:127.0.0.1", "192.0.2.1", "192.0.2.1"),
    "IPv6": ("fd00::1", "2001:db8::1", "2001:db8::1"),
    "with a port": ("127.0.0.1", "192.0.2.1:51000", "192.0.2.1"),
    "IPv6 with a port": ("127.0.0.1", "[2001:db8::1]:51000", "2001:db8::1"),
    "nonsense": ("127.0.0.1", "unknown", ""),
    "no address": ("", "192.0.2.1", ""),
}


@pytest.mark.parametrize(("peer", "forwarded", "address"), CHAINS.values(), ids=CHAINS)
def test_only_our_proxies_are_believed(peer: str, forwarded: str, address: str) -> None:
    """The address is the last one that a proxy of ours wrote; what came before is hearsay."""
    assert client(peer, forwarded, OURS) == address


@given(st.ip_addresses(), st.lists(st.ip_addresses()))
def test_nobody_hides_behind_a_header(
    peer: ipaddress.IPv4Address, said: list[ipaddress.IPv4Address]
) -> None:
    """Without proxies of ours the address is the peer's, whatever the header says."""
    mapped = getattr(peer, "ipv4_mapped", None) or peer
    assert client(str(peer), ", ".join(map(str, said)), ()) == str(mapped)


def test_a_household_is_one() -> None:
    """IPv6 addresses of one /64 are one network, IPv4 addresses each their own."""
    assert household("2001:db8:1:2::3") == household("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert household("2001:db8:1:3::3") != household("2001:db8:1:2::3")
    assert household("192.0.2.1") == household("::ffff:192.0.2.1") == "192.0.2.1"
    assert household("") == ""


def test_a_proxy_is_a_network() -> None:
    """What is neither address nor network is refused by its key's name."""
    with pytest.raises(SettingsError, match=r"web\.proxies"):
        proxies(["localhost"])
