"""What did the network say of the links? Only where it was asked: `infomail check --links`.

Asking is not done here; the answers come with the proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from infomail.checks.proof import Proof
from infomail.checks.rule import Fault, Rule, Source, rule
from infomail.checks.sources import rfc
from infomail.model.finding import Severity
from infomail.model.manuscript import Path

_SSRF = Source(
    "OWASP: Server-Side Request Forgery prevention",
    "https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html",
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A link of a mail that leads out onto the web.

    Attributes:
        url: where it leads.
        path: the part of the issue it stands in.
    """

    url: str
    path: Path


def outgoing_links(proof: Proof) -> tuple[Outgoing, ...]:
    """Name the links that can be asked: none of the newsletter's own, which may not be there yet."""
    own = (proof.edition.url, proof.newsletter.public_url)
    links = (
        Outgoing(link.attributes["href"], link.path)
        for link in proof.mail.links
        if link.attributes["href"].startswith(("https://", "http://"))
    )
    return tuple(dict.fromkeys(link for link in links if not link.url.startswith(own)))


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

    Some sites refuse programs, are too slow or have trouble just now. Look at the page in a browser;
    after an hour it is asked again.
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


@rule("link-loop", Severity.ERROR, rfc(9110, "15.4"))
def link_loop(proof: Proof) -> Iterator[Fault]:
    """A link arrives somewhere.

    After five redirects, or in a circle, browsers give up.
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
