"""Every verifier there is takes our signatures, and no letter that was tampered with.

Verifiers that ask the network run in a network of their own, where nothing answers but a stub.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dkim
from infomail.dkim import REWRITTEN_BY_SES, DnsRecord, PrivateKey, Signer
from infomail.letter import Unsigned

HERE = Path(__file__).parent
NODE_MODULES = os.environ.get("NODE_PATH", str(HERE.parents[1] / "bench" / "node_modules"))
TIMEOUT_SECONDS = 120

Verify = Callable[[Sequence[bytes]], list[bool]]
Write = Callable[..., Unsigned]
Sign = Callable[[Unsigned], bytes]

SEALED = """
set -e
ip link set lo up
mount --bind "$1/resolv.conf" "$(readlink -f /etc/resolv.conf)"
exec 3< <(exec "$3" "$2" 53 "$1/records.json")
read -r -u 3 _ready
for letter in "$1"/*.eml; do
    bash -c "$4" -- "$letter"
done
"""
OPENDKIM = 'opendkim-testmsg <"$1" >/dev/null 2>&1 && echo pass || echo fail'
MAIL_DKIM = """perl -MMail::DKIM::Verifier -e '
    my $verifier = Mail::DKIM::Verifier->new();
    while (<STDIN>) { s/\\015?\\012$//; $verifier->PRINT("$_\\015\\012"); }
    $verifier->CLOSE;
    print join(" ", map { $_->result } $verifier->signatures), "\\n";
' <"$1"
"""


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Tamper by replacing what certainly is there."""

    def tamper(raw: bytes) -> bytes:
        assert raw.count(old) == 1, old
        return raw.replace(old, new)

    return tamper


def on_top(field: bytes) -> Callable[[bytes], bytes]:
    """Tamper by adding a field above all others."""
    return lambda raw: field + b"\r\n" + raw


def below(field: bytes) -> Callable[[bytes], bytes]:
    """Tamper by adding a field below all others."""
    return lambda raw: raw.replace(b"\r\n\r\n", b"\r\n" + field + b"\r\n\r\n", 1)


TAMPERED: dict[str, Callable[[bytes], bytes]] = {
    "second From on top": on_top(b"From: Thief <thief@example.com>"),
    "second From below": below(b"From: Thief <thief@example.com>"),
    "second Subject on top": on_top(b"Subject: Pay now"),
    "second Subject below": below(b"Subject: Pay now"),
    "second To": on_top(b"To: somebody@example.com"),
    "Cc added": on_top(b"Cc: somebody@example.com"),
    "Reply-To added": on_top(b"Reply-To: thief@example.com"),
    "second Date": on_top(b"Date: Wed, 20 Nov 2030 09:00:00 +0000"),
    "second Message-ID": on_top(b"Message-ID: <x@example.com>"),
    "second Content-Type": on_top(b'Content-Type: multipart/mixed; boundary="x"'),
    "Subject changed": replaced(b"\r\nSubject: ", b"\r\nSubject: =?utf-8?q?Pay?= "),
    "leaving changed": replaced(b"Unsubscribe: <https://news.", b"Unsubscribe: <https://bad."),
    "one click taken away": replaced(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
    "feedback id changed": replaced(b"Feedback-ID: 2024-11", b"Feedback-ID: 2024-12"),
    "text appended": lambda raw: raw + b"And another thing.\r\n",
    "name changed": lambda raw: raw.replace(b"Ana Example=", b"Eve Example="),
    "link in the text changed": lambda raw: raw.replace(b"\r\nhttps://news.", b"\r\nhttps://bad."),
}


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, records: tuple[DnsRecord, ...]) -> Path:
    """A folder with the records, for verifiers that are programs."""
    folder = tmp_path_factory.mktemp("dkim")
    named = {record.name: record.value for record in records}
    (folder / "records.json").write_text(json.dumps(named), encoding="ascii")
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n", encoding="ascii")
    return folder


def _written(lab: Path, letters: Sequence[bytes]) -> list[str]:
    for old in lab.glob("*.eml"):
        old.unlink()
    files = [lab / f"{number:03}.eml" for number in range(len(letters))]
    for file, letter in zip(files, letters, strict=True):
        file.write_bytes(letter)
    return [str(file) for file in files]


def _printed(*command: str, **environment: str) -> list[str]:
    ended = subprocess.run(  # noqa: S603
        command,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=TIMEOUT_SECONDS,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


def _needed(program: str, remedy: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is missing — {remedy}")
    return path


def _sealed(lab: Path, judge: str) -> Callable[[Sequence[bytes]], list[str]]:
    """Give a way to run a judge on letters where only our records can be asked for."""
    unshare = _needed("unshare", "it comes with util-linux")
    _needed("ip", "apt install iproute2")
    rooms: tuple[str, ...] = (
        "-n",
        "-m",
        "-p",
        "-f",
        "--kill-child",
        "--mount-proc",
        "--propagation",
        "private",
    )
    if os.geteuid():
        rooms = ("-U", "-r", *rooms)
    trial = subprocess.run([unshare, *rooms, "true"], capture_output=True, check=False)  # noqa: S603
    if trial.returncode:
        pytest.skip("this system allows no network of one's own — run the test as root")

    def judged(letters: Sequence[bytes]) -> list[str]:
        _written(lab, letters)
        stub = str(HERE / "dns_stub.py")
        script = ("bash", "-c", SEALED, "--", str(lab), stub, sys.executable, judge)
        return _printed(unshare, *rooms, *script)

    return judged


@pytest.fixture(params=["dkimpy", "opendkim", "Mail::DKIM", "mailauth"])
def verify(request: pytest.FixtureRequest, lab: Path, records: tuple[DnsRecord, ...]) -> Verify:
    """Tell of each letter whether all signatures hold that the verifier knows."""
    match request.param:
        case "dkimpy":
            return lambda letters: [dkimpy_holds(letter, records) for letter in letters]
        case "opendkim":
            _needed("opendkim-testmsg", "apt install opendkim-tools")
            judged = _sealed(lab, OPENDKIM)
            return lambda letters: [line == "pass" for line in judged(letters)]
        case "Mail::DKIM":
            perl = _needed("perl", "apt install perl")
            if subprocess.run([perl, "-MMail::DKIM", "-e1"], check=False).returncode:  # noqa: S603
                pytest.skip("Mail::DKIM is missing — apt install libmail-dkim-perl")
            judged = _sealed(lab, MAIL_DKIM)
            # It knows no Ed25519 and calls such signatures invalid, not failed.
            return lambda letters: ["pass" in line.split() for line in judged(letters)]
        case _:
            node = _needed("node", "install Node.js")
            if not (Path(NODE_MODULES) / "mailauth").is_dir():
                pytest.skip("mailauth is missing — npm install mailauth, and set NODE_PATH")
            script = (node, str(HERE / "mailauth.cjs"), str(lab / "records.json"))
            return lambda letters: [
                line == "pass pass"
                for line in _printed(*script, *_written(lab, letters), NODE_PATH=NODE_MODULES)
            ]


def dkimpy_holds(letter: bytes, records: tuple[DnsRecord, ...]) -> bool:
    """Tell whether dkimpy verifies both signatures; they stand or fall together."""
    named = {f"{record.name}.".encode(): record.value.encode() for record in records}

    def txt(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001  # as dkimpy calls it
        return named.get(name)

    def holds(number: int) -> bool:
        try:
            return bool(dkim.DKIM(letter).verify(idx=number, dnsfunc=txt))
        except dkim.DKIMException:
            return False

    first, second = holds(0), holds(1)
    assert first == second
    return first


def test_letters_are_verified(verify: Verify, write: Write, sign: Sign) -> None:
    """A signed letter is verified: to anybody, in either encoding, with and without a name."""
    letters = [
        sign(write()),
        sign(write(name="", address="a.very.long.address.of.somebody@a-very-long-domain.example")),
        sign(write(name="Zoë  \t (x)", leave_mailto="")),
        sign(write(text="نشرة\n" * 40, html="نشرة\n" * 40, name="عبد الله")),
        sign(write(language="ja", text=".\n..\n\n\n", html="<p>.</p>\n \n\t\n\n")),
    ]
    assert verify(letters) == [True] * len(letters)


def test_no_tampered_letter_is_verified(verify: Verify, signed: bytes) -> None:
    """Whatever is changed, added or taken away, no signature holds any more."""
    letters = [tamper(signed) for tamper in TAMPERED.values()]
    assert all(letter != signed for letter in letters)
    verdicts = dict(zip(TAMPERED, verify([*letters, signed]), strict=False))
    assert [name for name, holds in verdicts.items() if holds] == []


def test_what_relays_do_breaks_nothing(verify: Verify, signed: bytes) -> None:
    """Received fields, and lines folded or padded otherwise, leave a letter verified."""
    folded_anew = signed.replace(b"To: Ana Example <", b"To:  Ana Example\r\n\t<")
    assert folded_anew != signed
    received = b"Received: from a.example by b.example; Wed, 20 Nov 2024 09:00:01 +0000\r\n"
    assert verify([received + signed, folded_anew, signed + b"\r\n\r\n"]) == [True] * 3


def test_what_ses_writes_anew_can_be_left_unsigned(
    verify: Verify, keys: dict[str, PrivateKey], write: Write
) -> None:
    """A letter signed for Amazon SES survives another Date and Message-ID, and no second From."""
    letter = write()
    given = (letter.shared, letter.own, letter.body_digest(), 1_732_000_000)
    signers = [Signer("example.org", name, key, REWRITTEN_BY_SES) for name, key in keys.items()]
    raw = letter.letter(b"".join(signer.signature(*given) for signer in signers))
    anew = re.sub(rb"(?m)^(Date|Message-ID): .*\r\n", b"", raw)
    anew = b"Date: Wed, 20 Nov 2030 09:00:00 +0000\r\nMessage-ID: <x@ses.example>\r\n" + anew
    tampered = b"From: thief@example.com\r\n" + anew
    assert verify([raw, anew, tampered]) == [True, True, False]


LETTERS = st.fixed_dictionaries(
    {
        "text": st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
        "html": st.text(" \t\n.<>=é\r", max_size=200),
        "name": st.text(max_size=60),
    }
)


@settings(deadline=None, max_examples=60)
@given(words=LETTERS)
def test_any_letter_is_verified(
    write: Write, sign: Sign, records: tuple[DnsRecord, ...], words: dict[str, str]
) -> None:
    """Whatever an edition and a name hold, dkimpy verifies both signatures."""
    assert dkimpy_holds(sign(write(**words)), records)


@pytest.mark.torture
@settings(deadline=None, max_examples=10_000, derandomize=False)
@given(words=LETTERS)
def test_thousands_of_letters_are_verified(
    write: Write, sign: Sign, records: tuple[DnsRecord, ...], words: dict[str, str]
) -> None:
    """The same holds for thousands of letters, others each time."""
    assert dkimpy_holds(sign(write(**words)), records)
