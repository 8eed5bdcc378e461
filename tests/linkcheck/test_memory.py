"""What was asked lately is remembered, for a day if good, for an hour if not."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infomail.linkcheck import check_links

if TYPE_CHECKING:
    from tests.linkcheck.conftest import Internet

NOON = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)


def test_a_good_answer_holds_for_a_day(internet: Internet) -> None:
    """Within 24 hours nobody is asked again; then they are."""
    internet.page("http://a.test/")

    internet.check("http://a.test/")
    assert internet.check("http://a.test/#part", now=NOON + 24 * HOUR - SECOND) == ()
    assert internet.methods == ["HEAD /"]
    assert internet.progress[-1] == (1, 1, "http://a.test/")
    internet.check("http://a.test/", now=NOON + 24 * HOUR)
    assert internet.methods == ["HEAD /", "HEAD /"]


def test_a_moved_page_holds_for_a_day_and_its_age_is_told(internet: Internet) -> None:
    """The finding from memory is the same, and says how old it is."""
    internet.redirect("http://a.test/", "/new", 301)
    internet.page("http://a.test/new")

    (first,) = internet.check("http://a.test/")
    (later,) = internet.check("http://a.test/", now=NOON + 3 * HOUR + MINUTE)
    assert later.message == f"{first.message} (asked 3 hours ago)"
    assert (later.code, later.remedy) == (first.code, first.remedy)
    assert internet.methods == ["HEAD /", "HEAD /new"]


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (SECOND, "less than a minute ago"),
        (MINUTE, "1 minute ago"),
        (59 * MINUTE + 59 * SECOND, "59 minutes ago"),
    ],
)
def test_a_failure_holds_for_an_hour(
    internet: Internet, age: datetime.timedelta, words: str
) -> None:
    """Within the hour the failure is told from memory."""
    internet.host("a.test")
    internet.check("http://a.test/")

    (finding,) = internet.check("http://a.test/", now=NOON + age)
    assert finding.message.endswith(f"answered 404 (Not Found) (asked {words})")
    assert internet.methods == ["HEAD /", "GET /"]


def test_a_mended_failure_is_seen_after_an_hour(internet: Internet) -> None:
    """An hour later the page is asked for again."""
    internet.host("a.test")
    internet.check("http://a.test/")
    internet.page("http://a.test/")

    assert internet.check("http://a.test/", now=NOON + HOUR) == ()


def test_an_answer_from_the_future_is_not_believed(internet: Internet) -> None:
    """A clock that was set back does not keep old answers alive."""
    internet.page("http://a.test/")
    internet.check("http://a.test/")
    internet.check("http://a.test/", now=NOON - SECOND)
    assert internet.methods == ["HEAD /", "HEAD /"]


def test_other_answers_are_kept_until_they_are_old(internet: Internet) -> None:
    """Checking one issue does not forget the links of another; what is stale goes."""
    for host in ("a", "b", "c"):
        internet.page(f"http://{host}.test/")
    internet.check("http://a.test/")
    internet.check("http://b.test/", now=NOON + 20 * HOUR)
    assert _urls(internet) == ["http://a.test/", "http://b.test/"]
    internet.check("http://c.test/", now=NOON + 30 * HOUR)
    assert _urls(internet) == ["http://b.test/", "http://c.test/"]


def _urls(internet: Internet) -> list[str]:
    return list(json.loads(internet.memory_file.read_text("ascii"))["answers"])


def test_the_file_is_plain(internet: Internet) -> None:
    """The file says when what was asked, in UTC, and what came of it; no other file is left."""
    internet.redirect("http://a.test/", "/new", 301)
    internet.page("http://a.test/new")
    internet.check("http://a.test/")

    assert json.loads(internet.memory_file.read_text("ascii")) == {
        "format": 1,
        "answers": {
            "http://a.test/": {
                "asked": "2026-11-22T12:00:00+00:00",
                "kind": "good",
                "reason": "",
                "hops": [["http://a.test/new", True]],
            }
        },
    }
    assert list(internet.memory_file.parent.iterdir()) == [internet.memory_file]


GOOD: dict[str, Any] = {"asked": NOON.isoformat(), "kind": "good", "reason": "", "hops": []}
DAMAGED: list[object] = [
    None,
    [],
    {},
    GOOD | {"asked": 7},
    GOOD | {"asked": "yesterday"},
    GOOD | {"asked": "2026-11-22T12:00:00"},
    GOOD | {"kind": "splendid"},
    GOOD | {"kind": []},
    GOOD | {"reason": 1},
    GOOD | {"hops": 1},
    GOOD | {"hops": ["xy"]},
    GOOD | {"hops": [["http://b.test/", 1]]},
    GOOD | {"hops": [["http://b.test/"]]},
]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"[]",
        b"null",
        b'{"format": 2, "answers": {}}',
        b'{"format": 1}',
        b'{"format": 1, "answers": []}',
        *(
            json.dumps({"format": 1, "answers": {"http://a.test/": entry}}).encode()
            for entry in DAMAGED
        ),
    ],
)
def test_a_damaged_memory_counts_as_empty(internet: Internet, text: bytes) -> None:
    """A file that is not ours is ignored and written anew."""
    internet.memory_file.parent.mkdir()
    internet.memory_file.write_bytes(text)
    internet.page("http://a.test/")

    assert internet.check("http://a.test/") == ()
    assert internet.methods == ["HEAD /"]
    assert _urls(internet) == ["http://a.test/"]


def test_a_memory_cannot_write_to_the_terminal(internet: Internet) -> None:
    """What the file says is shown no less carefully than what a server says."""
    entry = GOOD | {"kind": "dead", "reason": "\x1b[2J", "hops": [["http://b.test/\x1b", True]]}
    internet.memory_file.parent.mkdir()
    text = json.dumps({"format": 1, "answers": {"http://a.test/": entry}})
    internet.memory_file.write_text(text, encoding="ascii")

    (finding,) = internet.check("http://a.test/")
    assert finding.message.isprintable()


def test_an_outbox_that_cannot_be_written_is_no_trouble(internet: Internet, tmp_path: Path) -> None:
    """The check does its work without a memory."""
    (tmp_path / "outbox").write_text("a file where the folder belongs", encoding="ascii")
    internet.page("http://a.test/")
    assert internet.check("http://a.test/") == ()


def test_a_folder_in_place_of_the_file_is_no_trouble(internet: Internet) -> None:
    """Nothing is written, and nothing is left beside."""
    internet.memory_file.mkdir(parents=True)
    internet.page("http://a.test/")
    assert internet.check("http://a.test/") == ()
    assert list(internet.memory_file.parent.iterdir()) == [internet.memory_file]


def test_what_was_learnt_before_an_interruption_is_kept(internet: Internet) -> None:
    """Ctrl-C in the middle loses only what was not answered yet."""
    internet.page("http://a.test/")

    def interrupt(*_told: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_links(
            ["http://a.test/", "http://a.test/2"],
            internet.memory_file,
            now=lambda: NOON,
            progress=interrupt,
            network=internet.network,
        )
    assert _urls(internet) == ["http://a.test/"]
