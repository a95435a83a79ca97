"""A paper as it stands in an issue, and what an issue holds beside: labels, notes, omissions."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from newsletter.rendering.markup.paper_text import plain
from newsletter.sources.base import AnnouncementType, ListingState, Paper, PaperId
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
    put_first: str = ""  # why the editor puts it before all others
    announced_on: date | None = None  # an earlier day, whose own issue lacked it

    def __post_init__(self) -> None:
        """A title of which nothing can be seen is no link: its identifier stands for it."""
        if not plain(self.paper.title):
            named = replace(self.paper, title=f"arXiv:{self.paper.id}")
            object.__setattr__(self, "paper", named)

    @property
    def is_quiet(self) -> bool:
        """Most readers have met what is replaced, unless the editor points at it."""
        return self.section is IssueSection.REPLACE and not self.put_first

    @property
    def order(self) -> tuple[bool, date, int]:
        """By what the papers of an issue are sorted."""
        late = self.announced_on or date.min
        return not self.put_first, late, list(IssueSection).index(self.section)


@dataclass(frozen=True)
class EditorNote:
    """The editor's words on a day, in the small Markdown of `note_markup.py`."""

    day: date
    text: str


@dataclass(frozen=True)
class Omission:
    """A paper that was announced that day, and that the editor left out."""

    day: date
    paper_id: PaperId
    title: str
    reason: str = ""
    section: IssueSection | None = None  # where it would stand; unknown of older issues


class Block(NamedTuple):
    """The papers under one label: a section, where an issue is set by category of one of them."""

    category: str
    section: IssueSection
    day: date | None = None  # of a mail of several days: the one that announced it
    is_first: bool = False  # the editor puts its papers before all others
    is_late: bool = False  # its papers were found after that day's issue had gone out


@dataclass(frozen=True)
class ListingNote:
    """How much of a category's listing the issue holds."""

    category: str
    state: ListingState
    found: int
    expected: int | None = None
    missing: tuple[str, ...] = ()  # those that are known by name
    lacks_replacements: bool = False  # its source names none

    @property
    def unnamed(self) -> int:
        """How many papers were counted, are not there, and are not known by name.

        Dates give other papers than arXiv counted: a rebuilt listing lacks none for certain.
        """
        if self.state is ListingState.RECONSTRUCTED:
            return 0
        return max((self.expected or 0) - self.found - len(self.missing), 0)
