"""What Gmail and other mail programs drop or refuse is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from infomail.checks import Proof, Rule
from infomail.checks.rules import clients
from infomail.checks.rules.unsupported import FEATURES, css_unsupported
from infomail.model.finding import Finding, Severity

MAIL = "templates/mail.mjml:1:1"
PAGE = "templates/page.html:1:1"
STYLE = "</style>"
END = "</body>"
LOADED = ".a{background:url(https://example.org/a.png)}"
NESTED = "@media screen{@media print{.nobody{margin:0}}}"
FONT = "@font-face{font-family:A;src:url(https://fonts.example.net/a.woff2)}"

CASES = [
    ("style-16k", ("html", STYLE, ".a{margin:0}" * 1400 + STYLE), MAIL),
    ("css-nested-at", ("html", STYLE, NESTED + STYLE), MAIL),
    ("css-in-body", ("html", END, "<style>p{margin:0}</style>" + END), MAIL),
    ("css-unsupported", ("mail.css", ".lead {", ".lead { position: absolute;"), MAIL),
    ("css-unsupported", ("html", END, '<svg width="1" height="1"></svg>' + END), MAIL),
    ("css-url-in-style", ("html", STYLE, LOADED + STYLE), MAIL),
    ("active-content", ("html", END, "<script>1</script>" + END), MAIL),
    ("active-content", ("html", "<body", '<body onload="go()"'), MAIL),
    ("active-content", ("page", END, "<script>1</script>" + END), PAGE),
    ("active-content", ("page", "<body", '<body onload="go()"'), PAGE),
    ("external-css", ("html", "</head>", '<link rel="stylesheet" href="a.css"></head>'), MAIL),
    ("external-css", ("html", STYLE, FONT + STYLE), MAIL),
    ("external-css", ("page", STYLE, FONT + STYLE), PAGE),
    ("class-names", ("html", 'class="thumb', 'class="sm:thumb'), MAIL),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change", "place"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: tuple[str, str, str], place: str
) -> None:
    """Each fault is found by its own rule, once, at the template, and is no other rule's error."""
    convicts(code, change, place)


def _judged(
    rule: Rule, clean: Callable[[str], Proof], html: str = "<p>one", page: str = "<p>one"
) -> list[tuple[str, Severity]]:
    proof = clean("en")
    edition = dataclasses.replace(proof.edition, html=html, page=page, origins=())
    faults = rule.judge(dataclasses.replace(proof, edition=edition))
    return [(fault.message, fault.severity or rule.severity) for fault in faults]


@pytest.mark.parametrize(
    ("sizes", "severities"),
    [
        ((8_192, 8_192), []),
        ((8_193,), [Severity.WARNING]),
        ((8_192, 8_192, 1), [Severity.ERROR]),
        ((16_385,), [Severity.ERROR]),
    ],
)
def test_css_is_measured_in_bytes(
    clean: Callable[[str], Proof], sizes: tuple[int, ...], severities: list[Severity]
) -> None:
    """16,384 bytes in all and 8,192 in one style element are allowed, in UTF-8."""
    html = "".join(f"<style>{'é' * (size // 2)}{'x' * (size % 2)}</style>" for size in sizes)
    judged = _judged(clients.style_16k, clean, f"<head>{html}</head>")

    assert [severity for _, severity in judged] == severities


@pytest.mark.parametrize(
    ("html", "severity"),
    [
        ('<p style="position:fixed">', Severity.ERROR),
        ('<p style="display:flex">', Severity.ERROR),
        ('<p style="display:inline-grid">', Severity.ERROR),
        ('<p style="color:var(--a)">', Severity.ERROR),
        ("<style>@media screen{p{display:flex}}</style>", Severity.WARNING),
        ("<style>p::before{content:'a'}</style>", Severity.WARNING),
        ('<p style="width:calc(100% - 2px)">', Severity.WARNING),
        ('<p style="font-size:1.2rem">', Severity.WARNING),
        ('<p style="margin-inline-start:2px">', Severity.WARNING),
        ('<p style="box-shadow:0 0 2px #000">', Severity.INFO),
        ('<p style="background:linear-gradient(#000,#111)">', Severity.INFO),
        ('<img src="a.png" srcset="b.png 2x">', Severity.INFO),
        ("<ruby>one</ruby>", Severity.WARNING),
    ],
)
def test_what_programs_lack_is_found(
    clean: Callable[[str], Proof], html: str, severity: Severity
) -> None:
    """Structure is an error, what readers notice a warning, ornament information."""
    assert [found for _, found in _judged(css_unsupported, clean, html)] == [severity]


@pytest.mark.parametrize(
    "html",
    [
        '<p style="position:static;display:block;transform:none;box-shadow:none">',
        '<p style="position:relative;min-width:20px;border-radius:3px;float:left">',
        "<p style=\"font-family:'calc(x) 2rem';background:url(calc(1).png)\">",
        "<style>@supports (display:grid){p{display:grid}}</style>",
        "<style>a:hover,a:not(.b),p>a[href]{color:red}</style>",
    ],
)
def test_what_all_programs_know_is_not_found(clean: Callable[[str], Proof], html: str) -> None:
    """Values that do nothing, words in quotation marks and @supports are no fault."""
    assert _judged(css_unsupported, clean, html) == []


def test_the_message_names_programs_and_page(clean: Callable[[str], Proof]) -> None:
    """Staff learn who does not see it, and where that is written."""
    proof = clean("en")
    html = '<p style="position:fixed"><b style="position:absolute">'
    edition = dataclasses.replace(proof.edition, html=html, origins=())
    (fault,) = css_unsupported.judge(dataclasses.replace(proof, edition=edition))

    assert fault.message == (
        "the mail uses position in 2 places, which Gmail and Outlook on Windows do not know"
    )
    assert fault.remedy == "do without it (caniemail.com/features/css-position)"


def test_every_feature_says_who_lacks_it() -> None:
    """Each row of the table names several programs, and each has a name of its own."""
    assert len(FEATURES) >= 25
    assert all(len(feature.clients) > 1 and feature.name for feature in FEATURES.values())
    assert len({feature.name for feature in FEATURES.values()}) == len(FEATURES)


@pytest.mark.parametrize(
    "html",
    [
        "<form></form>",
        "<iframe></iframe>",
        "<object></object>",
        "<embed>",
        "<video></video>",
        "<audio></audio>",
        '<base href="https://example.org/">',
        '<meta http-equiv="Refresh" content="0;url=a">',
        '<a href=" java\nscript:go()">one</a>',
        '<a href="&#106;avascript:go()">one</a>',
        '<a href="VBScript:go()">one</a>',
        '<img src="data:text/html,one">',
        '<p OnClick="go()">one</p>',
    ],
)
def test_whatever_runs_is_found(clean: Callable[[str], Proof], html: str) -> None:
    """What runs, sends or plays is one error in the mail, however it is disguised."""
    judged = _judged(clients.active_content, clean, f"<body>{html}</body>")

    assert [severity for _, severity in judged] == [Severity.ERROR]


def test_active_content_cannot_be_silenced() -> None:
    """Readers' safety depends on it."""
    assert clients.active_content.firm


@pytest.mark.parametrize(
    "page",
    [
        '<script type="application/ld+json">{}</script>',
        '<form action="/search"><input name="q"></form><video src="a.mp4"></video>',
        '<p data-on="1"><a href="https://example.org/?q=javascript:">one</a></p>',
    ],
)
def test_what_does_not_run_in_a_page_is_right(clean: Callable[[str], Proof], page: str) -> None:
    """Data for search engines, forms and players may stand in the web view."""
    assert _judged(clients.active_content, clean, page=page) == []


@pytest.mark.parametrize(
    ("rule", "html"),
    [
        (
            clients.css_nested_at,
            "<style>@media print{p{margin:0}}@media screen{p{margin:0}}</style>",
        ),
        (
            clients.css_in_body,
            "<html><head><style>p{margin:0}</style></head><body>one</body></html>",
        ),
        (clients.css_url_in_style, "<p style='background:url(data:image/png;base64,AA==)'>one"),
        (clients.css_url_in_style, f"<style>{FONT}</style>"),
        (clients.external_css, '<link rel="icon" href="a.png"><style>@media print{p{}}</style>'),
        (clients.class_names, '<p class="a-b c_D 9">one'),
    ],
)
def test_what_gmail_keeps_is_not_found(
    clean: Callable[[str], Proof], rule: Rule, html: str
) -> None:
    """Near each fault stands what is none."""
    assert _judged(rule, clean, html) == []


def test_imported_css_is_found_in_mail_and_page(clean: Callable[[str], Proof]) -> None:
    """An @import is told with its address, in both documents."""
    css = "<style>@import url('https://example.net/a.css');</style>"
    judged = _judged(clients.external_css, clean, css, css)

    assert [message for message, _ in judged] == [
        "the mail loads the style sheet https://example.net/a.css",
        "the web view loads the style sheet https://example.net/a.css",
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        "<!--[if mso]><script>1</script><![endif]-->",
        "<!--[if mso]><form></form><![endif]-->",
        '<!--[if mso]><v:rect href="javascript:x"></v:rect><![endif]-->',
        "<input>",
        "<button>x</button>",
        "<select></select>",
        '<p style="width:expression(1)">x</p>',
    ],
)
def test_nothing_runs_for_outlook_alone(convicts: Callable[..., Finding], hidden: str) -> None:
    """What only Outlook reads is looked at as well, and every kind of form."""
    also = ("vml-alt", "mso-balanced", "lang-body-child", "dir-body-child")
    convicts("active-content", ("html", "</body>", f"{hidden}</body>"), MAIL, also=also)
