"""What the tests of signing share: a letter, keys, and their records in DNS."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from collections.abc import Callable

import pytest

from infomail.dkim import DnsRecord, PrivateKey, Signer, dns_record, make_key, read_key
from infomail.letter import Personal, Unsigned, compile_letter
from infomail.load import SourceText, parse_newsletter
from infomail.model.edition import NAME_SLOT, PREFERENCES_SLOT, UNSUBSCRIBE_SLOT, StagedMail

DOMAIN = "example.org"
AT = 1_732_000_000
NEWSLETTER = parse_newsletter(
    SourceText(
        "newsletter.yaml",
        """\
name: Monthly Update
organisation: Example Organisation
sender: {name: "Büro, Monthly", address: news@example.org}
languages: [en]
list_id: monthly.example.org
public_url: https://news.example.org/
postal_address: Example Street 1
reason: You subscribed.
""",
    )
)
LINKS = f"{NAME_SLOT} {UNSUBSCRIBE_SLOT} {PREFERENCES_SLOT}\n"
MAIL = StagedMail(
    slug="2024-11",
    language="en",
    subject="What happened in November: two  spaces, café, and words enough for a second line",
    date=datetime.date(2024, 11, 20),
    url="https://news.example.org/2024-11/",
    name_fallback="reader",
    html=f"<p>Dear {LINKS}  two \t spaces </p>\n\n" + "<p>more text, and more</p>\n" * 50,
    text=f"Dear {LINKS} \n\nmany \nlines\n",
    digest=hashlib.sha256(b"sample").hexdigest(),
)
PERSONAL = Personal(
    address="ana@example.org",
    name="Ana Example",
    key="3f2a91-1a2b-0123456789abcdef0123",
    leave_url="https://news.example.org/leave/1a2b-0123456789abcdef01234567",
    preferences_url="https://news.example.org/preferences/1a2b-89abcdef0123456701234567",
    date="Wed, 20 Nov 2024 09:00:00 +0000",
    leave_mailto="mailto:leave@example.org?subject=leave%201a2b-0123",
)

Write = Callable[..., Unsigned]


@pytest.fixture(scope="session")
def keys() -> dict[str, PrivateKey]:
    """A key of each kind, by its selector."""
    return {
        "rsa": read_key(make_key("rsa"), "the RSA key"),
        "ed": read_key(make_key("ed25519"), "the Ed25519 key"),
    }


@pytest.fixture(scope="session")
def records(keys: dict[str, PrivateKey]) -> tuple[DnsRecord, ...]:
    """What DNS says of the keys."""
    return tuple(dns_record(selector, DOMAIN, key) for selector, key in keys.items())


@pytest.fixture(scope="session")
def signers(keys: dict[str, PrivateKey]) -> tuple[Signer, ...]:
    """A signer for each key."""
    return tuple(Signer(DOMAIN, selector, key) for selector, key in keys.items())


@pytest.fixture(scope="session")
def write() -> Write:
    """Write an unsigned letter: keywords change the edition or the subscriber."""

    def unsigned(**changes: str) -> Unsigned:
        own = {name: text for name, text in changes.items() if name in Personal._fields}
        staged = {name: text for name, text in changes.items() if name not in own}
        mail = dataclasses.replace(MAIL, **staged)  # type: ignore[arg-type]  # all are str
        return compile_letter(mail, NEWSLETTER).fill(PERSONAL._replace(**own))

    return unsigned


@pytest.fixture(scope="session")
def sign(signers: tuple[Signer, ...]) -> Callable[[Unsigned], bytes]:
    """Sign a letter with both keys."""

    def signed(letter: Unsigned) -> bytes:
        given = (letter.shared, letter.own, letter.body_digest(), AT)
        return letter.letter(b"".join(signer.signature(*given) for signer in signers))

    return signed


@pytest.fixture(scope="session")
def signed(write: Write, sign: Callable[[Unsigned], bytes]) -> bytes:
    """A letter signed with both keys."""
    return sign(write())
