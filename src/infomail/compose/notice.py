"""Notices composed: subject, HTML and text of a mail about a subscription.

There is nothing in them but what they are for: no news, no picture, no word that was entered with
the request except, for the person whose address it is, the new one. So nobody can use a form of
ours to have words of theirs sent to others.
"""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from infomail.compose.edition import Ingredients, looks
from infomail.compose.language import Language
from infomail.compose.text import flow
from infomail.compose.theme import NOTICE, NOTICE_TEXT
from infomail.model.edition import joins_without_space
from infomail.model.newsletter import Newsletter, words_in
from infomail.model.notice import ComposedNotice, Notice, NoticeKind


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What the templates of notices see; every text is unescaped.

    Attributes:
        tag: BCP 47 tag.
        direction: "ltr" or "rtl".
        newsletter: its name.
        subject: one line.
        heading: what the notice asks or tells.
        before: paragraphs before the button.
        button: its words.
        url: where it leads.
        after: paragraphs after the button.
        postal_address: in lines.
        privacy_url: of the privacy notice; empty for none.
    """

    tag: str
    direction: str
    newsletter: str
    subject: str
    heading: str
    before: tuple[str, ...]
    button: str
    url: str
    after: tuple[str, ...]
    postal_address: tuple[str, ...]
    privacy_url: str


class _Text(NamedTuple):
    """The words of one kind, as the catalogues' keys."""

    heading: str
    before: tuple[str, ...]
    button: str
    after: tuple[str, ...]


_CONFIRM = "Confirm"
_UNTIL = "The link works until {moment}."
_NO_MORE = "If it was not you, do nothing, and no more mail will come."
_AS_IT_IS = "If it was not you, do nothing, and everything stays as it is."
_BOTH = "It changes once it is confirmed at both addresses: another mail went to the other one."
_PREFERENCES = "Your preferences"
_YOURS = (
    "With this link you can choose your language and topics, pause, or unsubscribe. "
    "Whoever has it can do so too, so please do not pass it on."
)
_TEXTS: Mapping[NoticeKind, _Text] = {
    NoticeKind.CONFIRM: _Text(
        "Please confirm your subscription",
        (
            (
                "This address was entered to receive “{newsletter}” from {organisation}. "
                "If that was you, please confirm it on the page that opens."
            ),
        ),
        _CONFIRM,
        (_UNTIL, _NO_MORE),
    ),
    NoticeKind.ALREADY: _Text(
        "You are subscribed already",
        (
            (
                "This address was entered to receive “{newsletter}”. "
                "It is subscribed already, so nothing has changed."
            ),
            _YOURS,
        ),
        _PREFERENCES,
        (_AS_IT_IS,),
    ),
    NoticeKind.HERE: _Text(
        "Please confirm the change of your address",
        ("You asked for “{newsletter}” to be sent to another address: {address}", _BOTH),
        _CONFIRM,
        (_UNTIL, _AS_IT_IS),
    ),
    NoticeKind.THERE: _Text(
        "Please confirm your new address",
        (
            (
                "This address was named as the new one of a subscriber to “{newsletter}”. "
                "If that was you, please confirm it on the page that opens."
            ),
            _BOTH,
        ),
        _CONFIRM,
        (_UNTIL, _NO_MORE),
    ),
    NoticeKind.LINK: _Text(
        _PREFERENCES,
        ("You asked for the link to your subscription to “{newsletter}”.", _YOURS),
        _PREFERENCES,
        (_AS_IT_IS,),
    ),
}


def compose_notice(notice: Notice, url: str, ingredients: Ingredients) -> ComposedNotice:
    """Compose a notice in its language.

    Args:
        notice: what it is for.
        url: where its button leads.
        ingredients: newsletter, theme and language; no pictures are used.

    Raises:
        TemplateError: a template of the theme is wrong.
    """
    language = ingredients.language
    view = _view(notice, url, ingredients.newsletter, language)
    html = ingredients.theme.render(NOTICE, language, view=view, **looks(ingredients))
    text = ingredients.theme.render(NOTICE_TEXT, language, view=view)
    flowed = flow(text, delsp=joins_without_space(language.tag))
    return ComposedNotice(language.tag, view.subject, html, flowed)


def _view(notice: Notice, url: str, newsletter: Newsletter, language: Language) -> NoticeView:
    tag, text = language.tag, _TEXTS[notice.kind]
    name = words_in(newsletter.name, tag)
    slots = {
        "newsletter": name,
        "organisation": words_in(newsletter.organisation, tag),
        "address": notice.new_address,
        "moment": _moment(notice, newsletter, language),
    }
    heading = language.words(text.heading)
    return NoticeView(
        tag=tag,
        direction=language.direction,
        newsletter=name,
        subject=f"{language.words('{words}:').format(words=name)} {heading}",
        heading=heading,
        before=tuple(language.words(line).format(**slots) for line in text.before),
        button=language.words(text.button),
        url=url,
        after=tuple(language.words(line).format(**slots) for line in text.after),
        postal_address=tuple(words_in(newsletter.postal_address, tag).strip().splitlines()),
        privacy_url=newsletter.people.privacy_url or "",
    )


def _moment(notice: Notice, newsletter: Newsletter, language: Language) -> str:
    if notice.expires_at is None:
        return ""
    zone = zoneinfo.ZoneInfo(newsletter.time_zone)
    local = datetime.datetime.fromtimestamp(notice.expires_at, zone).replace(tzinfo=None)
    return language.moment(local, newsletter.time_zone)
