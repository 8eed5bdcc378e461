"""The folder beside the site: ours alone, closed, and without what was withdrawn."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.publish.falling import NEW, OLD, finish, output, told

from infomail.errors import OutboxError, SettingsError
from infomail.publish.manifest import MANIFEST
from infomail.publish.site import write_site
from infomail.publish.swap import beside, claim, refuse_unfit, swap


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that is not there yet."""
    return tmp_path / "site"


@pytest.fixture
def around(tmp_path: Path) -> Path:
    """The folder in which the new site grows."""
    return tmp_path / ".site.new"


def _words(folder: Path) -> str:
    return " ".join(file.read_text() for file in folder.rglob("*") if file.is_file())


def test_follows_no_link_to_somebody_s_folder(place: Path, around: Path, tmp_path: Path) -> None:
    """A link where the new site should grow is refused, and what lies behind it is not touched."""
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "thesis.txt").write_text("years of work")
    around.symlink_to("victim")
    for _ in range(2):
        with pytest.raises(SettingsError, match=r"\.site\.new .* not made by infomail — move it"):
            write_site(place, OLD, "publish")
    assert told(tmp_path / "victim") == {"thesis.txt": "years of work"}
    assert not place.exists()


@pytest.mark.parametrize("name", [".site.new", ".site.before"])
def test_touches_no_folder_of_somebody_else(place: Path, tmp_path: Path, name: str) -> None:
    """Folders and files of other people beside the site are never written, moved or removed."""
    (tmp_path / name).mkdir()
    (tmp_path / name / "thesis.txt").write_text("years of work")
    try:
        write_site(place, OLD, "publish")
        write_site(place, NEW, "publish")
    except SettingsError:
        assert name == ".site.new"
    assert told(tmp_path / name) == {"thesis.txt": "years of work"}


def test_touches_no_file_of_somebody_else(place: Path, around: Path) -> None:
    """A file where the new site should grow stays what it is."""
    around.write_text("years of work")
    with pytest.raises(SettingsError, match="not made by infomail"):
        write_site(place, OLD, "publish")
    assert around.read_text() == "years of work"


def test_takes_an_empty_folder(place: Path, around: Path) -> None:
    """A run that was killed as it began leaves an empty folder, which the next one takes."""
    around.mkdir()
    write_site(place, OLD, "publish")
    assert told(place)["index.html"] == "old"


def test_clears_away_what_lay_there_before_there_was_a_mark(place: Path, around: Path) -> None:
    """A site of ours that lies there without our mark, with an old page in it, is removed."""
    write_site(place, OLD, "publish")
    shutil.rmtree(around)
    around.mkdir()
    (around / MANIFEST).write_text("{}")
    (around / "page.html").write_text("withdrawn")
    write_site(place, OLD, "publish")
    assert "withdrawn" not in _words(around)
    assert around.stat().st_mode & 0o777 == 0o700
    write_site(place, NEW, "publish")
    assert told(place)["index.html"] == "new"


def test_what_was_withdrawn_lies_nowhere(place: Path, tmp_path: Path) -> None:
    """Pages that were removed or replaced, and words of the old index, are not kept beside."""
    withdrawn = output("2024-10/index.html", "withdrawn")

    def index(folder: Path) -> None:
        finish(folder)
        words = "indexed" if (folder / "2024-10").exists() else ""
        (folder / "search" / "words").write_text(words)

    write_site(place, [*OLD, withdrawn], "publish", index)
    (place / "CNAME").write_text("theirs")
    for outputs in (OLD, [*NEW, withdrawn], OLD):
        write_site(place, outputs, "publish", index)
        assert ("withdrawn" in _words(tmp_path)) == (withdrawn in outputs)
        assert ("indexed" in _words(tmp_path)) == (withdrawn in outputs)
    (spare,) = (tmp_path / ".site.new").glob("*/")
    assert (spare / "2024-11" / "index.html").samefile(place / "2024-11" / "index.html")
    assert not (spare / "2024-10").exists()


def test_what_was_withdrawn_goes_although_a_run_was_killed(place: Path, around: Path) -> None:
    """What a run leaves that is killed after the new site took its place goes with the next one."""
    write_site(place, OLD, "publish")
    with beside(place) as new:
        claim(new)
        (new / MANIFEST).write_bytes((place / MANIFEST).read_bytes())
        (new / "withdrawn.html").write_text("withdrawn")
        (around / "aside").mkdir()
        new.rename(around / "aside" / "new")
    (around / "aside" / "new").rename(around / "new")
    (around / "aside").rmdir()
    assert not write_site(place, OLD, "publish").changed
    assert "withdrawn" not in _words(around)


def test_nobody_else_may_enter_what_lies_beside(place: Path, around: Path) -> None:
    """The growing site and the spare are closed to others, while the site has its usual mode."""
    modes = []

    def look(_: Path) -> None:
        modes.append(around.stat().st_mode & 0o777)

    (place.parent / "usual").mkdir()
    for outputs in (OLD, NEW, OLD):
        write_site(place, outputs, "publish", look)
        assert place.stat().st_mode == (place.parent / "usual").stat().st_mode
    assert modes == [0o700] * 3
    assert around.stat().st_mode & 0o777 == 0o700


def test_a_change_of_the_list_alone_keeps_the_spare(place: Path, around: Path) -> None:
    """If only keys are others, the site's list is replaced, and the spare goes on to serve."""
    write_site(place, [output("a", "1", "1"), output("b", "1", "1")], "publish")
    write_site(place, [output("a", "2", "2"), output("b", "1", "1")], "publish")
    assert not write_site(place, [output("a", "2", "3"), output("b", "1", "1")], "publish").changed
    write_site(place, [output("a", "3", "4"), output("b", "1", "1")], "publish")
    assert told(place) == {"a": "3", "b": "1"}
    assert {each.name for each in around.iterdir()} == {".infomail-spare", "spare"}


def test_refuses_the_site_of_another_newsletter(place: Path) -> None:
    """The site of one newsletter is never taken over by another; one without a name is."""
    write_site(place, OLD, "publish")
    write_site(place, OLD, "publish", None, "monthly.example.org")
    assert not write_site(place, OLD, "publish", None, "monthly.example.org").changed
    before = told(place)
    with pytest.raises(
        SettingsError, match=r"another newsletter, monthly\.example\.org, .* — name"
    ):
        write_site(place, NEW, "publish", None, "weekly.example.org")
    assert told(place) == before


@pytest.fixture
def mounted(tmp_path: Path, mount: Callable[[Path, str], None]) -> Path:
    """An empty folder on a disk of its own."""
    folder = tmp_path / "mounted"
    folder.mkdir()
    mount(folder, "1m")
    return folder


def test_says_that_a_mount_point_cannot_be_the_site(mounted: Path) -> None:
    """A mounted folder is refused with the reason and a way out, which then holds."""
    with pytest.raises(
        SettingsError, match=r"written beside .* no mount point — .* inside"
    ) as told_:
        write_site(mounted, OLD, "publish")
    assert str(mounted.parent) in str(told_.value)
    write_site(mounted / "site", OLD, "publish")
    assert told(mounted / "site")["index.html"] == "old"


def test_nothing_mounted_inside_is_emptied(place: Path, mount: Callable[[Path, str], None]) -> None:
    """Where a disk is mounted inside the site, it is named, and both stay as they are."""
    write_site(place, OLD, "publish")
    media = place / "our media"
    media.mkdir()
    mount(media, "1m")
    (media / "film").write_text("theirs")
    with pytest.raises(SettingsError, match=r"our media is mounted inside .* — unmount it"):
        write_site(place, NEW, "publish")
    assert (media / "film").read_text() == "theirs"
    assert told(place)["index.html"] == "old"


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EXDEV])
def test_says_so_when_the_system_will_not_move_it(
    place: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """A folder that looks like any other and cannot be moved is refused in the same words."""
    write_site(place, OLD, "publish")

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    with beside(place) as new:
        claim(new)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "platform", "sunos5")
            patch.setattr(Path, "rename", refuse)
            with pytest.raises(SettingsError, match="no mount point"):
                swap(place, new)
    assert told(place)["index.html"] == "old"


def test_says_that_the_folder_around_must_be_writable(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the folder around the site may not be written, it is the one that is named."""
    monkeypatch.setattr(os, "access", lambda path, _: path != place.parent)
    with pytest.raises(SettingsError, match=f"permissions of {place.parent}, or name"):
        refuse_unfit(place)


def test_names_the_file_that_was_refused(place: Path) -> None:
    """If the disk refuses something, the message says what."""

    def refused(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder / "x"))

    with pytest.raises(OutboxError, match=r"\(Permission denied: .*/x\) — make room"):
        write_site(place, OLD, "publish", refused)
