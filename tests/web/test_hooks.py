"""Providers that prove themselves are heard at once; all others are told nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import pytest
from tests.bounces.hooks.saying import of_mailgun
from tests.bounces.hooks.signing import (
    CERTIFICATE_URL,
    SUBSCRIBE_URL,
    TOPIC,
    certificate,
    fields,
    notified,
    signed,
)
from tests.monthly import NEWSLETTER
from tests.web.calling import calling

from infomail import subscribers, tokens
from infomail.bounces.report import Arrival, Complaint
from infomail.errors import LedgerError, SettingsError
from infomail.model.subscriber import Status
from infomail.web import hooks
from infomail.web.app import application
from infomail.web.site import Site
from infomail.web.visit import Visit
from infomail.wiring.bouncing import unclear
from infomail.wiring.office import Office, open_office

NOW = 1_900_000_000.0
SECRET = "correct-horse"  # noqa: S105  # of these tests only
WEB = f"web: {{webhooks: [ses, postmark, mailgun, brevo], sns_topics: ['{TOPIC}']}}\n"
HOST = "news.example.org"


class Amazon:
    """What stands at Amazon's addresses, and which of them were asked for."""

    def __init__(self) -> None:
        """Put there what SNS keeps."""
        self.asked: list[str] = []
        self.there = {CERTIFICATE_URL: certificate(), SUBSCRIBE_URL: b"<ok/>"}

    def __call__(self, url: str) -> bytes | None:
        """Give what stands at an address."""
        self.asked.append(url)
        return self.there.get(url)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A newsletter that all four providers may report to."""
    for name in ("POSTMARK", "MAILGUN", "BREVO"):
        monkeypatch.setenv(f"INFOMAIL_WEBHOOKS__{name}", SECRET)
    (tmp_path / "newsletter.yaml").write_text(NEWSLETTER + WEB, "utf-8")
    opened = open_office(tmp_path)
    office = Office(opened.desk, opened.settings, clock=lambda: NOW)
    yield office
    office.close()


@pytest.fixture
def client(opened: Office) -> Iterator[httpx.Client]:
    """A program that posts to the public pages."""
    with calling(application(Site(opened)), HOST) as made:
        yield made


class Told:
    """Keeps what it was told."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.arrivals: list[Arrival] = []

    def __call__(self, arrivals: Iterable[Arrival]) -> None:
        """Keep reports."""
        self.arrivals += arrivals


def called(body: bytes) -> hooks.Call:
    """Make a call without credentials."""
    return hooks.Call({}, body, NOW)


def person(office: Office) -> tuple[int, str]:
    """Add a subscriber; give the number and the key of a delivery."""
    entry = subscribers.entry("zoe@example.org", "Zoë", "en", ["en"])
    number = subscribers.add(office.database, office.secret, entry, "en", NOW - 9).id
    return number, tokens.delivery_key(office.secret, "2030-09", number)


def status(office: Office) -> Status:
    """Say what the subscriber is now."""
    found = subscribers.find(office.database, "zoe@example.org")
    assert found is not None
    return found.status


def complaint_to_postmark(key: str) -> bytes:
    """Write a complaint as Postmark posts it."""
    return json.dumps(
        {"RecordType": "SpamComplaint", "ID": 7, "Metadata": {"infomail-key": key}}
    ).encode()


def test_a_complaint_is_acted_on_at_once(opened: Office, client: httpx.Client) -> None:
    """When the provider is answered, who complained is out; told again, nothing more happens."""
    _, key = person(opened)
    for _ in range(2):
        answer = client.post(
            "/webhooks/postmark", content=complaint_to_postmark(key), auth=("x", SECRET)
        )
        assert (answer.status_code, answer.content) == (200, b"")
        assert status(opened) is Status.SUPPRESSED


def test_a_forged_key_does_nothing(opened: Office, client: httpx.Client) -> None:
    """Even a provider that is believed cannot put somebody out by a key that is not ours."""
    _, key = person(opened)
    forged = complaint_to_postmark(key[:-1] + ("0" if key[-1] != "0" else "1"))
    answer = client.post("/webhooks/postmark", content=forged, auth=("x", SECRET))
    assert answer.status_code == 200
    assert status(opened) is Status.CONFIRMED


@pytest.mark.parametrize("name", ["postmark", "brevo", "mailgun", "ses"])
@pytest.mark.parametrize("shown", ["", "wrong", SECRET.upper()])
def test_who_proves_nothing_is_refused(
    opened: Office, client: httpx.Client, name: str, shown: str
) -> None:
    """A call without the secret, or signature, is refused without a word, and nothing happens."""
    _, key = person(opened)
    answer = client.post(
        f"/webhooks/{name}",
        content=complaint_to_postmark(key),
        headers={"authorization": f"Bearer {shown}".strip()},
    )
    assert (answer.status_code, answer.content) == (403, b"")
    assert status(opened) is Status.CONFIRMED


def test_brevo_shows_a_token(opened: Office, client: httpx.Client) -> None:
    """Brevo's token is believed, and the address it names as well."""
    person(opened)
    event = {"event": "unsubscribed", "email": "Zoe@example.org"}
    answer = client.post(
        "/webhooks/brevo", json=event, headers={"authorization": f"Bearer {SECRET}"}
    )
    assert answer.status_code == 200
    assert status(opened) is Status.LEFT


def test_mailgun_signs() -> None:
    """What Mailgun signed is told, and what another key signed is refused."""
    told = Told()
    own, other = hooks.signed_by_mailgun("key-of-mailgun"), hooks.signed_by_mailgun(SECRET)
    assert own(called(of_mailgun(event="complained")), told) == 200
    assert [type(arrival.report) for arrival in told.arrivals] == [Complaint]
    assert other(called(of_mailgun(event="complained")), told) == 403
    assert len(told.arrivals) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/webhooks/postmark"), ("POST", "/webhooks/other"), ("POST", "/webhooks/")],
)
def test_there_are_no_other_doors(client: httpx.Client, method: str, path: str) -> None:
    """Only providers that newsletter.yaml names can report, and only by POST."""
    assert client.request(method, path).status_code in {404, 405}


def test_a_call_that_is_too_long_is_refused(client: httpx.Client) -> None:
    """Nobody fills the memory: a body longer than SNS's longest message is refused."""
    answer = client.post("/webhooks/postmark", content=b"x" * 300_000, auth=("x", SECRET))
    assert answer.status_code == 413


def test_what_was_not_understood_is_kept(opened: Office, client: httpx.Client) -> None:
    """A call that was proven and cannot be read is taken, and kept for people."""
    answer = client.post("/webhooks/postmark", content=b"surprise", auth=("x", SECRET))
    assert answer.status_code == 200
    assert len(list(unclear(opened))) == 1


def ses_bounce(key: str) -> dict[str, object]:
    """Write a bounce as SES tells it."""
    bounced = {"emailAddress": "zoe@example.org", "status": "5.1.1"}
    bounce = {"bounceType": "Permanent", "bouncedRecipients": [bounced], "feedbackId": "1"}
    return {"eventType": "Bounce", "mail": {"tags": {"infomail-key": [key]}}, "bounce": bounce}


def test_amazons_bounce_is_acted_on(opened: Office) -> None:
    """What SES says by a topic that is believed is done; the certificate is fetched once."""
    _, key = person(opened)
    amazon = Amazon()
    site = Site(opened)
    (door,) = (door for door in hooks.doors(site, amazon) if door.path == "webhooks/ses")
    visit = visited(notified(ses_bounce(key)))
    assert door.page(site, visit).status == 200
    assert door.page(site, visit).status == 200
    assert status(opened) is Status.SUPPRESSED
    assert amazon.asked == [CERTIFICATE_URL]


def visited(body: bytes) -> Visit:
    """Make a visit as the edge hands it on."""
    return Visit("POST", {}, {}, {}, body, "192.0.2.1")


def test_another_topic_is_not_believed() -> None:
    """A topic that newsletter.yaml does not list is refused before anything is fetched."""
    amazon, told = Amazon(), Told()
    hook = hooks.amazon((TOPIC,), amazon)
    assert hook(called(signed(fields(TopicArn=f"{TOPIC}-of-a-stranger"))), told) == 403
    assert not amazon.asked


def test_a_message_that_was_changed_is_refused() -> None:
    """A signature does not serve for another message."""
    amazon, told = Amazon(), Told()
    body = notified(ses_bounce("x")).replace(b"zoe@", b"max@")
    assert hooks.amazon((TOPIC,), amazon)(called(body), told) == 403
    assert not told.arrivals


def test_a_strangers_certificate_is_never_fetched() -> None:
    """No address but SNS's own is asked for, whatever a message names."""
    amazon, told = Amazon(), Told()
    body = signed(fields(SigningCertURL="http://169.254.169.254/latest/meta-data/"))
    assert hooks.amazon((TOPIC,), amazon)(called(body), told) == 403
    assert not amazon.asked


def test_amazon_is_asked_to_try_again() -> None:
    """While a certificate cannot be fetched, the answer is 503, and nothing is lost."""
    amazon, told = Amazon(), Told()
    hook = hooks.amazon((TOPIC,), amazon)
    pem = amazon.there.pop(CERTIFICATE_URL)
    assert hook(called(notified(ses_bounce("x"))), told) == 503
    amazon.there[CERTIFICATE_URL] = pem
    assert hook(called(notified(ses_bounce("x"))), told) == 200
    assert len(told.arrivals) == 1


def test_a_subscription_is_confirmed_for_a_listed_topic_only() -> None:
    """The topic that newsletter.yaml lists is confirmed by one GET at SNS, another one never."""
    amazon, told = Amazon(), Told()
    hook = hooks.amazon((TOPIC,), amazon)
    assert hook(called(signed(fields("SubscriptionConfirmation"))), told) == 200
    assert amazon.asked == [CERTIFICATE_URL, SUBSCRIBE_URL]
    other = hooks.amazon(("arn:aws:sns:eu-central-1:1:other",), amazon)
    assert other(called(signed(fields("SubscriptionConfirmation"))), told) == 403
    assert len(amazon.asked) == 2


def test_a_subscription_leads_to_no_other_address() -> None:
    """A signed message cannot make infomail ask for an address outside SNS."""
    amazon, told = Amazon(), Told()
    body = signed(fields("SubscriptionConfirmation", SubscribeURL="http://127.0.0.1/"))
    assert hooks.amazon((TOPIC,), amazon)(called(body), told) == 403
    assert amazon.asked == [CERTIFICATE_URL]


def test_a_database_that_is_busy_is_told_as_such(
    opened: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be recorded is answered with 503, so that the provider tries again."""

    def busy(*_: object) -> None:
        msg = "the database is busy — try again"
        raise LedgerError(msg)

    monkeypatch.setattr(hooks, "act", busy)
    with calling(application(Site(opened)), HOST) as client:
        answer = client.post("/webhooks/postmark", content=b"surprise", auth=("x", SECRET))
    assert answer.status_code == 503


@pytest.mark.parametrize(
    ("web", "told"),
    [
        ("web: {webhooks: [ses]}", "name its ARN under web.sns_topics"),
        ("web: {webhooks: [brevo]}", "set INFOMAIL_WEBHOOKS__BREVO"),
        ("web: {webhooks: [mailgun]}", "set INFOMAIL_WEBHOOKS__MAILGUN"),
    ],
)
def test_a_provider_that_nobody_could_be_is_a_mistake(tmp_path: Path, web: str, told: str) -> None:
    """A webhook without anything to prove itself by is refused when the pages are opened."""
    (tmp_path / "newsletter.yaml").write_text(f"{NEWSLETTER}{web}\n", "utf-8")
    with pytest.raises(SettingsError, match=told):
        hooks.doors(Site(open_office(tmp_path)))


def test_a_secret_is_read_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret may stand in a file of its own, and no representation shows it."""
    (tmp_path / "secret").write_text(f"{SECRET}\n", "utf-8")
    monkeypatch.setenv("INFOMAIL_WEBHOOKS__BREVO_FILE", str(tmp_path / "secret"))
    (tmp_path / "newsletter.yaml").write_text(f"{NEWSLETTER}web: {{webhooks: [brevo]}}\n", "utf-8")
    office = open_office(tmp_path)
    (hook,) = hooks.hooks(office).values()
    assert hook(hooks.Call({"x-infomail-secret": SECRET}, b"[]", NOW), Told()) == 200
    assert SECRET not in repr(office.settings)


def test_no_door_is_open_by_itself(tmp_path: Path) -> None:
    """A newsletter that names no provider has no webhooks."""
    (tmp_path / "newsletter.yaml").write_text(NEWSLETTER, "utf-8")
    assert not hooks.doors(Site(open_office(tmp_path)))
