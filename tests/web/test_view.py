"""Past issues in the browser, and the front page."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import httpx
import pytest
from sqlalchemy import insert
from tests.web.house import START, House
from tests.wiring.newsletters import write_issue

from infomail.database.tables import editions, sendings
from infomail.model.edition import Asset, Edition
from infomail.model.turn import Course
from infomail.outbox import stage, staged_digest

HOME = "https://infomail.example/monthly"
PAGE = "<!DOCTYPE html><title>November</title><style>p { color: red }</style><p>November"


def edition(slug: str, tag: str, title: str, page: str) -> Edition:
    """An edition with one picture."""
    return Edition(
        slug=slug,
        language=tag,
        direction="ltr",
        title=title,
        subject="",
        preheader="",
        date=datetime.date.fromisoformat(f"{slug}-20"),
        url=f"{HOME}/{slug}/" + ("" if tag == "en" else f"{tag}/"),
        name_fallback="reader",
        html="[[infomail:name]]",
        text="",
        page=page,
        assets=(Asset("a.png", b"\x89PNG", 1, 1),),
        inputs=(),
    )


@pytest.fixture
def outbox(folder: Path) -> Path:
    """An outbox with one issue in two languages, and one that was not sent."""
    outbox = folder / "outbox"
    (folder / "issues").mkdir()
    for slug in ("2024-11", "2024-12"):
        write_issue(folder, slug)
    for slug, tag in (("2024-11", "en"), ("2024-11", "fr"), ("2024-12", "en")):
        stage(outbox, edition(slug, tag, f"Issue {slug} {tag}", f"{PAGE} {tag}"), b"")
    return outbox


def send(house: House, slug: str, *tags: str, **other: object) -> None:
    """Let an issue be one that was sent; `other` are columns with other values."""
    words = {"channel": "mail", "course": Course.RUNNING.value, "reason": "", "start_at": START}
    sending = insert(sendings).values(
        slug=slug, created_at=START, changed_at=START, **{**words, **other}
    )
    outbox = house.office.desk.outbox
    with house.office.database.writing() as connection:
        number = connection.execute(sending.returning(sendings.c.id)).scalar_one()
        words = {"sending_id": number, "subject": "", "size_bytes": 1}
        rows = [
            {"language": tag, "digest": staged_digest(outbox, slug, tag), **words}
            for tag in tags or ("en", "fr")
        ]
        connection.execute(insert(editions), rows)


@pytest.mark.usefixtures("outbox")
def test_what_was_sent_can_be_read(house: House, client: httpx.Client) -> None:
    """The page of an issue and its pictures are where its mail says, in each language."""
    send(house, "2024-11")
    for path, words in (("2024-11/", "November en"), ("2024-11/fr/", "November fr")):
        answer = client.get(path)
        assert (answer.status_code, words in answer.text) == (200, True)
        assert re.search(
            r"style-src 'self' 'sha256-[\w+/=]{44}';", answer.headers["content-security-policy"]
        )
        picture = client.get(f"{path}assets/a.png")
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
        assert picture.headers["cross-origin-resource-policy"] == "cross-origin"
    front = client.get("").text
    assert 'href="/monthly/2024-11/fr/"' in front
    assert front.index("Issue 2024-11 en") < front.index("Issue 2024-11 fr")
    assert "2024-12" not in front


@pytest.mark.usefixtures("outbox")
def test_what_was_not_sent_is_nobodys_business(house: House, client: httpx.Client) -> None:
    """An issue that is only staged, files beside its page, and hidden ones are not there."""
    send(house, "2024-11")
    paths = [
        *("2024-12/", "2024-12/assets/a.png", "2024-11", "2024-11/message.html", "2024-11/en/"),
        *(
            "2024-11/edition.json",
            "2024-11/assets/",
            "2024-11/%00",
            "2024-11/assets/..%5cpage.html",
        ),
        *(
            "2024-11/assets/../page.html",
            "2024-11/assets/%2e%2e/page.html",
            "%2e%2e/newsletter.yaml",
        ),
        *("..%2fnewsletter.yaml", "infomail.sqlite3", "//etc/passwd", "site/index.html"),
    ]
    dead = client.get("leave/x").text
    for path in paths:
        answer = client.get(httpx.URL(str(client.base_url) + path))
        assert (answer.status_code, answer.text) == (404, dead), path


@pytest.mark.usefixtures("outbox")
def test_an_issue_is_read_when_its_hour_has_come(house: House, client: httpx.Client) -> None:
    """A planned issue is not there before its hour, nor one that was stopped before it."""
    send(house, "2024-11", start_at=START + 60)
    send(house, "2024-12", course=Course.CANCELLED.value, start_at=START + 60)
    assert client.get("2024-11/").status_code == 404
    assert "Issue" not in client.get("").text
    house.clock.now += 60
    assert client.get("2024-11/").status_code == 200
    assert client.get("2024-12/").status_code == 404
    assert "2024-12" not in client.get("").text


@pytest.mark.usefixtures("outbox")
def test_a_draft_in_another_language_is_not_there(house: House, client: httpx.Client) -> None:
    """Of an issue that was sent in one language the others may still be drafts."""
    send(house, "2024-11", "en")
    assert client.get("2024-11/").status_code == 200
    assert client.get("2024-11/fr/").status_code == 404
    assert "Issue 2024-11 fr" not in client.get("").text


@pytest.mark.usefixtures("outbox")
def test_a_rehearsal_publishes_nothing(house: House, client: httpx.Client) -> None:
    """Where mail is sent a rehearsal is not sending; where nothing ever is, it may be looked at."""
    send(house, "2024-11", channel="rehearsal")
    assert client.get("2024-11/").status_code == 200
    settings = house.office.settings.model_copy(update={"transport": "smtp"})
    object.__setattr__(house.office, "settings", settings)
    assert client.get("2024-11/").status_code == 404
    assert "Issue" not in client.get("").text


def test_a_draft_of_what_was_sent_is_not_there(
    house: House, client: httpx.Client, outbox: Path
) -> None:
    """What is built after a send is not shown: neither its page nor its title."""
    send(house, "2024-11")
    assert client.get("2024-11/").status_code == 200
    stage(outbox, edition("2024-11", "en", "A draft", "a draft"), b"")
    assert client.get("2024-11/").text == f"{PAGE} en"
    assert "A draft" not in client.get("").text
    assert "Issue 2024-11 en" in client.get("").text


@pytest.mark.usefixtures("outbox")
def test_an_issue_is_read_when_its_embargo_is_over(
    house: House, client: httpx.Client, folder: Path
) -> None:
    """An embargo holds for what was sent as well, and ends by the clock."""
    send(house, "2024-11")
    write_issue(folder, "2024-11", embargo="2030-03-17 17:47")
    assert client.get("2024-11/").status_code == 404
    assert client.get("2024-11/assets/a.png").status_code == 404
    assert "Issue 2024-11" not in client.get("").text
    house.clock.now += 60
    assert client.get("2024-11/").status_code == 200
    assert "Issue 2024-11" in client.get("").text


@pytest.mark.usefixtures("outbox")
def test_an_issue_without_its_file_is_gone(
    house: House, client: httpx.Client, folder: Path
) -> None:
    """Who removes an issue's file takes the issue out of the public pages."""
    send(house, "2024-11")
    assert client.get("2024-11/").status_code == 200
    (folder / "issues" / "2024-11.yaml").unlink()
    assert client.get("2024-11/").status_code == 404
    assert "Issue 2024-11" not in client.get("").text


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("feed.xml", "application/atom+xml"),
        ("fr/news/feed.json", "application/feed+json"),
        ("sitemap.xml", "application/xml"),
        ("events/events.ics", "text/calendar; charset=utf-8"),
        ("2024-10/assets/a.webp", "image/webp"),
        ("letters.woff2", "font/woff2"),
        ("pagefind/pagefind-entry.json", "application/json"),
    ],
)
def test_files_are_what_programs_expect(
    folder: Path, client: httpx.Client, name: str, kind: str
) -> None:
    """Calendars, feeds and other files of the site have the media types that are registered."""
    file = folder / "outbox" / "site" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(b"1")
    assert client.get(name).headers["content-type"] == kind


def test_the_published_site_comes_first(house: House, client: httpx.Client, outbox: Path) -> None:
    """A published site is served as it lies there; what was sent since can be read as well."""
    send(house, "2024-11")
    site = outbox / "site"
    (site / "2024-10" / "assets").mkdir(parents=True)
    (site / "index.html").write_text("<p>the archive", encoding="utf-8")
    (site / "2024-10" / "index.html").write_text(PAGE, encoding="utf-8")
    (site / "feed.xml").write_text("<feed/>", encoding="utf-8")
    (site / ".hidden").write_text("hidden", encoding="utf-8")
    (site / "out").symlink_to(outbox / "2024-12")
    assert client.get("").text == "<p>the archive"
    assert client.get("2024-10/").text == PAGE
    assert client.get("2024-11/").status_code == 200
    for path in (".hidden", "out/en/page.html", "2024-12/", "2024-10/assets/"):
        assert client.get(path).status_code == 404
    assert client.get("join").status_code == 200


def test_the_front_page_is_found_without_its_slash(client: httpx.Client) -> None:
    """Who leaves out the slash is led there; and nobody is led anywhere else."""
    answer = client.get(str(client.base_url).rstrip("/"))
    assert (answer.status_code, answer.headers["location"]) == (308, "/monthly/")
    assert client.get("").status_code == 200


def test_the_style_sheet_is_kept_until_it_changes(house: House, client: httpx.Client) -> None:
    """Its address holds its digest, so that browsers may keep it for a year."""
    answer = client.get(house.site.style_url.removeprefix("/monthly/"))
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000"
    assert house.newsletter.brand.colour in answer.text


def test_only_search_may_run_a_script(folder: Path, client: httpx.Client) -> None:
    """The archive's search runs its own script; no other page and no other script is allowed."""
    site = folder / "outbox" / "site"
    for name in ("search/index.html", "fr/search/index.html", "news/index.html"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(PAGE, encoding="utf-8")
    for name in ("assets/search.js", "pagefind/pagefind.js", "assets/other.js"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text("1", encoding="utf-8")

    def policy(path: str) -> str:
        return client.get(path).headers["content-security-policy"]

    assert all("script-src 'self'" in policy(path) for path in ("search/", "fr/search/index.html"))
    assert "connect-src 'self'" in policy("pagefind/pagefind.js")
    assert "script-src" not in policy("news/")
    kinds = {
        name: client.get(name).headers["content-type"].partition(";")[0]
        for name in ("assets/search.js", "pagefind/pagefind.js", "assets/other.js")
    }
    assert kinds == {
        "assets/search.js": "text/javascript",
        "pagefind/pagefind.js": "text/javascript",
        "assets/other.js": "application/octet-stream",
    }
