"""What an operator asks about sentences.

What became of a day's: who wrote each, and what was not printed and why; and how summarizers fare
side by side on one paper, with what every check says, of which nothing is kept.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import SummaryFailureRow, SummaryRow
from newsletter.sources.base import Paper, PaperId
from newsletter.summaries import checks, extractive_summarizer, store
from newsletter.summaries.base import (
    AUTHORS_LANGUAGE,
    NOTHING,
    Draft,
    Sentence,
    Summarizer,
    SummaryError,
    Tokens,
)
from newsletter.summaries.checks import CheckedAnswer, CheckResult
from newsletter.summaries.store import Author


@dataclass(frozen=True)
class PaperReport:
    """A paper's sentence as it would be printed now, and every answer that is not."""

    paper: Paper
    printed: Sentence
    failures: tuple[SummaryFailureRow, ...]


def report_papers(session: Session, papers: Sequence[Paper], author: Author) -> list[PaperReport]:
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


@dataclass(frozen=True)
class Attempt:
    """One answer; without one, `failure` says why."""

    name: str
    text: str
    check_results: tuple[CheckResult, ...]
    seconds: float
    tokens: Tokens = NOTHING
    failure: str = ""
    printed: str = ""  # of the text, where a run prints a part of it only

    @property
    def is_printable(self) -> bool:
        return not self.failure and not any(
            result.objection and result.hard for result in self.check_results
        )


def try_each(summarizers: Iterable[Summarizer], paper: Paper, language: str) -> list[Attempt]:
    return [_attempt(summarizer, paper, language) for summarizer in summarizers]


def _attempt(summarizer: Summarizer, paper: Paper, language: str) -> Attempt:
    started_s = time.monotonic()
    try:
        draft = summarizer.summarize(paper, language)
    except SummaryError as error:
        seconds = time.monotonic() - started_s
        return Attempt(summarizer.name, "", (), seconds, failure=str(error))
    seconds = time.monotonic() - started_s
    checked = _check(draft, paper, language, quotes=summarizer.quotes)
    printed = checked.sentence if checked.is_cut and checked.is_printable else ""
    tokens = draft.tokens
    return Attempt(summarizer.name, draft.text, checked.results, seconds, tokens, printed=printed)


def _check(draft: Draft, paper: Paper, language: str, *, quotes: bool) -> CheckedAnswer:
    """A quotation must be one, in the language of its abstract; of a model every check speaks."""
    results = checks.self_reported_objection(draft, quotes=quotes)
    if not results and not quotes:
        return checks.check_answer(draft.text, paper, language, is_complete=draft.is_complete)
    if not results:
        quotation = checks.objection_to_quotation(draft.text, paper) or [CheckResult("quotation")]
        results = [*checks.run_checks(draft.text, paper, AUTHORS_LANGUAGE), *quotation]
    return CheckedAnswer(draft.text, draft.text, tuple(results))
