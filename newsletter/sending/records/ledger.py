"""Keeps leases, and writes down what became of each claimed delivery.

Every function runs inside the caller's transaction.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.database.db import is_sqlite
from newsletter.errors import NewsletterError
from newsletter.models import BatchRow, DeliveryState, IssueRow, IssueState
from newsletter.rendering.recipient import Recipient
from newsletter.sending.claiming import pending, postgresql_statements, sqlite_statements
from newsletter.sending.claiming.lease_renewal import LeaseState, Renewal
from newsletter.sending.records import delivery_updates, journal
from newsletter.sending.records.delivery_updates import StateChange
from newsletter.sending.records.leases import lease_length
from newsletter.subscribers import delivery_moves, suppression
from newsletter.transports.base import SendResult, SendStatus

# Refusals for now by one reader's server, over four days and a half: RFC 5321 4.5.4.1 asks for four
# or five. An issue is old news before, unless the operator set another age.
MOST_ATTEMPTS = 32
STATE_AFTER = {
    SendStatus.ACCEPTED: DeliveryState.SENT,
    SendStatus.TRY_LATER: DeliveryState.PENDING,
    SendStatus.UNCERTAIN: DeliveryState.UNCERTAIN,
    SendStatus.REJECTED: DeliveryState.FAILED,
}


class LeaseLostError(NewsletterError):
    """Another worker holds this batch now; this one must not touch it any more."""


@dataclass(frozen=True)
class DeliveryResult:
    """The answer to a claimed delivery's mail."""

    recipient: Recipient
    result: SendResult
    # In the order of a run: how many mails were announced up to it, and up to its answer.
    begun: int = 0
    answered: int = 0
    by_hand: bool = False  # the operator had it tried, perhaps before its rest was over
    given_back: bool = False  # it waits again, since nobody could judge the result so far

    @property
    def domain(self) -> str:
        return self.recipient.email.rpartition("@")[2]

    @property
    def waiting_recipient(self) -> Recipient:
        """The reader, who waits again and keeps these words."""
        return replace(self.recipient, last_words=self.result.detail or self.recipient.last_words)


def renew_and_record(
    session: Session,
    batch_id: int,
    owner: journal.Owner,
    answers: Sequence[DeliveryResult],
    now: datetime,
    rates: Sequence[str] = (),
) -> LeaseState:
    """Keep the lease and write down what became of claimed deliveries.

    Returns what the statement reads on the way; on PostgreSQL it locks these `rates`.

    Raises:
        LeaseLostError: another worker has taken the batch over.
    """
    said = {
        answer.recipient.reference: (answer.result.detail or None, answer.result.provider_id)
        for answer in answers
        if answer.result.status is SendStatus.ACCEPTED and not answer.given_back
    }
    bind = session.get_bind()
    is_good = len(said) == len(answers)  # else addresses may be suppressed first
    renewal = Renewal(owner.name, now + lease_length(bind), list(rates) if is_good else [])
    renew = postgresql_statements.renew_and_record
    if is_sqlite(bind):
        renew = sqlite_statements.renew_and_record
    state = renew(session, batch_id, renewal, said, now)
    if state is None:
        raise LeaseLostError(f"batch {batch_id} was taken over by another process")
    lacking = len(said) - len(state.recorded)  # erased, moved by feedback or taken over meanwhile
    delivery_counters.count_change(
        session, batch_id, DeliveryState.SENT, DeliveryState.SENDING, lacking
    )
    others = [answer for answer in answers if answer.recipient.reference not in state.recorded]
    if others:
        record_results(session, others, now)
    return state


def record_results(session: Session, answers: Sequence[DeliveryResult], now: datetime) -> None:
    """Write down what became of claimed deliveries, in one go.

    A state that feedback or another worker has written meanwhile stays. There are two exceptions: a
    delivery that is uncertain, or waits to be sent again, changes when we learn that it was
    accepted, and one that was given back when we learn that it was refused. A reader who was
    refused in words about us stays pending, and so does one who moved meanwhile: the new address
    has not refused the mail.
    """
    deliveries = delivery_updates.find_deliveries(
        session, [result.recipient.reference for result in answers]
    )
    changes, refused = [], dict[str, str]()
    for answer in answers:
        result, old = answer.result, deliveries.get(answer.recipient.reference)
        change = _change(answer, old) if old is not None else None
        if change is None:
            continue
        changes.append(change)
        if result.status is SendStatus.REJECTED and result.permanent:
            refused[answer.recipient.email] = f"{suppression.REJECTED}{result.detail}"
    for email in sorted(refused):
        suppression.suppress(session, email, refused[email], now)
    delivery_updates.apply_changes(session, _for_who_moved(session, changes), now)


def unclaim(session: Session, recipients: Sequence[Recipient], now: datetime) -> None:
    """Give back deliveries whose mails surely never left, or were not taken.

    The servers' last words about those readers stay.
    """
    last_words = {recipient.reference: recipient.last_words for recipient in recipients}
    deliveries = delivery_updates.find_deliveries(session, list(last_words))
    changes = [
        StateChange(delivery, DeliveryState.PENDING, last_words[reference] or None)
        for reference, delivery in deliveries.items()
        if delivery.state is DeliveryState.SENDING
    ]
    delivery_updates.apply_changes(session, changes, now)


def release_batch(session: Session, batch_id: int, owner: journal.Owner) -> None:
    """Let a batch go; it is finished when nothing in it is open."""
    batch = session.get_one(BatchRow, batch_id, with_for_update=True, populate_existing=True)
    if batch.owner != owner.name:
        return
    batch.owner = batch.leased_until = None
    batch.finished = not (batch.pending or batch.sending)
    session.flush()
    if batch.finished:
        _finish_issue(session, batch.issue_id)


def finish_free_batches(session: Session, issue_id: int) -> None:
    """Finish the free batches without an open delivery, and with the last one the issue."""
    session.execute(
        update(BatchRow)
        .where(BatchRow.issue_id == issue_id, BatchRow.owner.is_(None))
        .where(BatchRow.pending == 0, BatchRow.sending == 0)
        .values(finished=True)
    )
    _finish_issue(session, issue_id)


def _finish_issue(session: Session, issue_id: int) -> None:
    issue = session.get_one(
        IssueRow, issue_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if issue.frozen_up_to is None and not delivery_counters.is_open(session, issue.id):
        issue.state = IssueState.DONE  # the others are done too, or will say so when they let go


def _change(answer: DeliveryResult, old: delivery_updates.DeliveryRef) -> StateChange | None:
    result = answer.result
    state, reason = STATE_AFTER[result.status], result.detail or None
    in_doubt = (DeliveryState.UNCERTAIN, DeliveryState.PENDING)  # the latter by the operator's word
    late_news = old.state in in_doubt and state is DeliveryState.SENT
    expected = DeliveryState.PENDING if answer.given_back else DeliveryState.SENDING
    if old.state is not expected and not late_news:
        return None
    counted = result.status is not SendStatus.TRY_LATER or result.of_reader
    attempts = old.attempts + counted
    if answer.by_hand:  # or a few sends in a row would use up what is meant for a day
        attempts = min(attempts, max(old.attempts, pending.RESTS_FROM))
    if result.about_us:  # not for the next round of this run: whoever said it has to be asked first
        state, attempts = DeliveryState.PENDING, max(attempts, pending.RESTS_FROM)
    if state is DeliveryState.PENDING and attempts >= MOST_ATTEMPTS:
        state, reason = DeliveryState.FAILED, f"given up after {attempts} attempts: {reason}"
    return StateChange(old, state, reason, result.provider_id, attempts)


def _for_who_moved(session: Session, changes: Sequence[StateChange]) -> list[StateChange]:
    failed = defaultdict[int, set[int]](set)
    for change in changes:
        if change.state is DeliveryState.FAILED:
            failed[change.of.batch_id].add(change.of.subscriber_id)
    moved = set[tuple[int, int]]()
    for batch_id, readers in failed.items():
        issue_id = session.get_one(BatchRow, batch_id).issue_id
        moved |= {
            (batch_id, subscriber_id)
            for subscriber_id in delivery_moves.who_moved(session, issue_id, readers)
        }
    return [
        replace(change, state=DeliveryState.PENDING)
        if (change.of.batch_id, change.of.subscriber_id) in moved
        else change
        for change in changes
    ]
