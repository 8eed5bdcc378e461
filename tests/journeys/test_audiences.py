"""An issue to a list, to a segment, and to the rest: counted before, and once for each."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import insert, select, update
from tests.journeys.paper import Paper, Run, recipients, states
from tests.monthly import SLUG
from tests.transports.evil import Evil, evil

from infomail.database.people import list_members
from infomail.database.tables import subscribers
from infomail.wiring.office import open_office

NOW = ("--now", "--yes")
GONE = 9e12


@pytest.fixture
def server(paper: Paper) -> Iterator[Evil]:
    """A mail server that takes everything, for a newsletter with lists and segments."""
    paper.set(
        lists={"partners": "Our partners", "press": {"en": "Press", "fr": "Presse"}},
        segments={"speakers": "language = fr", "far": "country in [AE, KW]"},
    )
    enlist(paper, "partners", "ana@example.org", "remi@example.org")
    with evil() as server:
        paper.use(server.port)
        yield server


def enlist(paper: Paper, key: str, *addresses: str) -> None:
    """Put people on a list."""
    office = open_office(paper.folder)
    who = select(subscribers.c.id).where(subscribers.c.address.in_(addresses))
    with office.database.writing() as connection:
        rows = [{"subscriber_id": each, "list": key} for each in connection.scalars(who)]
        connection.execute(insert(list_members), rows)
    office.close()


def change(paper: Paper, address: str, **columns: object) -> None:
    """Change what the register has of a person."""
    office = open_office(paper.folder)
    with office.database.writing() as connection:
        which = subscribers.c.address == address
        connection.execute(update(subscribers).where(which).values(**columns))
    office.close()


def test_a_list_and_then_the_rest(server: Evil, run: Run) -> None:
    """A list gets the issue first; the plain send is for all others, and nobody has it twice."""
    first = run("send", SLUG, "--list", "partners", *NOW)
    assert first.code == 0
    assert "to          list partners (Our partners)\nletters     2 (en 1, fr 1)" in first.err
    assert recipients(server) == ["ana@example.org", "remi@example.org"]
    assert set(states(run)) == {"ana@example.org", "remi@example.org"}
    rest = run("send", SLUG, *NOW)
    assert "letters     1 (en 1)" in rest.err
    assert "to  " not in rest.err
    assert recipients(server) == ["ana@example.org", "bo@example.net", "remi@example.org"]
    again = run("send", SLUG, "--list", "partners", *NOW)
    assert again.code == 0
    assert "letters     0" in again.err


def test_a_segment(server: Evil, run: Run) -> None:
    """A segment gets the issue; before, a person reads its name, its rule and the number."""
    ran = run("send", SLUG, "--segment", "speakers", *NOW, "--expect", "1")
    assert ran.code == 0
    assert "segment speakers (language = fr)" in ran.err
    assert recipients(server) == ["remi@example.org"]


def test_a_list_and_a_segment(server: Evil, run: Run) -> None:
    """Both together mean who is in both."""
    ran = run("send", SLUG, "--list", "partners", "--segment", "speakers", *NOW)
    assert "to          list partners (Our partners), and of these segment speakers" in ran.err
    assert recipients(server) == ["remi@example.org"]


def test_a_dry_run_counts_the_audience(server: Evil, run: Run) -> None:
    """A dry run tells scripts whom an audience has, by language, and sends nothing."""
    told = json.loads(run("send", SLUG, "--list", "partners", "--dry-run", "--json").out)
    assert told["to"] == "list partners (Our partners)"
    assert (told["letters"], told["total"]) == ({"en": 1, "fr": 1}, 2)
    assert told["without_edition"] == {}
    assert server.sessions == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--list", "press"],
            "nobody in the list press (Press) can get a letter now — name another, or",
        ),
        (
            ["--segment", "far"],
            "nobody in the segment far (country in [AE, KW]) can get a letter now — ",
        ),
        (["--list", "x"], "'x' is no list — the newsletter's is monthly.example.org; its lists: p"),
        (["--segment", "x"], "'x' is no segment — the newsletter's are: far, speakers"),
    ],
    ids=["empty list", "empty segment", "unknown list", "unknown segment"],
)
def test_nobody_is_meant(server: Evil, run: Run, options: list[str], said: str) -> None:
    """An audience of nobody is a mistake: nothing is sent, exit code 5, and the name is said."""
    ran = run("send", SLUG, *options, *NOW)
    assert ran.code == 5
    assert said in ran.err
    assert server.sessions == 0


def test_who_left_or_paused_is_nobody(paper: Paper, server: Evil, run: Run) -> None:
    """An audience whose people all left or paused is one of nobody."""
    change(paper, "ana@example.org", status="LEFT")
    change(paper, "remi@example.org", paused_until=GONE)
    assert run("send", SLUG, "--list", "partners", *NOW).code == 5
    assert run("send", SLUG, *NOW).code == 0
    assert recipients(server) == ["bo@example.net"]


def test_a_language_without_an_edition(paper: Paper, server: Evil, run: Run) -> None:
    """Who would get an edition in another language is named before the first letter."""
    change(paper, "bo@example.net", language="ar")
    ran = run("send", SLUG, "--dry-run")
    assert "no edition  ar 1: they get the en edition" in ran.err
    told = json.loads(run("send", SLUG, "--dry-run", "--json").out)
    assert told["without_edition"] == {"ar": 1}
    assert server.sessions == 0


def test_going_on_with_a_list(server: Evil, run: Run) -> None:
    """A send to a list that stopped says how to go on with that list, and then does."""
    ran = run("send", SLUG, "--list", "partners", "--limit", "1", *NOW)
    assert f"infomail send {SLUG} --list partners" in ran.out
    assert run("send", SLUG, "--list", "partners", *NOW).code == 0
    assert recipients(server) == ["ana@example.org", "remi@example.org"]


def test_resuming_reminds_of_the_list(server: Evil, run: Run) -> None:
    """Where there are lists, whoever resumes is reminded to name the one that is meant."""
    run("send", SLUG, "--list", "partners", "--limit", "1", *NOW)
    assert run("pause", SLUG).code == 0
    reminder = f"`infomail send {SLUG}` (and the --list or --segment it had)"
    assert reminder in run("resume", SLUG).out
    assert len(recipients(server)) == 1


def test_a_segment_that_cannot_be_read(paper: Paper, run: Run) -> None:
    """A rule that is wrong is an error of newsletter.yaml, at its line, for every command."""
    paper.set(segments={"far": "contry = AE"})
    ran = run("check")
    assert ran.code == 1
    assert "did you mean country?" in ran.said
    assert "newsletter.yaml:" in ran.said
