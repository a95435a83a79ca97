"""A summarizer of anybody's, so held that its faults are lines in a report and nothing more."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from newsletter.plugins import completed
from newsletter.sources.base import Paper
from newsletter.summaries.base import (
    AUTHORS,
    FINGERPRINT_CHARACTERS,
    MOST_AT_ONCE,
    NAME_CHARACTERS,
    Draft,
    OutOfServiceError,
    Summarizer,
    SummaryError,
    Tokens,
)
from newsletter.text import one_line

_FAULT_CHARACTERS = 200

Value = TypeVar("Value")


class SafeSummarizer(Summarizer):
    """Asks the one inside; whatever it raises is a `SummaryError`, whatever it gives is checked."""

    def __init__(self, part: Any) -> None:  # noqa: ANN401 - a stranger's part
        self._inner = inner = completed(Summarizer, part)
        self.name = one_line(str(inner.name))[:NAME_CHARACTERS]
        if not self.name:
            raise ValueError("its name is empty")
        # Whoever bears that name is printed as the authors, so its words must be theirs.
        self.quotes = bool(inner.quotes) or self.name == AUTHORS
        self.languages = inner.languages
        self.concurrency = max(1, min(int(inner.concurrency), MOST_AT_ONCE))

    def fingerprint(self, language: str) -> str:
        try:
            fingerprint = self._given(str, lambda: self._inner.fingerprint(language))
            return one_line(fingerprint)[:FINGERPRINT_CHARACTERS]
        except SummaryError:
            return ""  # it may write good sentences all the same

    def expected(self, paper: Paper, language: str) -> Tokens:
        try:
            return self._given(Tokens, lambda: self._inner.expected(paper, language))
        except SummaryError:
            return Tokens()

    def summarize(self, paper: Paper, language: str, hint: str = "") -> Draft:
        draft = self._given(Draft, lambda: self._inner.summarize(paper, language, hint))
        parts: tuple[object, ...] = (draft.text, draft.self_reported_problem, draft.tokens)
        if not all(map(isinstance, parts, (str, str, Tokens))):
            raise SummaryError(f"{self.name} has a fault of its own: its draft is no draft")
        text = "\n".join(filter(None, map(one_line, draft.text.splitlines())))
        problem = one_line(draft.self_reported_problem)
        return Draft(text, draft.tokens, problem, is_complete=draft.is_complete is True)

    def close(self) -> None:
        with suppress(Exception):
            self._inner.close()

    def _given(self, kind: type[Value], call: Callable[[], Value]) -> Value:
        try:
            value: object = call()
        except SummaryError:
            raise
        except Exception as error:
            raise SummaryError(
                f"{self.name} has a fault of its own: {describe_fault(error)}"
            ) from error
        if not isinstance(value, kind):
            raise SummaryError(
                f"{self.name} has a fault of its own: it gave {type(value).__name__} where"
                f" {kind.__name__} belongs"
            )
        return value


class DisabledSummarizer(Summarizer):
    """Stands for a summarizer that is not asked; every paper hears why."""

    concurrency = 1

    def __init__(self, name: str, reason: str, real: Summarizer | None = None) -> None:
        self.name = name
        self._reason = reason
        self._real = real
        self.languages = real.languages if real else None

    def fingerprint(self, language: str) -> str:
        return self._real.fingerprint(language) if self._real else ""

    def expected(self, paper: Paper, language: str) -> Tokens:
        return self._real.expected(paper, language) if self._real else Tokens()

    def summarize(self, paper: Paper, language: str, hint: str = "") -> Draft:
        del paper, language, hint
        raise OutOfServiceError(f"{self.name} {self._reason}")

    def close(self) -> None:
        """Nothing is open."""


def describe_fault(error: BaseException) -> str:
    """Unexpected trouble in one line."""
    return f"{type(error).__name__}: {one_line(str(error))}"[:_FAULT_CHARACTERS]
