"""A sentence for every paper, whatever happens to the summarizer on the way."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from newsletter.sources.announced import Paper, PaperId
from newsletter.summaries import embedded, kept
from newsletter.summaries.sentence import AUTHORS, Sentence, Summarizer, SummaryError

Progress = Callable[[], None]  # one more is done


@dataclass(frozen=True)
class Made:
    """How the day's sentences came about; `failed` says for which papers the authors stood in."""

    made: int
    reused: int
    failed: dict[PaperId, str]


def make_missing(
    sessions: sessionmaker[Session],
    summarizer: Summarizer,
    papers: Sequence[Paper],
    language: str,
    now: datetime,
    progress: Progress,
) -> Made:
    """Ask for the sentences that are not kept yet and keep each as it comes."""
    with sessions() as session:
        known = kept.best(session, [paper.id for paper in papers], language, summarizer.name)
    open_papers = [paper for paper in papers if not _stands(known.get(paper.id), summarizer.name)]
    failed: dict[PaperId, str] = {}
    for paper, answer in _ask(summarizer, open_papers, language):
        if isinstance(answer, SummaryError):
            failed[paper.id] = str(answer)
            answer = embedded.sentence(paper)  # noqa: PLW2901 - the authors' words stand in
        with sessions.begin() as session:
            kept.keep(session, [(paper.id, answer)], now)
        progress()
    return Made(len(open_papers) - len(failed), len(papers) - len(open_papers), failed)


def _stands(sentence: Sentence | None, preferred: str) -> bool:
    """Whether asking again could not bring a better one."""
    return sentence is not None and (preferred in (sentence.made_by, AUTHORS))


def _ask(
    summarizer: Summarizer, papers: Sequence[Paper], language: str
) -> Iterator[tuple[Paper, Sentence | SummaryError]]:
    def one(paper: Paper) -> tuple[Paper, Sentence | SummaryError]:
        try:
            return paper, summarizer.summarize(paper, language)
        except SummaryError as error:
            return paper, error

    if summarizer.concurrency == 1:
        yield from map(one, papers)
        return
    with ThreadPoolExecutor(summarizer.concurrency) as pool:
        for future in as_completed([pool.submit(one, paper) for paper in papers]):
            yield future.result()
