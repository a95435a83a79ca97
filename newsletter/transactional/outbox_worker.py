"""Answers sign-ups and sends transactional mails: in the background of `serve`, with every `run`.

Any number of processes may do so at once: a sign-up is answered in one transaction, a mail is
leased before it leaves. No transaction is open while a transport speaks.
"""

import logging
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from newsletter import outbox, slugs
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.models import OutboxRow, RateRow
from newsletter.sending.limits import pauses
from newsletter.sending.limits.pauses import OUTBOX, paused_domains
from newsletter.sending.limits.rate_limit import RateLimiter
from newsletter.sending.restore_guard.outbox_memory import OutboxMemory, outbox_memory
from newsletter.subscribers import signup_answers
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.transports.base import SendResult, SendStatus, Transport

if TYPE_CHECKING:
    from newsletter.rendering.message import Message
    from newsletter.transactional.outbox_round import OutboxRound

_log = logging.getLogger(__name__)

# How long to wait for the sending limits, with the room taken ahead: else who sends a long issue
# would be quicker each time. What has to wait longer is for the next round.
_LONGEST_WAIT_S = 60.0
_LONGEST_WAIT_AT_ONCE_S = 2.0  # somebody looks on
_NAP_S = 2.0


@dataclass(frozen=True)
class OutboxReport:
    """The results of one round."""

    answered: int = 0
    sent: int = 0
    waiting: str = ""  # why mails are still in the outbox
    given_up: int = 0


@dataclass(frozen=True)
class _Taken:
    """A leased row and its mail, which is None where nobody is to be told any more."""

    row: OutboxRow | None = None
    mail: "Message | None" = None
    wait_s: float = 0.0  # until it may leave
    refusal: str = ""  # why nothing may leave now


@dataclass(frozen=True)
class OutboxWorker:
    """Sends what waits in the outbox; it opens the transport only when a mail is due."""

    database: Database
    settings: Settings
    links: SignedLinks
    transport: Callable[[], Transport]
    clock: Callable[[], datetime]
    stopping: Callable[[], bool] = lambda: False
    sleep: Callable[[float], None] = time.sleep

    def run_once(self, *, at_once: bool = False) -> OutboxReport:
        """Answer every sign-up that is due, then send every mail that is.

        `at_once`: also where the provider was just in trouble, one mail first.
        """
        answered = self._answer()
        now = self.clock()
        with self.database.read() as session:
            pause = pauses.sending_pause(session, now, OUTBOX)
            if not outbox.is_due(session, now):
                if pause is None or not at_once or not outbox.backlog(session)[0]:
                    return OutboxReport(answered)
                return OutboxReport(answered, waiting=_paused(pause))
        if pause is not None and not at_once:
            return OutboxReport(answered, waiting=_paused(pause))
        with closing(self.transport()) as transport:
            return self._send(transport, answered)

    def deliver(self, row: OutboxRow) -> SendResult:
        """Send a mail that is leased to the caller; one that is not taken waits in the outbox."""
        memory = self._memory()
        with self.database.concurrent.begin() as session:
            mail = self._write(session, row, memory)
            if mail is None:
                return SendResult(SendStatus.REJECTED, "there is nobody to be told any more")
            now = self.clock()
            pause = pauses.sending_pause(session, now, OUTBOX)
            headroom = self._limiter(session, now).admit_one(row.email, _LONGEST_WAIT_AT_ONCE_S)
            refusal = headroom.refusal if pause is None else _paused(pause)
            if refusal:
                outbox.retry_later(session, row.id, now)
                return SendResult(SendStatus.TRY_LATER, refusal)
        self.sleep(headroom.wait_s)
        with closing(self.transport()) as transport:
            outbox_round = self._round(transport, memory)
            result = outbox_round.send(row, mail, self.clock())
            outbox_round.finish(self.clock())
        if result.status is SendStatus.REJECTED and outbox_round.waiting:
            # Refused, and yet in the outbox: it may be about everybody.
            return replace(result, status=SendStatus.TRY_LATER)
        return result

    def _answer(self) -> int:
        with self.database.read() as session:
            if not signup_answers.has_due_signups(session, self.clock()):
                return 0
            offered = slugs.settings_of_today(session, self.settings).newsletters
        details = {newsletter.slug: newsletter.detail for newsletter in offered}
        answered = 0
        while not self.stopping():
            with self.database.concurrent.begin() as session:
                number = signup_answers.answer_signups(
                    session, self.settings.signup, details, self.clock()
                )
            if not number:
                break
            answered += number
        return answered

    def _send(self, transport: Transport, answered: int) -> OutboxReport:
        outbox_round = self._round(transport, self._memory())
        taken = _Taken()
        while not (self.stopping() or outbox_round.is_over):
            taken = self._take(outbox_round)
            if taken.row is None:
                break
            if taken.mail is None:
                continue
            if self._wait(taken.wait_s):
                outbox_round.send(taken.row, taken.mail, self.clock())
            else:
                self._put_back(taken.row)
        outbox_round.finish(self.clock())
        waiting = outbox_round.waiting or taken.refusal
        return OutboxReport(answered, outbox_round.sent, waiting, outbox_round.given_up)

    def _memory(self) -> OutboxMemory:
        with self.database.read() as session:
            return outbox_memory(self.settings, session)

    def _round(self, transport: Transport, memory: OutboxMemory) -> "OutboxRound":
        from newsletter.transactional.outbox_round import OutboxRound

        return OutboxRound(self.database, transport, self.clock(), memory)

    def _take(self, outbox_round: "OutboxRound") -> "_Taken":
        """Lease the next row; a mail to a domain that has no room now lets the others pass."""
        now = self.clock()
        with self.database.concurrent.begin() as session:
            outbox_round.read_troubles(session)
            limiter = self._limiter(session, now)
            if (headroom := limiter.headroom(_LONGEST_WAIT_S)).refusal:
                is_due = outbox.is_due(session, now)
                return _Taken(refusal=headroom.refusal if is_due else "")
            while (row := outbox.claim_next(session, now)) is not None:
                headroom = limiter.admit_one(row.email, _LONGEST_WAIT_S)
                if not headroom.refusal:
                    mail = self._write(session, row, outbox_round.memory)
                    return _Taken(row, mail, headroom.wait_s)
                outbox.postpone(row, now + timedelta(seconds=headroom.wait_s))
        return _Taken()

    def _limiter(self, session: Session, now: datetime) -> RateLimiter:
        return RateLimiter(session, self.settings.sending, paused_domains(session, now), now, 1)

    def _wait(self, wait_s: float) -> bool:
        """Sleep; False where it is to stop meanwhile."""
        while wait_s > 0 and not self.stopping():
            self.sleep(min(wait_s, _NAP_S))
            wait_s -= _NAP_S
        return wait_s <= 0

    def _put_back(self, row: OutboxRow) -> None:
        with self.database.concurrent.begin() as session:
            untried = session.get(OutboxRow, row.id, with_for_update=True)
            if untried is not None:
                outbox.postpone(untried, self.clock())

    def _write(self, session: Session, row: OutboxRow, memory: OutboxMemory) -> "Message | None":
        from newsletter.transactional.build import EmailBuilder

        if memory.may_have_left(row, self.clock()):
            written = f"{row.written_at:%Y-%m-%d}"
            _log.warning(
                "mail %s (%s) of %s may have left before: not sent", row.id, row.kind, written
            )
            outbox.record_sent(session, row, self.clock())
            return None
        settings = slugs.settings_of_today(session, self.settings)
        mail = EmailBuilder(settings, self.links).build(session, row, self.clock())
        if mail is None:
            outbox.delete_email(session, row.id)
        return mail


def _paused(pause: RateRow) -> str:
    return f"{pause.reason}; after {pause.paused_until:%H:%M} UTC one of them is tried"
