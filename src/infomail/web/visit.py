"""What goes in and out of the public pages: a visit, an answer, and the doors between.

Everything is a frozen value, so that a page is a function that can be called without a server.
What came over the network is text to be judged, nothing of it was believed yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from infomail.web.form import Form, read_form
from infomail.web.site import Site

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
FORM_BYTES = 32_768
"""A form of ours has a tenth of that, a one-click request sixty bytes."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request, read to its end.

    Attributes:
        method: GET, HEAD or POST.
        query: the parameters of the address, the last of each name.
        places: what stands in the path where its pattern has a name, such as `token`.
        headers: by their names in lower case.
        body: as it was sent, at most as long as its door allows.
        network: address of the person's machine, as far as our own proxies are believed; empty
            if unknown.
    """

    method: str
    query: Mapping[str, str]
    places: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    network: str

    @property
    def token(self) -> str:
        """The token in the path; empty if there is none."""
        return self.places.get("token", "")

    @property
    def posts(self) -> bool:
        """Whether the visit may change something."""
        return self.method == "POST"

    def speaking(self, tag: str) -> Visit:
        """Ask for a language, unless the visitor asks for one."""
        return replace(self, query={"lang": tag, **self.query})

    def form(self) -> Form:
        """Read the body as a form; empty if it is none."""
        return read_form(self.headers.get("content-type", ""), self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back.

    Attributes:
        body: the bytes.
        status: of RFC 9110.
        media_type: of the body.
        headers: further ones; those of security are added at the edge.
        max_age_seconds: how long anybody may keep it; 0: it is kept by nobody.
        style_hashes: CSP sources of the styles inside a page that was published.
        searches: whether it is the archive's search page.
        held: whether it is given no sooner than any other of its kind, so that the time tells
            nothing of who is known.
    """

    body: bytes
    status: int = 200
    media_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    max_age_seconds: int = 0
    style_hashes: tuple[str, ...] = ()
    searches: bool = False
    held: bool = False


Page = Callable[[Site, Visit], Answer]
"""What answers a visit; it is called in a thread and may wait for the database."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where a page is entered.

    Attributes:
        name: for the log, without anything of the person.
        path: below the newsletter's own, in Starlette's pattern: `leave/{token}`.
        page: what answers.
        posts: whether POST is taken; GET and HEAD always are unless `only_posts`.
        only_posts: whether nothing else is taken.
        from_anywhere: whether other sites and programs may post to it: RFC 8058, webhooks.
        max_bytes: of the body; more is refused.
        at_root: whether it stands at the host's root as well, for probes.
    """

    name: str
    path: str
    page: Page
    posts: bool = False
    only_posts: bool = False
    from_anywhere: bool = False
    max_bytes: int = field(default=FORM_BYTES)
    at_root: bool = False
