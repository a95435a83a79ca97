"""arXiv's saved web pages, each of the category that it names itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from newsletter import taxonomy
from newsletter.sources.arxiv_pages.catchup_page import (
    catchup_category,
    merge_catchup_pages,
    parse_catchup_page,
)
from newsletter.sources.arxiv_pages.listing_page import (
    ListingPage,
    PageEntry,
    category_of,
    parse_listing_page,
)
from newsletter.sources.arxiv_pages.recent_page import RecentPage, parse_recent_page
from newsletter.sources.base import NO_REPLACEMENTS, ListingState, SourceError
from newsletter.sources.listing_status import CategoryListing, ListingEntry, empty
from newsletter.sources.past_days.dated_listing import dated_listing, no_announcement


@dataclass(frozen=True)
class SavedPage:
    content: bytes
    day: date
    category: str | None  # as the page itself says

    @classmethod
    def of(cls, content: bytes) -> "SavedPage":
        category = category_of(content)
        return cls(content, parse_listing_page(content, category or "").day, category)

    def read(self, category: str) -> ListingPage:
        return parse_listing_page(self.content, category)

    def is_of(self, category: str) -> bool:
        """Whether it is this category's; of one that says nothing, whether all its papers are."""
        if self.category is not None:
            return taxonomy.canonical(self.category) == taxonomy.canonical(category)
        return all(is_in_category(category, entry) for entry in self.read(category).listed)

    def covers(self, category: str) -> bool:
        return self.category is not None and taxonomy.covers(self.category, category)


class SavedDatedPages:
    """Pages of past days and of recent papers."""

    def __init__(self) -> None:
        self._past: list[tuple[bytes, date, str | None]] = []
        self._recent: list[tuple[bytes, str | None]] = []
        self.past_days: set[date] = set()
        self.days: set[date] = set()  # of which these pages speak, if only to say: nothing

    def add_past(self, content: bytes) -> None:
        """Keep one of the pages of a past day."""
        category = catchup_category(content)
        day = parse_catchup_page(content, category or "").day
        self._past.append((content, day, category))
        self.past_days.add(day)
        self.days.add(day)

    def add_recent(self, content: bytes) -> None:
        """Keep a page of recent papers; like a listing page it links to itself."""
        category = category_of(content)
        self._recent.append((content, category))
        self.days.update(parse_recent_page(content, category or "").dates)

    def recent_days(self, categories: Sequence[str]) -> set[date]:
        """The days of which recent papers of any of the categories are listed; of any at all."""
        return {
            section.day
            for content, of in self._recent
            for section in parse_recent_page(content, of or "").sections
            for entry in section.listed
            if not categories or any(is_in_category(category, entry) for category in categories)
        }

    def named(self) -> set[str]:
        """The categories and archives that these pages are of."""
        return {of for _, _, of in self._past if of} | {of for _, of in self._recent if of}

    def past_listing(self, category: str, day: date, source: str) -> CategoryListing | None:
        """By the category's own pages of that day, if there are any."""
        pages = [
            parse_catchup_page(content, category)
            for content, of_day, of in self._past
            if of_day == day and _same(of, category)
        ]
        if not pages:
            return None
        whole, recent = merge_catchup_pages(pages, category), self._recent_of(category)
        try:
            return dated_listing(category, whole, recent, source)
        except SourceError:  # it counts nothing
            return empty(category, source)

    def archive_page(self, category: str, day: date) -> ListingPage | None:
        """That day of the category's archive, if there are pages of it."""
        pages = [
            parse_catchup_page(content, category)
            for content, of_day, of in self._past
            if of_day == day and of and taxonomy.covers(of, category) and not _same(of, category)
        ]
        if not pages:
            return None
        whole = merge_catchup_pages(pages, category)
        return ListingPage(day, whole.expected, whole.listed)

    def recent_listing(self, category: str, day: date, source: str) -> CategoryListing | None:
        """By its recent papers, or its archive's, which name no replacements."""
        recent = self._recent_of(category)
        if recent is not None:
            return _by_recent(category, day, recent, source)
        wider = (content for content, of in self._recent if of and taxonomy.covers(of, category))
        archive = next((parse_recent_page(content, category) for content in wider), None)
        said = archive and _by_recent(category, day, archive, source)
        if archive is None or not said:
            return None
        section = archive.section(day)
        listed = section.listed if section else ()
        lines = tuple(ListingEntry.of(entry) for entry in listed if is_in_category(category, entry))
        if not lines and said.state is ListingState.UNCHECKED:
            return empty(category, source)
        return replace(said, lines=lines, expected=None)  # its count is the archive's

    def _recent_of(self, category: str) -> RecentPage | None:
        own = (content for content, of in self._recent if _same(of, category))
        content = next(own, None)
        return None if content is None else parse_recent_page(content, category)


def _by_recent(category: str, day: date, recent: RecentPage, source: str) -> CategoryListing | None:
    if recent.passes_over(day):
        return no_announcement(category, source)
    section = recent.section(day)
    if section is None:
        return None
    lines = tuple(map(ListingEntry.of, section.listed))
    told = f"{source}, {NO_REPLACEMENTS}: recent papers name none"
    if not section.is_whole:
        return CategoryListing(category, ListingState.PARTIAL, lines, section.counted, told)
    if not lines:
        return empty(category, source)
    return CategoryListing(category, ListingState.UNCHECKED, lines, None, told)


def _same(named: str | None, category: str) -> bool:
    return named is not None and taxonomy.canonical(named) == taxonomy.canonical(category)


def merge_listings(pages: Sequence[ListingPage]) -> ListingPage:
    """Pages of one batch, which arXiv splits where it is long."""
    listed = {entry.arxiv_id: entry for page in reversed(pages) for entry in page.listed}
    return replace(pages[0], listed=tuple(listed.values()))


def is_in_category(category: str, listed: PageEntry) -> bool:
    return any(taxonomy.covers(category, own) for own in listed.categories)
