"""Papers that were found after their day's issue had gone out: the next issue brings them once."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter import papers
from newsletter.models import IssueEntryRow, IssueRow
from newsletter.papers import AnnouncedPaper

_LOOKED_BACK = timedelta(days=14)


@dataclass(frozen=True)
class LatePaper:
    """A paper that was announced on a day whose issue lacks it."""

    day: date
    announced: AnnouncedPaper


def find_late(session: Session, newsletter: str, day: date) -> list[LatePaper]:
    """What is known by now of the days before, and stands in no issue of that newsletter.

    Of the categories that those issues were of. Whatever any issue had in that version or a later
    one, or on that day or a later one, and what the editor left out, is none.
    """
    frozen = session.scalars(
        select(IssueRow)
        .where(
            IssueRow.newsletter == newsletter,
            IssueRow.day < day,
            IssueRow.day >= day - _LOOKED_BACK,
        )
        .order_by(IssueRow.day)
    ).all()
    told_of = (told for issue in frozen for told in _told_of(session, issue))
    late = {told.announced.paper.id.arxiv_id: told for told in told_of}
    had = _had(session, newsletter, late)
    return [
        told
        for name, told in late.items()
        if not any(
            of_day >= told.day or version >= told.announced.paper.id.version
            for of_day, version in had.get(name, ())
        )
    ]


def found_later(session: Session, issue: IssueRow) -> dict[date, int]:
    """How many papers of an issue's days stand in which later issues, by the day of these."""
    rows = session.execute(
        select(IssueRow.day, func.count())
        .join(IssueEntryRow, IssueEntryRow.issue_id == IssueRow.id)
        .where(
            IssueRow.newsletter == issue.newsletter,
            IssueRow.day > issue.day,
            IssueRow.day <= issue.day + _LOOKED_BACK,
            IssueEntryRow.announced_on.between(issue.first_day or issue.day, issue.day),
        )
        .group_by(IssueRow.day)
        .order_by(IssueRow.day)
    )
    return {row[0]: row[1] for row in rows}


def _told_of(session: Session, issue: IssueRow) -> Iterator[LatePaper]:
    """What is known of an issue's days, but for what the editor left out."""
    left_out = {left["id"] for left in (issue.edits or {}).get("left_out", ())}
    first = issue.first_day or issue.day
    for number in range((issue.day - first).days + 1):
        day = first + timedelta(days=number)
        for announced in papers.announced_papers(session, day, issue.categories):
            if announced.paper.id.arxiv_id not in left_out:
                yield LatePaper(day, announced)


def _had(
    session: Session, newsletter: str, names: Collection[str]
) -> dict[str, list[tuple[date, int]]]:
    """Of which days the newsletter's issues had those papers, and in which versions."""
    had: dict[str, list[tuple[date, int]]] = {}
    for some in papers.in_parts(sorted(names)):
        rows = session.execute(
            select(IssueEntryRow.arxiv_id, IssueRow.day, IssueEntryRow.version)
            .join(IssueRow, IssueRow.id == IssueEntryRow.issue_id)
            .where(IssueRow.newsletter == newsletter, IssueEntryRow.arxiv_id.in_(some))
        )
        for arxiv_id, day, version in rows:
            had.setdefault(arxiv_id, []).append((day, version))
    return had
