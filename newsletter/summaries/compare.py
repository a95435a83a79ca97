"""Summarizers side by side on one paper, with what every check says; nothing is kept."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.sources.base import Paper
from newsletter.summaries import checks
from newsletter.summaries.base import (
    AUTHORS_LANGUAGE,
    NOTHING,
    Draft,
    Summarizer,
    SummaryError,
    Tokens,
)
from newsletter.summaries.checks import CheckResult


@dataclass(frozen=True)
class Attempt:
    """One answer; without one, `failure` says why."""

    name: str
    text: str
    check_results: tuple[CheckResult, ...]
    seconds: float
    tokens: Tokens = NOTHING
    failure: str = ""

    @property
    def is_printable(self) -> bool:
        return not self.failure and not any(
            result.objection and result.hard for result in self.check_results
        )


def attempts(summarizers: Iterable[Summarizer], paper: Paper, language: str) -> list[Attempt]:
    return [_attempt(summarizer, paper, language) for summarizer in summarizers]


def _attempt(summarizer: Summarizer, paper: Paper, language: str) -> Attempt:
    begun = time.monotonic()
    try:
        draft = summarizer.summarize(paper, language)
    except SummaryError as error:
        seconds = time.monotonic() - begun
        return Attempt(summarizer.name, "", (), seconds, failure=str(error))
    seconds = time.monotonic() - begun
    check_results = tuple(_verdicts(draft, paper, language, quotes=summarizer.quotes))
    return Attempt(summarizer.name, draft.text, check_results, seconds, draft.tokens)


def _verdicts(draft: Draft, paper: Paper, language: str, *, quotes: bool) -> list[CheckResult]:
    """A quotation must be one, in the language of its abstract; of a model every check speaks."""
    if draft.self_reported_problem:
        return [CheckResult("its maker", draft.self_reported_problem)]
    if quotes:
        quotation = checks.objection_to_quotation(draft.text, paper)
        passed = [CheckResult("quotation")]
        return [*checks.run_checks(draft.text, paper, AUTHORS_LANGUAGE), *(quotation or passed)]
    return checks.run_checks(draft.text, paper, language)
