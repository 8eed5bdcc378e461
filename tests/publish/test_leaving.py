"""What a site has already can be left as it is."""

from __future__ import annotations

from pathlib import Path

from infomail.publish import Output, folders, left, write_site


def _output(path: str, data: bytes = b"x") -> Output:
    return Output(path, f"key of {path}", lambda: data)


def test_what_is_left_is_not_written_again(tmp_path: Path) -> None:
    """Files of an issue stay with their keys, the others may go, and then nothing changes."""
    paths = ("index.html", "2024-11/index.html", "2024-11/fr/index.html", "2024-1/index.html")
    write_site(tmp_path / "site", map(_output, paths), "publish")
    place = tmp_path / "site"
    assert folders(place) == {"2024-11", "2024-1"}
    for removed in (1, 0):
        outputs = [_output("index.html"), *left(place, ["2024-11"])]
        assert {each.key for each in outputs} == {f"key of {path}" for path in paths[:3]}
        written = write_site(place, outputs, "publish")
        assert (written.new, written.unchanged, written.removed) == (0, 3, removed)


def test_what_is_not_there_cannot_be_left(tmp_path: Path) -> None:
    """Without a site, or where a file is gone, nothing is given."""
    assert list(left(tmp_path / "site", ["2024-11"])) == []
    assert folders(tmp_path / "site") == set()
    write_site(tmp_path / "site", [_output("2024-11/index.html")], "publish")
    (tmp_path / "site/2024-11/index.html").unlink()
    assert list(left(tmp_path / "site", ["2024-11"])) == []


def test_what_was_changed_by_hand_is_made_again_later(tmp_path: Path) -> None:
    """A page that somebody changed while its issue was stuck is not believed afterwards."""
    outputs = [_output("2024-11/index.html", b"right")]
    write_site(tmp_path / "site", outputs, "publish")
    (tmp_path / "site/2024-11/index.html").write_bytes(b"tampered")
    write_site(tmp_path / "site", left(tmp_path / "site", ["2024-11"]), "publish")
    write_site(tmp_path / "site", outputs, "publish")
    assert (tmp_path / "site/2024-11/index.html").read_bytes() == b"right"
