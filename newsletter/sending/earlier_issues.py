"""How a newsletter's earlier issues reached the readers of this one."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import DeliveryRow, DeliveryState, IssueRow

_LATELY = 10  # issues that are looked at; a weekly reader has one of seven


def earlier_issues(session: Session, issue_id: int, at_most: int = _LATELY) -> Sequence[int]:
    """The issues of the same newsletter before this one, the last first."""
    issue = session.get_one(IssueRow, issue_id)
    return session.scalars(
        select(IssueRow.id)
        .where(IssueRow.newsletter == issue.newsletter, IssueRow.day < issue.day)
        .order_by(IssueRow.day.desc())
        .limit(at_most)
    ).all()


def who_got(session: Session, issues: Sequence[int], subscribers: Collection[int]) -> set[int]:
    """The subscribers of these who were sent at least one of the issues."""
    chosen = select(DeliveryRow.subscriber_id).where(
        DeliveryRow.issue_id.in_(issues),
        DeliveryRow.subscriber_id.in_(subscribers),
        DeliveryRow.state == DeliveryState.SENT,
    )
    return set(session.scalars(chosen)) if issues and subscribers else set()
