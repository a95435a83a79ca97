"""The reader with whom an issue begins, where the last one did not reach everybody.

A quota that is smaller than the list would else meet the same readers each day. So they take turns
as in a ring: an issue begins behind those whom the last one reached.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.models import BatchRow, DeliveryRow, DeliveryState, IssueRow
from newsletter.sending.claiming.pending import NOT_REFUSED

_MANY = 20  # one waits for so many that got it; fewer are readers whose servers say "later"


@dataclass(frozen=True)
class StartingPoint:
    """The batch that comes first, and who was before the first reader in it."""

    batch_id: int = 0
    after: int = 0

    def after_in(self, batch_id: int) -> int:
        """Where a pass over that batch begins."""
        return self.after if batch_id == self.batch_id else 0


FROM_THE_START = StartingPoint()


def first_reader(session: Session, issue_id: int) -> int | None:
    """The number of the reader whose turn it is; None where the last issue reached nearly all.

    Who was never asked counts first: single readers whose servers say "later" stand between others.
    """
    last = _last_issue(session, issue_id)
    if last is None:
        return None
    reached = select(func.min(BatchRow.id)).where(BatchRow.issue_id == last, BatchRow.sent > 0)
    batch_id = session.scalar(reached)
    counted = delivery_counters.of_issue(session, last)
    left = _MANY * counted[DeliveryState.PENDING] >= counted[DeliveryState.SENT]
    if batch_id is None or not left:
        return None
    sent = select(func.min(DeliveryRow.subscriber_id)).where(
        DeliveryRow.batch_id == batch_id, DeliveryRow.state == DeliveryState.SENT
    )
    behind = DeliveryRow.subscriber_id > (session.scalar(sent) or 0)
    return _first_waiting(session, last, batch_id, behind, *NOT_REFUSED) or _first_waiting(
        session, last, batch_id, behind
    )


def find_starting_point(session: Session, issue_id: int, first: int) -> StartingPoint:
    """Where that reader stands in an issue, or the next one."""
    found = session.execute(
        select(DeliveryRow.batch_id, DeliveryRow.subscriber_id)
        .where(DeliveryRow.issue_id == issue_id, DeliveryRow.subscriber_id >= first)
        .order_by(DeliveryRow.subscriber_id)
        .limit(1)
    ).one_or_none()
    return (
        FROM_THE_START if found is None else StartingPoint(found.batch_id, found.subscriber_id - 1)
    )


def _last_issue(session: Session, issue_id: int) -> int | None:
    """The issue of the same newsletter that was frozen before."""
    newsletter = session.get_one(IssueRow, issue_id).newsletter
    return session.scalar(
        select(func.max(IssueRow.id)).where(
            IssueRow.newsletter == newsletter, IssueRow.id < issue_id
        )
    )


def _first_waiting(
    session: Session, issue_id: int, first_batch: int, *conditions: ColumnElement[bool]
) -> int | None:
    """The first of these readers that waits, batch by batch: both are in the order of numbers."""
    first = (
        select(func.min(DeliveryRow.subscriber_id))
        .where(DeliveryRow.batch_id == BatchRow.id, DeliveryRow.state == DeliveryState.PENDING)
        .where(*conditions)
        .scalar_subquery()
    )
    return session.scalar(
        select(first)
        .where(BatchRow.issue_id == issue_id, BatchRow.id >= first_batch)
        .where(BatchRow.pending > 0, first.is_not(None))
        .order_by(BatchRow.id)
        .limit(1)
    )
