"""Reading in the browser: the editions that may be read beside the published site.

An edition may be read as soon as its sending begins, for letters lead to it, and one of an issue
that says `publish: true` once it was published. It is read as it was sent or published, whatever
was built since; the terms are those of the archive: nothing is read before its issue's embargo,
nor of an issue that has no file any more. Nothing is built here.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from infomail import ledger, load
from infomail.errors import OutboxError, RefusedError
from infomail.outbox import FROZEN_FOLDER, first_made_of, freeze, frozen
from infomail.outbox.memory import settled_ns, stamp_of
from infomail.wiring.office import MAIL, Office
from infomail.wiring.selection import may_be_seen
from infomail.wiring.terms import Terms, kept_terms, terms_of


class _Known(NamedTuple):
    """What is known of an issue for as long as its files are the same.

    Attributes:
        stamps: of its files, and of the folders in which its editions are frozen.
        terms: what it says; None if it could never be read.
        published: digests by language of what was published without being sent.
    """

    stamps: tuple[object, ...]
    terms: Terms | None
    published: Mapping[str, str]


class Readable:
    """Knows which editions may be read now; threads may share it.

    The ledger and the clock are asked each time, an issue's files when they have changed.
    """

    def __init__(self, office: Office) -> None:
        """Recall what `publish` understood of the issues.

        Raises:
            IssueError: newsletter.yaml has problems.
        """
        self._office, self._desk = office, office.desk
        self._zone = ZoneInfo(office.desk.newsletter.time_zone)
        self._kept = kept_terms(office.desk)
        self._known: dict[str, _Known] = {}

    def editions(self, slug: str = "") -> dict[str, tuple[Path, ...]]:
        """Give the folders of the editions that may be read, by their issues.

        Args:
            slug: the only issue that is asked for; all without it.

        Raises:
            LedgerError: the database could not be read.
        """
        files = load.issue_files(self._desk.folder)
        if slug:
            files = {slug: files[slug]} if slug in files else {}
        office, moment = self._office, self._office.clock()
        if not files:
            return {}
        database, channel = office.database, office.channel
        begun = ledger.begun_editions(database, {MAIL}, moment)
        # A rehearsal counts as long as nothing else was sent.
        begun = begun or ledger.begun_editions(database, {channel}, moment)
        now = datetime.datetime.fromtimestamp(moment, self._zone)
        found: dict[str, tuple[Path, ...]] = {}
        for name, own in files.items():
            digests = self._digests(name, own, begun.get(name, {}), now)
            found[name] = tuple(self._folders(name, digests))
        return found

    def _digests(
        self, slug: str, names: Sequence[str], begun: Mapping[str, str], now: datetime.datetime
    ) -> Mapping[str, str]:
        known = self._of(slug, names)
        if known.terms is None or not may_be_seen(known.terms, now, was_sent=bool(begun)):
            return {}
        return begun or known.published

    def _of(self, slug: str, names: Sequence[str]) -> _Known:
        own = [self._desk.folder / load.ISSUES_FOLDER / name for name in names]
        frozen_here = self._desk.outbox / FROZEN_FOLDER / slug
        stamps = [_stamp(path) for path in (*own, *sorted(frozen_here.glob("*")))]
        before = self._known.get(slug)
        if before and before.stamps == tuple(stamps):
            return before
        last = before.terms if before else self._kept.get(slug)
        terms, _ = terms_of(self._desk, slug, names, self._digest, last)
        published = dict(self._published(slug, terms)) if terms and terms.publish else {}
        is_settled = max(map(max, stamps)) < settled_ns()
        known = _Known(tuple(stamps) if is_settled else (), terms, published)
        self._known[slug] = known
        return known

    def _published(self, slug: str, terms: Terms) -> Iterator[tuple[str, str]]:
        """Find what was published and still is what the issue's files say."""
        outbox = self._desk.outbox
        for tag in terms.corrections:
            try:
                digest = first_made_of(outbox, slug, tag, self._digest)
            except OutboxError:  # `publish` says so
                continue
            if digest and frozen(outbox, slug, tag, digest):
                yield tag, digest

    def _folders(self, slug: str, digests: Mapping[str, str]) -> Iterator[Path]:
        for tag, digest in digests.items():
            try:
                yield freeze(self._desk.outbox, slug, tag, digest)
            except (RefusedError, OutboxError):  # `publish` says so
                continue

    def _digest(self, name: str) -> str:
        try:
            return hashlib.sha256((self._desk.folder / name).read_bytes()).hexdigest()
        except OSError:
            return ""


def _stamp(path: Path) -> list[int]:
    try:
        return stamp_of(str(path))
    except OSError:
        return [0]
