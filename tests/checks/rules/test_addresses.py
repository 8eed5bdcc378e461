"""A link whose address does not work, or looks like a trap, is found."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infomail.checks import Proof
from infomail.checks.parsed.hosts import host_of, ip_of, is_disguised, is_private
from infomail.checks.rules.addresses import RULES, url_absolute, url_mismatch
from infomail.model.finding import Finding

ISSUE, NEWSLETTER = "issues/2030-05.yaml", "newsletter.yaml"
TEMPLATE = "templates/mail.mjml:1:1"
PLAN = "https://example.org/plan"
PORTS = "(https://example.org/ports)"
PLAN_PLACE, PORTS_PLACE = f"{ISSUE}:28:33", f"{ISSUE}:21:28"

Change = tuple[str, str, str]
Spoil = Callable[..., Proof]

CASES = [
    ("url-absolute", ("mail.mjml", "{{ view.view_url }}", "archive.html"), TEMPLATE),
    ("url-absolute", ("mail.mjml", "{{ view.view_url }}", "//news.example.org/"), TEMPLATE),
    ("url-absolute", ("mail.mjml", "{{ view.view_url }}", "#"), TEMPLATE),
    ("url-absolute", ("mail.mjml", "{{ view.view_url }}", ""), TEMPLATE),
    ("url-absolute", ("mail.mjml", "#{{ section.anchor }}", "#no-{{ section.anchor }}"), TEMPLATE),
    ("url-absolute", ("mail.mjml", "{{ view.view_url }}", "https://x.org/*|UNIQID|*"), TEMPLATE),
    ("url-absolute", ("issue", PLAN, "https://localhost:8000/plan"), PLAN_PLACE),
    ("url-absolute", ("issue", PLAN, "https://intranet/plan"), PLAN_PLACE),
    ("url-absolute", ("issue", PLAN, "https://files.corp/plan"), PLAN_PLACE),
    ("url-absolute", ("issue", PLAN, "https://192.168.0.7/plan"), PLAN_PLACE),
    ("url-absolute", ("issue", PORTS, "(https://ports.org/%%NAME%%)"), PORTS_PLACE),
    ("url-http", ("issue", PLAN, "http://example.org/plan"), PLAN_PLACE),
    ("url-http", ("issue", PORTS, "(http://example.org/ports)"), PORTS_PLACE),
    ("url-scheme", ("mail.mjml", "{{ view.view_url }}", "file:///C:/mail.html"), TEMPLATE),
    ("mailto-encoded", ("issue", PLAN, "mailto:plan@example.org?subject=Q&A"), PLAN_PLACE),
    ("mailto-encoded", ("issue", PLAN, "mailto:plan@example.org?subject=When?"), PLAN_PLACE),
    ("mailto-encoded", ("issue", PLAN, "mailto:plan.example.org"), PLAN_PLACE),
    (
        "mailto-encoded",
        ("mail.mjml", "{{ view.home_url }}", "mailto:a@b.org?subject=a b"),
        TEMPLATE,
    ),
    ("url-shortener", ("issue", PLAN, "https://bit.ly/3abc"), PLAN_PLACE),
    ("url-shortener", ("issue", PORTS, "(https://www.tinyurl.com/x)"), PORTS_PLACE),
    ("url-ip", ("issue", PLAN, "https://93.184.216.34/plan"), PLAN_PLACE),
    ("url-ip", ("issue", PLAN, "https://[2606:2800:220:1::1]/plan"), PLAN_PLACE),
    ("url-punycode", ("issue", PLAN, "https://xn--exmple-cua.org/plan"), PLAN_PLACE),
    ("url-punycode", ("issue", PLAN, "https://exаmple.org/plan"), PLAN_PLACE),
    ("url-punycode", ("issue", PLAN, "https://а.com/"), PLAN_PLACE),
    ("url-punycode", ("issue", PLAN, "https://www.раура.org/plan"), PLAN_PLACE),
    ("url-mismatch", ("issue", "[five first ports]", "[www.ports.int]"), f"{ISSUE}:21:25"),
    ("url-mismatch", ("issue", PLAN, "https://a.org@evil.org/"), PLAN_PLACE),
    ("url-mismatch", ("issue", PLAN, "https://user:pw@evil.org/"), PLAN_PLACE),
    ("url-absolute", ("html", f'href="{PLAN}"', 'href="tel:"'), TEMPLATE),
    ("url-absolute", ("html", f'href="{PLAN}"', 'href="sms:?body=Call%20112"'), TEMPLATE),
    ("url-absolute", ("html", "</body>", '<area href="page.html" alt="A"></body>'), TEMPLATE),
    ("url-http", ("html", "</body>", '<area href="http://a.org/" alt="A"></body>'), TEMPLATE),
    ("url-long", ("mail.mjml", "{{ view.view_url }}", "https://a.org/?q=" + "x" * 2000), TEMPLATE),
]
_COMPANIONS = ("text-parity", "merge-left", "url-scheme", "view-online")


@pytest.mark.parametrize(("code", "change", "place"), CASES)
def test_a_planted_fault_is_found(
    convicts: Callable[..., Finding], code: str, change: Change, place: str
) -> None:
    """Each fault is found by its own rule, at the address to mend."""
    convicts(code, change, place, also=_COMPANIONS)


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "2130706433", "0x5DB8D822", "0135.0270.55330"])
def test_a_number_that_hides_is_found(convicts: Callable[..., Finding], host: str) -> None:
    """Browsers read short, hexadecimal and octal numbers as those of machines."""
    convicts("url-ip", ("issue", PLAN, f"https://{host}/"), PLAN_PLACE, also=("url-absolute",))


@pytest.mark.parametrize(("language", "place"), [("fr", "20:31"), ("ar", "20:26")])
def test_an_address_is_named_where_it_stands(
    convicts: Callable[..., Finding], language: str, place: str
) -> None:
    """A link in prose is mended in the translation that holds it."""
    change = (language, PORTS, "(http://example.org/ports)")
    convicts("url-http", change, f"issues/2030-05.{language}.yaml:{place}", language=language)


@pytest.mark.parametrize(
    ("part", "old", "new", "place"),
    [
        ("issue", "https://example.org/tender", "http://example.org/tender", f"{ISSUE}:61:14"),
        ("issue", "https://example.org/study-fr", "http://example.org/study-fr", f"{ISSUE}:49:64"),
        (
            "newsletter",
            "https://linkedin.example.org",
            "http://linkedin.example.org",
            f"{NEWSLETTER}:30:12",
        ),
    ],
)
def test_addresses_of_buttons_and_footers_are_judged(
    spoilt: Spoil, part: str, old: str, new: str, place: str
) -> None:
    """A button, a language version and a social link have their addresses in a file as well."""
    proof = spoilt((part, old, new))
    places = [
        str(proof.finding(rule, fault).place) for rule in RULES for fault in rule.judge(proof)
    ]
    assert places == [place]


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a%20b?x=1&y=2#part",
        "mailto:plan@example.org",
        "mailto:plan@example.org?subject=Q%26A&body=One%20line",
        "mailto:a@example.org,b@example.org",
        "mailto:?subject=Read%20this",
        "tel:+32470123456",
        "TEL:%2B32%20470",
        "sms:+32470123456?body=Hello",
        "https://example.org/@plan?to=a@b.org",
        "https://пример.рф/",
        "https://оса.рф/",
        "https://оса.ru/",
        "https://1.2.3.4.5/",
        "https://0x7g.1.example.org/",
        "https://bit.lyon.org/",
        "https://münchen.org/plan",
        "https://1.1.1.1.example.org/",
    ],
)
def test_good_addresses_are_no_fault(spoilt: Spoil, address: str) -> None:
    """What mail programs open, whatever the kind, is left alone."""
    proof = spoilt(("html", f'href="{PLAN}"', f'href="{address.replace("&", "&amp;")}"'))
    assert address in {link.attributes["href"] for link in proof.mail.links}
    assert [fault for rule in RULES for fault in rule.judge(proof)] == []


def test_examples_are_a_fault_of_a_real_newsletter_only(spoilt: Spoil) -> None:
    """A newsletter on a real host must not link to example.org; the sample itself may."""
    proof = spoilt(("newsletter", "https://news.example.org/monthly/", "https://news.iom.int/"))
    faults = list(url_absolute.judge(proof))
    assert faults[0].message == "the link to https://example.org/praia is only an example"
    assert faults[0].path == ("letter", "text")
    assert not list(url_absolute.judge(spoilt(("html", "</h1>", " </h1>"))))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("example.org", False),
        ("https://www.example.org/other", False),
        ("www.example.org", False),
        ("https://example.com", True),
        ("iom.int", True),
        ("Node.js", False),
        ("report.pdf", False),
        ("At iom.int", False),
    ],
)
def test_words_are_compared_if_they_are_a_host(spoilt: Spoil, words: str, found: bool) -> None:  # noqa: FBT001
    """Only words that are an address and nothing else can mislead."""
    proof = spoilt(("html", ">Read the common plan<", f">{words}<"))
    assert bool(list(url_mismatch.judge(proof))) is found


def test_the_same_bad_address_in_a_template_is_one_finding(spoilt: Spoil) -> None:
    """A template whose contents list is broken is one fault, however long the list."""
    proof = spoilt(("mail.mjml", "#{{ item.anchor }}", "#no-{{ item.anchor }}"))
    messages = [fault.message for fault in url_absolute.judge(proof)]
    assert len(messages) == 1
    assert messages[0].endswith(" (and 5 more)")


def test_hosts_are_judged_by_their_shape() -> None:
    """Numbers, single names and mixed alphabets are told from ordinary hosts."""
    assert is_private("10.0.0.1")
    assert is_private("printer.local")
    assert not is_private("8.8.8.8")
    assert not is_private("localhost.example.org")
    assert is_disguised("раypal.org")  # Cyrillic and Latin
    assert not is_disguised("日本のニュース.jp")
    assert not is_disguised("президент.рф")
    assert not is_disguised("пример.com")
    assert not is_disguised("日本.com")


def test_hosts_are_read_as_browsers_do() -> None:
    """A backslash ends a host, and letters of other widths are the plain ones."""
    assert host_of(r"https://a.org\@evil.org/") == "a.org"
    assert host_of(r"https://evil.org?\@a.org/") == "evil.org"
    assert host_of("https://１２７。0.0.1/") == "127.0.0.1"
    assert host_of("https://%61.org/") == "a.org"


@settings(max_examples=50)
@given(st.text("0x17f.89a", max_size=14))
def test_any_host_is_a_number_or_none(host: str) -> None:
    """Whatever looks like a number is read without trouble."""
    address = ip_of(host)
    assert address is None or host.count(".") <= 3


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40))
def test_no_address_is_too_strange(spoilt_html: Callable[[str], Proof], href: str) -> None:
    """Whatever stands in href, the rules give an answer and never an exception."""
    proof = spoilt_html(href)
    assert all(fault.remedy for rule in RULES for fault in rule.judge(proof))


@pytest.fixture(scope="module")
def spoilt_html(clean: Callable[[str], Proof]) -> Callable[[str], Proof]:
    """Give the clean edition with one link's address replaced."""

    def spoil(href: str) -> Proof:
        proof = clean("en")
        text = proof.edition.html.replace(PLAN, html.escape(href))
        edition = dataclasses.replace(proof.edition, html=text, origins=())
        return dataclasses.replace(proof, edition=edition)

    return spoil
