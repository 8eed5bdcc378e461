"""The rule of a segment, read from text such as this.

    country in [AE, KW] and (language = ar or topic = labour) and joined since 2024-01-01

    rule  = each { "or" each }
    each  = one { "and" one }
    one   = "not" one | "(" rule ")" | test
    test  = subject ( "=" | "!=" ) value
          | subject [ "not" ] "in" "[" value { "," value } "]"
          | "joined" ( "before" | "since" | "after" ) year-month-day
    subject = "language" | "list" | "topic" | "country"

Keywords may be in capitals, values in quotes. A person may be on several lists and have several
topics: `topic = labour` holds if labour is among them. A rule is read, never evaluated as code.
What cannot be read, or names what the newsletter does not have, is refused with its place.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import NoReturn
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from infomail.model.fields import Country, refuse
from infomail.model.segment import Among, And, JoinedBefore, Names, Not, Or, Rule, Subject

_MAX_DEPTH = 20
_FIRST_YEAR, _LAST_YEAR = 1970, 9998
_TOKEN = re.compile(r"\s*(?:([\w.+-]+)|'([^']*)'|\"([^\"]*)\"|(!=|==|.))", re.DOTALL)
_WORD = re.compile(r"[\w.+-]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ONE_DAY = datetime.timedelta(days=1)
_COUNTRY: TypeAdapter[str] = TypeAdapter(Country)
_JOINED = "joined"
_SUBJECTS = (*(subject.value for subject in Subject), _JOINED)


def parse_segment(text: str, names: Names) -> Rule:
    """Read a rule.

    Args:
        text: as it stands in newsletter.yaml.
        names: what it may name.

    Raises:
        PydanticCustomError: it cannot be read or names what is not there; `refuse` made it.
    """
    parser = _Parser(_tokens(text), names)
    rule = parser.rule()
    if parser.ahead is not None:
        parser.ahead.refuse("is one too many", "join what is asked by `and` or `or`")
    return rule


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or a sign of a rule; `at` counts its characters from 1."""

    text: str
    at: int
    is_quoted: bool = False

    @property
    def key(self) -> str:
        """The word as it is looked up; nothing in quotes is a keyword."""
        return "" if self.is_quoted else self.text.lower()

    def refuse(self, problem: str, remedy: str) -> NoReturn:
        """Refuse the rule because of this word."""
        refuse(f"{self.text!r} at character {self.at} {problem}", remedy)


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(next(filter(None, found.groups()), ""), _start(found), bool(found[2] or found[3]))
        for found in _TOKEN.finditer(text.rstrip())
    ]


def _start(found: re.Match[str]) -> int:
    return found.end() - len(found[0].lstrip()) + 1


@dataclass(slots=True)
class _Parser:
    """Reads tokens from left to right; `depth` is how many parentheses and nots are open."""

    tokens: list[_Token]
    names: Names
    next: int = 0
    depth: int = 0

    @property
    def ahead(self) -> _Token | None:
        """The next token; None at the end."""
        return self.tokens[self.next] if self.next < len(self.tokens) else None

    def rule(self) -> Rule:
        """Read what is joined by or."""
        parts = self._joined_by("or", self._each)
        return parts[0] if len(parts) == 1 else Or(parts)

    def _each(self) -> Rule:
        parts = self._joined_by("and", self._one)
        return parts[0] if len(parts) == 1 else And(parts)

    def _joined_by(self, word: str, part: Callable[[], Rule]) -> tuple[Rule, ...]:
        parts = [part()]
        while self.ahead is not None and self.ahead.key == word:
            self.next += 1
            parts.append(part())
        return tuple(parts)

    def _one(self) -> Rule:
        token = self._take("a question such as language = fr")
        if token.key not in {"not", "("}:
            return self._test(token)
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            token.refuse("goes too deep", "write fewer parentheses")
        inner: Rule = Not(self._one()) if token.key == "not" else self._closed()
        self.depth -= 1
        return inner

    def _closed(self) -> Rule:
        inner = self.rule()
        self._expect(")")
        return inner

    def _test(self, token: _Token) -> Rule:
        if token.key not in _SUBJECTS:
            close = difflib.get_close_matches(token.text.lower(), _SUBJECTS, n=1)
            remedy = f"did you mean {close[0]}?" if close else f"ask for {', '.join(_SUBJECTS)}"
            token.refuse("is nothing that can be asked for", remedy)
        return self._joined() if token.key == _JOINED else self._among(Subject(token.key))

    def _among(self, subject: Subject) -> Rule:
        sign = self._take(f"= or in after {subject}")
        match sign.key:
            case "=":
                return Among(subject, (self._value(subject),))
            case "!=":
                return Not(Among(subject, (self._value(subject),)))
            case "in":
                return Among(subject, self._values(subject))
            case "not":
                self._expect("in")
                return Not(Among(subject, self._values(subject)))
        return sign.refuse(f"cannot follow {subject}", "write =, !=, in […] or not in […]")

    def _values(self, subject: Subject) -> tuple[str, ...]:
        self._expect("[")
        values = [self._value(subject)]
        while (token := self._take("] at the end of the values")).key == ",":
            values.append(self._value(subject))
        if token.key != "]":
            token.refuse("stands where , or ] should", "write values as in [one, two]")
        return tuple(dict.fromkeys(values))

    def _value(self, subject: Subject) -> str:
        token = self._take(f"a {subject}")
        if not _WORD.fullmatch(token.text):
            token.refuse(f"stands where a {subject} should", f"write a {subject} before it")
        return _VALUES[subject](token, self.names)

    def _joined(self) -> Rule:
        word = self._take("before, since or after and a day")
        if word.key not in {"before", "since", "after"}:
            word.refuse("cannot follow joined", "write joined before, since or after 2024-11-20")
        day = _day(self._take("a day such as 2024-11-20"))
        begins = day + _ONE_DAY if word.key == "after" else day
        zone = ZoneInfo(self.names.zone)
        before = JoinedBefore(datetime.datetime.combine(begins, datetime.time(), zone).timestamp())
        return before if word.key == "before" else Not(before)

    def _expect(self, sign: str) -> None:
        token = self._take(sign)
        if token.key != sign:
            token.refuse(f"stands where {sign} should", f"write {sign} before it")

    def _take(self, wanted: str) -> _Token:
        token = self.ahead
        if token is None:
            refuse(f"the rule ends where it needs {wanted}", "write the rest, or delete the line")
        self.next += 1
        return token


def _language(token: _Token, names: Names) -> str:
    if names.languages is None:
        return token.text
    tags = {tag.lower(): tag for tag in names.languages}
    if token.text.lower() not in tags:
        remedy = f"write one of: {', '.join(names.languages)}"
        token.refuse("is none of the newsletter's languages", remedy)
    return tags[token.text.lower()]


def _list(token: _Token, names: Names) -> str:
    return _key(token, names.lists, "list")


def _topic(token: _Token, names: Names) -> str:
    return _key(token, names.topics, "topic")


def _key(token: _Token, known: Collection[str] | None, noun: str) -> str:
    if known is not None and token.text not in known:
        close = difflib.get_close_matches(token.text, known, n=1)
        add = f"add it under {noun}s"
        token.refuse(f"is no {noun}", f"did you mean {close[0]}? Else {add}" if close else add)
    return token.text


def _country(token: _Token, _: Names) -> str:
    try:
        return _COUNTRY.validate_python(token.text)
    except ValidationError as error:
        remedy = str(error.errors()[0].get("ctx", {}).get("remedy", "write a code such as NG"))
        token.refuse("is not a country code", remedy)


_VALUES: Mapping[Subject, Callable[[_Token, Names], str]] = {
    Subject.LANGUAGE: _language,
    Subject.LIST: _list,
    Subject.TOPIC: _topic,
    Subject.COUNTRY: _country,
}


def _day(token: _Token) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(token.text if _DAY.fullmatch(token.text) else "")
    except ValueError:
        day = datetime.date.min
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        token.refuse("is no day", "write year, month and day, such as 2024-11-20")
    return day
