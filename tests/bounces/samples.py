"""The mails of this folder, as they are, or with a genuine key and token in them."""

from __future__ import annotations

from pathlib import Path

KEY = "1a2b3c4d-7-0123456789abcdef0123"
TOKEN = "7-0123456789abcdef01234567"  # noqa: S105  # of nobody
FOLDER = Path(__file__).parent / "mails"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.eml")))


def sample(name: str, key: str = KEY, token: str = TOKEN) -> bytes:
    """Give a mail with this key and token in it."""
    octets = (FOLDER / f"{name}.eml").read_bytes()
    return octets.replace(KEY.encode(), key.encode()).replace(TOKEN.encode(), token.encode())
