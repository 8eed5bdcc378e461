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
ONLY_IN_THE_DARK = {
    "dark.css": (
        ".planted{color:#000;background:#fff;transition:color 20s}"
        "@media (prefers-color-scheme:dark){.planted{color:#eee}}"
    ),
    "dark.js": (
        "if (matchMedia('(prefers-color-scheme:dark)').matches) setTimeout(() => {"
        " console.error('in the dark'); new Image().src = 'https://192.0.2.1/x.png' }, 100)"
    ),
}


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


def test_what_shows_in_the_dark_only_is_convicted(office: Office, place: Path) -> None:
    """Colours that change slowly, and what a script that looks once does, are seen in the dark."""
    for name, text in ONLY_IN_THE_DARK.items():
        (place / name).write_text(text, "utf-8")
    home = (place / HOME).read_text("utf-8").replace('"assets/', '"../assets/')
    style, script = (
        '<link rel="stylesheet" href="../dark.css">',
        '<script src="../dark.js"></script>',
    )
    for folder, head, text in (("dim", style, '<p class="planted">Dim</p>'), ("moved", script, "")):
        (place / folder).mkdir()
        page = home.replace("</head>", f"{head}</head>").replace("</main>", f"{text}</main>")
        (place / folder / HOME).write_text(page, "utf-8")
    site = opened(place, office.desk.newsletter.public_url, frozenset())
    faults, _, missing = browser_faults(site, {"dim/index.html": "en", "moved/index.html": "en"})
    if missing:
        pytest.skip(missing)
    told = {(each.code, each.path) for each in faults}
    assert ("keeps-people-out", "dim/index.html") in told
    assert ("keeps-people-out", "moved/index.html") not in told
    assert ("third-party", "moved/index.html") in told
    assert any("in the dark" in each.message for each in faults)
