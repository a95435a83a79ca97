"""Which issues there are: one by its day, lists of them, how many papers they hold."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.errors import NothingYetError, WrongUseError, did_you_mean
from newsletter.issues import issue_days
from newsletter.models import IssueEntryRow, IssueRow


def covering_issue(session: Session, newsletter: str, day: date) -> IssueRow | None:
    """The issue that holds that day, by itself or among several."""
    return session.scalar(
        select(IssueRow).where(
            IssueRow.newsletter == newsletter,
            func.coalesce(IssueRow.first_day, IssueRow.day) <= day,
            IssueRow.day >= day,
        )
    )


def get_issue(session: Session, newsletter: str, day: date | None) -> IssueRow:
    """The issue of that day; without one, the newest.

    Raises:
        NothingYetError: no issue was ever made.
        WrongUseError: there is none of that day; the line names the nearest.
    """
    known = days(session, newsletter)
    wanted = day or (known[0] if known else None)
    issue = issue_days.find_issue(session, newsletter, wanted) if wanted else None
    if issue is None:
        when = f" of {day}" if day else ""
        if not known:
            made = f"`newsletter run {newsletter}` makes one"
            raise NothingYetError(f"{newsletter} has no issue{when}; {made}")
        hint = did_you_mean(str(day), map(str, known))
        raise WrongUseError(f"{newsletter} has no issue{when}{hint}")
    return issue


def list_issues(
    session: Session,
    newsletters: Sequence[str],
    at_most: int | None = None,
    between: tuple[date, date] = (date.min, date.max),
) -> Sequence[IssueRow]:
    """Newest first; both days of `between` are included."""
    return session.scalars(
        select(IssueRow)
        .where(IssueRow.newsletter.in_(newsletters), IssueRow.day.between(*between))
        .order_by(IssueRow.day.desc(), IssueRow.newsletter)
        .limit(at_most)
    ).all()


def days(session: Session, newsletter: str) -> Sequence[date]:
    """The days that there are issues of, newest first."""
    return session.scalars(
        select(IssueRow.day).where(IssueRow.newsletter == newsletter).order_by(IssueRow.day.desc())
    ).all()


def last_frozen(session: Session, newsletter: str | None = None) -> tuple[int, datetime] | None:
    """The issue that was frozen last, and when: what lists of issues say changes with it alone."""
    last = select(IssueRow.id, IssueRow.frozen_at).order_by(IssueRow.id.desc()).limit(1)
    if newsletter is not None:
        last = last.where(IssueRow.newsletter == newsletter)
    row = session.execute(last).first()
    return None if row is None else (row.id, row.frozen_at)


def find_oldest(session: Session, newsletter: str) -> IssueRow | None:
    chosen = select(IssueRow).where(IssueRow.newsletter == newsletter)
    return session.scalar(chosen.order_by(IssueRow.id).limit(1))


def newest_days(session: Session, newsletters: Sequence[str]) -> dict[str, date]:
    """The day of the newest issue of each newsletter that has one."""
    rows = session.execute(
        select(IssueRow.newsletter, func.max(IssueRow.day))
        .where(IssueRow.newsletter.in_(newsletters))
        .group_by(IssueRow.newsletter)
    )
    return {slug: day for slug, day in rows}  # noqa: C416 - rows are no pairs to a type checker


def counts(session: Session, issue_ids: Sequence[int]) -> dict[int, Counter[str]]:
    """How many papers of its own days each section of each issue has."""
    counted: dict[int, Counter[str]] = {issue_id: Counter() for issue_id in issue_ids}
    rows = session.execute(
        select(IssueEntryRow.issue_id, IssueEntryRow.section, func.count())
        .where(IssueEntryRow.issue_id.in_(issue_ids), IssueEntryRow.announced_on.is_(None))
        .group_by(IssueEntryRow.issue_id, IssueEntryRow.section)
    )
    for issue_id, section, number in rows:
        counted[issue_id][section] = number
    return counted
