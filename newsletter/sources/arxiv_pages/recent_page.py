"""arXiv's page `/list/<category>/recent`: its last five announcements, the newest first.

At the top it names the dates on which arXiv announced anything at all, also those on which this
category had nothing: arXiv's own calendar. Below stand each day's new papers and cross-lists, as
they were announced; it has no replacements.
"""

import re
from dataclasses import dataclass
from datetime import date

from lxml import html

from newsletter.sources.arxiv_pages.catchup_page import SHORT_DATE
from newsletter.sources.arxiv_pages.listing_page import (
    PageEntry,
    page_date,
    page_entry,
    page_root,
    seen_as_new,
)
from newsletter.sources.base import AnnouncementType, SourceError
from newsletter.text import one_line

_LINKED_DATE = re.compile(SHORT_DATE, re.ASCII)
_SECTION = re.compile(
    rf"{SHORT_DATE}(?: \((?:continued, )?showing [a-z0-9 ]*?([0-9]+) of ([0-9]+) entries ?\))?",
    re.ASCII,
)
_LINK = re.compile(r"(?:^|/)list/[A-Za-z.-]+/recent\?")
_MARK = re.compile(rb"/recent\?skip=[0-9]+&(?:amp;)?show=[0-9]+[^>]*>\s*\w{3}, \d{1,2} \w{3} \d{4}")


@dataclass(frozen=True)
class RecentDay:
    day: date
    counted: int  # arXiv's own count of new papers and cross-lists
    listed: tuple[PageEntry, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all that are counted stand on this page."""
        return len(self.listed) == self.counted


@dataclass(frozen=True)
class RecentPage:
    dates: tuple[date, ...]  # on which arXiv announced anything, newest first
    sections: tuple[RecentDay, ...]

    def reaches(self, day: date) -> bool:
        """Whether this page would name that day, had there been an announcement."""
        return self.dates[-1] <= day <= self.dates[0]

    def passes_over(self, day: date) -> bool:
        """Whether arXiv announced something before that day and after it, and not on it."""
        return self.reaches(day) and day not in self.dates

    def section(self, day: date) -> RecentDay | None:
        """The papers announced in this category that day; None where the page does not say."""
        return next((section for section in self.sections if section.day == day), None)


def is_recent_page(content: bytes) -> bool:
    """Whether this is one, or the beginning of one."""
    return _MARK.search(content) is not None


def parse_recent_page(content: bytes, category: str) -> RecentPage:
    """Read the page of the recent papers of a category or an archive.

    Raises:
        SourceError: this is none, or it names no date.
    """
    root = page_root(content)
    dates = {page_date(*found.groups()) for found in map(_linked_date, root.iter("a")) if found}
    sections = tuple(_sections(root, category))
    named = sorted(dates | {section.day for section in sections}, reverse=True)
    if not dates:
        begins = one_line(root.text_content())[:60]
        raise SourceError(f"this is no page of recent papers; it begins {begins!r}")
    return RecentPage(tuple(named), sections)


def _linked_date(link: html.HtmlElement) -> re.Match[str] | None:
    if not _LINK.search(link.get("href") or ""):
        return None
    return _LINKED_DATE.fullmatch(one_line(link.text_content()))


def _sections(root: html.HtmlElement, category: str) -> list[RecentDay]:
    found: list[RecentDay] = []
    listed: list[PageEntry] | None = None
    for node in root.iter("h3", "dt"):
        if node.tag == "h3":
            heading = _SECTION.fullmatch(one_line(node.text_content()))
            listed = [] if heading else None
            if heading:
                found.append(RecentDay(page_date(*heading.groups()[:3]), int(heading[5] or 0), ()))
        elif listed is not None:
            entry = page_entry(node, category, AnnouncementType.NEW)
            if entry is not None:
                listed.append(seen_as_new(category, entry))
                found[-1] = RecentDay(found[-1].day, found[-1].counted, tuple(listed))
    return found
