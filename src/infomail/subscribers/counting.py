"""How often something was asked for, counted in the database, so that all processes share it.

A window is a stretch of time of fixed length, counted from 1970. Keys are keyed hashes: what is
counted can be told by nobody who reads the table. Of counts at the same moment each gets its own
number.
"""

from __future__ import annotations

from infomail.database import Database
from infomail.database.people import counters
from infomail.database.upserts import insert_into

_c = counters.c


def count_once(database: Database, key: str, window_seconds: int, now: float) -> int:
    """Count an event, and give the how manieth of its window it is, from 1.

    Args:
        database: the open database.
        key: what is counted.
        window_seconds: the window's length.
        now: in seconds since 1970 UTC.

    Raises:
        LedgerError: the database could not be written.
    """
    window = int(now // window_seconds)
    row = {"key": key, "window": window, "count": 1, "ends_at": (window + 1.0) * window_seconds}
    with database.writing() as connection:
        counted = (
            insert_into(connection.dialect, counters)
            .values(row)
            .on_conflict_do_update(index_elements=[_c.key, _c.window], set_={"count": _c.count + 1})
            .returning(_c.count)
        )
        return int(connection.execute(counted).scalar_one())
