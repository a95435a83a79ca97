"""The summarizer that needs nothing: the authors' own best sentence."""

from newsletter.config import Settings
from newsletter.sources.base import Paper
from newsletter.summaries import extractive
from newsletter.summaries.base import (
    AUTHORS,
    AUTHORS_LANGUAGE,
    Draft,
    Sentence,
    Summarizer,
    Tokens,
)


def from_settings(settings: Settings) -> "ExtractiveSummarizer":
    del settings
    return ExtractiveSummarizer()


class ExtractiveSummarizer:
    """Quotes; it cannot translate, so its sentences are in the abstract's language."""

    name = AUTHORS
    concurrency = 1
    quotes = True

    def fingerprint(self, language: str) -> str:
        del language
        return ""

    def expected(self, paper: Paper, language: str) -> Tokens:
        del paper, language
        return Tokens()

    def summarize(self, paper: Paper, language: str, hint: str = "") -> Draft:
        del language, hint
        return Draft(sentence(paper).text)

    def close(self) -> None:
        """Nothing is open."""


def for_language(summarizer: Summarizer, language: str) -> Summarizer:
    """The summarizer, or the authors' words where it has `languages` and not this one."""
    languages = getattr(summarizer, "languages", None)
    return summarizer if languages is None or language in languages else ExtractiveSummarizer()


def sentence(paper: Paper) -> Sentence:
    return Sentence(extractive.summarize(paper.title, paper.abstract), AUTHORS_LANGUAGE, AUTHORS)
