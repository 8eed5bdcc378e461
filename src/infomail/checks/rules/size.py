"""Is the mail small enough? Gmail cuts a longer one, and with it the way to unsubscribe."""

from __future__ import annotations

from collections.abc import Iterator

from infomail.checks.proof import Proof
from infomail.checks.rule import Fault, Rule, rule
from infomail.checks.sources import email_bug
from infomail.model.finding import Severity

WARN_BYTES = 85_000
MAX_BYTES = 100_000
"""Gmail clips at about 102 KB of HTML (Campaign Monitor and Spam Resource measured 102 to 105)."""


@rule(
    "size-html",
    Severity.ERROR,
    email_bug(41, "characters that make Gmail clip"),
    email_bug(56, "clipped mails lose their styles"),
)
def size_html(proof: Proof) -> Iterator[Fault]:
    """The HTML part stays under the size at which Gmail cuts it off.

    Gmail shows about the first 102 KB and drops the style sheet and the way to unsubscribe with
    the rest. From 85,000 bytes on it is a warning, above 100,000 an error.
    """
    size_bytes = len(proof.edition.html.encode())
    if size_bytes <= WARN_BYTES:
        return
    over = size_bytes > MAX_BYTES
    verdict = "Gmail cuts it off" if over else f"Gmail cuts a mail off at {MAX_BYTES:,}"
    yield Fault(
        f"the mail has {size_bytes:,} bytes; {verdict}",
        "move items to the web, or shorten the contents list",
        severity=Severity.ERROR if over else Severity.WARNING,
    )


RULES: tuple[Rule, ...] = (size_html,)
