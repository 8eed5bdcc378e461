"""Leaving: one click on a page, or one request of a mail program (RFC 8058), and it is done.

Looking at the page changes nothing, whoever looks. A POST acts at once, without a question, a
cookie or a redirect, and as often as it comes, also years later from a person who was erased. It is
taken from anywhere, since whoever has the link may leave with it and can do nothing else.
"""

from __future__ import annotations

from infomail.model.subscriber import Reason
from infomail.subscribers import preferences
from infomail.tokens import read_leave_token
from infomail.web.drawing import draw, gone
from infomail.web.site import Site
from infomail.web.visit import Answer, Door, Visit

ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""RFC 8058 section 3.1."""


def leave(site: Site, visit: Visit) -> Answer:
    """Show the button, or let the person go."""
    subscriber_id = read_leave_token(site.office.secret, site.newsletter.list_id, visit.token)
    if subscriber_id is None:
        return gone(site, visit)
    name, value = ONE_CLICK
    is_program = visit.posts and visit.form().one(name) == value
    if not is_program:
        known = preferences(site.office.database, subscriber_id)
        visit = visit.speaking(known.subscriber.language) if known else visit
    if not visit.posts:
        return draw(site, visit, "leave")
    site.leaving((subscriber_id, Reason.ONE_CLICK if is_program else Reason.LINK))
    return draw(site, visit, "left")


DOORS = (Door("leave", "leave/{token}", leave, posts=True, from_anywhere=True),)
