"""How often one may ask: three times a day for one mailbox, and so often an hour from one network.

The limit of a mailbox protects the person who reads it, whoever asks and from wherever; the limit
of a network keeps one machine from filling the register. Both are counted in the database.
"""

from __future__ import annotations

from infomail.subscribers.counting import count_once
from infomail.tokens import mailbox_digest
from infomail.web.network import household
from infomail.web.site import Site

MAILS_PER_DAY = 3
HOUR_SECONDS = 3600
_DAY_SECONDS = 86_400


def network_may_ask(site: Site, address: str) -> bool:
    """Count a request from a network, and tell whether it is within the limit.

    Args:
        site: the site.
        address: of the person's machine; empty if unknown, which is never limited.
    """
    network = household(address)
    if not network:
        return True
    key = f"network {mailbox_digest(site.office.secret, network)}"
    count = count_once(site.office.database, key, HOUR_SECONDS, site.now)
    return count <= site.newsletter.web.joins_per_hour


def mailbox_may_get(site: Site, mailbox: str) -> bool:
    """Count a mail that somebody asks for, and tell whether the mailbox may get it.

    Args:
        site: the site.
        mailbox: in the form in which two are the same.
    """
    key = f"mailbox {mailbox_digest(site.office.secret, mailbox)}"
    return count_once(site.office.database, key, _DAY_SECONDS, site.now) <= MAILS_PER_DAY
