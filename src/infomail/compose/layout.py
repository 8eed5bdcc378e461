"""Issue to view: words in the language, dates and countries written out, pictures placed.

Pure: everything it needs is handed in. The order of sections and items is the issue's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from infomail.compose.facts import Wording, facts_of
from infomail.compose.language import Language
from infomail.compose.markdown import Rendered, render
from infomail.compose.marks import Marks
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
from infomail.model.manuscript import NEWSLETTER_FILE, Manuscript
from infomail.model.manuscript import Path as ValuePath
from infomail.model.newsletter import Newsletter, words_in

LEAD_WIDTH_PX = 1200
THUMBNAIL_WIDTH_PX = 720
COVER_WIDTH_PX = 400

_ORGANISATION = (NEWSLETTER_FILE, "organisation")
_POSTAL_ADDRESS = (NEWSLETTER_FILE, "postal_address")
_REASON = (NEWSLETTER_FILE, "reason")
_SOCIAL = (NEWSLETTER_FILE, "brand", "social")
_LOGO = (NEWSLETTER_FILE, "brand", "logo")

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
    manuscript: Manuscript,
    newsletter: Newsletter,
    language: Language,
    assets: Assets,
    marks: Marks,
) -> EditionView:
    """Lay out an issue for one language.

    Args:
        manuscript: the issue as loaded.
        newsletter: its publication.
        language: the language of this edition, with its fixed words.
        assets: the prepared pictures that `pictures_needed` names.
        marks: gets a mark for each part of the issue; its words carry it.
    """
    issue, tag = manuscript.issue, language.tag
    url = edition_url(newsletter, manuscript, tag)
    layout = _Layout(language, Wording(language, newsletter), assets, url, marks)
    at = marks.at
    return EditionView(
        slug=manuscript.slug,
        tag=tag,
        direction=language.direction,
        newsletter=words_in(newsletter.name, tag),
        organisation=at(_ORGANISATION, words_in(newsletter.organisation, tag)),
        title=at(("title",), issue.title),
        subject=issue.subject,
        preheader=at(("preheader",), issue.preheader),
        date=at(("date",), language.date(issue.date)),
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
        social=tuple(
            LinkView(at((*_SOCIAL, index), link.label), link.url)
            for index, link in enumerate(newsletter.brand.social)
        ),
        postal_address=tuple(
            at(_POSTAL_ADDRESS, line)
            for line in words_in(newsletter.postal_address, tag).strip().splitlines()
        ),
        reason=at(_REASON, words_in(newsletter.reason, tag)),
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
    marks: Marks

    def letter(self, issue: Issue) -> LetterView | None:
        letter = issue.letter
        if letter is None:
            return None
        # A name and an office under it are two lines, as in a letter on paper.
        signature = (letter.signature or "").replace("\n", "  \n")
        greeting = (letter.greeting or "").replace("{name}", NAME_SLOT)
        return LetterView(
            self.marks.at(("letter", "greeting"), greeting),
            self._rendered(letter.text, ("letter", "text"), self.language),
            self._prose(signature, ("letter", "signature")),
        )

    def section(self, name: str, section: AnySection) -> SectionView:
        return SectionView(
            name=name,
            heading=self.marks.at(
                (name, "heading"), section.heading or self.language.words(_HEADINGS[name])
            ),
            theme=self.marks.at((name, "theme"), getattr(section, "theme", None) or ""),
            intro=self._prose(section.intro, (name, "intro")),
            items=tuple(self._item(name, index, item) for index, item in enumerate(section.items)),
            more=self._link(section.more, (name, "more")),
        )

    def logo(self, newsletter: Newsletter) -> PictureView | None:
        logo = newsletter.brand.logo
        if logo is None:
            return None
        asset = self.assets[logo.src, 2 * logo.width_px]
        alt = words_in(logo.alt, self.language.tag)
        return self._shown(asset, alt, _LOGO)

    def _item(self, section: str, index: int, item: AnyItem) -> ItemView:
        own = Language(item.language, self.language.catalogue) if item.language else self.language
        facts = facts_of(item, self.wording)
        path = (section, "items", index)

        def at(field: str, words: str) -> str:
            return self.marks.at((*path, field), words)

        return ItemView(
            anchor=f"{section}-{item.id or index + 1}",
            tag=own.tag,
            direction=own.direction,
            kicker=at("kicker", item.kicker or ""),
            title=at("title", item.title),
            prose=self._rendered(item.text, (*path, "text"), own) if item.text else None,
            image=self._picture(item.image, _picture_width(section, index, item), (*path, "image")),
            links=(
                *(
                    LinkView(self.marks.at((*path, "links", at_link), link.label), link.url)
                    for at_link, link in enumerate(item.links)
                ),
                *((_marked(facts.online, at, "online"),) if facts.online else ()),
            ),
            meta=tuple(self.marks.at(path, fact) for fact in facts.meta),
            kind=at("kind", facts.kind),
            deadline=at("deadline", facts.deadline),
            day=at("start", facts.day),
            month=facts.month,
            when=at("start", facts.when),
            place=at("location" if section == "calls" else "place", facts.place),
            chips=tuple(
                replace(chip, label=self.marks.at((*path, "languages", chip.tag), chip.label))
                for chip in facts.chips
            ),
            act=_marked(facts.act, at, _ACTS[section]) if facts.act else None,
            featured=isinstance(item, Publication) and item.featured,
        )

    def _picture(self, image: Image | None, width_px: int, path: ValuePath) -> PictureView | None:
        if image is None:
            return None
        return replace(
            self._shown(self.assets[image.src, width_px], image.alt, path),
            caption=self.marks.at((*path, "caption"), image.caption or ""),
            credit=self.marks.at((*path, "credit"), image.credit or ""),
        )

    def _shown(self, asset: Asset, alt: str, path: ValuePath) -> PictureView:
        # The address carries the mark, since an alt text may be empty.
        relative = f"assets/{asset.name}"
        url = self.marks.at(path, f"{self.url}{relative}")
        return PictureView(url, relative, asset.width_px, asset.height_px, alt)

    def _prose(self, prose: str | None, path: ValuePath) -> Rendered | None:
        return self._rendered(prose, path, self.language) if prose else None

    def _rendered(self, prose: str, path: ValuePath, language: Language) -> Rendered:
        rendered = render(prose, language.markup)
        return replace(rendered, html=Markup(self.marks.at(path, rendered.html)))  # noqa: S704  # a mark is no markup

    def _link(self, link: Link | None, path: ValuePath) -> LinkView | None:
        return LinkView(self.marks.at(path, link.label), link.url) if link else None


def _marked(link: LinkView, at: Callable[[str, str], str], field: str) -> LinkView:
    return LinkView(at(field, link.label), link.url)


_ACTS = {"publications": "languages", "calls": "apply", "events": "registration"}
_HEADINGS = {
    "spotlight": "In the spotlight",
    "news": "News",
    "publications": "Publications",
    "calls": "Calls",
    "events": "Events",
}
