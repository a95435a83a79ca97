"""The day that ships with the program: Friday 11 July 2025, 26 papers of cs.SD and eess.SP.

Its makers took only some of eess.SP, so its listings are a sample and never called complete.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from importlib.resources import files
from urllib.parse import urlsplit

from newsletter.config import Settings
from newsletter.finding import Finding, Severity
from newsletter.sources.base import (
    FetchResult,
    ListingState,
    Paper,
    PaperId,
    ShippedSummary,
    Source,
    SourceError,
)

DAY = date(2025, 7, 11)
CATEGORIES = ("cs.SD", "eess.SP")
_FOLDER = files("newsletter.sources") / "bundled_day"
_FEED_URL = "https://rss.arxiv.org/rss/{categories}"
_API_URL = "https://export.arxiv.org/api/query"


def from_settings(settings: Settings) -> "BundledDay":
    del settings
    return BundledDay()


def refuse_others(categories: Sequence[str]) -> None:
    """Check that the sample holds these.

    Raises:
        SourceError: it lacks some.
    """
    unknown = [category for category in categories if category not in CATEGORIES]
    if unknown:
        raise SourceError(
            f"the bundled sample holds cs.SD and eess.SP only, not {', '.join(unknown)};"
            ' set source.use = "arxiv" for the real arXiv'
        )


class BundledDay(Source):
    """The live source, over answers in arXiv's own formats that lie in the package."""

    def current_day(self, now: datetime) -> date:
        del now
        return DAY

    def describe(self, names: Sequence[str]) -> dict[str, Paper]:
        papers = self.fetch(CATEGORIES, DAY).papers
        known = {paper_id.arxiv_id: paper for paper_id, paper in papers.items()}
        known |= {str(paper_id): paper for paper_id, paper in papers.items()}
        return {name: known[name] for name in names if name in known}

    def check_health(self, settings: Settings, now: datetime) -> Iterable[Finding]:
        del now
        for newsletter in settings.newsletters:
            refuse_others(newsletter.categories)
        text = f"{settings.source.use!r} is the bundled day; no network"
        yield Finding("source", Severity.OK, text)

    def fetch(
        self, categories: Sequence[str], day: date, known: Mapping[str, Paper] | None = None
    ) -> FetchResult:
        del known
        if day != DAY:
            raise SourceError(f"the bundled sample holds {DAY} only; use --day {DAY}")
        refuse_others(categories)
        from newsletter.sources.arxiv_session import RecordedSession
        from newsletter.sources.arxiv_source import ArxivSource

        live = ArxivSource(RecordedSession(_answer), _FEED_URL, _API_URL)
        fetched = live.fetch(categories, day)
        listings = tuple(
            replace(listing, state=ListingState.SAMPLE, source="bundled sample")
            for listing in fetched.listings
        )
        # The format demands dates of submission; the sample's makers kept none.
        papers = {
            paper_id: replace(paper, published_at=None, updated_at=None)
            for paper_id, paper in fetched.papers.items()
        }
        return FetchResult(listings, papers, _summaries())


def _answer(url: str) -> bytes | None:
    """The bundled answer to a request of the live source's."""
    parts = urlsplit(url)
    name = "api.xml" if parts.path == "/api/query" else f"{parts.path.rpartition('/')[2]}.rss.xml"
    file = _FOLDER / name
    return file.read_bytes() if file.is_file() else None


def _summaries() -> tuple[ShippedSummary, ...]:
    table = json.loads((_FOLDER / "summaries.json").read_text(encoding="utf-8"))
    return tuple(
        ShippedSummary(PaperId.parse(paper), table["language"], text, table["made_by"])
        for paper, text in table["summaries"].items()
    )
