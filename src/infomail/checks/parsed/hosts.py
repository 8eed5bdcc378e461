"""Hosts: what an address names, and whether readers anywhere can and will go there.

By shape alone; nothing is looked up.
"""

from __future__ import annotations

import functools
import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, urlsplit

WEB = frozenset({"https", "http"})
# RFC 2606 sections 2 and 3: names that stand in examples and are nobody's.
_EXAMPLE_HOST = re.compile(r"(?:.*\.)?(?:example\.(?:com|net|org)|example|test|invalid)")
# RFC 6761 section 6.3, RFC 6762, RFC 8375 section 3, and what offices use besides.
_PRIVATE_HOST = re.compile(
    r"(?:.*\.)?(?:localhost|local|internal|intranet|lan|corp|home\.arpa)|[^.]+"
)
# The most used services; spam filters know them as a way to hide an address.
_SHORTENERS = frozenset(
    {
        "bit.ly",
        "bitly.com",
        "buff.ly",
        "cutt.ly",
        "dlvr.it",
        "fb.me",
        "goo.gl",
        "ift.tt",
        "is.gd",
        "j.mp",
        "lnkd.in",
        "ow.ly",
        "rb.gy",
        "rebrand.ly",
        "s.id",
        "shorturl.at",
        "shrtco.de",
        "t.co",
        "t.ly",
        "tiny.cc",
        "tinyurl.com",
        "trib.al",
        "v.gd",
        "wp.me",
    }
)
# Writing systems that one name may mix: Japanese and Korean do.
_SAME_SCRIPT = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "HANGUL": "CJK", "KATAKANA-HIRAGANA": "CJK"}


@functools.lru_cache(maxsize=4096)
def parts_of(href: str) -> SplitResult:
    """Take an address apart; one that cannot be taken apart is all path."""
    try:
        parts = urlsplit(href)
        _ = parts.hostname
    except ValueError:
        return SplitResult("", "", href, "", "")
    return parts


@functools.lru_cache(maxsize=4096)
def host_of(href: str) -> str:
    """Give the host of an address on the web in small letters; empty if there is none."""
    parts = parts_of(href)
    return (parts.hostname or "").rstrip(".") if parts.scheme in WEB else ""


def is_example(host: str) -> bool:
    """Tell whether a host can only stand in an example."""
    return bool(_EXAMPLE_HOST.fullmatch(host))


def is_shortener(host: str) -> bool:
    """Tell whether a host is a service that shortens addresses."""
    return host.removeprefix("www.") in _SHORTENERS


@functools.lru_cache(maxsize=1024)
def is_private(host: str) -> bool:
    """Tell whether a host is known only inside an office or on one machine."""
    address = ip_of(host)
    return not address.is_global if address else bool(_PRIVATE_HOST.fullmatch(host))


@functools.lru_cache(maxsize=1024)
def ip_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Give the number of a machine where a host is one."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


@functools.lru_cache(maxsize=1024)
def is_disguised(host: str) -> bool:
    """Tell whether a host is in code, or one of its names mixes alphabets."""
    labels = host.split(".")
    if any(label.startswith("xn--") for label in labels):
        return True
    return not host.isascii() and any(len(_scripts(label)) > 1 for label in labels)


def _scripts(label: str) -> set[str]:
    names = (unicodedata.name(each, "").split(" ")[0] for each in label if each.isalpha())
    return {_SAME_SCRIPT.get(name, name) for name in names}
