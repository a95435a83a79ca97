"""One round over the mails that are due: sent one after the other, and judged as issues are.

A row that is refused waits in the box until some mail is accepted after it: a quota, a suspended
account or a relay's broken table must not empty the box. In trouble nothing leaves for a while, and
the next round begins with one row.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter import notice_queue, outbox
from newsletter.database.db import Database
from newsletter.models import OutboxRow
from newsletter.notice_queue import FailedAttempt
from newsletter.outbox import EmailType
from newsletter.rendering.message import Message
from newsletter.rendering.recipient import Recipient
from newsletter.sending.limits import pauses
from newsletter.sending.limits.pauses import OUTBOX
from newsletter.sending.provider_trouble.single_mails import SingleMails
from newsletter.sending.records.ledger import DeliveryResult
from newsletter.sending.restore_guard.outbox_memory import OutboxMemory
from newsletter.subscribers import suppression
from newsletter.text import without_addresses
from newsletter.transports.base import SendResult, SendStatus, Transport

_log = logging.getLogger(__name__)

_NO_MEMORY = OutboxMemory()
_LOST = 3  # answers, after which a mail is given up: it may have arrived each time


class OutboxRound:
    """One round over the outbox: its results, and its judgement of the provider."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        now: datetime,
        memory: OutboxMemory = _NO_MEMORY,
    ) -> None:
        self._database, self._transport, self.memory = database, transport, memory
        self._unrecorded: dict[str, OutboxRow] = {}  # sent, and not recorded yet
        self.sent = self.given_up = 0
        self.waiting = ""  # why a mail is still in the outbox
        with database.read() as session:
            domains = outbox.domains_due(session, now)
            self._breaker = SingleMails(domains, pauses.troubles(session, OUTBOX))

    @property
    def is_over(self) -> bool:
        """Whether nothing more may leave in this round."""
        return self._breaker.is_over

    def read_troubles(self, session: Session) -> None:
        """Another process may have found out meanwhile that the provider is in trouble."""
        self._breaker.update_troubles(pauses.troubles(session, OUTBOX))

    def send(self, row: OutboxRow, mail: Message, now: datetime) -> SendResult:
        """Send a leased mail; where there is doubt, it is the one that is asked with."""
        self._unrecorded[row.reference] = row
        result, judged = self._breaker.send(_recipient(row), lambda: self._transport.send_one(mail))
        self._record(judged, now)
        return result

    def finish(self, now: datetime) -> None:
        """Record the mails that could not be judged, and down how the provider is."""
        end = self._breaker.end_round()
        self._record(end.deferred, now)
        self._keep(
            [self._unrecorded.pop(recipient.reference) for recipient in end.waiting], end.words, now
        )
        self._record_refused(end.refused, now, in_trouble=end.in_trouble)
        with self._database.concurrent.begin() as session:
            if end.in_trouble:
                self.waiting = without_addresses(end.trouble)
                pauses.pause_sending(session, self.waiting, end.wait, now, OUTBOX)
            elif end.accepted:
                pauses.resume_sending(session, now, OUTBOX)

    def _record_refused(
        self, refused: Sequence[DeliveryResult], now: datetime, *, in_trouble: bool
    ) -> None:
        """Record refusals after which no mail was accepted, if others were since their last try."""
        with self._database.read() as session:
            theirs = [
                answer
                for answer in refused
                if not in_trouble
                and (row := self._unrecorded[answer.recipient.reference]).attempts > 1
                and pauses.accepted_since(session, row.written_at)
            ]
        self._record(theirs, now)
        for answer in refused:
            if answer.recipient.reference in self._unrecorded:
                row = self._unrecorded.pop(answer.recipient.reference)
                self._keep([row], answer.result.detail, now)

    def _record(self, answers: Sequence[DeliveryResult], now: datetime) -> None:
        for answer in answers:
            row, result = self._unrecorded.pop(answer.recipient.reference), answer.result
            is_lost = result.status is SendStatus.UNCERTAIN and row.attempts < _LOST
            if result.status is SendStatus.TRY_LATER or result.about_us or is_lost:
                self._keep([row], result.detail, now)
                continue
            is_refused = result.status is SendStatus.REJECTED
            self.sent += result.status is SendStatus.ACCEPTED
            self.given_up += result.status is not SendStatus.ACCEPTED
            if not is_refused:
                self.memory.remember(row)
            with self._database.concurrent.begin() as session:
                if is_refused:
                    outbox.delete_email(session, row.id)
                else:
                    outbox.record_sent(session, row, now)
                if row.kind == EmailType.NOTICE:
                    _note_notice(session, row, result, now)
                elif is_refused and result.permanent:
                    reason = f"{suppression.REJECTED}{result.detail}"
                    suppression.suppress(session, row.email, reason, now)
            self._forget(row)
            if result.status is not SendStatus.ACCEPTED:
                _warn(row, "is given up", f"{result.status}: {result.detail}")

    def _keep(self, rows: Sequence[OutboxRow], words: str, now: datetime) -> None:
        """Keep mails in the outbox, to be tried again, or given up after two days."""
        for row in rows:
            with self._database.concurrent.begin() as session:
                is_retried = outbox.retry_later(session, row.id, now)
            if is_retried:
                self.waiting = without_addresses(words)
            else:
                self.given_up += 1
                self._forget(row)
            _warn(row, "will be tried again" if is_retried else "is given up", words)

    def _forget(self, row: OutboxRow) -> None:
        if row.kind == EmailType.ERASED:
            self._database.empty_log()  # that row was the last that knew who was erased


def _note_notice(session: Session, row: OutboxRow, result: SendResult, now: datetime) -> None:
    """Whether the operator's own mailbox takes what [notify] sends it."""
    target = row.about["target"]
    if result.status is SendStatus.ACCEPTED:
        notice_queue.note_success(session, target)
    elif result.status is SendStatus.REJECTED:
        words = f"a mail was refused: {without_addresses(result.detail)}"
        notice_queue.note_failure(session, target, FailedAttempt(words), now)


def _recipient(row: OutboxRow) -> Recipient:
    return Recipient(
        row.subscriber_id,
        row.email,
        row.kind,
        row.language,
        row.written_at.date(),
        row.reference,
    )


def _warn(row: OutboxRow, outlook: str, words: str) -> None:
    """Without the address: a log is read by more people than a database."""
    why = without_addresses(words)
    _log.warning("mail %s (%s) %s: %s", row.id, row.kind, outlook, why)
