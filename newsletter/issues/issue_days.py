"""Which days have an issue, which wait for one, and which were missed."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from newsletter.completeness import RUNS_VARY_BY
from newsletter.models import (
    AnnouncementRow,
    IssueRow,
    IssueState,
    ListingRow,
    SubscriberRow,
    SubscriptionRow,
)
from newsletter.sources import calendar
from newsletter.sources.base import ListingState

_LATELY = timedelta(days=31)  # what `source.max_age_days` can ask for


def find_issue(session: Session, newsletter: str, day: date) -> IssueRow | None:
    return session.scalar(
        select(IssueRow).where(IssueRow.newsletter == newsletter, IssueRow.day == day)
    )


def undelivered_days(session: Session, newsletter: str, newest: date, max_age: int) -> list[date]:
    """Days before the newest one, at most so many days old, with deliveries still open."""
    rows = session.scalars(
        select(IssueRow.day).where(
            IssueRow.newsletter == newsletter,
            IssueRow.state == IssueState.FROZEN,
            IssueRow.day >= newest - timedelta(days=max_age),
            IssueRow.day < newest,
        )
    )
    return sorted(rows)


def waiting_days(
    session: Session, newsletter: str, categories: Collection[str], newest: date, max_age: int
) -> list[date]:
    """Days before the newest one, at most so many days old, that were fetched and waited for."""
    first = _first(session, newsletter, categories, newest) or newest
    oldest = newest - timedelta(days=max_age)
    begun = session.scalars(
        select(AnnouncementRow.day)
        .where(
            AnnouncementRow.category.in_(categories),
            AnnouncementRow.day >= first,
            AnnouncementRow.day >= oldest,
            AnnouncementRow.day < newest,
        )
        .distinct()
    )
    return sorted(set(begun) - covered_days(session, newsletter))


def days_to_ask_anew(
    session: Session, newsletter: str, categories: Collection[str], newest: date, max_age: int
) -> list[date]:
    """Days before the newest one of which arXiv's own page may say more than is known.

    These are days with an issue, at most so many days old; and, once, each day that was told as
    empty when it was the newest one.
    """
    first = _first(session, newsletter, categories, newest)
    rows = session.execute(
        select(ListingRow.day, ListingRow.state).where(
            ListingRow.category.in_(categories),
            ListingRow.day >= newest - calendar.PAGES_REACH,
            ListingRow.day < newest,
            or_(ListingRow.may_be_corrected, ListingRow.state == ListingState.PARTIAL),
        )
    ).all()
    done = covered_days(session, newsletter)
    empty = _empty(session, categories)
    young = newest - timedelta(days=max_age)
    days = {row.day for row in rows if row.day in empty or (row.day in done and row.day >= young)}
    return sorted(day for day in days if first is not None and day >= first)


def frozen_lately(session: Session, newsletter: str, now: datetime) -> int:
    """How many issues were frozen within a day, of whichever days, over midnight too."""
    made = select(func.count()).where(
        IssueRow.newsletter == newsletter,
        IssueRow.frozen_at > now - timedelta(days=1) + RUNS_VARY_BY,
    )
    return session.scalar(made) or 0


def room_from(session: Session, newsletter: str, now: datetime, at_most: int) -> datetime | None:
    """From when on one issue more keeps to so many a day; None where it does now."""
    a_day = timedelta(days=1) - RUNS_VARY_BY
    frozen = session.scalars(
        select(IssueRow.frozen_at)
        .where(IssueRow.newsletter == newsletter, IssueRow.frozen_at > now - a_day)
        .order_by(IssueRow.frozen_at.desc())
        .limit(at_most)
    ).all()
    return None if len(frozen) < at_most else frozen[-1] + a_day


def missed_days(
    session: Session, newsletter: str, categories: Collection[str], newest: date, most: int
) -> list[date]:
    """Mailing days before the newest one, since the first that was looked after, without an issue.

    At most so many, the latest; empty days do not count. Our table of holidays is ignored here,
    since arXiv decides.
    """
    first = _first(session, newsletter, categories, newest)
    if first is None:
        return []
    done = covered_days(session, newsletter)
    empty = _empty(session, categories)
    days: list[date] = []
    day = calendar.previous_mailing_day(newest)
    while day >= first and len(days) < most:
        if day not in done and day not in empty:
            days.append(day)
        day = calendar.previous_mailing_day(day)
    return sorted(days)


def covered_days(session: Session, newsletter: str) -> set[date]:
    """The days that have an issue, or a part in one of several days."""
    rows = session.execute(
        select(IssueRow.first_day, IssueRow.day).where(IssueRow.newsletter == newsletter)
    )
    return {
        first + timedelta(days=number)
        for first_day, last in rows
        for first in [first_day or last]
        for number in range((last - first).days + 1)
    }


def _first(
    session: Session, newsletter: str, categories: Collection[str], newest: date
) -> date | None:
    """The first day that was looked after: nothing before it was missed.

    That of the first issue; or a day shortly before, which was asked for and had readers, but
    could not be had or was empty.
    """
    issue = session.scalar(select(func.min(IssueRow.day)).where(IssueRow.newsletter == newsletter))
    asked = session.scalars(
        select(ListingRow.day)
        .where(
            ListingRow.category.in_(categories),
            ListingRow.day < (issue or newest),
            ListingRow.day >= newest - _LATELY,
        )
        .distinct()
        .order_by(ListingRow.day)
    )
    return next((day for day in asked if _had_readers(session, newsletter, day)), issue)


def _had_readers(session: Session, newsletter: str, day: date) -> bool:
    """Whether the newsletter had a reader before the next day's batch was out."""
    until = calendar.announced_at(day + timedelta(days=1))
    readers = (
        select(SubscriptionRow.subscriber_id)
        .join(SubscriberRow, SubscriberRow.id == SubscriptionRow.subscriber_id)
        .where(
            SubscriptionRow.newsletter == newsletter,
            SubscriptionRow.left_at.is_(None),
            SubscriptionRow.since < until,
            SubscriberRow.created_at < until,  # an import tells of consent of long ago
        )
    )
    return session.scalar(readers.limit(1)) is not None


def _empty(session: Session, categories: Collection[str]) -> set[date]:
    """The days on which none of the categories had anything."""
    rows = session.execute(
        select(ListingRow.day)
        .where(ListingRow.category.in_(categories), ListingRow.state == ListingState.NONE)
        .group_by(ListingRow.day)
        .having(func.count() == len(categories))
    )
    return {row.day for row in rows}
