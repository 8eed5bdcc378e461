"""Items as they are kept for the archive."""

from __future__ import annotations

import datetime
import json

import pytest

from infomail.model.entry import kept, understood
from infomail.model.fields import Moment


@pytest.mark.parametrize(
    "moment",
    [
        datetime.date(2024, 11, 20),
        datetime.datetime(2024, 11, 20, 0, 0),  # noqa: DTZ001  # the zone stands beside it
        datetime.datetime(2024, 11, 20, 23, 59),  # noqa: DTZ001
    ],
)
def test_midnight_is_no_whole_day(moment: Moment) -> None:
    """What is kept as JSON and read again is the same; a moment at midnight stays a moment."""
    words = {"section": "events", "anchor": "events-a", "title": "A", "tag": "en"}
    entry = understood({**words, "direction": "ltr", "start": moment, "end": moment})
    read = understood(json.loads(json.dumps(kept(entry))))
    assert read == entry
    assert type(read.start) is type(moment)
