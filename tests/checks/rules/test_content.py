"""Dates that cannot be, items that say too little or too much, and languages that are missing."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks import Fault, Proof, Rule
from infomail.checks.rules import content as rules
from infomail.checks.rules.calendars import mentions
from infomail.model.finding import Finding, Severity

Convict = Callable[..., Finding]
Clean = Callable[[str], Proof]
Spoil = Callable[..., Proof]

EVENT = """start: 2030-06-04
      end: 2030-06-05
      place: Lisbon, Portugal
      registration: https://example.org/register"""
PAST_EVENT = EVENT.replace("2030-06", "2030-05")
STUDY = (
    '      languages: {en: "https://example.org/study-en.pdf", '
    'fr: "https://example.org/study-fr.pdf"}\n'
)


def with_letter(proof: Proof, text: str, language: str = "") -> Proof:
    """Give an edition whose letter says something else."""
    manuscript = proof.manuscript
    letter = manuscript.issue.letter
    assert letter
    issue = manuscript.issue.model_copy(update={"letter": letter.model_copy(update={"text": text})})
    changed = dataclasses.replace(manuscript, issue=issue, language=language or manuscript.language)
    return dataclasses.replace(proof, manuscript=changed)


def judged(rule: Rule, proof: Proof) -> list[Fault]:
    """Give what one rule finds."""
    return list(rule.judge(proof))


def test_a_deadline_that_is_over_is_found(convicts: Convict) -> None:
    """A call that closed the day before the mail goes out is an error."""
    change = ("issue", "deadline: 2030-06-20 17:00", "deadline: 2030-05-14 17:00")
    assert "14 May 2030" in convicts("deadline-past", change, "issues/2030-05.yaml:59:17").message


def test_a_deadline_may_be_the_day_of_sending(clean: Clean) -> None:
    """Who reads the mail at once can still apply; the day after, nobody can."""
    last_day = datetime.date(2030, 6, 20)
    proof = dataclasses.replace(clean("fr"), sending_day=last_day)
    assert judged(rules.deadline_past, proof) == []
    late = dataclasses.replace(proof, sending_day=last_day + datetime.timedelta(days=1))
    assert [fault.path for fault in judged(rules.deadline_past, late)] == [
        ("calls", "items", 0, "deadline")
    ]


def test_nobody_is_invited_to_an_event_that_is_over(convicts: Convict) -> None:
    """To register for what is over is an error."""
    found = convicts("event-past", ("issue", EVENT, PAST_EVENT), "issues/2030-05.yaml:68:12")
    assert found.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("action", "severity"), [("online", Severity.WARNING), ("", Severity.INFO)]
)
def test_an_event_that_is_over_is_told(convicts: Convict, action: str, severity: Severity) -> None:
    """A link to follow it online is a warning; without one it is information."""
    past = PAST_EVENT.rpartition("\n")[0]
    past += f"\n      {action}: https://example.org/live" if action else ""
    found = convicts("event-past", ("issue", EVENT, past), "issues/2030-05.yaml:68:12")
    assert found.severity is severity


def test_a_section_may_look_back(spoilt: Spoil, clean: Clean) -> None:
    """Under a heading of its own, a section may tell of what is over; so it is on its last day."""
    past = PAST_EVENT.rpartition("\n")[0]
    proof = spoilt(("issue", EVENT, past))
    events = proof.issue.events
    assert events
    headed = events.model_copy(update={"heading": "Looking back"})
    issue = proof.issue.model_copy(update={"events": headed})
    manuscript = dataclasses.replace(proof.manuscript, issue=issue)
    assert judged(rules.event_past, dataclasses.replace(proof, manuscript=manuscript)) == []
    last_day = dataclasses.replace(clean("en"), sending_day=datetime.date(2030, 6, 5))
    assert judged(rules.event_past, last_day) == []


@pytest.mark.parametrize(
    ("language", "change", "place"),
    [
        ("en", ("issue", "ministers met in", "on Friday, 14 May 2030, they met in"), ".yaml:8:19"),
        ("fr", ("fr", "Ce mois-ci, les", "Le vendredi 14 mai 2030, les"), ".fr.yaml:7:8"),
        ("ar", ("ar", "هذا الشهر في", "يوم الجمعة 14 مايو 2030 في"), ".ar.yaml:7:23"),
    ],
)
def test_a_wrong_weekday_is_found(
    convicts: Convict, language: str, change: tuple[str, str, str], place: str
) -> None:
    """A weekday that is not the date's is found at its words, in each language."""
    found = convicts("weekday-mismatch", change, f"issues/2030-05{place}", language=language)
    assert "is a Tuesday" in found.message


WRONG_DAYS = [
    ("en", "on Friday 14th of May 2030", "Tuesday"),
    ("en", "on Friday,\n14 May 2030", "Tuesday"),
    ("en", "on Friday, May 14, 2030", "Tuesday"),
    ("en", "on May 14, 2030 (Friday)", "Tuesday"),
    ("en", "on 14 May (Friday)", "Tuesday"),
    ("en", "on FRIDAY 14 MAY", "Tuesday"),
    ("fr", "le vendredi 14\u00a0mai", "mardi"),
    ("fr", "le vendredi 1er mai 2030", "mercredi"),
    ("ar", "الجمعة الموافق ١٤ مايو ٢٠٣٠", "الثلاثاء"),
    ("ar", "والأحد 14 أيار 2030", "الثلاثاء"),
    ("de", "am Freitag, den 14. Mai 2030", "Dienstag"),
    ("es", "el viernes 14 de mayo de 2030", "martes"),
    ("pt", "sexta-feira, 14 de maio de 2030", "terça-feira"),
    ("it", "venerdì 14 maggio 2030", "martedì"),
    ("ru", "в пятницу, 14 мая 2030", "вторник"),
    ("zh", "2030年5月14日（星期五）", "星期二"),
    ("zh", "5月14日周五", "星期二"),
    ("en", "on Fri 14 May", "Tuesday"),
    ("en", "on Fri, 14 May. 2030", "Tuesday"),
    ("en", "on Fri. 14 May 2030", "Tuesday"),
    ("en", "on 14 May 2030 (Fri.)", "Tuesday"),
    ("en", "on Sun, 14 May 2030", "Tuesday"),
    ("en", "on Friday 2030-05-14", "Tuesday"),
    ("en", "on Friday 14/05/2030", "Tuesday"),
    ("en", "on Friday 05/14/2030", "Tuesday"),
    ("en", "on Friday (14 May 2030)", "Tuesday"),
    ("en", "on Friday, 2030-05-14.", "Tuesday"),
    ("fr", "le vendredi 14/05/2030", "mardi"),
    ("fr", "le ven. 14 mai 2030", "mardi"),
    ("fr", "(mer. 14 mai 2030)", "mardi"),
    ("de", "am Freitag, der 14.05.2030", "Dienstag"),
    ("de", "am Fr, 14.5.2030", "Dienstag"),
    ("de", "am 14.05.2030 (Freitag)", "Dienstag"),
    ("it", "ven 14 maggio 2030", "martedì"),
    ("ar", "الجمعة 14/5/2030", "الثلاثاء"),
]


@pytest.mark.parametrize(("language", "text", "right"), WRONG_DAYS)
def test_weekdays_are_understood(clean: Clean, language: str, text: str, right: str) -> None:
    """The remedy names the right weekday in the language of the text."""
    proof = with_letter(clean("en"), f"{text}.", language)
    assert [fault.remedy for fault in judged(rules.weekday_mismatch, proof)] == [
        f"write {right}, or mend the day"
    ]


RIGHT_DAYS = [
    ("en", "on Tuesday 14 May 2030 and on Wednesday, May 15"),
    ("en", "from Monday to Friday, 13-17 May 2030"),
    ("en", "on 14–15 May (Friday)"),
    ("en", "on Friday, May 2030"),
    ("en", "on Fridays 14 May"),
    ("en", "on Friday at 14:30"),
    ("en", "the Friday group; 14 May 2030"),
    ("en", "on Saturday 14 December"),  # 2029 has it on a Friday, 2030 on a Saturday
    ("en", "see https://example.org/friday,14 May 2030"),
    ("fr", "Friday 14 May 2030"),
    ("ar", "الثلاثاء 14 مايو 2030"),
    ("zh", "5月14日（星期二）"),
    ("en", "The Sun, 14 May 2030; the Toronto Sun 14 May 2030; the court sat 14 May 2030"),
    ("en", "every month 14 May, in the sun. 14 May 2030, in March 14 May"),
    ("en", "We met on Friday. 14 May 2030 was another day"),
    ("en", "14 May, Friday, 15 May; 14 May Tuesday, 15 May Wednesday"),
    ("en", "on Tue 14 May, Tue. 14 May 2030, Tuesday (2030-05-14), Tuesday 14/5/2030"),
    ("en", "on Wednesday 05/06/2030, on Monday 06/05/2030, on Thursday 06/06/2030"),
    ("en", "on Friday 1.2.3.2030, on Friday 2030-05-14-03, on Friday 14/15/05/2030"),
    ("en", "Friday 14–16 May 2030 and Friday 10.30"),
    ("fr", "le secours en mer. 14 mai 2030, le jeu 14 mai 2030, dim 14"),
    ("es", "en el mar 14 de mayo de 2030"),
    ("en", "Mon–Fri 14 May 2030, Mon/Fri 14 May 2030"),
    ("de", "So 12. Mai 2030, am Di. 14.05.2030"),
]
IMPOSSIBLE_DAYS = [
    ("en", "Friday, 31 November 2030"),
    ("en", "Friday 31 April"),
    ("en", "Friday, February 29, 2030"),
    ("en", "Friday 31/11/2030"),
    ("fr", "vendredi 32 mai 2030"),
    ("de", "Freitag, der 30.02.2030"),
]


@pytest.mark.parametrize(("language", "text"), IMPOSSIBLE_DAYS)
def test_impossible_days_are_found(clean: Clean, language: str, text: str) -> None:
    """A day that no calendar has is an error, whatever its weekday."""
    proof = with_letter(clean("en"), f"– {text}, 10:30", language)
    [fault] = judged(rules.weekday_mismatch, proof)
    assert (fault.message, fault.needle) == (f"“{text}”: there is no such day", text)


def test_a_leap_day_needs_its_year(clean: Clean) -> None:
    """29 February exists in some years: without a year it is left alone."""
    proof = with_letter(clean("en"), "on Friday, 29 February")
    assert judged(rules.weekday_mismatch, proof) == []


def test_each_language_of_one_issue_is_read_by_itself(clean: Clean) -> None:
    """The same issue in another language is not taken for what was read before."""
    proof = with_letter(clean("en"), "Friday 14 May 2030")
    french = dataclasses.replace(
        proof, manuscript=dataclasses.replace(proof.manuscript, language="fr")
    )
    found = [judged(rules.weekday_mismatch, each) for each in (proof, french)]
    assert [len(faults) for faults in found] == [1, 0]


@pytest.mark.parametrize(("language", "text"), RIGHT_DAYS)
def test_right_and_unclear_weekdays_are_left(clean: Clean, language: str, text: str) -> None:
    """A weekday that fits, or of which nobody can say what it belongs to, is left alone."""
    assert judged(rules.weekday_mismatch, with_letter(clean("en"), text, language)) == []


@given(st.text(), st.sampled_from(["en", "fr", "ar", "de", "zh", "ru", "hi", "tr"]))
@settings(max_examples=50)
def test_any_text_can_be_read(text: str, language: str) -> None:
    """Whatever people write, every mention lies inside the text."""
    for words in (text, f"Friday {text} 5 May {text}", f"الجمعة {text}"):
        for mention in mentions(words, language):
            assert 0 <= mention.start < mention.end <= len(words)


def test_a_date_that_is_not_the_file_name_s_is_found(convicts: Convict) -> None:
    """A month in the file's name and another in the issue's date cannot both be right."""
    change = ("issue", "date: 2030-05-15", "date: 2030-04-15")
    convicts("slug-date", change, "issues/2030-05.yaml:4:7")


@pytest.mark.parametrize(
    ("slug", "fits"),
    [
        ("2030-05", True),
        ("2030-05-15", True),
        ("2030-05-special", True),
        ("2030-06-special", False),
        ("2030-05-14", False),
        ("2030-2035-plan", True),
        ("2030-13", True),
        ("spring", True),
    ],
)
def test_only_dates_in_file_names_count(clean: Clean, slug: str, fits: bool) -> None:  # noqa: FBT001
    """What is no month and no day in a file's name is left alone."""
    proof = clean("en")
    renamed = dataclasses.replace(
        proof, manuscript=dataclasses.replace(proof.manuscript, slug=slug)
    )
    assert (judged(rules.slug_date, renamed) == []) is fits


CASES = [
    ("call-deadline", ("issue", "      deadline: 2030-06-20 17:00\n", ""), "55:7"),
    (
        "publication-link",
        (
            "issue",
            STUDY,
            "",
        ),
        "46:14",
    ),
    (
        "item-long",
        ("issue", "They will teach in nine towns from the autumn on.", "word " * 121),
        "42:13",
    ),
    (
        "item-empty",
        ("issue", "      text: They will teach in nine towns from the autumn on.\n", ""),
        "41:14",
    ),
]


@pytest.mark.parametrize(("code", "change", "place"), CASES)
def test_what_is_missing_is_found(
    convicts: Convict, code: str, change: tuple[str, str, str], place: str
) -> None:
    """Each fault is found at the part to mend."""
    convicts(code, change, f"issues/2030-05.yaml:{place}")


def test_a_missing_language_is_found(clean: Clean) -> None:
    """The rule "languages-out-of-step" names the file to write, at the start of the source only."""
    proof = clean("en")
    manuscript = dataclasses.replace(proof.manuscript, languages=("en", "fr"))
    (fault,) = judged(
        rules.languages_out_of_step, dataclasses.replace(proof, manuscript=manuscript)
    )
    found = proof.finding(rules.languages_out_of_step, fault)
    assert str(found) == (
        "issues/2030-05.yaml:1:1: the issue has no edition in Arabic"
        " — write issues/2030-05.ar.yaml [languages-out-of-step]"
    )
    translation = dataclasses.replace(clean("fr").manuscript, languages=("en", "fr"))
    again = dataclasses.replace(clean("fr"), manuscript=translation)
    assert judged(rules.languages_out_of_step, again) == []


def test_what_all_languages_share_is_said_once(spoilt: Spoil) -> None:
    """A missing deadline is told with the source, not again with each translation."""
    proof = spoilt(("issue", "      deadline: 2030-06-20 17:00\n", ""), "fr")
    assert judged(rules.call_deadline, proof) == []


def test_a_link_in_the_text_leads_to_a_publication(spoilt: Spoil) -> None:
    """A publication need not have language versions."""
    text = "      links: [{The study: https://example.org/study}]\n"
    assert judged(rules.publication_link, spoilt(("issue", STUDY, text))) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("word " * 120, 0),
        ("*word* " * 119 + "[two words](https://example.org/not-counted)", 121),
        ("كلمة " * 121, 121),
        ("字" * 241, 0),
        ("字" * 242, 121),
    ],
)
def test_words_are_counted(clean: Clean, text: str, count: int) -> None:
    """Up to 120 words are no fault; two wide characters are one word, an address is none."""
    proof = clean("en")
    news = proof.issue.news
    assert news
    item = news.items[0].model_copy(update={"text": text.strip()})
    issue = proof.issue.model_copy(update={"news": news.model_copy(update={"items": (item,)})})
    changed = dataclasses.replace(proof.manuscript, issue=issue)
    faults = judged(rules.item_long, dataclasses.replace(proof, manuscript=changed))
    assert [f"{count} words" in fault.message for fault in faults] == [True] * bool(count)


def test_an_issue_without_items_is_found(clean: Clean) -> None:
    """The rule "no-items" finds an issue that has none; one item is enough."""
    proof = clean("en")
    sections = dict.fromkeys(("spotlight", "publications", "calls", "events"))
    one = proof.issue.model_copy(update=sections)
    none = one.model_copy(update={"news": None})
    faults = [
        judged(
            rules.no_items,
            dataclasses.replace(
                proof, manuscript=dataclasses.replace(proof.manuscript, issue=issue)
            ),
        )
        for issue in (one, none)
    ]
    assert [len(found) for found in faults] == [0, 1]


@pytest.mark.parametrize(
    ("change", "place", "language"),
    [
        (("issue", "May 2030 Monthly", "April 2030 Monthly"), "issues/2030-05.yaml:1:8", "en"),
        (("issue", "May 2030 Monthly", "Monthly in May 2029"), "issues/2030-05.yaml:1:19", "en"),
        (("fr", "de mai 2030", "d’avril 2030"), "issues/2030-05.fr.yaml:1:27", "fr"),
        (("ar", "مايو 2030", "أبريل 2030"), "issues/2030-05.ar.yaml:1:28", "ar"),
    ],
)
def test_last_months_name_in_the_title_is_found(
    convicts: Callable[..., Finding], change: tuple[str, str, str], place: str, language: str
) -> None:
    """A title that names another month than the issue's date is found in each language."""
    convicts("title-date", change, place, language)


@pytest.mark.parametrize(
    "title", ["Maybe 2030", "Update of May", "A look at 2029", "Marching 2030"]
)
def test_a_title_need_not_name_the_month(spoilt: Callable[..., Proof], title: str) -> None:
    """A title without a month and a year says nothing that could be wrong."""
    proof = spoilt(("issue", "May 2030 Monthly Update", title), "en")
    assert list(rules.title_date.judge(proof)) == []
