"""arXiv's pages of past days `/catchup/<category>/<day>`: what was announced on that day.

They reach 90 days back and state their own date and count. A long day is on several pages, which
arXiv makes one by one, so that a count can change between them. The text on them is that of today.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from lxml import html

from newsletter import taxonomy
from newsletter.sources.arxiv_pages.listing_page import (
    PageEntry,
    entries_by_section,
    page_date,
    page_root,
    strongest_once,
)
from newsletter.sources.base import AnnouncementType, SourceError
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
    trouble: str = ""  # why its pages prove no count, though they list these papers


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
        SourceError: this is no such page, or it does not say its day and count with one voice.
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
    day = page_date(*heading.groups()[1:])
    if page_date(*stated) != day:
        raise SourceError(f"the page of {day} counts the papers of {page_date(*stated)}")
    listed = tuple(entries_by_section(root, category))
    has_next_day = any(_NEXT_DAY in _text(link) for link in root.iter("a"))
    return CatchupPage(day, int(counted), listed, has_next_day)


def read_catchup_day(ask: Callable[[int], bytes], category: str, day: date) -> CatchupDay:
    """A past day over all its pages; `ask` gives the content of one of them, counted from 1.

    Where date or count differ between the pages, or lines are missing, it starts over. Where they
    never agree, it takes whoever they name, and says what is wrong.

    Raises:
        SourceError: the first page cannot be had or read, is of another day, or none lists any.
    """
    pages: list[CatchupPage] = []
    lacking = ""
    for _ in range(_TRIES):
        pages, lacking = _pages(ask, category, day)
        if not lacking and _agree(pages):
            break
    whole = merge_catchup_pages(pages, category)
    if whole.expected and not (whole.listed or whole.elsewhere):
        raise SourceError(f"the pages of {day} count {pages[0].total} papers and list 0")
    return replace(whole, trouble="; ".join(filter(None, [lacking, whole.trouble])))


def merge_catchup_pages(pages: list[CatchupPage], category: str) -> CatchupDay:
    """Pages of one day; what is missing from them shows in `expected`.

    A cross-list of the category's own paper was one into another category, and is left out.
    """
    lines = _lines(pages)
    own = [entry for entry in lines if not _is_elsewhere(category, entry)]
    once = strongest_once(own)
    totals = sorted({page.total for page in pages})
    expected = max(totals[-1] - (len(lines) - len(once)), len(once))
    elsewhere = {entry.arxiv_id for entry in lines} - {entry.arxiv_id for entry in once}
    has_next_day = any(page.has_next_day for page in pages)
    trouble = ""
    if len(totals) > 1 or len(lines) > totals[-1]:
        trouble = f"its pages count {' and '.join(map(str, totals))} papers and list {len(lines)}"
    return CatchupDay(pages[0].day, expected, once, has_next_day, len(elsewhere), trouble)


def _pages(ask: Callable[[int], bytes], category: str, day: date) -> tuple[list[CatchupPage], str]:
    """The pages up to the first that is none of that day, and what that one was."""
    pages = [_page(ask, 1, category, day)]
    while _has_more(pages):
        number = len(pages) + 1
        try:
            pages.append(_page(ask, number, category, day))
        except SourceError as error:
            return pages, f"page {number} of it: {error.brief}"
    return pages, ""


def _has_more(pages: list[CatchupPage]) -> bool:
    """Whether a page counts more than so many can hold, or the last is full beyond its count."""
    room = len(pages) * _ENTRIES_A_PAGE
    is_full = len(pages[-1].listed) >= _ENTRIES_A_PAGE and len(_lines(pages)) > pages[-1].total
    return len(pages) < _MOST_PAGES and (is_full or max(page.total for page in pages) > room)


def _page(ask: Callable[[int], bytes], number: int, category: str, day: date) -> CatchupPage:
    page = parse_catchup_page(ask(number), category)
    if page.day != day:
        raise SourceError(f"the page of {day} is of {page.day}")
    return page


def _agree(pages: list[CatchupPage]) -> bool:
    lines = len(_lines(pages))
    return all(page.total == lines for page in pages)


def _lines(pages: list[CatchupPage]) -> list[PageEntry]:
    """The lines of all pages; one that two pages show is one."""
    lines = {(entry.arxiv_id, entry.kind): entry for page in pages for entry in page.listed}
    return list(lines.values())


def _is_elsewhere(category: str, entry: PageEntry) -> bool:
    """Whether no category of this page can have got the paper by a cross-list."""
    primary, *others = map(taxonomy.canonical, entry.categories)
    return (
        entry.kind is AnnouncementType.CROSS
        and taxonomy.covers(category, primary)
        and not any(taxonomy.covers(category, other) for other in others if other != primary)
    )


def _heading(root: html.HtmlElement) -> re.Match[str] | None:
    return next(filter(None, map(_HEADING.fullmatch, map(_text, root.iter("h1")))), None)


def _text(node: html.HtmlElement) -> str:
    return one_line(node.text_content())
