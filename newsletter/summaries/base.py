"""One sentence about a paper, who wrote it, and what somebody who writes them is."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from newsletter.errors import NewsletterError
from newsletter.finding import Finding, Severity
from newsletter.sources.base import Paper

if TYPE_CHECKING:
    from newsletter.config import Settings

AUTHORS = "extractive"  # the authors' own words, picked and trimmed by the embedded summarizer
NAME_CHARACTERS, FINGERPRINT_CHARACTERS = 120, 32  # as the tables keep them
MOST_AT_ONCE = 32
MACHINE_TRANSLATION = "machine translation "  # how a translator's name begins
AUTHORS_LANGUAGE = "en"  # arXiv wants an English abstract whatever the paper's language


class SummaryError(NewsletterError):
    """No answer this time; the authors' own words stand in, and the next run asks again.

    `tokens`: what it cost all the same.
    """

    def __init__(self, reason: str = "", tokens: "Tokens | None" = None) -> None:
        super().__init__(reason)
        self.tokens = tokens or NOTHING


class NotAskedError(SummaryError):
    """Nobody was asked: the run's time or money is used up, or the summarizer was given up."""


class RefusedError(SummaryError):
    """This paper will not be answered the way it is asked; it is not asked again that way."""


class TooLongError(SummaryError):
    """This paper is longer than the model reads; others may be shorter."""


class OutOfServiceError(SummaryError):
    """No paper fares better now (a refused key, no balance); nothing more is asked in this run."""


@dataclass(frozen=True)
class Tokens:
    """What a model is paid by."""

    asked: int = 0
    answered: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(self.asked + other.asked, self.answered + other.answered)

    @property
    def all(self) -> int:
        return self.asked + self.answered


EMPTY = "empty or cut off"  # what is wrong with an answer that has no sentence
NOTHING = Tokens()


@dataclass(frozen=True)
class Sentence:
    text: str
    language: str
    made_by: str  # `AUTHORS`, or the name of the model

    @property
    def is_quotation(self) -> bool:
        return self.made_by == AUTHORS

    @property
    def translator(self) -> str:
        """The name of the model that translated it; empty where none did."""
        is_translated = self.made_by.startswith(MACHINE_TRANSLATION)
        return self.made_by.removeprefix(MACHINE_TRANSLATION) if is_translated else ""

    @property
    def origin(self) -> tuple[str, str]:
        """Who wrote it, and in which language."""
        return self.made_by, self.language


@dataclass(frozen=True)
class Draft:
    """An answer before it is checked."""

    text: str
    tokens: Tokens = NOTHING
    self_reported_problem: str = ""  # why its own maker would not print it: "was cut off"
    is_complete: bool = False  # whether its maker knows that it came to its end


class Summarizer:
    """Writes one sentence a paper. Registered as a `newsletter.summarizers` entry point.

    What it answers is checked, kept and counted by others: a summarizer only asks. See
    docs/summarizers.md, and `newsletter.summaries.contract` for what it must hold to. What has a
    value here it may lack.
    """

    name: str  # the model's; printed beside every sentence and kept with it
    concurrency: int  # how many papers it may be asked about at once
    quotes: bool = False  # its sentences are the abstract's own words, and cost nothing
    languages: Collection[str] | None = None  # all that it speaks, where it does not speak all

    def fingerprint(self, language: str) -> str:
        """A short mark of all that its answers depend on beside paper, name and language.

        While it stays the same, nothing is asked twice: a hash of the prompt, say. May be empty.
        """
        raise NotImplementedError

    def expected(self, paper: Paper, language: str) -> Tokens:
        """About what asking once will cost; nothing where nothing is paid."""
        raise NotImplementedError

    def summarize(self, paper: Paper, language: str, hint: str = "") -> Draft:
        """A sentence in that language; called from several threads.

        `hint` says what was wrong with an earlier answer, where there was one.

        Raises:
            SummaryError: not this time, not this paper, or not at all: see the kinds of it.
        """
        raise NotImplementedError

    def check_health(self, settings: "Settings", now: datetime) -> Iterable[Finding]:
        """What `newsletter check` can say of it; a sentence at most is asked for in a language."""
        del now
        used = f"{settings.summarizer.use!r} is an installed part"
        text = f"{used}; `newsletter summarize --try ID` tries it"
        yield Finding("summarizer", Severity.OK, text)

    def close(self) -> None:
        """Let go of connections."""
