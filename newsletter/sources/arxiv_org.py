"""arXiv itself: the feeds say what was announced, the API says what the papers are."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import requests

from newsletter.config import Settings
from newsletter.sources.announced import (
    Fetched,
    Listing,
    ListingState,
    Paper,
    PaperId,
    SourceError,
)
from newsletter.sources.api import papers_by_id
from newsletter.sources.feed import ARXIV_ZONE, Feed, parse_feed
from newsletter.sources.http import get, polite_session
from newsletter.sources.listings import listing_of

_SATURDAY = 5


def from_settings(settings: Settings) -> "ArxivOrg":
    session = polite_session(settings.source, settings.site.url)
    return ArxivOrg(session, settings.source.feed_url, settings.source.api_url)


def feed_only_from_settings(settings: Settings) -> "ArxivOrg":
    session = polite_session(settings.source, settings.site.url)
    return ArxivOrg(session, settings.source.feed_url, api_url=None)


class ArxivOrg:
    """The newest batch of arXiv's feeds, one feed a category, and its papers from the API."""

    def __init__(self, session: requests.Session, feed_url: str, api_url: str | None) -> None:
        self.session = session
        self.feed_url = feed_url
        self.api_url = api_url

    def current_day(self, now: datetime) -> date:
        """The feeds bear the date at whose midnight, US Eastern, they were built; no weekends."""
        day = now.astimezone(ARXIV_ZONE).date()
        return day - timedelta(days=max(0, day.weekday() - _SATURDAY + 1))

    def fetch(self, categories: Sequence[str], day: date) -> Fetched:
        feeds = {category: self._feed(category) for category in categories}
        listings = [self._listing(category, feed, day) for category, feed in feeds.items()]
        ids = sorted({each.paper for listing in listings for each in listing.announcements})
        told = {item.paper.id: item.paper for feed in feeds.values() for item in feed.items}
        papers = self._papers(ids, told)
        return Fetched(tuple(listings), papers)

    def _feed(self, category: str) -> Feed:
        response = get(self.session, self.feed_url.format(categories=category))
        try:
            feed = parse_feed(response.content)
        except SourceError as error:
            raise SourceError(f"{category} (HTTP {response.status_code}): {error}") from error
        if not response.ok:
            raise SourceError(f"{category}: the feed was refused with HTTP {response.status_code}")
        return feed

    def _listing(self, category: str, feed: Feed, day: date) -> Listing:
        source = self.feed_url.format(categories=category)
        if feed.day != day:
            return Listing(day, category, ListingState.STALE, (), f"{source} of {feed.day}")
        items = feed.announced_in(category)
        return listing_of(category, items, day, ListingState.UNCHECKED, source)

    def _papers(self, ids: Sequence[PaperId], told: dict[PaperId, Paper]) -> dict[PaperId, Paper]:
        """From the API; where it lacks one, what the feed says of it."""
        known = papers_by_id(self.session, self.api_url, ids) if self.api_url and ids else {}
        return {paper_id: known.get(paper_id) or told[paper_id] for paper_id in ids}
