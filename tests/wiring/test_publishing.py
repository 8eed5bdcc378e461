"""A site that grows step by step."""

from __future__ import annotations

import datetime
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.wiring.newsletters import NEWSLETTER, write_issue

from infomail.outbox import FROZEN_FOLDER
from infomail.publish.manifest import MANIFEST
from infomail.settings import read_settings
from infomail.wiring import Desk
from infomail.wiring.office import Office
from infomail.wiring.publishing import Published, published

_SLUGS = ("2024-09", "2024-10", "2024-11")
_NOON = datetime.datetime(2024, 11, 21, 11, tzinfo=datetime.UTC)
_ITEMS = """{items: [{id: %s, title: An item of %s, text: Words., countries: [GE],
  topics: [Work], %s}]}"""


class _Step(NamedTuple):
    """What happens to the newsletter before it is published again.

    Attributes:
        slug: the issue.
        act: what becomes of it.
        days: how many days have passed by then.
    """

    slug: str
    act: str
    days: int


_STEPS = st.builds(
    _Step,
    st.sampled_from(_SLUGS),
    st.sampled_from(["write", "write", "correct", "remove", "retitle", "damage"]),
    st.integers(0, 9),
)


@pytest.fixture(autouse=True, scope="module")
def _without_search() -> Iterator[None]:
    """The index is made by another program, and takes longer than all the rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "pagefind", None)
        yield


def _write(folder: Path, slug: str, **keys: object) -> None:
    """Write an issue with an event and a call, which are over after a while."""
    day = f"2024-11-{22 + 3 * _SLUGS.index(slug)}"
    event = _ITEMS % ("e", slug, f"start: {day}")
    call = _ITEMS % ("c", slug, f"kind: vacancy, deadline: {day}")
    write_issue(folder, slug, publish=True, date=f"{slug}-01", events=event, calls=call, **keys)


def _take(folder: Path, step: _Step) -> None:
    file = folder / "issues" / f"{step.slug}.yaml"
    site = folder / "outbox" / "site" / step.slug / "index.html"
    if step.act == "remove":
        file.unlink(missing_ok=True)
    elif step.act == "damage":
        if site.is_file():
            site.write_text("damaged", "utf-8")
    elif step.act == "correct":
        note = "[{date: 2024-11-19, item: e, text: It was another day.}]"
        _write(folder, step.slug, corrections=note)
    else:
        _write(folder, step.slug, title=f"{step.act} {step.slug}")


def _publish(folder: Path, place: Path, now: datetime.datetime) -> Published:
    desk = Desk(folder)
    office = Office(desk, read_settings(desk.newsletter), clock=now.timestamp)
    try:
        return published(office, place, "publish")
    finally:
        office.close()


def _files(site: Path) -> dict[str, bytes]:
    files = (file for file in site.rglob("*") if file.is_file() and file.name != MANIFEST)
    return {file.relative_to(site).as_posix(): file.read_bytes() for file in files}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A newsletter with one issue."""
    return _newsletter(tmp_path)


def _newsletter(folder: Path) -> Path:
    (folder / "issues").mkdir()
    (folder / "newsletter.yaml").write_text(NEWSLETTER, "utf-8")
    write_issue(folder, "2024-01", publish=True, date="2024-01-02")
    return folder


@settings(deadline=None, max_examples=5)
@given(st.lists(_STEPS, min_size=1, max_size=4))
@example([_Step("2024-11", "write", 0), _Step("2024-09", "damage", 9)])
def test_step_by_step_the_site_is_the_same_as_made_at_once(steps: list[_Step]) -> None:
    """Whatever came, went or changed, the site is that of a first run without any memory."""
    with tempfile.TemporaryDirectory() as name:
        folder, now = _newsletter(Path(name)), _NOON
        _publish(folder, folder / "outbox" / "site", now)
        for number, step in enumerate(steps):
            now += datetime.timedelta(days=step.days)
            _take(folder, step)
            _publish(folder, folder / "outbox" / "site", now)
            assert not _publish(folder, folder / "outbox" / "site", now).written.changed
            for memory in (folder / "outbox" / FROZEN_FOLDER).glob("*.json"):
                memory.rename(folder / memory.name)
            _publish(folder, folder / f"fresh-{number}", now)
            assert _files(folder / "outbox" / "site") == _files(folder / f"fresh-{number}")
            for memory in folder.glob("*.json"):
                memory.replace(folder / "outbox" / FROZEN_FOLDER / memory.name)


@pytest.mark.parametrize("damage", ["", "cut", "no", "more"])
def test_a_damaged_memory_costs_only_time(folder: Path, damage: str) -> None:
    """The site comes out the same if what was kept to save time is gone, cut short or changed."""
    _write(folder, "2024-11")
    _publish(folder, folder / "first", _NOON)
    memories = [*(folder / "outbox" / FROZEN_FOLDER).glob("*.json")]
    assert {each.name for each in memories} >= {"catalogue.json", "terms.json"}
    for each in memories:
        data = each.read_bytes()
        damaged = {"": b"", "cut": data[:-9], "no": b"no", "more": data + b"\n[]"}
        each.write_bytes(damaged[damage])
    _publish(folder, folder / "second", _NOON)
    assert _files(folder / "second") == _files(folder / "first")
