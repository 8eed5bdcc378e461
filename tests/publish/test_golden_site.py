"""The archive of the repository's own issues, beside the pages that are expected.

A few pages stand for the others, whose names are listed. `pytest --update-golden` rewrites them.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import shutil
from pathlib import Path

import pytest
from tests.compose.test_golden import compare
from tests.publish.archives import all_outputs

from infomail.settings import read_settings
from infomail.wiring import Desk, publishing
from infomail.wiring.office import Office
from infomail.wiring.selection import selected

GOLDEN = Path(__file__).parents[1] / "golden" / "site"
DAY = datetime.datetime(2024, 11, 18, 12, tzinfo=datetime.UTC)
PAGES = [
    "404.html",
    "2015-07/index.html",
    "2024-11/ar/index.html",
    "ar/calls/index.html",
    "ar/index.html",
    "ar/news/index.html",
    "calls/index.html",
    "events/index.html",
    "fr/index.html",
    "fr/topics/index.html",
    "index.html",
    "latest/index.html",
    "publications/index.html",
    "years/2024/index.html",
]
TEXTS = ["events/events.ics", "fr/feed.xml", "news/feed.json", "robots.txt", "sitemap.xml"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> dict[str, bytes]:
    """The site of the repository's issues, as it was some days before the last of them."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(repository / "issues", folder / "issues")
    shutil.copy(repository / "newsletter.yaml", folder)
    for path in (folder / "issues").glob("????-??.yaml"):
        text = path.read_text("utf-8")
        path.write_text(
            re.sub("^title:", "publish: true\ntitle:", text, flags=re.MULTILINE), "utf-8"
        )
    desk = Desk(folder)
    office = Office(desk, read_settings(desk.newsletter), clock=DAY.timestamp)
    try:
        archive, selection = selected(office)
        assert not selection.problems
        press = dataclasses.replace(publishing._press(office, archive), has_search=False)
        shown = {*PAGES, *TEXTS}
        found = all_outputs(press, publishing._shelves(office))
        return {each.path: each.make() if each.path in shown else b"" for each in found}
    finally:
        office.close()


@pytest.mark.parametrize("path", [*PAGES, *TEXTS])
def test_a_file_of_the_site_is_as_expected(
    site: dict[str, bytes],
    update_golden: bool,  # noqa: FBT001  # a fixture
    path: str,
) -> None:
    """The file is the golden one; of a page, order of attributes and white space do not count."""
    place = GOLDEN / path
    place.parent.mkdir(parents=True, exist_ok=True)
    text = site[path].decode().replace("\r\n", "\n")
    if path in PAGES:
        compare(place, text, update=update_golden)
        return
    if update_golden:
        place.write_text(text, encoding="utf-8", newline="\n")
    assert text == place.read_text("utf-8")


def test_the_site_has_the_expected_files(
    site: dict[str, bytes],
    update_golden: bool,  # noqa: FBT001  # a fixture
) -> None:
    """No page appears or disappears unnoticed; the names of pictures follow their content."""
    names = sorted(path for path in site if "/assets/" not in path)
    text = "".join(f"{name}\n" for name in names)
    compare(GOLDEN / "files.txt", text, update=update_golden)
