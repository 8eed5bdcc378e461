"""The new site put together beside the old one, from a spare that anything may have happened to."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.publish.falling import NEW, OLD, output, told

from infomail.errors import SettingsError
from infomail.publish.site import write_site


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A site with a spare beside it."""
    place = tmp_path / "site"
    for outputs in (OLD, NEW, OLD):
        write_site(place, outputs, "publish")
    return place


def test_rids_the_spare_of_all_that_is_not_the_sites(place: Path) -> None:
    """Whatever a killed run left in the spare, nothing of it comes into the site."""
    spare = place.with_name(".site.new") / "spare"
    (spare / "rest" / "empty").mkdir(parents=True)
    (spare / "rest" / "page.html").write_text("half")
    (spare / "come.html").unlink(missing_ok=True)
    (spare / "come.html" / "below").mkdir(parents=True)
    (spare / "2024-11" / "index.html").unlink()
    (spare / "2024-11" / "index.html").write_text("same as it looks")
    write_site(place, NEW, "publish")
    assert told(place) == {"index.html": "new", "2024-11/index.html": "same", "come.html": "y"}
    assert not (place / "rest").exists()


def test_never_writes_through_a_link(place: Path, tmp_path: Path) -> None:
    """Where a folder must be and somebody else has a link, the link is named and not followed."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (place / "link").symlink_to(theirs, target_is_directory=True)
    for outputs in (NEW, OLD):
        write_site(place, outputs, "publish")
    with pytest.raises(SettingsError, match="is in the way"):
        write_site(place, [*OLD, output("link/index.html", "z")], "publish")
    assert not any(theirs.iterdir())
    assert (place / "link").is_symlink()
