"""What an operator asks about sentences.

What became of a day's: who wrote each, and what was not printed and why; and how summarizers fare
side by side on one paper, with what every check says, of which nothing is kept.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
        return checks.check_answer(draft.text, paper, language)
    if not results:
        quotation = checks.objection_to_quotation(draft.text, paper) or [CheckResult("quotation")]
        results = [*checks.run_checks(draft.text, paper, AUTHORS_LANGUAGE), *quotation]
    return CheckedAnswer(draft.text, draft.text, tuple(results))


@dataclass(frozen=True)
class Measurement:
    """A figure of how good sentences are: what it is of, what came out, how it was come by."""

    what: str
    figure: str
    how: str


# So that an operator knows what to expect of a day; docs/summaries.md and docs/models.md say more.
OF_QUOTATIONS: tuple[Measurement, ...] = (
    Measurement(
        "authors' sentences usable as they stand",
        "75 %",
        "113 of 150 unseen papers in this version, judged strictly and blind by two readers (111 "
        "in the version before); two others found 80 % of 180 other papers in an earlier one",
    ),
    Measurement(
        "ROUGE-1 / 2 / L against people's sentences",
        "42.4 / 20.9 / 34.4",
        "SciTLDR-A's development split, 619 papers",
    ),
    Measurement("longer than 40 words", "11 of 2,500", "papers drawn at random"),
)
OF_CHECKED_ANSWERS: Mapping[str, tuple[Measurement, ...]] = {
    "en": (
        Measurement(
            "people's sentences that the checks refuse by mistake",
            "4.7 %",
            "1,453 English ones of SciTLDR-A's development split",
        ),
        Measurement(
            "sentences of another paper of the day that they refuse",
            "96.8 %",
            "the same, exchanged",
        ),
        Measurement(
            "altered numbers that they refuse", "88 %", "95 of them with one number changed"
        ),
        Measurement(
            "words turned round that they refuse",
            "53.6 %",
            "334 of them with better for worse, more for less and the like",
        ),
        Measurement(
            "comparisons turned round that they refuse",
            "69.7 %",
            "33 of them with a word before than",
        ),
        Measurement(
            "chat, orders and adverts that are printed beside a true sentence",
            "none of 1,008",
            "504 before and 504 behind it; behind a comma 2.1 % of 420",
        ),
    ),
    "zh": (
        Measurement(
            "people's sentences that the checks refuse by mistake",
            "1.8 %",
            "394 Chinese ones of six digests",
        ),
        Measurement(
            "sentences of another paper of the day that they refuse",
            "94.4 %",
            "the same, exchanged",
        ),
        Measurement("denials that they refuse", "85.5 %", "311 of them with 未能 before the verb"),
        Measurement(
            "words turned round that they refuse",
            "53.2 %",
            "235 of them with 降低 for 提升, 劣于 for 优于 and the like",
        ),
        Measurement(
            "chat, orders and adverts that are printed beside a true sentence",
            "none of 1,272",
            "636 before and 636 behind it; behind a comma 1.9 % of 530",
        ),
    ),
}
_UNMEASURED = (
    Measurement("answers in this language", "not measured", "the checks were tried in en and zh"),
)


def of_checked_answers(language: str) -> tuple[Measurement, ...]:
    """What is known of a model's answers in that language."""
    return OF_CHECKED_ANSWERS.get(language, _UNMEASURED)
