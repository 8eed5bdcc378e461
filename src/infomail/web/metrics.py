"""Metrics for Prometheus at /metrics: how many, never who.

All is counted in the database when it is asked for, so that several processes tell the same. There
is no door unless newsletter.yaml opens it; whoever opens it keeps it away from the public, for how
many subscribers there are is nobody else's business.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from infomail.database import Database
from infomail.database.people import notices, reports, requests
from infomail.database.tables import deliveries, sendings, subscribers
from infomail.errors import SettingsError
from infomail.web.site import Site
from infomail.web.visit import Answer, Door, Visit


@dataclass(frozen=True, slots=True)
class Family:
    """One metric and what it counts.

    Attributes:
        name: for Prometheus, without its prefix.
        words: what it is, for people.
        labels: names of the columns before the count.
        counts: rows of labels and a count.
    """

    name: str
    words: str
    labels: tuple[str, ...]
    counts: Select[Any]


def families(now: float) -> tuple[Family, ...]:
    """Give what is counted.

    Args:
        now: in seconds since 1970 UTC.
    """
    letters = sendings.join(deliveries, deliveries.c.sending_id == sendings.c.id)
    of_letter = (sendings.c.slug, sendings.c.channel, deliveries.c.state)
    is_open = (requests.c.done_at.is_(None), requests.c.expires_at > now)
    return (
        Family(
            "subscribers",
            "People in the register, by status.",
            ("status",),
            select(subscribers.c.status, func.count()).group_by(subscribers.c.status),
        ),
        Family(
            "letters",
            "Deliveries of each issue, by channel and state.",
            ("issue", "channel", "state"),
            select(*of_letter, func.count()).select_from(letters).group_by(*of_letter),
        ),
        Family(
            "reports",
            "Bounces, complaints and other reports, by source and kind.",
            ("source", "kind"),
            select(reports.c.source, reports.c.kind, func.count()).group_by(
                reports.c.source, reports.c.kind
            ),
        ),
        Family(
            "requests_open",
            "Requests that wait to be confirmed, by kind.",
            ("kind",),
            select(requests.c.kind, func.count()).where(*is_open).group_by(requests.c.kind),
        ),
        Family(
            "notices_due",
            "Mails about subscriptions that wait to be sent, by kind.",
            ("kind",),
            select(notices.c.kind, func.count())
            .where(notices.c.due_at.is_not(None))
            .group_by(notices.c.kind),
        ),
    )


class _Census:
    """Counts when Prometheus asks (a Collector of prometheus-client)."""

    def __init__(self, database: Database, now: float) -> None:
        self._database = database
        self._now = now

    def collect(self) -> Iterable[Any]:
        with self._database.reading() as connection:
            return [_counted(connection, family) for family in families(self._now)]


def _counted(connection: Connection, family: Family) -> Any:  # noqa: ANN401  # an optional package
    core = importlib.import_module("prometheus_client.core")
    metric = core.GaugeMetricFamily(f"infomail_{family.name}", family.words, labels=family.labels)
    for *labels, count in connection.execute(family.counts):
        metric.add_metric(labels, count)
    return metric


def doors(site: Site) -> tuple[Door, ...]:
    """Give the door of the metrics; none if newsletter.yaml does not open it.

    Raises:
        SettingsError: it is open, and prometheus-client is not installed.
    """
    if not site.newsletter.web.metrics:
        return ()
    try:
        importlib.import_module("prometheus_client")
    except ModuleNotFoundError as error:
        msg = "metrics need prometheus-client — run: pip install 'infomail[metrics]'"
        raise SettingsError(msg) from error
    return (Door(name="metrics", path="metrics", page=page),)


def page(site: Site, visit: Visit) -> Answer:
    """Show all metrics in the format for which Prometheus asks."""
    exposition = importlib.import_module("prometheus_client.exposition")
    registry = importlib.import_module("prometheus_client").CollectorRegistry()
    registry.register(_Census(site.office.database, site.now))
    encode, media_type = exposition.choose_encoder(visit.headers.get("accept", ""))
    return Answer(encode(registry), media_type=media_type)
