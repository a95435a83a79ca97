"""What an issue says: the one thing that HTML, text and Markdown are made from."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from newsletter.sources.base import AnnouncementType, ListingState, Paper
from newsletter.summaries.base import Sentence


class IssueSection(StrEnum):
    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"


SECTION_OF = {
    AnnouncementType.NEW: IssueSection.NEW,
    AnnouncementType.CROSS: IssueSection.CROSS,
    AnnouncementType.REPLACE: IssueSection.REPLACE,
    AnnouncementType.REPLACE_CROSS: IssueSection.REPLACE,
}


@dataclass(frozen=True)
class IssueEntry:
    """A paper in an issue."""

    section: IssueSection
    paper: Paper
    summary: Sentence


@dataclass(frozen=True)
class ListingNote:
    """How much of a category's listing the issue holds."""

    category: str
    state: ListingState
    found: int
    expected: int | None = None
    missing: tuple[str, ...] = ()  # those that are known by name

    @property
    def lacking(self) -> int:
        """How many papers were announced and are not there."""
        return max(len(self.missing), (self.expected or 0) - self.found)


@dataclass(frozen=True)
class IssueContent:
    """A newsletter's day, composed."""

    slug: str
    title: str
    day: date
    language: str
    categories: tuple[str, ...]
    entries: tuple[IssueEntry, ...]
    listings: tuple[ListingNote, ...]
    frozen_at: datetime
    first_day: date | None = None  # of several missed days in one issue; `day` is the last

    @property
    def counts(self) -> dict[IssueSection, int]:
        counted = Counter(entry.section for entry in self.entries)
        return {section: counted[section] for section in IssueSection}

    def section(self, section: IssueSection) -> list[IssueEntry]:
        return [entry for entry in self.entries if entry.section is section]

    @property
    def is_sample(self) -> bool:
        return any(listing.state is ListingState.SAMPLE for listing in self.listings)

    @property
    def is_complete(self) -> bool:
        states = {listing.state for listing in self.listings} - {ListingState.NONE}
        return states == {ListingState.COMPLETE}

    @property
    def is_rebuilt(self) -> bool:
        return any(listing.state is ListingState.RECONSTRUCTED for listing in self.listings)

    @property
    def missing(self) -> list[ListingNote]:
        """The listings of which something was announced and could not be had."""
        return [listing for listing in self.listings if listing.lacking]
