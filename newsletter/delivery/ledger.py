"""Who gets an issue, and what became of each mail: claimed before it leaves, recorded after.

Every function runs inside the caller's transaction.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.orm import Session

from newsletter.delivery import accounts, leases
from newsletter.delivery.transports.outcomes import Outcome, Verdict
from newsletter.errors import NewsletterError
from newsletter.models import (
    BatchRow,
    DeliveryRow,
    DeliveryState,
    IssueRow,
    IssueState,
    Standing,
    SubscriberRow,
    SubscriptionRow,
)
from newsletter.rendering.mails import Reader
from newsletter.subscribers import erasure, suppression

BATCH_SIZE = 500
LEASE = timedelta(minutes=5)
_STATE_AFTER = {
    Verdict.ACCEPTED: DeliveryState.SENT,
    Verdict.TRY_LATER: DeliveryState.PENDING,
    Verdict.UNCERTAIN: DeliveryState.UNCERTAIN,
    Verdict.REJECTED: DeliveryState.FAILED,
}


class LeaseLostError(NewsletterError):
    """Another worker holds this batch now; this one must not touch it any more."""


def freeze_audience(session: Session, issue: IssueRow, now: datetime) -> int:
    """Write down who gets this issue: everybody confirmed at this moment, once."""
    rows = session.execute(
        select(SubscriptionRow.subscriber_id, SubscriptionRow.paused_until)
        .join(SubscriberRow, SubscriberRow.id == SubscriptionRow.subscriber_id)
        .where(
            SubscriptionRow.newsletter == issue.newsletter,
            SubscriptionRow.left_at.is_(None),
            SubscriberRow.standing == Standing.CONFIRMED,
        )
        .order_by(SubscriptionRow.subscriber_id)
    ).all()
    for start in range(0, len(rows), BATCH_SIZE):
        batch = BatchRow(issue_id=issue.id)
        session.add(batch)
        session.flush()
        session.add_all(
            _delivery(issue, batch, subscriber_id, paused_until, now)
            for subscriber_id, paused_until in rows[start : start + BATCH_SIZE]
        )
    if not rows:
        issue.state = IssueState.DONE
    return len(rows)


def take(
    session: Session, issue_id: int, owner: leases.Owner, now: datetime, given_up: Collection[int]
) -> int | None:
    """Lease a batch that nobody works on; None where there is none.

    A batch whose worker died is taken over: what that worker had on the wire is uncertain.
    """
    for batch in _unfinished(session, issue_id):
        expired = batch.leased_until is not None and batch.leased_until < now
        if batch.id in given_up or not (
            batch.owner is None or expired or owner.knows_dead(batch.owner)
        ):
            continue
        reason = "the sender was stopped while this mail was on its way"
        _move(session, batch.id, DeliveryState.SENDING, DeliveryState.UNCERTAIN, reason, now)
        batch.owner, batch.leased_until = owner.name, now + LEASE
        return batch.id
    return None


def held_elsewhere(session: Session, issue_id: int, given_up: Collection[int]) -> bool:
    """Whether another worker is still at a batch of this issue."""
    return any(batch.id not in given_up for batch in _unfinished(session, issue_id))


def claim(
    session: Session, batch_id: int, owner: leases.Owner, now: datetime, after: int, at_most: int
) -> tuple[list[Reader], int]:
    """Mark the next pending deliveries "sending", and renew the lease.

    Who left or was suppressed since the issue was frozen is skipped, here at the last moment.
    Returns whom to send to, and the last subscriber looked at (0 when nobody was left).

    Raises:
        LeaseLostError: another worker has taken the batch over.
    """
    renewed = session.execute(
        update(BatchRow)
        .where(BatchRow.id == batch_id, BatchRow.owner == owner.name)
        .values(leased_until=now + LEASE)
    )
    if renewed.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLostError(f"batch {batch_id} was taken over by another process")
    rows = _next_pending(session, batch_id, after, at_most)
    claimed = []
    for delivery, subscriber, subscription in rows:
        delivery.changed_at = now
        reason = _not_to_be_mailed(session, subscriber, subscription)
        if reason is None:
            delivery.state = DeliveryState.SENDING
            claimed.append(accounts.reader_of(subscriber, subscription, delivery.reference))
        else:
            delivery.state, delivery.reason = DeliveryState.SKIPPED, reason
    return claimed, rows[-1][0].subscriber_id if rows else 0


def record(
    session: Session, issue_id: int, reader: Reader, outcome: Outcome, now: datetime
) -> None:
    """Write down what became of a claimed delivery."""
    delivery = _claimed(session, issue_id, reader)
    delivery.state = _STATE_AFTER[outcome.verdict]
    delivery.reason = outcome.detail or None
    delivery.provider_id = outcome.provider_id
    if outcome.verdict is not Verdict.TRY_LATER:
        delivery.attempts += 1
    delivery.changed_at = now
    _let_rest(delivery)
    if outcome.verdict is Verdict.REJECTED and outcome.permanent:
        suppression.suppress(session, reader.email, f"rejected: {outcome.detail}", now)


def unclaim(session: Session, issue_id: int, readers: Sequence[Reader], now: datetime) -> None:
    """Give back deliveries that surely never left."""
    for reader in readers:
        delivery = _claimed(session, issue_id, reader)
        delivery.state, delivery.changed_at = DeliveryState.PENDING, now
        _let_rest(delivery)


def release(session: Session, batch_id: int, owner: leases.Owner) -> None:
    """Let a batch go; it is finished when nothing in it is open."""
    batch = session.get_one(BatchRow, batch_id)
    if batch.owner != owner.name:
        return
    batch.owner = batch.leased_until = None
    batch.finished = not _count(session, DeliveryRow.batch_id == batch_id, accounts.OPEN)
    if batch.finished and not _count(
        session, DeliveryRow.issue_id == batch.issue_id, accounts.OPEN
    ):
        session.get_one(IssueRow, batch.issue_id).state = IssueState.DONE


def settle(
    session: Session,
    issue_id: int,
    references: Sequence[str],
    settled_as: DeliveryState,
    now: datetime,
) -> int:
    """The operator's word on uncertain deliveries, all or those named.

    `SENT`: they arrived. `PENDING`: they shall be sent again, at the risk of a double.
    """
    chosen = [DeliveryRow.issue_id == issue_id, DeliveryRow.state == DeliveryState.UNCERTAIN]
    if references:
        chosen.append(DeliveryRow.reference.in_(references))
    rows = session.scalars(select(DeliveryRow).where(*chosen)).all()
    for row in rows:
        row.state, row.reason, row.changed_at = settled_as, "settled by the operator", now
        _let_rest(row)
    if settled_as is DeliveryState.PENDING and rows:
        session.execute(
            update(BatchRow)
            .where(BatchRow.id.in_({row.batch_id for row in rows}))
            .values(finished=False)
        )
        session.get_one(IssueRow, issue_id).state = IssueState.FROZEN
    return len(rows)


def _next_pending(
    session: Session, batch_id: int, after: int, at_most: int
) -> Sequence[Row[DeliveryRow, SubscriberRow, SubscriptionRow]]:
    return session.execute(
        select(DeliveryRow, SubscriberRow, SubscriptionRow)
        .join(IssueRow, IssueRow.id == DeliveryRow.issue_id)
        .join(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
        .join(
            SubscriptionRow,
            (SubscriptionRow.subscriber_id == DeliveryRow.subscriber_id)
            & (SubscriptionRow.newsletter == IssueRow.newsletter),
        )
        .where(
            DeliveryRow.batch_id == batch_id,
            DeliveryRow.state == DeliveryState.PENDING,
            DeliveryRow.subscriber_id > after,
        )
        .order_by(DeliveryRow.subscriber_id)
        .limit(at_most)
    ).all()


def _claimed(session: Session, issue_id: int, reader: Reader) -> DeliveryRow:
    """By its reference: the reader may have been erased while the mail was on its way."""
    return session.scalars(
        select(DeliveryRow).where(
            DeliveryRow.issue_id == issue_id, DeliveryRow.reference == reader.reference
        )
    ).one()


def _let_rest(delivery: DeliveryRow) -> None:
    """An erased person's delivery is never sent again, and leads nowhere."""
    if erasure.is_erased(delivery.subscriber_id):
        erasure.forget_delivery(delivery)
        if delivery.state == DeliveryState.PENDING:
            delivery.state = DeliveryState.SKIPPED


def _delivery(
    issue: IssueRow, batch: BatchRow, subscriber_id: int, paused_until: date | None, now: datetime
) -> DeliveryRow:
    paused = paused_until is not None and paused_until >= issue.day
    return DeliveryRow(
        issue_id=issue.id,
        subscriber_id=subscriber_id,
        batch_id=batch.id,
        reference=secrets.token_hex(12),
        state=DeliveryState.SKIPPED if paused else DeliveryState.PENDING,
        reason=f"paused until {paused_until}" if paused else None,
        changed_at=now,
    )


def _unfinished(session: Session, issue_id: int) -> Sequence[BatchRow]:
    return session.scalars(
        select(BatchRow)
        .where(BatchRow.issue_id == issue_id, BatchRow.finished.is_(False))
        .order_by(BatchRow.id)
    ).all()


def _move(session: Session, batch_id: int, old: str, new: str, reason: str, now: datetime) -> None:
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.batch_id == batch_id, DeliveryRow.state == old)
        .values(state=new, reason=reason, changed_at=now)
    )


def _not_to_be_mailed(
    session: Session, subscriber: SubscriberRow, subscription: SubscriptionRow
) -> str | None:
    if subscriber.standing != Standing.CONFIRMED or subscription.left_at is not None:
        return "left"
    reason = suppression.reason(session, subscriber.email)
    return None if reason is None else f"suppressed: {reason}"


def _count(session: Session, where: ColumnElement[bool], states: Collection[str]) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(DeliveryRow)
            .where(where, DeliveryRow.state.in_(states))
        )
        or 0
    )
