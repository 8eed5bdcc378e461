"""Confirming a subscription: the link in the mail opens a page, and its button confirms.

Programs that look into mail follow links; therefore only a POST acts. Whoever presses the button
twice is told the same twice.
"""

from __future__ import annotations

from infomail.subscribers import confirm as confirm_request
from infomail.subscribers import language_asked
from infomail.tokens import Purpose, preferences_token, preferences_url, read_expiring_token
from infomail.web.drawing import draw, gone
from infomail.web.pages.join import origin
from infomail.web.site import Site
from infomail.web.visit import Answer, Door, Visit


def confirm(site: Site, visit: Visit) -> Answer:
    """Show the button, or confirm."""
    secret, now = site.office.secret, site.now
    request_id = read_expiring_token(secret, Purpose.CONFIRM, visit.token, now)
    if request_id is None:
        return gone(site, visit)
    visit = visit.speaking(language_asked(site.office.database, request_id))
    if not visit.posts:
        return draw(site, visit, "confirm")
    where = origin(site, visit, "confirm")
    person = confirm_request(site.office.database, secret, request_id, where, now)
    if person is None:
        return gone(site, visit)
    token = preferences_token(secret, site.newsletter.list_id, person.id)
    url = preferences_url(site.path, token)
    return draw(site, visit, "confirmed", preferences_url=url)


DOORS = (Door("confirm", "confirm/{token}", confirm, posts=True),)
