"""Nothing but the public internet is ever asked, whatever a link, a name server or a site says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infomail.linkcheck import Verdict
from infomail.model.finding import Severity

if TYPE_CHECKING:
    from tests.linkcheck.conftest import Internet


def assert_private(findings: tuple[Verdict, ...], words: str) -> None:
    """Expect the one finding."""
    (finding,) = findings
    assert (finding.code, finding.severity) == ("link-private", Severity.ERROR)
    assert words in finding.message


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "0x7f.1",
        "2130706433",
        "[::1]",
        "[::ffff:7f00:1]",
        "127%2e0.0.1",
        "１２７。0.0.1",
    ],
)
def test_a_link_to_this_machine_is_not_asked(internet: Internet, host: str) -> None:
    """Whatever the spelling, no connection is made."""
    assert_private(internet.check(f"http://{host}/"), "not on the public internet")
    assert internet.connected == []


def test_a_redirect_to_this_machine_is_not_followed(internet: Internet) -> None:
    """A public page that leads inside is stopped before the connection."""
    internet.redirect("http://a.test/", f"http://127.0.0.1:{internet.web_port}/admin", 301)

    assert_private(internet.check("http://a.test/"), "leads on to “http://127.0.0.1:")
    assert internet.methods == ["HEAD /"]
    assert internet.connected == [("93.184.215.1", 80)]


def test_one_private_address_among_public_ones_is_enough(internet: Internet) -> None:
    """A host is refused if any of its addresses is private."""
    internet.page("http://a.test/")
    internet.names["a.test"] += ("10.0.0.8",)

    assert_private(internet.check("http://a.test/"), "10.0.0.8")
    assert internet.connected == []


def test_a_name_server_that_changes_its_mind_has_no_second_chance(internet: Internet) -> None:
    """A host is looked up once for all questions, and the judged address is the one asked."""
    internet.page("http://a.test/", head=405)
    answers = iter([internet.names["a.test"], ("127.0.0.1",), ("127.0.0.1",)])
    internet.resolve = lambda _host, _port: next(answers)  # type: ignore[method-assign, assignment]

    assert internet.check("http://a.test/") == ()
    assert internet.methods == ["HEAD /", "GET /"]
    assert internet.connected == [("93.184.215.1", 80)] * 2


def test_each_hop_is_looked_up_once(internet: Internet) -> None:
    """A host met again on another hop is judged again."""
    internet.redirect("http://a.test/", "/2")
    internet.redirect("http://a.test/2", "http://b.test/")
    internet.page("http://b.test/")

    internet.check("http://a.test/")
    assert internet.looked_up == ["a.test", "a.test", "b.test"]


@pytest.mark.parametrize("port", [22, 25, 110, 143, 465, 587, 993, 995, 3306, 5432, 6379])
def test_ports_of_other_services_are_left_alone(internet: Internet, port: int) -> None:
    """A link cannot make us talk to a mail server or a database."""
    internet.host("a.test", port)

    assert_private(internet.check(f"http://a.test:{port}/"), f"names port {port}, the one for ")
    assert (internet.looked_up, internet.connected) == ([], [])


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://a.test/", "http:", "data:,x"])
def test_only_the_web_is_followed(internet: Internet, location: str) -> None:
    """A redirect out of the web is told and not followed."""
    internet.redirect("http://a.test/", location)

    (finding,) = internet.check("http://a.test/")
    assert finding.code in {"link-unsure", "link-loop"}
    assert internet.methods == ["HEAD /"]
