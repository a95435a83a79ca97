"""One sentence about a paper, and who wrote it."""

from dataclasses import dataclass
from typing import Protocol

from newsletter.errors import NewsletterError
from newsletter.sources.announced import Paper

AUTHORS = "extractive"  # the authors' own words, picked and trimmed by the embedded summarizer


class SummaryError(NewsletterError):
    """No sentence could be had for this paper; the authors' own words stand in."""


@dataclass(frozen=True)
class Sentence:
    text: str
    language: str
    made_by: str  # `AUTHORS`, or the name of the model


class Summarizer(Protocol):
    """Writes one sentence a paper. Registered as a `newsletter.summarizers` entry point."""

    name: str  # the model's, or `AUTHORS`; kept with every sentence
    concurrency: int  # how many papers it may be asked about at once

    def summarize(self, paper: Paper, language: str) -> Sentence:
        """A sentence, in that language where it can; called from several threads.

        Raises:
            SummaryError: not this time; the line says why.
        """

    def close(self) -> None:
        """Let go of connections."""
