"""A page or a feed tells of a category's day, and can be believed so far."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from newsletter import taxonomy
from newsletter.sources import calendar
from newsletter.sources.arxiv_pages.listing_page import ListingPage, PageEntry
from newsletter.sources.base import (
    Announcement,
    AnnouncementType,
    Listing,
    ListingState,
    Paper,
    PaperId,
)
from newsletter.sources.feed import Feed, FeedEntry


@dataclass(frozen=True)
class ListingEntry:
    """A paper of a listing; a page states no version."""

    arxiv_id: str
    kind: AnnouncementType
    version: int | None = None
    html_version: int | None = None  # which can be read as a web page
    comment: str = ""  # as the page has it
    described: Paper | None = None  # the same, where there is nobody better to ask

    @classmethod
    def of(cls, entry: PageEntry) -> "ListingEntry":
        """A line of a page; where that names no version, it counts as the least it can be."""
        least = 2 if entry.kind.is_replacement else 1
        version = max(entry.html_version or least, least)
        return cls(
            entry.arxiv_id,
            entry.kind,
            html_version=entry.html_version,
            comment=entry.text.comment,
            described=entry.text.paper(PaperId(entry.arxiv_id, version), entry.categories),
        )

    @property
    def name(self) -> str:
        """As the API is asked for it."""
        return self.arxiv_id if self.version is None else f"{self.arxiv_id}v{self.version}"

    def fits(self, paper: Paper) -> bool:
        """Whether this is the version that was announced: the API's index can be a day late."""
        if self.version is not None:
            return paper.id.version == self.version
        return paper.id.version > 1 or not self.kind.is_replacement

    def may_be_newer(self, paper: Paper, day: date) -> bool:
        """Whether a later version than this newest one of the API may have been announced that day.

        A replacement was submitted before that day's deadline, and after the one before it unless
        moderation held it back.
        """
        if self.version is not None:
            return False
        start, _ = calendar.submission_window(day)
        is_old = paper.updated_at is not None and paper.updated_at < start
        return (
            (self.kind.is_replacement and is_old)
            or (self.html_version or 0) > paper.id.version
            or self._says_withdrawn(paper)
        )

    def with_comment(self, paper: Paper) -> Paper:
        """The paper with the page's comment, where it has none or the page tells a withdrawal."""
        lacks = self.comment and (not paper.comment or self._says_withdrawn(paper))
        return replace(paper, comment=self.comment) if lacks else paper

    def _says_withdrawn(self, paper: Paper) -> bool:
        return not paper.withdrawn and replace(paper, comment=self.comment).withdrawn


@dataclass(frozen=True)
class CategoryListing:
    """A category's day as it was told, before its papers are looked up."""

    category: str
    state: ListingState
    lines: tuple[ListingEntry, ...]
    expected: int | None
    source: str
    shown: date | None = None  # the later day to which the source has moved on
    doubtful: frozenset[str] = frozenset()  # perhaps announced in this category on another day
    later_is_known: bool = True  # who came into the category since then
    may_be_corrected: bool = False  # on a later day arXiv's page of that day may say better

    @property
    def is_past(self) -> bool:
        return self.shown is not None

    @property
    def is_short(self) -> bool:
        """Whether lines are missing that were counted."""
        return self.expected is not None and len(self.lines) < self.expected

    def because(self, reason: str) -> "CategoryListing":
        """With why it is this source that speaks."""
        return replace(self, source=f"{self.source}, since {reason}")

    def filled_in(self, feed: Feed | None) -> "CategoryListing":
        """With what the feed of that day has beyond the page."""
        if feed is None:
            return self
        known = {line.arxiv_id for line in self.lines}
        told = lines_of_feed(self.category, feed.announced_in(self.category))
        more = tuple(line for line in told if line.arxiv_id not in known)
        return replace(self, lines=(*self.lines, *more), source=f"{self.source} and the feed")


def listing_from_page(category: str, page: ListingPage, day: date) -> CategoryListing:
    """A listing page speaks of its own date only: a stale one is never taken for today's."""
    source = f"the listing page of {page.day}"
    if page.day != day:
        return _of_another_day(category, page.day, day, source)
    lines = tuple(map(ListingEntry.of, page.listed))
    state = ListingState.COMPLETE if page.expected else ListingState.NONE
    return CategoryListing(category, state, lines, page.expected, source)


def listing_from_feed(category: str, feed: Feed, day: date, source: str) -> CategoryListing:
    """A feed states no count, so what it says stays unchecked."""
    if feed.day != day:
        return _of_another_day(category, feed.day, day, f"{source} of {feed.day}")
    lines = lines_of_feed(category, feed.announced_in(category))
    state = ListingState.UNCHECKED if lines else ListingState.NONE
    return CategoryListing(category, state, lines, None, source)


def judge_listing(
    said: CategoryListing, day: date, papers: dict[str, Paper], trouble: str
) -> Listing:
    """The listing with its verdict: complete only where every announced paper is at hand."""
    announcements = tuple(
        Announcement(papers[line.arxiv_id].id, line.kind)
        for line in said.lines
        if line.arxiv_id in papers
    )
    missing = tuple(line.name for line in said.lines if line.arxiv_id not in papers)
    short = said.expected is not None and len(announcements) < said.expected
    state = ListingState.PARTIAL if missing or short else said.state
    source = f"{said.source}; {trouble}" if trouble and said.lines else said.source
    doubtful = tuple(sorted(said.doubtful & papers.keys()))
    return Listing(
        day,
        said.category,
        state,
        announcements,
        source,
        said.expected,
        missing,
        doubtful,
        said.may_be_corrected,
    )


def with_html(said: Iterable[CategoryListing], papers: dict[str, Paper]) -> dict[str, Paper]:
    """The papers, by identifier, with which of them can be read as a web page."""
    as_html = {
        line.arxiv_id: replace(papers[line.arxiv_id], has_html=True)
        for listing in said
        for line in listing.lines
        if line.arxiv_id in papers and papers[line.arxiv_id].id.version == line.html_version
    }
    return papers | as_html


def nothing(category: str, day: date, source: str) -> Listing:
    """A day on which there is no batch."""
    return Listing(day, category, ListingState.NONE, (), source)


def empty(category: str, source: str) -> CategoryListing:
    """The status where one source alone says that nothing was announced: a second has to agree."""
    why = f"{source}: empty, which nobody confirms"
    return CategoryListing(category, ListingState.STALE, (), None, why)


def _of_another_day(category: str, shown: date, day: date, source: str) -> CategoryListing:
    state = ListingState.STALE
    if calendar.follows_holiday(day):
        state, source = ListingState.NONE, f"arXiv holiday; {source}"
    elif calendar.follows_closed_friday(day):
        source = f"{source}; arXiv was closed on Friday, and may announce nothing"
    return CategoryListing(category, state, (), None, source, shown if shown > day else None)


_SEEN_FROM_ANOTHER_CATEGORY = {
    AnnouncementType.NEW: AnnouncementType.CROSS,
    AnnouncementType.REPLACE: AnnouncementType.REPLACE_CROSS,
}


def lines_of_feed(category: str, items: Iterable[FeedEntry]) -> tuple[ListingEntry, ...]:
    """The announcements of a category that day, each paper once, as the strongest of its types.

    In a feed of several categories a paper is "new" when it is new in any of them; in a category
    that is not its primary one it is a cross-list.
    """
    strongest: dict[str, ListingEntry] = {}
    for item in items:
        paper, kind = item.announcement.paper, _seen_from(category, item)
        known = strongest.get(paper.arxiv_id)
        if known is None or kind.rank < known.kind.rank:
            strongest[paper.arxiv_id] = ListingEntry(paper.arxiv_id, kind, paper.version)
    return tuple(strongest.values())


def _seen_from(category: str, item: FeedEntry) -> AnnouncementType:
    kind, primary = item.announcement.kind, item.paper.categories[:1]
    is_own = all(taxonomy.covers(category, first) for first in primary)
    return kind if is_own else _SEEN_FROM_ANOTHER_CATEGORY.get(kind, kind)
