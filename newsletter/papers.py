"""Reads the kept papers, announcements and listings."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.models import AnnouncementRow, ListingRow, PaperRow
from newsletter.sources.base import AnnouncementType, Paper, PaperId, Source

_Name = TypeVar("_Name")

_SOME_AT_A_TIME = 300  # bound variables in one statement stay far below every database's limit


@dataclass(frozen=True)
class AnnouncedPaper:
    """A paper of a day, once, as the strongest of what its categories announced."""

    paper: Paper
    kind: AnnouncementType


def listings(session: Session, day: date, categories: Sequence[str]) -> list[ListingRow]:
    """The listings of that day, in the order of the categories; missing ones are left out."""
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
    """The papers of a day that the API described whole, by identifier."""
    rows = session.scalars(select(AnnouncementRow).where(AnnouncementRow.day == day))
    papers = by_id(session, {PaperId(row.arxiv_id, row.version) for row in rows})
    return {
        paper_id.arxiv_id: paper
        for paper_id, paper in papers.items()
        if paper.updated_at is not None
    }


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


def find_paper(
    database: Database,
    source: Source,
    settings: Settings,
    arxiv_id: str,
    version: int | None = None,
) -> Paper:
    """The same; what is not kept is asked for where the source describes papers.

    Raises:
        SourceError: it is not to be had, and why.
    """
    with database.read() as session:
        kept = newest(session, arxiv_id, version)
    if kept is not None:
        return kept
    from newsletter.sources import lookup  # 0.1 s, and most are kept

    name = arxiv_id if version is None else str(PaperId(arxiv_id, version))
    return lookup.find_paper(source, settings, name)


def by_id(session: Session, ids: Iterable[PaperId]) -> dict[PaperId, Paper]:
    """The kept papers of these identifiers."""
    wanted = [(paper_id.arxiv_id, paper_id.version) for paper_id in ids]
    papers: dict[PaperId, Paper] = {}
    for part in in_parts(wanted):
        rows = session.scalars(
            select(PaperRow).where(tuple_(PaperRow.arxiv_id, PaperRow.version).in_(part))
        )
        papers |= {paper.id: paper for paper in map(_paper, rows)}
    return papers


def in_parts(names: Sequence[_Name]) -> Iterator[Sequence[_Name]]:
    """As many at a time as one statement can name on every database."""
    for start in range(0, len(names), _SOME_AT_A_TIME):
        yield names[start : start + _SOME_AT_A_TIME]


# fmt: off
_SAME_IN_BOTH = (
    "title", "abstract", "comment", "journal_ref", "doi", "published_at", "updated_at", "has_html",
)
# fmt: on


def row_of(paper: Paper) -> PaperRow:
    """A paper as it is kept."""
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
