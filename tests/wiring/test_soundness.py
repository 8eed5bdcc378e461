"""One damaged edition stops no other, and nothing that is not an edition's is published."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from tests.wiring.archiving import frozen_in, newsletter, page, publish, write

from infomail.outbox import FROZEN_FOLDER

GOOD, BAD = "2024-10", "2024-11"
WORD = b"a word of this machine"
PICTURED = """{items: [{id: a, title: A quay, text: It is long.,
  image: {src: assets/quay.jpg, alt: A long quay, credit: Port}}]}"""


@pytest.fixture(autouse=True)
def _without_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is made by another program, and takes longer than all the rest."""
    monkeypatch.setitem(sys.modules, "pagefind", None)


def _tell(folder: Path, **keys: object) -> None:
    record = folder / "edition.json"
    record.write_text(json.dumps({**json.loads(record.read_bytes()), **keys}), "utf-8")


def _append(folder: Path, name: str) -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write("<!-- -->")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "no record": lambda folder: (folder / "edition.json").unlink(),
    "cut record": lambda folder: os.truncate(folder / "edition.json", 9),
    "changed page": lambda folder: _append(folder, "page.html"),
    "lost page": lambda folder: (folder / "page.html").unlink(),
    "other slug": lambda folder: _tell(folder, slug="../../evil"),
    "other issue": lambda folder: _tell(folder, slug=GOOD),
    "other language": lambda folder: _tell(folder, language="../fr"),
    "other digest": lambda folder: _tell(folder, digest="../" * 20),
    "anchor": lambda folder: _tell(
        folder,
        items=[
            {"section": "events", "anchor": "../../x", "tag": "en", "direction": "ltr"}
            | {"title": "A", "start": "2024-12-01"}
        ],
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_one_damaged_edition_stops_no_other(tmp_path: Path, name: str) -> None:
    """It is named with its remedy, its page stays, the others go on, and then it is mended."""
    folder = newsletter(tmp_path, GOOD, BAD)
    publish(folder)
    before = page(folder, BAD)
    (frozen,) = frozen_in(folder, BAD)
    kept = {file: file.read_bytes() for file in frozen.iterdir() if file.is_file()}
    DAMAGES[name](frozen)
    write(folder, "2024-12")  # the page beside it must be printed anew
    for _ in range(2):
        done = publish(folder)
        assert len(done.problems) == 1
        assert f"{FROZEN_FOLDER}/{BAD}" in done.problems[0]
        assert "from a backup" in done.problems[0]
        assert page(folder, BAD) == before
        assert "Issue 2024-12" in page(folder, "")
        assert "Issue 2024-10" in page(folder, GOOD)
    assert not done.written.changed

    for file, data in kept.items():
        file.write_bytes(data)
    done = publish(folder)
    assert (done.problems, done.issue_count) == ((), 3)
    assert page(folder, BAD) != before


def test_a_new_site_leaves_out_what_is_damaged(tmp_path: Path) -> None:
    """In another place, where no page of it is, a damaged issue is left out."""
    folder = newsletter(tmp_path, GOOD, BAD)
    publish(folder)
    _append(frozen_in(folder, BAD)[0], "page.html")
    done = publish(folder, place=folder / "www")
    assert (done.issue_count, len(done.problems)) == (1, 1)
    assert (folder / "www" / GOOD / "index.html").is_file()
    assert not (folder / "www" / BAD).exists()


@pytest.mark.parametrize("name", ["page.html", "message.html", "message.txt", "edition.json"])
def test_a_change_of_what_is_staged_is_none_of_what_is_frozen(tmp_path: Path, name: str) -> None:
    """Who edits a staged file in place does not touch the edition that was published."""
    folder = newsletter(tmp_path, GOOD, BAD)
    publish(folder)
    _append(folder / "outbox" / BAD / "en", name)
    write(folder, "2024-12")
    assert publish(folder).problems == ()


def test_a_staged_edition_that_was_changed_is_not_published(tmp_path: Path) -> None:
    """What was changed after it was staged is not frozen; building it again is enough."""
    folder = newsletter(tmp_path, GOOD, BAD)
    publish(folder)
    frozen = folder / "outbox" / FROZEN_FOLDER / BAD
    frozen.rename(tmp_path / "gone")
    _append(folder / "outbox" / BAD / "en", "page.html")
    assert "run `infomail build`" in publish(folder, place=folder / "www").problems[0]
    assert not frozen.is_dir() or not any((frozen / "en").iterdir())


@pytest.mark.parametrize("name", ["{secret}", "../page.html", "..", ".", "", "a\\b.png"])
def test_no_file_of_the_machine_is_published(tmp_path: Path, name: str) -> None:
    """An edition's pictures lie in its own folder; a record that names others is damaged."""
    folder = newsletter(tmp_path, GOOD, BAD)
    (folder / "secret.txt").write_bytes(WORD)
    publish(folder)
    _tell(frozen_in(folder, BAD)[0], assets=[name.format(secret=folder / "secret.txt")])
    done = publish(folder)
    assert len(done.problems) == 1
    files = [file for file in (folder / "outbox/site").rglob("*") if file.is_file()]
    assert not [file for file in files if WORD in file.read_bytes()]


@pytest.mark.parametrize("damage", [b"", b"RIFF\x00\x10\x00\x00WEBP"])
def test_a_webp_that_was_cut_short_is_made_again(tmp_path: Path, damage: bytes) -> None:
    """What a full disk left of a picture is not published."""
    folder = newsletter(tmp_path)
    (folder / "issues/assets").mkdir()
    Image.effect_noise((600, 400), 60).convert("RGB").save(folder / "issues/assets/quay.jpg")
    write(folder, BAD, news=PICTURED)
    assert publish(folder).problems == ()
    (kept,) = (folder / "outbox" / FROZEN_FOLDER / "webp").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage)
    publish(folder, place=folder / "www")
    assert kept.read_bytes() == whole
    assert [file.read_bytes() for file in (folder / "www").rglob("*.webp")] == [whole]
    assert [*kept.parent.iterdir()] == [kept]
