"""What looks odd about an address, for people to look at: nothing here refuses one."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import lru_cache

COMMON = (
    *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com"),
    *("yahoo.com", "icloud.com", "me.com", "aol.com", "protonmail.com", "proton.me"),
    *("gmx.de", "gmx.net", "gmx.com", "web.de", "t-online.de", "freenet.de", "posteo.de"),
    *("orange.fr", "free.fr", "laposte.net", "sfr.fr", "wanadoo.fr", "yahoo.fr", "hotmail.fr"),
    *("hotmail.co.uk", "yahoo.co.uk", "btinternet.com", "libero.it", "yahoo.it", "hotmail.it"),
    *("hotmail.es", "yahoo.es", "telefonica.net", "sapo.pt", "bluewin.ch", "skynet.be"),
    *("telenet.be", "mail.ru", "yandex.ru", "yandex.com", "bk.ru", "rambler.ru", "ukr.net"),
    *("mail.com", "email.com", "ymail.com", "rocketmail.com", "mac.com", "fastmail.com"),
    *("qq.com", "163.com", "126.com", "naver.com", "rediffmail.com", "yahoo.co.in"),
)
"""Domains where many people have mailboxes."""
_ROLES = frozenset(
    (
        *("info", "marketing", "sales", "support", "abuse", "noc", "security", "postmaster"),
        *("hostmaster", "usenet", "news", "webmaster", "www", "uucp", "ftp", "root", "admin"),
        *("administrator", "contact", "office", "hello", "mail", "noreply", "no-reply"),
        *("mailer-daemon",),
    )
)
"""RFC 2142 sections 3 to 5, and names that are used like them."""
_NEAR = 0.84
_MIN_CHARACTERS = 6
_COUNTRY_CHARACTERS = 2
_CUT_SHORT = frozenset({"co", "cm", "om", "ne"})
"""What people write for com and net; hardly anybody has a mailbox there."""


def likely(domain: str, known: Sequence[str] = COMMON) -> str | None:
    """Guess which domain was meant by one that looks like a slip; None if it looks right.

    Args:
        domain: in A-labels and lower case.
        known: domains that are more likely than those near them.
    """
    return _likely(domain, tuple(known))


@lru_cache(maxsize=4096)
def _likely(domain: str, known: tuple[str, ...]) -> str | None:
    """Look among the known ones; files name the same domains again and again."""
    if domain in known or len(domain) < _MIN_CHARACTERS:
        return None
    found = difflib.get_close_matches(domain, known, n=1, cutoff=_NEAR)
    return found[0] if found and not _is_national(domain, found[0]) else None


def _is_national(domain: str, known: str) -> bool:
    """Tell whether a domain is a known one of another country, such as yahoo.ca."""
    name, _, end = domain.partition(".")
    is_country = len(end) == _COUNTRY_CHARACTERS and end not in _CUT_SHORT
    return name == known.partition(".")[0] and is_country


def is_role(mailbox: str) -> bool:
    """Tell whether an address is an office's rather than a person's (RFC 2142)."""
    local = mailbox.rpartition("@")[0].partition("+")[0]
    return local.lower() in _ROLES
