"""Pages sent while the archive had another address: they declare the one it has now.

What a page says of its address stands in its head and in its links into the archive; all else
stays as it was sent. The address that it was sent with is read from the page itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from infomail.model.newsletter import Newsletter
from infomail.publish import paths

_CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)">')


def former_home(page: str, path: str, home: str) -> str:
    """Give the archive's address when a page was sent, if it was another; else nothing.

    Args:
        page: as it was sent.
        path: of the page below the site.
        home: the archive's address, with a slash at its end.
    """
    found = _CANONICAL.search(page.partition("</head>")[0])
    former = found[1].removesuffix(path) if found and found[1].endswith(f"/{path}") else home
    return "" if former == home else former


def with_address(head: str, former: str, home: str) -> str:
    """Let the head of a page declare the new address; it begins what stands in quotes there."""
    return re.sub(f'"{re.escape(former[:-1])}(?:/|(?="))', lambda _: f'"{home}', head)


def led_home(url: str, former: str, newsletter: Newsletter, issues: Collection[str]) -> str:
    """Give the new address of what a link leads to, if that is part of the archive.

    Args:
        url: of the link.
        former: the archive's address when the link was written, or nothing.
        newsletter: whose archive it is.
        issues: names of all issues.
    """
    path = "" if f"{url}/" == former else url.removeprefix(former)
    if not former or path == url:
        return url
    first = path.partition("/")[0]
    is_ours = first in {"", *issues} or paths.is_reserved(first, newsletter)
    return f"{newsletter.public_url.rstrip('/')}/{path}" if is_ours else url
