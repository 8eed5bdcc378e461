"""Header fields as DKIM reads them: relaxed canonicalisation (RFC 6376 section 3.4.2)."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple

_SPACES = re.compile(rb"[ \t]+")


class Canonical(NamedTuple):
    """The fields of a header from the bottom up, as section 5.4.2 signs those of one name.

    Attributes:
        names: in lower case.
        fields: in canonical form, each ended by CRLF.
    """

    names: tuple[bytes, ...]
    fields: bytes


def canonical(header: bytes, leave_out: Container[bytes] = ()) -> Canonical:
    """Read a header in relaxed form.

    Args:
        header: lines ended by CRLF, no empty one.
        leave_out: names of fields to pass over, in lower case.
    """
    unfolded = header.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    if b"  " in unfolded or b"\t" in unfolded:
        unfolded = _SPACES.sub(b" ", unfolded)
    names, fields = [], [b""]
    for line in unfolded.split(b"\r\n")[-2::-1]:
        name, _, value = line.partition(b":")
        name = name.rstrip().lower()
        if name not in leave_out:
            names.append(name)
            fields.append(b"%b:%b\r\n" % (name, value.strip(b" ")))
    return Canonical(tuple(names), b"".join(fields))
