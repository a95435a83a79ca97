"""One batch in the hands of one worker: claim, hand out, record in groups, keep the lease."""

import time
from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.models import BatchRow, IssueRow
from newsletter.rendering.issue_email import IssueEmails, Recipient
from newsletter.rendering.message import Message
from newsletter.sending import claim, holds, ledger
from newsletter.sending.context import SendContext
from newsletter.sending.journal import Journal, Mark
from newsletter.sending.ledger import DeliveryResult
from newsletter.transports.base import SendResult, SendStatus

_MARK_AFTER = {
    SendStatus.ACCEPTED: Mark.ACCEPTED,
    SendStatus.UNCERTAIN: Mark.UNKNOWN,
    SendStatus.TRY_LATER: Mark.NOT_TAKEN,
    SendStatus.REJECTED: Mark.NOT_TAKEN,
}
_RENEW_AFTER_S = ledger.LEASE.total_seconds() / 5
_SURE_FOR_S = ledger.LEASE.total_seconds() * 0.6  # so long after a renewal the lease is surely ours
_RECORD_AFTER_S = 0.5
_GIVE_UP_AT = 25  # strain; then it is not about one mail
_STRAIN = {True: 1, False: 5}  # of a refusal for now: by the reader's server, by ours


class BatchWorker:
    """The worker's view of its batch. `begin` and `answered` may be called from any thread."""

    def __init__(self, sending: SendContext, batch_id: int, mails: IssueEmails) -> None:
        self._sending = sending
        self._batch_id = batch_id
        self._mails = mails
        self._journal = Journal(sending.folder, sending.owner.name) if sending.folder else None
        self._most = sending.transport.at_once
        self._out: dict[str, Recipient] = {}  # handed out, no outcome yet
        self._answers: list[DeliveryResult] = []  # not recorded yet
        sending.claim_sizer.begin()
        self._recorded_s = time.monotonic()
        self._stopped_s: float | None = None
        self._strain = 0
        self._ours = self._any = False  # in this pass: refused for now for our sake, accepted
        self.after = 0
        self.wait_s = 0.0  # until the limits allow the next one
        self.short_s: float | None = None
        self.trouble: str | None = None
        self.held = ""  # why a domain gets nothing for now
        self.provider_wait_s: float | None = None
        self.accepted = 0
        with sending.database.read() as session:
            batch = session.get_one(BatchRow, batch_id)
            issue = session.get_one(IssueRow, batch.issue_id)
            self._newsletter, self._day = issue.newsletter, issue.day
            self._issue_id = issue.id
            room = delivery_counters.of_batch(batch)
        if self._journal is not None:
            self._journal.open(batch_id, room)

    @property
    def circuit_open(self) -> bool:
        """So many refusals for now that they are not about one mail."""
        return self._strain >= _GIVE_UP_AT

    @property
    def provider_down(self) -> bool:
        """The provider takes nothing now, and it is not about the readers."""
        return self.circuit_open or bool(self.provider_wait_s) or (self._ours and not self._any)

    def chunks(self) -> Iterator[Sequence[Message]]:
        """What to send next, claimed and committed just before, until nothing more may be sent."""
        while self.wanted():
            claimed = self._claim()
            if claimed:
                yield [self._mails.mail(recipient) for recipient in claimed]
            elif self.wait_s or not self.after:
                return

    def wanted(self) -> bool:
        """Whether more mails shall leave; from any thread."""
        return not (self.circuit_open or self._sending.stopping())

    def begin(self, mail: Message) -> bool:
        """A byte of this mail is about to leave; False where it must not."""
        if not self.wanted():
            return False
        if time.monotonic() - self._recorded_s > _SURE_FOR_S:
            return False  # this process was held up; another may have the batch by now
        return self._journal is None or self._journal.mark(mail.reference, Mark.BEGUN)

    def answered(self, mail: Message, result: SendResult) -> None:
        if self._journal is not None:
            self._journal.mark(mail.reference, _MARK_AFTER[result.status])

    def note(self, mail: Message, result: SendResult) -> None:
        """Keep an outcome for the next recording."""
        self._answers.append(DeliveryResult(self._out.pop(mail.reference), result))
        if result.status is SendStatus.TRY_LATER:
            self._strain += _STRAIN[result.of_reader]
            self._ours = self._ours or not result.of_reader
            self.trouble = result.detail
            if not result.of_reader:
                self.provider_wait_s = result.wait_s or self.provider_wait_s
        else:
            self._strain = 0
            self.accepted += result.status is SendStatus.ACCEPTED
            self._any = self._any or result.status is SendStatus.ACCEPTED
        self.heartbeat()

    def heartbeat(self) -> bool:
        """Record and renew what is due; False where stopping has taken too long."""
        now_s = time.monotonic()
        due_s = _RECORD_AFTER_S if self._answers else _RENEW_AFTER_S
        if now_s - self._recorded_s > due_s:
            self.record()
        if not self._sending.stopping():
            return True
        self._stopped_s = self._stopped_s or now_s
        return now_s - self._stopped_s < self._sending.stop_within_s

    @property
    def is_idle(self) -> bool:
        """Nothing is claimed, and everything known is recorded."""
        return not (self._out or self._answers)

    def next_wait_s(self) -> float | None:
        """How long the limits ask to wait before more can be claimed; None when nobody is left."""
        if self.wait_s:
            return self.wait_s
        wait_s, self.short_s = self.short_s, None  # who was passed over; from the start again
        return wait_s

    def record(self) -> None:
        """Write down what is known, in one transaction with the renewal of the lease."""
        with self._sending.database.write.begin() as session:
            self._record(session)
        self._recorded()

    def record_after_all(self) -> None:
        """The lease is lost; that a mail was accepted is still news for who has it now."""
        accepted = [
            result for result in self._answers if result.result.status is SendStatus.ACCEPTED
        ]
        with self._sending.database.write.begin() as session:
            ledger.record_results(session, accepted, self._sending.clock())

    def release_unsent(self) -> None:
        """Record, and let go of what was claimed and never begun."""
        with self._sending.database.write.begin() as session:
            self._record(session)
            ledger.unclaim(session, list(self._out.values()), self._sending.clock())
        self._out.clear()
        self._recorded()

    def close(self) -> None:
        """After the batch was released: nothing of it is open."""
        if self._journal is not None:
            self._journal.close()

    def reset_pass(self) -> None:
        """Once more over what is pending."""
        self.after = self._strain = 0
        self._ours = self._any = False
        self.trouble = self.provider_wait_s = None

    def _claim(self) -> Sequence[Recipient]:
        """Record what is known and claim the next ones, in one transaction."""
        at_most = min(self._sending.claim_sizer.next(time.monotonic()), self._most - len(self._out))
        with self._sending.database.write.begin() as session:
            self._record(session)
            claimed = claim.claim_deliveries(
                session,
                claim.BatchRef(self._batch_id, self._issue_id),
                self._sending.limits,
                self._sending.clock(),
                self.after,
                at_most,
            )
        self._recorded()
        self.after, self.wait_s = claimed.after, claimed.wait_s
        self.short_s = claimed.short_s or self.short_s
        self.held = claimed.held or self.held
        if claimed.recipients:
            self._remember(claimed.recipients, claimed.claims)
        return claimed.recipients

    def _remember(self, recipients: Sequence[Recipient], claims: int) -> None:
        if self._journal is not None and self._sending.folder is not None:
            self._journal.claim([recipient.reference for recipient in recipients])
            holds.remember(self._sending.folder, self._newsletter, self._day, claims)
        self._out.update({recipient.reference: recipient for recipient in recipients})

    def _record(self, session: Session) -> None:
        now = self._sending.clock()
        ledger.renew_lease(session, self._batch_id, self._sending.owner, now)
        ledger.record_results(session, self._answers, now)

    def _recorded(self) -> None:
        self._sending.progress(len(self._answers))
        self._answers = []
        self._recorded_s = time.monotonic()
