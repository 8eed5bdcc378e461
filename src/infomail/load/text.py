"""Text in memory to a newsletter or a manuscript; no file is touched.

All problems of a text come in one IssueError, in the order of the file: slips of YAML, duplicate
keys, unknown keys, missing and impossible values, translations that do not fit their source.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from infomail.errors import IssueError
from infomail.load.overlay import duplicate_ids, item_ids, lay_over
from infomail.load.places import Places
from infomail.load.problems import findings_of
from infomail.load.slips import read_tree
from infomail.load.tree import Mapping, Node, Scalar, place_of, plain
from infomail.model.finding import Finding, Place, Severity
from infomail.model.issue import SECTION_NAMES, Issue
from infomail.model.manuscript import Manuscript, PlaceOf
from infomail.model.newsletter import Newsletter

MAX_FILE_BYTES = 1_000_000

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file's text, its name as shown to people, and its language if it is a translation.

    Attributes:
        file: name as shown to people.
        text: what stands in it.
        language: tag of a translation; empty for a source.
        digest: SHA-256 of the file's own bytes; empty for a text that is no file.
    """

    file: str
    text: str
    language: str = ""
    digest: str = ""

    @property
    def sha256(self) -> str:
        """The digest of the file, else of the text as UTF-8, in hexadecimal digits."""
        return self.digest or hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


def parse_newsletter(source: SourceText) -> Newsletter:
    """Read newsletter.yaml.

    Raises:
        IssueError: with every problem of the text.
    """
    tree, findings = _mapping(source)
    newsletter, more = _validated(Newsletter, tree)
    _raise_if_any((*findings, *more))
    assert newsletter is not None  # noqa: S101  # no finding means that it validated
    return newsletter


def newsletter_places(source: SourceText) -> PlaceOf:
    """Find the parts of a newsletter.yaml that `parse_newsletter` has read."""
    return Places(_mapping(source)[0], {source.file: source.text})


def parse_manuscript(
    slug: str, newsletter: Newsletter, source: SourceText, words: SourceText | None = None
) -> Manuscript:
    """Read an issue and, for a translation, lay its words over it.

    Args:
        slug: the issue's name.
        newsletter: for the languages and whether untranslated items may fall back.
        source: the issue.
        words: the translation, with its language; None for the source's own edition.

    Raises:
        IssueError: with every problem of both texts.
    """
    tree, findings = _mapping(source)
    issue, more = _validated(Issue, tree)
    _raise_if_any((*findings, *more))
    assert issue is not None  # noqa: S101  # no finding means that it validated
    _raise_if_any((*_misnamed(tree), *_unknown_language(issue, tree, newsletter)))
    source_language = issue.language or newsletter.languages[0]
    named = Manuscript(
        slug=slug,
        language=source_language,
        source_language=source_language,
        issue=_with_ids(issue, tree),
        place_of=Places(tree, {source.file: source.text}),
        gaps=(),
        item_count=sum(len(section.items) for _, section in issue.sections),
        languages=(source_language,),
        inputs=((source.file, source.sha256),),
    )
    return _translated(named, (source, tree), words, newsletter) if words else named


def _translated(
    original: Manuscript,
    source: tuple[SourceText, Mapping],
    words: SourceText,
    newsletter: Newsletter,
) -> Manuscript:
    overlay, findings = _mapping(words)
    fallback = original.source_language if newsletter.allow_fallback else None
    text, tree = source
    laid = lay_over(tree, overlay, words.language, mark_fallback=fallback)
    issue, more = _validated(Issue, laid.tree)
    _raise_if_any((*findings, *laid.findings, *more))
    assert issue is not None  # noqa: S101  # no finding means that it validated
    return Manuscript(
        slug=original.slug,
        language=words.language,
        source_language=original.source_language,
        issue=issue,
        place_of=Places(laid.tree, {text.file: text.text, words.file: words.text}),
        gaps=tuple(laid.gaps),
        item_count=original.item_count,
        languages=original.languages,
        inputs=(*original.inputs, (words.file, words.sha256)),
    )


def _mapping(source: SourceText) -> tuple[Mapping, tuple[Finding, ...]]:
    start = Place(source.file, 1, 1)
    size_bytes = len(source.text.encode("utf-8", "surrogatepass"))
    if size_bytes > MAX_FILE_BYTES:
        message = f"the file has {size_bytes:,} bytes"
        _raise_if_any((_error("too-large", message, "keep it under 1 MB", start),))
    tree, findings = read_tree(source.text, source.file)
    if isinstance(tree, Mapping):
        return tree, findings
    if tree is None and findings:
        _raise_if_any(findings)
    is_empty = tree is None or (isinstance(tree, Scalar) and tree.text is None)
    message = "the file is empty" if is_empty else "the file is not a set of `key: value` lines"
    remedy = "begin with `title:`; `infomail new` writes a skeleton"
    raise IssueError((_error("not-a-mapping", message, remedy, start), *findings))


def _error(code: str, message: str, remedy: str, place: Place) -> Finding:
    return Finding(code, Severity.ERROR, message, remedy, place)


def _validated(model: type[_Model], tree: Node) -> tuple[_Model | None, tuple[Finding, ...]]:
    try:
        return model.model_validate(plain(tree)), ()
    except ValidationError as error:
        return None, findings_of(error, tree, model)


def _raise_if_any(findings: tuple[Finding, ...]) -> None:
    if findings:
        raise IssueError(tuple(sorted(findings, key=_in_file_order)))


def _in_file_order(finding: Finding) -> Place:
    return finding.place or Place("", 0, 0)


def _misnamed(tree: Mapping) -> tuple[Finding, ...]:
    sections = ((name, tree.entries[name]) for name in SECTION_NAMES if name in tree.entries)
    return tuple(finding for name, node in sections for finding in duplicate_ids(name, node))


def _unknown_language(issue: Issue, tree: Mapping, newsletter: Newsletter) -> tuple[Finding, ...]:
    if issue.language is None or issue.language in newsletter.languages:
        return ()
    message = f"the newsletter has no language {issue.language}"
    remedy = f"write one of: {', '.join(newsletter.languages)}; or add it to its `languages`"
    return (_error("unknown-language", message, remedy, place_of(tree, ("language",))),)


def _with_ids(issue: Issue, tree: Mapping) -> Issue:
    """Give every item the id by which translations and anchors know it."""
    updates: dict[str, object] = {}
    for name in SECTION_NAMES:
        section = getattr(issue, name)
        if section is None:
            continue
        ids = item_ids(name, tree.entries[name])
        items = tuple(
            item.model_copy(update={"id": item_id})
            for item, item_id in zip(section.items, ids, strict=True)
        )
        updates[name] = section.model_copy(update={"items": items})
    return issue.model_copy(update=updates)
