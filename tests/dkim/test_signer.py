"""A signature says what it must, and costs the shared part of letters only once."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from infomail.dkim import PrivateKey, Signer
from infomail.dkim.canonical import canonical
from infomail.letter import Unsigned

Write = Callable[..., Unsigned]

AT = 1_732_000_000
ONCE = ["from", "to", "cc", "reply-to", "subject", "date", "message-id"]


def tags(signature: bytes) -> dict[str, str]:
    """Give the tags of a signature, without white space (RFC 6376 section 3.2)."""
    value = re.sub(r"\s+", "", signature.decode("ascii").partition(":")[2])
    return dict(tag.split("=", maxsplit=1) for tag in value.split(";"))


@pytest.fixture
def signature(signers: tuple[Signer, ...], write: Write) -> Callable[[int], bytes]:
    """Sign the sample letter with the key of that number."""

    def sign(number: int) -> bytes:
        letter = write()
        return signers[number].signature(letter.shared, letter.own, letter.body_digest(), AT)

    return sign


@pytest.mark.parametrize(("number", "algorithm"), [(0, "rsa-sha256"), (1, "ed25519-sha256")])
def test_a_signature_says_how_it_was_made(
    signature: Callable[[int], bytes], number: int, algorithm: str
) -> None:
    """The tags name the algorithm, the domain, the key and the time, and nothing more."""
    said = tags(signature(number))
    selector = ("rsa", "ed")[number]
    assert list(said) == ["v", "a", "c", "d", "s", "h", "t", "bh", "b"]
    assert [said[tag] for tag in "vacdst"] == [
        "1",
        algorithm,
        "relaxed/relaxed",
        "example.org",
        selector,
        str(AT),
    ]
    assert len(base64.b64decode(said["b"])) == (256, 64)[number]


def test_every_field_is_signed_and_the_unique_ones_once_more(
    signature: Callable[[int], bytes], write: Write
) -> None:
    """Each field of the letter is in h=; those that may occur once, once more than they do."""
    letter = write()
    present = Counter(name.decode() for name in canonical(letter.own + letter.shared).names)
    named = Counter(tags(signature(0))["h"].split(":"))
    assert {"list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id"} <= set(present)
    assert {
        name: named[name] - present[name] for name in named if named[name] > present[name]
    } == dict.fromkeys([*ONCE, "mime-version", "content-type"], 1)
    assert present <= named


def test_both_signatures_sign_the_same_fields(signature: Callable[[int], bytes]) -> None:
    """RSA and Ed25519 protect the same fields and the same body."""
    first, second = tags(signature(0)), tags(signature(1))
    assert (first["h"], first["bh"]) == (second["h"], second["bh"])


def test_a_signature_is_short_lines(signature: Callable[[int], bytes]) -> None:
    """The field is ASCII in folded lines of at most 78 characters."""
    lines = signature(0).split(b"\r\n")
    assert lines.pop() == b""
    assert all(line.startswith(b" ") for line in lines[1:])
    assert max(map(len, lines)) <= 78
    assert not re.search(rb"[ \t]$", b"\n".join(lines), re.MULTILINE)


def test_ed25519_signs_the_same_each_time(signature: Callable[[int], bytes]) -> None:
    """What was prepared for one letter changes nothing in the next."""
    assert signature(1) == signature(1)
    assert signature(0) == signature(0)


def test_many_editions_are_signed_by_one_signer(keys: dict[str, PrivateKey], write: Write) -> None:
    """A signer keeps what a bounded number of editions share, and signs each of them right."""
    letters = [write(subject=f"Number {number}") for number in range(200)]
    signer = Signer("example.org", "ed", keys["ed"])
    for letter in (*letters, *letters[:3]):
        given = (letter.shared, letter.own, letter.body_digest(), AT)
        fresh = Signer("example.org", "ed", keys["ed"])
        assert signer.signature(*given) == fresh.signature(*given)
    assert len(signer._ready) <= 64


def test_threads_share_a_signer(keys: dict[str, PrivateKey], write: Write) -> None:
    """Letters of several editions signed at the same time are signed as one after the other."""
    signer = Signer("example.org", "ed", keys["ed"])
    letters = [write(subject=f"Number {number % 7}", name=f"{number}") for number in range(200)]

    def sign(letter: Unsigned) -> bytes:
        return signer.signature(letter.shared, letter.own, letter.body_digest(), AT)

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(sign, letters))
    assert together == [sign(letter) for letter in letters]


@pytest.mark.parametrize(
    ("header", "names", "fields"),
    [
        (b"A: X\r\nB : Y\t\r\n\tZ  \r\n", (b"b", b"a"), b"b:Y Z\r\na:X\r\n"),
        (b"Subject:\r\n folded \r\n \t twice\r\n", (b"subject",), b"subject:folded twice\r\n"),
        (b"Empty:\r\n", (b"empty",), b"empty:\r\n"),
        (b"Spaces:  a   b \r\n", (b"spaces",), b"spaces:a b\r\n"),
        (b"Twice: 1\r\nTwice: 2\r\n", (b"twice", b"twice"), b"twice:2\r\ntwice:1\r\n"),
        (b"", (), b""),
    ],
)
def test_a_header_is_read_as_the_standard_says(
    header: bytes, names: tuple[bytes, ...], fields: bytes
) -> None:
    """Relaxed canonicalisation gives the example of RFC 6376 section 3.4.5, from the bottom up."""
    assert canonical(header) == (names, fields)
