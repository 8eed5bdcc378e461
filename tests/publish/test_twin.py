"""The spare as the twin of the site, and what the next run need not look at."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.publish.falling import finish, output, told

from infomail.errors import SettingsError
from infomail.publish import Bundle, Output
from infomail.publish.manifest import MANIFEST
from infomail.publish.site import write_site
from infomail.publish.twin import is_as_told, settled

FOLDERS = [f"2024-{month:02}" for month in range(1, 13)]
FAT_STEP_NS = 2_000_000_000
LONG_AGO_NS = 1_000_000_000_000_000_000
_opened: list[str] = []
"""The folders that were listed while somebody counts."""


def _site(words: str = "same") -> list[Output]:
    pages = [output(f"{folder}/en/index.html", "same", "1") for folder in FOLDERS]
    return [output("index.html", words, words), *pages]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A site that was published once."""
    write_site(tmp_path / "site", _site(), "publish")
    return tmp_path / "site"


@pytest.fixture
def spare(tmp_path: Path) -> Path:
    """What lies beside it."""
    return tmp_path / ".site.new" / "spare"


def _ours(folder: Path) -> dict[str, int]:
    """Give all files but the site's list, each with the number of its inode."""
    files = (each for each in folder.rglob("*") if each.is_file() and each.name != MANIFEST)
    return {each.relative_to(folder).as_posix(): each.stat().st_ino for each in files}


def _note(event: str, told_: tuple[object, ...]) -> None:
    if event == "os.scandir" and _opened[0] == "counting":
        _opened.append(str(told_[0]))


@contextmanager
def _counted(site: Path) -> Iterator[list[str]]:
    """Name the folders of the site and its spare that are listed meanwhile."""
    if not _opened:
        sys.addaudithook(_note)
    _opened[:] = ["counting"]
    found: list[str] = []
    yield found
    found += [each for each in _opened if str(site.parent) in each]
    _opened[:] = ["done"]


def test_the_spare_has_the_very_files_of_the_site(place: Path, spare: Path) -> None:
    """After the first run and each other one the spare is made of the files that are shown now."""
    for outputs in (_site(), _site("new"), _site("new")[:4], _site()):
        write_site(place, outputs, "publish")
        assert _ours(spare) == _ours(place)


def test_what_is_other_people_s_is_not_in_the_spare(place: Path, spare: Path) -> None:
    """Files and folders of others, and what was added at the end, lie in the site alone."""
    (place / "CNAME").write_text("theirs")
    (place / "private" / "empty").mkdir(parents=True)
    (place / "2024-01" / "scan.pdf").write_text("theirs")
    for words in ("new", "newer"):
        write_site(place, _site(words), "publish", finish)
        assert set(_ours(spare)) == {each.path for each in _site()}
        assert not (spare / "private").exists()
        assert (place / "private" / "empty").is_dir()
        assert told(place)["2024-01/scan.pdf"] == "theirs"
        assert told(place)["search/index"] == f"of {words}"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges folders in one step")
def test_looks_into_no_folder_that_is_as_it_was(place: Path) -> None:
    """With one page more only the folders in which something changed are looked into."""
    with _counted(place) as found:
        write_site(place, _site("new"), "publish")
    assert len(found) < len(FOLDERS)
    (place / "2024-05" / "en" / "scan.pdf").write_text("theirs")
    with _counted(place) as found:
        write_site(place, _site("newer"), "publish")
    assert any(each.rstrip("/").endswith("2024-05/en") for each in found)
    assert len(found) < len(FOLDERS)
    assert told(place)["2024-05/en/scan.pdf"] == "theirs"


def test_a_change_of_the_list_alone_is_no_reason_to_look(place: Path) -> None:
    """If only keys are others, the next run knows the spare all the same."""
    others = [output(each.path, each.make().decode(), "2") for each in _site()]
    assert not write_site(place, others, "publish").changed
    with _counted(place) as found:
        write_site(place, [output("more.html", "more"), *others], "publish")
    assert len(found) < len(FOLDERS)


def test_a_spare_that_was_touched_is_looked_through(place: Path, spare: Path) -> None:
    """A spare of which somebody removed a part does not leave that part out of the site."""
    (spare / "2024-05" / "en" / "index.html").unlink()
    write_site(place, _site("new"), "publish")
    assert told(place).keys() == {each.path for each in _site()}
    assert _ours(spare) == _ours(place)


def test_a_site_put_back_from_a_backup_is_looked_through(place: Path, tmp_path: Path) -> None:
    """What was written down of one site is not believed of another one in its place."""
    shutil.copytree(place, tmp_path / "backup")
    write_site(place, _site("new")[:4], "publish")
    place.rename(tmp_path / "aside")
    (tmp_path / "backup").rename(place)
    write_site(place, _site("newest"), "publish")
    assert told(place) == {each.path: each.make().decode() for each in _site("newest")}


def test_what_comes_with_old_times_stays(place: Path, tmp_path: Path) -> None:
    """Files that `cp -a` or `tar` put into a folder, with the times it had, are other people's."""
    (place / "2024-05" / "en" / "one.pdf").write_text("theirs")
    write_site(place, _site("new"), "publish")
    shutil.copytree(place / "2024-05", tmp_path / "backup")
    (place / "2024-05" / "en" / "two.pdf").write_text("theirs")
    shutil.copytree(tmp_path / "backup", place / "2024-05", dirs_exist_ok=True)
    for words in ("newer", "newest"):
        write_site(place, _site(words), "publish")
        assert told(place).keys() >= {"2024-05/en/one.pdf", "2024-05/en/two.pdf"}


def test_a_folder_in_the_place_of_another_is_looked_into(place: Path) -> None:
    """Folders that were renamed are found by their inodes' times, though all are of one moment."""
    (place / "x").mkdir()
    (place / "y" / "sub").mkdir(parents=True)
    (place / "y" / "sub" / "file").write_text("theirs")
    write_site(place, _site("new"), "publish")
    (place / "x").rmdir()
    (place / "y").rename(place / "x")
    write_site(place, _site("newer"), "publish")
    assert told(place)["x/sub/file"] == "theirs"


def test_a_name_that_is_no_utf_8_is_no_hindrance(place: Path) -> None:
    """Other people's files may be called anything."""
    name = os.fsdecode(b"Gr\xfc\xdfe.pdf")
    (place / name).write_text("theirs")
    for words in ("new", "newer"):
        write_site(place, _site(words), "publish")
        assert (place / name).read_text() == "theirs"


def test_a_link_in_the_place_of_a_page_is_replaced(place: Path, tmp_path: Path) -> None:
    """A page is a file of its own, not a link to one that looks the same."""
    page = place / "2024-05" / "en" / "index.html"
    page.rename(tmp_path / "elsewhere.html")
    page.symlink_to(tmp_path / "elsewhere.html")
    write_site(place, _site("new"), "publish")
    assert not page.is_symlink()
    assert page.read_text() == "same"


def test_nothing_is_removed_through_a_link(place: Path, tmp_path: Path) -> None:
    """Where somebody put a link in the place of a folder that goes, what it leads to stays."""
    elsewhere = tmp_path / "elsewhere"
    (place / "2024-12").rename(elsewhere)
    (place / "2024-12").symlink_to(elsewhere)
    write_site(place, _site()[:-1], "publish")
    assert (elsewhere / "en" / "index.html").read_text() == "same"


@pytest.mark.parametrize("path", ["../precious", "/precious", "a/../../precious", ""])
@pytest.mark.parametrize("part", ["files", "finished"])
def test_a_list_of_files_elsewhere_is_no_list(
    place: Path, tmp_path: Path, path: str, part: str
) -> None:
    """Whoever can write the site's list cannot have files outside of it removed."""
    (tmp_path / "precious").write_text("mine")
    listed = json.loads((place / MANIFEST).read_text("ascii"))
    listed[part] = {path: ["", "", 1, 1]} if part == "files" else [path]
    (place / MANIFEST).write_text(json.dumps(listed), "ascii")
    with pytest.raises(SettingsError, match="holds something else"):
        write_site(place, _site("new"), "publish")
    assert (tmp_path / "precious").read_text() == "mine"


def test_a_folder_whose_times_cannot_be_set_is_looked_into(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that refuses times costs time, and no publishing."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "utime", refuse)
    for words in ("new", "newer"):
        (place / "2024-05" / "en" / f"{words}.pdf").write_text("theirs")
        write_site(place, _site(words), "publish")
    assert told(place).keys() >= {"2024-05/en/new.pdf", "2024-05/en/newer.pdf"}


def test_a_disk_without_links_has_no_spare(
    place: Path, spare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a file cannot lie in two places the site is as right as anywhere."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    for words in ("new", "newer"):
        write_site(place, _site(words), "publish")
        assert told(place) == {each.path: each.make().decode() for each in _site(words)}
        assert not spare.exists()


def test_a_change_at_once_shows(tmp_path: Path) -> None:
    """A folder's time is put back so far that a change in the same moment gives it another one."""
    for name in ("now", "long"):
        (tmp_path / name).mkdir()
    os.utime(tmp_path / "long", ns=(LONG_AGO_NS, LONG_AGO_NS))
    made_ns = (tmp_path / "now").stat().st_mtime_ns
    times = settled(str(tmp_path), ["now/", "long/"])
    assert times["now/"][0] == (tmp_path / "now").stat().st_mtime_ns <= made_ns - FAT_STEP_NS
    assert times["long/"][0] == (tmp_path / "long").stat().st_mtime_ns == LONG_AGO_NS
    assert is_as_told(str(tmp_path), times)
    (tmp_path / "now" / "page.html").write_text("new")
    assert not is_as_told(str(tmp_path), times)


def _bundle(words: str, *names: str, key: str) -> Bundle:
    return Bundle("2024-05/", key, lambda: [output(f"2024-05/{each}", words) for each in names])


def test_a_bundle_is_not_asked_for_while_its_key_is_the_same(place: Path) -> None:
    """Files of a bundle stay as they are with its key, and one that was lost is made again."""
    write_site(place, [_bundle("1", "a", "b", key="1")], "publish")
    assert not write_site(place, [_bundle("2", "a", "b", key="1")], "publish").changed
    (place / "2024-05" / "a").unlink()
    write_site(place, [_bundle("1", "a", "b", key="1")], "publish")
    # The same files by another key: that is known from then on.
    assert not write_site(place, [_bundle("1", "a", "b", key="another")], "publish").changed
    assert not write_site(place, [_bundle("2", "a", "b", key="another")], "publish").changed
    write_site(place, [_bundle("1", "a", "b", key="1")], "publish")
    assert told(place) == {"2024-05/a": "1", "2024-05/b": "1"}
    written = write_site(place, [_bundle("1", "a", "c", key="2")], "publish")
    assert (written.new, written.unchanged, written.removed) == (1, 1, 1)
    assert not write_site(place, [_bundle("3", "a", "c", key="2")], "publish").changed


def test_a_bundle_has_its_own_files_alone(place: Path) -> None:
    """A file elsewhere is none of a bundle's."""
    strange = Bundle("2024-05/", "1", lambda: [output("2024-06/a", "1")])
    with pytest.raises(AssertionError, match="cannot be a file of the site"):
        write_site(place, [strange], "publish")


def test_a_bundle_has_no_file_that_another_has(place: Path) -> None:
    """A path that is given twice is a bug, and is not published."""
    write_site(place, [_bundle("1", "a", key="1")], "publish")
    for twice in (_bundle("1", "a", key="1"), _bundle("1", "a", key="2")):
        with pytest.raises(AssertionError, match="cannot be a file of the site"):
            write_site(place, [output("2024-05/a", "2"), twice], "publish")


PATHS = [f"{folder}/{name}" for folder in ("a", "a/b", "c", "c/d/e") for name in ("x", "y")]
ACTS = st.tuples(st.sampled_from(["publish", "add", "lose"]), st.sets(st.sampled_from(PATHS)))


@settings(deadline=None)
@given(acts=st.lists(ACTS, min_size=2, max_size=8))
def test_others_may_do_anything_between_two_runs(acts: list[tuple[str, set[str]]]) -> None:
    """Whatever others add or remove at any moment, each run keeps theirs and mends ours."""
    with tempfile.TemporaryDirectory() as folder:
        place, ours, theirs = Path(folder) / "site", set[str](), set[str]()
        write_site(place, [output("start", "x")], "publish")
        for act, paths in acts:
            if act == "publish":
                ours = paths
            elif act == "add":
                theirs |= {f"{path}.pdf" for path in paths}
                for path in paths:
                    (place / path).parent.mkdir(parents=True, exist_ok=True)
                    (place / f"{path}.pdf").write_text("theirs")
            else:
                theirs -= {f"{path}.pdf" for path in paths}
                for path in paths:
                    (place / path).unlink(missing_ok=True)
                    (place / f"{path}.pdf").unlink(missing_ok=True)
            write_site(place, [output("start", "x"), *(output(each, act) for each in ours)], "it")
            mine = {"start": "x", **dict.fromkeys(ours, act)}
            assert told(place) == mine | dict.fromkeys(theirs, "theirs")
