"""Answers in a row that cannot be printed: after how many nothing more is asked, and what to do."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from newsletter.summaries.base import EMPTY

REFUSED = "refused"  # by the provider
TOO_LONG = "too long"  # is the paper for the model
_ALIKE = 10  # answers in a row refused for one reason: it is a setting
_ANY = 20  # answers in a row refused for whatever reasons: it is the model
_NAMED = 3  # reasons at most
_LOOK_AT = {
    EMPTY: "summarizer.options: a thinking model needs its thinking off, or more max_tokens",
    REFUSED: "summarizer.model: its provider will not read such texts",
    TOO_LONG: "the length of the model's context, summarizer.prompt, and max_tokens in"
    " summarizer.options",
    "its own": "summarizer.model and summarizer.prompt: it says the same of several papers",
    "language": "summarizer.prompt and the newsletter's language",
}


@dataclass
class UnusableAnswers:
    """Of one run in one language: what is of no use in one may serve the readers of another.

    Counted by paper, once no sentence can come of it any more: a first answer is often mended by
    the second, and with many papers asked about at once the first ones come together.
    """

    stopped: str = ""  # why nothing more is asked in this language
    # What spoke against each answer since a sentence was printed, the worst first.
    _outcomes: list[Sequence[str]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def end(self) -> None:
        """A sentence came that can be printed."""
        with self._lock:
            self._outcomes.clear()

    def add(self, outcomes: Sequence[Sequence[str]]) -> None:
        """What spoke against each answer for a paper that gets no sentence."""
        with self._lock:
            self._outcomes += outcomes
            last = self._outcomes[-_ALIKE:]
            in_all = [outcome for outcome in last[0] if all(outcome in others for others in last)]
            if len(last) == _ALIKE and in_all:
                self._stop(in_all[:1] * _ALIKE)
            elif len(self._outcomes) >= _ANY:
                self._stop([worst for worst, *_ in self._outcomes])

    def _stop(self, outcomes: Sequence[str]) -> None:
        named = ", ".join(outcome for outcome, _ in Counter(outcomes).most_common(_NAMED))
        self.stopped = self.stopped or (
            f"was not asked any more: {len(outcomes)} answers in a row could not be used"
            f" ({named}); {look_at(outcomes)}"
        )


def look_at(outcomes: Sequence[str]) -> str:
    """The setting that is most likely wrong where answers are refused for that, most often."""
    (worst, _) = Counter(outcomes).most_common(1)[0]
    return f"look at {_LOOK_AT.get(worst, 'summarizer.model and summarizer.prompt')}"
