"""arXiv's listing page `/list/<category>/new`: what was announced, on which day, and how much.

The only source that states its batch's own date and its own counts ("showing 13 of 13 entries"),
which makes it a checksum of itself. It gives no versions and hides web addresses in abstracts, so
the papers themselves come from elsewhere.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from lxml import etree, html

from newsletter import taxonomy
from newsletter.sources.arxiv_pages.page_text import PageText
from newsletter.sources.base import AnnouncementType, SourceError
from newsletter.sources.paper_id import PAPER_ID
from newsletter.text import one_line

_HEADING = re.compile(rb"<h3[^>]*>\s*Showing new listings for")
# "<h3>New submissions for Tue,  3 Sep 24</h3>", below "[ total of 13 entries:  <b>1-13</b> ]".
_OLD_HEADING = re.compile(
    rb"<h3>\s*New submissions for \w{3},\s+\d{1,2} \w{3} \d{2}\b|\[ total of \d+ entries:"
)
_DAY = re.compile(r"Showing new listings for \w+, (\d{1,2}) (\w+) (\d{4})", re.ASCII)
_TOTAL = re.compile(r"Total of ([0-9]{1,6}) entries\b.*")
_NOTHING = re.compile(r"No updates (?:today|for this time period)\.")
# Of a day that does not fit on one page: "(continued, showing last 12 of 340 entries)".
_SECTION = re.compile(
    r"(New|Cross|Replacement) submissions(?: for [A-Za-z0-9, ]+)?"
    r" \((?:continued, )?showing [a-z0-9 ]+ entries ?\)"
)
_ABSTRACT = re.compile(rf"(?:https?://[a-z.]+)?/abs/(?P<id>{PAPER_ID})")
_AS_HTML = re.compile(
    rf"(?:https?://[a-z.]+)?/html/(?P<id>{PAPER_ID})v(?P<version>[1-9][0-9]{{0,2}})/?"
)
_LIST = re.compile(r"(?:^|/)list/([A-Za-z.-]+)/(recent|new)\b")
_CODE = re.compile(r"\(([a-z-]+(?:\.[A-Za-z-]+)?)\)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_KINDS = {
    "New": AnnouncementType.NEW,
    "Cross": AnnouncementType.CROSS,
    "Replacement": AnnouncementType.REPLACE,
}


_NO_TEXT = PageText("", "", "")


class UndatedPageError(SourceError):
    """A listing page that lists nothing, in arXiv's own words, and does not say of which day."""


@dataclass(frozen=True)
class PageEntry:
    """A line of the listing: an identifier without version."""

    arxiv_id: str
    kind: AnnouncementType
    categories: tuple[str, ...]  # primary first
    html_version: int | None = None  # the version that can be read as a web page, where one is
    text: PageText = _NO_TEXT


@dataclass(frozen=True)
class ListingPage:
    day: date
    expected: int  # arXiv's own count
    listed: tuple[PageEntry, ...]


def is_listing_page(content: bytes) -> bool:
    """Whether this is one, or the beginning of one."""
    return _HEADING.search(content) is not None


def is_old_listing_page(content: bytes) -> bool:
    """Whether this is one from before September 2024, when arXiv's pages had another form."""
    return _OLD_HEADING.search(content) is not None


def category_of(content: bytes) -> str | None:
    """The category or archive of a page, as its links to itself and to the recent papers say.

    None where they do not, or not with one voice, or where this is no page.
    """
    try:
        root = page_root(content)
    except SourceError:
        return None
    named: dict[str, set[str]] = {"recent": set(), "new": set()}
    for link in root.iter("a"):
        found = _LIST.search(link.get("href") or "")
        if found and found[1] in taxonomy.CATEGORIES:
            named[found[2]].add(found[1])
    told = named["recent"] or named["new"]
    return told.pop() if len(told) == 1 else None


def refuse_another(named: str | None, category: str) -> None:
    """A page that says that it is of another category is not taken for this one.

    Raises:
        SourceError: it is.
    """
    if named is not None and taxonomy.canonical(named) != taxonomy.canonical(category):
        raise SourceError(f"the page is of {named}, not of {category}")


def parse_listing_page(content: bytes, category: str) -> ListingPage:
    """Read a listing page of a category or an archive.

    A page that was cut off parses: what is missing shows in `expected`, which counts a paper that
    stands in two sections once. A line that does not name
    its paper twice alike (as link and as text) is not taken, since it may be cut in the middle.

    Raises:
        UndatedPageError: it says that there is nothing, and no day.
        SourceError: this is no listing page, it does not say its day and count, or it lists more
            than it counts.
    """
    root = page_root(content)
    day = _first(_DAY, root.iter("h3"))
    total = _first(_TOTAL, root.find_class("paging"))
    says_nothing = _first(_NOTHING, root.iter("p"))
    if day is None and says_nothing and not (total and int(total[1])):
        raise UndatedPageError(f"the listing page says {says_nothing[0]!r} and bears no date")
    if day is None or (total is None and says_nothing is None):
        begins = one_line(root.text_content())[:60]
        raise SourceError(f"this is no listing page, or not enough of one; it begins {begins!r}")
    listed = entries_by_section(root, category)
    once = strongest_once(listed)
    counted = int(total[1]) if total else 0
    if counted < len(once):
        raise SourceError(f"the listing page counts {counted} papers and lists {len(once)}")
    twice = len(listed) - len(once)
    expected = max(counted - twice, len(once))  # lines that only damage doubled were never counted
    return ListingPage(page_date(*day.groups()), expected, once)


def page_root(content: bytes) -> html.HtmlElement:
    """The page as a tree. arXiv names the encoding beside its pages, not in them.

    Raises:
        SourceError: this is no page at all.
    """
    try:
        return html.document_fromstring(content, html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError) as error:
        raise SourceError(f"this is no listing page: {one_line(str(error))[:120]}") from error


def _first(words: re.Pattern[str], nodes: Iterable[html.HtmlElement]) -> re.Match[str] | None:
    """The first node whose whole text is in those words."""
    said = (words.fullmatch(one_line(node.text_content())) for node in nodes)
    return next(filter(None, said), None)


def page_date(day: str, month: str, year: str) -> date:
    """`24`, `November` or `Nov`, `2026` as a date.

    Raises:
        SourceError: there is no such day.
    """
    try:
        return date(int(year), _MONTHS.index(month[:3]) + 1, int(day))
    except ValueError:
        raise SourceError(f"the page bears no date: {day} {month} {year}") from None


def strongest_once(listed: Iterable[PageEntry]) -> tuple[PageEntry, ...]:
    """Each paper once, as the strongest of what the page calls it."""
    once: dict[str, PageEntry] = {}
    for entry in listed:
        known = once.setdefault(entry.arxiv_id, entry)
        once[entry.arxiv_id] = min(known, entry, key=lambda said: said.kind.rank)
    return tuple(once.values())


def entries_by_section(root: html.HtmlElement, category: str) -> list[PageEntry]:
    """The lines in the page's order; a paper may stand in two sections."""
    found: list[PageEntry] = []
    kind: AnnouncementType | None = None
    for node in root.iter("h3", "dt"):
        if node.tag == "h3":
            heading = _SECTION.fullmatch(one_line(node.text_content()))
            kind = _KINDS[heading[1]] if heading else None
        elif kind is not None:
            entry = page_entry(node, category, kind)
            if entry is not None:
                found.append(entry)
    return found


def page_entry(line: html.HtmlElement, category: str, kind: AnnouncementType) -> PageEntry | None:
    """A `<dt>` with its `<dd>` as seen from a category; None where it is damaged."""
    details = line.getnext()
    arxiv_id, categories = _identifier(line), _categories(details)
    if arxiv_id is None or not categories:
        return None
    seen = _seen_from(category, kind, categories)
    version, text = _html_version(line, arxiv_id), PageText.of(details)
    return PageEntry(arxiv_id, seen, categories, version, text)


def _identifier(line: html.HtmlElement) -> str | None:
    for link in line.iter("a"):
        target = _ABSTRACT.fullmatch(link.get("href") or "")
        if target and one_line(link.text_content()) == f"arXiv:{target['id']}":
            return target["id"]
    return None


def _html_version(line: html.HtmlElement, arxiv_id: str) -> int | None:
    """The version that the line's "html" link names; a link to another paper is none."""
    for link in line.iter("a"):
        target = _AS_HTML.fullmatch(link.get("href") or "")
        if target and target["id"] == arxiv_id:
            return int(target["version"])
    return None


def _categories(details: html.HtmlElement | None) -> tuple[str, ...]:
    if details is not None and details.tag == "dd":
        for node in details.iter("div"):
            if "list-subjects" in (node.get("class") or ""):
                return tuple(_CODE.findall(one_line(node.text_content())))
    return ()


def _seen_from(
    category: str, kind: AnnouncementType, categories: tuple[str, ...]
) -> AnnouncementType:
    """The page calls every replacement alike; one of another primary category is a cross one."""
    if kind is AnnouncementType.REPLACE and not taxonomy.covers(category, categories[0]):
        return AnnouncementType.REPLACE_CROSS
    return kind


def seen_as_new(category: str, entry: PageEntry) -> PageEntry:
    """A line of new papers as seen from a category: of another primary one it is a cross-list."""
    crossed = not taxonomy.covers(category, entry.categories[0])
    return replace(entry, kind=AnnouncementType.CROSS) if crossed else entry
