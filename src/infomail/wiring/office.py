"""The office: a desk with its settings, and register and ledger opened when they are needed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from infomail.database import Database, open_database, secret
from infomail.errors import SettingsError
from infomail.model.newsletter import Newsletter
from infomail.model.sending import Rate, Sending
from infomail.model.turn import MAIL as MAIL
from infomail.model.turn import REHEARSAL as REHEARSAL
from infomail.settings import Settings, read_settings
from infomail.tokens import Secret
from infomail.wiring.desk import Desk


@dataclass(frozen=True)
class Office:
    """What sending needs of a newsletter.

    Attributes:
        desk: the newsletter folder.
        settings: how letters leave this machine.
        clock: gives the seconds since 1970 UTC.
        chosen: whether the transport was named for this command alone.
    """

    desk: Desk
    settings: Settings
    clock: Callable[[], float] = time.time
    chosen: bool = False

    @property
    def rehearses(self) -> bool:
        """Whether letters stay on this machine."""
        return self.settings.transport == "folder"

    @property
    def channel(self) -> str:
        """How letters go: a rehearsal never counts as mail."""
        return REHEARSAL if self.rehearses else MAIL

    @cached_property
    def newsletter(self) -> Newsletter:
        """The newsletter, its key `sending` as the environment has it."""
        return self.desk.newsletter.model_copy(update={"sending": self.settings.sending})

    @cached_property
    def pacing(self) -> Sending:
        """Rates and patience; a rehearsal, which loads no server, has no rates."""
        sending = self.settings.sending
        without = {"rate": Rate(), "domain_rate": Rate(), "warm_up": None}
        return sending.model_copy(update=without) if self.rehearses else sending

    @property
    def keeps_rates(self) -> bool:
        """Whether letters are counted, so that one sender must do it alone."""
        return self.pacing.keeps_rates

    @cached_property
    def database(self) -> Database:
        """The register and the ledger, made or upgraded if need be.

        Raises:
            LedgerError: it cannot be opened.
            SettingsError: its URL or driver is wrong.
        """
        named = self.settings.database
        return open_database(named if "://" in named else self.desk.folder / named)

    @cached_property
    def secret(self) -> Secret:
        """The newsletter's secret, from which keys and tokens come."""
        return Secret(secret(self.database))

    def close(self) -> None:
        """Close the database if it was opened."""
        if "database" in self.__dict__:
            self.database.close()


def open_office(folder: Path, transport: str = "") -> Office:
    """Open the office of a newsletter folder.

    Args:
        folder: with newsletter.yaml.
        transport: to be used instead of the one that settings name.

    Raises:
        IssueError: newsletter.yaml has problems.
        SettingsError: there is none, or a setting is wrong.
    """
    desk = Desk(folder)
    settings = read_settings(desk.newsletter)
    if transport:
        settings = settings.model_copy(update={"transport": transport})
    if settings.transport == "ses" and settings.ses is None:
        msg = "the transport ses needs to know your region — add ses: in newsletter.yaml"
        raise SettingsError(msg)
    return Office(desk, settings, chosen=bool(transport))
