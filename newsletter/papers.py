"""What the sources announced, kept: papers, announcements, and how complete each listing is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.orm import Session

from newsletter.db import insert_missing
from newsletter.models import AnnouncementRow, IssueEntryRow, ListingRow, PaperRow, SummaryRow
from newsletter.sources.base import (
    DATED_PAGE,
    AnnouncementType,
    FetchResult,
    Listing,
    ListingState,
    Paper,
    PaperId,
)

_NOTHING_LEARNED = (ListingState.STALE, ListingState.UNREACHABLE)
_SOME_AT_A_TIME = 300  # bound variables in one statement stay far below every database's limit


@dataclass(frozen=True)
class AnnouncedPaper:
    """A paper of a day, once, as the strongest of what its categories announced."""

    paper: Paper
    kind: AnnouncementType


def store_fetched(session: Session, fetched: FetchResult, now: datetime) -> None:
    """Keep what a source handed over; one that learned nothing never overwrites what is known."""
    _keep_papers(session, fetched.papers)
    for listing in fetched.listings:
        _keep_listing(session, _unless_repeated(session, listing), now)
    rows = [
        {
            "arxiv_id": summary.paper.arxiv_id,
            "version": summary.paper.version,
            "language": summary.language,
            "summarizer": summary.made_by,
            "text": summary.text,
            "made_at": now,
        }
        for summary in fetched.summaries
    ]
    insert_missing(session, SummaryRow, rows)


def listings(session: Session, day: date, categories: Sequence[str]) -> list[ListingRow]:
    """What is known of that day, in the order of the categories; unknown ones are left out."""
    rows = session.scalars(
        select(ListingRow).where(ListingRow.day == day, ListingRow.category.in_(categories))
    )
    return sorted(rows, key=lambda row: categories.index(row.category))


def kinds(session: Session, day: date, category: str) -> list[AnnouncementType]:
    """The kind of each announcement of a listing."""
    rows = session.scalars(
        select(AnnouncementRow.kind).where(
            AnnouncementRow.day == day, AnnouncementRow.category == category
        )
    )
    return [AnnouncementType(kind) for kind in rows]


def known_papers(session: Session, day: date) -> dict[str, Paper]:
    """The papers of a day that the API described whole, by identifier: nobody need be asked."""
    rows = session.scalars(select(AnnouncementRow).where(AnnouncementRow.day == day))
    papers = by_id(session, {PaperId(row.arxiv_id, row.version) for row in rows})
    return {each.arxiv_id: paper for each, paper in papers.items() if paper.updated_at is not None}


def announced_papers(
    session: Session, day: date, categories: Sequence[str]
) -> list[AnnouncedPaper]:
    """The day's papers, each once, in the order of categories and identifiers."""
    rows = session.scalars(
        select(AnnouncementRow).where(
            AnnouncementRow.day == day, AnnouncementRow.category.in_(categories)
        )
    ).all()
    strongest: dict[str, AnnouncementRow] = {}
    for row in sorted(rows, key=lambda row: (categories.index(row.category), row.arxiv_id)):
        strongest_row = strongest.setdefault(row.arxiv_id, row)
        strongest[row.arxiv_id] = min(
            strongest_row, row, key=lambda said: AnnouncementType(said.kind).rank
        )
    kinds_by_id = {
        PaperId(row.arxiv_id, row.version): AnnouncementType(row.kind) for row in strongest.values()
    }
    papers = by_id(session, kinds_by_id)
    return [
        AnnouncedPaper(papers[paper_id], kind)
        for paper_id, kind in kinds_by_id.items()
        if paper_id in papers
    ]


def newest(session: Session, arxiv_id: str, version: int | None = None) -> Paper | None:
    """The kept paper of that identifier, in that version or the newest that is kept."""
    chosen = select(PaperRow).where(PaperRow.arxiv_id == arxiv_id)
    if version is not None:
        chosen = chosen.where(PaperRow.version == version)
    row = session.scalars(chosen.order_by(PaperRow.version.desc()).limit(1)).first()
    return None if row is None else _paper(row)


def by_id(session: Session, ids: Iterable[PaperId]) -> dict[PaperId, Paper]:
    """The kept papers among those."""
    wanted = [(paper_id.arxiv_id, paper_id.version) for paper_id in ids]
    papers: dict[PaperId, Paper] = {}
    for start in range(0, len(wanted), _SOME_AT_A_TIME):
        part = wanted[start : start + _SOME_AT_A_TIME]
        rows = session.scalars(
            select(PaperRow).where(tuple_(PaperRow.arxiv_id, PaperRow.version).in_(part))
        )
        papers |= {paper.id: paper for paper in map(_paper, rows)}
    return papers


def _keep_papers(session: Session, papers: dict[PaperId, Paper]) -> None:
    """Keep what is new; what an issue holds stands, and a feed's few words never replace more."""
    stored = by_id(session, papers)
    frozen = _frozen(session, papers)
    for paper in papers.values():
        old = stored.get(paper.id)
        poorer = old is not None and old.updated_at is not None and paper.updated_at is None
        if paper.id not in frozen and not poorer:
            has_html = paper.has_html or (old is not None and old.has_html)
            session.merge(_row(replace(paper, has_html=has_html)))
    session.flush()


def _frozen(session: Session, papers: Iterable[PaperId]) -> set[PaperId]:
    """Those that an issue holds."""
    ids = [paper.arxiv_id for paper in papers]
    frozen: set[PaperId] = set()
    for start in range(0, len(ids), _SOME_AT_A_TIME):
        part = ids[start : start + _SOME_AT_A_TIME]
        rows = session.execute(
            select(IssueEntryRow.arxiv_id, IssueEntryRow.version).where(
                IssueEntryRow.arxiv_id.in_(part)
            )
        )
        frozen |= {PaperId(row.arxiv_id, row.version) for row in rows}
    return frozen


def _unless_repeated(session: Session, listing: Listing) -> Listing:
    """A batch that holds nothing but an earlier day's papers is that day's, whatever its date.

    Pages and feeds have borne a fresh date over an old batch; no version is announced twice in a
    category.
    """
    versions = {
        (announcement.paper.arxiv_id, announcement.paper.version)
        for announcement in listing.announcements
    }
    earlier = session.scalar(
        select(func.max(AnnouncementRow.day)).where(
            AnnouncementRow.category == listing.category, AnnouncementRow.day < listing.day
        )
    )
    of_past = listing.source.startswith(DATED_PAGE) or listing.state is ListingState.RECONSTRUCTED
    if not versions or earlier is None or of_past:
        return listing
    rows = session.execute(
        select(AnnouncementRow.arxiv_id, AnnouncementRow.version).where(
            AnnouncementRow.category == listing.category, AnnouncementRow.day == earlier
        )
    )
    if not versions <= {(row.arxiv_id, row.version) for row in rows}:
        return listing
    source = f"{listing.source}, but with the batch of {earlier}"
    return Listing(listing.day, listing.category, ListingState.STALE, (), source)


def _keep_listing(session: Session, listing: Listing, now: datetime) -> None:
    old = session.get(ListingRow, (listing.day, listing.category))
    if old is not None and old.found and _says_less(listing, old):
        return
    papers = by_id(session, (announcement.paper for announcement in listing.announcements))
    lost = [
        str(announcement.paper)
        for announcement in listing.announcements
        if announcement.paper not in papers
    ]
    session.merge(
        ListingRow(
            day=listing.day,
            category=listing.category,
            state=ListingState.PARTIAL if lost else listing.state,
            expected=listing.expected,
            found=len(listing.announcements) - len(lost),
            missing=[*listing.missing, *lost],
            source=listing.source,
            fetched_at=now,
        )
    )
    _keep_announcements(session, listing)


def _says_less(listing: Listing, old: ListingRow) -> bool:
    """Whether what is kept is better: dates give back less than what arXiv announced by name."""
    if listing.state in _NOTHING_LEARNED:
        return True
    rebuilt = listing.state is ListingState.RECONSTRUCTED and old.state == ListingState.PARTIAL
    return rebuilt and len(listing.announcements) <= old.found


def _keep_announcements(session: Session, listing: Listing) -> None:
    session.execute(
        delete(AnnouncementRow).where(
            AnnouncementRow.day == listing.day, AnnouncementRow.category == listing.category
        )
    )
    session.add_all(
        AnnouncementRow(
            day=listing.day,
            category=listing.category,
            arxiv_id=announcement.paper.arxiv_id,
            version=announcement.paper.version,
            kind=announcement.kind,
        )
        for announcement in listing.announcements
    )
    session.flush()


# fmt: off
_SAME_IN_BOTH = (
    "title", "abstract", "comment", "journal_ref", "doi", "published_at", "updated_at", "has_html",
)
# fmt: on


def _row(paper: Paper) -> PaperRow:
    return PaperRow(
        arxiv_id=paper.id.arxiv_id,
        version=paper.id.version,
        authors=list(paper.authors),
        categories=list(paper.categories),
        **{name: getattr(paper, name) for name in _SAME_IN_BOTH},
    )


def _paper(row: PaperRow) -> Paper:
    return Paper(
        id=PaperId(row.arxiv_id, row.version),
        authors=tuple(row.authors),
        categories=tuple(row.categories),
        **{name: getattr(row, name) for name in _SAME_IN_BOTH},
    )
