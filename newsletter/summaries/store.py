"""Sentences and answers, kept by paper version, language, author and recipe: nothing twice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from newsletter.database.missing_rows import insert_missing
from newsletter.models import AnswerCountRow, SummaryFailure, SummaryFailureRow, SummaryRow
from newsletter.sources.base import PaperId
from newsletter.summaries.base import AUTHORS, NOTHING, Sentence, Summarizer, Tokens

FAILURE = 0  # the number of the one row that says why there was no answer


@dataclass(frozen=True)
class Author:
    """Who is asked, in which language, in which way."""

    name: str
    fingerprint: str
    language: str

    @classmethod
    def of(cls, summarizer: Summarizer, language: str) -> "Author":
        return cls(summarizer.name, summarizer.fingerprint(language), language)


def store_summary(
    session: Session,
    paper: PaperId,
    sentence: Sentence,
    now: datetime,
    fingerprint: str = "",
    tokens: Tokens | None = None,
) -> None:
    """Keep a sentence; one that is there already stays as it is."""
    spent = tokens or Tokens()
    row = {
        "arxiv_id": paper.arxiv_id,
        "version": paper.version,
        "language": sentence.language,
        "summarizer": sentence.made_by,
        "recipe": fingerprint,
        "text": sentence.text,
        "made_at": now,
        "tokens_asked": spent.asked,
        "tokens_answered": spent.answered,
    }
    insert_missing(session, SummaryRow, [row])


@dataclass(frozen=True)
class RejectedAnswer:
    """An answer that does not stand under its paper, or that there was none."""

    kind: SummaryFailure
    reason: str
    number: int = FAILURE
    text: str = ""
    tokens: Tokens = NOTHING
    # What speaks against it, in one or two words a reason, the worst first; empty where nobody was
    # asked.
    outcomes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def outcome(self) -> str:
        """To be counted by."""
        return next(iter(self.outcomes), "")


def store_failure(
    session: Session, paper: PaperId, author: Author, answer: RejectedAnswer, now: datetime
) -> None:
    """Keep why there is no sentence: each answer once, of failures the newest."""
    session.merge(
        SummaryFailureRow(
            arxiv_id=paper.arxiv_id,
            version=paper.version,
            language=author.language,
            summarizer=author.name,
            recipe=author.fingerprint,
            number=answer.number,
            kind=answer.kind,
            reason=answer.reason,
            text=answer.text,
            made_at=now,
            tokens_asked=answer.tokens.asked,
            tokens_answered=answer.tokens.answered,
        )
    )


def count_answer(
    session: Session, summarizer: str, outcome: str, tokens: Tokens, seconds: float
) -> None:
    """Add to what ever came of asking that summarizer, which `/metrics` tells."""
    key = {"summarizer": summarizer, "outcome": outcome}
    zeros = dict.fromkeys(("answers", "tokens_asked", "tokens_answered", "seconds"), 0)
    insert_missing(session, AnswerCountRow, [{**key, **zeros}])
    session.execute(
        update(AnswerCountRow)
        .filter_by(**key)
        .values(
            answers=AnswerCountRow.answers + 1,
            tokens_asked=AnswerCountRow.tokens_asked + tokens.asked,
            tokens_answered=AnswerCountRow.tokens_answered + tokens.answered,
            seconds=AnswerCountRow.seconds + seconds,
        )
    )


def forget_failure(session: Session, paper: PaperId, author: Author) -> None:
    """It has answered since."""
    session.execute(
        delete(SummaryFailureRow).where(
            SummaryFailureRow.arxiv_id == paper.arxiv_id,
            SummaryFailureRow.version == paper.version,
            SummaryFailureRow.language == author.language,
            SummaryFailureRow.summarizer == author.name,
            SummaryFailureRow.recipe == author.fingerprint,
            SummaryFailureRow.number == FAILURE,
        )
    )


def failures(
    session: Session, papers: Iterable[PaperId], author: Author
) -> dict[PaperId, list[SummaryFailureRow]]:
    """The answers of that author that were not printed, by paper, the oldest first."""
    paper_ids = set(papers)
    rows = session.scalars(
        select(SummaryFailureRow)
        .where(
            SummaryFailureRow.arxiv_id.in_({paper_id.arxiv_id for paper_id in paper_ids}),
            SummaryFailureRow.language == author.language,
            SummaryFailureRow.summarizer == author.name,
            SummaryFailureRow.recipe == author.fingerprint,
        )
        .order_by(SummaryFailureRow.number)
    )
    by_paper: defaultdict[PaperId, list[SummaryFailureRow]] = defaultdict(list)
    for row in rows:
        paper = PaperId(row.arxiv_id, row.version)
        if paper in paper_ids:
            by_paper[paper].append(row)
    return dict(by_paper)


def already_summarized(session: Session, papers: Iterable[PaperId], author: Author) -> set[PaperId]:
    """The papers of which this author's sentence, written this way, is kept."""
    paper_ids = set(papers)
    rows = session.execute(
        select(SummaryRow.arxiv_id, SummaryRow.version).where(
            SummaryRow.arxiv_id.in_({paper_id.arxiv_id for paper_id in paper_ids}),
            SummaryRow.language == author.language,
            SummaryRow.summarizer == author.name,
            SummaryRow.recipe == author.fingerprint,
        )
    )
    return paper_ids & {PaperId(arxiv_id, version) for arxiv_id, version in rows}


def best_summaries(
    session: Session, papers: Sequence[PaperId], author: Author
) -> dict[PaperId, Sentence]:
    """The kept sentence to print for each paper.

    First the author's, best as asked for now, then anybody's in that language, last the authors'
    own words in theirs.
    """
    rows = session.scalars(
        select(SummaryRow)
        .where(SummaryRow.arxiv_id.in_({paper.arxiv_id for paper in papers}))
        .order_by(SummaryRow.made_at, SummaryRow.summarizer, SummaryRow.recipe)
    )
    by_paper: dict[PaperId, tuple[tuple[bool, ...], Sentence]] = {}
    for row in rows:
        paper = PaperId(row.arxiv_id, row.version)
        in_language = row.language == author.language
        if not in_language and row.summarizer != AUTHORS:
            continue
        preferred = row.summarizer == author.name
        as_now = preferred and row.recipe == author.fingerprint
        rank = (in_language, preferred, as_now, row.summarizer != AUTHORS)
        if paper not in by_paper or rank >= by_paper[paper][0]:
            by_paper[paper] = (rank, Sentence(row.text, row.language, row.summarizer))
    return {paper: by_paper[paper][1] for paper in papers if paper in by_paper}
