"""The site: what all public pages share, read once when it opens."""

from __future__ import annotations

import hashlib
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from infomail import compose, load
from infomail.errors import IssueError
from infomail.model.colour import dark_palette, light_palette
from infomail.model.edition import Asset
from infomail.model.finding import Place
from infomail.model.newsletter import Newsletter
from infomail.model.subscriber import Reason
from infomail.subscribers import leave_together
from infomail.web.languages import offered
from infomail.web.together import Together
from infomail.wiring.office import Office
from infomail.wiring.reading import Readable

PUBLIC_TEMPLATES = "public"
STYLE_SHEET = "public.css"
_LEAST_ANSWER_SECONDS = 0.4
_DIGEST_CHARACTERS = 10


def _nobody() -> None:
    """Wake nobody."""


@dataclass(frozen=True)
class Site:
    """The public pages of a newsletter.

    Attributes:
        office: the newsletter with its register.
        ring: tells whoever sends notices that there is one.
        hold_seconds: how long an answer takes at least that must not tell who is known.
    """

    office: Office
    ring: Callable[[], None] = _nobody
    hold_seconds: float = _LEAST_ANSWER_SECONDS

    @cached_property
    def leaving(self) -> Together[tuple[int, Reason]]:
        """Lets people go, by number and reason; those who come at the same time together."""

        def write(leavers: Sequence[tuple[int, Reason]]) -> None:
            leave_together(self.office.database, self.office.secret, dict(leavers), self.now)

        return Together(write)

    @property
    def newsletter(self) -> Newsletter:
        """The newsletter."""
        return self.office.newsletter

    @property
    def now(self) -> float:
        """The time, in seconds since 1970 UTC."""
        return self.office.clock()

    @cached_property
    def readable(self) -> Readable:
        """Knows which past issues may be read."""
        return Readable(self.office)

    @cached_property
    def path(self) -> str:
        """Where the pages begin on their host: empty, or such as "/monthly"."""
        return urllib.parse.urlsplit(self.newsletter.public_url).path.rstrip("/")

    @cached_property
    def is_secure(self) -> bool:
        """Whether people come by https."""
        return self.newsletter.public_url.startswith("https:")

    @cached_property
    def languages(self) -> Mapping[str, compose.Language]:
        """The languages of the pages, the newsletter's own first."""
        tags = offered(self.newsletter.languages)
        return {tag: compose.Language(tag, load.load_words(tag)) for tag in tags}

    @cached_property
    def theme(self) -> compose.Theme:
        """The templates of the pages."""
        return compose.Theme(load.load_theme(self.office.desk.folder, PUBLIC_TEMPLATES))

    @cached_property
    def style_sheet(self) -> bytes:
        """The style sheet in the brand's colours, the same for all pages."""
        brand = self.newsletter.brand
        first = next(iter(self.languages.values()))
        text = self.theme.render(
            STYLE_SHEET,
            first,
            light=light_palette(brand.colour, brand.accent),
            dark=dark_palette(brand.colour, brand.accent),
            headline_font=Markup(brand.headline_font),  # noqa: S704  # its pattern allows no markup
            body_font=Markup(brand.body_font),  # noqa: S704
        )
        return text.encode()

    @cached_property
    def style_url(self) -> str:
        """Where the style sheet is, with its digest, so that a changed one is fetched anew."""
        digest = hashlib.sha256(self.style_sheet).hexdigest()[:_DIGEST_CHARACTERS]
        return f"{self.path}/{STYLE_SHEET}?{digest}"

    @cached_property
    def logo(self) -> Asset | None:
        """The brand's logo as it is published; None if there is none that can be shown."""
        logo = self.newsletter.brand.logo
        if logo is None:
            return None
        place = Place(load.NEWSLETTER_FILE, 1, 1)
        try:
            data = load.read_picture(self.office.desk.folder, logo.src, place)
            return compose.prepare(data, logo.src, 2 * logo.width_px)
        except (IssueError, compose.PictureError):  # the newsletter's name stands there instead
            return None
