"""Preferences: what subscribers change themselves, with the link that only they have.

Another address is asked for here and confirmed at both mailboxes (`address`). What the page says is
the same whether the new address can be had or not.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from infomail.compose import Language
from infomail.model.subscriber import Status
from infomail.subscribers import (
    Change,
    Preferences,
    Times,
    ask_for_address,
    change,
    person_name,
)
from infomail.subscribers import preferences as held
from infomail.tokens import leave_token, leave_url, read_preferences_token
from infomail.web.drawing import draw, gone, language_of, refusal
from infomail.web.form import Form
from infomail.web.limits import mailbox_may_get
from infomail.web.pages.join import editions, origin, topics
from infomail.web.pages.link import read_mailbox
from infomail.web.site import Site
from infomail.web.visit import Answer, Door, Visit

PAUSE_DAYS: Mapping[str, int] = {"1": 30, "3": 91, "6": 182}
"""How long a pause of so many months is."""
_DAY_SECONDS = 86_400
_ALWAYS = "pause"
"""A field that the form of preferences never lacks."""


def preferences(site: Site, visit: Visit) -> Answer:
    """Show what a subscriber chose, or change it."""
    office = site.office
    subscriber_id = read_preferences_token(office.secret, site.newsletter.list_id, visit.token)
    if subscriber_id is None:
        return gone(site, visit)
    known = held(office.database, subscriber_id)
    if known is None:
        return gone(site, visit)
    visit = visit.speaking(known.subscriber.language)
    if known.subscriber.status is not Status.CONFIRMED:
        return draw(site, visit, "out")
    if not visit.posts:
        return _show(site, visit, known)
    form = visit.form()
    if "address" in form.answers:
        return _ask(site, visit, known, form)
    if _ALWAYS not in form.answers:  # what could not be read must not wipe what was chosen
        return refusal(site, 400, visit)
    return _save(site, visit, known, form)


def _show(
    site: Site,
    visit: Visit,
    known: Preferences,
    told: str = "",
    faults: Mapping[str, str] | None = None,
) -> Answer:
    language, person = language_of(site, visit), known.subscriber
    token = leave_token(site.office.secret, site.newsletter.list_id, person.id)
    return draw(
        site,
        visit,
        "preferences",
        status=422 if faults else 200,
        person=person,
        chosen_topics=known.topics,
        topics=topics(site, language.tag),
        editions=editions(site),
        paused_until=_paused_until(site, language, person.paused_until),
        leave_url=leave_url(site.path, token),
        told=told,
        faults={name: (faults or {}).get(name, "") for name in ("name", "address")},
        has_faults=bool(faults),
    )


def _paused_until(site: Site, language: Language, until: float | None) -> str:
    """Write out until when somebody is paused; empty if nobody is."""
    if until is None or until <= site.now:
        return ""
    return language.date(datetime.datetime.fromtimestamp(until, datetime.UTC).date())


def _save(site: Site, visit: Visit, known: Preferences, form: Form) -> Answer:
    wanted, person = _wanted(site, known, form), known.subscriber
    if wanted is None:
        return _show(site, visit, known, faults={"name": "wrong"})
    where = origin(site, visit, "preferences")
    changed = change(site.office.database, person.id, wanted, where, site.now)
    return draw(site, visit, "out") if changed is None else _show(site, visit, changed, "saved")


def _wanted(site: Site, known: Preferences, form: Form) -> Change | None:
    """Read the form; None if the name cannot be."""
    tags, person = site.newsletter.languages, known.subscriber
    asked = form.one("language")
    try:
        name = person_name(form.one("name"))
    except ValueError:
        return None
    ticked = form.all("topic")
    return Change(
        name=name,
        language=asked if asked in tags else person.language,
        topics=tuple(key for key in site.newsletter.topics if key in ticked),
        paused_until=_pause(site, form.one("pause"), person.paused_until),
    )


def _pause(site: Site, asked: str, until: float | None) -> float | None:
    if asked == "keep":
        return until
    days = PAUSE_DAYS.get(asked)
    return None if days is None else site.now + days * _DAY_SECONDS


def _ask(site: Site, visit: Visit, known: Preferences, form: Form) -> Answer:
    text, office, now = form.one("address"), site.office, site.now
    found = read_mailbox(text)
    if found is None:
        return _show(site, visit, known, faults={"address": "wrong" if text else "missing"})
    mine = read_mailbox(known.subscriber.address)
    if mine is not None and found.mailbox == mine.mailbox:
        return _show(site, visit, known, "asked")
    limited = [each for each in (found, mine) if each is not None]
    may = [mailbox_may_get(site, each.mailbox) for each in limited]  # each is counted
    if all(may):
        times = Times(now, now + site.newsletter.people.confirm_days * _DAY_SECONDS)
        where = origin(site, visit, "preferences")
        number = known.subscriber.id
        ask_for_address(office.database, office.secret, number, found, where, times)
        site.ring()
    drawn = _show(site, visit, known, "asked")
    return Answer(drawn.body, headers=drawn.headers, held=True)


DOORS = (Door("preferences own", "preferences/{token}", preferences, posts=True),)
