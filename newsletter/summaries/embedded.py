"""The summarizer that needs nothing: the authors' own best sentence."""

from newsletter.config import Settings
from newsletter.sources.announced import Paper
from newsletter.summaries import extractive
from newsletter.summaries.sentence import AUTHORS, Sentence

_LANGUAGE = "en"  # arXiv wants an English abstract whatever the paper's language


def from_settings(settings: Settings) -> "Embedded":
    del settings
    return Embedded()


class Embedded:
    """Quotes; it cannot translate, so its sentences are in the abstract's language."""

    name = AUTHORS
    concurrency = 1

    def summarize(self, paper: Paper, language: str) -> Sentence:
        del language
        return sentence(paper)

    def close(self) -> None:
        """Nothing is open."""


def sentence(paper: Paper) -> Sentence:
    return Sentence(extractive.summarize(paper.title, paper.abstract), _LANGUAGE, AUTHORS)
