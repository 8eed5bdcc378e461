"""Whose fault a negative reply is: read from the enhanced code, else from the code and the phase.

The answer decides three things: whether a person's address is bad, whether a run of such replies
must stop the sending, and whether a domain wants letters more slowly. Where sources disagree the
address is spared: a person is blamed only by a code that speaks of the mailbox or its domain.
"""

from __future__ import annotations

import re
from enum import StrEnum

from infomail.errors import TransportDown
from infomail.model.delivery import Deferred, Phase, Refused, Reply


class Blame(StrEnum):
    """What a server had against a letter."""

    ADDRESS = "bad address"
    """The mailbox or its domain does not exist or takes no mail at all."""
    MAILBOX = "mailbox"
    """The mailbox exists, but is full, disabled or closed."""
    POLICY = "policy"
    """The receiving side's rules: blocked, too many letters, not wanted."""
    CONTENT = "content"
    """This letter: too big, or taken for spam or malware."""
    SENDER = "sender"
    """The sending side: its address, login, DNS, signature or reputation."""
    OTHER = "other"
    """The receiving system, the network, the protocol, or no word of why."""


OURS = frozenset({Blame.POLICY, Blame.CONTENT, Blame.SENDER, Blame.OTHER})
"""What might meet every other subscriber as well."""

_BY_DETAIL = {
    "1.0": Blame.ADDRESS,
    "1.1": Blame.ADDRESS,
    "1.2": Blame.ADDRESS,
    "1.3": Blame.ADDRESS,
    "1.4": Blame.ADDRESS,
    "1.6": Blame.ADDRESS,
    "1.7": Blame.SENDER,
    "1.8": Blame.SENDER,
    "1.10": Blame.ADDRESS,  # RFC 7505: the domain says that it takes no mail
    "2.3": Blame.CONTENT,
    "3.4": Blame.CONTENT,
    "4.4": Blame.ADDRESS,  # no route: the domain has no mail server
    "6.7": Blame.ADDRESS,  # RFC 6531: the mailbox's name cannot travel to this server
    "7.7": Blame.SENDER,
    "7.8": Blame.SENDER,
    "7.9": Blame.SENDER,
    "7.10": Blame.SENDER,
    "7.11": Blame.SENDER,
    "7.12": Blame.SENDER,
    "7.13": Blame.SENDER,
    "7.16": Blame.CONTENT,
    "7.17": Blame.ADDRESS,  # RFC 7293: the mailbox belongs to another person now
    "7.18": Blame.ADDRESS,  # RFC 7293: so does the domain
    "7.20": Blame.SENDER,
    "7.21": Blame.SENDER,
    "7.22": Blame.SENDER,
    "7.23": Blame.SENDER,
    "7.24": Blame.SENDER,
    "7.25": Blame.SENDER,
    "7.26": Blame.SENDER,
    "7.27": Blame.SENDER,
    "7.29": Blame.SENDER,
    "7.30": Blame.SENDER,
    "7.509": Blame.SENDER,  # Microsoft: DMARC
    "7.511": Blame.POLICY,
    "7.515": Blame.SENDER,  # Microsoft, since May 2025: SPF, DKIM and DMARC of bulk senders
    "7.708": Blame.POLICY,
}
"""Subject and detail of RFC 3463 and of IANA's registry of enhanced status codes."""

_BY_SUBJECT = {
    "2": Blame.MAILBOX,
    "6": Blame.CONTENT,
    "7": Blame.POLICY,
}

_SAYS_NOTHING = frozenset({"", "0.0", "5.0"})
"""Details that servers add when they have none (5.5.0: Outlook's word for any mailbox)."""

_BROAD = frozenset({"4.1", "7.1"})
"""Details that some servers use for unknown recipients too; their words tell."""

_UNKNOWN_RECIPIENT = re.compile(
    r"(user|recipient|mailbox|account)\b.{0,80}?\b(unknown|not found|does ?n[o']t exist)"
    r"|(unknown|no such) (user|recipient|mailbox|account)|address rejected: access denied",
    re.IGNORECASE,
)

_ABOUT_US = re.compile(
    r"\b(ip|client host|sending (host|domain|server)|reputation|block ?list(ed)?|black ?list(ed)?"
    r"|(dns)?[rb]bl|spamhaus|spf|dkim|dmarc)\b",
    re.IGNORECASE,
)
"""Words of a policy that is about where a letter comes from, and not about the letter."""

_BY_CODE = {
    530: Blame.SENDER,
    534: Blame.SENDER,
    535: Blame.SENDER,
    538: Blame.SENDER,
    556: Blame.ADDRESS,  # RFC 7504
    571: Blame.POLICY,
}

_BY_PHASE_AND_CODE = {
    (Phase.RCPT, 550): Blame.ADDRESS,
    (Phase.RCPT, 551): Blame.ADDRESS,
    (Phase.RCPT, 552): Blame.MAILBOX,
    (Phase.RCPT, 553): Blame.ADDRESS,
    (Phase.RCPT, 554): Blame.POLICY,
    (Phase.RCPT, 450): Blame.MAILBOX,
    (Phase.RCPT, 452): Blame.MAILBOX,
    (Phase.FINAL, 550): Blame.CONTENT,
    (Phase.FINAL, 552): Blame.CONTENT,
    (Phase.FINAL, 554): Blame.CONTENT,
    (Phase.DATA, 550): Blame.POLICY,
    (Phase.DATA, 554): Blame.POLICY,
    (Phase.MAIL, 550): Blame.SENDER,
    (Phase.MAIL, 551): Blame.SENDER,
    (Phase.MAIL, 552): Blame.CONTENT,
    (Phase.MAIL, 553): Blame.SENDER,
    (Phase.MAIL, 554): Blame.SENDER,
}

_ABOUT_RECIPIENT_AT_MAIL = frozenset({"1.3", "6.7"})
"""What a transport says itself before it speaks: an address that must not reach the wire."""

_SLOWER = frozenset({"2.1", "3.1", "3.2", "4.5", "5.3"})
"""Details by which servers ask for fewer letters (2.1: Gmail's word for its rates)."""

_END_OF_SESSION = re.compile(r"\b(this|per|one|a|single) (connection|session)\b", re.IGNORECASE)
_GREYLISTED = re.compile(r"gr[ea]y.?list", re.IGNORECASE)


def blame(reply: Reply, phase: Phase) -> Blame:
    """Tell what a server had against a letter (RFC 3463; RFC 5321 section 4.2.2).

    Args:
        reply: a 4xx or 5xx reply.
        phase: the command that it answers.
    """
    if reply.code in _BY_CODE:
        return _BY_CODE[reply.code]
    detail = reply.enhanced.partition(".")[2]
    if detail in _SAYS_NOTHING:
        return _BY_PHASE_AND_CODE.get((phase, reply.code), Blame.OTHER)
    subject = detail.partition(".")[0]
    if phase is Phase.MAIL and subject == "1" and detail not in _ABOUT_RECIPIENT_AT_MAIL:
        return Blame.SENDER  # a reply to MAIL speaks of the return path
    found = _BY_DETAIL.get(detail) or _BY_SUBJECT.get(subject, Blame.OTHER)
    if phase is Phase.RCPT and detail in _BROAD and _UNKNOWN_RECIPIENT.search(reply.text):
        return Blame.ADDRESS
    if found is Blame.POLICY and _ABOUT_US.search(reply.text):
        return Blame.SENDER
    return found


def wants_fewer_letters(outcome: Deferred | Refused) -> bool:
    """Tell whether a reply asks for a slower pace, and not only for this letter later.

    Greylisting is none of it: there every first letter is put off, however slowly they come
    (RFC 6647).
    """
    reply = outcome.reply
    if _GREYLISTED.search(reply.text):
        return False
    if reply.code in {421, 454}:
        return True
    detail = reply.enhanced.partition(".")[2]
    if reply.enhanced.startswith("4."):
        return detail.startswith("7.") or detail in _SLOWER
    return detail == "7.28"  # mail flood detected


def ends_only_session(error: TransportDown) -> bool:
    """Tell whether a server only closed a connection that had carried its number of letters."""
    return error.reply is not None and bool(_END_OF_SESSION.search(error.reply.text))


def slows_all(error: TransportDown) -> bool:
    """Tell whether a server that broke off asks for a slower pace: 421 or 454 (RFC 5321, 4954)."""
    if error.reply is None or ends_only_session(error):
        return False
    return error.reply.code in {421, 454} or error.reply.enhanced.startswith("4.7.")
