"""How the public pages are served: keys of newsletter.yaml below `web`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from infomail.model.fields import Frozen, Line


class Web(Frozen):
    """What `infomail serve` needs to know of the world around it."""

    proxies: tuple[Line, ...] = Field(
        (),
        title="proxies",
        description="Networks whose X-Forwarded-For is believed; none if absent.",
        examples=[["127.0.0.1"]],
    )
    hosts: tuple[Line, ...] = Field(
        (),
        title="further hosts",
        description="Names under which the pages may be asked for, beside public_url's.",
        examples=[["news.example.org"]],
    )
    joins_per_hour: int = Field(
        10,
        ge=1,
        title="joins an hour",
        description="From one network; and three for one address a day.",
        examples=[10],
    )
    metrics: bool = Field(
        default=False,
        title="metrics",
        description="Serve /metrics for Prometheus; keep it away from the public.",
        examples=[False],
    )
    webhooks: tuple[Literal["ses", "postmark", "mailgun", "brevo"], ...] = Field(
        (),
        title="webhooks",
        description="Whose reports of bounces and complaints are taken at /webhooks/NAME.",
        examples=[["ses"]],
    )
    sns_topics: tuple[Line, ...] = Field(
        (),
        title="SNS topics",
        description="ARNs of the topics by which Amazon SES reports; others are refused.",
        examples=[["arn:aws:sns:eu-central-1:123456789012:bounces"]],
    )
