"""Redirects are followed by hand, and staff are told where a link leads and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infomail.linkcheck import Verdict
from infomail.model.finding import Severity

if TYPE_CHECKING:
    from tests.linkcheck.conftest import Internet

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def verdicts(findings: tuple[Verdict, ...]) -> list[tuple[str, Severity]]:
    """Give codes and severities."""
    return [(each.code, each.severity) for each in findings]


@pytest.mark.parametrize("status", [301, 308])
def test_a_page_that_moved_for_good_has_its_new_address(internet: Internet, status: int) -> None:
    """The remedy is the new address, with the part of the page the link was about."""
    internet.redirect("http://a.test/old", "/new", status)
    internet.page("http://a.test/new")

    (finding,) = internet.check("http://a.test/old#part")
    assert verdicts((finding,)) == [("link-moved", WARNING)]
    assert finding.remedy == "write http://a.test/new#part"


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_page_elsewhere_for_the_time_being_is_only_told(internet: Internet, status: int) -> None:
    """A temporary redirect is information; the address in the issue is the right one."""
    internet.redirect("http://a.test/", "//b.test/welcome", status)
    internet.page("http://b.test/welcome")

    (finding,) = internet.check("http://a.test/")
    assert verdicts((finding,)) == [("link-moved", INFO)]
    assert "“http://b.test/welcome”" in finding.message


def test_the_new_address_ends_where_the_redirects_stop_being_for_good(internet: Internet) -> None:
    """Staff write the last lasting address, not the one behind it of today."""
    internet.redirect("http://a.test/1", "http://b.test/2", 301)
    internet.redirect("http://b.test/2", "http://b.test/3#top", 308)
    internet.redirect("http://b.test/3", "/today", 302)
    internet.redirect("http://b.test/today", "/22", 301)
    internet.page("http://b.test/22")

    (finding,) = internet.check("http://a.test/1#x")
    assert finding.remedy == "write http://b.test/3#top"


def test_a_redirect_to_nothing_is_dead(internet: Internet) -> None:
    """What counts is the page at the end; the message names both ends."""
    internet.redirect("http://a.test/", "/gone", 301)

    (finding,) = internet.check("http://a.test/")
    assert verdicts((finding,)) == [("link-dead", ERROR)]
    assert finding.message == (
        "the link “http://a.test/” leads on to “http://a.test/gone”, which answered 404 (Not Found)"
    )


def test_twenty_redirects_are_followed_and_one_more_is_not(internet: Internet) -> None:
    """More than twenty redirects are too many, as they are for browsers."""
    for step in range(21):
        internet.redirect(f"http://a.test/{step}", f"/{step + 1}", 302)
    internet.page("http://a.test/21")

    assert verdicts(internet.check("http://a.test/1")) == [("link-moved", INFO)]
    assert verdicts(internet.check("http://a.test/0")) == [("link-loop", ERROR)]


@pytest.mark.parametrize("location", [r"http://b.test\@localhost/", r"\\b.test\@localhost/"])
def test_a_backslash_leads_where_browsers_go(internet: Internet, location: str) -> None:
    """The host ends at a backslash, in a link as in a redirect."""
    internet.redirect("http://a.test/", location)
    internet.page("http://b.test/@localhost/")

    (finding,) = internet.check("http://a.test/")
    assert "“http://b.test/@localhost/”" in finding.message
    assert internet.check(r"http://b.test\@localhost/") == ()
    assert set(internet.looked_up) == {"a.test", "b.test"}


def test_a_circle_is_left_at_once(internet: Internet) -> None:
    """A page that leads to itself is asked once."""
    internet.redirect("http://a.test/", "http://a.test/#again", 301)

    assert verdicts(internet.check("http://a.test/")) == [("link-loop", ERROR)]
    assert internet.methods == ["HEAD /"]


def test_cookies_are_not_sent_back(internet: Internet) -> None:
    """A site that turns visitors without cookies in a circle may work in a browser: doubt."""
    cookie = (("Set-Cookie", "seen=1; Path=/"),)
    internet.redirect("http://a.test/", "/enter", headers=cookie)
    internet.redirect("http://a.test/enter", "/")

    (finding,) = internet.check("http://a.test/")
    assert verdicts((finding,)) == [("link-unsure", WARNING)]
    assert "cookies" in finding.message
    assert all("cookie" not in str(each.headers).lower() for each in internet.asked)
