"""What is known of a day, whether to wait for more, and which days were missed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from newsletter.models import (
    AnnouncementRow,
    IssueRow,
    IssueState,
    ListingRow,
    MomentRow,
    SubscriberRow,
    SubscriptionRow,
)
from newsletter.sources import calendar
from newsletter.sources.base import SAVED_FILES, ListingState
from newsletter.text import counted

# Asking the same source again would say the same. An empty listing may only have come too early.
_KNOWN = (
    ListingState.COMPLETE,
    ListingState.UNCHECKED,
    ListingState.SAMPLE,
)
_HEALED = (ListingState.PARTIAL, ListingState.RECONSTRUCTED)  # by arXiv's page of that day
_NOT_LEARNED: Mapping[str, str] = {
    ListingState.STALE: (
        "arXiv has not announced {row.category} of {row.day} yet ({row.source}); run it later"
    ),
    ListingState.UNREACHABLE: (
        "{row.category} of {row.day} cannot be read ({row.source}); run it again later"
    ),
}
_was_had = ListingRow.state != ListingState.UNREACHABLE
_REFUSED = "files refused"
_NAMED_IDS = 8
_LATELY = timedelta(days=31)  # what `source.max_age_days` can ask for
_LITTLE = timedelta(minutes=30)  # a daily run comes that much earlier or later than the last one


def is_known(row: ListingRow, newest: date) -> bool:
    """Whether that listing need not be asked for again.

    What is partial or rebuilt can be healed as long as arXiv has a page of that day, and what a
    feed told without a count, once the day is past. A past day from saved files is as its reader
    wants it, but for what they do not prove.
    """
    if is_saved(row) and row.day < newest:
        return row.state not in _NOT_LEARNED
    is_doubted = row.state == ListingState.UNCHECKED and row.may_heal and row.day < newest
    if is_doubted or row.state in _HEALED:
        return row.day < newest - calendar.PAGES_REACH
    return row.state in _KNOWN


def is_saved(row: ListingRow) -> bool:
    """Whether somebody gave it in saved files."""
    return row.source.startswith(SAVED_FILES)


def saved_day(session: Session, categories: Collection[str]) -> date | None:
    """The day that was kept last, if it came from saved files."""
    last = session.scalar(
        select(ListingRow)
        .where(ListingRow.category.in_(categories), _was_had)
        .order_by(ListingRow.fetched_at.desc(), ListingRow.day.desc())
        .limit(1)
    )
    return last.day if last is not None and is_saved(last) else None


def note_files(session: Session, now: datetime, *, are_kept: bool) -> None:
    """That saved files were given, and whether anything of them is kept."""
    row = session.get(MomentRow, _REFUSED)
    if are_kept and row is not None:
        session.delete(row)
    elif not are_kept:
        session.merge(MomentRow(name=_REFUSED, at=now))


def are_files_refused(session: Session, categories: Collection[str]) -> bool:
    """Whether the last that was read are saved files of which nothing is kept."""
    row = session.get(MomentRow, _REFUSED)
    read = select(func.max(ListingRow.fetched_at)).where(
        ListingRow.category.in_(categories), _was_had
    )
    last = session.scalar(read)
    return row is not None and (last is None or last <= row.at)


def _may_be_exact_later(row: ListingRow) -> bool:
    """Whether arXiv's page of that day failed, and is no page that arXiv does not have."""
    return row.state == ListingState.RECONSTRUCTED and row.may_heal


def wait_reason(
    rows: Sequence[ListingRow], day: date, now: datetime, patience: timedelta | None
) -> str | None:
    """Why the day's issue must not be composed yet; None where it can be.

    A category that still shows another day, or cannot be reached, is waited for. Papers that
    cannot be had are waited for until `patience` after the announcement is over; then the issue
    goes out and names them. On a day that was longer ago, `patience` is counted from when they were
    first lacking, and holds for arXiv's page of that day as well. Where not one paper can be had,
    that is never told as a day without papers. Without `patience` whatever papers there are go out,
    for they never would otherwise.
    """
    if patience is None and any(row.found for row in rows):
        return None
    for row in rows:
        if row.state in _NOT_LEARNED:
            return _NOT_LEARNED[row.state].format(row=row)
    partial = [row for row in rows if row.state == ListingState.PARTIAL]
    inexact = [*partial, *filter(_may_be_exact_later, rows)]
    lacking = "; ".join(map(missing_text, partial))
    if partial and not any(row.found for row in rows):
        return f"{lacking}; run it again later"
    until = _waited_for_until(inexact, day, patience or timedelta(0))
    if not inexact or now >= until:
        return None
    when = f"run it again; from {until:%d %b %H:%M %Z} on the issue goes out"
    if partial:
        return f"{lacking}; {when} without"
    categories = ", ".join(row.category for row in inexact)
    return f"{categories} of {day} could only be rebuilt ({inexact[0].source}); {when} so"


def _waited_for_until(rows: Sequence[ListingRow], day: date, patience: timedelta) -> datetime:
    """When the day goes out as it is: so long after its announcement, or after a late first try."""
    until = calendar.announced_at(day) + patience
    first_tried = min((row.fetched_at for row in rows), default=until)
    if first_tried <= until:
        return until
    return first_tried.astimezone(calendar.ZONE) + patience - _LITTLE


def empty_reason(rows: Sequence[ListingRow]) -> str:
    """Why a day has no issue: `nothing announced in cs.SD (arXiv holiday; ...)`."""
    categories = ", ".join(row.category for row in rows)
    rebuilt = next((row for row in rows if row.state == ListingState.RECONSTRUCTED), None)
    if rebuilt is not None:
        return f"nothing found of {categories} ({rebuilt.source})"
    return f"nothing announced in {categories} ({rows[0].source})"


def missing_text(row: ListingRow) -> str:
    """`2 papers of cs.SD could not be retrieved: 2507.00001, 2507.00002`."""
    number = max(len(row.missing), (row.expected or 0) - row.found)
    named = ", ".join(row.missing[:_NAMED_IDS]) + (", ..." if len(row.missing) > _NAMED_IDS else "")
    line = f"{counted(number, 'paper')} of {row.category} could not be retrieved"
    return f"{line}: {named}" if named else line


def find_issue(session: Session, newsletter: str, day: date) -> IssueRow | None:
    return session.scalar(
        select(IssueRow).where(IssueRow.newsletter == newsletter, IssueRow.day == day)
    )


def undelivered_days(session: Session, newsletter: str, newest: date, max_age: int) -> list[date]:
    """Days before the newest one, at most so many days old, whose issue is not with everybody."""
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


def unsettled_days(
    session: Session, newsletter: str, categories: Collection[str], newest: date, max_age: int
) -> list[date]:
    """Days before the newest one of which arXiv's page of that day may say more than is known.

    Those that have an issue and are at most so many days old; and, once, each day that was told as
    empty when it was the newest one.
    """
    first = _first(session, newsletter, categories, newest)
    rows = session.execute(
        select(ListingRow.day, ListingRow.state).where(
            ListingRow.category.in_(categories),
            ListingRow.day >= newest - calendar.PAGES_REACH,
            ListingRow.day < newest,
            or_(ListingRow.may_heal, ListingRow.state == ListingState.PARTIAL),
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
        IssueRow.frozen_at > now - timedelta(days=1) + _LITTLE,
    )
    return session.scalar(made) or 0


def room_from(session: Session, newsletter: str, now: datetime, at_most: int) -> datetime | None:
    """From when on one issue more keeps to so many a day; None where it does now."""
    a_day = timedelta(days=1) - _LITTLE
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

    At most so many, the latest; days on which nothing was announced do not count. Our table of
    holidays has no say in it: arXiv is to be asked.
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
    """Whether somebody was a reader here before the next day's batch was out."""
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
