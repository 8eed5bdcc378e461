"""The one place where an edition is put together from its three parts."""

from __future__ import annotations

import json
from dataclasses import dataclass

from markupsafe import Markup

from infomail.compose.entries import entries
from infomail.compose.facts import Wording
from infomail.compose.language import Language
from infomail.compose.layout import Assets, lay_out
from infomail.compose.marks import Marks, unmarked
from infomail.compose.minify import minify
from infomail.compose.mjml import compile_mail
from infomail.compose.numbering import Footnotes
from infomail.compose.text import flow
from infomail.compose.theme import MAIL, MAIL_CSS, PAGE, TEXT, Theme
from infomail.compose.view import EditionView
from infomail.errors import TemplateError
from infomail.model.colour import dark_palette, light_palette
from infomail.model.edition import (
    NAME_SLOT,
    PREFERENCES_SLOT,
    SLOTS,
    UNSUBSCRIBE_SLOT,
    Edition,
    joins_without_space,
)
from infomail.model.fields import SLOT_OPENING
from infomail.model.manuscript import Manuscript
from infomail.model.newsletter import Newsletter, words_in

_PREHEADER_CHARACTERS = 200
"""What inboxes show after a subject at most; filled, so that no other words slip in."""


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What an edition is made from besides the manuscript.

    Attributes:
        newsletter: its publication.
        theme: the templates.
        language: the language of the edition.
        assets: prepared pictures, as `pictures_needed` names them.
    """

    newsletter: Newsletter
    theme: Theme
    language: Language
    assets: Assets


def compose(manuscript: Manuscript, ingredients: Ingredients) -> Edition:
    """Compose one edition.

    Raises:
        TemplateError: a template of the theme is wrong.
    """
    newsletter, language = ingredients.newsletter, ingredients.language
    marks = Marks()
    view = lay_out(manuscript, newsletter, language, ingredients.assets, marks)
    html, origins = marks.taken_out(_mail(view, ingredients))
    name_fallback = _name_fallback(newsletter, language)
    edition = Edition(
        slug=manuscript.slug,
        language=language.tag,
        direction=language.direction,
        title=manuscript.issue.title,
        subject=manuscript.issue.subject,
        preheader=manuscript.issue.preheader,
        date=manuscript.issue.date,
        url=view.view_url,
        name_fallback=name_fallback,
        html=html,
        text=_text(view, ingredients),
        page=_page(view, ingredients).replace(NAME_SLOT, str(language.markup(name_fallback))),
        assets=tuple(dict.fromkeys(ingredients.assets.values())),
        inputs=manuscript.inputs,
        masthead=_masthead(newsletter, language.tag),
        origins=origins,
        entries=entries(manuscript.issue, view, Wording(language, newsletter)),
    )
    _refuse_strange_slots(edition)
    return edition


def _masthead(newsletter: Newsletter, tag: str) -> tuple[tuple[str, str], ...]:
    sender = newsletter.sender
    return (
        ("sender_name", words_in(sender.name, tag)),
        ("sender_address", sender.address),
        ("reply_to", sender.reply_to or ""),
        ("list_id", newsletter.list_id),
        ("archive_url", newsletter.public_url),
    )


def _refuse_strange_slots(edition: Edition) -> None:
    """A slot that nobody will fill, or one on the page, must never leave the house."""
    for name, part in ((MAIL, edition.html), (TEXT, edition.text), (PAGE, edition.page)):
        without = part
        for slot in SLOTS if name != PAGE else ():
            without = without.replace(slot, "")
        if SLOT_OPENING in without:
            msg = f"{name}: it holds a slot that nobody fills — write it without {SLOT_OPENING!r}"
            raise TemplateError(msg)


def _name_fallback(newsletter: Newsletter, language: Language) -> str:
    if newsletter.name_fallback:
        return words_in(newsletter.name_fallback, language.tag)
    return language.words("reader")


def _mail(view: EditionView, ingredients: Ingredients) -> str:
    """Render, inline and compile the mail; its words still carry their marks."""
    theme, language = ingredients.theme, ingredients.language
    colours = looks(ingredients)
    css = theme.render(MAIL_CSS, language, view=view, **colours)
    filler = max(0, _PREHEADER_CHARACTERS - len(unmarked(view.preheader))) // 2
    source = theme.render(
        MAIL,
        language,
        view=view,
        filler=range(filler),
        unsubscribe_url=UNSUBSCRIBE_SLOT,
        preferences_url=PREFERENCES_SLOT,
        **colours,
    )
    return minify(compile_mail(source, css, MAIL))


def _text(view: EditionView, ingredients: Ingredients) -> str:
    rendered = ingredients.theme.render(
        TEXT,
        ingredients.language,
        view=view,
        notes=Footnotes(),
        unsubscribe_url=UNSUBSCRIBE_SLOT,
        preferences_url=PREFERENCES_SLOT,
    )
    return flow(unmarked(rendered), delsp=joins_without_space(ingredients.language.tag))


def _page(view: EditionView, ingredients: Ingredients) -> str:
    page = ingredients.theme.render(
        PAGE,
        ingredients.language,
        view=view,
        structured_data=_structured_data(view),
        **looks(ingredients),
    )
    return unmarked(page)


def looks(ingredients: Ingredients) -> dict[str, object]:
    """Give the palettes and fonts of the brand, as templates see them."""
    brand = ingredients.newsletter.brand
    # A Latin serif has no letters for most other scripts; one stack keeps a mail in one hand.
    latin = ingredients.language.direction == "ltr"
    return {
        "light": light_palette(brand.colour, brand.accent),
        "dark": dark_palette(brand.colour, brand.accent),
        "headline_font": Markup(brand.headline_font if latin else brand.body_font),  # noqa: S704  # its pattern allows no markup
        "body_font": Markup(brand.body_font),  # noqa: S704
    }


def _structured_data(view: EditionView) -> Markup:
    """Describe the page for search engines (schema.org PublicationIssue)."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "PublicationIssue",
        "name": view.title,
        "description": view.preheader,
        "datePublished": view.iso_date,
        "inLanguage": view.tag,
        "url": view.view_url,
        "isPartOf": {"@type": "Periodical", "name": view.newsletter, "url": view.home_url},
        "publisher": {"@type": "Organization", "name": view.organisation},
    }
    if view.lead_image:
        data["image"] = view.lead_image.url
    # "<" would let a title end the script element (HTML Living Standard section 4.12.1.3).
    return Markup(json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704
