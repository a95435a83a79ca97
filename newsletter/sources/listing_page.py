"""arXiv's listing page `/list/<category>/new`: what was announced, on which day, and how much.

The only source that states its batch's own date and its own counts ("showing 13 of 13 entries"),
which makes it a checksum of itself. It gives no versions and hides web addresses in abstracts, so
the papers themselves come from elsewhere.
"""

import re
from dataclasses import dataclass
from datetime import date

from lxml import etree, html

from newsletter import taxonomy
from newsletter.sources.announced import PAPER_ID, Kind, SourceError, one_line

_DAY = re.compile(r"Showing new listings for \w+,\s+(\d{1,2})\s+(\w+)\s+(\d{4})")
_TOTAL = re.compile(r"Total of (\d{1,6}) entries")
_SECTION = re.compile(r"(New|Cross|Replacement)\w* submissions \(showing (\d+) of (\d+) entries\)")
_CODE = re.compile(r"\(([a-z-]+(?:\.[A-Za-z-]+)?)\)")
# fmt: off
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)
# fmt: on
_KINDS = {"New": Kind.NEW, "Cross": Kind.CROSS, "Replacement": Kind.REPLACE}


@dataclass(frozen=True)
class Listed:
    """A line of the listing: an identifier without version."""

    arxiv_id: str
    kind: Kind
    categories: tuple[str, ...]  # primary first


@dataclass(frozen=True)
class ListingPage:
    day: date
    expected: int  # arXiv's own count
    listed: tuple[Listed, ...]


def is_listing_page(content: bytes) -> bool:
    return b"Showing new listings for" in content


def parse_listing_page(content: bytes, category: str) -> ListingPage:
    """Read a listing page of a category or an archive.

    A page that was cut off parses: what is missing shows in `expected`. A line that does not name
    its paper twice alike (as link and as text) is not taken, since it may be cut in the middle.

    Raises:
        SourceError: this is no listing page, or it does not say its day and count.
    """
    try:
        root = html.fromstring(content)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"this is no listing page: {one_line(str(error))[:120]}") from error
    text = one_line(root.text_content())
    day, total = _DAY.search(text), _TOTAL.search(text)
    if day is None or total is None:
        raise SourceError(f"this is no listing page; it begins {text[:60]!r}")
    return ListingPage(_date(day), int(total[1]), tuple(_listed(root, category)))


def _date(match: re.Match[str]) -> date:
    try:
        return date(int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1]))
    except ValueError:
        raise SourceError(f"the listing page bears no date: {match[0]!r}") from None


def _listed(root: html.HtmlElement, category: str) -> list[Listed]:
    """The lines in the page's order; a paper that stands in two sections is the stronger."""
    found: dict[str, Listed] = {}
    kind: Kind | None = None
    for node in root.iter("h3", "dt"):
        if node.tag == "h3":
            heading = _SECTION.search(one_line(node.text_content()))
            kind = _KINDS[heading[1]] if heading else None
        elif kind is not None:
            arxiv_id, categories = _identifier(node), _categories(node.getnext())
            if arxiv_id is not None and categories:
                found.setdefault(
                    arxiv_id, Listed(arxiv_id, _seen_from(category, kind, categories), categories)
                )
    return list(found.values())


def _identifier(line: html.HtmlElement) -> str | None:
    for link in line.iter("a"):
        target = (link.get("href") or "").removeprefix("/abs/")
        if re.fullmatch(PAPER_ID, target) and one_line(link.text_content()) == f"arXiv:{target}":
            return target
    return None


def _categories(details: html.HtmlElement | None) -> tuple[str, ...]:
    if details is None or details.tag != "dd":
        return ()
    for node in details.iter("div"):
        if "list-subjects" in (node.get("class") or ""):
            return tuple(_CODE.findall(one_line(node.text_content())))
    return ()


def _seen_from(category: str, kind: Kind, categories: tuple[str, ...]) -> Kind:
    """The page calls every replacement alike; one of another primary category is a cross one."""
    if kind is Kind.REPLACE and not taxonomy.holds(category, categories[0]):
        return Kind.REPLACE_CROSS
    return kind
