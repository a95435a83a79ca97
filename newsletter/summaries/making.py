"""A sentence for every paper, whatever happens to the summarizer on the way."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
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
    wanted = {paper.id: paper for paper in papers}
    with sessions() as session:
        known = kept.best(session, list(wanted), language, summarizer.name)
    missing = [p for p in wanted.values() if not _stands(known.get(p.id), summarizer.name)]
    reused = len(wanted) - len(missing)
    for _ in range(reused):
        progress()
    failed: dict[PaperId, str] = {}
    with closing(_ask(summarizer, missing, language)) as answers:
        for paper, answer in answers:
            if isinstance(answer, SummaryError):
                failed[paper.id] = str(answer)
                answer = embedded.sentence(paper)  # noqa: PLW2901 - the authors' words stand in
            with sessions.begin() as session:
                kept.keep(session, [(paper.id, answer)], now)
            progress()
    return Made(len(missing) - len(failed), reused, failed)


def _stands(sentence: Sentence | None, preferred: str) -> bool:
    """Whether asking again could not bring a better one."""
    return sentence is not None and (preferred in (sentence.made_by, AUTHORS))


def _ask(
    summarizer: Summarizer, papers: Sequence[Paper], language: str
) -> Generator[tuple[Paper, Sentence | SummaryError]]:
    def one(paper: Paper) -> tuple[Paper, Sentence | SummaryError]:
        try:
            return paper, summarizer.summarize(paper, language)
        except SummaryError as error:
            return paper, error

    if summarizer.concurrency == 1:
        yield from map(one, papers)
        return
    pool = ThreadPoolExecutor(summarizer.concurrency)
    try:
        for future in as_completed([pool.submit(one, paper) for paper in papers]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)  # where the run ends early, nobody waits for the rest
