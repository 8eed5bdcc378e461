"""A site without a fault, to be spoilt."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.publish.archives import NEWSLETTER, SHELVES, archive, edition, entry, issue, press

from infomail.publish import indexed_by, outputs, write_site
from infomail.publish.paths import SERVED
from infomail.sitecheck import Site, opened


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two issues in three languages, with its search index."""
    paris = {"time_zone": "Europe/Paris", "start": datetime.datetime(2024, 12, 5, 9, 0)}  # noqa: DTZ001
    events = entry("events-fair", title="Fair", end=datetime.datetime(2024, 12, 5, 17), **paris)  # noqa: DTZ001
    call = entry("calls-tender", deadline=datetime.date(2024, 12, 20))
    days = entry("events-days", start=datetime.date(2025, 1, 1), end=datetime.date(2025, 1, 3))
    new = issue(
        edition("2024-11", entry("news-quay"), events, call),
        edition("2024-11", entry("news-quay", tag="fr"), language="fr"),
        edition("2024-11", entry("news-quay", tag="ar", direction="rtl"), language="ar"),
    )
    old = issue(edition("2024-10", days, date=datetime.date(2024, 10, 1)))
    printed = dataclasses.replace(press(archive(new, old)), has_search=True)
    place = tmp_path_factory.mktemp("sitecheck") / "site"
    write_site(place, outputs(printed, SHELVES), "publish", indexed_by(printed))
    return place


@pytest.fixture
def place(whole: Path, tmp_path: Path) -> Path:
    """A copy of the site, to be spoilt."""
    return Path(shutil.copytree(whole, tmp_path / "site"))


@pytest.fixture
def site() -> Callable[[Path], Site]:
    """Open a site as `infomail publish --check` does."""
    return lambda place: opened(place, NEWSLETTER.public_url, frozenset(SERVED))
