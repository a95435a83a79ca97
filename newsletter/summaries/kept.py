"""Sentences kept by paper version, language and author, so that nothing is asked twice."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.db import insert_missing
from newsletter.models import SummaryRow
from newsletter.sources.announced import PaperId
from newsletter.summaries.sentence import AUTHORS, Sentence


def keep(session: Session, sentences: Iterable[tuple[PaperId, Sentence]], now: datetime) -> None:
    rows = [
        {
            "arxiv_id": paper.arxiv_id,
            "version": paper.version,
            "language": sentence.language,
            "summarizer": sentence.made_by,
            "text": sentence.text,
            "made_at": now,
        }
        for paper, sentence in sentences
    ]
    insert_missing(session, SummaryRow, rows)


def best(
    session: Session, papers: Sequence[PaperId], language: str, preferred: str
) -> dict[PaperId, Sentence]:
    """The kept sentence to print for each paper.

    First the preferred summarizer's in the wanted language, then anybody's in that language, last
    the authors' own words in theirs.
    """
    rows = session.scalars(
        select(SummaryRow)
        .where(SummaryRow.arxiv_id.in_({each.arxiv_id for each in papers}))
        .order_by(SummaryRow.made_at, SummaryRow.summarizer)
    )
    found: dict[PaperId, tuple[tuple[bool, bool, bool], Sentence]] = {}
    for row in rows:
        paper = PaperId(row.arxiv_id, row.version)
        wanted = row.language == language
        if not wanted and row.summarizer != AUTHORS:
            continue
        rank = (wanted, row.summarizer == preferred, row.summarizer != AUTHORS)
        if paper not in found or rank > found[paper][0]:
            found[paper] = (rank, Sentence(row.text, row.language, row.summarizer))
    return {paper: found[paper][1] for paper in papers if paper in found}
