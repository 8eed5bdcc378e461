"""Dispatch: an issue planned, staged in the ledger, and delivered; and what became of it."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from infomail import ledger
from infomail.deliver import Ending, Report
from infomail.deliver.blame import Blame
from infomail.errors import RefusedError, SettingsError
from infomail.ledger import SendingPlan, SendingRecord
from infomail.model.audience import Audience, audience
from infomail.model.delivery import Delivery, Outcome, State
from infomail.model.edition import StagedMail
from infomail.model.finding import Finding
from infomail.model.newsletter import words_in
from infomail.model.subscriber import Reason
from infomail.model.turn import Course
from infomail.subscribers import leave_together
from infomail.subscribers.audience import count_matching
from infomail.subscribers.mailbox import mailbox
from infomail.wiring.crowd import deliver_together
from infomail.wiring.delivering import Wishes
from infomail.wiring.office import Office
from infomail.wiring.post import letters_folder, transports, writer
from infomail.wiring.release import readied, refuse_unapproved
from infomail.wiring.selection import keep

_UNTRIED = frozenset({State.WAITING, State.SUPPRESSED})


class Plan(NamedTuple):
    """What a send would do.

    Attributes:
        mails: one for each language, the source's first.
        staging: the same for the ledger.
        remarks: what is late by now.
        sender: name and address that readers see.
        letters: how many would be sent, by language.
        before: what the ledger has of this issue already, by state.
        start_at: before which nothing leaves, as the ledger has it; 0 if it knows of none.
        audience: whom it is for, in words; empty for everybody.
        without_edition: how many of the letters go to people whose language has no edition, by
            that language.
    """

    mails: tuple[StagedMail, ...]
    staging: SendingPlan
    remarks: tuple[Finding, ...]
    sender: str
    letters: Mapping[str, int]
    before: Mapping[State, int]
    start_at: float = 0.0
    audience: str = ""
    without_edition: Mapping[str, int] = {}  # nobody writes into a Mapping

    @property
    def is_begun(self) -> bool:
        """Whether a letter of the issue was tried already."""
        return not set(self.before) <= _UNTRIED

    @property
    def letter_count(self) -> int:
        """How many letters would be sent."""
        return sum(self.letters.values())


def plan(office: Office, slug: str, list_name: str = "", segment: str = "") -> Plan:
    """Say what sending an issue would do; nothing is written but editions never built.

    Args:
        office: the newsletter's.
        slug: the issue.
        list_name: the list to send to; everybody if empty.
        segment: the segment to send to; everybody if empty.

    Raises:
        RefusedError: a safety rule forbids to send it.
    """
    meant = audience(office.desk.newsletter, list_name, segment)
    if meant is not None:
        _refuse_nobody(office, meant)
    ready = readied(office.desk, slug, datetime.datetime.now(datetime.UTC).date())
    if office.settings.sending.approval and not office.rehearses:
        refuse_unapproved(ready.mails, ledger.approved(office.database, slug))
    staging = _staging(office, ready.mails, meant)
    found = _begun(office, staging)
    if found and found.order.course is Course.CANCELLED:
        msg = f"{slug} was cancelled after its first letters — send it under another name"
        raise RefusedError(msg)
    fresh = dataclasses.replace(staging, channel=_UNUSED)
    expected = ledger.expected(office.database, staging if found else fresh, office.clock())
    if not found and not any(expected.letters.values()):
        msg = "there is nobody to send to — run `infomail subscribers import FILE.csv`"
        raise RefusedError(msg)
    return Plan(
        ready.mails,
        staging,
        ready.remarks,
        _sender(office),
        expected.letters,
        ledger.counts(office.database, found.id) if found else {},
        found.order.start_at if found else 0.0,
        meant.words if meant else "",
        expected.without_edition,
    )


def _refuse_nobody(office: Office, meant: Audience) -> None:
    if not count_matching(office.database, meant.rule, office.clock()):
        msg = f"nobody in the {meant.words} can get a letter now — "
        msg += "name another, or bring people into it"
        raise RefusedError(msg)


_UNUSED = "none"
"""A channel by which nothing ever goes, so that all subscribers are still to get a letter."""


def _begun(office: Office, staging: SendingPlan) -> SendingRecord | None:
    """Find what the send goes on with; a rehearsal cancelled or outdated begins anew."""
    found = ledger.sending(office.database, staging.slug, staging.channel)
    if found is None or not office.rehearses:
        return found
    rehearsed = {edition.language: edition.digest for edition in found.editions}
    wanted = {edition.language: edition.digest for edition in staging.editions}
    is_over = found.order.course is Course.CANCELLED
    return None if is_over or rehearsed != wanted else found


def _staging(office: Office, mails: Sequence[StagedMail], meant: Audience | None) -> SendingPlan:
    editions = tuple(
        ledger.EditionPlan(
            mail.language, mail.digest, mail.subject, len(mail.html.encode() + mail.text.encode())
        )
        for mail in mails
    )
    language = mails[0].language
    rule = meant.rule if meant else None
    return SendingPlan(mails[0].slug, office.channel, editions, language, audience=rule)


def _sender(office: Office) -> str:
    sender = office.desk.newsletter.sender
    return f"{words_in(sender.name, office.desk.newsletter.languages[0])} <{sender.address}>"


def send(office: Office, planned: Plan, wishes: Wishes, processes: int = 1) -> Report:
    """Stage the planned letters and deliver them, with so many processes.

    Raises:
        LedgerError: the database failed before the first letter.
        RefusedError: another edition was sent meanwhile, the send was cancelled, or another number
            of letters would go than was planned.
    """
    if not planned.letter_count:
        ledger.recover(office.database, office.clock())
        return Report({}, Ending.DONE)
    staging = dataclasses.replace(planned.staging, start_at=wishes.start_at)
    if office.rehearses:
        ledger.begin_anew(office.database, staging)
    number = planned.letter_count
    staged = ledger.stage(office.database, staging, office.clock(), number)
    keep(office, staging.slug, {mail.language: mail.digest for mail in planned.mails})
    report = deliver_together(office, staged.sending_id, planned.mails, wishes, processes)
    _suppress_bad_addresses(office, staged.sending_id)
    return report


def _suppress_bad_addresses(office: Office, sending_id: int) -> None:
    """Write no more to mailboxes that do not exist: a refusal at once is a bounce as well."""
    if not office.rehearses:
        bad = ledger.refused_for(office.database, sending_id, Blame.ADDRESS)
        leavers = dict.fromkeys(bad, Reason.BOUNCE)
        leave_together(office.database, office.secret, leavers, office.clock())


def send_test(office: Office, slug: str, addresses: Sequence[str]) -> Iterator[tuple[str, Outcome]]:
    """Send each edition of an issue to each address, and tell at once what the server said.

    It is marked as a test, and the ledger is not asked. Its links lead nowhere, as nobody's number
    is in them.

    Raises:
        RefusedError: the issue is not ready.
        SettingsError: one is no address.
        TransportDown: no letter can be carried now.
    """
    recipients = [_recipient(address) for address in addresses]
    ready = readied(office.desk, slug, datetime.datetime.now(datetime.UTC).date())
    write = writer(office, ready.mails, is_test=True)
    transport = transports(office, letters_folder(office, slug, tests=True))()
    letters = [
        write(_nobody(number, recipient, mail.language, office.clock()))
        for number, (recipient, mail) in enumerate(itertools.product(recipients, ready.mails))
    ]
    try:
        for letter in letters:
            yield letter.recipient, transport.send(letter)
    finally:
        transport.rest()


def _recipient(address: str) -> str:
    try:
        return mailbox(address).recipient
    except ValueError as error:
        msg = f"{address!r} is no address ({error}) — write one such as ana@example.org"
        raise SettingsError(msg) from error


_NOBODY = 2**39
"""Such numbers no subscriber has, so that no link of a test letter is anybody's."""
_TESTS_A_SECOND = 128


def _nobody(number: int, recipient: str, language: str, now: float) -> Delivery:
    """Make a delivery to nobody, another one each time, so that no mailbox takes it for known."""
    return Delivery(
        id=0,
        language=language,
        subscriber_id=_NOBODY + int(now) * _TESTS_A_SECOND % _NOBODY + number,
        address=recipient,
        recipient=recipient,
        name="",
        attempts=1,
        first_tried_at=now,
    )


def approve(office: Office, slug: str, who: str) -> tuple[StagedMail, ...]:
    """Release the very bytes of an issue's editions.

    Raises:
        RefusedError: the issue is not ready.
    """
    ready = readied(office.desk, slug, datetime.datetime.now(datetime.UTC).date())
    for mail in ready.mails:
        approval = ledger.Approval(slug, mail.language, mail.digest, who, office.clock())
        ledger.approve(office.database, approval)
    return ready.mails


def counts(office: Office, slug: str) -> dict[State, int]:
    """Count an issue's deliveries by state, of all sends together."""
    found = ledger.sending(office.database, slug, office.channel)
    return ledger.counts(office.database, found.id) if found else {}
