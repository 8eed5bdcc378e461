"""People who leave at the same moment leave as if each had come alone."""

from __future__ import annotations

from infomail import subscribers
from infomail.database import Database, secret
from infomail.model.subscriber import Reason, Status
from infomail.tokens import Secret


def test_several_leave_in_one_transaction(database: Database) -> None:
    """Each has left for the own reason; who has left before stays as before; nobody is nobody."""
    key = Secret(secret(database))
    numbers = []
    for name in ("ana", "bea", "zoe"):
        entry = subscribers.entry(f"{name}@example.org", name, "en", ["en"])
        numbers.append(subscribers.add(database, key, entry, "en", 1.0).id)
    subscribers.leave_by_id(database, key, numbers[0], Reason.COMMAND, 2.0)
    leavers = {numbers[1]: Reason.LINK, numbers[0]: Reason.ONE_CLICK, 999: Reason.LINK}
    subscribers.leave_together(database, key, leavers, 3.0)
    found = [subscribers.find(database, f"{name}@example.org") for name in ("ana", "bea", "zoe")]
    assert [(one.status, one.reason, one.left_at) for one in found if one] == [
        (Status.LEFT, Reason.COMMAND, 2.0),
        (Status.LEFT, Reason.LINK, 3.0),
        (Status.CONFIRMED, "", None),
    ]
