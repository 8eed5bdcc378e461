"""Links are asked for as a polite reader would, and staff are told what came of it."""

from __future__ import annotations

import dataclasses
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import infomail
from infomail.linkcheck import Network, Verdict, check_links
from infomail.model.finding import Severity

if TYPE_CHECKING:
    from tests.linkcheck.conftest import Internet

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def verdicts(findings: tuple[Verdict, ...]) -> list[tuple[str, Severity]]:
    """Give codes and severities."""
    return [(each.code, each.severity) for each in findings]


def test_head_is_enough_for_a_page_that_is_there(internet: Internet) -> None:
    """A good page is asked for once, by HEAD, and nothing is said about it."""
    internet.page("http://a.test/page?x=1")

    assert internet.check("http://a.test/page?x=1") == ()
    assert internet.methods == ["HEAD /page?x=1"]
    assert internet.progress == [(1, 1, "http://a.test/page?x=1")]


@pytest.mark.parametrize("head", [400, 403, 404, 405, 500, 501])
def test_get_has_the_last_word(internet: Internet, head: int) -> None:
    """A server that answers HEAD wrongly is asked by GET, and believed."""
    internet.page("http://a.test/", head=head)

    assert internet.check("http://a.test/") == ()
    assert internet.methods == ["HEAD /", "GET /"]


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (404, ("link-dead", ERROR)),
        (410, ("link-dead", ERROR)),
        (401, ("link-unsure", WARNING)),
        (403, ("link-unsure", WARNING)),
        (429, ("link-unsure", WARNING)),
        (500, ("link-unsure", WARNING)),
        (503, ("link-unsure", WARNING)),
        (999, ("link-unsure", WARNING)),
        (302, ("link-unsure", WARNING)),  # without saying where
    ],
)
def test_a_status_has_its_verdict(
    internet: Internet, status: int, verdict: tuple[str, Severity]
) -> None:
    """Only what is gone for certain is an error; the message tells the status."""
    internet.page("http://a.test/", status=status)

    findings = internet.check("http://a.test/")
    assert verdicts(findings) == [verdict]
    assert str(status) in findings[0].message
    assert findings[0].remedy


def test_a_host_that_does_not_exist_is_dead(internet: Internet) -> None:
    """A mistyped host is an error."""
    findings = internet.check("http://nowhere.test/")
    assert verdicts(findings) == [("link-dead", ERROR)]
    assert findings[0].message == (
        "the link “http://nowhere.test/” is on a host that does not exist"
    )


def test_a_name_server_out_of_order_leaves_doubt(internet: Internet) -> None:
    """That nobody could tell a host's address says nothing about the link."""

    def resolve(_host: str, _port: int) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_AGAIN, "later")

    network = Network(resolve=resolve, connect=internet.connect)
    findings = check_links(["http://a.test/"], internet.memory_file, network=network)
    assert verdicts(findings) == [("link-unsure", WARNING)]


def test_what_is_no_address_is_dead(internet: Internet) -> None:
    """An address that no browser could open is told, and nobody is asked."""
    bad = ["http://a..test/", "http://[::1/", "http://a.test:99999/", "http://-a.test/"]
    bad += ["http://[2a00::1%eth0]/", "http://[2a00::1%25eth0]/"]
    bad += ["http://a.test:0/", f"http://a.test/{'x' * 9000}", "http://me:secret@a..test/"]
    assert verdicts(internet.check(*bad)) == [("link-dead", ERROR)] * len(bad)
    assert internet.looked_up == []
    assert "secret" not in internet.memory_file.read_text("ascii")


def test_a_server_that_refuses_leaves_doubt(internet: Internet) -> None:
    """A connection refused may be a matter of minutes; the reason is told."""
    internet.names["a.test"] = ("93.184.215.77",)

    findings = internet.check("http://a.test/")
    assert verdicts(findings) == [("link-unsure", WARNING)]
    assert "could not be verified: it could not be reached (connection refused)" in str(findings[0])


def test_a_connection_that_is_not_taken_in_time_leaves_doubt(internet: Internet) -> None:
    """Five seconds are enough to connect."""

    def connect(_peer: tuple[str, int], seconds: float) -> socket.socket:
        assert seconds == 5
        raise TimeoutError

    internet.host("a.test")
    network = dataclasses.replace(internet.network, connect=connect)
    findings = check_links(["http://a.test/"], internet.memory_file, network=network)
    assert verdicts(findings) == [("link-unsure", WARNING)]
    assert "it did not take the connection in time" in findings[0].message


def test_an_answer_has_ten_seconds_to_come(internet: Internet) -> None:
    """A connected server may be silent for ten seconds, no more."""
    lines: list[socket.socket] = []

    def connect(peer: tuple[str, int], seconds: float) -> socket.socket:
        lines.append(internet.connect(peer, seconds))
        return lines[-1]

    internet.page("http://a.test/")
    network = dataclasses.replace(internet.network, connect=connect)
    assert check_links(["http://a.test/"], internet.memory_file, network=network) == ()
    assert [line.gettimeout() for line in lines] == [10]


def test_the_next_address_of_a_host_is_tried(internet: Internet) -> None:
    """A host with several addresses is asked at the first one that takes the connection."""
    internet.page("http://a.test/")
    internet.names["a.test"] = ("93.184.215.99", *internet.names["a.test"])

    assert internet.check("http://a.test/") == ()
    assert internet.connected == [("93.184.215.99", 80), ("93.184.215.1", 80)]


def test_each_address_is_asked_once_and_told_everywhere(internet: Internet) -> None:
    """Links that differ only in their fragment are one question; each gets its verdict."""
    urls = ["http://a.test/gone", "http://A.test/gone#one", "HTTP://a.test:80/gone#two"]

    internet.host("a.test")
    assert [each.url for each in internet.check(*urls)] == urls
    assert internet.methods == ["HEAD /gone", "GET /gone"]


def test_only_the_web_is_asked(internet: Internet) -> None:
    """Mail addresses, telephone numbers and the like are nobody's business."""
    assert internet.check("mailto:a@a.test", "tel:+32 2", "file:///etc/passwd", "/page") == ()
    assert (internet.looked_up, internet.progress) == ([], [])


def test_questions_say_who_asks_and_nothing_more(
    internet: Internet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No password of the link, of .netrc or of a proxy goes out, and no page that links here."""
    (tmp_path / "netrc").write_text("machine a.test login me password secret", encoding="ascii")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://proxy.test:9/")
    internet.redirect("http://a.test/", "http://you:secret@b.test/")
    internet.page("http://b.test/")

    (finding,) = internet.check("http://me:secret@a.test/")
    assert [each.host for each in internet.asked] == ["a.test", "b.test"]
    assert {each.headers[1:] for each in internet.asked} == {
        (
            ("Host", host),
            ("User-Agent", f"infomail/{infomail.__version__} (link check)"),
            ("Accept", "*/*"),
            ("Connection", "close"),
        )
        for host in ("a.test", "b.test")
    }
    assert {each.headers[0] for each in internet.asked} == {("Accept-Encoding", "identity")}
    assert "secret" not in finding.message
    assert "secret" not in internet.memory_file.read_text("utf-8")


def test_the_host_header_names_an_unusual_port(internet: Internet) -> None:
    """The Host header has the port where it is not the scheme's own."""
    internet.page("http://a.test/")
    internet.host("a.test", 8080, internet.web_port)

    assert internet.check("http://a.test:8080/") == ()
    assert internet.asked[0].host == "a.test:8080"


def test_a_dot_at_the_end_of_a_host_is_left_out(internet: Internet) -> None:
    """The dot of the root is for name servers; web servers and certificates do not know it."""
    internet.page("http://a.test/")

    assert internet.check("http://a.test./") == ()
    assert internet.asked[0].host == "a.test"


def test_other_letters_are_encoded(internet: Internet) -> None:
    """Hosts and paths in other letters are asked for as browsers do."""
    internet.page("http://xn--bcher-kva.test/caf%C3%A9?q=%D9%85%20x%2F")

    assert internet.check("http://Bücher.test/café?q=م x%2F") == ()


@pytest.mark.parametrize(
    "host", ["straße.test", "stra%C3%9Fe.test", "ΣΊΣΥΦΟς.test", "نامه\u200cای.test", "🥐.test"]
)
def test_a_host_that_browsers_read_otherwise_is_not_asked(internet: Internet, host: str) -> None:
    """Where Python would ask for another host than browsers do, nobody is asked."""
    internet.page("http://strasse.test/")

    (finding,) = internet.check(f"http://{host}/")
    assert verdicts((finding,)) == [("link-unsure", WARNING)]
    assert "a host in letters that only browsers read for certain" in finding.message
    assert internet.looked_up == []


def test_loopback_can_be_asked_where_the_guard_allows_it(internet: Internet) -> None:
    """The connection that a real check makes works, with nothing but the guard changed."""
    internet.page("http://127.0.0.1/x")
    url = f"http://127.0.0.1:{internet.web_port}/x"

    network = Network(is_public=lambda text: text == "127.0.0.1")
    assert check_links([url], internet.memory_file, network=network) == ()
    assert internet.methods == ["HEAD /x"]
