"""The newsletter folder on disk: which issues there are, and their files as text or bytes.

Nothing outside the folder is read, whatever a file says; links that lead outside are refused.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import os
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import NoReturn

from infomail.errors import IssueError, SettingsError, TemplateError
from infomail.load.text import (
    MAX_FILE_BYTES,
    SourceText,
    newsletter_places,
    parse_manuscript,
    parse_newsletter,
)
from infomail.model.finding import Finding, Place, Severity
from infomail.model.language import language_tag
from infomail.model.manuscript import NEWSLETTER_FILE as NEWSLETTER_FILE
from infomail.model.manuscript import Manuscript, PlaceOf
from infomail.model.newsletter import Newsletter

ISSUES_FOLDER = "issues"
TEMPLATES_FOLDER = "templates"
MAX_PICTURE_BYTES = 20_000_000
_PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})
_NO_PROBLEM = ("", "", "")
_NAMING = "name it like 2024-11.yaml, a translation like 2024-11.fr.yaml"

_ISSUE_FILE = re.compile(
    r"([a-z0-9]+(?:-[a-z0-9]+)*)(?:\.([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*))?\.yaml"
)


def load_newsletter(folder: Path) -> Newsletter:
    """Read the newsletter of `folder`.

    Raises:
        SettingsError: there is no newsletter.yaml.
        IssueError: it has problems.
    """
    path = folder / NEWSLETTER_FILE
    if not path.is_file():
        msg = (
            f"{folder} holds no {NEWSLETTER_FILE} — go to a newsletter folder, "
            "or make one with `infomail init DIR`"
        )
        raise SettingsError(msg)
    return parse_newsletter(_read(folder, path))


def load_newsletter_places(folder: Path) -> PlaceOf:
    """Find the parts of a newsletter.yaml that `load_newsletter` has read."""
    return newsletter_places(_read(folder, folder / NEWSLETTER_FILE))


def issue_slugs(folder: Path) -> tuple[str, ...]:
    """Name all issues of the folder, in alphabetical order; a lonely translation counts as one."""
    return tuple(sorted({found[1] for found in _issue_files(folder)}))


def issue_files(folder: Path) -> dict[str, list[str]]:
    """Name the files of each issue in issues/, in alphabetical order."""
    files: dict[str, list[str]] = {}
    for found in _issue_files(folder):
        files.setdefault(found[1], []).append(found[0])
    return files


def manuscript_languages(folder: Path, slug: str) -> tuple[str, ...]:
    """Name the languages in which the issue has a translation file, in alphabetical order.

    Tags have their usual capitals, whatever those of the file's name are.
    """
    return tuple(sorted(_translation_files(folder, slug)))


def _translation_files(folder: Path, slug: str) -> dict[str, str]:
    """Name the file of each translation by its tag."""
    files = (found for found in _issue_files(folder, f"{slug}.") if found[1] == slug and found[2])
    # Reversed, so that of two files with one tag the first is taken; `stray_files` names the other.
    return {language_tag(found[2]) or found[2]: found[0] for found in reversed(list(files))}


def stray_files(folder: Path) -> tuple[Finding, ...]:
    """Find YAML files in issues/ that are no issue's, so that none is overlooked.

    Those are files whose names are no issue's, and second files of one translation, whose tags
    differ in capitals only.
    """
    findings = []
    first: dict[tuple[str, str], str] = {}
    for name in _yaml_names(folder):
        found = _ISSUE_FILE.fullmatch(name)
        if not found:
            findings.append(_stray(name, "the file's name is no issue's", _NAMING))
            continue
        other = first.setdefault((found[1], (found[2] or "").lower()), name)
        if other != name:
            problem = f"{ISSUES_FOLDER}/{other} is the same translation"
            findings.append(_stray(name, problem, "keep one of the two"))
    return tuple(findings)


def _stray(name: str, message: str, remedy: str) -> Finding:
    # A name that is not UTF-8 comes from the system with surrogates, which no output takes.
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    place = Place(f"{ISSUES_FOLDER}/{shown}", 1, 1)
    return Finding("file-name", Severity.ERROR, message, remedy, place)


def _issue_files(folder: Path, beginning: str = "") -> list[re.Match[str]]:
    names = _yaml_names(folder, beginning)
    return [found for name in names if (found := _ISSUE_FILE.fullmatch(name))]


def _yaml_names(folder: Path, beginning: str = "") -> list[str]:
    # Hidden files are an editor's or the system's, such as .#2024-11.yaml.
    issues = folder / ISSUES_FOLDER
    if not issues.is_dir():
        return []
    with os.scandir(issues) as found:
        names = sorted(each.name for each in found if each.name.startswith(beginning))
    return [
        name
        for name in names
        if name.lower().endswith((".yaml", ".yml")) and not name.startswith(".")
    ]


def chosen_slugs(folder: Path, named: Sequence[str]) -> tuple[str, ...]:
    """Give the slugs of the named issues, or of all if none is named.

    Args:
        folder: the newsletter folder.
        named: slugs, or paths of files in issues/.

    Raises:
        SettingsError: an issue does not exist, or there is none.
    """
    if not named:
        if slugs := issue_slugs(folder):
            return slugs
        msg = f"{folder / ISSUES_FOLDER} holds no issue — begin one with `infomail new 2026-12`"
        raise SettingsError(msg)
    return tuple(dict.fromkeys(_slug(folder, name) for name in named))


def _slug(folder: Path, name: str) -> str:
    path = Path(name)
    if path.suffix != ".yaml" and path.name == name:
        found = _ISSUE_FILE.fullmatch(f"{name}.yaml")
        return found[1] if found else name
    issues = (folder / ISSUES_FOLDER).resolve()
    found = _ISSUE_FILE.fullmatch(path.name)
    if found and path.is_file() and path.resolve().parent == issues:
        return found[1]
    msg = f"{name} is no issue of this newsletter — name one in {issues}, or just 2024-11"
    raise SettingsError(msg)


def load_manuscript(
    folder: Path, newsletter: Newsletter, slug: str, language: str = ""
) -> Manuscript:
    """Read one issue in one language.

    Args:
        folder: the newsletter folder.
        newsletter: as loaded from it.
        slug: the issue's name.
        language: tag of the translation; empty for the source.

    Raises:
        SettingsError: there is no such issue or translation.
        IssueError: the files have problems.
    """
    issues = folder / ISSUES_FOLDER
    source = _read_issue(folder, issues / f"{slug}.yaml", slug)
    words = None
    if language:
        name = _translation_files(folder, slug).get(language, f"{slug}.{language}.yaml")
        words = _read_issue(folder, issues / name, slug)
        words = dataclasses.replace(words, language=language)
        _refuse_unknown_language(words, newsletter)
    manuscript = parse_manuscript(slug, newsletter, source, words)
    translations = manuscript_languages(folder, slug)
    known = (tag for tag in translations if tag in newsletter.languages)
    languages = (manuscript.source_language, *known)
    return dataclasses.replace(manuscript, languages=tuple(dict.fromkeys(languages)))


def _refuse_unknown_language(words: SourceText, newsletter: Newsletter) -> None:
    if words.language in newsletter.languages:
        return
    message = f"the newsletter has no language {words.language}"
    remedy = f"add it under `languages` in {NEWSLETTER_FILE}, or rename the file"
    place = Place(words.file, 1, 1)
    raise IssueError((Finding("unknown-language", Severity.ERROR, message, remedy, place),))


def _read_issue(folder: Path, path: Path, slug: str) -> SourceText:
    if path.is_file():
        return _read(folder, path)
    if slug not in issue_slugs(folder):
        known = ", ".join(issue_slugs(folder)) or "none yet"
        msg = f"there is no issue {slug} ({path.name}) — issues here: {known}"
        raise SettingsError(msg)
    place = Place(f"{ISSUES_FOLDER}/{path.name}", 1, 1)
    remedy = "write the issue first; a translation holds only words"
    message = "there is no such file, though its name is in use"
    raise IssueError((Finding("no-source", Severity.ERROR, message, remedy, place),))


def read_picture(folder: Path, src: str, place: Place) -> bytes:
    """Read a picture that an issue or the brand names, from below issues/.

    Args:
        folder: the newsletter folder.
        src: its path relative to issues/.
        place: where it is named, for the finding.

    Raises:
        IssueError: it is missing, too large, or lies outside issues/.
    """
    issues = (folder / ISSUES_FOLDER).resolve()
    try:
        path = (issues / src).resolve()
        inside = path.is_relative_to(issues)
        found = inside and path.is_file()
        size_bytes = path.stat().st_size if found else 0
        problem = _picture_problem(src, inside=inside, found=found, size_bytes=size_bytes)
        if problem == _NO_PROBLEM:
            return path.read_bytes()
    except RuntimeError:  # a link to itself; from Python 3.13 on it resolves, to no file
        problem = _picture_problem(src, inside=True, found=False, size_bytes=0)
    except (OSError, ValueError):
        problem = ("picture-unreadable", f"the picture {src} cannot be read", "check the file")
    code, message, remedy = problem
    if close := _close_picture(issues, src) if code == "picture-missing" else "":
        remedy = f"did you mean `{close}`?"
    raise IssueError((Finding(code, Severity.ERROR, message, remedy, place),))


def _close_picture(issues: Path, src: str) -> str:
    """Give the file that `src` may mean, from its own folder or from issues/assets/."""
    meant = PurePosixPath(src)
    try:
        names = {
            each.name.casefold(): (folder / each.name).as_posix()
            for folder in (PurePosixPath("assets"), meant.parent)
            for each in sorted((issues / folder).glob("*"))
            if each.suffix.lower() in _PICTURE_SUFFIXES and each.is_file()
        }
    except (OSError, ValueError, RuntimeError):
        return ""
    close = difflib.get_close_matches(meant.name.casefold(), names, n=1)
    return names[close[0]] if close else ""


def _picture_problem(
    src: str, *, inside: bool, found: bool, size_bytes: int
) -> tuple[str, str, str]:
    if not inside:
        remedy = "put it into issues/assets/ and name it from there"
        return "picture-outside", f"the picture {src} lies outside issues/", remedy
    if not found:
        remedy = "put the file there or mend its name"
        return "picture-missing", f"there is no picture issues/{src}", remedy
    if size_bytes > MAX_PICTURE_BYTES:
        message = f"the picture {src} has {size_bytes:,} bytes"
        return "picture-too-large", message, "save it smaller: 2,400 pixels wide are plenty"
    return _NO_PROBLEM


def load_theme(folder: Path, part: str = "") -> dict[str, str]:
    """Read the templates: the folder's own, and the ones shipped with infomail for the rest.

    Args:
        folder: the newsletter folder.
        part: the folder below the templates, such as "public"; those of mail and page if empty.

    Returns:
        The source of each template by its name, such as "mail.mjml".

    Raises:
        SettingsError: no templates can be found at all.
        TemplateError: a template is not UTF-8 or lies outside the folder.
    """
    sources: dict[str, str] = {}
    for templates in (_shipped_templates(), folder / TEMPLATES_FOLDER):
        place = templates / part
        for path in sorted(place.glob("[!.]*.*")) if place.is_dir() else ():
            if path.is_file():
                sources[path.name] = _read_template(place, path)
    if not sources:
        msg = f"no templates were found — put them into {folder / TEMPLATES_FOLDER}"
        raise SettingsError(msg)
    return sources


def _read_template(templates: Path, path: Path) -> str:
    if not path.resolve().is_relative_to(templates.resolve()):
        msg = f"{path} is a link out of {TEMPLATES_FOLDER}/ — copy the file here"
        raise TemplateError(msg)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        msg = f"{path} is not UTF-8 — save it as UTF-8, or move it out of {TEMPLATES_FOLDER}/"
        raise TemplateError(msg) from error


def _shipped_templates() -> Path:
    packaged = Path(str(resources.files("infomail") / "_templates"))
    # An editable install has no copy inside the package; the checkout has them at its top.
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / TEMPLATES_FOLDER


def _read(folder: Path, path: Path) -> SourceText:
    shown = path.relative_to(folder).as_posix()
    start = Place(shown, 1, 1)
    if not path.resolve().is_relative_to(folder.resolve()):
        _refuse("outside", "the file is a link out of the newsletter folder", "copy it here", start)
    if path.stat().st_size > MAX_FILE_BYTES:
        _refuse("too-large", "the file has more than 1 MB", "split the issue", start)
    data = path.read_bytes()
    try:
        digest = hashlib.sha256(data).hexdigest()
        # Lines are counted as YAML counts them, whoever wrote the file.
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        return SourceText(shown, text, digest=digest)
    except UnicodeDecodeError as error:
        # The error counts in what follows a byte order mark; that is its `object`.
        *above, start_of_line = error.object[: error.start].decode().split("\n")
        place = Place(shown, len(above) + 1, len(start_of_line) + 1)
        _refuse("not-utf-8", "the file is not UTF-8 from here on", "save it as UTF-8", place)


def _refuse(code: str, message: str, remedy: str, place: Place) -> NoReturn:
    raise IssueError((Finding(code, Severity.ERROR, message, remedy, place),))
