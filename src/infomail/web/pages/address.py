"""Confirming another address, at the old mailbox and at the new one."""

from __future__ import annotations

from infomail.subscribers import confirm_address, language_asked
from infomail.tokens import Purpose, read_expiring_token
from infomail.web.drawing import draw, gone
from infomail.web.pages.join import origin
from infomail.web.site import Site
from infomail.web.visit import Answer, Door, Page, Visit


def _confirmed_at(purpose: Purpose) -> Page:
    """Make the page for one of the two mailboxes."""

    def address(site: Site, visit: Visit) -> Answer:
        office, now = site.office, site.now
        request_id = read_expiring_token(office.secret, purpose, visit.token, now)
        if request_id is None:
            return gone(site, visit)
        visit = visit.speaking(language_asked(office.database, request_id))
        if not visit.posts:
            return draw(site, visit, "address")
        where = origin(site, visit, f"address/{purpose}")
        person = confirm_address(office.database, office.secret, purpose, request_id, where, now)
        return gone(site, visit) if person is None else draw(site, visit, "address_confirmed")

    return address


DOORS = tuple(
    Door(f"address {purpose}", f"address/{purpose}/{{token}}", _confirmed_at(purpose), posts=True)
    for purpose in (Purpose.HERE, Purpose.THERE)
)
