"""The message of an edition that belongs to nobody yet: its slots are still open.

It is what staff look at and what is staged; letters to subscribers differ from it only in what is
personal.
"""

from __future__ import annotations

from infomail.letter.head import Mail, open_header, shared_header
from infomail.letter.template import compile_letter
from infomail.letter.values import value
from infomail.model.edition import SLOTS, Edition
from infomail.model.newsletter import Newsletter


def message(edition: Edition, newsletter: Newsletter) -> bytes:
    """Give the edition as a message with its slots open.

    Args:
        edition: the composed edition.
        newsletter: for the sender and the list.

    Returns:
        RFC 5322 bytes with CRLF line ends, 7-bit, in lines of at most 78 characters; only an
        address that is longer stands whole.

    Raises:
        SettingsError: newsletter.yaml has a value that no header can hold.
    """
    own = open_header(edition, newsletter).encode("ascii")
    slots = tuple(value(slot) for slot in SLOTS)
    return compile_letter(edition, newsletter).filled(own, slots).letter()


def headers(edition: Mail, newsletter: Newsletter) -> bytes:
    """Give the header of an edition's message without its MIME fields, lines ended by CRLF.

    Raises:
        SettingsError: newsletter.yaml has a value that no header can hold.
    """
    header = open_header(edition, newsletter) + shared_header(edition, newsletter)
    return header.encode("ascii")
