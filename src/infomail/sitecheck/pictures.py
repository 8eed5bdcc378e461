"""Pictures: each is one, and none was cut short.

Only heads and ends are looked at: decoding thousands of pictures would take minutes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image

from infomail.sitecheck.faults import Fault
from infomail.sitecheck.site import Site

_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
_ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND"}
"""What comes last: ISO 10918-1 B.1.1.3, PNG 11.2.5."""
_RIFF_HEAD_BYTES = 8


def picture_faults(site: Site) -> Iterator[Fault]:
    """Find pictures that no browser can show whole."""
    for path in site.ending(*_ENDINGS):
        if reason := _reason(site.text(path)):
            yield Fault("broken-picture", path, 1, reason)


def _reason(data: bytes) -> str:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            kind, size_px = picture.format, picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return "the file is no picture"
    is_cut = _ENDS.get(str(kind), b"") not in data
    if kind == "WEBP":
        is_cut = int.from_bytes(data[4:_RIFF_HEAD_BYTES], "little") + _RIFF_HEAD_BYTES > len(data)
    return "the picture is cut short" if is_cut or 0 in size_px else ""
