"""What did the network say of the links? Only where it was asked: `infomail check --links`.

Asking is not done here; the answers come with the proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from infomail.checks.parsed.hyperlinks import address_fault, hyperlinks
from infomail.checks.proof import Answer, Proof
from infomail.checks.rule import Fault, Rule, Source, rule
from infomail.checks.sources import rfc
from infomail.model.finding import Severity

_SSRF = Source(
    "OWASP: Server-Side Request Forgery prevention",
    "https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html",
)
_FETCH = Source(
    "Fetch Standard, HTTP-redirect fetch", "https://fetch.spec.whatwg.org/#http-redirect-fetch"
)


class Verdict(Protocol):
    """What whoever asked the network says of a link."""

    @property
    def code(self) -> str:
        """Code of one of the rules below."""

    @property
    def severity(self) -> Severity:
        """What it means for a send."""

    @property
    def message(self) -> str:
        """What is the matter."""

    @property
    def remedy(self) -> str:
        """What to do about it."""


def outgoing_urls(proof: Proof) -> tuple[str, ...]:
    """Name the addresses that can be asked for.

    Those of the newsletter's own site are not among them: this issue is not there yet.
    """
    own = (proof.edition.url, proof.newsletter.public_url)
    urls = dict.fromkeys(link.href for link in hyperlinks(proof.mail))
    asked = (url for url in urls if url.lower().startswith(("https://", "http://")))
    return tuple(url for url in asked if not url.startswith(own))


def answered(proof: Proof, verdicts: Mapping[str, Verdict]) -> Proof:
    """Give the proof with what the network said of its links.

    Args:
        proof: not answered yet.
        verdicts: by the address they are about; those of other mails do no harm.
    """
    answers = (
        Answer(said.code, replace(fault, severity=said.severity))
        for link in hyperlinks(proof.mail)
        if (said := verdicts.get(link.href))
        for fault in (address_fault(proof, link, said.message, said.remedy),)
    )
    return replace(proof, answers=tuple(dict.fromkeys(answers)))


def _said(proof: Proof, code: str) -> Iterator[Fault]:
    return (answer.fault for answer in proof.answers if answer.code == code)


@rule("link-dead", Severity.ERROR, rfc(9110, "15.5.5"))
def link_dead(proof: Proof) -> Iterator[Fault]:
    """The page that a link leads to exists.

    The server says that there is no such page (404, 410), or the name of the server does not exist.
    """
    return _said(proof, "link-dead")


@rule("link-unsure", Severity.WARNING, rfc(9110, "15.6"))
def link_unsure(proof: Proof) -> Iterator[Fault]:
    """Where a link leads could be verified.

    Some sites refuse programs, are too slow or have trouble just now. Look at the page in a
    browser; after an hour it is asked again.
    """
    return _said(proof, "link-unsure")


@rule("link-moved", Severity.WARNING, rfc(9110, "15.4"))
def link_moved(proof: Proof) -> Iterator[Fault]:
    """A link leads straight to its page.

    Where a page has moved for good, the old address may stop working while the mail lies in
    people's archives. A page that has moved for the time being is information.
    """
    return _said(proof, "link-moved")


@rule("link-private", Severity.ERROR, rfc(6890, "2.2.2"), _SSRF)
def link_private(proof: Proof) -> Iterator[Fault]:
    """A link leads to a page that everybody can reach.

    Addresses inside an organisation's own network open for nobody outside. They are not asked.
    """
    return _said(proof, "link-private")


@rule("link-tls", Severity.ERROR, rfc(9110, "4.3.4"))
def link_tls(proof: Proof) -> Iterator[Fault]:
    """The page that a link leads to has a valid certificate.

    Otherwise browsers warn readers off it before they see anything.
    """
    return _said(proof, "link-tls")


@rule("link-loop", Severity.ERROR, rfc(9110, "15.4"), _FETCH)
def link_loop(proof: Proof) -> Iterator[Fault]:
    """A link arrives somewhere.

    In a circle, or after twenty redirects, browsers give up.
    """
    return _said(proof, "link-loop")


RULES: tuple[Rule, ...] = (
    link_dead,
    link_unsure,
    link_moved,
    link_private,
    link_tls,
    link_loop,
)
