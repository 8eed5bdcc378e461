"""What was sent or published is kept as it was."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import threading
from pathlib import Path

import pytest
from tests.outbox.test_staging import MESSAGE, edition

from infomail.errors import RefusedError
from infomail.model.edition import Edition
from infomail.outbox import first_made_of, freeze, frozen, read_edition, stage

FILE = "issues/2024-11.yaml"


def _staged(outbox: Path, words: str, source: str, template: str = "") -> Edition:
    """Stage an edition made from a source and a template."""
    inputs = ((FILE, _sha256(source)), ("templates/page.html", _sha256(template)))
    made = dataclasses.replace(edition(words), inputs=inputs)
    stage(outbox, made, MESSAGE)
    return made


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_what_is_frozen_stays_as_it_was(tmp_path: Path) -> None:
    """Building an edition anew does not touch the one that was frozen."""
    first = _staged(tmp_path, "Hello", "a")
    place = freeze(tmp_path, "2024-11", "en", first.digest)
    second = _staged(tmp_path, "Goodbye", "b")

    assert read_edition(place, "2024-11", "en").digest == first.digest
    assert freeze(tmp_path, "2024-11", "en", first.digest) == place
    assert freeze(tmp_path, "2024-11", "en", second.digest) != place
    assert frozen(tmp_path, "2024-11", "en", first.digest) == place


def test_an_edition_that_is_gone_is_not_replaced_by_another(tmp_path: Path) -> None:
    """If something else is staged by now, nothing is frozen under the old digest."""
    first = _staged(tmp_path, "Hello", "a")
    _staged(tmp_path, "Goodbye", "b")
    with pytest.raises(RefusedError, match=r"built anew after it was sent.*backup"):
        freeze(tmp_path, "2024-11", "en", first.digest)
    assert frozen(tmp_path, "2024-11", "en", first.digest) is None


def test_who_freezes_at_the_same_time_gets_the_same(tmp_path: Path) -> None:
    """Several runs that freeze one edition leave it whole, and nothing beside it."""
    made = _staged(tmp_path, "Hello", "a")
    found: list[Path] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(freeze(tmp_path, "2024-11", "en", made.digest))
        )
        for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(found)) == 1
    assert len(found) == 8
    assert list(found[0].parent.iterdir()) == [found[0]]
    assert read_edition(found[0], "2024-11", "en").digest == made.digest


def test_the_first_edition_of_the_same_files_is_kept_to(tmp_path: Path) -> None:
    """A change of templates alone leads to the edition that was frozen first."""
    now = {FILE: _sha256("a")}.get
    first = _staged(tmp_path, "Hello", "a", "old")
    freeze(tmp_path, "2024-11", "en", first.digest)
    second = _staged(tmp_path, "Hello!", "a", "new")
    freeze(tmp_path, "2024-11", "en", second.digest)
    assert first_made_of(tmp_path, "2024-11", "en", lambda name: now(name, "")) == first.digest


def test_a_change_of_the_files_leads_to_the_edition_made_of_them(tmp_path: Path) -> None:
    """An issue's own change is followed, whatever is frozen; before it is built there is none."""
    first = _staged(tmp_path, "Hello", "a")
    freeze(tmp_path, "2024-11", "en", first.digest)
    now = {FILE: _sha256("b")}.get
    assert first_made_of(tmp_path, "2024-11", "en", lambda name: now(name, "")) == ""
    second = _staged(tmp_path, "Goodbye", "b")
    assert first_made_of(tmp_path, "2024-11", "en", lambda name: now(name, "")) == second.digest


def test_an_edition_without_sources_fits_no_files(tmp_path: Path) -> None:
    """Of an edition that does not say what it was made from, nobody knows whether it is current."""
    made = edition()
    stage(tmp_path, made, MESSAGE)
    assert first_made_of(tmp_path, "2024-11", "en", lambda _: "") == ""
    shutil.rmtree(tmp_path / "2024-11")
    assert first_made_of(tmp_path, "2024-11", "en", lambda _: "") == ""
