"""A site on disk: its files, and where a link on one of its pages leads."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from infomail.errors import SettingsError

INDEX = "index.html"
_ELSEWHERE = frozenset({"mailto", "tel", "sms", "data", "webcal", "urn"})


class Target(NamedTuple):
    """Where a link leads.

    Attributes:
        path: of a file below the site; empty if it leads out of the site.
        anchor: in the file.
        host: of another site; empty if it leads to this one.
        fault: code of what is wrong with the link itself; empty if nothing.
    """

    path: str = ""
    anchor: str = ""
    host: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A published site.

    Attributes:
        place: its folder.
        home: its address, with a slash at its end.
        served: first parts of paths below the address that a server answers, such as "join".
        files: paths of all its files.
    """

    place: Path
    home: str
    served: frozenset[str]
    files: frozenset[str]

    def text(self, path: str) -> bytes:
        """Read a file."""
        return (self.place / path).read_bytes()

    def ending(self, *tails: str) -> Iterator[str]:
        """Name the files with one of these endings, in order; pagefind's own are left out."""
        yield from sorted(
            path for path in self.files if path.endswith(tails) and not path.startswith("pagefind/")
        )

    def target(self, page: str, url: str) -> Target:
        """Say where a link leads.

        Args:
            page: path of the file that has it.
            url: as it is written there.
        """
        try:
            parts = urlsplit(url.strip())
        except ValueError:
            return Target(fault="broken-link")
        if parts.scheme.lower() in _ELSEWHERE:
            return Target()
        if parts.scheme or parts.netloc:
            return self._absolute(url.strip())
        if parts.path.startswith("/"):
            return Target(fault="rooted-link")
        if not parts.path:
            return Target(page, unquote(parts.fragment))
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
        return self._inside(path, unquote(parts.fragment), is_link=True)

    def _absolute(self, url: str) -> Target:
        parts = urlsplit(url)
        if parts.scheme.lower() not in {"http", "https", ""}:
            return Target(fault="broken-link")
        if not f"{url}/".startswith(self.home):
            return Target(host=parts.netloc)
        tail = urlsplit(
            f"{url}/"[len(self.home) :] if url == self.home[:-1] else url[len(self.home) :]
        )
        if tail.path.partition("/")[0] in self.served:
            return Target()
        return self._inside(
            posixpath.normpath(unquote(tail.path) or "."), unquote(tail.fragment), is_link=False
        )

    def _inside(self, path: str, anchor: str, *, is_link: bool) -> Target:
        if path in self.files:
            return Target(path, anchor)
        inner = posixpath.normpath(posixpath.join(path, INDEX))
        if inner in self.files:
            return Target(inner, anchor, fault="folder-link" if is_link else "")
        return Target(fault="broken-link")


def opened(place: Path, home: str, served: frozenset[str]) -> Site:
    """Open a site.

    Args:
        place: its folder.
        home: its address.
        served: first parts of paths that a server answers.

    Raises:
        SettingsError: there is no site.
    """
    if not (place / INDEX).is_file():
        msg = f"{place} holds no site — run `infomail publish` first"
        raise SettingsError(msg)
    files = frozenset(
        (Path(root) / name).relative_to(place).as_posix()
        for root, _, names in os.walk(place)
        for name in names
    )
    return Site(place, home.rstrip("/") + "/", served, files)
