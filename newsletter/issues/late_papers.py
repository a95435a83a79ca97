"""Papers that were found after their day's issue had gone out: the next issue brings them once."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from newsletter import papers
from newsletter.models import IssueEntryRow, IssueRow, ListingRow
from newsletter.papers import AnnouncedPaper
from newsletter.rendering.issue_entry import IssueSection
from newsletter.sources import calendar

_LOOKED_BACK = timedelta(days=14)
_LOOKED_BACK_ON_REQUEST = calendar.PAGES_REACH  # days that somebody had asked for anew


@dataclass(frozen=True)
class LatePaper:
    """A paper that was announced on a day whose issue lacks it."""

    day: date
    announced: AnnouncedPaper


def find_late(session: Session, newsletter: str, day: date) -> list[LatePaper]:
    """Papers of earlier days that are known by now, and are in no issue of that newsletter.

    A paper comes from the categories of those issues, with the strongest announcement and in its
    newest version. It is not late if an issue had it in that version or a later one, or on that day
    or a later one, or if the editor left it out. An issue that had only its replacement does not
    count for a new paper. Issues of more than a fortnight ago count only where the operator had
    arXiv asked again.
    """
    asked_again = exists().where(
        ListingRow.day.between(func.coalesce(IssueRow.first_day, IssueRow.day), IssueRow.day),
        ListingRow.fetched_at > IssueRow.frozen_at,
    )
    frozen = session.scalars(
        select(IssueRow)
        .where(
            IssueRow.newsletter == newsletter,
            IssueRow.day < day,
            IssueRow.day >= day - _LOOKED_BACK_ON_REQUEST,
            or_(IssueRow.day >= day - _LOOKED_BACK, asked_again),
        )
        .order_by(IssueRow.day)
    ).all()
    late_papers = (late for issue in frozen for late in _told_of(session, issue))
    by_name: dict[str, list[LatePaper]] = {}
    for late in late_papers:
        by_name.setdefault(late.announced.paper.id.arxiv_id, []).append(late)
    had = _had(session, newsletter, by_name)
    lacking = (
        [late for late in some if not _was_had(late, had.get(name, ()))]
        for name, some in by_name.items()
    )
    return [_strongest(some) for some in lacking if some]


def _was_had(late: LatePaper, had: Iterable[tuple[date, int, IssueSection]]) -> bool:
    version, kind = late.announced.paper.id.version, late.announced.kind
    return any(
        (of_day >= late.day or had_version >= version)
        and (kind.is_replacement or section is not IssueSection.REPLACE)
        for of_day, had_version, section in had
    )


def _strongest(some: Sequence[LatePaper]) -> LatePaper:
    """Where a paper was announced most strongly, in the newest of its versions."""
    strongest = min(some, key=lambda late: (late.announced.kind.rank, late.day))
    newest = max((late.announced.paper for late in some), key=lambda paper: paper.id.version)
    return replace(strongest, announced=replace(strongest.announced, paper=newest))


def with_late(
    announced: Sequence[AnnouncedPaper], late: Sequence[LatePaper]
) -> list[tuple[AnnouncedPaper, date | None]]:
    """The day's own papers and the late ones with their day, each once.

    A late paper that the day only replaces stands where it was new, in the day's version.
    """
    earlier = {late_paper.announced.paper.id.arxiv_id: late_paper for late_paper in late}
    entries: list[tuple[AnnouncedPaper, date | None]] = []
    for of_day in announced:
        late_paper = earlier.pop(of_day.paper.id.arxiv_id, None)
        is_new = (
            late_paper is not None
            and of_day.kind.is_replacement > late_paper.announced.kind.is_replacement
        )
        if late_paper is not None and is_new:
            entries.append((replace(of_day, kind=late_paper.announced.kind), late_paper.day))
        else:
            entries.append((of_day, None))
    return entries + [(late_paper.announced, late_paper.day) for late_paper in earlier.values()]


def found_later(session: Session, issue: IssueRow) -> dict[date, int]:
    """How many papers of an issue's days stand in which later issues, by the day of these."""
    rows = session.execute(
        select(IssueRow.day, func.count())
        .join(IssueEntryRow, IssueEntryRow.issue_id == IssueRow.id)
        .where(
            IssueRow.newsletter == issue.newsletter,
            IssueRow.day > issue.day,
            IssueRow.day <= issue.day + _LOOKED_BACK_ON_REQUEST,
            IssueEntryRow.announced_on.between(issue.first_day or issue.day, issue.day),
        )
        .group_by(IssueRow.day)
        .order_by(IssueRow.day)
    )
    return {row[0]: row[1] for row in rows}


def _told_of(session: Session, issue: IssueRow) -> Iterator[LatePaper]:
    """The papers known of an issue's days, without those that the editor left out."""
    left_out = {left["id"] for left in (issue.edits or {}).get("left_out", ())}
    first = issue.first_day or issue.day
    for number in range((issue.day - first).days + 1):
        day = first + timedelta(days=number)
        for announced in papers.announced_papers(session, day, issue.categories):
            if announced.paper.id.arxiv_id not in left_out:
                yield LatePaper(day, announced)


def _had(
    session: Session, newsletter: str, names: Collection[str]
) -> dict[str, list[tuple[date, int, IssueSection]]]:
    """The days, versions and sections in which the newsletter's issues had those papers."""
    had: dict[str, list[tuple[date, int, IssueSection]]] = {}
    for part in papers.in_parts(sorted(names)):
        rows = session.execute(
            select(
                IssueEntryRow.arxiv_id, IssueRow.day, IssueEntryRow.version, IssueEntryRow.section
            )
            .join(IssueRow, IssueRow.id == IssueEntryRow.issue_id)
            .where(IssueRow.newsletter == newsletter, IssueEntryRow.arxiv_id.in_(part))
        )
        for arxiv_id, day, version, section in rows:
            had.setdefault(arxiv_id, []).append((day, version, IssueSection(section)))
    return had
