"""The same files give the same editions, in any order, in any process, without the network."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infomail.errors import IssueError
from infomail.outbox import Staged
from infomail.wiring import Desk
from infomail.wiring.proofs import build_issue, check_issues

OFFLINE = """
import socket, sys
def refused(*_, **__): raise AssertionError("the network was asked")
class Refused(socket.socket): __init__ = refused
socket.socket, socket.create_connection, socket.getaddrinfo = Refused, refused, refused
from pathlib import Path
from infomail.wiring import Desk
from infomail.wiring.proofs import build_issue
desk = Desk(Path(sys.argv[1]))
findings = [build_issue(desk, slug, lambda staged: None) for slug in desk.slugs(())]
assert not any(findings), findings
"""


@pytest.fixture
def folder(tmp_path: Path, repository: Path) -> Path:
    """A copy of the repository's own newsletter."""
    folder = tmp_path / "own"
    for name in ("issues", "templates"):
        shutil.copytree(repository / name, folder / name)
    shutil.copy(repository / "newsletter.yaml", folder)
    return folder


def build(folder: Path, *slugs: str) -> list[Staged]:
    """Build issues with a desk of their own, in the order named."""
    staged: list[Staged] = []
    desk = Desk(folder)
    for slug in slugs or desk.slugs(()):
        assert build_issue(desk, slug, staged.append) == ()
    return staged


def files_in(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def inputs_of(folder: Path, edition: str) -> dict[str, str]:
    """Read which files an edition was made from."""
    record: dict[str, Any] = json.loads((folder / "outbox" / edition / "edition.json").read_bytes())
    inputs: dict[str, str] = record["inputs"]
    return inputs


def test_the_order_does_not_matter(folder: Path) -> None:
    """Issues built in either order, by one desk or many, give the same bytes."""
    slugs = Desk(folder).slugs(())
    build(folder, *slugs)
    first = files_in(folder / "outbox")
    shutil.rmtree(folder / "outbox")
    for slug in reversed(slugs):
        build(folder, slug)
    assert files_in(folder / "outbox") == first


def test_no_network_and_no_hash_seed(folder: Path) -> None:
    """Two processes that cannot reach any network, with other hash seeds, give the same bytes."""
    outboxes = []
    for seed in ("0", "4242"):
        shutil.rmtree(folder / "outbox", ignore_errors=True)
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC{seed[0]}", "LANG": "C"}
        command = [sys.executable, "-c", OFFLINE, str(folder)]
        subprocess.run(command, check=True, env=environment)  # noqa: S603
        outboxes.append(files_in(folder / "outbox"))
    assert outboxes[0] == outboxes[1]
    assert len([name for name in outboxes[0] if name.endswith("edition.json")]) == 5


def test_the_folder_does_not_show(folder: Path, tmp_path: Path) -> None:
    """A newsletter moved to another place on the disk gives the same bytes."""
    build(folder)
    first = files_in(folder / "outbox")
    shutil.rmtree(folder / "outbox")
    folder.rename(tmp_path / "elsewhere")
    build(tmp_path / "elsewhere")
    assert files_in(tmp_path / "elsewhere" / "outbox") == first


def test_building_again_changes_nothing(folder: Path) -> None:
    """A second build finds every edition as it is."""
    assert {staged.changed for staged in build(folder)} == {True}
    assert {staged.changed for staged in build(folder)} == {False}


def test_inputs_name_every_file(folder: Path) -> None:
    """An edition records the issue, its translation, newsletter.yaml, templates and pictures."""
    build(folder, "2024-11")
    inputs = inputs_of(folder, "2024-11/fr")
    expected = {"newsletter.yaml", "issues/2024-11.yaml", "issues/2024-11.fr.yaml"}
    expected |= {f"templates/{path.name}" for path in (folder / "templates").glob("*.*")}
    assert expected <= set(inputs)
    assert "issues/assets/logo.png" in inputs
    assert "issues/2024-11.ar.yaml" not in inputs


def test_inputs_have_the_digests_of_their_files(folder: Path) -> None:
    """Every recorded digest is that of the file."""
    build(folder)
    for record in (folder / "outbox").rglob("edition.json"):
        inputs = inputs_of(folder, record.parent.relative_to(folder / "outbox").as_posix())
        measured = {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in inputs
        }
        assert inputs == measured


def test_every_picture_is_an_input(folder: Path) -> None:
    """An edition without one of its recorded pictures cannot be made; with them, it can."""
    build(folder, "2015-07")
    pictures = [name for name in inputs_of(folder, "2015-07/en") if name.endswith((".jpg", ".png"))]
    kept = {(folder / name).resolve() for name in pictures}
    for path in (folder / "issues" / "assets").iterdir():
        if path.is_file() and path.resolve() not in kept:
            path.unlink()
    assert [staged.changed for staged in build(folder, "2015-07")] == [False]


@pytest.mark.parametrize("name", ["mail.mjml", "mail.css", "page.html", "message.txt"])
def test_a_changed_template_is_recorded(folder: Path, name: str) -> None:
    """One changed template changes its digest in the record, and no other."""
    build(folder, "2015-07")
    before = inputs_of(folder, "2015-07/en")
    with (folder / "templates" / name).open("a", encoding="utf-8") as template:
        template.write("{# changed #}")
    build(folder, "2015-07")
    after = inputs_of(folder, "2015-07/en")
    assert {key for key in before if before[key] != after[key]} == {f"templates/{name}"}


def test_a_broken_translation_keeps_its_source(folder: Path) -> None:
    """Languages that can be composed are staged; the others' findings come back."""
    (folder / "issues" / "2024-11.fr.yaml").write_text("titel: x\n", encoding="utf-8")
    staged: list[Staged] = []
    findings = build_issue(Desk(folder), "2024-11", staged.append)
    assert [one.folder.name for one in staged] == ["en", "ar"]
    assert {finding.place.file for finding in findings if finding.place} == {
        "issues/2024-11.fr.yaml"
    }


@pytest.mark.parametrize("data", [None, b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_a_bad_picture_is_a_finding_at_its_line(folder: Path, data: bytes | None) -> None:
    """A picture that is missing or none is named where the issue names it."""
    picture = folder / "issues" / "assets" / "2015-07-georgia.jpg"
    picture.unlink()
    if data is not None:
        picture.write_bytes(data)
    desk = Desk(folder)
    with pytest.raises(IssueError) as caught:
        desk.compose(desk.manuscript("2015-07"))
    [finding] = caught.value.findings
    lines = (folder / "issues" / "2015-07.yaml").read_text("utf-8").splitlines()
    assert finding.place is not None
    assert lines[finding.place.line - 1].strip() == "src: assets/2015-07-georgia.jpg"
    assert finding.remedy


def test_the_preview_shows_only_local_pictures(folder: Path) -> None:
    """No preview asks the network for a picture."""
    for staged in build(folder):
        preview = (staged.folder / "preview.html").read_text("utf-8")
        assert 'src="http' not in preview
        assert "[[infomail:" not in preview


def test_what_translations_share_is_told_once(repository: Path, tmp_path: Path) -> None:
    """A fault of the source that every translation has is told once, at its one line."""
    folder = tmp_path / "own"
    for name in ("issues", "templates"):
        shutil.copytree(repository / name, folder / name)
    shutil.copy(repository / "newsletter.yaml", folder)
    path = folder / "issues" / "2024-11.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("deadline: 2024-", "deadline: 2023-", 1), encoding="utf-8")
    checked = check_issues(Desk(folder), ["2024-11"])
    assert [one.code for one in checked.findings if one.stops] == ["deadline-past"]
    assert (checked.edition_count, checked.unread_count) == (3, 0)


def test_an_edition_that_cannot_be_read_is_counted_apart(repository: Path, tmp_path: Path) -> None:
    """A broken translation leaves the others checked and is not counted among them."""
    folder = tmp_path / "own"
    for name in ("issues", "templates"):
        shutil.copytree(repository / name, folder / name)
    shutil.copy(repository / "newsletter.yaml", folder)
    (folder / "issues" / "2024-11.fr.yaml").write_text("titel: x\n", encoding="utf-8")
    checked = check_issues(Desk(folder), ["2024-11"])
    assert (checked.edition_count, checked.unread_count) == (2, 1)
