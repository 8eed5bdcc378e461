"""The site's folder."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.publish import falling
from tests.publish.falling import NEW, OLD, finish, output, told

from infomail.errors import OutboxError, SettingsError
from infomail.publish import Output
from infomail.publish.manifest import MANIFEST
from infomail.publish.site import made_by, write_site


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that is not there yet."""
    return tmp_path / "outbox" / "site"


def _times(place: Path) -> dict[str, int]:
    """Give when each file and each folder around them was changed."""
    found = [place.parent, place, *place.rglob("*")]
    return {str(each): each.stat().st_mtime_ns for each in found}


def test_publishes_what_it_is_given(place: Path) -> None:
    """The folder holds exactly the files that were given, and the list of them."""
    written = write_site(place, OLD, "publish")
    assert (written.new, written.unchanged, written.removed) == (3, 0, 0)
    assert told(place) == {"index.html": "old", "2024-11/index.html": "same", "gone.html": "x"}
    names = {each.name for each in place.parent.iterdir()}
    assert names == {"site", ".site.lock", ".site.new"}


def test_writes_nothing_when_nothing_changed(place: Path) -> None:
    """A second run on the same changes no file and no folder, not even their times."""
    write_site(place, OLD, "publish", finish)
    before = _times(place)
    written = write_site(place, OLD, "publish", finish)
    assert not written.changed
    assert written.unchanged == 3
    assert _times(place) == before


def test_keeps_the_time_of_what_is_unchanged(place: Path) -> None:
    """A file that stays the same keeps its time of change while others come and go."""
    write_site(place, OLD, "publish")
    before = (place / "2024-11/index.html").stat()
    written = write_site(place, NEW, "publish")
    after = (place / "2024-11/index.html").stat()
    assert (written.new, written.unchanged, written.removed) == (2, 1, 1)
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert told(place) == {"index.html": "new", "2024-11/index.html": "same", "come.html": "y"}


def _never() -> bytes:
    msg = "made in vain"
    raise AssertionError(msg)


def test_does_not_make_what_has_its_key(place: Path) -> None:
    """A file whose key is that of the last run is not made again."""
    write_site(place, [output("a.html", "a", "1")], "publish")
    written = write_site(place, [Output("a.html", "1", _never)], "publish")
    assert not written.changed


def test_learns_a_new_key_of_the_same_bytes(place: Path) -> None:
    """A new key that led to the same bytes is known the next time, and the file stays as it is."""
    write_site(place, [output("a.html", "a", "1")], "publish")
    before = (place / "a.html").stat().st_mtime_ns
    assert not write_site(place, [output("a.html", "a", "2")], "publish").changed
    assert not write_site(place, [Output("a.html", "2", _never)], "publish").changed
    assert (place / "a.html").stat().st_mtime_ns == before


def test_mends_what_was_changed_by_hand(place: Path) -> None:
    """A file of the site that somebody changed or removed is made again."""
    outputs = [output("a.html", "a", "1"), output("b.html", "b", "1")]
    write_site(place, outputs, "publish")
    (place / "a.html").write_text("changed")
    (place / "b.html").unlink()
    assert write_site(place, outputs, "publish").new == 2
    assert told(place) == {"a.html": "a", "b.html": "b"}


def test_removes_folders_that_have_become_empty(place: Path) -> None:
    """The folder of an issue that is no longer published disappears with its files."""
    write_site(place, OLD, "publish")
    write_site(place, OLD[:1], "publish")
    assert not (place / "2024-11").exists()


def test_keeps_what_others_put_there(place: Path) -> None:
    """Files, links and empty folders of other people stay, whatever is published or removed."""
    write_site(place, OLD, "publish")
    (place / "CNAME").write_text("news.example.org")
    (place / ".git" / "refs" / "tags").mkdir(parents=True)
    (place / "2024-11" / "scan.pdf").write_text("theirs")
    (place / "elsewhere").symlink_to(place.parent, target_is_directory=True)
    (place / "broken").symlink_to("nowhere")
    write_site(place, OLD[:1], "publish")
    assert (place / "CNAME").read_text() == "news.example.org"
    assert (place / ".git" / "refs" / "tags").is_dir()
    assert (place / "2024-11" / "scan.pdf").read_text() == "theirs"
    assert (place / "elsewhere").is_symlink()
    assert (place / "broken").is_symlink()


@pytest.mark.parametrize("mine", ["come.html", "new/index.html", "new"])
def test_never_writes_over_what_is_not_its_own(place: Path, mine: str) -> None:
    """A file of somebody else in the place of a new page is named, and the site stays as it is."""
    write_site(place, OLD, "publish")
    (place / mine).parent.mkdir(exist_ok=True)
    (place / mine).write_text("theirs")
    before = _times(place)
    with pytest.raises(SettingsError, match="is in the way"):
        write_site(place, [*NEW, output("new/index.html", "z")], "publish")
    before[str(place.parent)] = place.parent.stat().st_mtime_ns
    assert _times(place) == before
    assert (place / mine).read_text() == "theirs"


def test_refuses_a_folder_of_somebody_else(place: Path) -> None:
    """A folder that holds anything and was not published before is never touched."""
    place.mkdir(parents=True)
    (place / "thesis.odt").write_text("years of work")
    with pytest.raises(SettingsError, match="holds something else"):
        write_site(place, NEW, "publish")
    assert told(place) == {"thesis.odt": "years of work"}


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"files": []}x', '{"files": {"a": [1]}}'])
def test_refuses_a_folder_whose_list_is_no_list(place: Path, manifest: str) -> None:
    """A list that infomail cannot have written does not make a folder its own."""
    place.mkdir(parents=True)
    (place / MANIFEST).write_text(manifest)
    with pytest.raises(SettingsError, match="holds something else"):
        write_site(place, NEW, "publish")


def test_refuses_a_file(place: Path) -> None:
    """A file in the place of the folder stays what it is."""
    place.parent.mkdir(parents=True)
    place.write_text("mine")
    with pytest.raises(SettingsError, match="holds something else"):
        write_site(place, NEW, "publish")
    assert place.read_text() == "mine"


def test_refuses_the_top_of_the_disk() -> None:
    """The root folder is nobody's site."""
    with pytest.raises(SettingsError, match="holds something else"):
        write_site(Path("/"), NEW, "publish")


def test_publishes_into_an_empty_folder(place: Path) -> None:
    """An empty folder that is there already becomes the site and keeps its permissions."""
    place.mkdir(parents=True)
    place.chmod(0o750)
    write_site(place, NEW, "publish")
    assert place.stat().st_mode & 0o777 == 0o750


def test_publishes_where_a_link_leads(tmp_path: Path) -> None:
    """A link to a folder stays a link, and the site is in the folder."""
    (tmp_path / "www").mkdir()
    (tmp_path / "site").symlink_to("www")
    write_site(tmp_path / "site", NEW, "publish")
    assert (tmp_path / "site").is_symlink()
    assert (tmp_path / "www" / "come.html").read_text() == "y"


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x"])
def test_stays_inside(place: Path, path: str) -> None:
    """No path leads out of the folder."""
    with pytest.raises(AssertionError, match="cannot be a file"):
        write_site(place, [output(path, "x")], "publish")


def test_has_what_was_added_at_the_end(place: Path) -> None:
    """What is added to the whole new site is the site's: made anew with it, and gone with it."""
    write_site(place, OLD, "publish", finish)
    assert told(place)["search/index"] == "of old"
    write_site(place, NEW, "publish", finish)
    assert told(place)["search/index"] == "of new"
    write_site(place, OLD, "publish")
    assert "search/index" not in told(place)


def test_adds_again_what_was_removed_by_hand(place: Path) -> None:
    """What was added and then lost is added again although no page has changed."""
    write_site(place, OLD, "publish", finish)
    (place / "search" / "index").unlink()
    write_site(place, OLD, "publish", finish)
    assert told(place)["search/index"] == "of old"


def test_adds_again_what_was_damaged(place: Path) -> None:
    """What was added and then changed by hand is made again although no page has changed."""
    write_site(place, OLD, "publish", finish)
    (place / "search" / "index").write_text("")
    write_site(place, OLD, "publish", finish)
    assert told(place)["search/index"] == "of old"
    assert not write_site(place, OLD, "publish", finish).changed


def test_refuses_the_site_of_a_newer_version(place: Path) -> None:
    """A list in a format that is not known yet is not read as if it were."""
    write_site(place, OLD, "publish")
    listed = json.loads((place / MANIFEST).read_text("ascii"))
    (place / MANIFEST).write_text(json.dumps({**listed, "format": listed["format"] + 1}), "ascii")
    with pytest.raises(SettingsError, match="holds something else"):
        write_site(place, NEW, "publish")


def test_stays_as_it_was_if_the_end_fails(place: Path) -> None:
    """If adding to the new site fails, the old one stays, and nothing lies beside it."""

    def fail(_: Path) -> None:
        raise OSError(28, "No space left on device")

    for outputs in (OLD, NEW, OLD):
        write_site(place, outputs, "publish")
    before = _times(place)
    with pytest.raises(OutboxError, match="No space left on device"):
        write_site(place, NEW, "publish", fail)
    assert {each.name for each in place.parent.iterdir()} == {"site", ".site.lock"}
    before[str(place.parent)] = place.parent.stat().st_mtime_ns
    assert _times(place) == before


def test_never_writes_into_a_file_that_is_shown(place: Path) -> None:
    """A file that the site shares with its spare is replaced by a new one, not written over."""
    for second in "12":
        write_site(place, [output("a", "1"), output("b", second)], "publish")

    def fail(folder: Path) -> None:
        seen.append((told(folder), told(place)))
        raise OSError(28, "No space left on device")

    seen: list[tuple[dict[str, str], dict[str, str]]] = []
    with pytest.raises(OutboxError, match="No space left on device"):
        write_site(place, [output("a", "3"), output("b", "2")], "publish", fail)
    assert seen == [({"a": "3", "b": "2"}, {"a": "1", "b": "2"})]
    assert told(place) == {"a": "1", "b": "2"}


def test_says_who_made_it(place: Path) -> None:
    """The folder tells which command made it last, even if that changed no file."""
    assert made_by(place) == ""
    write_site(place, OLD, "demo")
    assert made_by(place) == "demo"
    write_site(place, OLD, "publish")
    assert made_by(place) == "publish"


def test_is_whole_without_a_way_to_exchange_folders(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system cannot exchange two folders, the site is replaced all the same."""
    monkeypatch.setattr(sys, "platform", "sunos5")
    write_site(place, OLD, "publish")
    write_site(place, NEW, "publish")
    assert told(place)["index.html"] == "new"
    assert {each.name for each in place.parent.iterdir()} == {"site", ".site.lock", ".site.new"}


def test_two_runs_take_turns(place: Path) -> None:
    """Of two runs at a time the second begins when the first has ended; each site is whole."""
    inside, order = threading.Event(), list[str]()

    def slow() -> Iterator[Output]:
        inside.set()
        yield from OLD
        second.join(0.2)
        order.append("first")

    def publish() -> None:
        inside.wait()
        write_site(place, NEW, "publish")
        order.append("second")

    second = threading.Thread(target=publish)
    second.start()
    write_site(place, slow(), "publish")
    second.join()
    assert order == ["first", "second"]
    assert told(place) == {"index.html": "new", "2024-11/index.html": "same", "come.html": "y"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges folders in one step")
@pytest.mark.parametrize("has_spare", [False, True])
def test_a_killed_run_leaves_one_whole_site(tmp_path: Path, *, has_spare: bool) -> None:
    """Wherever a run is killed, the old site or the new one is there and whole; the next mends."""
    before = tmp_path / "before"
    write_site(before / "site", OLD, "test", finish)
    (before / "site" / "CNAME").write_text("theirs")
    for outputs in (NEW, OLD) if has_spare else ():
        write_site(before / "site", outputs, "test", finish)
    old = told(before / "site")
    script = [sys.executable, falling.__file__, str(before), str(tmp_path / "work")]
    done = subprocess.run(script, capture_output=True, text=True, check=True)  # noqa: S603
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    falls, mended = lines[::2], lines[1::2]
    assert told(before / "site") == old
    new = mended[-1]
    assert new["search/index"] == "of new"
    assert new["CNAME"] == "theirs"
    assert len(falls) > 15
    assert all(fall["seen"] in (old, new) for fall in falls)
    assert {fall["seen"] == new for fall in falls} == {True, False}
    assert all(each == new for each in mended)
    assert {tuple(fall["rest"]) for fall in falls} == {(".site.lock", ".site.new", "site")}


PATHS = ("a", "b", "a/b", "a/c", "b/a/c", "d/e/f")
SITES = st.dictionaries(st.sampled_from(PATHS), st.sampled_from("123"), max_size=4).filter(
    lambda site: not any(path.startswith(f"{other}/") for path in site for other in site)
)


@settings(deadline=None)
@given(sites=st.lists(SITES, min_size=2, max_size=6))
def test_each_run_gives_what_it_was_given(sites: list[dict[str, str]]) -> None:
    """Whatever came before, the folder holds this run's files and what others put there."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "site"
        write_site(place, [output("start", "x")], "publish")
        (place / "CNAME").write_text("theirs")
        for site in sites:
            write_site(place, [output(path, text) for path, text in site.items()], "publish")
            assert told(place) == {**site, "CNAME": "theirs"}
            folders = {str(each.relative_to(place)) for each in place.rglob("*") if each.is_dir()}
            around = {str(each) for path in site for each in PurePosixPath(path).parents}
            assert folders == around - {"."}
