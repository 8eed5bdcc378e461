"""Web addresses as they are asked: host in ASCII, path percent-encoded, no fragment, no password.

Whatever a person or a server wrote becomes either one plain `Address` or nothing. All that is
shown to people passes `shown`, so that no server can write to a terminal.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

PORTS = {"http": 80, "https": 443}

MAX_ASKED_CHARACTERS = 8_000
"""RFC 9110 section 4.1 wants every HTTP software to manage that much, and demands no more."""
_MAX_SHOWN_CHARACTERS = 160
_RESERVED = "%!#$&'()*+,/:;=?@[]~"
"""RFC 3986 section 2.2, and the percent sign of what is encoded already."""
# RFC 1123 section 2.1, and the underscore that many names in use have.
_HOST = re.compile(r"[a-z0-9_][a-z0-9_.-]*")
# The URL Standard, section 4.4, takes them out of wherever they stand.
_TAB_OR_BREAK = re.compile(r"[\t\r\n]")
# RFC 3986 section 3.2.1: what stands before the last @ of the authority. For browsers, it ends at
# a backslash as well.
_LOGIN = re.compile(r"^([^/?#]*//)[^/?#\\]*@")
# UTS 46, section 2.3: what IDNA 2003, which Python knows, takes for other letters than browsers.
_DEVIATING = frozenset("ßẞς\u200c\u200d")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes.

    Attributes:
        scheme: "http" or "https".
        host: name in A-labels, or an IP address without brackets.
        port: written or the scheme's own.
        target: path and query, percent-encoded; begins with a slash.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them (RFC 9110 section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address; two links to one page have the same."""
        return f"{self.scheme}://{self.authority}{self.target}"


def is_web(url: str) -> bool:
    """Tell whether `url` is one to ask: no mail address, no telephone number."""
    return url.strip().lower().startswith(("http://", "https://"))


def parse(url: str) -> Address | None:
    """Read an address; None if it is none, or not of the web."""
    if len(url) > MAX_ASKED_CHARACTERS:
        return None
    try:
        parts = urlsplit(_with_slashes(url.strip()))
        scheme, host = parts.scheme.lower(), _host(parts.hostname or "")
        port = PORTS.get(scheme, 0) if parts.port is None else parts.port
    except ValueError:
        return None
    if scheme not in PORTS or not host or not port:
        return None
    query = f"?{parts.query}" if parts.query else ""
    target = quote(f"{parts.path or '/'}{query}", safe=_RESERVED, errors="replace")
    return Address(scheme, host, port, target if target.startswith("/") else f"/{target}")


def _host(text: str) -> str:
    """Give a host as it is looked up; empty if it cannot be one.

    Raises:
        ValueError: a label is empty or too long, an IPv6 address is none or names a network card
            of this machine, or browsers might read another host.
    """
    if ":" in text:
        if "%" in text:  # the URL Standard, section 3.5, knows no zones
            raise ValueError
        return str(ipaddress.IPv6Address(text))
    if _deviates(text):
        raise ValueError
    host = unquote(text).encode("idna").decode("ascii").lower().rstrip(".")
    return host if _HOST.fullmatch(host) else ""


def has_deviating_host(url: str) -> bool:
    """Tell whether a host is written in letters by which browsers may mean another one than we."""
    try:
        return _deviates(urlsplit(_with_slashes(url.strip())).hostname or "")
    except ValueError:
        return False


def _deviates(host: str) -> bool:
    if host.isascii() and "%" not in host:
        return False
    # RFC 3490 section 1.3: IDNA 2003 knows the letters of Unicode 3.2 only.
    return any(
        each in _DEVIATING or unicodedata.ucd_3_2_0.category(each) == "Cn" for each in unquote(host)
    )


def _with_slashes(url: str) -> str:
    """Give `url` as browsers read it: backslashes before the query are slashes (section 4.4)."""
    end = next((at for at, mark in enumerate(url) if mark in "?#"), len(url))
    return url[:end].replace("\\", "/") + url[end:]


def led_to(address: Address, location: str) -> str:
    """Give the whole address that a Location header names; empty if it names none.

    Args:
        address: what was asked.
        location: the header's value, one character for each byte.
    """
    plain = _with_slashes(_TAB_OR_BREAK.sub("", location).strip())
    clean = quote(plain.encode("latin-1", "replace"), safe=_RESERVED)
    try:
        return without_login(urljoin(address.url, clean))
    except ValueError:
        return ""


def without_login(url: str) -> str:
    """Give `url` without name and password: they are not asked with, shown or kept."""
    return _LOGIN.sub(r"\1", url, count=1)


def fragment(url: str) -> str:
    """Give the part of `url` that only a browser looks at, with its mark; or nothing."""
    _, mark, part = url.partition("#")
    return f"{mark}{part}" if part else ""


def printable(text: str) -> str:
    """Take controls and invisible marks out of a text, for it may go to a terminal."""
    return "".join(mark if mark.isprintable() else "�" for mark in text)


def shown(url: str) -> str:
    """Give an address as a message shows it: printable, not too long, no password."""
    text = printable(without_login(url))
    return text if len(text) <= _MAX_SHOWN_CHARACTERS else f"{text[:_MAX_SHOWN_CHARACTERS]}…"
