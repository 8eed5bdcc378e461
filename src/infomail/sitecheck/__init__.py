"""Sitecheck: looks whether a published site holds what it promises.

    site -> pages (links, anchors, budgets), feeds, calendars, guides -> Nu, axe -> findings

It reads the site's folder as any host would serve it, and knows nothing of how it was made. Only
`judges` start other programs, and only those that this machine has; the others are named.
"""

from __future__ import annotations

from infomail.sitecheck.check import Checked, check_site
from infomail.sitecheck.faults import REMEDIES
from infomail.sitecheck.site import Site, opened

__all__ = ["REMEDIES", "Checked", "Site", "check_site", "opened"]
