"""A sentence for every paper, whatever happens to the summarizer on the way."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import SummaryFailure, SummaryFailureRow
from newsletter.sources.base import Paper, PaperId
from newsletter.summaries import extractive_summarizer, model_outage, store
from newsletter.summaries.ask_model import ANSWERS, Question, SummaryResult, ask_model
from newsletter.summaries.base import NOTHING, Summarizer, Tokens
from newsletter.summaries.llm_budget import LlmBudget
from newsletter.summaries.store import Author
from newsletter.summaries.summary_report import SummaryReport
from newsletter.summaries.unusable_answers import look_at

_MANY = 10  # papers; where more than half are asked about in vain, it is not the papers
Progress = Callable[[], None]  # one more is done


@dataclass(frozen=True)
class SummaryRequest:
    """Who is asked, in which language, how much; `again` also what was rejected before."""

    summarizer: Summarizer
    language: str
    llm_budget: LlmBudget = field(default_factory=LlmBudget)
    again: bool = False

    @property
    def author(self) -> Author:
        return Author.of(self.summarizer, self.language)


def summarize_missing(
    sessions: sessionmaker[Session],
    request: SummaryRequest,
    papers: Sequence[Paper],
    now: datetime,
    progress: Progress,
) -> SummaryReport:
    """Ask for the sentences that are not kept yet and keep each as it comes."""
    by_id = {paper.id: paper for paper in papers}
    with sessions() as session:
        questions = open_questions(session, request, list(by_id.values()))
        kept = len(_kept(session, request, by_id))
    for _ in range(len(by_id) - len(questions)):
        progress()
    author = request.author
    results: list[SummaryResult] = []
    day = list(by_id.values())
    asking = ask_model(request.summarizer, questions, day, request.language, request.llm_budget)
    with closing(asking) as incoming:
        for result in incoming:
            with sessions.begin() as session:
                _store_result(session, author, result, now)
            results.append(result)
            progress()
    report = SummaryReport(
        made=sum(result.sentence is not None for result in results),
        reused=kept,
        settled=len(by_id) - len(questions) - kept,
        failed={result.paper.id: result.failure for result in results if result.failure},
        rejected={result.paper.id: result.rejection for result in results if result.rejection},
        expected=_expected(request, questions),
        spent=sum((result.spent for result in results), NOTHING),
    )
    if request.summarizer.quotes:
        return report
    return _watched(sessions, request, by_id, results, report, now)


def _watched(
    sessions: sessionmaker[Session],
    request: SummaryRequest,
    ids: Collection[PaperId],
    results: Sequence[SummaryResult],
    report: SummaryReport,
    now: datetime,
) -> SummaryReport:
    """The report, with why where the model was asked in vain; that is kept until it is mended."""
    asked = [result for result in results if result.was_asked]
    report = replace(report, asked=len(asked))
    given_up = request.llm_budget.has_given_up(request.language)
    meant = results if given_up else asked  # nor would the others have got an answer
    first_asked = [result for result in meant if result.question.number == 1]
    in_vain = sum(result.sentence is None for result in first_asked)
    mostly = in_vain >= _MANY and in_vain > len(first_asked) / 2
    with sessions.begin() as session:
        if report.made and not mostly:
            model_outage.forget(session)
        elif asked and (mostly or not store.already_summarized(session, ids, request.author)):
            model_outage.record(session, now, partly=report.made > 0)
            return replace(report, nothing_usable=_why_nothing(report, asked))
    return report


def _why_nothing(report: SummaryReport, asked: Sequence[SummaryResult]) -> str:
    """The most frequent failure; or objection, with the setting that is most likely wrong."""
    stopped = report.failed and not report.made  # what it says sums the others up
    if stopped or len(report.failed) > len(report.rejected):
        return Counter(report.failed.values()).most_common(1)[0][0]
    answers = [answer for result in asked for answer in result.rejected_answers if answer.outcome]
    ((worst, _),) = Counter(answer.outcome for answer in answers).most_common(1)
    reason = next(answer.reason for answer in reversed(answers) if answer.outcome == worst)
    return f"{reason}; {look_at([worst])}"


@dataclass(frozen=True)
class Estimate:
    """What summarizing would take now."""

    missing: int
    kept: int
    settled: int  # there will be none
    tokens: Tokens


def estimate(session: Session, request: SummaryRequest, papers: Sequence[Paper]) -> Estimate:
    """Without asking anybody."""
    questions = open_questions(session, request, papers)
    kept = len(_kept(session, request, [paper.id for paper in papers]))
    settled = len(papers) - len(questions) - kept
    return Estimate(len(questions), kept, settled, _expected(request, questions))


def open_questions(
    session: Session, request: SummaryRequest, papers: Sequence[Paper]
) -> list[Question]:
    """What was never answered in this way.

    An answer that was not printed counts as one: a paper takes two, then it is settled, unless
    asked `again`. A refusal settles it at once; a failure is no answer.
    """
    ids = [paper.id for paper in papers]
    done = _kept(session, request, ids)
    failures = store.failures(session, ids, request.author)
    questions = []
    for paper in papers:
        answers = [row for row in failures.get(paper.id, []) if row.number]
        settled = len(answers) >= ANSWERS or any(
            row.kind == SummaryFailure.REFUSED for row in answers
        )
        if paper.id not in done and (request.again or not settled):
            questions.append(_question(paper, answers))
    return questions


def _kept(session: Session, request: SummaryRequest, ids: Collection[PaperId]) -> set[PaperId]:
    """The papers that need no sentence: they have one."""
    if request.summarizer.quotes:  # any sentence is as good as the authors'
        return set(store.best_summaries(session, list(ids), request.author))
    return store.already_summarized(session, ids, request.author)


def _expected(request: SummaryRequest, questions: Sequence[Question]) -> Tokens:
    summarizer, language = request.summarizer, request.language
    return sum((summarizer.expected(question.paper, language) for question in questions), NOTHING)


def _question(paper: Paper, answers: Sequence[SummaryFailureRow]) -> Question:
    if not answers:
        return Question(paper)
    return Question(paper, answers[-1].number + 1, answers[-1].reason)


def _store_result(session: Session, author: Author, result: SummaryResult, now: datetime) -> None:
    """Keep the answers, and a sentence in any case: it is there before the next is asked for."""
    paper = result.paper.id
    for answer in result.rejected_answers:
        store.store_failure(session, paper, author, answer, now)
        if answer.outcome:
            store.count_answer(session, author.name, answer.outcome, answer.tokens, answer.seconds)
    if result.sentence and not result.sentence.is_quotation:
        store.count_answer(session, author.name, "printed", result.tokens, result.seconds)
    if not result.failure:
        store.forget_failure(session, paper, author)
    sentence = result.sentence or extractive_summarizer.sentence(result.paper)
    if sentence.is_quotation:
        store.store_summary(session, paper, sentence, now)
    else:
        store.store_summary(session, paper, sentence, now, author.fingerprint, result.tokens)
