"""Whom to ask by one mail whether the provider takes mails again."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import DeliveryRow, DeliveryState, IssueRow, SubscriberRow
from newsletter.sending import rate_limit
from newsletter.sending.claim import BatchRef, next_pending

_AMONG = 1000  # readers of a batch


def before_probe(session: Session, share: BatchRef, domains: Collection[str], now: datetime) -> int:
    """After whom to claim, so that the next one is good to ask by.

    Best is a reader of another domain than these who got the issue before. From the end, since
    dead addresses often came together; another one with every trouble, so that one of them does not
    hold up everybody for ever.
    """
    rows = next_pending(session, share, 0, _AMONG, now)
    others = [row for row in rows if row.email.rpartition("@")[2] not in domains] or rows
    known = _got_the_last(session, share, [row.subscriber_id for row in others])
    chosen = [row.subscriber_id for row in others if row.subscriber_id in known]
    chosen = chosen or [row.subscriber_id for row in others]
    return int(chosen[-1 - rate_limit.troubles(session) % len(chosen)]) - 1 if chosen else 0


def domains(session: Session, issue_id: int) -> int:
    """How many domains the readers of an issue have; of many readers, those at both ends."""
    found: set[str] = set()
    for order in (DeliveryRow.subscriber_id.asc(), DeliveryRow.subscriber_id.desc()):
        emails = (
            select(SubscriberRow.email)
            .join(DeliveryRow, DeliveryRow.subscriber_id == SubscriberRow.id)
            .where(DeliveryRow.issue_id == issue_id)
            .order_by(order)
            .limit(_AMONG)
        )
        found |= {email.rpartition("@")[2] for email in session.scalars(emails)}
    return len(found)


def _got_the_last(session: Session, share: BatchRef, subscribers: Sequence[int]) -> set[int]:
    """Who of them was sent the issue before this one."""
    this = session.get_one(IssueRow, share.issue_id)
    last = session.scalar(
        select(IssueRow.id)
        .where(IssueRow.newsletter == this.newsletter, IssueRow.day < this.day)
        .order_by(IssueRow.day.desc())
        .limit(1)
    )
    if last is None:
        return set()
    chosen = select(DeliveryRow.subscriber_id).where(
        DeliveryRow.issue_id == last,
        DeliveryRow.subscriber_id.in_(subscribers),
        DeliveryRow.state == DeliveryState.SENT,
    )
    return set(session.scalars(chosen))
