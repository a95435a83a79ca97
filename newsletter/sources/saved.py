"""Saved answers of arXiv's, read by the very code that reads live ones."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from newsletter.sources.announced import (
    Fetched,
    Listing,
    ListingState,
    Paper,
    PaperId,
    SourceError,
)
from newsletter.sources.answers import Form, describe, form_of
from newsletter.sources.api import papers_in
from newsletter.sources.feed import Feed, parse_feed
from newsletter.sources.listings import listing_of

_A_FEED = "a feed of the day, such as https://rss.arxiv.org/rss/cs.SD"


class SavedFiles:
    """Feeds and API answers from files; it is told by what they hold which is which."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._name = ", ".join(file.name for file in files)
        self._feeds: list[Feed] = []
        self._papers: dict[PaperId, Paper] = {}
        for file in files:
            self._add(file)
        if not self._feeds:
            raise SourceError(f"nothing in {self._name} says what was announced; give {_A_FEED}")
        self._newest = max(feed.day for feed in self._feeds)

    def current_day(self, now: datetime) -> date:
        del now
        return self._newest

    def fetch(self, categories: Sequence[str], day: date) -> Fetched:
        """A listing of each category that a file speaks of; of another, nothing is known."""
        feeds = [feed for feed in self._feeds if feed.day == day]
        if not feeds:
            raise SourceError(f"{self._name} holds nothing of {day}, but of {self._newest}")
        listings = tuple(
            self._listing(category, feeds, day)
            for category in dict.fromkeys(categories)
            if any(feed.covers(category) for feed in feeds)
        )
        if not listings:
            raise SourceError(
                f"{self._name} says nothing of {', '.join(categories)}; give {_A_FEED}"
            )
        told = {item.paper.id: item.paper for feed in feeds for item in feed.items} | self._papers
        ids = {each.paper for listing in listings for each in listing.announcements}
        return Fetched(listings, {paper_id: told[paper_id] for paper_id in sorted(ids)})

    def _listing(self, category: str, feeds: Sequence[Feed], day: date) -> Listing:
        items = [item for feed in feeds for item in feed.announced_in(category)]
        return listing_of(category, items, day, ListingState.UNCHECKED, self._name)

    def _add(self, file: Path) -> None:
        content = _read(file)
        form = form_of(content)
        if form is None:
            told = f"this is {describe(content)}, neither {Form.FEED} nor {Form.PAPERS}"
            raise SourceError(f"{file}: {told}; give {_A_FEED}")
        try:
            if form is Form.FEED:
                self._feeds.append(parse_feed(content))
            else:
                self._papers |= papers_in(content)
        except SourceError as error:
            raise SourceError(f"{file}: {error}") from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}") from error
