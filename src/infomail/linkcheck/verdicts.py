"""From outcomes to verdicts: what staff are told about a link, and what they can do (pure)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import pairwise, takewhile

from infomail.linkcheck.address import fragment, printable, shown
from infomail.linkcheck.outcome import Kind, Outcome
from infomail.model.finding import Severity

_REMEDIES = {
    Kind.DEAD: "mend the address, or take the link out",
    Kind.UNSURE: "open it in a browser to see whether it works for readers",
    Kind.PRIVATE: "link to a page that everybody can reach, as this is not asked for safety's sake",
    Kind.TLS: "ask the site's owner to renew its certificate, or link to another page; "
    "browsers warn readers off it",
    Kind.LOOP: "open it in a browser, and link to the page where you arrive",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a link, in the staff's words.

    Attributes:
        url: the link, as it was asked for.
        code: of the rule, such as "link-dead".
        severity: what it means for a send.
        message: what is the matter.
        remedy: what to do about it.
    """

    url: str
    code: str
    severity: Severity
    message: str
    remedy: str


def verdict(url: str, outcome: Outcome, age: datetime.timedelta | None) -> Verdict | None:
    """Say what came of asking for a link; None where all is well.

    Args:
        url: the link as staff wrote it.
        outcome: what came of asking.
        age: how long ago it was asked; None if just now.
    """
    said = _moved(url, outcome) if outcome.kind is Kind.GOOD else _failed(url, outcome)
    if said is None:
        return None
    code, severity, message, remedy = said
    when = f" (asked {_ago(age)})" if age is not None else ""
    return Verdict(url, code, severity, f"{message}{when}", remedy)


def _failed(url: str, outcome: Outcome) -> tuple[str, Severity, str, str]:
    severity = Severity.WARNING if outcome.kind is Kind.UNSURE else Severity.ERROR
    subject = f"the link {_quoted(url)}"
    if outcome.hops:
        subject = f"{subject} leads on to {_quoted(outcome.hops[-1].url)}, which"
    doubt = "could not be verified: it " if outcome.kind is Kind.UNSURE else ""
    message = f"{subject} {doubt}{printable(outcome.reason)}"
    return f"link-{outcome.kind}", severity, message, _REMEDIES[outcome.kind]


def _moved(url: str, outcome: Outcome) -> tuple[str, Severity, str, str] | None:
    hops = outcome.hops
    if not hops:
        return None
    link = f"the link {_quoted(url)}"
    way = [url, *(hop.url for hop in hops)]
    bare = next((after for before, after in pairwise(way) if _loses_https(before, after)), "")
    if bare:
        message = f"{link} leads on to {_quoted(bare)}, which is not encrypted"
        remedy = "link to the https address of that page, or ask the site's owner to mend it"
        return "link-moved", Severity.WARNING, message, remedy
    lasting = list(takewhile(lambda hop: hop.permanent, hops))
    if lasting:
        target = lasting[-1].url
        # RFC 9110 section 10.2.2: the fragment goes along unless the redirect has its own.
        target = target if fragment(target) else f"{target}{fragment(url)}"
        message = f"{link} has moved for good"
        return "link-moved", Severity.WARNING, message, f"write {printable(target)}"
    message = f"{link} leads on to {_quoted(hops[-1].url)} for the time being"
    return "link-moved", Severity.INFO, message, "look whether that is the page you mean"


def _loses_https(before: str, after: str) -> bool:
    return before.lower().startswith("https:") and after.lower().startswith("http:")


def _quoted(url: str) -> str:
    return f"“{shown(url)}”"


def _ago(age: datetime.timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute ago"
    count, unit = (minutes, "minute") if minutes < 60 else (minutes // 60, "hour")  # noqa: PLR2004
    return f"{count} {unit}{'' if count == 1 else 's'} ago"
