"""When the first letter leaves: at once, after the hold, or at a time that staff chose."""

from __future__ import annotations

import datetime
import re
import zoneinfo

from infomail.errors import SettingsError
from infomail.wiring.dispatch import Plan
from infomail.wiring.office import Office

_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2})(?:\s*(Z|[+-]\d{2}:?\d{2})|\s+(\S+))?")
_REMEDY = "write it such as '2026-12-01 09:00' or '2026-12-01 09:00 Europe/Brussels'"


def start_of(office: Office, planned: Plan, at: str, *, now: bool) -> float:
    """Give when the first letter may leave, in seconds since 1970 UTC.

    A send of which a letter was tried goes on at once, even if the clock was put back; any other
    is held back for a while, and until the time that was chosen before, unless nothing leaves the
    machine.

    Args:
        office: the newsletter's.
        planned: what would be sent.
        at: the time that staff chose; empty for none.
        now: whether not to hold it back.

    Raises:
        SettingsError: the time is none, or is over.
    """
    if at:
        return moment(at, office.desk.newsletter.time_zone, office.clock())
    if now or office.rehearses or planned.is_begun:
        return office.clock()
    return max(office.clock() + office.settings.sending.hold_seconds, planned.start_at)


def moment(text: str, time_zone: str, now: float) -> float:
    """Read a time with or without a zone.

    Args:
        text: such as '2026-12-01 09:00 Europe/Brussels' or '2026-12-01T09:00+01:00'.
        time_zone: meant if the text names none.
        now: in seconds since 1970 UTC; a time before is refused.

    Raises:
        SettingsError: it is no time, does not exist because clocks were put forward, or is over.
    """
    local = _read(text.strip(), time_zone)
    if local is None:
        msg = f"{text!r} is no time — {_REMEDY}"
        raise SettingsError(msg)
    utc = local.astimezone(datetime.UTC)
    if utc.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        msg = f"{text!r} does not exist, clocks are put forward then — choose another time"
        raise SettingsError(msg)
    if utc.timestamp() < now:
        msg = f"{text!r} is over — choose a time to come, or leave --at away"
        raise SettingsError(msg)
    return utc.timestamp()


def _read(text: str, time_zone: str) -> datetime.datetime | None:
    found = _MOMENT.fullmatch(text)
    if not found:
        return None
    try:
        local = datetime.datetime.fromisoformat(f"{found[1]} {found[2]:0>5}{_offset(found[3])}")
        zone = zoneinfo.ZoneInfo(found[4] or time_zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return None
    return local if found[3] else local.replace(tzinfo=zone)


def _offset(text: str | None) -> str:
    return "" if text is None else "+00:00" if text == "Z" else text
