"""How often a reader wants mail: each day, once a week, or only when something is for them.

Which issues a weekly mail holds is told by issues, not by days: all that were frozen after the one
they had last. So a day that comes late is in the next mail, and none is there twice.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, false, func, select
from sqlalchemy.orm import Session

from newsletter.models import DeliveryRow, IssueRow, Rhythm, SubscriptionRow

_WEEK = 7
BEFORE_ANY = date.min  # when a weekly mail is due that was chosen before there was any issue


def choose_rhythm(session: Session, subscription: SubscriptionRow, rhythm: str) -> None:
    """Make it theirs; what they had not been sent yet is in their next mail."""
    if subscription.rhythm == rhythm:
        return
    subscription.rhythm = rhythm
    subscription.had_issue, subscription.next_day = beginning(
        session,
        subscription.newsletter,
        rhythm,
        subscription.had_issue,
        _still_to_come(subscription),
    )


def begin_again(session: Session, subscription: SubscriptionRow, now: datetime) -> None:
    """They come back after they had left: what came meanwhile is not for them."""
    was_left, subscription.left_at = subscription.left_at is not None, None
    if was_left:
        subscription.since = now
    if was_left and subscription.had_issue is not None:
        subscription.had_issue, subscription.next_day = beginning(
            session, subscription.newsletter, subscription.rhythm, None
        )


def take_over(
    session: Session, mine: SubscriptionRow, theirs: SubscriptionRow, *, read_there: bool
) -> None:
    """The rhythm goes with its owner; what the other address had is not sent there again."""
    theirs.rhythm, theirs.next_day = mine.rhythm, mine.next_day
    if mine.had_issue is not None and read_there:
        had, _ = beginning(session, mine.newsletter, Rhythm.MONDAY, theirs.had_issue)
        theirs.had_issue = max(mine.had_issue, had or 0)
    elif not read_there:
        theirs.had_issue = mine.had_issue


def _still_to_come(subscription: SubscriptionRow) -> ColumnElement[bool]:
    """Issues whose recipients are being written down, and lack this subscriber so far."""
    number = subscription.subscriber_id
    is_there = exists().where(
        DeliveryRow.issue_id == IssueRow.id, DeliveryRow.subscriber_id == number
    )
    return and_(
        IssueRow.frozen_up_to < number,
        func.coalesce(IssueRow.subscribed_by, IssueRow.frozen_at) >= subscription.since,
        ~is_there,
    )


def beginning(
    session: Session,
    newsletter: str,
    rhythm: str,
    had_issue: int | None,
    to_come: ColumnElement[bool] | None = None,
) -> tuple[int | None, date | None]:
    """The newest issue that a subscriber had, and the day of their next weekly mail.

    A subscriber who had each issue by itself so far had the newest, except those `to_come`.
    """
    weekday = Rhythm(rhythm).weekday
    if weekday is None:
        return had_issue, None
    others = [] if to_come is None else [~func.coalesce(to_come, false())]
    newest = session.execute(
        select(IssueRow.id, IssueRow.day)
        .where(IssueRow.newsletter == newsletter, *others)
        .order_by(IssueRow.id.desc())
        .limit(1)
    ).first()
    if newest is None:
        return had_issue or 0, BEFORE_ANY
    return newest.id if had_issue is None else had_issue, next_weekday(newest.day, weekday)


def next_weekday(day: date, weekday: int) -> date:
    """The first such weekday after that day."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % _WEEK + 1)
