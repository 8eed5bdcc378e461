"""Asking for the link to one's preferences, by mail: the same answer for every address."""

from __future__ import annotations

from infomail.subscribers import ask_for_link
from infomail.subscribers.mailbox import Mailbox, mailbox
from infomail.web.drawing import draw, refusal
from infomail.web.limits import HOUR_SECONDS, mailbox_may_get, network_may_ask
from infomail.web.site import Site
from infomail.web.visit import Answer, Door, Visit


def link(site: Site, visit: Visit) -> Answer:
    """Show the form, or send the link."""
    if not visit.posts:
        return draw(site, visit, "link", address="", fault="")
    address = visit.form().one("address")
    found = read_mailbox(address)
    if found is None:
        fault = "wrong" if address else "missing"
        return draw(site, visit, "link", 422, address=address, fault=fault)
    if not network_may_ask(site, visit.network):
        return refusal(site, 429, visit, (("retry-after", str(HOUR_SECONDS)),))
    if mailbox_may_get(site, found.mailbox):
        ask_for_link(site.office.database, site.office.secret, address, site.now)
        site.ring()
    drawn = draw(site, visit, "link_asked")
    return Answer(drawn.body, headers=drawn.headers, held=True)


def read_mailbox(address: str) -> Mailbox | None:
    """Check an address; None if it is none that mail could be sent to."""
    try:
        return mailbox(address)
    except ValueError:
        return None


DOORS = (Door("preferences", "preferences", link, posts=True),)
