"""The audience of an issue: its readers at the moment of freezing, and who got earlier ones."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from newsletter.models import (
    DeliveryRow,
    DeliveryState,
    IssueRow,
    Rhythm,
    Standing,
    SubscriberRow,
    SubscriptionRow,
)
from newsletter.sources import calendar
from newsletter.subscribers import rhythm

_WEEK = timedelta(days=7)
_LATELY = 10  # issues that are looked at; a weekly reader has one of seven
Audience = Select[int, date | None, int | None]  # subscriber, paused until, had issue


def subscribed_by(day: date) -> datetime:
    """When a day ends for new readers: later ones subscribed after the next day's batch."""
    return calendar.announced_at(day + timedelta(days=1))


def has_audience(session: Session, newsletter: str, day: date) -> bool:
    """Whether any reader of that day still reads."""
    return session.scalar(_audience(newsletter, subscribed_by(day)).limit(1)) is not None


def number_to_come(session: Session, issue: IssueRow, at_most: int | None = None) -> int:
    """How many are not written down yet, as it stands now; more than `at_most` are not counted."""
    if issue.frozen_up_to is None or (at_most is not None and at_most <= 0):
        return 0
    chosen = to_come(issue).limit(at_most).subquery()
    return session.scalar(select(func.count()).select_from(chosen)) or 0


def return_gathered_days(session: Session, issue_id: int, subscribers: Collection[int]) -> None:
    """Put what a mail of several days held into the next one of readers who paused meanwhile."""
    issue = session.get_one(IssueRow, issue_id)
    held = select(DeliveryRow.had_issue).where(
        DeliveryRow.issue_id == issue_id,
        DeliveryRow.subscriber_id == SubscriptionRow.subscriber_id,
    )
    session.execute(
        update(SubscriptionRow)
        .where(
            SubscriptionRow.newsletter == issue.newsletter,
            SubscriptionRow.subscriber_id.in_(subscribers),
            SubscriptionRow.had_issue == issue_id,
        )
        .values(had_issue=held.scalar_subquery(), next_day=issue.day)
        .execution_options(synchronize_session=False)
    )


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


def _audience(newsletter: str, subscribed_by: datetime | None) -> Audience:
    return (
        select(
            SubscriptionRow.subscriber_id, SubscriptionRow.paused_until, SubscriptionRow.had_issue
        )
        .join(SubscriberRow, SubscriberRow.id == SubscriptionRow.subscriber_id)
        .where(
            SubscriptionRow.newsletter == newsletter,
            SubscriptionRow.left_at.is_(None),
            *([] if subscribed_by is None else [SubscriptionRow.since < subscribed_by]),
            SubscriberRow.standing == Standing.CONFIRMED,
        )
    )


def to_come(issue: IssueRow) -> Audience:
    """The readers at an issue's moment who still read, and have no delivery yet."""
    has_a_row = exists().where(
        DeliveryRow.issue_id == issue.id,
        DeliveryRow.subscriber_id == SubscriptionRow.subscriber_id,
        DeliveryRow.subscriber_id > issue.frozen_up_to,  # so that none before are looked at
    )
    return _audience(issue.newsletter, issue.subscribed_by).where(
        SubscriptionRow.subscriber_id > issue.frozen_up_to,
        SubscriberRow.id > issue.frozen_up_to,  # PostgreSQL would begin with the first
        *(_was_there(issue.frozen_at) if issue.frozen_up_to else ()),
        _is_due(issue.newsletter, issue.day),
        ~has_a_row,
    )


def _was_there(moment: datetime) -> list[ColumnElement[bool]]:
    """The reader subscribed before that moment; the first slice need not ask."""
    table = SubscriberRow
    return [
        SubscriptionRow.since <= moment,
        table.created_at <= moment,  # an import tells of consent of long ago
        or_(table.confirmed_at.is_(None), table.confirmed_at <= moment),
    ]


def _is_due(newsletter: str, day: date) -> ColumnElement[bool]:
    """The reader gets a mail on that day; a mail of several days waits for the end of a pause.

    A reader who chose a weekday before the first issue gets it on that weekday, within a week.
    """
    table = SubscriptionRow
    week_ago = exists().where(IssueRow.newsletter == newsletter, IssueRow.day <= day - _WEEK)
    of_today = [kind for kind in Rhythm if kind.weekday == day.weekday()]
    begins = or_(table.next_day > rhythm.BEFORE_ANY, table.rhythm.in_(of_today), week_ago)
    has_come = or_(table.next_day.is_(None), and_(table.next_day <= day, begins))
    reads = or_(table.paused_until.is_(None), table.paused_until < day)
    return or_(table.had_issue.is_(None), and_(has_come, reads))
