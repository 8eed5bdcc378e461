"""No host is pestered: one question at a time, a pause between two, and no for an answer."""

from __future__ import annotations

import dataclasses
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from infomail.linkcheck import check_links
from infomail.linkcheck.address import parse
from infomail.linkcheck.ask import Asker
from infomail.linkcheck.crew import outcomes
from infomail.linkcheck.outcome import Kind

if TYPE_CHECKING:
    from tests.linkcheck.conftest import Internet


def test_a_pause_lies_between_two_questions_to_a_host(internet: Internet) -> None:
    """Every question but the first waits a second: HEAD, GET, redirects and other pages alike."""
    internet.redirect("http://a.test/", "/there")
    internet.page("http://a.test/there", head=405)
    internet.page("http://a.test/more")

    internet.check("http://a.test/", "http://a.test/more")
    assert internet.methods == ["HEAD /", "HEAD /there", "GET /there", "HEAD /more"]
    assert internet.pauses == [1.0, 1.0, 1.0]


def test_another_host_is_asked_without_a_pause(internet: Internet) -> None:
    """The pause is the host's."""
    internet.redirect("http://a.test/", "http://b.test/")
    internet.page("http://b.test/")

    internet.check("http://a.test/")
    assert internet.pauses == []


def test_a_pause_is_as_long_as_what_is_left_of_the_second(internet: Internet) -> None:
    """Time that passed anyway is not waited for again."""

    def passes() -> None:
        internet.seconds += 0.25

    internet.redirect("http://a.test/", "http://b.test/")
    internet.redirect("http://b.test/", "http://a.test/2", asked=passes)
    internet.page("http://a.test/2")

    internet.check("http://a.test/")
    assert internet.pauses == [0.75]


def test_pauses_do_not_count_against_the_deadline(internet: Internet) -> None:
    """Our own politeness never makes a link look slow."""
    internet.deadline_seconds = 3
    for step in range(5):
        internet.redirect(f"http://a.test/{step}", f"/{step + 1}")
    internet.page("http://a.test/5", head=405)

    assert [each.code for each in internet.check("http://a.test/0")] == ["link-moved"]
    assert sum(internet.pauses) == 6.0


def test_the_deadline_is_for_all_hops_together(internet: Internet) -> None:
    """A chain of slow servers cannot take the time of each."""

    def passes() -> None:
        internet.seconds += 1.5

    internet.deadline_seconds = 3
    for step in range(4):
        internet.redirect(f"http://h{step}.test/", f"http://h{step + 1}.test/", asked=passes)

    (finding,) = internet.check("http://h0.test/")
    assert finding.message.endswith("could not be verified: it was not done after 3 seconds")
    assert [each.host for each in internet.asked] == ["h0.test", "h1.test"]


def test_two_hosts_that_lead_to_a_third_wait_for_each_other(internet: Internet) -> None:
    """Redirects of several hosts never ask their common target at the same time."""
    inside = threading.Barrier(2)
    met: list[int] = []

    def meet() -> None:
        try:
            met.append(inside.wait(0.05))
        except threading.BrokenBarrierError:
            inside.reset()

    for number in range(4):
        internet.redirect(f"http://h{number}.test/", f"http://common.test/{number}")
        internet.page(f"http://common.test/{number}", asked=meet)

    assert len(internet.check(*(f"http://h{number}.test/" for number in range(4)))) == 4
    assert met == []


def test_eight_hosts_are_asked_at_the_same_time_and_no_more(internet: Internet) -> None:
    """Hosts do not wait for each other; the ninth waits for one of eight."""
    together, ninth = threading.Barrier(8), threading.Event()
    lock = threading.Lock()
    present: list[str] = []
    most: list[int] = []

    def meet() -> None:
        with lock:
            present.append("one")
            most.append(len(present))
            early = len(most) <= 8
        if early:
            together.wait(30)
            ninth.wait(0.05)  # time enough for one too many to come in
        elif len(present) > 8:
            ninth.set()
        with lock:
            present.pop()

    urls = [f"http://h{number}.test/" for number in range(12)]
    for url in urls:
        internet.page(url, asked=meet)

    assert internet.check(*urls) == ()
    assert max(most) == 8
    assert {each.method for each in internet.asked} == {"HEAD"}  # nobody had to wait in vain
    assert [told[:2] for told in internet.progress] == [(done, 12) for done in range(1, 13)]


def test_a_host_that_wants_fewer_questions_gets_none(internet: Internet) -> None:
    """After 429 the host is left alone, its other links included; how long it asks is told."""
    headers = (("Retry-After", "3600"),)
    internet.page("http://a.test/1", status=429, headers=headers)
    internet.page("http://a.test/2")

    first, second = internet.check("http://a.test/1", "http://a.test/2")
    assert (first.code, second.code) == ("link-unsure", "link-unsure")
    assert "429 (Too Many Requests) and asks us to wait 3600 seconds" in first.message
    assert "a host that asked us to come less often" in second.message
    assert internet.methods == ["HEAD /1"]
    assert internet.pauses == []


def test_a_host_that_was_late_twice_is_asked_no_more(internet: Internet) -> None:
    """After two pages in a row that did not come in time, the others are in doubt, unasked."""
    connecting: list[str] = []

    def connect(peer: tuple[str, int], _seconds: float) -> socket.socket:
        connecting.append(peer[0])
        raise TimeoutError

    internet.host("a.test")
    network = dataclasses.replace(internet.network, connect=connect)
    urls = [f"http://a.test/{number}" for number in range(4)]
    findings = check_links(urls, internet.memory_file, network=network)
    assert [each.code for each in findings] == ["link-unsure"] * 4
    reasons = [each.message.rpartition("could not be verified: it ")[2] for each in findings]
    assert reasons == [
        *["did not take the connection in time"] * 2,
        *["is on a host that did not answer in time for other links"] * 2,
    ]
    assert len(connecting) == len(internet.looked_up) == 2


def test_a_host_that_is_late_now_and_then_is_asked_on(internet: Internet) -> None:
    """An answer in between shows that the host is there."""
    answers = iter([TimeoutError, None, TimeoutError, None, TimeoutError])

    def connect(peer: tuple[str, int], seconds: float) -> socket.socket:
        if error := next(answers):
            raise error
        return internet.connect(peer, seconds)

    urls = [f"http://a.test/{number}" for number in range(5)]
    for url in urls:
        internet.page(url)
    network = dataclasses.replace(internet.network, connect=connect)
    findings = check_links(urls, internet.memory_file, network=network)
    assert [each.url for each in findings] == urls[::2]


def test_a_host_behind_slow_redirects_is_not_to_blame(internet: Internet) -> None:
    """Who gets only the rest of the time may be asked again."""

    def passes() -> None:
        internet.seconds += 3.5

    internet.deadline_seconds = 3
    for number in range(3):
        internet.redirect(f"http://h{number}.test/", f"http://a.test/{number}", asked=passes)
    internet.page("http://a.test/good")

    asked = [parse(f"http://h{number}.test/") for number in range(3)]
    asker = Asker(internet.network)
    assert {asker.ask(each).kind for each in asked if each} == {Kind.UNSURE}
    good = parse("http://a.test/good")
    assert good
    assert asker.ask(good).kind is Kind.GOOD


def test_who_stops_listening_stops_the_crew(internet: Internet) -> None:
    """After the first outcome nobody wants, no further address of a host is asked."""
    held, listening = threading.Event(), threading.Event()

    def hold() -> None:
        listening.set()
        held.wait(30)

    internet.page("http://a.test/1")
    internet.page("http://a.test/2", asked=hold)
    internet.page("http://a.test/3")
    addresses = [parse(f"http://a.test/{number}") for number in (1, 2, 3)]
    before = set(threading.enumerate())
    coming = outcomes([each for each in addresses if each], Asker(internet.network))

    assert next(coming)[1].kind is Kind.GOOD
    assert listening.wait(30)
    coming.close()  # type: ignore[attr-defined]
    held.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
    assert internet.methods == ["HEAD /1", "HEAD /2"]


def test_a_bug_in_a_thread_is_seen(internet: Internet) -> None:
    """What infomail itself does wrong is raised where the caller is."""

    def connect(_peer: tuple[str, int], _seconds: float) -> None:
        msg = "a bug"
        raise RuntimeError(msg)

    internet.page("http://a.test/")
    internet.connect = connect  # type: ignore[method-assign, assignment]
    with pytest.raises(RuntimeError, match="a bug"):
        internet.check("http://a.test/")
