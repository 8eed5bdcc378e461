"""A letter says what the edition says, with a subscriber's own data in it, whatever that is."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import html
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infomail.errors import RefusedError, SettingsError
from infomail.letter import Personal, compile_letter
from infomail.letter.values import one_line
from infomail.model.edition import (
    NAME_SLOT,
    PREFERENCES_SLOT,
    SLOTS,
    UNSUBSCRIBE_SLOT,
    StagedMail,
)
from infomail.model.newsletter import Newsletter

Write = Callable[..., bytes]
Parse = Callable[[bytes], EmailMessage]

GOLDEN = Path(__file__).parent / "golden"
ARABIC = "النشرة الشهرية: أولويات مشتركة\n" * 3
HOSTILE = [
    "",
    ".",
    "..",
    ". hidden",
    "From here",
    "From",
    "> quoted",
    " leading",
    "trailing ",
    "two  spaces",
    "tab\tin it",
    "a\r\nBcc: thief@example.org",
    "a\n.\nQUIT",
    "a\rb\x0bc\x0cd\x85e\u2028f",
    "\0null",
    '"quoted"',
    "O'Neill & Sons <b>",
    "=?utf-8?q?Bcc:_x?=",
    "=20=",
    "--=_infomail_",
    "[[infomail:unsubscribe_url]]",
    "Zoë",
    "\u202eevil\u202c",
    "ﷺ عبد الله",
    "田中さくら",
    "👩‍👩‍👧‍👦 " * 12 + "!",
    "x" * 300,
    "é" * 300,
    "y " * 200,
    "\ud800 lone",
    "\U0010ffff\ufffe",
    "Smith, Jane",
    "(comment)",
    "back\\slash",
]
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("  .=->F\néä"))
NAMES = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=120), st.text("abc .<>=&\r\n\"'", max_size=90)
)
FRAGMENTS = st.lists(
    st.one_of(st.sampled_from([*SLOTS, "\n", " ", ".", "From ", "> ", "a", "\n\n", "é"]), TEXTS),
    max_size=25,
).map("".join)


def expected(source: str, personal: Personal, *, is_html: bool) -> str:
    """Fill a part the slow and plain way."""
    name = one_line(personal.name) or "reader"
    values = {
        NAME_SLOT: name,
        UNSUBSCRIBE_SLOT: personal.leave_url,
        PREFERENCES_SLOT: personal.preferences_url,
    }
    if is_html:
        values = {slot: html.escape(text) for slot, text in values.items()}
    elif name.startswith((">", "From")):
        source = re.sub(rf"(?m)^{re.escape(NAME_SLOT)}", f" {NAME_SLOT}", source)
    pattern = "|".join(map(re.escape, SLOTS))
    filled = re.sub(pattern, lambda found: values[found[0]], source)
    return filled.removesuffix("\n") + "\n"


def contents(mail: EmailMessage) -> list[str]:
    """Give what the parts say, with plain line feeds."""
    parts = [part for part in mail.iter_parts() if isinstance(part, EmailMessage)]
    return [part.get_content().replace("\r\n", "\n") for part in parts]


def body_of(raw: bytes) -> bytes:
    """Give what follows the header."""
    return raw.partition(b"\r\n\r\n")[2]


def assert_on_the_wire(raw: bytes) -> None:
    """Fail if a server could refuse or change the letter."""
    assert raw.isascii()
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")
    assert raw.endswith(b"\r\n")
    assert b"\0" not in raw
    lines = raw.split(b"\r\n")
    assert not any(line.startswith((b".", b"From ")) for line in lines)
    assert max(map(len, body_of(raw).split(b"\r\n"))) <= 76
    assert max(map(len, lines)) <= 998


def assert_canonical(body: bytes) -> None:
    """Fail if relaxed canonicalisation would change the body (RFC 6376 section 3.4.4)."""
    assert not re.search(rb"[ \t]\r\n|[ \t]{2}|\t|\r\n\r\n\Z", body)


class Case(NamedTuple):
    """An edition's parts, a name and what follows in links."""

    text: str
    source: str
    name: str
    query: str


CASES = st.builds(Case, FRAGMENTS, FRAGMENTS, NAMES, st.text("ab=&%.-/", max_size=99))


@pytest.mark.parametrize("filler", ["", "é" * 400], ids=["quoted-printable", "base64"])
@settings(deadline=None)
@given(case=CASES)
@example(case=Case(NAME_SLOT * 3, NAME_SLOT, "From me", ""))
@example(case=Case(f"a\n{NAME_SLOT}\n", NAME_SLOT, "> From", ""))
@example(case=Case(f"a {NAME_SLOT} b", f"\n{NAME_SLOT}\n", ".", "=" * 99))
def test_any_letter_says_what_it_should(
    write: Write, parse: Parse, personal: Personal, filler: str, case: Case
) -> None:
    """Whatever edition, name and links are, the decoded parts are the edition's, filled."""
    check_case(write, parse, personal, filler, case)


@pytest.mark.torture
@pytest.mark.parametrize("filler", ["", "é" * 400], ids=["quoted-printable", "base64"])
@settings(deadline=None, max_examples=5_000, derandomize=False)
@given(case=CASES)
def test_thousands_of_letters_say_what_they_should(
    write: Write, parse: Parse, personal: Personal, filler: str, case: Case
) -> None:
    """The same holds for thousands of letters, others each time."""
    check_case(write, parse, personal, filler, case)


def check_case(write: Write, parse: Parse, personal: Personal, filler: str, case: Case) -> None:
    """Fail if a letter is not what it should be."""
    url = f"https://news.example.org/leave/{case.query}"
    own = personal._replace(name=case.name, leave_url=url, preferences_url=f"{url}x")
    text, source = case.text + filler, case.source + filler

    raw = write(text=text, html=source, **own._asdict())

    assert contents(parse(raw)) == [
        expected(text, own, is_html=False),
        expected(source, own, is_html=True),
    ]
    assert_on_the_wire(raw)
    assert_canonical(body_of(raw))


@pytest.mark.parametrize("arabic", ["", ARABIC], ids=["quoted-printable", "base64"])
@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_does_harm(write: Write, parse: Parse, name: str, arabic: str) -> None:
    """A name stays in its places: it adds no header, no line of its own, no element."""
    raw = write(name=name, text=f"{NAME_SLOT}\n{arabic}", html=f"<p>{NAME_SLOT}</p>{arabic}")
    mail = parse(raw)
    text, source = contents(mail)
    words = one_line(name) or "reader"

    assert mail.keys() == parse(write()).keys()
    assert text.split("\n")[0].removeprefix(" ") == words
    assert source.split("\n")[0].startswith(f"<p>{html.escape(words)}</p>")
    assert [mailbox.addr_spec for mailbox in mail["To"].addresses] == ["ana@example.org"]
    assert_on_the_wire(raw)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"{NAME_SLOT}{NAME_SLOT}\n", b"\r\nAna Example=\r\nAna Example\r\n\r\n"),
        (f"{NAME_SLOT}\n.{NAME_SLOT}\n", b"\r\nAna Example\r\n=2E=\r\nAna Example\r\n\r\n"),
        (f"a {NAME_SLOT} b\n", b"\r\na=20=\r\nAna Example=\r\n b\r\n\r\n"),
    ],
)
def test_values_have_lines_of_their_own(write: Write, text: str, lines: bytes) -> None:
    """In quoted-printable, soft breaks stand where a value meets words, and nowhere else."""
    assert lines in write(text=text)


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
def test_both_encodings_are_used(write: Write, parse: Parse, encoding: str) -> None:
    """A part has the shorter encoding: base64 where most letters are beyond ASCII."""
    text = ARABIC if encoding == "base64" else "plain\n"
    parts = list(parse(write(text=text, html=text)).iter_parts())
    assert [part["Content-Transfer-Encoding"] for part in parts] == [encoding, encoding]


def test_a_person_without_a_name_is_called_as_the_newsletter_wants(
    write: Write, parse: Parse
) -> None:
    """Without a name the fallback stands in the letter, and the address alone in To."""
    mail = parse(write(name=" \r\n "))
    assert contents(mail)[0].startswith("Dear reader,")
    assert mail["To"] == "ana@example.org"


def test_a_test_letter_is_marked(
    mail: StagedMail, newsletter: Newsletter, personal: Personal, parse: Parse
) -> None:
    """The subject of a test letter says so."""
    template = compile_letter(mail, newsletter, is_test=True)
    filled = template.fill(personal).letter()
    assert parse(filled)["Subject"] == "[Test] What happened in November"


def test_a_corrected_test_letter_has_another_message_id(
    mail: StagedMail, newsletter: Newsletter, personal: Personal, parse: Parse
) -> None:
    """Mailboxes that hide what they have seen show the test of a corrected issue."""

    def message_id(staged: StagedMail, *, is_test: bool) -> str:
        letter = compile_letter(staged, newsletter, is_test=is_test).fill(personal).letter()
        return str(parse(letter)["Message-ID"])

    corrected = dataclasses.replace(mail, digest="0123456789abcdef" * 4)
    assert message_id(mail, is_test=True) != message_id(corrected, is_test=True)
    assert message_id(mail, is_test=False) == message_id(corrected, is_test=False)
    assert message_id(mail, is_test=False) == f"<2024-11.{personal.key}@example.org>"


def test_only_an_address_beyond_ascii_needs_smtputf8(write: Write) -> None:
    """Such an address stands raw in To (RFC 6532); everything else remains ASCII."""
    raw = write(address="δοκιμή@xn--jxalpdlp.example", name="Δοκιμή")
    line = next(line for line in raw.split(b"\r\n") if not line.isascii())
    assert line.decode().endswith(" <δοκιμή@xn--jxalpdlp.example>")
    assert raw.replace(line, b"").isascii()


@pytest.mark.parametrize(
    "address",
    [
        "a@b\r\nBcc: c@d",
        "a b@example.org\n",
        "a@exämple.org",
        "a>@example.org, <b@example.org",
        "a\0@example.org",
        "@example.org",
        "a@",
        "nobody",
        "a\u2028b@example.org",
        "ü\u202e@example.org\r",
        "x" * 250 + "@example.org",
    ],
)
def test_an_address_that_no_header_can_hold_is_refused(write: Write, address: str) -> None:
    """Nothing but an address gets into To; the person is named with the remedy."""
    with pytest.raises(RefusedError, match="correct or remove it"):
        write(address=address)


@pytest.mark.parametrize("address", ['"a b"@example.org', "a..b@example.org", "a.@example.org"])
def test_an_odd_local_part_is_quoted(write: Write, parse: Parse, address: str) -> None:
    """Local parts that are no dot-atom are quoted, and mean the same mailbox."""
    (mailbox,) = parse(write(address=address))["To"].addresses
    assert mailbox.username == address.rpartition("@")[0].strip('"')


@pytest.mark.parametrize("field", ["key", "leave_url", "date", "leave_mailto"])
def test_what_infomail_makes_cannot_break_a_line(write: Write, field: str) -> None:
    """A line break in a value that infomail itself made is a bug that stops the letter."""
    with pytest.raises(ValueError, match="no header can hold"):
        write(**{field: "x\r\nBcc: thief@example.org"})


def test_a_public_address_too_long_for_mail_is_refused(
    mail: StagedMail, newsletter: Newsletter
) -> None:
    """No line exceeds what servers take: the operator is told instead."""
    long = newsletter.model_copy(update={"public_url": f"https://example.org/{'x' * 930}/"})
    with pytest.raises(SettingsError, match="shorten the address"):
        compile_letter(mail, long)


@pytest.mark.parametrize("text", ["ascii\n", ARABIC], ids=["quoted-printable", "base64"])
def test_the_body_digest_is_that_of_the_letter(
    mail: StagedMail, newsletter: Newsletter, personal: Personal, text: str
) -> None:
    """The digest that begins with what letters share is the SHA-256 of the body that is sent."""
    staged = dataclasses.replace(mail, text=f"{text}{NAME_SLOT}\n", html=f"{text}{NAME_SLOT}\n")
    template = compile_letter(staged, newsletter)
    for name in ("Ana", "Zoë", ""):
        unsigned = template.fill(personal._replace(name=name))
        body = body_of(unsigned.letter())
        assert unsigned.body_digest() == hashlib.sha256(body).digest()


def test_the_same_person_gets_the_same_octets(
    mail: StagedMail, newsletter: Newsletter, personal: Personal
) -> None:
    """A letter that is written again, by another process say, is the same octet for octet."""
    first, second = compile_letter(mail, newsletter), compile_letter(mail, newsletter)
    other = personal._replace(name="Somebody Else")
    assert first.fill(personal).letter() == second.fill(personal).letter()
    assert first.fill(other).letter() != first.fill(personal).letter()
    assert first.fill(personal).letter() == second.fill(personal).letter()


LETTERS = {
    "plain": {"name": "Ana Example"},
    "base64": {
        "name": "عبد الله",
        "text": f"{NAME_SLOT}\n{ARABIC}",
        "html": f"{ARABIC}{NAME_SLOT}",
    },
    "smtputf8": {"name": "Smith, Jané", "address": "jané@example.org"},
    "nameless": {"name": "", "leave_mailto": "mailto:leave@example.org?subject=leave%201a2b-01"},
}


@pytest.mark.parametrize("name", LETTERS)
def test_letters_are_as_they_were(write: Write, name: str, *, update_golden: bool) -> None:
    """The sample letters are, octet for octet, the golden ones."""
    path, raw = GOLDEN / f"{name}.eml", write(**LETTERS[name])
    if update_golden:
        before = path.read_text("utf-8").splitlines() if path.exists() else []
        print("\n".join(difflib.unified_diff(before, raw.decode().splitlines(), lineterm="")))  # noqa: T201
        path.write_bytes(raw)
    assert raw == path.read_bytes()
