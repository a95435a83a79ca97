"""What became of a day's sentences: who wrote each, and what was not printed and why."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import SummaryFailureRow, SummaryRow
from newsletter.sources.base import Paper, PaperId
from newsletter.summaries import extractive_summarizer, store
from newsletter.summaries.base import NOTHING, Sentence, Tokens
from newsletter.summaries.store import Author


@dataclass(frozen=True)
class PaperReport:
    """A paper's sentence as it would be printed now, and every answer that is not."""

    paper: Paper
    printed: Sentence
    failures: tuple[SummaryFailureRow, ...]


def report(session: Session, papers: Sequence[Paper], author: Author) -> list[PaperReport]:
    """One a paper; failures of whatever author in that language, the oldest first."""
    ids = [paper.id for paper in papers]
    sentences = store.best_summaries(session, ids, author)
    rows = session.scalars(
        select(SummaryFailureRow)
        .where(
            SummaryFailureRow.arxiv_id.in_({paper_id.arxiv_id for paper_id in ids}),
            SummaryFailureRow.language == author.language,
        )
        .order_by(SummaryFailureRow.made_at, SummaryFailureRow.number)
    )
    failures: defaultdict[PaperId, list[SummaryFailureRow]] = defaultdict(list)
    for row in rows:
        failures[PaperId(row.arxiv_id, row.version)].append(row)
    return [
        PaperReport(
            paper,
            sentences.get(paper.id) or extractive_summarizer.sentence(paper),
            tuple(failures[paper.id]),
        )
        for paper in papers
    ]


def spent_tokens(session: Session, papers: Sequence[Paper], language: str) -> Tokens:
    """All that is kept of what these papers' answers cost in that language."""
    ids = {paper.id for paper in papers}
    tokens = NOTHING
    for table in (SummaryRow, SummaryFailureRow):
        rows = session.execute(
            select(table.arxiv_id, table.version, table.tokens_asked, table.tokens_answered).where(
                table.arxiv_id.in_({paper_id.arxiv_id for paper_id in ids}),
                table.language == language,
            )
        )
        for arxiv_id, version, asked, answered in rows:
            if PaperId(arxiv_id, version) in ids:
                tokens += Tokens(asked, answered)
    return tokens
