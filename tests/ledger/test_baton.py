"""Where rates are kept, one sender sends at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from infomail.database import Database, open_database
from infomail.ledger import baton

HOLDER = """
import sys
from infomail.database import open_database
from infomail.ledger import baton
with baton(open_database(sys.argv[1]), "mail", lambda: False) as held:
    print(held, flush=True)
    sys.stdin.read()
"""


def never() -> bool:
    """Do not wait."""
    return False


def test_one_holds_it(database: Database) -> None:
    """Who comes second waits until the first has done, by each channel apart."""
    tries = []

    def twice() -> bool:
        tries.append(1)
        return len(tries) < 3

    with baton(database, "mail", never) as first, baton(database, "rehearsal", never) as other:
        assert (first, other) == (True, True)
        with baton(database, "mail", twice) as second:
            assert (second, len(tries)) == (False, 3)
    with baton(database, "mail", never) as third:
        assert third


def test_a_dead_holder_has_lost_it(tmp_path: Path) -> None:
    """A sender that was killed keeps nobody waiting."""
    file = tmp_path / "infomail.sqlite3"
    database = open_database(file)
    holder = subprocess.Popen(  # noqa: S603  # our own script
        [sys.executable, "-c", HOLDER, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    with baton(database, "mail", never) as held:
        assert not held
    holder.kill()
    holder.communicate()
    with baton(database, "mail", never) as held:
        assert held
    database.close()
