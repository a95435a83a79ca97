"""The summarizer that needs nothing: the authors' own best sentence."""

from collections.abc import Iterable
from datetime import datetime

from newsletter.config import Settings
from newsletter.finding import Finding, Severity
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


class ExtractiveSummarizer(Summarizer):
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

    def check_health(self, settings: Settings, now: datetime) -> Iterable[Finding]:
        del settings, now
        text = "the authors' own sentences; no key, no network"
        yield Finding("summarizer", Severity.OK, text)


def for_language(summarizer: Summarizer, language: str) -> Summarizer:
    """The summarizer, or the authors' words where it has `languages` and not this one."""
    languages = summarizer.languages
    return summarizer if languages is None or language in languages else ExtractiveSummarizer()


def sentence(paper: Paper) -> Sentence:
    return Sentence(extractive.summarize(paper.title, paper.abstract), AUTHORS_LANGUAGE, AUTHORS)
