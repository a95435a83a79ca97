"""A paper's way to a sentence: asked, checked, asked once more, or given up with a reason."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from newsletter.models import SummaryFailure
from newsletter.sources.base import Paper, PaperId
from newsletter.summaries import checks
from newsletter.summaries.base import (
    AUTHORS,
    AUTHORS_LANGUAGE,
    NOTHING,
    Draft,
    NotAskedError,
    OutOfServiceError,
    RefusedError,
    Sentence,
    Summarizer,
    SummaryError,
    Tokens,
    TooLongError,
)
from newsletter.summaries.checks.relevance import SourceText
from newsletter.summaries.llm_budget import LlmBudget
from newsletter.summaries.safe_summarizer import describe_fault
from newsletter.summaries.store import RejectedAnswer
from newsletter.summaries.threads import run_in_threads
from newsletter.summaries.unusable_answers import REFUSED, TOO_LONG, UnusableAnswers
from newsletter.text import one_line

ANSWERS = 2  # that a paper may take: the second knows what was wrong with the first
_KEPT_CHARACTERS = 1000  # of an answer that is not printed
FAILED = "failed"  # what came of asking, beside `REFUSED` and the names of the checks


@dataclass(frozen=True)
class Question:
    paper: Paper
    number: int = 1  # of the next answer; the earlier ones were not printed
    hint: str = ""  # what was wrong with the last of them


@dataclass(frozen=True)
class SummaryResult:
    """A sentence, or why there is none."""

    question: Question
    sentence: Sentence | None = None
    tokens: Tokens = NOTHING  # of the sentence
    seconds: float = 0.0  # until the sentence was there
    # The answers before it, or instead of it, and its own where that is printed in part only.
    rejected_answers: tuple[RejectedAnswer, ...] = ()

    @property
    def paper(self) -> Paper:
        return self.question.paper

    @property
    def spent(self) -> Tokens:
        return sum((answer.tokens for answer in self.rejected_answers), self.tokens)

    @property
    def was_asked(self) -> bool:
        """Whether an answer was waited for, whatever came of it."""
        return self.sentence is not None or any(answer.outcome for answer in self.rejected_answers)

    @property
    def failure(self) -> str:
        """Why there was no answer, where the next run asks again."""
        return next(
            (
                answer.reason
                for answer in self.rejected_answers
                if answer.kind == SummaryFailure.FAILED
            ),
            "",
        )

    @property
    def rejection(self) -> str:
        """Why the answers were not printed, where that settles it."""
        settled = self.sentence is None and not self.failure
        return self.rejected_answers[-1].reason if settled else ""


def ask_model(
    summarizer: Summarizer,
    questions: Sequence[Question],
    day: Sequence[Paper],
    language: str,
    llm_budget: LlmBudget,
) -> Generator[SummaryResult]:
    """One result a question, whatever happens to the summarizer, within the budget.

    `day` are the papers that an answer might be about by mistake.
    """
    sources = {paper.id: SourceText.of(paper) for paper in day}
    unusable = llm_budget.unusable_in(language)
    asker = _Asker(summarizer, language, llm_budget, unusable, sources)
    left: dict[PaperId, Question] = {question.paper.id: question for question in questions}
    with llm_budget.asking():
        threads = run_in_threads(asker.result, questions, summarizer.concurrency, llm_budget.left_s)
        with closing(threads) as results:
            for result in results:
                del left[result.paper.id]
                yield result
    for question in left.values():
        outcomes = (FAILED,) if question.paper.id in asker.begun else ()
        late = RejectedAnswer(
            SummaryFailure.FAILED, f"{summarizer.name} {llm_budget.late}", outcomes=outcomes
        )
        yield SummaryResult(question, rejected_answers=(late,))


@dataclass(frozen=True)
class _Asker:
    summarizer: Summarizer
    language: str
    llm_budget: LlmBudget
    unusable: UnusableAnswers
    day: Mapping[PaperId, SourceText]
    first_papers: dict[str, PaperId] = field(default_factory=dict)  # by what was said of them
    begun: set[PaperId] = field(default_factory=set)

    def result(self, question: Question) -> SummaryResult:
        """Never raises: a thread that ended without a word would be waited for."""
        if not question.paper.abstract and not self.summarizer.quotes:
            nothing = RejectedAnswer(
                SummaryFailure.REFUSED, "the paper has no abstract", question.number
            )
            return SummaryResult(question, rejected_answers=(nothing,))
        rejected_before: list[RejectedAnswer] = []
        self.begun.add(question.paper.id)
        started_s = self.llm_budget.clock()
        try:
            return self._answered(question, rejected_before)
        except NotAskedError as error:
            last = RejectedAnswer(SummaryFailure.FAILED, one_line(str(error)))
        except RefusedError as error:
            number = question.number + len(rejected_before)
            last = RejectedAnswer(
                SummaryFailure.REFUSED,
                one_line(str(error)),
                number,
                tokens=error.tokens,
                outcomes=(REFUSED,),
            )
            self.unusable.add([*(answer.outcomes for answer in rejected_before), (REFUSED,)])
        except SummaryError as error:
            if isinstance(error, TooLongError):
                self.unusable.add([(TOO_LONG,)])
            reason = one_line(str(error))
            last = RejectedAnswer(
                SummaryFailure.FAILED, reason, tokens=error.tokens, outcomes=(FAILED,)
            )
        except BaseException as error:  # noqa: BLE001 - whatever a stranger's part does
            fault = f"{self.summarizer.name}: {describe_fault(error)}"
            last = RejectedAnswer(SummaryFailure.FAILED, fault, outcomes=(FAILED,))
            self.llm_budget.unanswered(self._without_name(last.reason))
        before_s = sum(answer.seconds for answer in rejected_before)
        last = replace(last, seconds=self.llm_budget.clock() - started_s - before_s)
        return SummaryResult(question, rejected_answers=(*rejected_before, last))

    def _answered(self, question: Question, rejected_before: list[RejectedAnswer]) -> SummaryResult:
        hint = question.hint
        for number in range(question.number, max(ANSWERS, question.number) + 1):
            started_s = self.llm_budget.clock()
            draft = self._draft(question.paper, hint)
            seconds = self.llm_budget.clock() - started_s
            checked = self._checked(draft, question.paper)
            objections = checked.objections
            doubtful = any(result.hard for result in objections) or number < ANSWERS
            if not objections or not doubtful:
                self.unusable.end()
                sentence = self._sentence(checked.sentence)
                answers = (*rejected_before, *_left_out(checked, number))
                return SummaryResult(question, sentence, draft.tokens, seconds, answers)
            worst = [result for result in objections if result.hard] or objections
            outcomes = tuple(result.check for result in worst)
            hint = "; ".join(result.objection for result in objections)
            text = draft.text[:_KEPT_CHARACTERS]
            rejected_before.append(
                RejectedAnswer(
                    SummaryFailure.REJECTED, hint, number, text, draft.tokens, outcomes, seconds
                )
            )
        self.unusable.add([answer.outcomes for answer in rejected_before])
        return SummaryResult(question, rejected_answers=tuple(rejected_before))

    def _sentence(self, text: str) -> Sentence:
        if self.summarizer.quotes:
            return Sentence(text, AUTHORS_LANGUAGE, AUTHORS)
        return Sentence(text, self.language, self.summarizer.name)

    def _checked(self, draft: Draft, paper: Paper) -> checks.CheckedAnswer:
        """What calls itself the authors' words must be theirs, and is printed as it is."""
        flaw = checks.self_reported_objection(draft, quotes=self.summarizer.quotes)
        if flaw or self.summarizer.quotes:
            results = flaw or checks.objection_to_quotation(draft.text, paper)
            return checks.CheckedAnswer(draft.text, draft.text, tuple(results))
        others = [source for paper_id, source in self.day.items() if paper_id != paper.id]
        checked = checks.check_answer(
            draft.text, paper, self.language, others, is_complete=draft.is_complete
        )
        first = self.first_papers.setdefault(checked.sentence, paper.id)
        if first == paper.id:
            return checked
        said_before = checks.CheckResult("its own", f"was said of {first} too")
        return replace(checked, results=(*checked.results, said_before))

    def _draft(self, paper: Paper, hint: str) -> Draft:
        """One answer, within the budget."""
        expected = self.summarizer.expected(paper, self.language)
        reason = self.unusable.stopped or self.llm_budget.reserve(expected)
        if reason:
            raise NotAskedError(f"{self.summarizer.name} {reason}")
        spent = Tokens()
        try:
            draft = self.summarizer.summarize(paper, self.language, hint)
            spent = draft.tokens
        except OutOfServiceError as error:
            self.llm_budget.give_up(self._without_name(str(error)))
            raise
        except (RefusedError, TooLongError) as error:  # that is about this paper
            spent = error.tokens
            self.llm_budget.answered()
            raise
        except SummaryError as error:
            spent = error.tokens
            self.llm_budget.unanswered(self._without_name(str(error)))
            raise
        finally:
            self.llm_budget.charge(expected, spent)
        self.llm_budget.answered()
        return draft

    def _without_name(self, reason: str) -> str:
        """For a line that begins with the summarizer's name."""
        return reason.removeprefix(f"{self.summarizer.name}: ")


def _left_out(checked: checks.CheckedAnswer, number: int) -> Iterator[RejectedAnswer]:
    """The whole answer, where not all of it is printed."""
    if checked.is_cut:
        reason = "of which one sentence was asked for and is printed"
        yield RejectedAnswer(SummaryFailure.CUT, reason, number, checked.answer[:_KEPT_CHARACTERS])
