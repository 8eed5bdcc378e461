"""Issue to view: words in the language, dates and countries written out, pictures placed.

Pure: everything it needs is handed in. The order of sections and items is the issue's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infomail.compose.facts import Wording, facts_of
from infomail.compose.language import Language
from infomail.compose.markdown import Rendered, render
from infomail.compose.view import (
    AlternateView,
    EditionView,
    ItemView,
    LetterView,
    LinkView,
    PictureView,
    SectionView,
)
from infomail.model.edition import NAME_SLOT, Asset
from infomail.model.issue import AnyItem, AnySection, Image, Issue, Link, Publication
from infomail.model.manuscript import Manuscript
from infomail.model.manuscript import Path as ValuePath
from infomail.model.newsletter import Newsletter, words_in

LEAD_WIDTH_PX = 1200
THUMBNAIL_WIDTH_PX = 720
COVER_WIDTH_PX = 400

Assets = Mapping[tuple[str, int], Asset]
"""Prepared pictures by their `src` and the width they were prepared for."""


@dataclass(frozen=True, slots=True)
class PictureNeed:
    """A picture that an edition shows: where it is named and how wide it must be."""

    src: str
    width_px: int
    path: ValuePath


def pictures_needed(issue: Issue, newsletter: Newsletter) -> tuple[PictureNeed, ...]:
    """Name every picture that an edition of `issue` will show."""
    needs = [
        PictureNeed(
            item.image.src,
            _picture_width(name, index, item),
            (name, "items", index, "image", "src"),
        )
        for name, section in issue.sections
        for index, item in enumerate(section.items)
        if item.image
    ]
    if logo := newsletter.brand.logo:
        needs.append(PictureNeed(logo.src, 2 * logo.width_px, ()))
    return tuple(needs)


def _picture_width(section: str, index: int, item: AnyItem) -> int:
    if isinstance(item, Publication):
        return COVER_WIDTH_PX
    return LEAD_WIDTH_PX if (section, index) == ("spotlight", 0) else THUMBNAIL_WIDTH_PX


def edition_url(newsletter: Newsletter, manuscript: Manuscript, language: str) -> str:
    """Give the permanent address of one edition's web view, ending in a slash."""
    home = newsletter.public_url.rstrip("/")
    tail = "" if language == manuscript.source_language else f"{language}/"
    return f"{home}/{manuscript.slug}/{tail}"


def lay_out(
    manuscript: Manuscript, newsletter: Newsletter, language: Language, assets: Assets
) -> EditionView:
    """Lay out an issue for one language.

    Args:
        manuscript: the issue as loaded.
        newsletter: its publication.
        language: the language of this edition, with its fixed words.
        assets: the prepared pictures that `pictures_needed` names.
    """
    issue, tag = manuscript.issue, language.tag
    url = edition_url(newsletter, manuscript, tag)
    layout = _Layout(language, Wording(language, newsletter), assets, url)
    return EditionView(
        slug=manuscript.slug,
        tag=tag,
        direction=language.direction,
        newsletter=words_in(newsletter.name, tag),
        organisation=words_in(newsletter.organisation, tag),
        title=issue.title,
        subject=issue.subject,
        preheader=issue.preheader,
        date=language.date(issue.date),
        iso_date=issue.date.isoformat(),
        letter=layout.letter(issue),
        contents=issue.contents,
        rows=_rows(
            [
                (section, layout.section(name, section))
                for name, section in issue.sections
                if section.items or section.intro or section.more
            ]
        ),
        logo=layout.logo(newsletter),
        logo_width_px=newsletter.brand.logo.width_px if newsletter.brand.logo else 0,
        social=tuple(LinkView(link.label, link.url) for link in newsletter.brand.social),
        postal_address=tuple(words_in(newsletter.postal_address, tag).strip().splitlines()),
        reason=words_in(newsletter.reason, tag),
        view_url=url,
        home_url=newsletter.public_url,
        alternates=_alternates(manuscript, newsletter, language),
    )


def _rows(
    sections: Sequence[tuple[AnySection, SectionView]],
) -> tuple[tuple[SectionView, ...], ...]:
    """Pair neighbouring half sections; a half without a neighbour takes the whole row."""
    rows: list[tuple[SectionView, ...]] = []
    waiting: SectionView | None = None
    for section, view in sections:
        half = section.layout == "half"
        if half and waiting is not None:
            rows.append((waiting, view))
            waiting = None
            continue
        if waiting is not None:
            rows.append((waiting,))
        waiting = view if half else None
        if waiting is None:
            rows.append((view,))
    return (*rows, (waiting,)) if waiting is not None else tuple(rows)


def _alternates(
    manuscript: Manuscript, newsletter: Newsletter, language: Language
) -> tuple[AlternateView, ...]:
    return tuple(
        AlternateView(
            tag,
            Language(tag, language.catalogue).name,
            edition_url(newsletter, manuscript, tag),
        )
        for tag in manuscript.languages
        if tag != language.tag
    )


@dataclass(frozen=True, slots=True)
class _Layout:
    """The parts of one edition, in one language."""

    language: Language
    wording: Wording
    assets: Assets
    url: str

    def letter(self, issue: Issue) -> LetterView | None:
        letter = issue.letter
        if letter is None:
            return None
        # A name and an office under it are two lines, as in a letter on paper.
        signature = (letter.signature or "").replace("\n", "  \n")
        greeting = (letter.greeting or "").replace("{name}", NAME_SLOT)
        return LetterView(greeting, self._required(letter.text), self._prose(signature))

    def section(self, name: str, section: AnySection) -> SectionView:
        return SectionView(
            name=name,
            heading=section.heading or self.language.words(_HEADINGS[name]),
            theme=getattr(section, "theme", None) or "",
            intro=self._prose(section.intro),
            items=tuple(self._item(name, index, item) for index, item in enumerate(section.items)),
            more=_link(section.more),
        )

    def logo(self, newsletter: Newsletter) -> PictureView | None:
        logo = newsletter.brand.logo
        if logo is None:
            return None
        asset = self.assets[logo.src, 2 * logo.width_px]
        return self._shown(asset, words_in(logo.alt, self.language.tag), "", "")

    def _item(self, section: str, index: int, item: AnyItem) -> ItemView:
        own = Language(item.language, self.language.catalogue) if item.language else self.language
        facts = facts_of(item, self.wording)
        return ItemView(
            anchor=f"{section}-{item.id or index + 1}",
            tag=own.tag,
            direction=own.direction,
            kicker=item.kicker or "",
            title=item.title,
            prose=render(item.text, own.markup) if item.text else None,
            image=self._picture(item.image, _picture_width(section, index, item)),
            links=(
                *(LinkView(link.label, link.url) for link in item.links),
                *((facts.online,) if facts.online else ()),
            ),
            meta=facts.meta,
            kind=facts.kind,
            deadline=facts.deadline,
            day=facts.day,
            month=facts.month,
            when=facts.when,
            place=facts.place,
            chips=facts.chips,
            act=facts.act,
            featured=isinstance(item, Publication) and item.featured,
        )

    def _picture(self, image: Image | None, width_px: int) -> PictureView | None:
        if image is None:
            return None
        asset = self.assets[image.src, width_px]
        return self._shown(asset, image.alt, image.caption or "", image.credit or "")

    def _shown(self, asset: Asset, alt: str, caption: str, credit: str) -> PictureView:
        path = f"assets/{asset.name}"
        return PictureView(
            f"{self.url}{path}", path, asset.width_px, asset.height_px, alt, caption, credit
        )

    def _prose(self, prose: str | None) -> Rendered | None:
        return self._required(prose) if prose else None

    def _required(self, prose: str) -> Rendered:
        return render(prose, self.language.markup)


_HEADINGS = {
    "spotlight": "In the spotlight",
    "news": "News",
    "publications": "Publications",
    "calls": "Calls",
    "events": "Events",
}


def _link(link: Link | None) -> LinkView | None:
    return LinkView(link.label, link.url) if link else None
