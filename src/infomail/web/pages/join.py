"""Joining: a form, and the same answer whoever is known already.

What fills forms by itself is kept out by a field that people do not see, and by the time between
the form's being shown and its being sent. Who asks is told that a mail comes if the address may
have one; that mail alone makes a subscriber (`confirm`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from gettext import NullTranslations

from infomail.compose import Language
from infomail.model.local import words_in
from infomail.model.subscriber import Origin, Wording
from infomail.subscribers import Entry, Join, ask_to_join, entry, person_name
from infomail.subscribers.typos import likely
from infomail.tokens import form_stamp, read_form_stamp
from infomail.web.drawing import draw, language_of, refusal
from infomail.web.form import Form
from infomail.web.languages import chosen
from infomail.web.limits import HOUR_SECONDS, mailbox_may_get, network_may_ask
from infomail.web.site import Site
from infomail.web.visit import Answer, Door, Visit

TRAP = "website"
"""A field that is hidden from people; whoever fills it in is none."""
_FIELDS = ("form", "address", "name", "consent")
_LEAST_SECONDS = 2
_MOST_SECONDS = 86_400
_DAY_SECONDS = 86_400
_OUR_VERSION = "infomail-1"
_MARK_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody wrote into the form.

    Attributes:
        address: as it was written.
        name: as it was written.
        language: tag of the edition that is wanted.
        topics: keys of those ticked.
        agrees: whether the box is ticked.
        sure: the address about which the form asked whether another was meant.
    """

    address: str = ""
    name: str = ""
    language: str = ""
    topics: tuple[str, ...] = ()
    agrees: bool = False
    sure: str = ""

    @property
    def meant(self) -> str:
        """The address that was likely meant; empty if this one looks right."""
        local, _, domain = self.address.rpartition("@")
        guess = likely(domain.lower())
        return f"{local}@{guess}" if guess else ""


def join(site: Site, visit: Visit) -> Answer:
    """Show the form, or take it."""
    return _take(site, visit) if visit.posts else _show(site, visit, Filled(), {})


def wording(site: Site, language: Language) -> Wording:
    """Give the words beside the box: the newsletter's own, or ours."""
    newsletter, own = site.newsletter, site.newsletter.people.consent
    if own is not None:
        known = next((tag for tag in (language.tag, "") if tag in own.text), next(iter(own.text)))
        tag = known or newsletter.languages[0]
        return Wording(own.version, tag, words_in(own.text, language.tag).strip())
    words = language.words(
        "I agree that {organisation} keeps my address and sends me {newsletter} by e-mail. I can "
        "leave at any time by the link in each mail."
    )
    text = words.replace("{organisation}", words_in(newsletter.organisation, language.tag))
    text = text.replace("{newsletter}", words_in(newsletter.name, language.tag))
    return Wording(_OUR_VERSION, language.tag, text)


def _show(site: Site, visit: Visit, filled: Filled, faults: Mapping[str, str]) -> Answer:
    language, now = language_of(site, visit), site.now
    agreed = wording(site, language)
    keeps_stamp = "fast" in faults.values() or "typo" in faults.values()
    stamp = visit.form().one("stamp") if keeps_stamp and faults.get("form") != "old" else ""
    return draw(
        site,
        visit,
        "join",
        status=422 if faults else 200,
        filled=filled,
        faults={name: faults.get(name, "") for name in _FIELDS},
        has_faults=bool(faults),
        consent=agreed.text,
        consent_language=agreed.language,
        mark=_mark(agreed),
        stamp=stamp or form_stamp(site.office.secret, now),
        trap=TRAP,
        editions=editions(site),
        chosen=filled.language or edition_for(site, language.tag),
        topics=topics(site, language.tag),
    )


def _take(site: Site, visit: Visit) -> Answer:
    form, language = visit.form(), language_of(site, visit)
    filled = _filled(site, form)
    if form.one(TRAP):
        return asked(site, visit)
    person, faults = _read(site, filled, language)
    faults |= _faults_of_form(site, form, wording(site, language))
    if person is None or faults:
        return _show(site, visit, filled, faults)
    if not network_may_ask(site, visit.network):
        return refusal(site, 429, visit, (("retry-after", str(HOUR_SECONDS)),))
    if mailbox_may_get(site, person.mailbox.mailbox):
        _ask(site, visit, person, filled)
    return asked(site, visit)


def _ask(site: Site, visit: Visit, person: Entry, filled: Filled) -> None:
    agreed = wording(site, language_of(site, visit))
    wanted = Join(
        person=person,
        topics=filled.topics,
        language=person.language or site.newsletter.languages[0],
        origin=origin(site, visit, "join", agreed),
    )
    now = site.now
    expires_at = now + site.newsletter.people.confirm_days * _DAY_SECONDS
    ask_to_join(site.office.database, site.office.secret, wanted, now, expires_at)
    site.ring()


def asked(site: Site, visit: Visit) -> Answer:
    """Say that a mail comes if the address may have one; never sooner for one than for another."""
    drawn = draw(site, visit, "asked", days=site.newsletter.people.confirm_days)
    return Answer(drawn.body, headers=drawn.headers, held=True)


def origin(site: Site, visit: Visit, page: str, agreed: Wording | None = None) -> Origin:
    """Say on which page something was done; from where only if the newsletter keeps that."""
    ip = visit.network if site.newsletter.people.keep_ip else ""
    return Origin(f"form {site.newsletter.public_url.rstrip('/')}/{page}", ip, agreed)


def editions(site: Site) -> tuple[tuple[str, str], ...]:
    """Name the languages that a subscriber may choose, each by its own name."""
    known = (Language(tag, NullTranslations()) for tag in site.newsletter.languages)
    return tuple((each.tag, each.name) for each in known)


def edition_for(site: Site, tag: str) -> str:
    """Choose the edition for a page's language, the usual one if there is none."""
    return chosen("", tag, site.newsletter.languages)


def topics(site: Site, tag: str) -> tuple[tuple[str, str], ...]:
    """Name the topics: each by its key and its words."""
    return tuple((key, words_in(words, tag)) for key, words in site.newsletter.topics.items())


def _filled(site: Site, form: Form) -> Filled:
    known = site.newsletter.topics
    return Filled(
        address=form.one("address"),
        name=form.one("name"),
        language=form.one("language"),
        topics=tuple(key for key in known if key in form.all("topic")),
        agrees=form.one("consent") == "yes",
        sure=form.one("sure"),
    )


def _read(site: Site, filled: Filled, language: Language) -> tuple[Entry | None, dict[str, str]]:
    """Check the answers; what is wrong stands under the field's name."""
    faults = {} if filled.agrees else {"consent": "missing"}
    tags = site.newsletter.languages
    wanted = filled.language if filled.language in tags else edition_for(site, language.tag)
    try:
        name = person_name(filled.name)
    except ValueError:
        name, faults["name"] = "", "wrong"
    try:
        person = entry(filled.address, name, wanted, tags)
    except ValueError:
        return None, faults | {"address": "wrong" if filled.address else "missing"}
    is_odd = filled.meant and filled.address != filled.sure
    return person, faults | ({"address": "typo"} if is_odd else {})


def _faults_of_form(site: Site, form: Form, agreed: Wording) -> dict[str, str]:
    """See whether the form itself is too fast, too old, or shows other words than today's."""
    shown_at = read_form_stamp(site.office.secret, form.one("stamp"))
    age_seconds = -1.0 if shown_at is None else site.now - shown_at
    if age_seconds < 0 or age_seconds > _MOST_SECONDS:
        return {"form": "old"}
    if age_seconds < _LEAST_SECONDS:
        return {"form": "fast"}
    return {} if form.one("wording") == _mark(agreed) else {"form": "old", "consent": "new"}


def _mark(agreed: Wording) -> str:
    """Name the words that a form shows, so that nobody agrees to words that came after."""
    text = f"{agreed.version}\n{agreed.language}\n{agreed.text}"
    return hashlib.sha256(text.encode()).hexdigest()[:_MARK_CHARACTERS]


DOORS = (Door("join", "join", join, posts=True),)
