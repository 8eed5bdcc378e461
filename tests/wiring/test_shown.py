"""An issue that was never sent and has errors is shown as it was shown last, or not at all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.wiring.archiving import frozen_in, newsletter, page, publish, write

from infomail.outbox import FROZEN_FOLDER
from infomail.wiring import Desk
from infomail.wiring.proofs import build_issue

DRAFT = "{items: [{id: a, title: A new quay, text: TODO lorem ipsum XXXX}]}"


@pytest.fixture(autouse=True)
def _without_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is made by another program, and takes longer than all the rest."""
    monkeypatch.setitem(sys.modules, "pagefind", None)


def test_an_issue_with_errors_is_never_published(tmp_path: Path) -> None:
    """However often one publishes, an issue with errors is named and stays out."""
    folder = newsletter(tmp_path, "2024-10")
    write(folder, "2024-11", news=DRAFT)
    for _ in range(3):
        done = publish(folder)
        assert len(done.problems) == 1
        assert "issues/2024-11.yaml" in done.problems[0]
        assert done.issue_count == 1
        assert page(folder, "2024-11") == ""


def test_what_was_built_with_errors_is_not_published(tmp_path: Path) -> None:
    """An edition that people built to look at it is not published as long as it has errors."""
    folder = newsletter(tmp_path, "2024-10")
    write(folder, "2024-11", news=DRAFT)
    assert build_issue(Desk(folder), "2024-11", lambda _: None)
    assert publish(folder).issue_count == 1


def test_a_translation_with_errors_is_never_published(tmp_path: Path) -> None:
    """A translation with errors keeps its issue as it was, the second time as well."""
    folder = newsletter(tmp_path, "2024-10", "2024-11")
    publish(folder)
    (folder / "issues/2024-11.fr.yaml").write_text("title: TODO lorem ipsum XXXX\n", "utf-8")
    for _ in range(2):
        done = publish(folder)
        assert "issues/2024-11.fr.yaml" in done.problems[0]
        assert "Issue 2024-11" in page(folder, "2024-11")
        assert page(folder, "2024-11/fr") == ""


@pytest.mark.parametrize("slip", ["subjcet: typo\n", "news: [", ""])
def test_a_slip_takes_nothing_off_the_site(tmp_path: Path, slip: str) -> None:
    """An issue whose file gets errors is shown as it was understood last, and told once."""
    folder = newsletter(tmp_path, "2024-10", "2024-11")
    publish(folder)
    file = folder / "issues/2024-11.yaml"
    if slip:
        file.write_text(f"{file.read_text('utf-8')}{slip}", "utf-8")
    else:
        write(folder, "2024-11", news=DRAFT)
    for _ in range(2):
        done = publish(folder)
        assert (done.issue_count, done.written.changed) == (2, False)
        lines = "\n".join(done.problems).splitlines()
        assert lines
        assert len(lines) == len(set(lines))
    write(folder, "2024-11", title="Mended")
    assert publish(folder).problems == ()
    assert "Mended" in page(folder, "2024-11")


def test_what_was_taken_back_does_not_come_again(tmp_path: Path) -> None:
    """After a change was undone, a slip shows the words before it, not those that were undone."""
    folder = newsletter(tmp_path, "2024-11")
    publish(folder)
    write(folder, "2024-11", title="Rash words")
    publish(folder)
    write(folder, "2024-11")
    publish(folder)
    write(folder, "2024-11", news=DRAFT)
    assert publish(folder).problems
    assert "Issue 2024-11" in page(folder, "2024-11")
    assert "Rash words" not in page(folder, "2024-11")


def test_without_a_memory_the_newest_frozen_edition_is_shown(tmp_path: Path) -> None:
    """If what was shown is forgotten, what was made last counts."""
    folder = newsletter(tmp_path, "2024-11")
    publish(folder)
    write(folder, "2024-11", title="Second words")
    publish(folder)
    assert len(frozen_in(folder, "2024-11")) == 2
    (folder / "outbox" / FROZEN_FOLDER / "shown.json").unlink()
    write(folder, "2024-11", news=DRAFT)
    assert publish(folder).issue_count == 1
    assert "Second words" in page(folder, "2024-11")


def test_what_was_built_without_errors_is_not_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An issue that was built and has no error is published without being composed or checked."""
    folder = newsletter(tmp_path, "2024-11")
    build_issue(Desk(folder), "2024-11", lambda _: None)
    monkeypatch.setattr(Desk, "compose", None)
    assert publish(folder).issue_count == 1
