"""Is what staff wrote in order: dates, deadlines, lengths, links?"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterator

from babel import Locale
from babel.dates import format_date

from infomail.checks.parsed.texts import Words, first_few, quoted, written
from infomail.checks.proof import Proof
from infomail.checks.rule import Fault, Rule, rule
from infomail.checks.rules.calendars import Mention, has_weekday, mentions
from infomail.checks.sources import STAFF
from infomail.model.fields import Moment
from infomail.model.finding import Severity
from infomail.model.issue import AnyItem, Call, Event, Publication
from infomail.model.manuscript import Path
from infomail.model.prose import link_targets

MAX_ITEM_WORDS = 120
"""Nielsen Norman Group measured 51 seconds for a whole newsletter: no item can be an article."""

_CHARACTERS_A_WORD = 2
"""Chinese and Japanese words have about two characters each."""

_SLUG_DATE = re.compile(r"((?:19|20)\d\d)-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?![^-])")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_WORD = re.compile(r"[^\s\ufffc*_|>-][^\s\ufffc]*")


@rule("deadline-past", Severity.ERROR, STAFF)
def deadline_past(proof: Proof) -> Iterator[Fault]:
    """No call's deadline lies before the day on which readers get the mail.

    Readers cannot apply any more. Days are compared: a call that closes on the day of sending may
    stand, since whoever reads the mail at once can still apply. The deadline's day is the one in
    the call's own time zone.
    """
    for path, item in proof.items:
        if isinstance(item, Call) and item.deadline and _day(item.deadline) < proof.day:
            day, sent = _named(_day(item.deadline)), _named(proof.day)
            message = f"{quoted(item.title)} closed on {day}, before the mail goes out ({sent})"
            yield Fault(message, "mend the deadline, or take the call out", (*path, "deadline"))


@rule("event-past", Severity.WARNING, STAFF)
def event_past(proof: Proof) -> Iterator[Fault]:
    """No event that is over by the day of sending is announced.

    A button to register for it is an error. A link to follow it online is a warning, for the
    button says “Follow online”; a recording belongs under `links`. Without either it is
    information, and none at all where the section has a heading of its own such as “Looking
    back”: newsletters do tell what happened.
    """
    for path, item in proof.items:
        if not isinstance(item, Event) or _day(item.end or item.start) >= proof.day:
            continue
        where = (*path, "end" if item.end else "start")
        told = f"{quoted(item.title)} was over on {_named(_day(item.end or item.start))}"
        if item.registration:
            remedy = "take out `registration`, or mend the date"
            message = f"{told}, yet the mail invites to register"
            yield Fault(message, remedy, where, severity=Severity.ERROR)
        elif item.online:
            remedy = "move the address of a recording from `online` to `links`, or mend the date"
            yield Fault(f"{told}, yet the mail invites to follow it online", remedy, where)
        elif not (proof.issue.events and proof.issue.events.heading):
            remedy = "mend the date, or give the section a heading such as “Looking back”"
            yield Fault(told, remedy, where, severity=Severity.INFO)


@rule("weekday-mismatch", Severity.ERROR, STAFF)
def weekday_mismatch(proof: Proof) -> Iterator[Fault]:
    """A weekday beside a date is that date's weekday.

    Of “Friday 21 November” one half is wrong, and readers come on the wrong day; “Friday 31
    November” never comes. “Friday, 22 November”, “Fri 22 Nov.”, “Friday 2030-11-22” and
    “22/11/2030 (Friday)” are understood, with the weekdays and months of the language of the text
    as CLDR names them. Where the year is missing, the years count that bring the date near the
    day of the issue or of the item.
    """
    for writing in written(proof):
        if not has_weekday(writing.lowered, writing.language):
            continue
        for words in writing.texts:
            found = mentions(words.plain, words.language)
            if found:
                near = _days_near(proof, words.path)
                yield from first_few(filter(None, (_misfit(words, each, near) for each in found)))


def _misfit(words: Words, mention: Mention, near: list[datetime.date]) -> Fault | None:
    needle = words.text[mention.start : mention.end]
    said = quoted(" ".join(needle.split()))
    if mention.is_impossible:
        return Fault(f"{said}: there is no such day", "mend the date", words.path, needle)
    days = mention.days(near)
    if not days or any(day.weekday() == mention.weekday for day in days):
        return None
    right = _weekday(days[0], words.language)
    message = f"{said}: {_named(days[0])} is a {_weekday(days[0], 'en')}"
    return Fault(message, f"write {right}, or mend the day", words.path, needle)


def _days_near(proof: Proof, path: Path) -> list[datetime.date]:
    item = proof.item_at(path)
    days = _days_of(item) if item else []
    return [*days, proof.issue.date]


def _days_of(item: AnyItem) -> list[datetime.date]:
    moments: list[Moment | None] = [item.date]
    match item:
        case Event():
            moments = [item.start, item.end, item.date]
        case Call():
            moments = [item.deadline, item.date]
        case _:
            pass
    return [_day(moment) for moment in moments if moment]


@rule("slug-date", Severity.WARNING, STAFF)
def slug_date(proof: Proof) -> Iterator[Fault]:
    """A file that is named after a month or a day has a date of that month or day.

    A date that stayed from last month's file is shown to readers and stands in the archive.
    """
    found = _SLUG_DATE.match(proof.manuscript.slug)
    if not found:
        return
    date = proof.issue.date
    if not date.isoformat().startswith(found[0]):
        message = f"the issue is called {proof.manuscript.slug} and dated {date.isoformat()}"
        yield Fault(message, f"write a date in {found[0]}, or rename the file", ("date",))


@rule("title-date", Severity.WARNING, STAFF)
def title_date(proof: Proof) -> Iterator[Fault]:
    """A month and a year in the issue's title are those of its date.

    The name of last month, left over from last month's file or from another translation, is the
    first thing that readers see. Months are known by their names in CLDR.
    """
    date, title = proof.issue.date, proof.issue.title
    found = _month_and_year(proof.manuscript.language).search(title.lower())
    if not found:
        return
    month = _months(proof.manuscript.language)[found[1]]
    if (month, int(found[2])) != (date.month, date.year):
        needle = title[found.start() : found.end()]
        message = f"the title says {quoted(needle)}, and the issue is dated {date.isoformat()}"
        yield Fault(message, "write the month of the issue, or mend its date", ("title",), needle)


@functools.lru_cache(maxsize=32)
def _months(language: str) -> dict[str, int]:
    forms = Locale.parse(language, sep="-").months
    names = ((form, number) for form in ("format", "stand-alone") for number in range(1, 13))
    return {forms[form]["wide"][number].lower(): number for form, number in names}


@functools.lru_cache(maxsize=32)
def _month_and_year(language: str) -> re.Pattern[str]:
    months = "|".join(sorted(map(re.escape, _months(language)), key=len, reverse=True))
    return re.compile(rf"(?<!\w)({months})[,،]?(?: de| del| عام)? ((?:19|20)[0-9]{{2}})(?!\w)")


@rule("call-deadline", Severity.WARNING, STAFF)
def call_deadline(proof: Proof) -> Iterator[Fault]:
    """Every call has a deadline.

    Without one, readers cannot tell whether it is worth while to open the call, nor when the
    application is due. Silence the rule for a call that stays open.
    """
    if _is_source(proof):
        for path, item in proof.items:
            if isinstance(item, Call) and not item.deadline:
                message = f"the call {quoted(item.title)} has no deadline"
                yield Fault(message, "add a line such as `deadline: 2026-11-20 17:00`", path)


@rule("publication-link", Severity.WARNING, STAFF)
def publication_link(proof: Proof) -> Iterator[Fault]:
    """Every publication has a language version to download, or a link.

    A publication that is only announced makes readers search for it.
    """
    if _is_source(proof):
        for path, item in proof.items:
            if isinstance(item, Publication) and not (item.languages or _has_link(item)):
                message = f"nothing leads to the publication {quoted(item.title)}"
                remedy = "add its addresses under `languages`, or a link under `links`"
                yield Fault(message, remedy, (*path, "title"))


@rule("item-long", Severity.WARNING, STAFF)
def item_long(proof: Proof) -> Iterator[Fault]:
    """No item's text has more than 120 words.

    A mail is skimmed: readers gave a newsletter 51 seconds on average when the Nielsen Norman
    Group measured it. Two characters of Chinese or Japanese count as one word.
    """
    for path, item in proof.items:
        if item.text and _may_be_long(item.text):
            count = _word_count(item.text)
            if count > MAX_ITEM_WORDS:
                message = f"the text of {quoted(item.title)} has {count} words"
                remedy = f"keep it under {MAX_ITEM_WORDS}, and link to the rest"
                yield Fault(message, remedy, (*path, "text"))


@rule("item-empty", Severity.WARNING, STAFF)
def item_empty(proof: Proof) -> Iterator[Fault]:
    """Every item says more than its title.

    A title with no text, picture, link or fact under it looks as if something got lost.
    """
    if _is_source(proof):
        for path, item in proof.items:
            if not (item.text or item.image or _has_link(item) or _has_facts(item)):
                message = f"the item {quoted(item.title)} has only a title"
                yield Fault(message, "add a text or a link, or take it out", (*path, "title"))


@rule("languages-out-of-step", Severity.INFO, STAFF)
def languages_out_of_step(proof: Proof) -> Iterator[Fault]:
    """The issue exists in every language of the newsletter.

    Subscribers who chose a language that is missing get the first language, or nothing.
    """
    if not _is_source(proof):
        return
    there = {*proof.manuscript.languages, proof.manuscript.language}
    missing = [tag for tag in proof.newsletter.languages if tag not in there]
    if missing:
        names = ", ".join(
            Locale.parse(tag, sep="-").get_display_name("en") or tag for tag in missing
        )
        slug = proof.manuscript.slug
        files = " and ".join(f"issues/{slug}.{tag}.yaml" for tag in missing)
        yield Fault(f"the issue has no edition in {names}", f"write {files}")


@rule("no-items", Severity.WARNING, STAFF)
def no_items(proof: Proof) -> Iterator[Fault]:
    """The issue has at least one item."""
    if _is_source(proof) and not proof.items:
        yield Fault("the issue has no item", "add one, such as a piece of news under `news`")


def _is_source(proof: Proof) -> bool:
    """Tell whether facts that all languages share are to be judged, which is done once."""
    return proof.manuscript.language == proof.manuscript.source_language


def _day(moment: Moment) -> datetime.date:
    return moment.date() if isinstance(moment, datetime.datetime) else moment


def _named(day: datetime.date) -> str:
    return format_date(day, "d MMMM y", locale="en")


def _weekday(day: datetime.date, language: str) -> str:
    return format_date(day, "EEEE", locale=Locale.parse(language, sep="-"))


def _has_link(item: AnyItem) -> bool:
    return bool(item.links or link_targets(item.text or ""))


def _has_facts(item: AnyItem) -> bool:
    facts: tuple[object, ...] = (item.date, item.countries, item.topics)
    match item:
        case Publication():
            facts += (item.languages, item.authors)
        case Call():
            facts += (item.deadline, item.reference, item.location, item.apply)
        case Event():
            facts += (item.start,)
        case _:
            pass
    return any(facts)


def _may_be_long(text: str) -> bool:
    """Spare most texts the counting: many words need many spaces, or many wide characters."""
    few_spaces = text.count(" ") + text.count("\n") < MAX_ITEM_WORDS // 2
    return not few_spaces or bool(_WIDE.search(text))


def _word_count(text: str) -> int:
    wide = len(_WIDE.findall(text))
    if wide:
        text = _WIDE.sub(" ", text)
    return len(_WORD.findall(re.sub(r"\]\([^)\s]*\)", "]", text))) + wide // _CHARACTERS_A_WORD


RULES: tuple[Rule, ...] = (
    deadline_past,
    event_past,
    weekday_mismatch,
    slug_date,
    title_date,
    call_deadline,
    publication_link,
    item_long,
    item_empty,
    languages_out_of_step,
    no_items,
)
