"""What other people put into the site's folder."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.publish.falling import NEW, OLD, finish, output, told

from infomail.errors import SettingsError
from infomail.publish.others import Others
from infomail.publish.site import write_site

NOBODY = 65534
LONG_AGO = 1_000_000_000
root_only = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root gives files away"
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A site that was published, with a file of somebody else in it."""
    place = tmp_path / "site"
    write_site(place, OLD, "publish", finish)
    (place / "CNAME").write_text("theirs")
    return place


def _meanwhile(act: Callable[[], object]) -> Callable[[Path], None]:
    """Give an end in which somebody else does something."""

    def finish_slowly(folder: Path) -> None:
        finish(folder)
        act()

    return finish_slowly


def _just_before_the_swap(place: Path, act: Callable[[], object]) -> None:
    """Let somebody do something in the last moment before a new site takes its place."""
    is_waiting = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal is_waiting
        if is_waiting and event == "ctypes.dlsym" and arguments[1] == "renameat2":
            is_waiting = False
            if place.exists():
                act()

    sys.addaudithook(watch)


def test_what_is_added_meanwhile_stays(place: Path) -> None:
    """What somebody adds while a site is made, a file, folder or link, is there, then and later."""

    def add() -> None:
        (place / "private" / "empty").mkdir(parents=True)
        (place / "private" / "late.pdf").write_text("late")
        (place / "2024-11" / "scan.pdf").write_text("scan")
        (place / "broken").symlink_to("nowhere")

    write_site(place, NEW, "publish", _meanwhile(add))
    for outputs in (None, OLD, NEW):
        if outputs:
            write_site(place, outputs, "publish", finish)
        assert (place / "private" / "late.pdf").read_text() == "late"
        assert (place / "private" / "empty").is_dir()
        assert (place / "2024-11" / "scan.pdf").read_text() == "scan"
        assert (place / "broken").is_symlink()
        assert told(place)["search/index"] in {"of new", "of old"}


def test_what_is_changed_meanwhile_stays_changed(place: Path) -> None:
    """What somebody replaces while a site is made has the new words, and what is removed goes."""
    (place / "gone").mkdir()
    (place / "gone" / "away.txt").write_text("removed in the end")
    (place / "turned").write_text("a file that becomes a folder")
    (place / "was").mkdir()

    def change() -> None:
        (place / "CNAME.tmp").write_text("changed")
        (place / "CNAME.tmp").replace(place / "CNAME")
        shutil.rmtree(place / "gone")
        (place / "turned").unlink()
        (place / "turned").mkdir()
        (place / "was").rmdir()
        (place / "was").write_text("a folder that became a file")

    write_site(place, NEW, "publish", _meanwhile(change))
    assert (place / "CNAME").read_text() == "changed"
    assert not (place / "CNAME.tmp").exists()
    assert not (place / "gone").exists()
    assert (place / "turned").is_dir()
    assert (place / "was").is_file()


def test_is_seen_in_folders_long_unchanged(place: Path) -> None:
    """A folder that was left alone for long is looked at again as soon as something is added."""
    (place / "old").mkdir()
    for folder in (place, *place.rglob("*")):
        os.utime(folder, (LONG_AGO, LONG_AGO))
    others = Others({"index.html", "gone.html"}, set())
    others.look(place)
    assert not {"old/late.pdf", "index.html"} & others.found.keys()
    (place / "old" / "late.pdf").write_text("late")
    others.look(place)
    assert {"CNAME", "old", "old/late.pdf"} <= others.found.keys()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges folders in one step")
def test_what_is_added_in_the_last_moment_stays(place: Path) -> None:
    """A file that somebody adds just before the new site takes its place is carried over."""
    _just_before_the_swap(place, lambda: (place / "late.pdf").write_text("late"))
    write_site(place, NEW, "publish", finish)
    assert told(place)["late.pdf"] == "late"
    assert told(place)["index.html"] == "new"
    assert told(place)["CNAME"] == "theirs"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges folders in one step")
def test_what_is_in_the_way_in_the_last_moment_is_not_lost(place: Path) -> None:
    """If somebody adds a file where a new page has just been put, the old site comes back."""
    _just_before_the_swap(place, lambda: (place / "come.html").write_text("theirs"))
    with pytest.raises(SettingsError, match=r"come\.html is in the way"):
        write_site(place, NEW, "publish", finish)
    assert told(place)["come.html"] == "theirs"
    assert told(place)["index.html"] == "old"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges folders in one step")
def test_all_is_in_the_new_site_when_it_takes_its_place(place: Path) -> None:
    """A closed folder is never open for a moment, and what came meanwhile is not away for one."""
    (place / "private").mkdir()
    (place / "private" / "x").write_text("x")
    (place / "private").chmod(0o700)
    new, seen = place.with_name(".site.new") / "new", list[object]()

    def look() -> None:
        seen.extend([(new / "private").stat().st_mode & 0o777, told(new)["late.pdf"]])

    _just_before_the_swap(place, look)
    add = _meanwhile(lambda: (place / "late.pdf").write_text("late"))
    write_site(place, NEW, "publish", add)
    assert seen == [0o700, "late"]


@pytest.mark.parametrize("mine", ["come.html", "search", "new/index.html", "new"])
def test_what_gets_in_the_way_meanwhile_is_not_lost(place: Path, mine: str) -> None:
    """A file that somebody puts where a page of the growing site must be is named, and stays."""

    def put() -> None:
        shutil.rmtree(place / "search", ignore_errors=True)
        (place / mine).parent.mkdir(exist_ok=True)
        (place / mine).write_text("theirs")

    with pytest.raises(SettingsError, match=r"is in the way"):
        write_site(place, [*NEW, output("new/index.html", "z")], "publish", _meanwhile(put))
    assert (place / mine).read_text() == "theirs"


def test_folders_keep_their_mode(place: Path) -> None:
    """Folders of other people and the site's own keep the mode they were given, at each run."""
    (place / "private" / "deep").mkdir(parents=True)
    (place / "private" / "deep" / "x").write_text("x")
    (place / "private").chmod(0o700)
    place.chmod(0o2775)
    for outputs, mode in ((NEW, 0o750), (OLD, 0o710), (NEW, 0o1755)):
        (place / "private" / "deep").chmod(mode)
        write_site(place, outputs, "publish")
        assert (place / "private" / "deep").stat().st_mode & 0o7777 == mode
        assert (place / "private").stat().st_mode & 0o7777 == 0o700
        assert place.stat().st_mode & 0o7777 == 0o2775


@root_only
def test_folders_keep_their_owner(place: Path) -> None:
    """Folders of other people and the site's own stay theirs, if infomail may give them back."""
    (place / "private").mkdir()
    (place / "private" / "x").write_text("x")
    for folder in (place, place / "private", place / "private" / "x"):
        os.chown(folder, NOBODY, NOBODY)
    for outputs in (NEW, OLD, NEW):
        write_site(place, outputs, "publish")
        for folder in (place, place / "private", place / "private" / "x"):
            assert (folder.stat().st_uid, folder.stat().st_gid) == (NOBODY, NOBODY)


def test_what_cannot_be_linked_is_copied(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a disk without hard links other people's files come over as copies, changes as well."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    late = _meanwhile(lambda: (place / "late.pdf").write_text("late"))
    write_site(place, NEW, "publish", late)
    (place / "CNAME").write_text("changed")
    write_site(place, OLD, "publish", finish)
    assert told(place)["late.pdf"] == "late"
    assert told(place)["CNAME"] == "changed"


def test_folders_of_the_site_keep_their_rights(place: Path) -> None:
    """Who opens or closes folders of the site finds them so after every publishing."""
    (place / "2024-11").chmod(0o711)
    for outputs in (NEW, OLD, NEW):
        write_site(place, outputs, "publish")
        assert (place / "2024-11").stat().st_mode & 0o777 == 0o711


def test_a_folder_that_cannot_be_emptied_is_named(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that the publisher may not write stays where it is, and so does the site."""
    (place / "closed").mkdir()
    (place / "closed" / "file").write_text("theirs")
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: may(path, mode) and path.name != "closed")
    with pytest.raises(SettingsError, match=r"closed cannot be carried over .* — mend its perm"):
        write_site(place, NEW, "publish")
    assert told(place)["index.html"] == "old"
    assert told(place)["closed/file"] == "theirs"
