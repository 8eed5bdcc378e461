"""The archive of the repository's own issues, as `infomail publish --check` judges it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from infomail.sitecheck import opened
from infomail.sitecheck.judges.browser import browser_faults
from infomail.sitecheck.judges.nu import html_faults
from infomail.wiring import Desk
from infomail.wiring.office import Office, open_office
from infomail.wiring.publishing import published, site_folder
from infomail.wiring.sitecheck import checked_site

HOME = "index.html"
FAINT = (
    '<p style="color:#888;background:#777">Grey on grey <img src="404.html" width="9"></p></main>'
)


@pytest.fixture(scope="module")
def office(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A copy of the newsletter in which every issue may be seen."""
    folder = tmp_path_factory.mktemp("archive") / "newsletter"
    shutil.copytree(desk.folder, folder)
    for source in (folder / "issues").glob("????-??.yaml"):
        source.write_text(f"publish: true\n{source.read_text('utf-8')}", "utf-8")
    office = open_office(folder)
    yield office
    office.close()


@pytest.fixture(scope="module")
def place(office: Office) -> Path:
    """The site."""
    return published(office, site_folder(office), "publish").written.place


def test_main_pages_keep_nobody_out(office: Office, place: Path) -> None:
    """Home, an issue and a list have no fault in English and Arabic, light or dark."""
    site = opened(place, office.desk.newsletter.public_url, frozenset())
    pages = {HOME: "en", "ar/index.html": "ar", "2024-11/ar/index.html": "ar"}
    grave, seen, missing = browser_faults(site, pages)
    if missing:
        pytest.skip(missing)
    assert [str(each) for each in grave] == []
    assert seen


@pytest.mark.torture
def test_nothing_is_wrong_with_the_archive(office: Office, place: Path) -> None:
    """No link, feed, calendar or page has a fault, in any language, light or dark."""
    checked = checked_site(office, place)
    assert [str(each) for each in checked.findings] == []
    if checked.absent:
        pytest.skip("; ".join(checked.absent))
    assert checked.seen_count > 30


def test_planted_faults_are_convicted(office: Office, place: Path) -> None:
    """Grey on grey and a picture without alt do not get by."""
    text = (place / HOME).read_text("utf-8")
    (place / "spoilt.html").write_text(text.replace("</main>", FAINT), "utf-8")
    site = opened(place, office.desk.newsletter.public_url, frozenset())
    invalid, no_nu = html_faults(site, ["spoilt.html"])
    grave, _, no_browser = browser_faults(site, {"spoilt.html": "en"})
    if no_nu or no_browser:
        pytest.skip(f"{no_nu} {no_browser}")
    assert {(each.code, each.path) for each in (*invalid, *grave)} == {
        ("invalid-html", "spoilt.html"),
        ("keeps-people-out", "spoilt.html"),
    }
    assert any("contrast" in each.message for each in grave)
