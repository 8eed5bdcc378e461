"""What every answer says to browsers, and whose posts are taken.

No cookie is set anywhere, so nobody can use a visitor's; a post from another site could still make
a browser ask for mail in its visitor's name. Browsers say where a post comes from (Sec-Fetch-Site;
W3C Fetch Metadata, section 2.3), older ones by Origin. Because of the referrer policy the Origin of
our own forms is "null" (Fetch, section 3.2), which therefore says nothing.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection, Mapping
from hashlib import sha256

_POLICY = (
    "default-src 'none'; style-src {styles}; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_FOR_SEARCH = "; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""What the archive's search runs on; only its own page is allowed that."""
_YEAR_SECONDS = 31_536_000
_EVERYWHERE = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
_HSTS = ("strict-transport-security", f"max-age={_YEAR_SECONDS}")
_OURS = frozenset({"same-origin", "none"})
_STYLE = re.compile(rb"<style[^>]*>(.*?)</style>", re.DOTALL)


def headers(
    *, is_secure: bool, style_hashes: tuple[str, ...] = (), searches: bool = False
) -> dict[str, str]:
    """Give the headers of an answer.

    Args:
        is_secure: whether people come by https, and shall always do so (RFC 6797).
        style_hashes: CSP sources of styles inside the page.
        searches: whether the page is the archive's search, which runs a script of the site.
    """
    styles = " ".join(("'self'", *style_hashes))
    allowed = _POLICY.format(styles=styles) + (_FOR_SEARCH if searches else "")
    policy = ("content-security-policy", allowed)
    return dict([*_EVERYWHERE, policy, *([_HSTS] if is_secure else [])])


def hashes_of_styles(page: bytes) -> tuple[str, ...]:
    """Give the CSP source of each style element (CSP Level 3, section 2.3.1)."""
    digests = (sha256(found[1]).digest() for found in _STYLE.finditer(page))
    return tuple(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)


def is_from_us(said: Mapping[str, str], origins: Collection[str]) -> bool:
    """Tell whether a post comes from our own pages, or from no other site's.

    Args:
        said: the request's headers, by their names in lower case.
        origins: ours, such as "https://infomail.example".
    """
    site = said.get("sec-fetch-site")
    if site is not None:
        return site in _OURS
    origin = said.get("origin", "null")
    return origin == "null" or origin in origins


def is_known_host(host: str, known: Collection[str]) -> bool:
    """Tell whether a request asks for one of our hosts, at any port.

    Args:
        host: the header Host; empty if there was none.
        known: names in lower case.
    """
    name = host.lower() if host.endswith("]") else host.lower().rpartition(":")[0] or host.lower()
    return name.rstrip(".") in known
