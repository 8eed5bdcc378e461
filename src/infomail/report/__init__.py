"""On paper: findings, sends and deliveries, for people, for programs and for code hosts.

Only formats what it is given; reading the lines for a snippet is the caller's callable.
"""

from infomail.report.bouncing import (
    bounces_as_json,
    bounces_as_text,
    unclear_as_json,
    unclear_as_text,
)
from infomail.report.deliveries import (
    deliveries_as_csv,
    sending_as_json,
    sending_as_text,
    sendings_as_json,
    sendings_as_text,
)
from infomail.report.doubts import settled_as_json, settled_as_text
from infomail.report.importing import (
    import_as_text,
    preview_as_json,
    preview_as_text,
    undone_as_json,
    undone_as_text,
)
from infomail.report.importing import summary as import_summary
from infomail.report.people import LinesOf, as_text, summary
from infomail.report.programs import as_github, as_json
from infomail.report.register import (
    access_as_json,
    access_as_text,
    overview_as_json,
    overview_as_text,
    people_as_csv,
    people_as_json,
    person_as_json,
    person_as_text,
)
from infomail.report.rules import explained
from infomail.report.sarif import as_sarif
from infomail.report.sending import (
    Outline,
    counted,
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
    "access_as_json",
    "access_as_text",
    "as_github",
    "as_json",
    "as_sarif",
    "as_text",
    "bounces_as_json",
    "bounces_as_text",
    "counted",
    "deliveries_as_csv",
    "ending_as_json",
    "ending_as_text",
    "explained",
    "import_as_text",
    "import_summary",
    "outcome_as_text",
    "outline_as_json",
    "outline_as_text",
    "overview_as_json",
    "overview_as_text",
    "people_as_csv",
    "people_as_json",
    "person_as_json",
    "person_as_text",
    "preview_as_json",
    "preview_as_text",
    "sending_as_json",
    "sending_as_text",
    "sendings_as_json",
    "sendings_as_text",
    "settled_as_json",
    "settled_as_text",
    "summary",
    "unclear_as_json",
    "unclear_as_text",
    "undone_as_json",
    "undone_as_text",
    "visible",
]
