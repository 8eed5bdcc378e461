"""Hosts: what an address names, and whether readers anywhere can and will go there.

By shape alone; nothing is looked up.
"""

from __future__ import annotations

import functools
import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, unquote, urlsplit

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
# Chromium's policy on names in other letters: a name of nothing but these looks Latin.
_LOOKING_LATIN = frozenset("аысԁеԍһіюјӏорԗԛѕԝхуъьҽпгѵѡαικνρυωηοτ")
# As above: where people write Cyrillic or Greek, they mean it.
_OTHER_LETTERS_AT_HOME = frozenset(
    {"bg", "by", "cy", "gr", "kg", "kz", "mk", "mn", "rs", "ru", "su", "tj", "ua", "uz"}
)
# URL Standard, section 4.4: in an address of the web, browsers read a backslash as a slash.
_TO_BACKSLASH = re.compile(r"https?://[^?#]*\\[^?#]*", re.IGNORECASE)
# As above, section 3.5, the parser of IPv4 numbers: hexadecimal, octal or decimal.
_PART_OF_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_PARTS_OF_NUMBER = 4


@functools.lru_cache(maxsize=4096)
def parts_of(href: str) -> SplitResult:
    """Take an address apart; one that cannot be taken apart is all path."""
    if "\\" in href:
        href = _TO_BACKSLASH.sub(lambda found: found[0].replace("\\", "/"), href, count=1)
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
    host = (parts.hostname or "").rstrip(".") if parts.scheme in WEB else ""
    return host if host.isascii() and "%" not in host else _as_looked_up(host)


def _as_looked_up(host: str) -> str:
    """Give a host with its letters in their plain form (UTS 46, section 4)."""
    return unicodedata.normalize("NFKC", unquote(host)).replace("。", ".").lower().rstrip(".")


def login_of(href: str) -> str:
    """Give the name and password that stand before the host of an address on the web."""
    parts = parts_of(href)
    return parts.netloc.rpartition("@")[0] if parts.scheme in WEB else ""


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
    """Give the number of a machine where a host is one, in any way that browsers understand."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return _ipv4_of(host)


def _ipv4_of(host: str) -> ipaddress.IPv4Address | None:
    """Read a number in its short forms, such as 127.1, 0x7f.1 or 2130706433."""
    parts = host.split(".")
    if len(parts) > _PARTS_OF_NUMBER or not all(map(_PART_OF_NUMBER.fullmatch, parts)):
        return None
    try:
        *first, last = map(_number, parts)
        front = int.from_bytes(bytes(first), "big") << 8 * (_PARTS_OF_NUMBER - len(first))
        fits = last < 1 << 8 * (_PARTS_OF_NUMBER - len(first))
        return ipaddress.IPv4Address(front + last) if fits else None
    except ValueError:
        return None


def _number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8 if part.startswith("0") else 10)


def is_hidden_number(host: str) -> bool:
    """Tell whether a host is a number that people do not see in it at once."""
    address = ip_of(host)
    return isinstance(address, ipaddress.IPv4Address) and str(address) != host


@functools.lru_cache(maxsize=1024)
def is_disguised(host: str) -> bool:
    """Tell whether a host is in code, or one of its names looks like another one.

    Such a name mixes alphabets, or all its letters look Latin and are not.
    """
    labels = host.split(".")
    if any(label.startswith("xn--") for label in labels):
        return True
    if host.isascii():
        return False
    return any(len(_scripts(label)) > 1 for label in labels) or (
        labels[-1].isascii()
        and labels[-1] not in _OTHER_LETTERS_AT_HOME
        and any(_looks_latin(label) for label in labels)
    )


def _looks_latin(label: str) -> bool:
    letters = set(filter(str.isalpha, label))
    return bool(letters) and letters <= _LOOKING_LATIN


def _scripts(label: str) -> set[str]:
    names = (unicodedata.name(each, "").split(" ")[0] for each in label if each.isalpha())
    return {_SAME_SCRIPT.get(name, name) for name in names}
