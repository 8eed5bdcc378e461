"""E-mail addresses as an operator writes them: ASCII, of the shape of RFC 5321."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator

from infomail.model.fields import refuse_value

# RFC 5321 section 4.1.2 without quoted local parts, which no sender address needs.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]"
)
_MAX_ADDRESS_CHARACTERS = 254


def _address(value: object) -> str:
    short = isinstance(value, str) and len(value) <= _MAX_ADDRESS_CHARACTERS
    if not short or not _ADDRESS.fullmatch(str(value)):
        refuse_value(value, "is not an e-mail address", "write one such as news@example.org")
    return str(value)


Address = Annotated[str, BeforeValidator(_address, json_schema_input_type=str)]
"""An address of the organisation's own."""
