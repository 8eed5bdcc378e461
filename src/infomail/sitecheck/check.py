"""Checks a whole site, and says what could not be judged on this machine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from infomail.model.finding import Finding
from infomail.sitecheck.calendars import calendar_faults
from infomail.sitecheck.faults import findings
from infomail.sitecheck.feeds import feed_faults
from infomail.sitecheck.guides import guide_faults
from infomail.sitecheck.judges.browser import browser_faults
from infomail.sitecheck.judges.nu import html_faults
from infomail.sitecheck.pages import Web, page_faults, style_faults
from infomail.sitecheck.pictures import picture_faults
from infomail.sitecheck.site import Site


class Checked(NamedTuple):
    """What a check found.

    Attributes:
        findings: in the order in which they are to be told.
        page_count: how many pages were read.
        seen_count: how many of them were looked at in a browser.
        absent: what was not judged, each with what to install.
    """

    findings: tuple[Finding, ...]
    page_count: int
    seen_count: int
    absent: tuple[str, ...]


def check_site(site: Site, folder: str) -> Checked:
    """Check a site.

    Args:
        site: the site.
        folder: how findings name it, with a slash at its end or empty.
    """
    web = Web()
    faults = [*page_faults(site, web), *style_faults(site)]
    faults += [*feed_faults(site), *calendar_faults(site), *guide_faults(site, web.languages)]
    faults += picture_faults(site)
    shown = {path: tag for path, tag in web.languages.items() if path not in web.forwarding}
    with ThreadPoolExecutor(1) as beside:
        nu = beside.submit(html_faults, site, tuple(web.languages))
        grave, seen, no_browser = browser_faults(site, shown)
        invalid, no_nu = nu.result()
    found = findings([*faults, *invalid, *grave], folder)
    absent = tuple(filter(None, (no_nu, no_browser)))
    return Checked(found, len(web.languages), seen, absent)
