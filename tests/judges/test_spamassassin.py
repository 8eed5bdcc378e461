"""SpamAssassin's own rules on every letter, as one subscriber gets it.

Only the rules that Debian ships: nothing is asked of the network, and neither this machine's own
rules nor what its SpamAssassin has learnt count. One run judges all letters.
"""

from __future__ import annotations

import base64
import email
import mailbox
import quopri
import shutil
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import EmailPolicy
from pathlib import Path

import pytest

RULES = Path("/usr/share/spamassassin")
PLUGINS = Path("/etc/spamassassin")
MOST_POINTS = 2.0
"""Well below the 5.0 at which SpamAssassin calls a mail spam, and below common stricter limits."""
SUBSCRIBER = "To: Ana Example <ana@example.org>"
SETTINGS = """\
use_bayes 0
ifplugin Mail::SpamAssassin::Plugin::AWL
use_auto_welcomelist 0
endif
dns_available no
report_safe 0
clear_headers
add_header all Verdict _SCORE_ _TESTSSCORES(,)_
"""
# https://spamassassin.apache.org/gtube/: what every SpamAssassin must call spam.
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
CONTROL = f"""\
From: a@example.org
To: b@example.org
Subject: Control
Date: Wed, 20 Nov 2024 00:00:00 +0000
Message-ID: <control@example.org>

{GTUBE}
"""

AS_WRITTEN = EmailPolicy(refold_source="none")

Verdicts = dict[str, str]


def letter(raw: bytes, fill: Callable[[str], str]) -> EmailMessage:
    """Fill the slots of a built message; all else stays as it was written."""
    head, _, body = raw.decode("ascii").replace("\r\n", "\n").partition("\n\n")
    head = fill(head).replace("To: undisclosed-recipients:;", SUBSCRIBER)
    mail = email.message_from_string(f"{head}\n\n{body}", policy=AS_WRITTEN)
    assert isinstance(mail, EmailMessage)
    for part in mail.iter_parts():
        text = fill(part.get_content()).encode()
        quoted = part["Content-Transfer-Encoding"] == "quoted-printable"
        encoded = quopri.encodestring(text) if quoted else base64.encodebytes(text)
        part.set_payload(encoded.decode("ascii"))
    return mail


@pytest.fixture(scope="module")
def verdicts(
    program: Callable[[str, str], str],
    run: Callable[..., str],
    editions: list[Path],
    filled: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Verdicts:
    """The points of each letter and the rules that gave them, by its Message-ID."""
    spamassassin = program("spamassassin", "apt install spamassassin")
    if not RULES.is_dir():
        pytest.skip(f"{RULES} is missing — apt install spamassassin")
    site = tmp_path_factory.mktemp("spamassassin")
    for plugins in PLUGINS.glob("*.pre"):
        shutil.copy(plugins, site)
    (site / "local.cf").write_text(SETTINGS, encoding="utf-8")
    inbox = mailbox.mbox(site / "inbox")
    for folder in editions:
        inbox.add(letter((folder / "message.eml").read_bytes(), filled))
    inbox.add(CONTROL)
    inbox.close()
    paths = (f"--configpath={RULES}", f"--siteconfigpath={site}", "--nocreate-prefs")
    said = run(spamassassin, *paths, "--local", "--mbox", site / "inbox")
    (site / "judged").write_text(said, encoding="utf-8")
    judged = mailbox.mbox(site / "judged", create=False)
    verdicts = {mail["Message-ID"]: " ".join(mail["X-Spam-Verdict"].split()) for mail in judged}
    judged.close()
    return verdicts


def test_letters_are_no_spam(verdicts: Verdicts, edition: Path) -> None:
    """A letter gets under 2 points."""
    mail = email.message_from_bytes((edition / "message.eml").read_bytes())
    verdict = verdicts[mail["Message-ID"]]

    assert float(verdict.split()[0]) < MOST_POINTS, verdict
    assert "HTML_MESSAGE" in verdict, "SpamAssassin did not see the HTML"


def test_spam_is_convicted(verdicts: Verdicts) -> None:
    """The test text that stands for spam is called spam."""
    assert float(verdicts["<control@example.org>"].split()[0]) > 100
