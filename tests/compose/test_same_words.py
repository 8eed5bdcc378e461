"""Mail, text and page of any issue say the same, and what staff wrote comes out as itself."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, reject, settings
from hypothesis import strategies as st
from lxml import html as parser

from infomail.compose.text import WIDTH, cells
from infomail.errors import InfomailError, IssueError
from infomail.model.edition import Edition

COMPOSING = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
BLOCKS = {"br", "p", "ul", "ol", "li", "h1", "h2", "h3", "td", "div", "section", "article", "nav"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %} {# no #}",
    "a\\u{64e}b \\n \\\\ C:\\temp",
    "مُحَمَّد ICMPD (2024) — “quoted”",
    "क्षि ไทย 👩‍👩‍👧 ❤️ é e\u0301",
    "\u202eoverride\u202c \u2067isolate\u2069 \u200fmark\u200e",
    "&amp; &#64; &nbsp; <!-- comment --> ]]> <![endif]-->",
    'style="color:#ffffff;" width="12.5" /> <tbody> bgcolor="#abc" height="auto"',
    "*stars* _lines_ [link](https://example.org) `code`",
    "> From me",
    "soft\u00adhyphen no\u00a0break narrow\u202fspace zero\u200bwidth",
)
# Letters of all scripts, and whatever has a meaning in HTML, YAML, Jinja, MJML, MIME or bidi.
WORDS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=60),
    st.text("<>&\"'{}%#\\`*_[]()!|~^$@:;,.-/ aé中م\u064e\u200d\u202e\u2068", min_size=1),
)


class _Visible(HTMLParser):
    """Collects what a reader sees: text, alt texts and link targets."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.alts: list[str] = []
        self.headings: list[str] = []
        self._hidden = 0
        self._heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in BLOCKS:
            self.words.append(" ")
        unseen = tag in {"style", "script", "title"}
        unseen = unseen or "display:none" in (values.get("style") or "")
        if unseen or (self._hidden and tag not in VOID):
            self._hidden += 1
        if tag == "a" and not (values.get("href") or "").startswith("#"):
            self.links.append(values.get("href") or "")
        if tag == "img":
            self.alts.append(values.get("alt") or "")
        if tag in {"h1", "h2", "h3"}:
            self._heading = True
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag not in VOID:
            self._hidden -= 1
        if tag in {"h1", "h2", "h3"}:
            self._heading = False
        if tag in BLOCKS:
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)
            if self._heading:
                self.headings[-1] += data


def visible(html: str) -> _Visible:
    """Parse HTML as a reader's program does."""
    parser = _Visible()
    parser.feed(html)
    parser.close()
    return parser


def unflowed(text: str) -> str:
    """Join the lines of a flowed text, as RFC 3676 section 4.2 says."""
    lines = (line.removeprefix(" ") for line in text.split("\n"))
    return "".join(line if line.endswith(" ") else f"{line}\n" for line in lines)


def folded(text: str) -> str:
    """Fold runs of spaces and line ends, and leave out marks that only isolate."""
    return re.sub(r"[ \n]+", " ", re.sub("[\u2068\u2069]", "", text)).strip()


def words_of(text: str) -> set[str]:
    """Give the words of a text, without numbers, which number items and links in plain text."""
    return {word for word in re.findall(r"\w+", text.replace("_", " ")) if not word.isdigit()}


def issue(**parts: Any) -> str:  # noqa: ANN401  # raw data of an issue
    """Write an issue as YAML, which JSON is a part of."""
    usual = {"title": "T", "subject": "S", "preheader": "P", "date": "2026-12-01"}
    return json.dumps({**usual, **parts}, ensure_ascii=False)


ITEMS = st.fixed_dictionaries(
    {"title": WORDS},
    optional={
        "kicker": WORDS,
        "text": WORDS,
        "date": st.dates().map(str),
        "topics": st.lists(WORDS, max_size=2),
        "countries": st.lists(st.sampled_from(["BE", "CI", "CV"]), max_size=2),
        "links": st.lists(WORDS.map(lambda word: {"label": word, "url": "https://a.example/x"})),
        "image": WORDS.map(lambda word: {"src": "a.png", "alt": word, "caption": word}),
    },
)


def _speakable(text: str) -> bool:
    return bool(text.strip()) and "[[infomail:" not in text and "{name}" not in text


@given(items=st.lists(ITEMS, min_size=1, max_size=3), letter=WORDS)
@COMPOSING
def test_all_parts_say_the_same(composed: Any, items: list[dict[str, Any]], letter: str) -> None:  # noqa: ANN401
    """Every word and every link of the mail stands in the text and on the page."""
    if not all(map(_speakable, _strings([letter, items]))):
        return
    edition = _composed_or_rejected(composed, issue(letter={"text": letter}, news=items))
    mail, page = visible(edition.html), visible(edition.page)
    text = unflowed(edition.text)

    assert words_of("".join(mail.words)) - words_of(text) == set()
    assert {url for url in mail.links if url not in text} == set()
    assert words_of("".join(page.words)) - words_of("".join(mail.words)) <= {
        "Skip", "to", "the", "content",
    }  # fmt: skip


def _composed_or_rejected(composed: Any, text: str) -> Edition:  # noqa: ANN401
    """Compose, passing over what load refuses with a finding: two equal titles, a dead link."""
    try:
        edition: Edition = composed(text)
    except IssueError:
        reject()
    return edition


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _strings(inner)]
    return [text for inner in value for text in _strings(inner)] if isinstance(value, list) else []


@given(title=WORDS)
@COMPOSING
@example(title="[[not a slot]]")
def test_a_hostile_title_comes_out_as_itself(composed: Any, title: str) -> None:  # noqa: ANN401
    """Whatever stands in a title, readers see exactly that, in mail, page and text."""
    if not _speakable(title):
        return
    item = {"title": title, "image": {"src": "a.png", "alt": title}}
    edition: Edition = composed(issue(news=[item]))
    wanted = folded(edition_title(title))

    for html in (edition.html, edition.page):
        seen = visible(html)
        assert wanted in {folded(heading) for heading in seen.headings}
        assert wanted in {folded(alt) for alt in seen.alts}
    assert wanted in folded(unflowed(edition.text))


def edition_title(title: str) -> str:
    """Give the title as load keeps it: one line, in normal form C."""
    from infomail.model.issue import Item  # noqa: PLC0415

    return Item.model_validate({"title": title}).title


@given(title=WORDS)
@COMPOSING
@example(title='The "new" pact \\ of <Rabat> & more')
@example(title='x" onmouseover="alert(1)" style="position:fixed')
def test_a_hostile_issue_title_stays_in_its_attribute(composed: Any, title: str) -> None:  # noqa: ANN401
    """The title of an issue cannot break out of the label that the compiler makes of it."""
    if not _speakable(title):
        return
    edition: Edition = composed(issue(title=title, news=[{"title": "x"}]))
    root = parser.document_fromstring(edition.html)
    [article] = [div for div in root.iter("div") if div.get("role") == "article"]
    wanted = folded(f"{edition_title(title)} – Monthly Update")

    assert folded(article.get("aria-label", "")) == wanted
    assert folded(root.findtext(".//title") or "") == wanted
    assert not [name for name in article.keys() if str(name).startswith("on")]  # noqa: SIM118  # lxml's


def test_a_slot_that_nobody_fills_is_refused(composed: Any) -> None:  # noqa: ANN401
    """However a slot is smuggled into an issue, no edition with it is made."""
    for smuggled in (r"[[infomail\:xyz]]", "[[infomail&#58;name]]", "[[infomail:name]]"):
        with pytest.raises(InfomailError):
            composed(issue(letter={"text": smuggled}))


@given(prose=WORDS)
@COMPOSING
def test_hostile_prose_never_becomes_a_tag(composed: Any, prose: str) -> None:  # noqa: ANN401
    """No prose makes an element or an attribute that could act, in mail or page."""
    if not _speakable(prose):
        return
    edition = _composed_or_rejected(composed, issue(letter={"text": prose}))

    for html in (edition.html, edition.page):
        tags = re.findall(r"<([a-zA-Z]+)([^<>]*)", re.sub("<script type=.*?</script>", "", html))
        assert not {name.lower() for name, _ in tags} & {"script", "iframe", "object", "form"}
        assert not [rest for _, rest in tags if re.search(r"""\son\w+\s*=(?=[^"]*$)""", rest)]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_survive_right_to_left(composed: Any, hostile: str) -> None:  # noqa: ANN401
    """In an Arabic edition too, hostile words come out as themselves."""
    text = issue(news=[{"id": "a", "title": "Title"}])
    words = json.dumps(
        {"title": "ع", "subject": "م", "preheader": "ن", "news": [{"id": "a", "title": hostile}]},
        ensure_ascii=False,
    )
    edition: Edition = composed(text, words, "ar")
    wanted = folded(edition_title(hostile))

    assert wanted in {folded(heading) for heading in visible(edition.html).headings}
    assert wanted in folded(unflowed(edition.text))


@given(prose=st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1))
@COMPOSING
def test_no_text_line_is_too_wide(composed: Any, prose: str) -> None:  # noqa: ANN401
    """No line of the text part is wider than 72 cells, unless one word alone is."""
    if not _speakable(prose):
        return
    edition = _composed_or_rejected(composed, issue(letter={"text": prose}))

    for line in edition.text.split("\n"):
        assert cells(line.rstrip(" ")) <= WIDTH or " " not in line.strip(" ")
