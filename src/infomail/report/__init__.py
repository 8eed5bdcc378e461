"""On paper: findings, sends and deliveries, for people, for programs and for code hosts.

Only formats what it is given; reading the lines for a snippet is the caller's callable.
"""

from infomail.report.deliveries import (
    deliveries_as_csv,
    sending_as_json,
    sending_as_text,
    sendings_as_json,
    sendings_as_text,
)
from infomail.report.doubts import settled_as_json, settled_as_text
from infomail.report.people import LinesOf, as_text, summary
from infomail.report.programs import as_github, as_json
from infomail.report.rules import explained
from infomail.report.sarif import as_sarif
from infomail.report.sending import (
    Outline,
    ending_as_json,
    ending_as_text,
    outcome_as_text,
    outline_as_json,
    outline_as_text,
    visible,
)

__all__ = [
    "LinesOf",
    "Outline",
    "as_github",
    "as_json",
    "as_sarif",
    "as_text",
    "deliveries_as_csv",
    "ending_as_json",
    "ending_as_text",
    "explained",
    "outcome_as_text",
    "outline_as_json",
    "outline_as_text",
    "sending_as_json",
    "sending_as_text",
    "sendings_as_json",
    "sendings_as_text",
    "settled_as_json",
    "settled_as_text",
    "summary",
    "visible",
]
