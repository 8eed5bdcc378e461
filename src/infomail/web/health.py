"""Probes: whether the process lives, and whether it can serve.

They tell nothing but that, stand at the host's root as well, and ask for no name of a host, as
whoever probes often uses an address.
"""

from __future__ import annotations

from sqlalchemy import select

from infomail.database.tables import secrets
from infomail.web.site import Site
from infomail.web.visit import TEXT, Answer, Door, Visit


def alive(site: Site, visit: Visit) -> Answer:
    """Answer that the process is there."""
    del site, visit
    return Answer(b"ok\n", media_type=TEXT)


def ready(site: Site, visit: Visit) -> Answer:
    """Answer that the database can be read.

    Raises:
        LedgerError: it cannot, which the edge answers with 503.
    """
    del visit
    with site.office.database.reading() as connection:
        connection.execute(select(secrets.c.name).limit(1)).first()
    return Answer(b"ready\n", media_type=TEXT)


DOORS = (
    Door("healthz", "healthz", alive, at_root=True),
    Door("readyz", "readyz", ready, at_root=True),
)
