"""A paper as it stands in an issue, and the sections that it may stand in."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from newsletter.rendering.paper_text import plain
from newsletter.sources.base import AnnouncementType, Paper
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
