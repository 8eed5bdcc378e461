"""Is the mail small enough? Gmail cuts a longer one, and with it the way to unsubscribe."""

from __future__ import annotations

from collections.abc import Iterator

from infomail.checks.proof import Proof
from infomail.model.finding import Finding, Severity

CODE = "size-html"
WARN_BYTES = 85_000
MAX_BYTES = 100_000
"""Gmail clips at about 102 KB of HTML (Campaign Monitor and Spam Resource measured 102 to 105)."""


def html_size(proof: Proof) -> Iterator[Finding]:
    """The HTML part stays under the size at which Gmail cuts it off."""
    size_bytes = len(proof.edition.html.encode())
    if size_bytes <= WARN_BYTES:
        return
    over = size_bytes > MAX_BYTES
    severity = Severity.ERROR if over else Severity.WARNING
    verdict = "Gmail cuts it off" if over else f"Gmail cuts a mail off at {MAX_BYTES:,}"
    message = f"the mail has {size_bytes:,} bytes; {verdict}"
    remedy = "move items to the web, or shorten the contents list"
    yield Finding(CODE, severity, message, remedy, proof.manuscript.place_of(()))
