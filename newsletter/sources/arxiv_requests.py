"""arXiv's newest batch and its papers, asked for: listing pages, feeds, the API."""

from collections.abc import Sequence
from datetime import timedelta

from newsletter.sources import calendar
from newsletter.sources.arxiv_api import papers_named
from newsletter.sources.arxiv_pages.listing_page import (
    ListingPage,
    category_of,
    parse_listing_page,
    refuse_another,
)
from newsletter.sources.arxiv_session import ArxivSession
from newsletter.sources.base import Paper, SourceError
from newsletter.sources.feed import Feed, parse_feed

_FEED_SERVES = timedelta(hours=1)  # it states no count, and has been filled up later on


class ArxivRequests:
    """One session and the addresses that it asks; None where there is no such source."""

    def __init__(
        self,
        session: ArxivSession,
        feed_url: str,
        api_url: str | None,
        listing_url: str | None,
    ) -> None:
        self.session = session
        self._feed_url = feed_url
        self._api_url = api_url
        self._listing_url = listing_url

    def page(self, category: str) -> ListingPage | None:
        """The listing page; None where there is no such source.

        A whole one of the newest day is asked for once: no other comes before the next batch.

        Raises:
            SourceError: it cannot be had or read, or is of another category.
        """
        if self._listing_url is None:
            return None
        newest = calendar.newest_day(self.session.now())
        response = self.session.fetch(self._listing_url.format(category=category))
        if not response.ok:
            raise SourceError(f"the listing page was refused with HTTP {response.status_code}")
        page = parse_listing_page(response.content, category)
        is_whole = bool(page.expected) and len(page.listed) >= page.expected
        if not is_whole:
            self.session.forget(response)  # or half a page would be kept and confirmed again
        refuse_another(category_of(response.content), category)
        if is_whole and page.day == newest:
            self.session.keep(response, calendar.next_announced_at(newest))
        return page

    def forget_page(self, category: str) -> None:
        """Ask for that listing page anew, however whole the one was that is kept."""
        if self._listing_url is not None:
            self.session.forget_address(self._listing_url.format(category=category))

    def feed(self, category: str) -> Feed:
        """The feed of one category.

        Raises:
            SourceError: it cannot be had or read.
        """
        at = self.session.now()
        newest = calendar.newest_feed_day(at)
        response = self.session.fetch(self._feed_url.format(categories=category))
        try:
            feed = parse_feed(response.content)
        except SourceError as error:
            raise SourceError(f"{category} (HTTP {response.status_code}): {error}") from error
        if not response.ok:
            raise SourceError(f"{category}: the feed was refused with HTTP {response.status_code}")
        if feed.categories and not feed.covers(category):
            raise SourceError(f"{category}: the feed is of {', '.join(feed.categories)}")
        if feed.day == newest and feed.items:
            next_one = calendar.midnight(calendar.next_mailing_day(newest))
            self.session.keep(response, min(next_one, at + _FEED_SERVES))
        return feed

    def named(self, names: Sequence[str]) -> dict[str, Paper]:
        """Papers from the API.

        Raises:
            SourceError: the API refused, answered with something else than papers, or with too few.
        """
        if self._api_url is None or not names:
            return {}
        return papers_named(self.session, self._api_url, names)
