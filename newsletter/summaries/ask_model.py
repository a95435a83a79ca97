"""A paper's way to a sentence: asked, checked, asked once more, or given up with a reason."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from newsletter.models import SummaryFailure
from newsletter.sources.base import Paper, PaperId
from newsletter.summaries import checks
from newsletter.summaries.base import (
    AUTHORS,
    AUTHORS_LANGUAGE,
    NOTHING,
    Draft,
    OutOfServiceError,
    RefusedError,
    Sentence,
    Summarizer,
    SummaryError,
    Tokens,
)
from newsletter.summaries.checks.relevance import SourceText
from newsletter.summaries.llm_budget import LlmBudget
from newsletter.summaries.safe_summarizer import describe_fault
from newsletter.summaries.store import RejectedAnswer
from newsletter.summaries.thread_pool import run_in_threads
from newsletter.text import one_line

ANSWERS = 2  # that a paper may take: the second knows what was wrong with the first
_KEPT_CHARACTERS = 1000  # of an answer that is not printed


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
    unprinted: tuple[RejectedAnswer, ...] = ()  # the answers before it, or instead of it

    @property
    def paper(self) -> Paper:
        return self.question.paper

    @property
    def spent(self) -> Tokens:
        return sum((answer.tokens for answer in self.unprinted), self.tokens)

    @property
    def failure(self) -> str:
        """Why there was no answer, where the next run asks again."""
        return next(
            (answer.reason for answer in self.unprinted if answer.kind == SummaryFailure.FAILED), ""
        )

    @property
    def rejection(self) -> str:
        """Why the answers were not printed, where that settles it."""
        settled = self.sentence is None and not self.failure
        return self.unprinted[-1].reason if settled else ""


def ask_model(
    summarizer: Summarizer,
    questions: Sequence[Question],
    day: Sequence[Paper],
    language: str,
    allowance: LlmBudget,
) -> Generator[SummaryResult]:
    """One outcome a question, whatever happens to the summarizer, within the allowance.

    `day` are the papers that an answer might be about by mistake.
    """
    sources = {paper.id: SourceText.of(paper) for paper in day}
    asker = _Asker(summarizer, language, allowance, sources)
    left: dict[PaperId, Question] = {question.paper.id: question for question in questions}
    with allowance.asking():
        crew = run_in_threads(asker.outcome, questions, summarizer.concurrency, allowance.left_s)
        with closing(crew) as outcomes:
            for outcome in outcomes:
                del left[outcome.paper.id]
                yield outcome
    for question in left.values():
        late = RejectedAnswer(SummaryFailure.FAILED, f"{summarizer.name} {allowance.late}")
        yield SummaryResult(question, unprinted=(late,))


@dataclass(frozen=True)
class _Asker:
    summarizer: Summarizer
    language: str
    allowance: LlmBudget
    day: Mapping[PaperId, SourceText]
    said: dict[str, PaperId] = field(default_factory=dict)  # the first paper that it was said of

    def outcome(self, question: Question) -> SummaryResult:
        """Never raises: a thread that ended without a word would be waited for."""
        if not question.paper.abstract and not self.summarizer.quotes:
            nothing = RejectedAnswer(
                SummaryFailure.REFUSED, "the paper has no abstract", question.number
            )
            return SummaryResult(question, unprinted=(nothing,))
        before: list[RejectedAnswer] = []
        try:
            return self._answered(question, before)
        except RefusedError as error:
            number = question.number + len(before)
            last = RejectedAnswer(SummaryFailure.REFUSED, one_line(str(error)), number)
        except SummaryError as error:
            last = RejectedAnswer(SummaryFailure.FAILED, one_line(str(error)))
        except BaseException as error:  # noqa: BLE001 - whatever a stranger's part does
            last = RejectedAnswer(
                SummaryFailure.FAILED, f"{self.summarizer.name}: {describe_fault(error)}"
            )
            self.allowance.unanswered(last.reason)
        return SummaryResult(question, unprinted=(*before, last))

    def _answered(self, question: Question, before: list[RejectedAnswer]) -> SummaryResult:
        hint = question.hint
        for number in range(question.number, max(ANSWERS, question.number) + 1):
            draft = self._draft(question.paper, hint)
            wrong = self._objections(draft, question.paper)
            doubtful = any(result.hard for result in wrong) or number < ANSWERS
            if not wrong or not doubtful:
                return SummaryResult(
                    question, self._sentence(draft.text), draft.tokens, tuple(before)
                )
            hint = "; ".join(result.objection for result in wrong)
            text = draft.text[:_KEPT_CHARACTERS]
            before.append(RejectedAnswer(SummaryFailure.REJECTED, hint, number, text, draft.tokens))
        return SummaryResult(question, unprinted=tuple(before))

    def _sentence(self, text: str) -> Sentence:
        if self.summarizer.quotes:
            return Sentence(text, AUTHORS_LANGUAGE, AUTHORS)
        return Sentence(text, self.language, self.summarizer.name)

    def _objections(self, draft: Draft, paper: Paper) -> list[checks.CheckResult]:
        """What calls itself the authors' words must be theirs."""
        if draft.flaw:
            return [checks.CheckResult("its maker", draft.flaw)]
        if self.summarizer.quotes:
            return checks.objection_to_quotation(draft.text, paper)
        others = [source for each, source in self.day.items() if each != paper.id]
        found = checks.first_objection(draft.text, paper, self.language, others)
        first = self.said.setdefault(draft.text, paper.id)
        if first != paper.id:
            found.append(checks.CheckResult("its own", f"was said of {first} too"))
        return found

    def _draft(self, paper: Paper, hint: str) -> Draft:
        """One answer, within the allowance."""
        expected = self.summarizer.expected(paper, self.language)
        reason = self.allowance.reserve(expected)
        if reason:
            raise SummaryError(f"{self.summarizer.name} {reason}")
        spent = Tokens()
        try:
            draft = self.summarizer.summarize(paper, self.language, hint)
            spent = draft.tokens
        except OutOfServiceError as error:
            self.allowance.give_up(str(error))
            raise
        except RefusedError:
            self.allowance.answered()
            raise
        except SummaryError as error:
            self.allowance.unanswered(str(error))
            raise
        finally:
            self.allowance.settle(expected, spent)
        self.allowance.answered()
        return draft
