"""One batch in the hands of one worker: hand out, record in groups, keep the lease."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from newsletter.database.server_clock import running_s
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.message import Message
from newsletter.rendering.recipient import Recipient
from newsletter.sending import wire_transaction
from newsletter.sending.batch_claims import BatchClaims
from newsletter.sending.claiming.claim import ClaimResult
from newsletter.sending.context import SendContext
from newsletter.sending.limits import pauses, rate_limit
from newsletter.sending.provider_trouble import gone_mailboxes
from newsletter.sending.records import leases, ledger
from newsletter.sending.records.journal import MARK_AFTER, Mark
from newsletter.sending.records.ledger import DeliveryResult
from newsletter.transports.base import SendResult, SendStatus, WireLimits, only_wait

if TYPE_CHECKING:
    from newsletter.sending.claiming.lease_renewal import LeaseState

_RENEW_AFTER = 0.2  # of a lease
_SURE_FOR = 0.6  # of a lease, after its renewal: so long it is surely ours
_RECORD_AFTER_S = 0.5
_BUSY_AFTER = 5  # claims; by then as many mails are in hand as may be
_AMONG = 8  # mails that are made between two looks at what is on the wire


class BatchWorker:
    """The worker's view of its batch.

    `announce`, `begin` and `answered` may be called from any thread.
    """

    def __init__(
        self,
        context: SendContext,
        batch_id: int,
        mails: IssueEmails,
        once_busy: Callable[[], None] | None = None,
    ) -> None:
        self._context = context
        self._once_busy = once_busy
        self._claimed = 0  # times
        self._batch_id = batch_id
        self._mails = mails
        self._journal = context.journal
        self._lease_s = leases.lease_length(context.database.engine).total_seconds()
        self.meanwhile: Callable[[float], None] = only_wait
        self._most = context.transport.at_once
        self._out: dict[str, Recipient] = {}  # handed out, no outcome yet
        # Of those on the wire, in the order of their envelopes, their number in the run.
        self._begun: dict[str, int] = {}
        self._answered: dict[str, int] = {}  # how many were begun then, of those not noted yet
        self._answers: list[DeliveryResult] = []  # not recorded yet
        self._lease_state: LeaseState | None = None  # at the last recording, where that told
        context.claim_sizer.begin()
        self._recorded_s = running_s()
        self._stopped_s: float | None = None
        self._lost: ledger.LeaseLostError | None = None
        self._breaker = context.breaker
        self.after = context.starting_point.after_in(batch_id)
        self._others_before = self.after > 0  # their turn is at the end
        self._is_last = False
        self.wait_s = 0.0  # until the limits allow the next one
        self.short_s: float | None = None
        self.held = ""  # why a domain gets nothing for now
        self._claims = BatchClaims(context, batch_id, mails)

    def chunks(self) -> Iterator[Sequence[Message]]:
        """The mails to send next, claimed and committed, until nothing more may be sent."""
        while self.wanted():
            if len(self._out) >= self._most:
                yield ()
                continue
            try:
                claimed = self._claim()
            except ledger.LeaseLostError as error:
                self._lost = error
                return
            self._claimed += 1
            if self._claimed == _BUSY_AFTER and self._once_busy is not None:
                self._once_busy()
            if claimed:
                yield self._made(claimed)
            if self._is_last and self._others_before:
                self.after, self._others_before = 0, False
            elif self._is_last or (not claimed and self.wait_s):
                return

    def _made(self, recipients: Sequence[Recipient]) -> Sequence[Message]:
        mails = []
        for recipient in recipients:
            mails.append(self._mails.mail(recipient))
            if not len(mails) % _AMONG:
                self.meanwhile(0.0)
        return mails

    def wanted(self) -> bool:
        """Whether more mails shall leave; from any thread."""
        return not (self._lost or self._breaker.is_blocking or self._context.stopping())

    def refused_before(self, mail: Message) -> bool:
        return self._out[mail.reference].attempts > 0

    def wire_limits(self) -> WireLimits:
        return self._context.claim_sizer.wire_limits

    def announce(self, mail: Message) -> None:
        """From now on a server may say of this mail what it says of others at this moment."""
        self._breaker.begun += 1
        self._begun[mail.reference] = self._breaker.begun

    def begin(self, mail: Message) -> bool:
        """A byte of this mail is about to leave; False where it must not."""
        if not self.wanted():
            return False
        if running_s() - self._recorded_s > _SURE_FOR * self._lease_s:
            return False  # this process was held up; another may have the batch by now
        if mail.reference not in self._begun:
            self.announce(mail)
        return self._journal is None or self._journal.mark(mail.reference, Mark.BEGUN)

    def answered(self, mail: Message, result: SendResult) -> None:
        if self._journal is not None:
            self._journal.mark(mail.reference, MARK_AFTER[result.status])
        self._answered[mail.reference] = self._breaker.begun
        if result.status is SendStatus.UNCERTAIN:
            self._breaker.lost = True

    def note(self, mail: Message, result: SendResult) -> None:
        """Keep an outcome for the next recording, or hold it back until it can be judged."""
        self._claims.forget(mail.reference)
        begun = self._begun.pop(mail.reference, 0)
        answered = self._answered.pop(mail.reference, self._breaker.begun)
        recipient, by_hand = self._out.pop(mail.reference), self._context.override.waiting
        answer = DeliveryResult(recipient, result, begun, answered, by_hand)
        self._answers += self._breaker.note(answer)
        self._context.claim_sizer.answered()
        if result.status is SendStatus.UNCERTAIN:
            self._context.claim_sizer.restart()
        elif result.status is not SendStatus.TRY_LATER and not result.unasked:
            self._context.claim_sizer.got_through()
        self.heartbeat()

    def heartbeat(self) -> bool:
        """Record and renew what is due; False where stopping has taken too long.

        Once the lease is lost nothing more is begun, and what is on the wire has its answers first.
        """
        now_s = running_s()
        due_s = _RECORD_AFTER_S if self._answers else _RENEW_AFTER * self._lease_s
        if now_s - self._recorded_s > due_s and self._lost is None:
            try:
                self.record()
            except ledger.LeaseLostError as error:
                self._lost = error
        if not self._context.stopping():
            return True
        self._stopped_s = self._stopped_s or now_s
        return now_s - self._stopped_s < self._context.limits.stop_within_s

    def next_wait_s(self) -> float | None:
        """How long the limits ask to wait before more can be claimed; None when nobody is left."""
        if self.wait_s:
            return self.wait_s
        self.after = 0  # who was passed over; from the start again
        wait_s, self.short_s = self.short_s, None
        return wait_s

    def record(self) -> None:
        """Write down what is known, in one transaction with the renewal of the lease."""
        with wire_transaction.begin(self._context, self.meanwhile) as session:
            self._record(session)
        self._recorded()

    def record_after_all(self) -> None:
        """The lease is lost; that a mail was accepted is still news for who has it now."""
        accepted = [
            result for result in self._answers if result.result.status is SendStatus.ACCEPTED
        ]
        with self._context.database.write.begin() as session:
            ledger.record_results(session, accepted, self._context.clock())

    def release_unsent(self) -> None:
        """Record, and let go of what was claimed and never begun: it comes first again.

        Raises:
            LeaseLostError: it is another worker's.
        """
        if self._lost is not None:
            raise self._lost
        unsent = list(self._out.values())
        if not unsent:  # what is known is recorded with what comes next
            return
        with self._context.database.concurrent.begin() as session:
            self._record(session)
            ledger.unclaim(session, unsent, self._context.clock())
        self._claims.give_back(unsent)
        self.after = min(recipient.subscriber_id for recipient in unsent) - 1
        self._out.clear()
        self._begun.clear()
        self._recorded()

    def finish(self) -> None:
        """At the end: record what can be, let go of what nobody can judge yet, and of the batch."""
        deferred, everybody = self._breaker.take_deferred()
        self._answers += deferred
        refused = self._breaker.held.leave_refused(self._batch_id)
        alone = self._breaker.held.take_alone()
        with self._context.database.concurrent.begin() as session:
            now = self._context.clock()
            self._answers += gone_mailboxes.classify_refusals(
                session, self._claims.issue_id, alone, self._breaker, now
            )
            self._record(session)
            ledger.unclaim(session, [*everybody, *refused], now)
            gone_mailboxes.count_refused(session, self._claims.issue_id, self._breaker)
            if not self._out:
                ledger.release_batch(session, self._batch_id, self._context.owner)
        self._recorded()
        if self._journal is not None:
            self._journal.has_nothing_open = not self._out

    def set_apart_refused_earlier(self) -> None:
        """Of those who were refused in a row, some may have been refused earlier issues too."""
        held = [answer.recipient.subscriber_id for answer in self._breaker.held.refused.answers]
        with self._context.database.read() as session:
            accepted_at = pauses.accepted_at(session)
            if self._breaker.accepted:
                accepted_at = self._context.began
            refused_earlier = gone_mailboxes.refused_earlier_issues(
                session, self._claims.issue_id, held, accepted_at
            )
        self._breaker.set_apart(refused_earlier)

    def probe(self, *, again: bool, asked: bool) -> Sequence[Message]:
        """One mail to ask with: `again` to the first that was deferred, else to another reader.

        Where one was `asked` with already, only to a domain that has not refused since.
        """
        recipient = self._breaker.held.first_deferred() if again else None
        if recipient is None:
            return self._claim_probe(
                lambda session: self._claims.claim_probe(
                    session, self._lease_state, self._breaker, again=again, asked=asked
                )
            )
        self._out[recipient.reference] = recipient
        return [self._mails.mail(recipient)]

    def probe_suspect(self) -> Sequence[Message]:
        """One mail to a domain that was paused, before others to it are on the wire as well."""
        unasked = self._breaker.domains.unasked
        if not unasked:
            return []
        mails = self._claim_probe(
            lambda session: self._claims.claim_of(session, self._lease_state, unasked)
        )
        unasked -= {self._out[mail.reference].email.rpartition("@")[2] for mail in mails}
        return mails

    def _claim(self) -> Sequence[Recipient]:
        """Record what is known and claim the next ones, in one transaction."""
        in_hand = len(self._out)
        sizer = self._context.claim_sizer
        at_most = min(sizer.next(time.monotonic(), in_hand), self._most - in_hand)
        ahead = rate_limit.keys_ahead(self._context.limits)
        self._claims.rank_ahead(self._lease_state, self.after, at_most, self.meanwhile)
        with wire_transaction.begin(self._context, self.meanwhile) as session:
            self._record(session, ahead)
            claimed, state = None, self._lease_state
            troubles = pauses.troubles(session) if state is None else state.troubles
            if not self._breaker.update_troubles(troubles):
                claimed = self._claims.claim_next(session, state, self.after, at_most)
            self._claims.learn_suppression_key(session)
        self._recorded()
        sizer.claimed(time.monotonic())
        if claimed is None:  # another process is in trouble: one mail first
            return ()
        self.after, self._is_last = claimed.after, claimed.is_last
        self.short_s = claimed.short_s or self.short_s
        self.held = claimed.held or self.held
        return self._hand_out(claimed)

    def _claim_probe(self, claim: Callable[[Session], ClaimResult]) -> Sequence[Message]:
        with self._context.database.concurrent.begin() as session:
            self._record(session)
            claimed = claim(session)
        self._recorded()
        return [self._mails.mail(recipient) for recipient in self._hand_out(claimed)]

    def _hand_out(self, claimed: ClaimResult) -> Sequence[Recipient]:
        self.wait_s = claimed.wait_s
        self._claims.remember(claimed)
        self._out.update({recipient.reference: recipient for recipient in claimed.recipients})
        return claimed.recipients

    def _record(self, session: Session, rates: Sequence[str] = ()) -> None:
        session.connection()  # its turn may take a while, and the lease begins after it
        now = self._context.clock()
        self._lease_state = ledger.renew_and_record(
            session, self._batch_id, self._context.owner, self._answers, now, rates
        )
        if waiting := self._breaker.held.take_waiting():
            ledger.unclaim(session, [answer.waiting_recipient for answer in waiting], now)
        for held in pauses.pause_refusing(session, self._breaker.domains.take_pauses(), now):
            self.held = held
            self._lease_state = None  # and who is paused is to be asked anew

    def _recorded(self) -> None:
        self._context.progress(len(self._answers))
        self._answers = []
        self._recorded_s = running_s()
