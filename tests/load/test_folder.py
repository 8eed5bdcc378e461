"""Files of the newsletter folder are read, and nothing outside it ever is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from infomail import load
from infomail.errors import IssueError, SettingsError, TemplateError
from infomail.load.folder import MAX_PICTURE_BYTES
from infomail.model.finding import Place

ISSUE = "title: T\nsubject: S\npreheader: P\ndate: 2024-11-20\n"
HERE = Place("issues/2024-11.yaml", 7, 9)


@pytest.fixture
def folder(tmp_path: Path, newsletter_text: str) -> Path:
    """A newsletter folder with one issue, beside a file that is none of its business."""
    top = tmp_path / "newsletter"
    (top / "issues" / "assets").mkdir(parents=True)
    (top / "newsletter.yaml").write_text(newsletter_text, encoding="utf-8")
    (top / "issues" / "2024-11.yaml").write_text(ISSUE, encoding="utf-8")
    (top / "issues" / "assets" / "one.jpg").write_bytes(b"picture")
    (tmp_path / "secret.yaml").write_text(ISSUE, encoding="utf-8")
    return top


def write(folder: Path, name: str, data: bytes | str) -> None:
    """Put a file into issues/."""
    path = folder / "issues" / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def refused(folder: Path, slug: str = "2024-11", language: str = "") -> list[str]:
    """Load a faulty issue and give what is said about it."""
    newsletter = load.load_newsletter(folder)
    with pytest.raises(IssueError) as caught:
        load.load_manuscript(folder, newsletter, slug, language)
    return [str(finding) for finding in caught.value.findings]


def test_repository_is_a_newsletter(repository: Path) -> None:
    """The repository's own issues load without a word, in all their languages."""
    newsletter = load.load_newsletter(repository)
    manuscripts = {
        (slug, language): load.load_manuscript(repository, newsletter, slug, language)
        for slug in load.issue_slugs(repository)
        for language in ("", *load.manuscript_languages(repository, slug))
    }

    assert {("2015-07", ""), ("2024-03", ""), ("2024-11", ""), ("2024-11", "ar")} <= set(
        manuscripts
    )
    assert [name for name, manuscript in manuscripts.items() if manuscript.gaps] == []


def test_folder_without_newsletter_is_refused(tmp_path: Path) -> None:
    """A folder that is no newsletter is named, with what to do."""
    with pytest.raises(SettingsError) as caught:
        load.load_newsletter(tmp_path)

    assert str(caught.value) == (
        f"{tmp_path} holds no newsletter.yaml — go to a newsletter folder, "
        "or make one with `infomail init DIR`"
    )


def test_issues_are_named_in_order(folder: Path) -> None:
    """An issue and its translations are one slug; hidden files are no issues."""
    for name in ("2024-12.yaml", "2024-12.fr.yaml", ".#2024-13.yaml", "._x.yaml", "notes.txt"):
        write(folder, name, ISSUE)

    assert load.issue_slugs(folder) == ("2024-11", "2024-12")
    assert load.manuscript_languages(folder, "2024-12") == ("fr",)
    assert load.manuscript_languages(folder, "2024-11") == ()
    assert load.stray_files(folder) == ()


def test_files_of_an_issue_are_found(folder: Path) -> None:
    """All files of an issue are named, its translations included, and none of another."""
    for name in ("2024-11.fr.yaml", "2024-11-b.yaml", "2024-11-b.ar.yaml", "notes.yaml.txt"):
        write(folder, name, ISSUE)

    assert load.issue_files(folder) == {
        "2024-11": ["2024-11.fr.yaml", "2024-11.yaml"],
        "2024-11-b": ["2024-11-b.ar.yaml", "2024-11-b.yaml"],
    }
    assert load.manuscript_languages(folder, "2024-11") == ("fr",)


@pytest.mark.parametrize(
    "name",
    ["2024-11.yml", "2016-01.YAML", "2016-01.YML",
     "November 2024.yaml", "2024_11.yaml", "A.yaml", "a..yaml", "a.b.c.yaml",
     "é.yaml", "-a.yaml", "a--b.yaml", "a.f.yaml"],
)  # fmt: skip
def test_bad_file_name_is_found(name: str, folder: Path) -> None:
    """A file that looks like an issue and is named like none is not passed over."""
    write(folder, name, ISSUE)

    assert [str(finding) for finding in load.stray_files(folder)] == [
        (
            f"issues/{name}:1:1: the file's name is no issue's — "
            "name it like 2024-11.yaml, a translation like 2024-11.fr.yaml [file-name]"
        )
    ]
    assert load.issue_slugs(folder) == ("2024-11",)


def test_second_file_of_one_translation_is_found(folder: Path) -> None:
    """Two files of one language cannot both be the translation; neither is passed over."""
    for tag in ("pt-BR", "pt-br"):
        write(folder, f"2024-11.{tag}.yaml", "title: T\n")

    assert [str(finding) for finding in load.stray_files(folder)] == [
        (
            "issues/2024-11.pt-br.yaml:1:1: issues/2024-11.pt-BR.yaml is the same translation — "
            "keep one of the two [file-name]"
        )
    ]


def test_issues_may_be_chosen_by_slug_or_path(folder: Path) -> None:
    """An issue is meant by its slug, its file or its translation's file, and only once."""
    write(folder, "2024-11.fr.yaml", "title: T\n")
    paths = [str(folder / "issues" / name) for name in ("2024-11.yaml", "2024-11.fr.yaml")]

    assert load.chosen_slugs(folder, []) == ("2024-11",)
    assert load.chosen_slugs(folder, ["2024-11", "2024-11.fr", *paths]) == ("2024-11",)


@pytest.mark.parametrize(
    "name",
    ["../secret.yaml", "issues/../../secret.yaml", "missing.yaml", "../issues", "a/b", "\0.yaml"],
)
def test_path_that_is_no_issue_is_refused(name: str, folder: Path) -> None:
    """A path outside issues/, or to nothing, is no issue."""
    named = str(folder / name) if "\0" not in name else name

    with pytest.raises(SettingsError, match="is no issue of this newsletter"):
        load.chosen_slugs(folder, [named])


def test_folder_without_issues_says_how_to_begin(folder: Path) -> None:
    """Where there is no issue yet, the remedy is to make one."""
    (folder / "issues" / "2024-11.yaml").unlink()

    with pytest.raises(SettingsError, match="holds no issue — begin one with `infomail new"):
        load.chosen_slugs(folder, [])


def test_missing_issue_is_named_with_those_there_are(folder: Path) -> None:
    """An issue that does not exist is refused with the ones that do."""
    newsletter = load.load_newsletter(folder)
    with pytest.raises(SettingsError) as caught:
        load.load_manuscript(folder, newsletter, "2024-12")

    assert str(caught.value) == ("there is no issue 2024-12 (2024-12.yaml) — issues here: 2024-11")


def test_translation_without_its_source_is_not_passed_off_as_an_issue(folder: Path) -> None:
    """A translation alone is refused at the place where its source should be."""
    write(folder, "2025-01.fr.yaml", "title: T\n")

    assert refused(folder, "2025-01") == [
        (
            "issues/2025-01.yaml:1:1: there is no such file, though its name is in use — "
            "write the issue first; a translation holds only words [no-source]"
        )
    ]


def test_translation_into_a_foreign_language_is_refused(folder: Path) -> None:
    """A translation into a language that the newsletter does not have cannot be sent."""
    write(folder, "2024-11.de.yaml", "title: T\n")

    assert refused(folder, language="de") == [
        (
            "issues/2024-11.de.yaml:1:1: the newsletter has no language de — "
            "add it under `languages` in newsletter.yaml, or rename the file [unknown-language]"
        )
    ]


def test_manuscript_knows_its_languages(folder: Path) -> None:
    """The languages of an issue are its source's and those of its translations that are sent."""
    for tag in ("fr", "ar", "de"):
        write(folder, f"2024-11.{tag}.yaml", "title: T\n")
    newsletter = load.load_newsletter(folder)

    assert load.load_manuscript(folder, newsletter, "2024-11").languages == ("en", "ar", "fr")


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"\xff", "1:1"),
        (b"title: caf\xe9\n", "1:11"),
        (b"title: T\r\nsubject: \x80\r\n", "2:10"),
        ("title: é ق 𝄞 ".encode() + b"\xff\n", "1:14"),
        (b"\xff\xfet\x00", "1:1"),
        (b"\xef\xbb\xbfab\xff", "1:3"),
    ],
    ids=["first", "Latin-1", "second line", "after other letters", "UTF-16", "after a mark"],
)
def test_file_that_is_not_utf8_is_refused_at_the_letter(
    data: bytes, place: str, folder: Path
) -> None:
    """The first letter that is not UTF-8 is named by its line and column."""
    write(folder, "2024-11.yaml", data)

    assert refused(folder) == [
        (
            f"issues/2024-11.yaml:{place}: the file is not UTF-8 from here on — "
            "save it as UTF-8 [not-utf-8]"
        )
    ]


def test_byte_order_mark_is_no_letter(folder: Path) -> None:
    """A file that Windows saved as UTF-8 with a mark is read."""
    write(folder, "2024-11.yaml", b"\xef\xbb\xbf" + ISSUE.encode())
    newsletter = load.load_newsletter(folder)

    assert load.load_manuscript(folder, newsletter, "2024-11").issue.title == "T"


def test_huge_file_is_refused_unread(folder: Path) -> None:
    """A file of more than a megabyte is no issue."""
    write(folder, "2024-11.yaml", ISSUE + "#" * 1_000_000)

    assert refused(folder) == [
        "issues/2024-11.yaml:1:1: the file has more than 1 MB — split the issue [too-large]"
    ]


def test_link_out_of_the_folder_is_refused(folder: Path) -> None:
    """A file in issues/ that is a link to one outside is not read."""
    (folder / "issues" / "2025-01.yaml").symlink_to(folder.parent / "secret.yaml")

    assert refused(folder, "2025-01") == [
        (
            "issues/2025-01.yaml:1:1: the file is a link out of the newsletter folder — "
            "copy it here [outside]"
        )
    ]


def test_translation_is_found_whatever_the_capitals_of_its_tag(
    folder: Path, newsletter_text: str
) -> None:
    """A file and the newsletter mean the same language when their tags differ in capitals only."""
    listed = newsletter_text.replace("[en, fr, ar]", "[en, PT-br, zh-TW]")
    (folder / "newsletter.yaml").write_text(listed, encoding="utf-8")
    for tag in ("pt-br", "zh-TW"):
        write(folder, f"2024-11.{tag}.yaml", "title: T\nsubject: S\npreheader: P\n")
    newsletter = load.load_newsletter(folder)
    found = [
        load.load_manuscript(folder, newsletter, "2024-11", language).inputs[1][0]
        for language in newsletter.languages[1:]
    ]

    assert load.stray_files(folder) == ()
    assert load.manuscript_languages(folder, "2024-11") == newsletter.languages[1:]
    assert newsletter.languages == ("en", "pt-BR", "zh-TW")
    assert found == ["issues/2024-11.pt-br.yaml", "issues/2024-11.zh-TW.yaml"]


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + ISSUE.encode(), ISSUE.encode(), b"# x\r\n" * 9])
def test_digest_is_the_files_own(data: bytes, folder: Path) -> None:
    """The digest of a file is what any other program says of it."""
    write(folder, "2024-11.yaml", data if b"title" in data else data + ISSUE.encode())
    digest = hashlib.sha256((folder / "issues" / "2024-11.yaml").read_bytes()).hexdigest()
    manuscript = load.load_manuscript(folder, load.load_newsletter(folder), "2024-11")

    assert manuscript.inputs == (("issues/2024-11.yaml", digest),)


def test_picture_is_read_from_below_issues(folder: Path) -> None:
    """A picture is named relative to issues/."""
    assert load.read_picture(folder, "assets/one.jpg", HERE) == b"picture"


@pytest.mark.parametrize(
    ("src", "code"),
    [
        ("../newsletter.yaml", "picture-outside"),
        ("assets/../../../secret.yaml", "picture-outside"),
        ("/etc/hostname", "picture-outside"),
        ("../issues-of-another/one.jpg", "picture-outside"),
        ("assets/link.jpg", "picture-outside"),
        ("linked/secret.yaml", "picture-outside"),
        ("assets/two.jpg", "picture-missing"),
        ("assets", "picture-missing"),
        (".", "picture-missing"),
        ("C:\\one.jpg", "picture-missing"),
        ("a\0b", "picture-unreadable"),
        ("x" * 5000, "picture-unreadable"),
        ("assets/loop.jpg", "picture-missing"),
    ],
)
def test_picture_elsewhere_is_refused(src: str, code: str, folder: Path) -> None:
    """No path, absolute, climbing or linked, leads out of issues/ or to anything but a file."""
    assets = folder / "issues" / "assets"
    (assets / "link.jpg").symlink_to(folder.parent / "secret.yaml")
    (assets / "loop.jpg").symlink_to(assets / "loop.jpg")
    (folder / "issues" / "linked").symlink_to(folder.parent)

    with pytest.raises(IssueError) as caught:
        load.read_picture(folder, src, HERE)
    (finding,) = caught.value.findings
    assert (finding.code, finding.place) == (code, HERE)
    assert finding.remedy


@pytest.mark.parametrize(
    ("src", "remedy"),
    [
        ("assets/noe.jpg", "did you mean `assets/one.jpg`?"),
        ("assets/One.JPG", "did you mean `assets/one.jpg`?"),
        ("assets/one.jpeg", "did you mean `assets/one.jpg`?"),
        ("one.jpg", "did you mean `assets/one.jpg`?"),
        ("2024/oen.png", "did you mean `2024/one.png`?"),
        ("assets/bridge.jpg", "put the file there or mend its name"),
        ("2024-11.yml", "put the file there or mend its name"),
    ],
)
def test_the_picture_that_was_meant_is_named(src: str, remedy: str, folder: Path) -> None:
    """A file name with a slip in it, or without its folder, leads to the picture that is there."""
    (folder / "issues" / "2024").mkdir()
    (folder / "issues" / "2024" / "one.png").write_bytes(b"picture")

    with pytest.raises(IssueError) as caught:
        load.read_picture(folder, src, HERE)
    assert caught.value.findings[0].remedy == remedy


def test_huge_picture_is_refused(folder: Path) -> None:
    """A picture larger than any camera's is not read into memory."""
    with (folder / "issues" / "huge.jpg").open("wb") as file:
        file.truncate(MAX_PICTURE_BYTES + 1)

    with pytest.raises(IssueError, match="has 20,000,001 bytes — save it smaller"):
        load.read_picture(folder, "huge.jpg", HERE)


def test_own_template_replaces_the_shipped_one(folder: Path) -> None:
    """A folder needs only the templates that it changes."""
    shipped = load.load_theme(folder)
    (folder / "templates").mkdir()
    (folder / "templates" / "message.txt").write_text("own", encoding="utf-8")
    (folder / "templates" / ".DS_Store").write_bytes(b"\xff\x00")

    assert load.load_theme(folder) == {**shipped, "message.txt": "own"}
    assert "mail.mjml" in shipped


def test_template_that_is_no_text_is_refused(folder: Path) -> None:
    """A picture among the templates is named instead of ending in a traceback."""
    (folder / "templates").mkdir()
    (folder / "templates" / "logo.png").write_bytes(b"\x89PNG\xff")

    with pytest.raises(TemplateError, match=r"logo\.png is not UTF-8 — save it as UTF-8"):
        load.load_theme(folder)


def test_template_linked_from_outside_is_refused(folder: Path) -> None:
    """A template may not be a link to a file elsewhere."""
    (folder / "templates").mkdir()
    (folder / "templates" / "page.html").symlink_to(folder.parent / "secret.yaml")

    with pytest.raises(TemplateError, match=r"page\.html is a link out of templates/"):
        load.load_theme(folder)
