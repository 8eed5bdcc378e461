"""The newsletter folder opened: reads it once, and ties load, compose, check and stage together.

The rules of the check take half a second to import, so that only what checks does; so with what
asks the network about links.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from infomail import compose, load
from infomail.errors import IssueError
from infomail.letter import message
from infomail.model.edition import Asset, Edition
from infomail.model.finding import Finding, Place, Severity
from infomail.model.manuscript import Manuscript, PlaceOf
from infomail.model.manuscript import Path as ValuePath
from infomail.model.newsletter import Newsletter
from infomail.outbox import Staged, stage

if TYPE_CHECKING:
    from infomail import checks, linkcheck


class Checked(NamedTuple):
    """What a check found.

    Attributes:
        findings: each once.
        edition_count: how many editions were looked at.
        unread_count: how many could not be composed until their file is mended.
    """

    findings: tuple[Finding, ...]
    edition_count: int
    unread_count: int = 0


@dataclass(frozen=True)
class Desk:
    """One newsletter folder, with all that is read from it only once."""

    folder: Path

    @cached_property
    def newsletter(self) -> Newsletter:
        """The newsletter."""
        return load.load_newsletter(self.folder)

    @cached_property
    def theme(self) -> compose.Theme:
        """The templates."""
        return compose.Theme(load.load_theme(self.folder))

    @cached_property
    def _languages(self) -> dict[str, compose.Language]:
        return {}

    def language(self, tag: str) -> compose.Language:
        """Give a language with its fixed words."""
        if tag not in self._languages:
            self._languages[tag] = compose.Language(tag, load.load_words(tag))
        return self._languages[tag]

    @property
    def outbox(self) -> Path:
        """The folder of staged editions."""
        return self.folder / "outbox"

    def slugs(self, named: Sequence[str]) -> tuple[str, ...]:
        """Give the slugs of the named issues, or of all of them.

        Args:
            named: slugs, or paths of files below issues/.

        Raises:
            SettingsError: there is no such issue, or none at all.
        """
        _ = self.newsletter
        return load.chosen_slugs(self.folder, named)

    def strays(self, named: Sequence[str]) -> tuple[Finding, ...]:
        """Find files in issues/ that are none; a person who names issues means only those."""
        return () if named else load.stray_files(self.folder)

    def build(self, slug: str, done: Callable[[Staged], None]) -> tuple[Finding, ...]:
        """Compose and stage every edition of an issue; a broken one does not stop the others.

        An edition with errors is staged all the same, so that people can look at it.

        Args:
            slug: the issue.
            done: called with each edition as it is staged.

        Returns:
            What kept editions from being composed, and the errors in those that were.
        """
        from infomail import checks  # noqa: PLC0415

        findings: list[Finding] = []
        for language in ("", *load.manuscript_languages(self.folder, slug)):
            try:
                manuscript = self.manuscript(slug, language)
                edition = self.compose(manuscript)
            except IssueError as error:
                findings += error.findings
            else:
                remarks = checks.check(self._proof(edition, manuscript))
                errors = [each for each in remarks if each.stops]
                mail = message(edition, self.newsletter)
                done(stage(self.outbox, edition, mail, len(errors)))
                findings += errors
        return tuple(findings)

    def check(self, slugs: Iterable[str], asking: linkcheck.Progress | None = None) -> Checked:
        """Check every edition of the issues.

        Args:
            slugs: the issues.
            asking: if given, the network is asked about links, and this is told how far it is.
        """
        from infomail import checks  # noqa: PLC0415

        found: list[tuple[Finding, ...]] = []
        unread_count = 0
        proofs = self._proofs(slugs)
        for proof in proofs if asking is None else self._answered(tuple(proofs), asking):
            if isinstance(proof, checks.Proof):
                found.append(checks.check(proof))
            else:
                found.append(proof)
                unread_count += 1
        return Checked(each_once(found), len(found) - unread_count, unread_count)

    def _proofs(self, slugs: Iterable[str]) -> Iterator[checks.Proof | tuple[Finding, ...]]:
        """Compose each edition, or say why it cannot be composed."""
        for slug in slugs:
            for language in ("", *load.manuscript_languages(self.folder, slug)):
                try:
                    yield self.proof(slug, language)
                except IssueError as error:
                    yield error.findings

    def _answered(
        self, proofs: Sequence[checks.Proof | tuple[Finding, ...]], asking: linkcheck.Progress
    ) -> Iterator[checks.Proof | tuple[Finding, ...]]:
        """Ask the network about the links of all editions at once, so that each is asked once."""
        from infomail import checks, linkcheck  # noqa: PLC0415

        composed = [proof for proof in proofs if isinstance(proof, checks.Proof)]
        urls = dict.fromkeys(url for proof in composed for url in checks.outgoing_urls(proof))
        memory_file = self.outbox / "links.json"
        said = linkcheck.check_links(tuple(urls), memory_file, progress=asking)
        verdicts = {verdict.url: verdict for verdict in said}
        for proof in proofs:
            yield checks.answered(proof, verdicts) if isinstance(proof, checks.Proof) else proof

    def proofs(self, slug: str) -> tuple[checks.Proof, ...]:
        """Compose all editions of an issue, the source's first.

        Raises:
            IssueError: one cannot be composed; all that is in the way of any is told.
        """
        from infomail import checks  # noqa: PLC0415

        proofs = tuple(self._proofs([slug]))
        problems = [each for each in proofs if not isinstance(each, checks.Proof)]
        if problems:
            raise IssueError(tuple(dict.fromkeys(one for each in problems for one in each)))
        return tuple(each for each in proofs if isinstance(each, checks.Proof))

    def proof(self, slug: str, language: str = "") -> checks.Proof:
        """Compose one edition to be checked.

        Raises:
            IssueError: it cannot be loaded, or a picture is missing.
        """
        manuscript = self.manuscript(slug, language)
        return self._proof(self.compose(manuscript), manuscript)

    def _proof(self, edition: Edition, manuscript: Manuscript) -> checks.Proof:
        from infomail import checks  # noqa: PLC0415

        return checks.Proof(edition, manuscript, self.newsletter, self._place_in_newsletter)

    def _place_in_newsletter(self, path: ValuePath, needle: str = "") -> Place:
        return self._newsletter_places(path, needle)

    @cached_property
    def _newsletter_places(self) -> PlaceOf:
        return load.load_newsletter_places(self.folder)

    def manuscript(self, slug: str, language: str = "") -> Manuscript:
        """Load an issue in one language; in its source's if none is named.

        Raises:
            IssueError: its files have problems.
        """
        return load.load_manuscript(self.folder, self.newsletter, slug, language)

    def compose(self, manuscript: Manuscript) -> Edition:
        """Compose one edition, its pictures included.

        Raises:
            IssueError: a picture is missing or cannot be used.
            TemplateError: a template is wrong.
        """
        pictures = self._pictures(manuscript)
        ingredients = compose.Ingredients(
            newsletter=self.newsletter,
            theme=self.theme,
            language=self.language(manuscript.language),
            assets={key: asset for key, (asset, _) in pictures.items()},
        )
        edition = compose.compose(manuscript, ingredients)
        inputs = {
            **dict(edition.inputs),
            **self._common_inputs,
            **{f"{load.ISSUES_FOLDER}/{src}": digest for (src, _), (_, digest) in pictures.items()},
        }
        return dataclasses.replace(edition, inputs=tuple(sorted(inputs.items())))

    def _pictures(self, manuscript: Manuscript) -> dict[tuple[str, int], tuple[Asset, str]]:
        prepared: dict[tuple[str, int], tuple[Asset, str]] = {}
        findings: list[Finding] = []
        for need in compose.pictures_needed(manuscript.issue, self.newsletter):
            place = (
                manuscript.place_of(need.path) if need.path else self._place_in_newsletter(_LOGO)
            )
            try:
                data = load.read_picture(self.folder, need.src, place)
                asset = compose.prepare(data, need.src, need.width_px)
            except IssueError as error:
                findings += error.findings
            except compose.PictureError as error:
                words = (error.problem, error.remedy)
                findings.append(Finding("picture-refused", Severity.ERROR, *words, place))
            else:
                digest = hashlib.sha256(data).hexdigest()
                prepared[need.src, need.width_px] = (asset, digest)
        if findings:
            raise IssueError(tuple(findings))
        return prepared

    @cached_property
    def _common_inputs(self) -> dict[str, str]:
        newsletter = (self.folder / load.NEWSLETTER_FILE).read_bytes()
        templates = {
            f"{load.TEMPLATES_FOLDER}/{name}": hashlib.sha256(source.encode()).hexdigest()
            for name, source in self.theme.sources.items()
        }
        return {load.NEWSLETTER_FILE: hashlib.sha256(newsletter).hexdigest(), **templates}


def each_once(found: Iterable[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """Leave out what an edition has in common with one before it, as translations have.

    The same rule at the same place of an issue is the same fault, told in the words of another
    language; what stands in a template may be another one.
    """
    told: set[tuple[object, ...]] = set()
    kept: dict[Finding, None] = {}
    for findings in found:
        keys = [_key(one) for one in findings]
        kept.update((one, None) for one, key in zip(findings, keys, strict=True) if key not in told)
        told.update(keys)
    return tuple(kept)


def _key(one: Finding) -> tuple[object, ...]:
    in_yaml = one.place is not None and one.place.file.endswith(".yaml")
    words = "" if in_yaml else one.message
    return one.code, one.severity, bool(one.silenced), one.place, words


_LOGO = ("brand", "logo", "src")
