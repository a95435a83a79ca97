"""arXiv itself: its listing pages say what was announced, its API what the papers are.

The feed is the second witness: it fills in what a page lacks, says what was announced where there
is no page, and describes the papers that the API does not know yet.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import requests

from newsletter.config import Settings
from newsletter.sources import calendar, rebuild
from newsletter.sources.api import papers_named
from newsletter.sources.base import FetchResult, ListingState, Paper, SourceError
from newsletter.sources.feed import Feed, parse_feed
from newsletter.sources.http.session import forget, get, polite_session
from newsletter.sources.listing_page import ListingPage, parse_listing_page
from newsletter.sources.listing_status import (
    CategoryListing,
    judge_listing,
    listing_from_feed,
    listing_from_page,
    nothing,
)


def from_settings(settings: Settings) -> "ArxivSource":
    source = settings.source
    session = polite_session(source, settings.site.url)
    return ArxivSource(session, source.feed_url, source.api_url, source.listing_url, source.oai_url)


def feed_only_from_settings(settings: Settings) -> "ArxivSource":
    session = polite_session(settings.source, settings.site.url)
    return ArxivSource(session, settings.source.feed_url, api_url=None)


class ArxivSource:
    """The newest batch, and past days as well as they can be rebuilt.

    Without `listing_url` the feeds alone say what was announced; without `api_url` they alone say
    what the papers are; without `oai_url` a past day is not rebuilt.
    """

    def __init__(
        self,
        session: requests.Session,
        feed_url: str,
        api_url: str | None,
        listing_url: str | None = None,
        oai_url: str | None = None,
    ) -> None:
        self._session = session
        self._feed_url = feed_url
        self._api_url = api_url
        self._listing_url = listing_url
        self._oai_url = oai_url

    def current_day(self, now: datetime) -> date:
        """The pages show a batch from its evening on, the feeds from midnight, US Eastern."""
        return calendar.newest_day(now) if self._listing_url else calendar.newest_feed_day(now)

    def fetch(
        self, categories: Sequence[str], day: date, known: Mapping[str, Paper] | None = None
    ) -> FetchResult:
        """One listing a category. `known` are papers of that day that need not be asked for."""
        if not calendar.is_mailing_day(day):
            none = [nothing(category, day, "no batch on weekends") for category in categories]
            return FetchResult(tuple(none))
        asking = _FetchRun(self, day, dict(known or {}))
        said: list[CategoryListing] = []
        for category in categories:
            said.append(asking.said(category))
            if said[-1].is_past and self._api_url and self._oai_url:
                return self._rebuilt(self._api_url, self._oai_url, categories, day)
        papers = asking.papers(said)
        listings = [judge_listing(listing, day, papers, asking.trouble) for listing in said]
        wanted = {
            announcement.paper for listing in listings for announcement in listing.announcements
        }
        return FetchResult(
            tuple(listings), {paper.id: paper for paper in papers.values() if paper.id in wanted}
        )

    def _rebuilt(
        self, api_url: str, oai_url: str, categories: Sequence[str], day: date
    ) -> FetchResult:
        """A day that pages and feeds no longer show."""
        try:
            return rebuild.from_api(self._session, api_url, categories, day)
        except SourceError:
            return rebuild.from_oai(self._session, oai_url, categories, day)

    def page(self, category: str) -> ListingPage | None:
        """The listing page; None where there is no such source.

        Raises:
            SourceError: it cannot be had or read.
        """
        if self._listing_url is None:
            return None
        response = get(self._session, self._listing_url.format(category=category))
        if not response.ok:
            raise SourceError(f"the listing page was refused with HTTP {response.status_code}")
        page = parse_listing_page(response.content, category)
        if len(page.listed) < page.expected:
            forget(self._session, response)  # or half a page would be kept and confirmed again
        return page

    def feed(self, category: str) -> Feed:
        """The feed of one category.

        Raises:
            SourceError: it cannot be had or read.
        """
        response = get(self._session, self._feed_url.format(categories=category))
        try:
            feed = parse_feed(response.content)
        except SourceError as error:
            raise SourceError(f"{category} (HTTP {response.status_code}): {error}") from error
        if not response.ok:
            raise SourceError(f"{category}: the feed was refused with HTTP {response.status_code}")
        return feed

    def named(self, names: Sequence[str]) -> dict[str, Paper]:
        """Papers from the API.

        Raises:
            SourceError: the API refused, or answered with something else than papers.
        """
        if self._api_url is None or not names:
            return {}
        return papers_named(self._session, self._api_url, names)


class _FetchRun:
    """One fetch: who was asked already, and what they said."""

    def __init__(self, source: ArxivSource, day: date, known: dict[str, Paper]) -> None:
        self._source = source
        self._day = day
        self._known = known
        self._feeds: dict[str, Feed | SourceError] = {}
        self.trouble = ""  # why the API did not describe the papers

    def said(self, category: str) -> CategoryListing:
        """What was announced in a category: by its page, else by its feed."""
        try:
            page = self._source.page(category)
        except SourceError as error:
            feed = self._feed(category)
            if isinstance(feed, SourceError):
                reason = f"page: {_brief(error)}; feed: {_brief(feed)}"
                return CategoryListing(category, ListingState.UNREACHABLE, (), None, reason)
            said = listing_from_feed(category, feed, self._day, "the feed")
            return said.because(f"the page failed: {_brief(error)}")
        if page is None:
            feed = self._feed(category)
            if isinstance(feed, SourceError):
                raise feed
            return listing_from_feed(category, feed, self._day, "the feed")
        said = listing_from_page(category, page, self._day)
        if said.expected is None or len(said.lines) >= said.expected:
            return said
        return said.filled_in(self._of_the_day(category))

    def papers(self, said: Sequence[CategoryListing]) -> dict[str, Paper]:
        """By identifier: what is known, then what the API knows, then what the feeds tell."""
        lines = {line.arxiv_id: line for listing in said for line in listing.lines}
        found = {line: self._known[line] for line in lines if line in self._known}
        names = [line.name for line in lines.values() if line.arxiv_id not in found]
        answered: dict[str, Paper] = {}
        try:
            answered = self._source.named(names)
        except SourceError as error:
            self.trouble = f"the API failed: {_brief(error)}"
        for paper in answered.values():
            line = lines.get(paper.id.arxiv_id)
            if line is not None and line.fits(paper):
                found[line.arxiv_id] = paper
        return found | self._told(said, lines.keys() - found.keys())

    def _told(self, said: Sequence[CategoryListing], lacking: set[str]) -> dict[str, Paper]:
        """What the feeds say of papers that nobody else describes."""
        told: dict[str, Paper] = {}
        for listing in said:
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
                self._feeds[category] = self._source.feed(category)
            except SourceError as error:
                self._feeds[category] = error
        return self._feeds[category]


def _brief(error: SourceError) -> str:
    """Without the advice, which the verdict's reader gets once."""
    return str(error).removesuffix("; run it again later")
