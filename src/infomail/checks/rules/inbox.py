"""What does the inbox show of the mail: its subject and the line after it?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from infomail.checks.parsed.document import Element, folded
from infomail.checks.parsed.hyperlinks import normal
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, Source, rule
from infomail.checks.sources import STAFF, rfc
from infomail.compose.text import cells
from infomail.model.finding import Severity

_LITMUS = Source(
    "Litmus: the ultimate guide to preview text",
    "https://www.litmus.com/blog/the-ultimate-guide-to-preview-text-support",
)
_SUBJECT_LENGTH = Source(
    "ActiveCampaign: email subject line length",
    "https://www.activecampaign.com/glossary/subject-line-length",
)
_FILLER = Source(
    "react-email 2268: preview text filler", "https://github.com/resend/react-email/issues/2268"
)
_STRIPPED = Source(
    "The Email Factory: goodbye email preheader?",
    "https://www.theemailfactory.com/goodbye-email-preheader/",
)
_SUBJECT_CHARACTERS = (30, 60)
"""Gmail shows 30 to 40 characters on a telephone and 60 to 70 on a desk."""
_PREHEADER_CHARACTERS = (40, 130)
_SHOWN_CHARACTERS = 200
"""What inboxes show after the subject at most."""
_SPARE_CHARACTERS = 2
"""Filler comes in pairs, so one of 200 characters may be missing."""
_NO_FILLER = dict.fromkeys((0x200B, 0x200C, 0xFEFF))
"""Characters without width that Apple Mail takes out before it shows the line."""
_CAPITALS_CHARACTERS = 4
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_BANGS = re.compile(r"[!！]")
_PRICES = re.compile(r"[$€£]{2,}")
# Emoji and dingbats; a flag is two characters, and what a joiner adds is no emoji of its own.
_EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[\U0001f000-\U0001faff\u2600-\u27bf\u2b1b\u2b1c\u2b50\u2b55])"
    "(?:[\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[\U0001f000-\U0001faff\u2600-\u27bf])*"
)


@rule("subject-len", Severity.WARNING, _SUBJECT_LENGTH)
def subject_len(proof: Proof) -> Iterator[Fault]:
    """The subject has 30 to 60 characters.

    A longer one is cut off on telephones, a shorter one says too little. Marks that take no room
    do not count, and letters of double width, as in Chinese, count as two.
    """
    subject = proof.edition.subject
    length, (least, most) = cells(subject.strip()), _SUBJECT_CHARACTERS
    if length and not least <= length <= most:
        message = f"the subject has {length} characters; an inbox shows {least} to {most} well"
        remedy = "shorten it" if length > most else "say what the issue brings"
        yield Fault(message, remedy, ("subject",))


@rule("subject-empty", Severity.ERROR, rfc(5322, "3.6.5"))
def subject_empty(proof: Proof) -> Iterator[Fault]:
    """The mail has a subject, on one line.

    A mail without a subject looks like an accident and is taken for spam; a line break in it
    would let other headers in.
    """
    subject = proof.edition.subject
    if not subject.strip():
        yield Fault("the mail has no subject", "write what the issue brings", ("subject",))
    elif len(subject.splitlines()) > 1 or subject[-1:] in {"\r", "\n"}:
        yield Fault("the subject holds a line break", "write it on one line", ("subject",))


@rule("subject-shout", Severity.WARNING, STAFF)
def subject_shout(proof: Proof) -> Iterator[Fault]:
    """The subject does not shout.

    Words in capitals, rows of exclamation marks or money signs, and several emoji are what spam
    looks like, to filters and to people. One word in capitals may be a name; abbreviations that
    the issue itself uses do not count.
    """
    subject = proof.edition.subject
    shouted = [
        *(["words in capitals"] if len(_capitals(proof)) > 1 else ()),
        *(["more than one exclamation mark"] if len(_BANGS.findall(subject)) > 1 else ()),
        *(["a row of money signs"] if _PRICES.search(subject) else ()),
        *(["more than one emoji"] if len(_EMOJI.findall(subject)) > 1 else ()),
    ]
    if shouted:
        remedy = "write it as you would say it to a colleague"
        yield Fault(f"the subject shouts: {', '.join(shouted)}", remedy, ("subject",))


def _capitals(proof: Proof) -> list[str]:
    words = [
        word
        for word in _WORD.findall(proof.edition.subject)
        if len(word) >= _CAPITALS_CHARACTERS and word.isupper()
    ]
    if len(words) < 2:  # noqa: PLR2004  # one may be a name
        return []
    used = set(_WORD.findall(proof.edition.text))
    return [word for word in words if word not in used]


@rule("preheader-len", Severity.WARNING, _LITMUS)
def preheader_len(proof: Proof) -> Iterator[Fault]:
    """The line after the subject has 40 to 130 characters.

    Inboxes show it in grey behind the subject: a short one wastes the room, a long one is cut.
    """
    length, (least, most) = cells(proof.edition.preheader.strip()), _PREHEADER_CHARACTERS
    if length and not least <= length <= most:
        message = f"the preheader has {length} characters; an inbox shows {least} to {most} well"
        remedy = "shorten it" if length > most else "add what else the issue brings"
        yield Fault(message, remedy, ("preheader",))


@rule("preheader-missing", Severity.ERROR, _LITMUS)
def preheader_missing(proof: Proof) -> Iterator[Fault]:
    """The mail begins with the line that inboxes show after the subject.

    Without it, they show whatever comes first: “View in browser”.
    """
    preheader = folded(proof.edition.preheader)
    if not preheader:
        yield Fault("there is no preheader", "write what else the issue brings", ("preheader",))
    elif proof.mail.body and not folded(_beginning(proof.mail.body)).startswith(preheader):
        message = "the mail does not begin with the preheader"
        yield Fault(message, "let the template begin with <mj-preview>", MAIL_TEMPLATE)


@rule("preheader-repeats", Severity.WARNING, _LITMUS)
def preheader_repeats(proof: Proof) -> Iterator[Fault]:
    """The line after the subject says something else than the subject and the title.

    Inboxes show both side by side; the second chance to interest someone should not be a copy.
    """
    preheader = f"{normal(proof.edition.preheader)} "
    for name, words in (("subject", proof.edition.subject), ("title", proof.edition.title)):
        same = normal(words)
        if same and preheader.startswith(f"{same} "):
            message = f"the preheader repeats the {name}"
            yield Fault(message, "write what else the issue brings", ("preheader",))
            return


@rule("preheader-filler", Severity.WARNING, _FILLER, _STRIPPED)
def preheader_filler(proof: Proof) -> Iterator[Fault]:
    """No other words slip into the inbox behind the preheader.

    Inboxes show up to 200 characters after the subject. Where the preheader is shorter, invisible
    characters must fill the rest, or readers see “View in browser” behind it. Some without width
    (U+200B, U+200C, U+FEFF) fill nothing: Apple Mail takes them out.
    """
    preheader = folded(proof.edition.preheader)
    start = _beginning(proof.mail.body).lstrip() if proof.mail.body else ""
    if not preheader or not start.startswith(preheader):
        return
    rest = start[len(preheader) :]
    ends = next((at for at, each in enumerate(rest) if _shows(each)), len(rest))
    filled = len(preheader) + len(rest[:ends].translate(_NO_FILLER))
    has_words = ends < len(rest)
    if has_words and filled < _SHOWN_CHARACTERS - _SPARE_CHARACTERS:
        message = f"after {filled} characters, other words slip into the inbox"
        remedy = f"fill the preheader with &#847;&#160; up to {_SHOWN_CHARACTERS} characters"
        yield Fault(message, remedy, MAIL_TEMPLATE)


def _shows(character: str) -> bool:
    """Tell whether a character can be seen; marks, spaces and joiners cannot."""
    return unicodedata.category(character)[0] not in "MZC"


def _beginning(body: Element) -> str:
    """Give the first words of a mail, hidden ones as well, with every space that counts."""
    words, counted = "", 0
    waiting: list[str | Element] = [body]
    while waiting and counted <= 2 * _SHOWN_CHARACTERS:
        part = waiting.pop()
        if not isinstance(part, str):
            waiting.extend(reversed(part.parts) if part.tag not in {"style", "script"} else ())
        elif part.strip(" \t\r\n") or "\xa0" in part:
            words += re.sub(r"[ \t\r\n]+", " ", part)
            counted += len(part.translate(_NO_FILLER))
    return words


RULES: tuple[Rule, ...] = (
    subject_len,
    subject_empty,
    subject_shout,
    preheader_len,
    preheader_missing,
    preheader_repeats,
    preheader_filler,
)
