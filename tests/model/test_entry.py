"""Items as they are kept for the archive."""

from __future__ import annotations

import datetime

import pytest

from infomail.model.entry import Entry
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
    kept = Entry.model_validate({**words, "direction": "ltr", "start": moment, "end": moment})
    read = Entry.model_validate_json(kept.model_dump_json(exclude_defaults=True))
    assert read == kept
    assert type(read.start) is type(moment)
