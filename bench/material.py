"""What all senders send: the repository's issue of July 2015, a letter of about 55 KB.

The issue is built into a newsletter folder of its own, as `infomail build` does. Beside it lie
letter.eml, one finished letter for senders that take ready bytes, and message.html and
message.txt with their slots for senders that compose each letter themselves.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from infomail.model.edition import NAME_SLOT, PREFERENCES_SLOT, UNSUBSCRIBE_SLOT
from infomail.outbox import Staged
from infomail.wiring import Desk
from infomail.wiring.proofs import build_issue

REPOSITORY = Path(__file__).parent.parent
SLUG = "2015-07"
LANGUAGE = "en"
_PARTS = ("message.html", "message.txt")


def prepare(folder: Path) -> int:
    """Write newsletter and letters into a new folder.

    Returns:
        The octets of letter.eml.
    """
    for name in ("issues", "templates"):
        shutil.copytree(REPOSITORY / name, folder / name)
    shutil.copy(REPOSITORY / "newsletter.yaml", folder)
    staged: list[Staged] = []
    findings = build_issue(Desk(folder), SLUG, staged.append)
    if findings:
        message = f"{SLUG} could not be built: {findings[0].message}"
        raise SystemExit(message)
    built = folder / "outbox" / SLUG / LANGUAGE
    for name in _PARTS:
        shutil.copy(built / name, folder)
    letter = _filled((built / "message.eml").read_bytes())
    return (folder / "letter.eml").write_bytes(letter)


def _filled(letter: bytes) -> bytes:
    """Put one reader's words into the slots; what is encoded otherwise keeps them."""
    words = {
        NAME_SLOT: "Reader",
        UNSUBSCRIBE_SLOT: "https://news.example.org/leave/1",
        PREFERENCES_SLOT: "https://news.example.org/preferences/1",
    }
    for slot, word in words.items():
        letter = letter.replace(slot.encode(), word.encode())
    return letter
