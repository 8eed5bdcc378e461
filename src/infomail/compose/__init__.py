"""Compose: from a manuscript to an edition, without touching a file or the network.

The path of an issue: Markdown becomes clean fragments (`markdown`), the issue is laid out for its
language (`layout`, giving a `view`), the theme's templates print the view (`theme`), the mail's
MJML is compiled safely (`mjml`) and made smaller (`minify`), the text part is wrapped (`text`),
and pictures are prepared beforehand (`pictures`). The same inputs give the same bytes.
"""

from infomail.compose.edition import Ingredients, compose, looks
from infomail.compose.language import Language
from infomail.compose.layout import Assets, PictureNeed, edition_url, pictures_needed
from infomail.compose.notice import compose_notice
from infomail.compose.pictures import PictureError, as_webp, prepare
from infomail.compose.theme import Theme

__all__ = [
    "Assets",
    "Ingredients",
    "Language",
    "PictureError",
    "PictureNeed",
    "Theme",
    "as_webp",
    "compose",
    "compose_notice",
    "edition_url",
    "looks",
    "pictures_needed",
    "prepare",
]
