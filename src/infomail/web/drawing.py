"""Drawing pages: a template, the visitor's language, and what all pages have in common."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from infomail.compose import Language
from infomail.errors import TemplateError
from infomail.model.local import words_in
from infomail.web.languages import chosen
from infomail.web.site import Site
from infomail.web.visit import TEXT, Answer, Visit

_NOBODYS = Visit("GET", {}, {}, {}, b"", "")


@dataclass(frozen=True, slots=True)
class Common:
    """What every page shows.

    Attributes:
        language: in which it speaks.
        newsletter: its name.
        organisation: who publishes it.
        path: where the pages begin on their host.
        style_url: the style sheet.
        languages: all in which the page can be read.
        logo_url: empty if there is none.
        logo_alt: its words.
        logo_width_px: as it is shown.
        logo_height_px: as it is shown.
        postal_address: line by line.
        privacy_url: of the organisation; empty if there is none.
    """

    language: Language
    newsletter: str
    organisation: str
    path: str
    style_url: str
    languages: tuple[Language, ...]
    logo_url: str
    logo_alt: str
    logo_width_px: int
    logo_height_px: int
    postal_address: tuple[str, ...]
    privacy_url: str


def language_of(site: Site, visit: Visit) -> Language:
    """Choose in which language a visitor is answered."""
    asked, accepted = visit.query.get("lang", ""), visit.headers.get("accept-language", "")
    return site.languages[chosen(asked, accepted, tuple(site.languages))]


def draw(site: Site, visit: Visit, template: str, status: int = 200, **values: object) -> Answer:
    """Draw a page for one visitor; nobody may keep it.

    Args:
        site: the site.
        visit: decides on the language.
        template: its name without ".html".
        status: of the answer.
        **values: what the template sees beside the common things.

    Raises:
        TemplateError: the template is wrong.
    """
    language = language_of(site, visit)
    text = site.theme.render(f"{template}.html", language, page=common(site, language), **values)
    headers = [("content-language", language.tag), ("vary", "Accept-Language")]
    if visit.token:
        headers.append(("x-robots-tag", "noindex"))
    return Answer(text.encode(), status, headers=tuple(headers))


def refusal(
    site: Site,
    status: int,
    visit: Visit | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """Say in plain words that nothing was done.

    The page for 404 is the same for every link that does not work, whatever is wrong with it.

    Args:
        site: the site.
        status: of the answer.
        visit: decides on the language; the usual one if absent.
        headers: further ones.
    """
    try:
        drawn = draw(site, visit or _NOBODYS, "refusal", status, code=status)
    except TemplateError:
        return Answer(HTTPStatus(status).phrase.encode(), status, TEXT, headers)
    return Answer(drawn.body, status, headers=(*drawn.headers, *headers))


def gone(site: Site, visit: Visit) -> Answer:
    """Say that a link does not work, or no longer does."""
    return refusal(site, 404, visit)


def common(site: Site, language: Language) -> Common:
    """Gather what every page shows in one language."""
    newsletter, tag = site.newsletter, language.tag
    logo, brand = site.logo, newsletter.brand.logo
    width_px = brand.width_px if brand else 0
    return Common(
        language=language,
        newsletter=words_in(newsletter.name, tag),
        organisation=words_in(newsletter.organisation, tag),
        path=site.path,
        style_url=site.style_url,
        languages=tuple(site.languages.values()),
        logo_url=f"{site.path}/{logo.name}" if logo else "",
        logo_alt=words_in(brand.alt, tag) if brand else "",
        logo_width_px=width_px,
        logo_height_px=round(logo.height_px * width_px / logo.width_px) if logo else 0,
        postal_address=tuple(words_in(newsletter.postal_address, tag).strip().split("\n")),
        privacy_url=newsletter.people.privacy_url or "",
    )
