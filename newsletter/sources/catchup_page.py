"""arXiv's pages of past days `/catchup/<category>/<day>`: what was announced on that day.

They reach 90 days back and state their own date and count. A long day is on several pages, which
arXiv makes one by one, so that a count can change between them. The text on them is that of today.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from lxml import html

from newsletter import taxonomy
from newsletter.sources.base import AnnouncementType, SourceError
from newsletter.sources.listing_page import (
    PageEntry,
    entries_by_section,
    page_root,
    strongest_once,
)
from newsletter.text import one_line

SHORT_DATE = r"\w{3}, (\d{1,2}) (\w{3}) (\d{4})"

_ENTRIES_A_PAGE = 2000
_TRIES = 3  # while arXiv changes the day's count
_MOST_PAGES = 20
_HEADING = re.compile(rf"Catchup results for (.+) on {SHORT_DATE}", re.ASCII)
_TOTAL = re.compile(rf"Total of ([0-9]{{1,6}}) entries for {SHORT_DATE}", re.ASCII)
_INVALID = re.compile(r"Invalid date: .*")
_MARK = re.compile(rb"<h1[^>]*>\s*Catchup results for ")
_LINK = re.compile(r"(?:^|/)catchup/([A-Za-z.-]+)/")
_NEXT_DAY = "Continue to the next day"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True)
class CatchupPage:
    """One page of a past day; a paper may stand in two sections."""

    day: date
    total: int  # arXiv's own count, over all pages of that day
    listed: tuple[PageEntry, ...]
    has_next_day: bool  # arXiv announced something on a later day


@dataclass(frozen=True)
class CatchupDay:
    """A past day over all its pages, each paper once."""

    day: date
    expected: int  # as many papers as arXiv counts
    listed: tuple[PageEntry, ...]
    has_next_day: bool
    elsewhere: int = 0  # papers that this category already had; another one got them that day


def is_catchup_page(content: bytes) -> bool:
    """Whether this is one, or the beginning of one."""
    return _MARK.search(content) is not None


def catchup_category(content: bytes) -> str | None:
    """The category or archive of a page: as its links say, or its heading where it has none.

    None where that is not one category.
    """
    root = page_root(content)
    links = (_LINK.search(link.get("href") or "") for link in root.iter("a"))
    named = {link[1] for link in links if link and link[1] in taxonomy.CATEGORIES}
    if not named:
        heading = _heading(root)
        name = heading[1] if heading else ""
        named = {
            taxonomy.canonical(code)
            for code, known in taxonomy.CATEGORIES.items()
            if name in {known, code}
        }
    return named.pop() if len(named) == 1 else None


def parse_catchup_page(content: bytes, category: str) -> CatchupPage:
    """Read one page of a past day of a category or an archive.

    Its lines are as arXiv counts them, with those of papers that only another category got.

    Raises:
        SourceError: this is no such page, it does not say its day and count with one voice, or it
            lists more than it counts.
    """
    root = page_root(content)
    words = one_line(root.text_content())
    heading = _heading(root)
    totals = {found.groups() for found in _TOTAL.finditer(words)}
    if heading is None or len(totals) != 1:
        refused = next(filter(None, map(_INVALID.fullmatch, map(_text, root.iter("h1")))), None)
        begins = refused[0][:120] if refused else words[:60]
        raise SourceError(f"this is no page of a past day, it says {begins!r}")
    counted, *stated = totals.pop()
    day = short_date(heading.groups()[1:])
    if short_date(stated) != day:
        raise SourceError(f"the page of {day} counts the papers of {short_date(stated)}")
    listed = tuple(entries_by_section(root, category))
    if len(listed) > int(counted):
        raise SourceError(f"the page of {day} counts {counted} papers and lists {len(listed)}")
    has_next_day = any(_NEXT_DAY in _text(link) for link in root.iter("a"))
    return CatchupPage(day, int(counted), listed, has_next_day)


def read_catchup_day(ask: Callable[[int], bytes], category: str, day: date) -> CatchupDay:
    """A past day over all its pages; `ask` gives the content of one of them, counted from 1.

    Where date or count differ between the pages, or lines are missing, it starts over.

    Raises:
        SourceError: a page cannot be had or read, is of another day, or they never agree.
    """
    pages: list[CatchupPage] = []
    for _ in range(_TRIES):
        pages = _pages(ask, category, day)
        if _agree(pages):
            return merge_catchup_pages(pages, category)
    lines = sum(len(page.listed) for page in pages)
    if len({page.total for page in pages}) > 1 or not lines:
        raise SourceError(f"the pages of {day} count {pages[0].total} papers and list {lines}")
    return merge_catchup_pages(pages, category)


def merge_catchup_pages(pages: list[CatchupPage], category: str) -> CatchupDay:
    """Pages of one day; what is missing from them shows in `expected`.

    A cross-list of the category's own paper was one into another category, and is left out.
    """
    lines = [entry for page in pages for entry in page.listed]
    own = [entry for entry in lines if not _is_elsewhere(category, entry)]
    once = strongest_once(own)
    expected = max(pages[0].total - (len(lines) - len(once)), len(once))
    elsewhere = {entry.arxiv_id for entry in lines} - {entry.arxiv_id for entry in once}
    has_next_day = any(page.has_next_day for page in pages)
    return CatchupDay(pages[0].day, expected, once, has_next_day, len(elsewhere))


def short_date(parts: tuple[str, ...] | list[str]) -> date:
    """`24`, `Nov`, `2026` as a date.

    Raises:
        SourceError: there is no such day.
    """
    try:
        return date(int(parts[2]), _MONTHS.index(parts[1]) + 1, int(parts[0]))
    except ValueError:
        raise SourceError(f"the page bears no date: {' '.join(parts)!r}") from None


def _pages(ask: Callable[[int], bytes], category: str, day: date) -> list[CatchupPage]:
    first = _page(ask, 1, category, day)
    most = min(-(-first.total // _ENTRIES_A_PAGE), _MOST_PAGES)
    return [first, *(_page(ask, number, category, day) for number in range(2, most + 1))]


def _page(ask: Callable[[int], bytes], number: int, category: str, day: date) -> CatchupPage:
    page = parse_catchup_page(ask(number), category)
    if page.day != day:
        raise SourceError(f"the page of {day} is of {page.day}")
    return page


def _agree(pages: list[CatchupPage]) -> bool:
    lines = sum(len(page.listed) for page in pages)
    return all(page.total == lines for page in pages)


def _is_elsewhere(category: str, entry: PageEntry) -> bool:
    """Whether no category of this page can have got the paper by a cross-list."""
    primary, *others = map(taxonomy.canonical, entry.categories)
    return (
        entry.kind is AnnouncementType.CROSS
        and taxonomy.holds(category, primary)
        and not any(taxonomy.holds(category, other) for other in others if other != primary)
    )


def _heading(root: html.HtmlElement) -> re.Match[str] | None:
    return next(filter(None, map(_HEADING.fullmatch, map(_text, root.iter("h1")))), None)


def _text(node: html.HtmlElement) -> str:
    return one_line(node.text_content())
