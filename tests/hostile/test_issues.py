"""Broken and malicious issues are refused with a finding, or what they carry stays mere words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

ISSUE: dict[str, Any] = {
    "title": "May",
    "subject": "What happened in May, and what comes next",
    "preheader": "What ministers agreed in Praia, and what to apply for",
    "date": "2030-05-15",
    "letter": {"greeting": "Dear {name},", "text": "We met.", "signature": "The team"},
    "spotlight": {
        "heading": "In the light",
        "theme": "Harbours",
        "intro": "Three things.",
        "items": [
            {
                "title": "What ministers agreed",
                "kicker": "Praia",
                "text": "They signed.",
                "topics": ["Ports"],
                "image": {
                    "src": "assets/fine.png",
                    "alt": "A harbour",
                    "caption": "The port",
                    "credit": "Photo: A. B.",
                },
                "links": [{"label": "Read the plan", "url": "https://example.org/plan"}],
            }
        ],
        "more": {"label": "All plans", "url": "https://example.org/plans"},
    },
    "publications": [
        {
            "title": "Left behind",
            "kind": "Study",
            "authors": ["A. Diallo"],
            "languages": {"en": "https://example.org/study.pdf"},
        }
    ],
    "calls": [
        {
            "title": "Interpreters",
            "kind": "tender",
            "deadline": "2030-06-20",
            "reference": "2030/12",
            "location": "Dakar",
            "apply": "https://example.org/apply",
        }
    ],
    "events": [
        {
            "title": "Conference",
            "start": "2030-06-04",
            "place": "Lisbon",
            "online": "https://example.org/live",
            "registration": "https://example.org/register",
        }
    ],
}
WORDS = [
    "title",
    "subject",
    "preheader",
    "letter.greeting",
    "letter.text",
    "letter.signature",
    "spotlight.heading",
    "spotlight.theme",
    "spotlight.intro",
    "spotlight.items.0.title",
    "spotlight.items.0.kicker",
    "spotlight.items.0.text",
    "spotlight.items.0.topics.0",
    "spotlight.items.0.image.alt",
    "spotlight.items.0.image.caption",
    "spotlight.items.0.image.credit",
    "spotlight.items.0.links.0.label",
    "spotlight.more.label",
    "publications.0.kind",
    "publications.0.authors.0",
    "calls.0.reference",
    "calls.0.location",
    "events.0.place",
]
ADDRESSES = [
    "spotlight.items.0.links.0.url",
    "spotlight.more.url",
    "publications.0.languages.en",
    "calls.0.apply",
    "events.0.online",
    "events.0.registration",
]
MARKUP = "</title></style><script>alert(1)</script>\"'><img src=x onerror=alert(1)><svg/onload=x>"
MARKDOWN = '[x](javascript:alert(1)) <javascript:alert(1)> ![x](x" onerror="alert(1)) `</p>`'
EVIL_ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example.org/x",
    'https://example.org/"onmouseover="alert(1)',
    "https://example.org/\r\nBcc: all@example.org",
    "blob:https://example.org/x",
    "https://[::1",
]


def spoilt(path: str, value: object) -> str:
    """Write the issue with another value at a path, as YAML (of which JSON is a part)."""
    copy = json.loads(json.dumps(ISSUE))
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    node = copy
    for step in steps:
        node = node[step]
    node[last] = value
    return json.dumps(copy)


def test_the_issue_itself_is_fine(attack: Callable[..., Any]) -> None:
    """The issue that is attacked below is composed and staged as it is."""
    outcome = attack({"issues/2030-05.yaml": json.dumps(ISSUE)})
    assert "What ministers agreed" in outcome.staged("message.html")


@pytest.mark.parametrize("path", WORDS)
def test_markup_in_words_stays_words(attack: Callable[..., Any], path: str) -> None:
    """Tags in any field are shown as the characters they are, in mail, page and headers."""
    outcome = attack({"issues/2030-05.yaml": spoilt(path, MARKUP)})
    staged = outcome.staged("message.html") + outcome.staged("page.html")
    assert "&lt;script&gt;" in staged or path == "subject"
    assert "<script>alert" not in staged


@pytest.mark.parametrize("path", ["letter.text", "spotlight.intro", "spotlight.items.0.text"])
def test_a_dangerous_link_in_a_text_is_refused(attack: Callable[..., Any], path: str) -> None:
    """A link in a text that would run code is named; nothing is staged."""
    outcome = attack({"issues/2030-05.yaml": spoilt(path, MARKDOWN)})
    assert outcome.code == 1
    assert "javascript:alert(1)" in outcome.said
    assert outcome.staged("message.html") == ""


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("address", EVIL_ADDRESSES[:2])
def test_a_dangerous_address_is_refused(
    attack: Callable[..., Any], path: str, address: str
) -> None:
    """No field for an address takes one that runs code."""
    outcome = attack({"issues/2030-05.yaml": spoilt(path, address)})
    assert (outcome.code, outcome.staged("message.html")) == (1, "")


@pytest.mark.parametrize("address", EVIL_ADDRESSES)
def test_each_dangerous_address_is_refused(attack: Callable[..., Any], address: str) -> None:
    """However a dangerous address is spelled, it is named and nothing is staged."""
    outcome = attack({"issues/2030-05.yaml": spoilt("calls.0.apply", address)})
    assert (outcome.code, outcome.staged("message.html")) == (1, "")


@pytest.mark.parametrize("path", ["subject", "title", "preheader"])
@pytest.mark.parametrize(
    "words",
    [
        "x\r\nBcc: all@example.org",
        "x\nX-Evil: 1",
        "x\r\n\r\n<script>",
        "=?utf-8?q?x=0D=0AX-Evil:1?=",
    ],
)
def test_no_header_can_be_added(attack: Callable[..., Any], path: str, words: str) -> None:
    """Line breaks and encoded words in a field never begin a header of their own."""
    outcome = attack({"issues/2030-05.yaml": spoilt(path, f"May news {words}")})
    assert outcome.staged("message.eml").count("Subject: ") == 1


@pytest.mark.parametrize(
    "words",
    [
        "{{ 7*7 }}",
        "{% include '/etc/passwd' %}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ view.__init__.__globals__ }}",
        "{% for x in range(10**9) %}x{% endfor %}",
    ],
)
def test_template_code_in_words_is_not_run(attack: Callable[..., Any], words: str) -> None:
    """What looks like template code is text, and the check warns that it was left over."""
    outcome = attack({"issues/2030-05.yaml": spoilt("spotlight.items.0.text", words)})
    assert outcome.code == 1
    assert "merge-left" in outcome.said
    assert ">49<" not in outcome.staged("message.html")


@pytest.mark.parametrize(
    "words", ["[[infomail:unsubscribe_url]]", "[\\[infomail:name]]", "&#91;[infomail:name]]"]
)
@pytest.mark.parametrize("path", ["title", "letter.text", "spotlight.items.0.text"])
def test_nobody_can_write_a_slot(attack: Callable[..., Any], path: str, words: str) -> None:
    """A text cannot hold what a letter replaces by a subscriber's data."""
    outcome = attack({"issues/2030-05.yaml": spoilt(path, f"Hello {words}")})
    mail = outcome.staged("message.html")
    assert mail.count("[[infomail:name]]") <= 1
    assert mail.count("[[infomail:unsubscribe_url]]") <= 1


@pytest.mark.parametrize(
    "words",
    ["\ufdd20\ufdd3", "\ufdd29999\ufdd3", "\ufdd0\ufdd1", "\u202egnp.exe", "\x85", "\u2028"],
)
@pytest.mark.parametrize("path", ["title", "spotlight.items.0.text"])
def test_strange_characters_do_no_harm(attack: Callable[..., Any], path: str, words: str) -> None:
    """Marks, non-characters and separators in a text are refused or harmless."""
    outcome = attack({"issues/2030-05.yaml": spoilt(path, f"May {words} news")})
    for name in ("message.html", "message.txt", "page.html"):
        assert not {"\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"} & set(outcome.staged(name))


HEAD = "title: May\nsubject: What happened in May\npreheader: All of it\ndate: 2030-05-15\n"
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
BROKEN = {
    "empty": "",
    "only a comment": "# nothing\n",
    "a list": "- title: May\n",
    "a scalar": "May\n",
    "two documents": f"{HEAD}---\n{HEAD}",
    "billion laughs": f"{HEAD}{LAUGHS}",
    "alias to itself": f"{HEAD}news: &n [*n]\n",
    "deep flow": f"{HEAD}news: {'[' * 5000}{']' * 5000}\n",
    "deep block": HEAD + "".join(f"{' ' * depth}a:\n" for depth in range(200)),
    "open brackets": f"{HEAD}news: {'{' * 10_000}\n",
    "python object": f"{HEAD}news: !!python/object/apply:os.system ['true']\n",
    "merge keys": f"{HEAD}x: &x {{title: y}}\nnews:\n- <<: *x\n",
    "huge": HEAD + "news:\n" + "- {title: x}\n" * 100_000,
    "long line": f"{HEAD}letter: {{text: {'x' * 900_000}}}\n",
    "duplicate keys": f"{HEAD}title: June\n",
    "tabs": f"{HEAD}news:\n\t- title: x\n",
    "NUL": f'{HEAD}letter: {{text: "a\\0b"}}\n',
    "lone surrogate": f'{HEAD}letter: {{text: "\\ud800"}}\n',
    "not UTF-8": HEAD.encode() + b"letter: {text: \xff\xfe}\n",
    "UTF-16": HEAD.encode("utf-16"),
    "control characters": HEAD.encode() + b"letter: {text: \x1b]0;owned\x07}\n",
    "key with line breaks": f'{HEAD}"news\\r\\nX-Evil: 1": []\n',
    "number as title": "title: 1e999\nsubject: .inf\npreheader: 0x41\ndate: 2030-05-15\n",
    "date from nowhere": HEAD.replace("2030-05-15", "9999-99-99"),
    "year zero": HEAD.replace("2030-05-15", "0000-01-01"),
    "quadratic quotes": HEAD + "letter: {text: " + '"' * 20_000 + "}\n",
    "many links": f"{HEAD}letter:\n  text: {'[x](' * 4000}\n",
    "nested emphasis": f"{HEAD}letter:\n  text: {'*a **b ' * 2500}\n",
    "nested quotations": f"{HEAD}letter:\n  text: '{'>' * 9000} x'\n",
    "nested lists": HEAD
    + "letter:\n  text: |\n"
    + "".join(f"    {'  ' * d}- x\n" for d in range(120)),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_named_or_harmless(attack: Callable[..., Any], text: str | bytes) -> None:
    """Whatever stands in the file, a finding with its place comes out, or a harmless mail."""
    outcome = attack({"issues/2030-05.yaml": text})
    assert "issues/2030-05.yaml:" in outcome.said or outcome.staged("message.html")
    assert "\x1b]0;" not in outcome.said
