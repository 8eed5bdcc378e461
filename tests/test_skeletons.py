"""What infomail writes to begin with is right from the first moment, and overwrites nothing."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from infomail.errors import SettingsError
from infomail.load import load_manuscript, load_newsletter
from infomail.skeletons import make_issue, make_newsletter

TODAY = datetime.date(2026, 11, 22)


def test_a_new_newsletter_is_complete(tmp_path: Path) -> None:
    """A new folder holds what it says: newsletter, issue, templates, and what git ignores."""
    folder = tmp_path / "a" / "b"
    written = [path.relative_to(folder).as_posix() for path in make_newsletter(folder, TODAY)]
    expected = {"newsletter.yaml", "issues/2026-11.yaml", "templates/mail.mjml", ".gitignore"}
    assert expected <= set(written)
    assert all((folder / name).is_file() for name in written)
    assert (folder / ".gitignore").read_text("utf-8") == "outbox/\nkeys/\n"


def test_the_samples_load(tmp_path: Path) -> None:
    """The sample newsletter and issue load without a problem."""
    make_newsletter(tmp_path, TODAY)
    manuscript = load_manuscript(tmp_path, load_newsletter(tmp_path), "2026-11")
    assert manuscript.issue.date == datetime.date(2026, 11, 1)
    assert [name for name, _ in manuscript.issue.sections] == [
        "spotlight",
        "news",
        "publications",
        "calls",
        "events",
    ]


def test_a_gitignore_stays(tmp_path: Path) -> None:
    """A .gitignore that is there already is left as it is."""
    (tmp_path / ".gitignore").write_text("mine\n", encoding="utf-8")
    make_newsletter(tmp_path, TODAY)
    assert (tmp_path / ".gitignore").read_text("utf-8") == "mine\n"


def test_a_newsletter_is_not_made_twice(tmp_path: Path) -> None:
    """A folder that holds a newsletter is refused, and nothing in it changes."""
    make_newsletter(tmp_path, TODAY)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    with pytest.raises(SettingsError, match="exists already — choose another folder"):
        make_newsletter(tmp_path, TODAY)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize(
    ("slug", "date"),
    [
        ("2026-12", datetime.date(2026, 12, 1)),
        ("special", TODAY),
        ("0000-01", TODAY),
        ("2999-12", datetime.date(2999, 12, 1)),
        ("9999-12", TODAY),
    ],
)
def test_an_issue_has_the_date_of_its_month(tmp_path: Path, slug: str, date: datetime.date) -> None:
    """A month as name gives the first day of it; any other name, today."""
    make_newsletter(tmp_path, TODAY)
    make_issue(tmp_path, slug, TODAY)
    assert load_manuscript(tmp_path, load_newsletter(tmp_path), slug).issue.date == date


def test_an_issue_names_its_schema(tmp_path: Path) -> None:
    """The first line of a new issue leads an editor to a schema that is there."""
    path = make_issue(tmp_path, "2026-12", TODAY)
    mark, _, target = path.read_text("utf-8").splitlines()[0].partition("$schema=")
    assert mark == "# yaml-language-server: "
    assert (path.parent / target).resolve() == tmp_path / ".infomail" / "issue.schema.json"
    assert (path.parent / target).is_file()


@pytest.mark.parametrize(
    ("name", "file"), [("issue", "issues/2026-11.yaml"), ("newsletter", "newsletter.yaml")]
)
def test_the_samples_fit_their_schemas(tmp_path: Path, name: str, file: str) -> None:
    """Each sample is valid by the schema written beside it."""
    make_newsletter(tmp_path, TODAY)
    schema = json.loads((tmp_path / ".infomail" / f"{name}.schema.json").read_bytes())
    # Editors read dates as texts, as BaseLoader does.
    sample = yaml.load((tmp_path / file).read_bytes(), yaml.BaseLoader)  # noqa: S506  # texts only
    assert [error.message for error in Draft202012Validator(schema).iter_errors(sample)] == []


def test_an_issue_is_never_overwritten(tmp_path: Path) -> None:
    """A name that is taken is refused, and the issue stays as it was."""
    path = make_issue(tmp_path, "2026-12", TODAY)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(SettingsError, match="exists already — open it, or choose another name"):
        make_issue(tmp_path, "2026-12", TODAY)
    assert path.read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    "slug",
    ["", "Dec", "2026_12", "../x", "a/b", "-a", "a-", "a--b", "a.fr", "a\n", "\0", "é", "x" * 300],
)
def test_a_name_that_is_none_is_refused(tmp_path: Path, slug: str) -> None:
    """Only small letters, digits and single hyphens name an issue; nothing is written."""
    with pytest.raises(SettingsError, match="cannot name an issue — use"):
        make_issue(tmp_path, slug, TODAY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["file", "file/below", "x" * 300])
def test_a_folder_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    """Where no folder can be made, the message says so with a remedy."""
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises((SettingsError, OSError), match=r"cannot be written|File name too long"):
        make_newsletter(tmp_path / name, TODAY)


@pytest.mark.parametrize("slug", ["2026-13", "2026-00"])
def test_a_month_that_there_is_not_is_refused(tmp_path: Path, slug: str) -> None:
    """A name that looks like a month and is none begins no issue, rather than one of today."""
    with pytest.raises(SettingsError, match=f"{slug} is no month"):
        make_issue(tmp_path, slug, TODAY)
    assert list(tmp_path.iterdir()) == []
