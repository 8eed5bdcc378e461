"""An edition in the outbox is whole, or the one before it is."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import os
import random
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infomail.errors import OutboxError
from infomail.model.edition import SLOTS, Asset, Edition
from infomail.outbox import stage

MESSAGE = b"From: a@example.org\r\n\r\nHello\r\n"
NAMES = ["message.html", "message.txt", "page.html", "message.eml", "preview.html", "edition.json"]

KILLED = """
import sys
from pathlib import Path
from infomail.outbox import stage
sys.path.insert(0, sys.argv[2])
from test_staging import MESSAGE, large
while True:
    for letter in "ab":
        stage(Path(sys.argv[1]), large(letter), MESSAGE)
        print(letter, flush=True)
"""

RACING = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from infomail.outbox import stage
from test_staging import MESSAGE, large
print("ready", flush=True)
sys.stdin.readline()
for _ in range(8):
    stage(Path(sys.argv[1]), large(sys.argv[3]), MESSAGE)
"""


def edition(words: str = "Hello", assets: tuple[Asset, ...] | None = None) -> Edition:
    """Make a small edition whose mail shows its pictures and its slots."""
    shown = (Asset("a-1.png", b"\x89PNG", 2, 1),) if assets is None else assets
    url = "https://news.example.org/2024-11/"
    pictures = "".join(f'<img src="{url}assets/{asset.name}">' for asset in shown)
    return Edition(
        slug="2024-11",
        language="en",
        direction="ltr",
        title="November",
        subject="What happened in November",
        preheader="All of it",
        date=datetime.date(2024, 11, 20),
        url=url,
        name_fallback="friends & <readers>",
        html=f"<p>{words} {' '.join(SLOTS)}</p>{pictures}",
        text=f"{words} {' '.join(SLOTS)}\n",
        page=f"<p>{words}</p>",
        assets=shown,
        inputs=(("issues/2024-11.yaml", "0" * 64),),
    )


def large(letter: str) -> Edition:
    """Make an edition that takes a while to write: a dozen pictures of 64 KB."""
    assets = (Asset(f"{letter}-{n}.png", letter.encode() * 65_536, 1, 1) for n in range(12))
    return edition(letter, tuple(assets))


def files_in(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def record_in(place: Path) -> dict[str, Any]:
    """Read edition.json."""
    record: dict[str, Any] = json.loads((place / "edition.json").read_bytes())
    return record


def broken_digests(place: Path) -> list[str]:
    """Name the files of a staged edition that are not what edition.json says."""
    recorded = record_in(place)["files"]
    present = files_in(place)
    present.pop("edition.json")
    measured = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
        for name, data in present.items()
    }
    names = sorted(set(measured) | set(recorded))
    return [name for name in names if measured.get(name) != recorded.get(name)]


def test_a_staged_edition_has_every_file(tmp_path: Path) -> None:
    """A staged edition is six files and its pictures, and nothing else."""
    staged = stage(tmp_path, edition(), MESSAGE)
    assert staged.folder == tmp_path / "2024-11" / "en"
    assert sorted(files_in(staged.folder)) == sorted([*NAMES, "assets/a-1.png"])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("message.html", edition().html.encode()),
        ("message.txt", edition().text.encode()),
        ("page.html", edition().page.encode()),
        ("message.eml", MESSAGE),
        ("assets/a-1.png", b"\x89PNG"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_holds_what_was_composed(tmp_path: Path, name: str, data: bytes) -> None:
    """A staged file has exactly the bytes of the edition."""
    assert (stage(tmp_path, edition(), MESSAGE).folder / name).read_bytes() == data


def test_the_record_tells_the_truth(tmp_path: Path) -> None:
    """edition.json has the digest of the edition, and the digest and size of every file."""
    staged = stage(tmp_path, edition(), MESSAGE)
    record = record_in(staged.folder)
    assert broken_digests(staged.folder) == []
    assert record["digest"] == staged.digest == edition().digest
    assert record["slots"] == list(SLOTS)
    assert record["inputs"] == {"issues/2024-11.yaml": "0" * 64}


def test_staging_again_writes_nothing(tmp_path: Path) -> None:
    """The same edition staged again touches no file, and says so."""
    first = stage(tmp_path, edition(), MESSAGE)
    paths = [path for path in tmp_path.rglob("*") if path.is_file()]
    for path in paths:
        os.utime(path, (1_000, 1_000))
    again = stage(tmp_path, edition(), MESSAGE)
    assert (first.changed, again.changed) == (True, False)
    assert {1_000.0} == {path.stat().st_mtime for path in paths}


@pytest.mark.parametrize("name", [*NAMES, "assets/a-1.png"])
def test_a_damaged_file_is_staged_anew(tmp_path: Path, name: str) -> None:
    """An edition of which any file was changed by hand is written again, whole."""
    staged = stage(tmp_path, edition(), MESSAGE)
    whole = files_in(tmp_path)
    (staged.folder / name).write_bytes(b"?")
    assert stage(tmp_path, edition(), MESSAGE).changed
    assert files_in(tmp_path) == whole


def test_another_edition_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    """A new edition replaces the old one with its pictures, and no temporary folder stays."""
    stage(tmp_path, edition(assets=(Asset("old.png", b"old", 1, 1),)), MESSAGE)
    staged = stage(tmp_path, edition(assets=(Asset("new.png", b"new", 1, 1),)), MESSAGE)
    assert [path.name for path in (staged.folder / "assets").iterdir()] == ["new.png"]
    assert [path.name for path in staged.folder.parent.iterdir()] == ["en"]


@pytest.mark.parametrize("words", ["Hello", "Something else"], ids=["same", "another"])
def test_a_swap_cut_in_half_is_ended(tmp_path: Path, words: str) -> None:
    """An edition that was moved aside when the process died comes back, or gives way, at once."""
    place = stage(tmp_path, edition(), MESSAGE).folder
    place.rename(place.parent / ".en.previous")
    staged = stage(tmp_path, edition(words), MESSAGE)
    assert staged.changed == (words != "Hello")
    assert [path.name for path in place.parent.iterdir()] == ["en"]
    assert broken_digests(place) == []


def test_a_swap_without_its_last_step_is_ended(tmp_path: Path) -> None:
    """An old edition that should have been removed goes at the next staging."""
    place = stage(tmp_path, edition(), MESSAGE).folder
    (place.parent / ".en.previous").mkdir()
    stage(tmp_path, edition(), MESSAGE)
    assert [path.name for path in place.parent.iterdir()] == ["en"]


def test_what_a_killed_build_left_is_swept(tmp_path: Path) -> None:
    """A half-written edition of yesterday goes; one of this minute may belong to another build."""
    slug = tmp_path / "2024-11"
    for name in (".en.new-old", ".en.new-young"):
        (slug / name / "assets").mkdir(parents=True)
    os.utime(slug / ".en.new-old", (1_000, 1_000))
    stage(tmp_path, edition(), MESSAGE)
    assert sorted(path.name for path in slug.iterdir()) == [".en.new-young", "en"]


def test_a_disk_that_refuses_is_an_outbox_error(tmp_path: Path) -> None:
    """An outbox that is no folder gives one sentence with a remedy, not a traceback."""
    (tmp_path / "outbox").write_text("no folder", encoding="utf-8")
    with pytest.raises(OutboxError, match=r"could not be written .* — make room"):
        stage(tmp_path / "outbox", edition(), MESSAGE)


def test_a_failed_write_leaves_the_previous_edition(tmp_path: Path) -> None:
    """When the system refuses a file in the middle, the edition of before is byte-identical."""
    stage(tmp_path, edition(), MESSAGE)
    before = files_in(tmp_path)
    refused = (Asset("b.png", b"b", 1, 1), Asset("x" * 300, b"too long a name", 1, 1))
    with pytest.raises(OutboxError):
        stage(tmp_path, edition("New", refused), MESSAGE)
    assert files_in(tmp_path) == before


def test_a_full_disk_leaves_the_previous_edition(tmp_path: Path) -> None:
    """When a file may not grow (as on a full disk), the edition of before is byte-identical."""
    stage(tmp_path, edition(), MESSAGE)
    before = files_in(tmp_path)
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        + KILLED.replace("while True", "if True")
    )
    # Bytecode that could not be written whole would be read by the next test.
    arguments = [sys.executable, "-B", "-c", program, str(tmp_path), str(Path(__file__).parent)]
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603
    assert "OutboxError" in ended.stderr
    assert files_in(tmp_path) == before


def test_a_killed_build_never_leaves_a_mixture(tmp_path: Path) -> None:
    """Whenever the process is killed, what the next staging finds and leaves is a whole edition."""
    chance = random.Random(2024)  # noqa: S311  # no secret depends on it
    for _ in range(10):
        _killed_while_staging(tmp_path, chance.randint(1, 3), chance.randint(0, 30_000))
        place = tmp_path / "2024-11" / "en"
        interrupted = place if place.exists() else place.parent / ".en.previous"
        assert broken_digests(interrupted) == []
        digest = record_in(interrupted)["digest"]
        assert digest in {large("a").digest, large("b").digest}
        same = large("a") if digest == large("a").digest else large("b")
        assert not stage(tmp_path, same, MESSAGE).changed
        assert broken_digests(place) == []


def _killed_while_staging(outbox: Path, editions: int, spins: int) -> None:
    """Start a child that stages two editions in turn, and kill it in the middle of one."""
    arguments = [sys.executable, "-c", KILLED, str(outbox), str(Path(__file__).parent)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as child:  # noqa: S603
        assert child.stdout is not None
        for _ in range(editions):
            child.stdout.readline()
        for _ in range(spins):
            hashlib.sha256(b"a while").digest()
        child.kill()


def test_the_preview_has_no_slot(tmp_path: Path) -> None:
    """preview.html shows the fallback name, escaped, and no slot at all."""
    preview = (stage(tmp_path, edition(), MESSAGE).folder / "preview.html").read_text("utf-8")
    assert "[[infomail:" not in preview
    assert "friends &amp; &lt;readers&gt;" in preview


def test_the_preview_shows_local_pictures(tmp_path: Path) -> None:
    """Every picture of preview.html is one of the files beside it."""
    place = stage(tmp_path, edition(), MESSAGE).folder
    sources = re.findall('src="([^"]*)"', (place / "preview.html").read_text("utf-8"))
    assert sources == ["assets/a-1.png"]
    assert all((place / source).is_file() for source in sources)


def test_languages_do_not_touch_each_other(tmp_path: Path) -> None:
    """Staging one language leaves the other as it was."""
    first = stage(tmp_path, edition(), MESSAGE)
    before = files_in(first.folder)
    stage(tmp_path, dataclasses.replace(edition("Bonjour"), language="fr"), MESSAGE)
    assert files_in(first.folder) == before


@pytest.mark.skipif(sys.platform == "win32", reason="no locks there")
def test_builds_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """Several processes that stage the same issue all succeed, and what remains is whole."""
    arguments = [sys.executable, "-c", RACING, str(tmp_path), str(Path(__file__).parent)]
    racers = [_started([*arguments, letter]) for letter in "abab"]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    assert [racer.communicate()[1] for racer in racers] == [""] * len(racers)
    assert [path.name for path in (tmp_path / "2024-11").iterdir()] == ["en"]
    assert broken_digests(tmp_path / "2024-11" / "en") == []


def _started(arguments: list[str]) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(arguments, stdin=pipe, stdout=pipe, stderr=pipe, text=True)  # noqa: S603


def test_the_lock_is_no_part_of_an_issue(tmp_path: Path) -> None:
    """The lock is one empty hidden file of the outbox; no issue and no edition has one."""
    place = stage(tmp_path, edition(), MESSAGE).folder
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "2024-11"]
    assert (tmp_path / ".lock").read_bytes() == b""
    assert [path.name for path in place.parent.iterdir()] == ["en"]


@pytest.mark.parametrize("name", ["en", ".en.previous", ".en.new-old"])
@pytest.mark.parametrize("target", ["folder", "file", "nowhere", None])
def test_a_link_or_file_in_the_way_goes(tmp_path: Path, name: str, target: str | None) -> None:
    """A link or a file where a folder of the outbox belongs is removed; its target is kept."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").write_bytes(b"kept")
    (tmp_path / "file").write_bytes(b"kept")
    before = files_in(tmp_path)
    blocker = tmp_path / "outbox" / "2024-11" / name
    blocker.parent.mkdir(parents=True)
    if target:
        blocker.symlink_to(tmp_path / target)
    else:
        blocker.write_bytes(b"in the way")
    os.utime(blocker, (1_000, 1_000), follow_symlinks=False)
    staged = stage(tmp_path / "outbox", edition(), MESSAGE)
    assert staged.changed
    assert [path.name for path in staged.folder.parent.iterdir()] == ["en"]
    assert not staged.folder.is_symlink()
    assert broken_digests(staged.folder) == []
    shutil.rmtree(tmp_path / "outbox")
    assert files_in(tmp_path) == before


def test_a_link_does_not_hide_the_edition_of_before(tmp_path: Path) -> None:
    """An edition that was moved aside comes back, even if a link took its place."""
    place = stage(tmp_path, edition(), MESSAGE).folder
    place.rename(place.parent / ".en.previous")
    place.symlink_to(tmp_path)
    assert not stage(tmp_path, edition(), MESSAGE).changed
    assert [path.name for path in place.parent.iterdir()] == ["en"]
    assert broken_digests(place) == []


@pytest.mark.parametrize("target", ["same", "nowhere"])
def test_a_linked_file_is_staged_anew(tmp_path: Path, target: str) -> None:
    """A file of the edition that became a link is a file again; its target is kept."""
    place = stage(tmp_path / "outbox", edition(), MESSAGE).folder
    (tmp_path / "same").write_bytes(MESSAGE)
    (place / "message.eml").unlink()
    (place / "message.eml").symlink_to(tmp_path / target)
    assert stage(tmp_path / "outbox", edition(), MESSAGE).changed
    assert not (place / "message.eml").is_symlink()
    assert (tmp_path / "same").read_bytes() == MESSAGE


@pytest.mark.skipif(sys.platform == "win32", reason="no folder can be opened there")
def test_the_swap_is_made_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the last rename the issue's folder is synced; before it, the edition's own folders."""
    place = stage(tmp_path, edition(), MESSAGE).folder
    synced: list[tuple[int, bytes]] = []

    def fsync(descriptor: int) -> None:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            there = place / "message.txt"
            synced.append((found.st_ino, there.read_bytes() if there.exists() else b""))

    monkeypatch.setattr("infomail.outbox.staging.os.fsync", fsync)
    stage(tmp_path, edition("New"), MESSAGE)
    assert {place.stat().st_ino, (place / "assets").stat().st_ino} <= {ino for ino, _ in synced[:2]}
    assert (place.parent.stat().st_ino, (place / "message.txt").read_bytes()) in synced[2:]
