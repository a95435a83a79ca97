"""arXiv as it is configured; what speaks to it is loaded when it is first asked: few runs ask."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from newsletter.config import Settings
from newsletter.finding import Finding
from newsletter.sources import calendar
from newsletter.sources.base import FetchResult, Paper, Source

if TYPE_CHECKING:
    from newsletter.database.db import Database
    from newsletter.sources.arxiv_source import ArxivSource


def from_settings(settings: Settings) -> "ConfiguredArxiv":
    return ConfiguredArxiv(settings, has_pages=True)


def feed_only_from_settings(settings: Settings) -> "ConfiguredArxiv":
    return ConfiguredArxiv(settings, has_pages=False)


class ConfiguredArxiv(Source):
    """The source `arxiv`, or without `has_pages` the source `feed`."""

    def __init__(self, settings: Settings, *, has_pages: bool) -> None:
        self._settings = settings
        self._has_pages = has_pages
        self._stopping: Callable[[], bool] | None = None
        self._interval_database: Database | None = None

    @property
    def page_interval_s(self) -> float:  # type: ignore[override]  # read only
        source = self._settings.source
        return source.page_interval_s if self._has_pages else source.min_interval_s

    def pages_of(self, categories: Sequence[str], day: date) -> int:
        return self._source.pages_of(categories, day)

    def tell_progress(self, progress: Callable[[], None]) -> None:
        self._source.tell_progress(progress)

    def stop_when(self, stopping: Callable[[], bool]) -> None:
        self._stopping = stopping

    def share_interval_in(self, database: "Database") -> None:
        self._interval_database = database

    def forget_pages(self, categories: Iterable[str]) -> None:
        self._source.forget_pages(categories)

    def check_health(self, settings: Settings, now: datetime) -> Iterable[Finding]:
        from newsletter.sources import health

        yield from health.check(settings, "listing_url" if self._has_pages else "feed_url", now)

    def current_day(self, now: datetime) -> date:
        return calendar.current_day(now, has_pages=self._has_pages)

    def passes_over(self, day: date) -> bool:
        """Whether recent papers that were read already show that arXiv announced nothing."""
        return self._source.passes_over(day)

    def fetch(
        self, categories: Sequence[str], day: date, known: Mapping[str, Paper] | None = None
    ) -> FetchResult:
        return self._source.fetch(categories, day, known)

    @cached_property
    def _source(self) -> "ArxivSource":
        from newsletter.sources import arxiv_source

        return arxiv_source.from_settings(
            self._settings,
            has_pages=self._has_pages,
            stopping=self._stopping,
            interval_database=self._interval_database,
        )
