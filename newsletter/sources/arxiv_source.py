"""arXiv itself: its listing pages say what was announced, its API what the papers are.

The feed is the second source: it fills in what a page lacks, says what was announced where there
is no page, and describes the papers that the API does not know yet. A past day has a page of its
own for 90 days; an older one is rebuilt from the dates of submission.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.sources import calendar
from newsletter.sources.arxiv_requests import ArxivRequests
from newsletter.sources.arxiv_session import ArxivSession
from newsletter.sources.base import DATED_PAGE, FetchResult, Paper, Source, SourceError
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.session import PoliteSession
from newsletter.sources.listing_status import CategoryListing, nothing
from newsletter.sources.newest_batch import NewestBatch
from newsletter.sources.past_days import dated_records, past_day, rebuild
from newsletter.sources.past_days.dated_pages import DatedPages, PageRefusedError

_MOMENT_S = 300.0
_INDEXED = timedelta(days=4)  # by then the API knows a day's versions, over a weekend as well


def from_settings(
    settings: Settings,
    *,
    has_pages: bool,
    stopping: Callable[[], bool] | None = None,
    interval_database: Database | None = None,
) -> "ArxivSource":
    """As it is configured; without `has_pages` by the feeds alone."""
    source = settings.source
    adapter = PoliteAdapter(source, settings.site.url)
    adapter.stopping, adapter.interval_database = stopping, interval_database
    session = PoliteSession(adapter)
    if not has_pages:
        return ArxivSource(session, source.feed_url, api_url=None)
    dated = DatedPages(session, source.catchup_url, source.recent_url)
    return ArxivSource(
        session, source.feed_url, source.api_url, source.listing_url, source.oai_url, dated
    )


class ArxivSource(Source):
    """The newest batch, past days by their own pages, and older ones as well as can be.

    Without `listing_url` the feeds alone say what was announced; without `api_url` they alone say
    what the papers are; without `dated` and `oai_url` there are no past days.
    """

    def __init__(
        self,
        session: ArxivSession,
        feed_url: str,
        api_url: str | None,
        listing_url: str | None = None,
        oai_url: str | None = None,
        dated: DatedPages | None = None,
    ) -> None:
        self._requests = ArxivRequests(session, feed_url, api_url, listing_url)
        self._has_pages = listing_url is not None
        self._api_url = api_url
        self._oai_url = oai_url
        self._dated = dated
        self._shown = date.min  # the newest day that was seen on any page
        self._silent: dict[tuple[str, date], tuple[float, CategoryListing]] = {}
        self._progress: Callable[[], None] = lambda: None

    def pages_of(self, categories: Sequence[str], day: date) -> int:
        """How many pages it will ask for, if nothing goes wrong."""
        return self._dated.pages_of(categories, day) if self._dated else len(categories)

    def tell_progress(self, progress: Callable[[], None]) -> None:
        """Call that whenever a category is done and another one follows."""
        self._progress = progress

    def forget_pages(self, categories: Iterable[str]) -> None:
        """Ask for the listing pages of those categories anew."""
        for category in categories:
            self._requests.forget_page(category)

    def current_day(self, now: datetime) -> date:
        return calendar.current_day(now, has_pages=self._has_pages)

    def passes_over(self, day: date) -> bool:
        """Whether recent papers that were read already show that arXiv announced nothing."""
        return self._dated is not None and self._dated.has_no_batch(day)

    def fetch(
        self, categories: Sequence[str], day: date, known: Mapping[str, Paper] | None = None
    ) -> FetchResult:
        """One listing a category. `known` are papers of that day that need not be asked for."""
        if not calendar.is_mailing_day(day):
            none = [nothing(category, day, "no batch on weekends") for category in categories]
            return FetchResult(tuple(none))
        if self._has_past_days and day < self._shown:
            return self._past(categories, day, known or {})
        batch = NewestBatch(self._requests, self._dated, day, dict(known or {}))
        said: list[CategoryListing] = []
        for category in self._told_of(categories):
            said.append(self._said_once(batch, category, day))
            if said[-1].is_past and self._has_past_days:
                self._shown = max(self._shown, said[-1].shown or day)
                return self._past(categories, day, known or {})
        papers = self._of_then(said, day, known or {}, batch.papers(said))
        return past_day.judged(said, day, papers, batch.trouble)

    def _told_of(self, categories: Iterable[str]) -> Iterator[str]:
        """The categories in turn; says when one is done and another one follows."""
        for number, category in enumerate(categories):
            if number:
                self._progress()
            yield category

    def _of_then(
        self,
        said: Sequence[CategoryListing],
        day: date,
        known: Mapping[str, Paper],
        newest: dict[str, Paper],
    ) -> dict[str, Paper]:
        """The newest papers; where only a page of that day spoke, the day may be a past one."""
        by_dated_page = [listing for listing in said if listing.source.startswith(DATED_PAGE)]
        lines = [line for listing in by_dated_page for line in listing.lines]
        if not lines:
            return newest
        named = self._requests.named
        then, _ = past_day.papers_of_then(named, lines, known, day, may_be_late=True)
        return past_day.without_later(newest, lines, day) | then

    def _said_once(self, batch: NewestBatch, category: str, day: date) -> CategoryListing:
        """The next newsletter does not ask again what had nothing to say a moment ago.

        What has papers is kept in the database, and not asked for again anyway.
        """
        at, kept = self._silent.get((category, day), (-_MOMENT_S, None))
        if kept is not None and time.monotonic() - at < _MOMENT_S:
            return kept
        said = batch.listing(category)
        if not said.lines:
            self._silent[category, day] = (time.monotonic(), said)
        return said

    @property
    def _has_past_days(self) -> bool:
        return bool(self._api_url and (self._dated or self._oai_url))

    def _past(
        self, categories: Sequence[str], day: date, known: Mapping[str, Paper]
    ) -> FetchResult:
        """A day that pages and feeds no longer show: by its own page, else by dates."""
        said: list[CategoryListing] = []
        failed: dict[str, SourceError] = {}
        for category in self._told_of(dict.fromkeys(categories)):
            try:
                said.append(self._by_dated_page(category, day))
            except SourceError as error:
                failed[category] = error
        exact = self._filled_in(said, self._with_papers(said, day, known), day)
        if not failed:
            return exact
        trouble: SourceError | None = None
        try:
            rebuilt = self._rebuilt(list(failed), day)
        except SourceError as error:
            rebuilt, trouble = past_day.unreachable(failed, day, error.brief), error
        by_recent = self._by_recent(rebuilt, day)
        if trouble is not None and not (said or by_recent):
            raise trouble
        better = self._with_papers(by_recent, day, known)
        return past_day.with_rebuilt(exact, past_day.instead(rebuilt, better), failed)

    def _with_papers(
        self, said: Sequence[CategoryListing], day: date, known: Mapping[str, Paper]
    ) -> FetchResult:
        lines = [line for listing in said for line in listing.lines]
        named = self._requests.named
        may_be_late = self._shown - day <= _INDEXED
        papers, trouble = past_day.papers_of_then(named, lines, known, day, may_be_late=may_be_late)
        if may_be_late and not trouble:
            papers = self._dated_by_oai(said, day, papers) | papers
        return past_day.judged(said, day, papers, trouble)

    def _filled_in(
        self, said: Sequence[CategoryListing], exact: FetchResult, day: date
    ) -> FetchResult:
        """Where lines are missing that arXiv counted, with whom the dates name beyond them."""
        short = [listing.category for listing in said if listing.is_short]
        try:
            rebuilt = self._rebuilt(short, day) if short else FetchResult((), {})
        except SourceError:
            return exact
        dated = {listing.category: listing for listing in rebuilt.listings}
        listings = tuple(
            past_day.filled_in(listing, dated[listing.category])
            if listing.category in dated
            else listing
            for listing in exact.listings
        )
        return rebuild.listings_from_papers(listings, rebuilt.papers | exact.papers)

    def _dated_by_oai(
        self, said: Sequence[CategoryListing], day: date, papers: Mapping[str, Paper]
    ) -> dict[str, Paper]:
        """Replacements of which the API may not know the announced version yet."""
        lacking = {
            listing.category: lines
            for listing in said
            if (lines := [line for line in listing.lines if line.arxiv_id not in papers])
        }
        if self._oai_url is None or not lacking:
            return {}
        try:
            records = dated_records.records_around(
                self._requests.session, self._oai_url, list(lacking), day
            )
        except SourceError:
            return {}
        lines = [line for of_category in lacking.values() for line in of_category]
        return past_day.dated_by_oai(self._requests.named, records, lines, day)

    def _by_recent(self, rebuilt: FetchResult, day: date) -> list[CategoryListing]:
        """Where no paper could be dated to that day, what arXiv's recent papers list of it."""
        if self._dated is None or self._shown - day > calendar.RECENT_REACH:
            return []
        silent = [listing.category for listing in rebuilt.listings if not listing.announcements]
        listings = (self._dated.recent_listing(category, day) for category in silent)
        return [listing for listing in listings if listing is not None]

    def _by_dated_page(self, category: str, day: date) -> CategoryListing:
        """The listing by arXiv's page of that day.

        Raises:
            PageRefusedError: there is no such page, or none that is so old.
            SourceError: it fails for now.
        """
        age = self._shown - day
        if self._dated is None:
            raise PageRefusedError("")
        if age > calendar.PAGES_REACH + timedelta(
            days=1
        ):  # an evening's batch bears tomorrow's date
            raise PageRefusedError(
                f"arXiv's pages of past days reach {calendar.PAGES_REACH.days} days back"
            )
        return self._dated.listing(category, day, recent=age <= calendar.RECENT_REACH)

    def _rebuilt(self, categories: Sequence[str], day: date) -> FetchResult:
        if self._api_url is None or self._oai_url is None:
            raise SourceError("there is nobody else to ask")
        return rebuild.by_date(
            self._requests.session, self._oai_url, self._api_url, categories, day
        )
