"""Issues without a mail, for readers who want mail only with picks."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.models import DeliveryRow, DeliveryState, IssueRow
from newsletter.rendering.recipient import Recipient
from newsletter.sending.claiming import claim, pending

_NOTHING = "nothing for them"


def leave_out(
    session: Session, batch: pending.BatchRef, recipients: Sequence[Recipient], now: datetime
) -> list[Recipient]:
    """Drop the claimed readers who want mail only with picks and have none.

    A reader with such issues in the month before gets this month's first, and it says how many.
    Readers without interests, and readers whose ranking failed, get every issue. So do readers who
    had several days in one mail until now: the gathered days are for them.
    """
    choosy = [reader.subscriber_id for reader in recipients if reader.only_picks]
    if not choosy:
        return list(recipients)
    quiet = _of_last_month(session, session.get_one(IssueRow, batch.issue_id), choosy)
    choosers = [
        replace(reader, quiet_issues=quiet.get(reader.subscriber_id, 0)) for reader in recipients
    ]
    wanted = [
        reader
        for reader in choosers
        if not reader.only_picks
        or reader.picks is None
        or reader.had_issue is not None
        or any(pick.is_readers for pick in reader.picks)
        or reader.quiet_issues
    ]
    left = {reader.subscriber_id for reader in choosers} - {
        reader.subscriber_id for reader in wanted
    }
    if left:
        claim.skip_claimed(session, batch, sorted(left), _NOTHING, now)
    return wanted


def _of_last_month(
    session: Session, issue: IssueRow, subscribers: Collection[int]
) -> dict[int, int]:
    """How many issues each of them was left out of, where the issue is the first of its month."""
    month = issue.day.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    own = select(IssueRow.id).where(IssueRow.newsletter == issue.newsletter, IssueRow.id < issue.id)
    if session.scalar(own.where(IssueRow.day >= month).limit(1)) is not None:
        return {}
    issues = session.scalars(own.where(IssueRow.day >= before)).all()
    rows = session.execute(
        select(DeliveryRow.subscriber_id, func.count())
        .where(
            DeliveryRow.issue_id.in_(issues),
            DeliveryRow.subscriber_id.in_(subscribers),
            DeliveryRow.state == DeliveryState.SKIPPED,
            DeliveryRow.reason == _NOTHING,
        )
        .group_by(DeliveryRow.subscriber_id)
    )
    return {subscriber: number for subscriber, number in rows}  # noqa: C416 - a Row is no pair to the type checker
