"""What may reach the wire at all: checked before a byte is written, refused in our own words.

An address that could end a command or carry another one, a letter with a lone CR or LF, with NUL or
a line over 998 octets (RFC 5321 sections 2.3.8 and 4.5.3.1), a letter that the server has said it
cannot take. Nothing is ever mended or cut here: what does not fit is refused.
"""

from __future__ import annotations

import re

from infomail.model.delivery import Envelope, Phase, Refused, Reply
from infomail.transports.smtp.extensions import Extensions
from infomail.transports.smtp.soundness import Soundness, is_sound

OURSELVES = "infomail"
"""Who refused, where it was no server."""
_MAX_LOCAL_OCTETS = 64
_MAX_DOMAIN_OCTETS = 255
_MAX_PATH_OCTETS = 254  # RFC 5321 section 4.5.3.1.3: 256 with the angle brackets
# Dots anywhere, against RFC 5321 section 4.1.2: Japanese carriers gave out such addresses.
_LOCAL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\u0080-\U0010ffff-]+"
    r'|"(?:[!#-;=?-\[\]-~\u0080-\U0010ffff]|\\[!-;=?-~])*"'
)
# What nearly every address is, and what is within all limits.
_USUAL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,180}[A-Za-z0-9])?"
)
_DOMAIN = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9.]+\]|\[IPv6:[0-9A-Fa-f:.]+\]"
)


def objection(envelope: Envelope, soundness: Soundness) -> Refused | None:
    """Say why an envelope may go to no server; None if it may."""
    if not (envelope.sender.isascii() and (_is_path(envelope.sender) or not envelope.sender)):
        return _refused(Phase.MAIL, 553, "5.1.7", "the return path is no address")
    if not _is_path(envelope.recipient):
        return _refused(Phase.RCPT, 553, "5.1.3", "the recipient's address is not valid")
    if not _has_sound_lines(envelope, soundness):
        return _refused(Phase.DATA, 554, "5.6.0", "the letter's lines are not those of a letter")
    return None


def _has_sound_lines(envelope: Envelope, soundness: Soundness) -> bool:
    """Look at the lines of which nothing is proven yet."""
    if 0 < envelope.proven_from <= len(envelope.letter):
        return is_sound(envelope.letter[: envelope.proven_from])
    return soundness.is_proven(envelope.letter)


def mismatch(envelope: Envelope, offer: Extensions) -> Refused | None:
    """Say why an envelope may not go to this server; None if it may."""
    if envelope.needs_smtputf8 and not offer.smtputf8:
        text = "the server takes no addresses beyond ASCII (SMTPUTF8)"
        return _refused(Phase.MAIL, 550, "5.6.7", text)
    if not (offer.smtputf8 or envelope.letter.isascii()):
        return _refused(Phase.MAIL, 554, "5.6.3", "the letter is not of 7 bits")
    if 0 < offer.max_size_octets < len(envelope.letter):
        size, most = len(envelope.letter), offer.max_size_octets
        text = f"the letter has {size} octets and the server takes {most}"
        return _refused(Phase.MAIL, 552, "5.3.4", text)
    return None


def _is_path(address: str) -> bool:
    if _USUAL.fullmatch(address):
        return True
    local, _, domain = address.rpartition("@")
    if not (_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) and address.isprintable()):
        return False
    octets = len(local) if local.isascii() else len(local.encode())
    fits = octets <= _MAX_LOCAL_OCTETS and len(domain) <= _MAX_DOMAIN_OCTETS
    return fits and octets + 1 + len(domain) <= _MAX_PATH_OCTETS


def _refused(phase: Phase, code: int, enhanced: str, text: str) -> Refused:
    return Refused(Reply(code, enhanced, text), OURSELVES, phase)
