"""Webhooks: what providers report at /webhooks/NAME, believed only if they prove themselves.

A provider that is not named in newsletter.yaml has no door (404). One that proves nothing is
refused (403) and nothing is kept of it. What is proven is recorded before it is answered with 200;
where the database is busy (`web.edge`), or a certificate cannot be fetched now, the answer is 503,
after which providers try again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from infomail.bounces.hooks import brevo, mailgun, postmark, ses, sns
from infomail.bounces.hooks.credentials import shows_secret
from infomail.bounces.report import Arrival
from infomail.errors import SettingsError
from infomail.web.fetching import Fetch, fetch
from infomail.web.site import Site
from infomail.web.visit import TEXT, Answer, Door, Visit
from infomail.wiring.bouncing import act
from infomail.wiring.office import Office

_MOST_BYTES = 262_144
"""The largest message of SNS; the other providers' are a few thousand octets."""
_CERTIFICATES = 8
_TAKEN, _REFUSED, _LATER = 200, 403, 503


@dataclass(frozen=True)
class Call:
    """What a provider posted.

    Attributes:
        headers: names in lower case.
        body: octets.
        now: when it came, in seconds since 1970 UTC.
    """

    headers: Mapping[str, str]
    body: bytes
    now: float


Told = Callable[[Iterable[Arrival]], None]
"""Acts on reports, each once.

Raises:
    LedgerError: they could not be recorded.
"""
Hook = Callable[[Call, Told], int]
"""Judges a call, has its reports acted on, and gives the status of the answer."""


def with_secret(secret: str, reports: Callable[[bytes], Iterable[Arrival]]) -> Hook:
    """Make the hook of a provider that shows a secret.

    Args:
        secret: that it must show.
        reports: reads what it says.
    """

    def hook(call: Call, told: Told) -> int:
        if not shows_secret(call.headers, secret):
            return _REFUSED
        told(reports(call.body))
        return _TAKEN

    return hook


def signed_by_mailgun(key: str) -> Hook:
    """Make the hook of Mailgun.

    Args:
        key: the account's HTTP webhook signing key.
    """

    def hook(call: Call, told: Told) -> int:
        arrivals = mailgun.reports(call.body, key, call.now)
        if arrivals is None:
            return _REFUSED
        told(arrivals)
        return _TAKEN

    return hook


def amazon(topics: Iterable[str], get: Fetch) -> Hook:
    """Make the hook of Amazon SES, whose reports SNS brings.

    Args:
        topics: ARNs of the topics that are believed.
        get: fetches a certificate, or confirms a subscription.
    """
    believed = frozenset(topics)
    certificates: dict[str, bytes] = {}

    def certificate(place: str) -> bytes | None:
        if place not in certificates and (found := get(place)) is not None:
            while len(certificates) >= _CERTIFICATES:
                certificates.pop(next(iter(certificates)), None)
            certificates[place] = found
        return certificates.get(place)

    def hook(call: Call, told: Told) -> int:
        message = sns.read_message(call.body)
        if message is None or message.topic not in believed or not message.certificate_place:
            return _REFUSED
        pem = certificate(message.certificate_place)
        if pem is None:
            return _LATER
        if not sns.is_signed(message, pem):
            return _REFUSED
        if message.kind == sns.CONFIRMATION:
            return _confirmed(message, get)
        if message.kind == sns.NOTIFICATION:
            told(ses.reports(message.message, message.id))
        return _TAKEN

    return hook


def _confirmed(message: sns.SnsMessage, get: Fetch) -> int:
    place = message.subscribe_place
    if not place:
        return _REFUSED
    return _LATER if get(place) is None else _TAKEN


def hooks(office: Office, get: Fetch = fetch) -> Mapping[str, Hook]:
    """Make the hooks that newsletter.yaml names.

    Args:
        office: with the names, the topics and the secrets.
        get: fetches what SNS refers to.

    Raises:
        SettingsError: one is named that nobody could prove to be.
    """
    web, secrets = office.newsletter.web, office.settings.webhooks
    made: dict[str, Hook] = {}
    for name in web.webhooks:
        match name:
            case "ses":
                if not web.sns_topics:
                    msg = "webhooks: ses believes no topic — name its ARN under web.sns_topics"
                    raise SettingsError(msg)
                made[name] = amazon(web.sns_topics, get)
            case "postmark":
                made[name] = with_secret(_named(name, secrets.postmark), postmark.reports)
            case "mailgun":
                made[name] = signed_by_mailgun(_named(name, secrets.mailgun))
            case "brevo":
                made[name] = with_secret(_named(name, secrets.brevo), brevo.reports)
    return made


def _named(name: str, secret: SecretStr) -> str:
    value = secret.get_secret_value()
    if not value:
        msg = f"webhooks: {name} has no secret — set INFOMAIL_WEBHOOKS__{name.upper()}"
        raise SettingsError(msg)
    return value


def doors(site: Site, get: Fetch = fetch) -> tuple[Door, ...]:
    """Give the doors of the webhooks; none if none is named.

    Args:
        site: of the newsletter.
        get: fetches what SNS refers to.

    Raises:
        SettingsError: one is named that nobody could prove to be.
    """
    return tuple(
        Door(
            name=f"webhook {name}",
            path=f"webhooks/{name}",
            page=_page(hook),
            posts=True,
            only_posts=True,
            from_anywhere=True,
            max_bytes=_MOST_BYTES,
        )
        for name, hook in hooks(site.office, get).items()
    )


def _page(hook: Hook) -> Callable[[Site, Visit], Answer]:
    def page(site: Site, visit: Visit) -> Answer:
        def told(arrivals: Iterable[Arrival]) -> None:
            for arrival in arrivals:
                act(site.office, arrival, site.now)

        return Answer(b"", hook(Call(visit.headers, visit.body, site.now), told), TEXT)

    return page
