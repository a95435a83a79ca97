"""Saved answers of arXiv's, read by the very code that reads live ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from newsletter import taxonomy
from newsletter.sources import calendar
from newsletter.sources.arxiv_api import papers_in
from newsletter.sources.arxiv_pages.listing_page import ListingPage
from newsletter.sources.base import (
    SAVED_FILES,
    AnnouncementType,
    FetchResult,
    ListingState,
    Paper,
    Source,
    SourceError,
)
from newsletter.sources.feed import Feed, parse_feed
from newsletter.sources.listing_status import (
    CategoryListing,
    ListingEntry,
    empty,
    judge_listing,
    lines_of_feed,
    listing_from_page,
    with_html,
)
from newsletter.sources.oai import parse_records
from newsletter.sources.past_days import dated_records, rebuild
from newsletter.sources.response_types import ResponseType, describe, response_type, web_page_type
from newsletter.sources.saved.saved_pages import (
    SavedDatedPages,
    SavedPage,
    is_in_category,
    merge_listings,
)
from newsletter.sources.saved.saved_papers import SavedPapers
from newsletter.text import counted

_A_PAGE = "a listing page or a feed of the day, such as https://arxiv.org/list/cs.SD/new"


class SavedFiles(Source):
    """arXiv's pages, feeds, API and OAI answers; it is told by what they hold which is which.

    As of live pages, two sources make a day on which nothing was announced; one alone may be a
    page that was empty for an hour.

    A page says what was announced in its category, a feed fills in what the page lacks or stands in
    for it. Papers are as the API says, else OAI, else the feed, else the page. Where no file speaks
    of a day, its listings are rebuilt from the dates that OAI states.

    Raises:
        SourceError: a file cannot be read or is none of these, or none says what was announced.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._name = ", ".join(file.name for file in files)
        self._source = SAVED_FILES + self._name
        self._pages: list[SavedPage] = []
        self._feeds: list[Feed] = []
        self._dated_pages = SavedDatedPages()
        self._papers = SavedPapers()
        for file in files:
            self._add(file)
        if not (self._days() or self._has_dated_papers()):
            raise SourceError(f"nothing in {self._name} says what was announced; give {_A_PAGE}")

    def current_day(self, now: datetime, categories: Sequence[str] = ()) -> date:
        """The newest day that a page or a feed is of, else of which recent papers are listed.

        A day whose batch cannot be out yet is only taken where there is no other.

        Raises:
            SourceError: there are only papers, which do not say when they were announced; or pages
                of several past days.
        """
        dated = self._dated_pages
        if len(dated.past_days) > 1:
            several = " and ".join(map(str, sorted(dated.past_days)))
            raise SourceError(f"{self._name} are of {several}; say which is meant, with --day")
        days = self._own_days() or dated.recent_days(categories) or dated.days
        if not days:
            raise SourceError(f"{self._name} is of no day in particular; say which, with --day")
        newest = calendar.newest_day(now)
        return max((day for day in days if day <= newest), default=max(days))

    def fetch(
        self, categories: Sequence[str], day: date, known: Mapping[str, Paper] | None = None
    ) -> FetchResult:
        """A listing of each category that a file speaks of; of another, nothing is known.

        Raises:
            SourceError: no file speaks of that day, or none of any of the categories.
        """
        spoken_of = self._days()
        wanted = list(dict.fromkeys(categories))
        if day not in spoken_of and self._has_dated_papers():
            papers = dated_records.papers_as_of(self._papers.records.values(), day)
            source = SAVED_FILES + rebuild.OAI_BY_DATE
            rebuilt = rebuild.rebuild_day(wanted, day, papers, source)
            proven = tuple(map(rebuild.unless_unproven, rebuilt))
            return rebuild.listings_from_papers(proven, papers)
        if day not in spoken_of:
            raise SourceError(f"{self._name} holds nothing of {day}, but of {max(spoken_of)}")
        said = [
            listing for listing in (self._said(category, day) for category in wanted) if listing
        ]
        if not said:
            named = {page.category for page in self._pages if page.category}
            named |= self._dated_pages.named()
            of = f" (the pages are of {', '.join(sorted(named))})" if named else ""
            raise SourceError(
                f"{self._name} says nothing of {', '.join(wanted)}{of}; give {_A_PAGE}"
            )
        described = self._described(said, day, known or {})
        papers_by_name = with_html(said, described)
        listings = [
            judge_listing(listing, day, papers_by_name, _told_by_page(listing, described))
            for listing in said
        ]
        return rebuild.listings_from_papers(
            listings, {paper.id: paper for paper in papers_by_name.values()}
        )

    def _has_dated_papers(self) -> bool:
        """Whether there are papers that could be dated to a day."""
        return any(record.versions for record in self._papers.records.values())

    def _days(self) -> set[date]:
        return self._own_days() | self._dated_pages.days

    def _own_days(self) -> set[date]:
        """The days that a file is all about."""
        announced = {page.day for page in self._pages} | {feed.day for feed in self._feeds}
        return announced | self._dated_pages.past_days

    def _said(self, category: str, day: date) -> CategoryListing | None:
        """By the first file that lists papers or knows better; by two that are empty."""
        told = list(self._files_of(category, day))
        speaks = next((said for said in told if said.state is not ListingState.STALE), None)
        if speaks is None and len(told) > 1:
            source = f"{self._source}, which agree"
            return CategoryListing(category, ListingState.NONE, (), None, source)
        return speaks or next(iter(told), None)

    def _files_of(self, category: str, day: date) -> Iterator[CategoryListing]:
        """Pages of the category itself, feeds, recent papers, a page of its archive."""
        feeds = [feed for feed in self._feeds if feed.day == day and feed.covers(category)]
        pages = [page for page in self._pages if page.day == day]
        own = [page.read(category) for page in pages if page.is_of(category)]
        if own:
            said = listing_from_page(category, merge_listings(own), day)
            for feed in feeds if len(said.lines) < (said.expected or 0) else ():
                said = said.filled_in(feed)
            is_empty = said.state is ListingState.NONE
            yield empty(category, self._source) if is_empty else replace(said, source=self._source)
        past = self._dated_pages.past_listing(category, day, self._source)
        if past is not None:
            yield past
        if feeds:
            yield self._by_feeds(category, feeds)
        recent = self._dated_pages.recent_listing(category, day, self._source)
        if recent is not None:
            yield recent
        archives = [page for page in pages if page.covers(category) and not page.is_of(category)]
        wider = [page.read(category) for page in archives]
        archive = self._dated_pages.archive_page(category, day)
        wider += [archive] if archive and not wider else []
        if wider:
            yield self._by_archive(category, merge_listings(wider))

    def _by_feeds(self, category: str, feeds: Sequence[Feed]) -> CategoryListing:
        items = [item for feed in feeds for item in feed.announced_in(category)]
        lines = lines_of_feed(category, items)
        if not lines:
            return empty(category, self._source)
        return CategoryListing(category, ListingState.UNCHECKED, lines, None, self._source)

    def _by_archive(self, category: str, page: ListingPage) -> CategoryListing:
        """The listing of one category by its archive's page, which does not state its count."""
        lines = []
        for entry in page.listed:
            if is_in_category(category, entry):
                elsewhere = not taxonomy.covers(category, entry.categories[0])
                crossed = elsewhere and entry.kind is AnnouncementType.NEW
                line = ListingEntry.of(entry)
                lines.append(replace(line, kind=AnnouncementType.CROSS) if crossed else line)
        is_short = len(page.listed) < page.expected
        if not (lines or is_short):
            return empty(category, self._source)
        state = ListingState.PARTIAL if is_short else ListingState.UNCHECKED
        return CategoryListing(category, state, tuple(lines), None, self._source)

    def _described(
        self, said: Sequence[CategoryListing], day: date, known: Mapping[str, Paper]
    ) -> dict[str, Paper]:
        """By identifier: the listed papers that a file describes, or that are known already."""
        told = {
            item.paper.id.arxiv_id: item.paper
            for feed in self._feeds
            if feed.day == day
            for item in feed.items
        }
        _, deadline = calendar.submission_window(day)

        def was_later(paper: Paper) -> bool:
            return paper.updated_at is not None and paper.updated_at >= deadline

        found: dict[str, Paper] = {}
        for line in (line for listing in said for line in listing.lines):
            candidates = [
                *self._papers.of(line, told.get(line.arxiv_id)),
                *filter(None, [known.get(line.arxiv_id)]),
            ]
            candidates = sorted(filter(line.fits, candidates), key=was_later)
            for paper in [*candidates, *filter(None, [line.described])]:
                found.setdefault(line.arxiv_id, paper)
        return found

    def _add(self, file: Path) -> None:
        content = _read(file)
        form = web_page_type(content) or response_type(content)
        if form is None:
            forms = ", ".join(ResponseType)
            raise SourceError(f"{file}: this is {describe(content)}, none of {forms}")
        try:
            match form:
                case ResponseType.LISTING:
                    self._pages.append(SavedPage.of(content))
                case ResponseType.PAST_DAY:
                    self._dated_pages.add_past(content)
                case ResponseType.RECENT:
                    self._dated_pages.add_recent(content)
                case ResponseType.FEED:
                    self._feeds.append(parse_feed(content))
                case ResponseType.PAPERS:
                    self._papers.add(papers_in(content).values())
                case ResponseType.RECORDS:
                    self._papers.add_records(parse_records(content).records)
        except SourceError as error:
            raise SourceError(f"{file}: {error}") from error


def _told_by_page(listing: CategoryListing, described: Mapping[str, Paper]) -> str:
    """How many papers nothing but the page describes, which seldom names a version."""
    lines = [line for line in listing.lines if line.described is not None]
    alone = sum(described.get(line.arxiv_id) is line.described for line in lines)
    which = "it does not say in which version"
    return f"{counted(alone, 'paper')} as the page describes them; {which}" if alone else ""


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}") from error
