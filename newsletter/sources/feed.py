"""arXiv's feeds, RSS and Atom (https://info.arxiv.org/help/rss.html): what was announced."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from newsletter import taxonomy
from newsletter.sources import calendar
from newsletter.sources.author_names import authors_of
from newsletter.sources.base import (
    Announcement,
    AnnouncementType,
    Paper,
    PaperId,
    SourceError,
    paragraphs,
)
from newsletter.sources.response_types import ATOM, ResponseType, root_of
from newsletter.text import one_line

_NAMES = {"atom": ATOM}
_TITLE = re.compile(r"(?P<categories>[\w., -]+?) updates on (?:the )?arXiv\.org")
_PREFIX = re.compile(r"^\s*arXiv:\S+\s+Announce Type:\s*\S+\s*Abstract:\s*", re.IGNORECASE)


@dataclass(frozen=True)
class FeedEntry:
    """One announcement, with what the feed says of its paper (no comment, authors raw)."""

    announcement: Announcement
    paper: Paper
    day: date


@dataclass(frozen=True)
class Feed:
    day: date
    categories: tuple[str, ...]  # as its title names them; none where it does not
    items: tuple[FeedEntry, ...]

    def covers(self, category: str) -> bool:
        """Whether this feed tells what was announced in a category."""
        if self.categories:
            return any(taxonomy.covers(category, served) for served in self.categories)
        return bool(self.announced_in(category))

    def announced_in(self, category: str) -> list[FeedEntry]:
        """The day's items of a category; one that cannot be placed is shown rather than lost."""
        items = [item for item in self.items if item.day == self.day]
        if self.categories == (category,):
            return items
        return [item for item in items if _may_belong(category, item.paper.categories)]


def parse_feed(content: bytes) -> Feed:
    """Read a feed of one or several categories.

    Raises:
        SourceError: this is no feed, it is cut off, or arXiv says that it is an error.
    """
    root = root_of(content, ResponseType.FEED)
    title = one_line(root.findtext("channel/title") or root.findtext("atom:title", None, _NAMES))
    if title.startswith("Feed error"):
        why = root.findtext("channel/description") or root.findtext("atom:subtitle", "", _NAMES)
        raise SourceError(f"arXiv refused the feed: {one_line(why)}")
    named = _TITLE.fullmatch(title)
    categories = named["categories"].split(", ") if named else ()
    entries = root.findall("channel/item") or root.findall("atom:entry", _NAMES)
    items = tuple(map(_item, entries))
    return Feed(_day_of(root, items), tuple(categories), items)


def _may_belong(category: str, categories: tuple[str, ...]) -> bool:
    """Of one of its categories, or, where none is one of arXiv's, of whichever is asked for."""
    known = [category for category in categories if category in taxonomy.CATEGORIES]
    return not known or any(taxonomy.covers(category, term) for term in known)


def _day_of(root: etree._Element, items: tuple[FeedEntry, ...]) -> date:
    """The batch's day: that of the items; an empty feed bears the day on which it was built."""
    if items:
        return max(item.day for item in items)
    stated = root.findtext("channel/pubDate")
    if stated:
        return _day(stated)
    return _time(root.findtext("atom:updated", "", _NAMES)).astimezone(calendar.ZONE).date()


def _item(entry: etree._Element) -> FeedEntry:
    text = _texts(entry)
    paper_id = PaperId.read(text.get("guid") or text.get("id") or "")
    try:
        kind = AnnouncementType(one_line(text.get("announce_type")))
        day = _day(text.get("pubDate") or text.get("published") or "")
    except ValueError:
        kinds = ", ".join(AnnouncementType)
        told = text.get("announce_type", "")[:40]
        raise SourceError(f"{paper_id} is announced as {told!r}, none of {kinds}") from None
    except SourceError as error:
        raise SourceError(f"{paper_id}: {error}") from error
    return FeedEntry(Announcement(paper_id, kind), _paper(paper_id, entry, text), day)


def _paper(paper_id: PaperId, entry: etree._Element, text: dict[str, str]) -> Paper:
    categories = [
        one_line(node.get("term") or node.text)
        for node in (*entry.findall("category"), *entry.findall("atom:category", _NAMES))
    ]
    return Paper(
        id=paper_id,
        title=one_line(text.get("title")) or f"arXiv:{paper_id.arxiv_id}",
        abstract=paragraphs(_PREFIX.sub("", text.get("description") or text.get("summary") or "")),
        authors=authors_of(text.get("creator", "")),
        categories=tuple(dict.fromkeys(filter(None, categories))),
        journal_ref=one_line(text.get("journal_reference")) or None,
        doi=one_line(text.get("DOI")) or None,
    )


def _texts(entry: etree._Element) -> dict[str, str]:
    """The whole text of each child by its name; the tag of a comment is no name."""
    return {
        etree.QName(child).localname: str(child.xpath("string()"))
        for child in entry
        if isinstance(child.tag, str)
    }


def _day(text: str) -> date:
    """The date as written: the feed dates a batch at 00:00 in arXiv's own zone."""
    return _time(text).date()


def _time(text: str) -> datetime:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(text.strip())
            found.astimezone(calendar.ZONE)  # not every time that can be written can be converted
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found
    raise SourceError(f"the feed bears no date that can be read: {text[:40]!r}")
