"""Saved answers of arXiv's, read by the very code that reads live ones."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter

from newsletter.sources.announced import (
    Fetched,
    Listing,
    ListingState,
    Paper,
    PaperId,
    SourceError,
)
from newsletter.sources.api import papers_by_id
from newsletter.sources.feed import Item, is_feed, parse_feed
from newsletter.sources.listings import listing_of


class SavedAnswers(BaseAdapter):
    """Answers requests with kept bytes; an address it has nothing for is answered 404."""

    def __init__(self, answer: Callable[[str], bytes | None]) -> None:
        super().__init__()
        self._answer = answer

    def send(
        self,
        request: requests.PreparedRequest,
        *_args: Any,  # noqa: ANN401 - as in requests
        **_options: Any,  # noqa: ANN401 - as in requests
    ) -> requests.Response:
        content = self._answer(request.url or "")
        response = requests.Response()
        response.status_code = 404 if content is None else 200
        response._content = content or b""  # noqa: SLF001 - requests has no public way to make one
        response.url, response.request = request.url or "", request
        return response

    def close(self) -> None:
        """Nothing is open."""


def session_of(answer: Callable[[str], bytes | None]) -> requests.Session:
    """A session that never leaves the machine."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, SavedAnswers(answer))
    return session


class SavedFiles:
    """Feeds and API answers from files, of one day; it is told by what they hold which is which."""

    def __init__(self, files: Sequence[Path]) -> None:
        contents = {file: _read(file) for file in files}
        self._feeds = {file: text for file, text in contents.items() if is_feed(text)}
        self._answers = {file: text for file, text in contents.items() if file not in self._feeds}
        self._name = ", ".join(file.name for file in files)
        self._items = [item for file in self._feeds for item in _items(file, self._feeds[file])]
        if not self._items:
            raise SourceError(
                f"nothing in {self._name} says what was announced; give a feed of the day,"
                " such as https://rss.arxiv.org/rss/cs.SD"
            )

        self._newest = max(item.day for item in self._items)

    def current_day(self, now: datetime) -> date:
        del now
        return self._newest

    def fetch(self, categories: Sequence[str], day: date) -> Fetched:
        items = [item for item in self._items if item.day == day]
        if not items:
            raise SourceError(f"{self._name} holds nothing of {day}, but of {self._newest}")
        listings = tuple(self._listing(category, items, day) for category in categories)
        ids = {each.paper for listing in listings for each in listing.announcements}
        papers = {item.paper.id: item.paper for item in items if item.paper.id in ids}
        return Fetched(listings, papers | self._from_answers(sorted(ids)))

    def _listing(self, category: str, items: Sequence[Item], day: date) -> Listing:
        return listing_of(category, items, day, ListingState.UNCHECKED, self._name)

    def _from_answers(self, ids: Sequence[PaperId]) -> dict[PaperId, Paper]:
        found: dict[PaperId, Paper] = {}
        for file, content in self._answers.items():
            session = session_of(lambda _url, content=content: content)  # type: ignore[misc]
            try:
                found |= papers_by_id(session, "https://saved.invalid/api", ids)
            except SourceError as error:
                raise SourceError(f"{file}: neither a feed nor an API answer: {error}") from error
        return found


def _items(file: Path, content: bytes) -> tuple[Item, ...]:
    try:
        return parse_feed(content).items
    except SourceError as error:
        raise SourceError(f"{file}: {error}") from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}") from error
