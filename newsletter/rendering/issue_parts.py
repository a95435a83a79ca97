"""An issue holds these beside its papers: labels, notes, omissions, and what its listings lack."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from newsletter.rendering.issue_entry import IssueSection
from newsletter.sources.base import ListingState, PaperId


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
