"""What one run may ask of a summarizer: so much time, so many tokens, so much money, no more."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from newsletter.config import SummarizerSettings, combinations
from newsletter.summaries.base import NOTHING, Tokens
from newsletter.summaries.day_spending import DaySpending
from newsletter.summaries.unusable_answers import UnusableAnswers

_PATIENCE = 3  # papers in a row without an answer, then it is not about one paper
_A_MILLION = 1_000_000


@dataclass(frozen=True)
class Prices:
    """Of a million tokens each way, in one currency; zero where nobody said."""

    asked: float = 0.0
    answered: float = 0.0
    currency: str = "USD"

    def cost(self, tokens: Tokens) -> float:
        return (tokens.asked * self.asked + tokens.answered * self.answered) / _A_MILLION

    def describe(self, tokens: Tokens) -> str:
        """`about` is for the caller to say: "12,345 tokens, 0.0042 USD"."""
        cost = f", {self.cost(tokens):.4f} {self.currency}" if self.asked or self.answered else ""
        return f"{tokens.all:,} tokens{cost}"


@dataclass
class LlmBudget:
    """Shared by everything that asks in one run, whatever the newsletter and the thread.

    With a `day`, tokens and money are all machines' of that day, and only time is the run's.
    """

    seconds: float = 900.0
    most_tokens: int | None = None
    most_cost: float | None = None
    prices: Prices = field(default_factory=Prices)
    clock: Callable[[], float] = time.monotonic
    day: DaySpending | None = None
    spent: Tokens = NOTHING
    _reserved: Tokens = NOTHING
    _used_s: float = 0.0
    _since: float | None = None
    _unanswered: int = 0
    _unusable: dict[str, UnusableAnswers] = field(default_factory=dict)  # by language
    _closed: str = ""
    _lock: Lock = field(default_factory=Lock, repr=False)

    def of_another_run(self) -> "LlmBudget":
        """The same limits, and nothing spent: a worker lives for many runs."""
        limits = (self.seconds, self.most_tokens, self.most_cost, self.prices)
        return LlmBudget(*limits, self.clock, self.day)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Only time in here counts: what is sent between two newsletters is not asked."""
        self._since = self.clock()
        try:
            yield
        finally:
            self._used_s += self.clock() - self._since
            self._since = None

    def left_s(self) -> float:
        """The seconds until nothing more is waited for."""
        running = 0.0 if self._since is None else self.clock() - self._since
        return max(0.0, self.seconds - self._used_s - running)

    def reserve(self, expected: Tokens) -> str:
        """Set aside what asking once will cost; or say why it must not be asked."""
        with self._lock:
            reason = self._closed or ("" if self.left_s() > 0 else self.late)
            if not (reason or self.day):
                reason = self._over_caps(self.spent + self._reserved + expected)
        if not reason and self.day:
            reason = self.day.reserve(expected, self._over_caps)
        if not reason:
            with self._lock:
                self._reserved += expected
        return reason

    def charge(self, expected: Tokens, spent: Tokens) -> None:
        """Count what it did cost instead of what was set aside."""
        with self._lock:
            self._reserved += Tokens(-expected.asked, -expected.answered)
            self.spent += spent
        if self.day:
            self.day.charge(expected, spent)

    def answered(self) -> None:
        with self._lock:
            self._unanswered = 0

    def unanswered(self, reason: str) -> None:
        """A paper got no answer; after a few in a row nothing more is asked."""
        with self._lock:
            self._unanswered += 1
            if self._unanswered >= _PATIENCE:
                self._close(f"was not asked any more: {reason}")

    def unusable_in(self, language: str) -> UnusableAnswers:
        """Those of all that ask in that language, whatever the newsletter and the day."""
        with self._lock:
            return self._unusable.setdefault(language, UnusableAnswers())

    def has_given_up(self, language: str) -> bool:
        """Whether the model is not asked any more in that language, for its own fault."""
        return bool(self._closed or self.unusable_in(language).stopped)

    def give_up(self, reason: str) -> None:
        """It serves nobody now."""
        with self._lock:
            self._close(f"was not asked any more: {reason}")

    def _close(self, reason: str) -> None:
        self._closed = self._closed or reason

    def _over_caps(self, tokens: Tokens) -> str:
        whose = "this day's" if self.day else "this run's"
        if self.most_tokens is not None and tokens.all > self.most_tokens:
            return (
                f"was not asked any more: {whose} {self.most_tokens:,} tokens are used up"
                " (summarizer.cap_tokens)"
            )
        if self.most_cost is not None and self.prices.cost(tokens) > self.most_cost:
            return (
                f"was not asked any more: {whose} {self.most_cost:g} {self.prices.currency} are"
                " used up (summarizer.cap_cost)"
            )
        return ""

    @property
    def late(self) -> str:
        return f"did not answer within the run's {self.seconds:g} s (summarizer.deadline_s)"


def from_settings(settings: SummarizerSettings, day: DaySpending | None = None) -> LlmBudget:
    """What the settings allow a run, or all machines in a day.

    Raises:
        WrongUseError: money is capped, and nothing says what a token costs.
    """
    combinations.check_budget(settings)
    prices = Prices(settings.price_in, settings.price_out, settings.currency)
    limits = (settings.deadline_s, settings.cap_tokens, settings.cap_cost, prices)
    return LlmBudget(*limits, day=day)
