"""One letter's mail transaction as a state machine without I/O: bytes in, bytes or an outcome out.

    BDAT, pipelined      MAIL RCPT BDAT letter ->            <- three replies
    DATA, pipelined      MAIL RCPT DATA -> <- three replies  letter -> . ->  <- final reply
    neither              MAIL -> <-  RCPT -> <-  DATA -> <-  letter -> . ->  <- final reply

(RFC 5321 section 3.3, RFC 2920, RFC 3030.) Replies are matched to commands by counting. The outcome
is exact: Accepted only if every reply was 2xx (354 to DATA), Deferred and Refused only by a 4xx or
5xx about this letter. TransportDown means that the server cannot have taken it: it said so, or the
letter's last octet was never handed over. LetterInDoubt is all the rest: everything was handed over
and no answer that can be believed came back (RFC 1047).
"""

from __future__ import annotations

from enum import Enum
from typing import NoReturn

from infomail.errors import LetterInDoubt, TransportDown
from infomail.model.delivery import Accepted, Deferred, Envelope, Outcome, Phase, Refused
from infomail.transports.smtp.extensions import Extensions
from infomail.transports.smtp.reply import DONE, LATER, NEVER, Heard, Replies

Writing = tuple[bytes, ...]
"""What to write now; nothing if more must be read first."""
_DOT = b".\r\n"
_GO_ON = 354
_CLOSING = 421
# RFC 4954 section 6, RFC 3207 section 4: it wants a login or encryption before any letter.
_UNFIT_SESSION = frozenset({530, 534, 535, 538})


class After(Enum):
    """What becomes of the connection after a transaction."""

    GO_ON = "GO_ON"
    RESET = "RESET"
    CLOSE = "CLOSE"


class Transaction:
    """One letter on its way; used once.

    Attributes:
        after: what becomes of the connection when the outcome is there.
        holds_the_dot: True between a letter and its final dot, when nobody may answer: `hear` then
            wants what is waiting to be read, b"" if nothing is.
    """

    def __init__(self, envelope: Envelope, offer: Extensions, server: str) -> None:
        """Prepare; the envelope must be one that may reach this server (`admission`)."""
        self.after = After.CLOSE
        self.holds_the_dot = False
        self._server = server
        self._replies = Replies()
        self._refusal: Deferred | Refused | None = None
        self._handed_over = False
        self._chunked = offer.chunking
        self._flights = _flights(envelope, offer)
        self._awaited: list[Phase] = []

    @property
    def awaits(self) -> Phase:
        """Whose reply is waited for: FINAL once the whole letter was handed over."""
        return Phase.FINAL if self._handed_over else self._phase

    @property
    def _phase(self) -> Phase:
        return self._awaited[0] if self._awaited else Phase.FINAL

    def start(self) -> Writing:
        """Give the first bytes to write."""
        return self._next_flight()

    def hear(self, data: bytes) -> Writing | Outcome:
        """Take bytes from the server, and give what to write next, or what became of the letter.

        Raises:
            TransportDown: the connection is of no use, and the letter was not sent.
            LetterInDoubt: it is of no use, and nobody here knows about the letter.
        """
        self._replies.feed(data)
        if self.holds_the_dot:
            return self._release_the_dot()
        while self._awaited:
            heard = self._replies.next()
            if heard is None:
                break
            self._weigh(heard, self._awaited.pop(0))
            if heard.code == _CLOSING and self._refusal:
                return self._refusal
            if not self._awaited:
                return self._answered(heard)
        if self._replies.flaw:
            return self.lost(f"the server {self._replies.flaw}")
        return ()

    def lost(self, cause: str, *, cannot_have_all: bool = False) -> Outcome:
        """Say what became of the letter when nothing more can be read.

        Args:
            cause: what happened, in words such as "the server closed the connection".
            cannot_have_all: True if the server provably closed before it had the last octet.

        Raises:
            TransportDown: the letter was not sent.
            LetterInDoubt: nobody here knows.
        """
        self.after = After.CLOSE
        if self._refusal:
            return self._refusal
        if self._handed_over and not cannot_have_all:
            message = (
                f"{cause} after a letter was handed over to {self._server} and before it answered"
                " — find out from the server whether it has the letter"
            )
            raise LetterInDoubt(message, Phase.FINAL)
        message = f"{cause} before a letter was sent ({self._server}) — it will be sent again"
        raise TransportDown(message, self._phase)

    def cut_short(self, heard: bytes, cause: str) -> Outcome:
        """Say what became of the letter when not all of it could be written.

        Args:
            heard: what the server had said until then; a refusal among it counts.
            cause: as for `lost`.

        Raises:
            TransportDown: the letter was not sent.
        """
        self._replies.feed(heard)
        while self._awaited and not self._refusal and (reply := self._replies.next()):
            phase = self._awaited.pop(0)
            if reply.kind in {LATER, NEVER}:
                self._weigh(reply, phase)
        return self.lost(cause, cannot_have_all=True)

    def _next_flight(self) -> Writing:
        writing, awaited = self._flights.pop(0)
        self._awaited = list(awaited)
        self._handed_over = not self._flights
        self.holds_the_dot = not awaited
        return writing

    def _weigh(self, heard: Heard, phase: Phase) -> None:
        """Keep the first refusal; raise for what is the connection's fault."""
        is_welcome = heard.code == _GO_ON if phase is Phase.DATA else heard.kind == DONE
        if self._refusal:
            self._hold_to_refusal(heard, phase)
        elif is_welcome:
            return
        elif heard.code == _CLOSING:
            self._raise_down(heard, phase, "the server is closing the connection", lasting=False)
        elif heard.code in _UNFIT_SESSION and phase in {Phase.MAIL, Phase.RCPT}:
            self._raise_down(heard, phase, "the server wants a login or encryption", lasting=True)
        elif heard.kind == LATER:
            self._refusal = Deferred(heard.reply, self._server, phase)
        elif heard.kind == NEVER:
            self._refusal = Refused(heard.reply, self._server, phase)
        else:
            self.lost(f"the server answered {phase} with {heard.code}")

    def _hold_to_refusal(self, heard: Heard, phase: Phase) -> None:
        """Whoever takes a recipient has a sender: then nothing is known of what it refused."""
        if phase is Phase.RCPT and heard.kind == DONE:
            self._refusal = None
            self.lost("the server took a recipient after it had refused the sender")

    def _answered(self, last: Heard) -> Writing | Outcome:
        """All replies to what was written are there: go on, or end."""
        if self._handed_over:
            return self._ended(last)
        if not self._replies.empty:
            return self.lost("the server said more than it was asked")
        if self._refusal and last.code == _GO_ON:
            # RFC 2920 section 3.1: DATA was accepted though no recipient was.
            self._flights = [((_DOT,), (Phase.FINAL,))]
        elif self._refusal:
            self.after = After.RESET
            return self._refusal
        return self._next_flight()

    def _ended(self, last: Heard) -> Outcome:
        clean = self._replies.empty
        if self._refusal:
            # A server that takes a letter after it refused the recipient has lost count.
            lost_count = self._chunked and last.kind == DONE
            self.after = After.RESET if clean and not lost_count else After.CLOSE
            return self._refusal
        self.after = After.GO_ON if clean else After.CLOSE
        return Accepted(last.reply, self._server)

    def _release_the_dot(self) -> Writing | Outcome:
        """Nobody may answer a letter before its end: such an answer never counts for the dot."""
        if self._replies.empty:
            return self._next_flight()
        heard = self._replies.next()
        if heard and heard.kind in {LATER, NEVER}:
            self._weigh(heard, Phase.DATA)
        return self.lost("the server answered a letter before its end")

    def _raise_down(self, heard: Heard, phase: Phase, cause: str, *, lasting: bool) -> NoReturn:
        self.after = After.CLOSE
        remedy = "look at its words and the settings of smtp" if lasting else "it is tried again"
        words = f"{heard.code} {heard.reply.enhanced} {heard.reply.text}"
        message = f"{cause} ({self._server}: {words}) — {remedy}"
        raise TransportDown(message, phase, heard.reply, lasting=lasting)


def _flights(envelope: Envelope, offer: Extensions) -> list[tuple[Writing, tuple[Phase, ...]]]:
    """What is written at once, and whose replies are then awaited."""
    mail, rcpt = _commands(envelope, offer)
    if offer.chunking:
        letter = envelope.letter
        head = b"BDAT %d LAST\r\n" % len(letter)
        if offer.pipelining:
            return [((mail + rcpt + head, letter), (Phase.MAIL, Phase.RCPT, Phase.FINAL))]
        last: list[tuple[Writing, tuple[Phase, ...]]] = [((head, letter), (Phase.FINAL,))]
        return [((mail,), (Phase.MAIL,)), ((rcpt,), (Phase.RCPT,)), *last]
    body: list[tuple[Writing, tuple[Phase, ...]]] = [
        ((_stuffed(envelope),), ()),
        ((_DOT,), (Phase.FINAL,)),
    ]
    if offer.pipelining:
        return [((mail + rcpt + b"DATA\r\n",), (Phase.MAIL, Phase.RCPT, Phase.DATA)), *body]
    commands = ((mail, Phase.MAIL), (rcpt, Phase.RCPT), (b"DATA\r\n", Phase.DATA))
    return [*(((words,), (phase,)) for words, phase in commands), *body]


def _commands(envelope: Envelope, offer: Extensions) -> tuple[bytes, bytes]:
    size = b" SIZE=%d" % len(envelope.letter) if offer.size else b""
    utf8 = b" BODY=8BITMIME SMTPUTF8" if envelope.needs_smtputf8 else b""
    mail = b"MAIL FROM:<%b>%b%b\r\n" % (envelope.sender.encode("ascii"), size, utf8)
    return mail, b"RCPT TO:<%b>\r\n" % envelope.recipient.encode()


def _stuffed(envelope: Envelope) -> bytes:
    """Double the dot that begins a line (RFC 5321 section 4.5.2)."""
    letter, own = envelope.letter, envelope.proven_from
    if own and not (letter.startswith(b".") or b"\r\n." in letter[:own]):
        return letter
    stuffed = letter.replace(b"\r\n.", b"\r\n..") if b"\r\n." in letter else letter
    return b"." + stuffed if stuffed.startswith(b".") else stuffed
