"""The newest batch: its listing page says what was announced, and others where it is silent.

An empty page is not believed alone: on 25 June 2026 arXiv's pages were empty for ten hours and bore
the right date.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from newsletter.sources import calendar
from newsletter.sources.arxiv_api import ShortAnswerError
from newsletter.sources.arxiv_pages.listing_page import UndatedPageError
from newsletter.sources.arxiv_requests import ArxivRequests
from newsletter.sources.base import DATED_PAGE, ListingState, Paper, SourceError
from newsletter.sources.feed import Feed
from newsletter.sources.listing_status import (
    CategoryListing,
    listing_from_feed,
    listing_from_page,
)
from newsletter.sources.past_days.dated_pages import DatedPages

_UNDATED = "the listing page without a date"


class NewestBatch:
    """One fetch: who was asked already, and what they said."""

    def __init__(
        self, arxiv: ArxivRequests, dated: DatedPages | None, day: date, known: dict[str, Paper]
    ) -> None:
        self._requests = arxiv
        self._dated_pages = dated
        self._day = day
        self._known = known
        self._feeds: dict[str, Feed | SourceError] = {}
        self._is_newest = False  # a page said so, whatever the clock says
        self.trouble = ""  # why the API did not describe the papers

    def listing(self, category: str) -> CategoryListing:
        """The announcements of a category: by its page, else by its feed.

        What has no count may be corrected, where arXiv's page of that day can be asked later.
        """
        listing = self._ask_in_order(category)
        is_checked = listing.state is ListingState.COMPLETE or listing.source.startswith(DATED_PAGE)
        return (
            listing
            if is_checked
            else replace(listing, may_be_corrected=self._dated_pages is not None)
        )

    def _ask_in_order(self, category: str) -> CategoryListing:
        try:
            page = self._requests.page(category)
        except SourceError as error:
            return self._without_page(category, error)
        if page is None:
            feed = self._feed(category)
            if isinstance(feed, SourceError):
                raise feed
            return listing_from_feed(category, feed, self._day, "the feed")
        self._is_newest = self._is_newest or page.day <= self._day
        listing = listing_from_page(category, page, self._day)
        if page.day == self._day and not page.expected:
            return self._empty(listing)
        if listing.is_short:
            listing = listing.filled_in(self._of_the_day(category))
        if listing.is_short and page.day == self._day:
            return self._by_dated_page(category, "the listing page is cut off") or listing
        return self._unless_announced(listing)

    def papers(self, listings: Sequence[CategoryListing]) -> dict[str, Paper]:
        """By identifier: what is known, then what the API knows, then what the feeds tell.

        A version that the API may not know yet is the feed's to say; without it, it is missing.
        """
        lines = {line.arxiv_id: line for listing in listings for line in listing.lines}
        found = {line: self._known[line] for line in lines if line in self._known}
        names = [line.name for line in lines.values() if line.arxiv_id not in found]
        answered: dict[str, Paper] = {}
        try:
            answered = self._requests.named(names)
        except ShortAnswerError as error:
            answered = error.found  # the feeds tell of the others
        except SourceError as error:
            self.trouble = f"the API failed: {error.brief}"
        late: dict[str, Paper] = {}
        for paper in answered.values():
            line = lines.get(paper.id.arxiv_id)
            if line is not None and line.fits(paper):
                may_be_newer = line.may_be_newer(paper, self._day)
                (late if may_be_newer else found)[line.arxiv_id] = paper
        told = self._told(listings, lines.keys() - found.keys())
        for name, paper in told.items():
            known = late.get(name)
            is_same = known is not None and known.id.version >= paper.id.version
            found[name] = lines[name].with_comment(known if is_same and known else paper)
        return found

    def _without_page(self, category: str, error: SourceError) -> CategoryListing:
        """By the feed; where that does not speak of the day either, by arXiv's other pages."""
        feed = self._feed(category)
        by_clock = self._dated_pages.newest_day() if self._dated_pages else self._day
        newest = self._day if self._is_newest else by_clock
        is_undated = isinstance(error, UndatedPageError)
        failed = error.brief if is_undated else f"the page failed: {error.brief}"
        if not isinstance(feed, SourceError) and feed.day >= self._day:
            listing = listing_from_feed(category, feed, self._day, "the feed")
            if listing.is_past or listing.lines:
                return listing.because(failed)
            return self._confirmed(listing, [_UNDATED] if is_undated else [])
        if newest > self._day:
            reason = "neither page nor feed can be read, and that day is past"
            return CategoryListing(category, ListingState.STALE, (), None, reason, shown=newest)
        return self._undated(category) if is_undated else self._by_others(category, error, feed)

    def _by_others(
        self, category: str, error: SourceError, feed: Feed | SourceError
    ) -> CategoryListing:
        """By arXiv's page of that very day, where neither page nor feed speak of it.

        Not where arXiv's calendar does not name the day yet: what lies between keeps an empty
        answer for a week.
        """
        page = self._dated_pages.any_recent(category) if self._dated_pages else None
        of_feed = feed.brief if isinstance(feed, SourceError) else f"of {feed.day}"
        reason = f"page: {error.brief}; feed: {of_feed}"
        is_named = self._day in page.dates if page else isinstance(feed, SourceError)
        dated = self._by_dated_page(category, reason) if is_named else None
        if dated is not None:
            return dated
        if isinstance(feed, SourceError):
            return CategoryListing(category, ListingState.UNREACHABLE, (), None, reason)
        listing = listing_from_feed(category, feed, self._day, "the feed")
        return self._unless_announced(listing.because(f"the page failed: {error.brief}"))

    def _undated(self, category: str) -> CategoryListing:
        """The worth of an empty page that may be of any day."""
        listing = CategoryListing(category, ListingState.NONE, (), None, _UNDATED)
        if calendar.follows_holiday(self._day):
            return self._unless_announced(replace(listing, source=f"arXiv holiday; {_UNDATED}"))
        return self._confirmed(listing, [])

    def _empty(self, listing: CategoryListing) -> CategoryListing:
        """The worth of an empty page of the right day, as the feed says."""
        feed = self._of_the_day(listing.category)
        if feed is not None and feed.announced_in(listing.category):
            told = listing_from_feed(listing.category, feed, self._day, "the feed")
            return told.because("the listing page of that day is empty")
        return self._confirmed(listing, ["the feed"] if feed is not None else [])

    def _confirmed(self, listing: CategoryListing, empty_sources: list[str]) -> CategoryListing:
        """Nothing was announced only where a second source agrees; else it is waited for."""
        page = self._dated_pages.recent(listing.category) if self._dated_pages else None
        section = page.section(self._day) if page else None
        if section is not None and section.counted:
            source = (
                f"{listing.source} lists nothing, arXiv's recent papers count {section.counted}"
            )
            dated = self._by_dated_page(listing.category, source)
            waiting = replace(listing, state=ListingState.STALE, expected=None, source=source)
            return waiting if dated is None or not dated.lines else dated
        agree = [*empty_sources, *(["arXiv's recent papers"] if section is not None else [])]
        if agree:
            return replace(listing, source=f"{listing.source}, and so {' and '.join(agree)}")
        source = f"{listing.source} is empty, which nobody confirms"
        return replace(listing, state=ListingState.STALE, expected=None, source=source)

    def _unless_announced(self, listing: CategoryListing) -> CategoryListing:
        """Our table of holidays gives way to arXiv's own calendar."""
        if listing.state is not ListingState.NONE or listing.is_past:
            return listing
        page = self._dated_pages.any_recent(listing.category) if self._dated_pages else None
        if page is None or self._day not in page.dates:
            return listing
        source = f"{listing.source}, but arXiv's recent papers name {self._day}"
        return replace(listing, state=ListingState.STALE, source=source)

    def _by_dated_page(self, category: str, why: str) -> CategoryListing | None:
        """By arXiv's page of that very day, where it can be had."""
        if self._dated_pages is None:
            return None
        try:
            listing = self._dated_pages.listing(category, self._day, recent=False)
        except SourceError:
            return None
        return listing and listing.because(why)

    def _told(self, listings: Sequence[CategoryListing], lacking: set[str]) -> dict[str, Paper]:
        """The feeds' words on papers that nobody else describes."""
        told: dict[str, Paper] = {}
        for listing in listings:
            wanted = {line.arxiv_id for line in listing.lines} & lacking - told.keys()
            if wanted:
                items = self._of_the_day(listing.category)
                told |= {
                    item.paper.id.arxiv_id: item.paper
                    for item in (items.items if items else ())
                    if item.paper.id.arxiv_id in wanted
                }
        return told

    def _of_the_day(self, category: str) -> Feed | None:
        feed = self._feed(category)
        return None if isinstance(feed, SourceError) or feed.day != self._day else feed

    def _feed(self, category: str) -> Feed | SourceError:
        if category not in self._feeds:
            try:
                self._feeds[category] = self._requests.feed(category)
            except SourceError as error:
                self._feeds[category] = error
        return self._feeds[category]
