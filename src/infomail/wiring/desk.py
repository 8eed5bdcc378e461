"""The newsletter folder opened: reads it once, and ties load and compose together."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from infomail import compose, load
from infomail.errors import IssueError
from infomail.model.edition import Asset, Edition
from infomail.model.finding import Finding, Place, Severity
from infomail.model.manuscript import Manuscript, PlaceOf
from infomail.model.manuscript import Path as ValuePath
from infomail.model.newsletter import Newsletter


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

    def place_in_newsletter(self, path: ValuePath, needle: str = "") -> Place:
        """Say where a value of newsletter.yaml stands."""
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
            place = manuscript.place_of(need.path) if need.path else self.place_in_newsletter(_LOGO)
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


_LOGO = ("brand", "logo", "src")
