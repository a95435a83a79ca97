"""arXiv's feeds, RSS and Atom (https://info.arxiv.org/help/rss.html): what was announced."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from newsletter.sources.announced import (
    Announcement,
    Kind,
    Paper,
    PaperId,
    SourceError,
    one_line,
    paragraphs,
)

_NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "arxiv": "http://arxiv.org/schemas/atom",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_PREFIX = re.compile(r"^\s*arXiv:\S+\s+Announce Type:\s*\S+\s*Abstract:\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """One announcement, with what the feed says of its paper (no comment, authors raw)."""

    announcement: Announcement
    paper: Paper
    day: date


@dataclass(frozen=True)
class Feed:
    day: date | None  # None where an empty feed states none
    items: tuple[Item, ...]


def parse_feed(content: bytes) -> Feed:
    """Read a feed of one or several categories.

    Raises:
        SourceError: this is no feed, it is cut off, or arXiv says that it is an error.
    """
    root = _root(content)
    title = one_line(root.findtext("channel/title") or root.findtext("atom:title", None, _NAMES))
    if title.startswith("Feed error"):
        why = root.findtext("channel/description") or root.findtext("atom:subtitle", "", _NAMES)
        raise SourceError(f"arXiv refused the feed: {one_line(why)}")
    entries = root.findall("channel/item") or root.findall("atom:entry", _NAMES)
    items = tuple(map(_item, entries))
    stated = root.findtext("channel/pubDate")
    days = [item.day for item in items] or ([_day(stated)] if stated else [])
    return Feed(max(days) if days else None, items)


def is_feed(content: bytes) -> bool:
    """Whether this looks like an announcement feed (the API's answers are Atom, too)."""
    return (
        b"<rss" in content[:2000]
        or b"rss.arxiv.org" in content[:2000]
        or (b"<feed" in content[:2000] and b"announce_type" in content)
    )


def _root(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"this is no whole feed: {one_line(str(error))[:120]}") from error
    if etree.QName(root).localname not in {"rss", "feed"}:
        raise SourceError("this is no feed of arXiv's")
    return root


def _item(entry: etree._Element) -> Item:
    text = {
        etree.QName(child).localname: child.text or ""
        for child in entry
        if child.tag is not etree.Comment
    }
    paper_id = PaperId.parse(text.get("guid") or text.get("id") or "")
    try:
        kind = Kind(one_line(text.get("announce_type")))
    except ValueError:
        raise SourceError(
            f"{paper_id} has the unknown announce type {text.get('announce_type')!r}"
        ) from None
    categories = [
        one_line(node.get("term") or node.text)
        for node in (*entry.findall("category"), *entry.findall("atom:category", _NAMES))
    ]
    paper = Paper(
        id=paper_id,
        title=one_line(text.get("title")),
        abstract=paragraphs(_PREFIX.sub("", text.get("description") or text.get("summary") or "")),
        authors=tuple(filter(None, map(one_line, text.get("creator", "").split(", ")))),
        categories=tuple(filter(None, categories)),
        journal_ref=one_line(text.get("journal_reference")) or None,
        doi=one_line(text.get("DOI")) or None,
    )
    return Item(
        Announcement(paper_id, kind),
        paper,
        _day(text.get("pubDate") or text.get("published") or ""),
    )


def _day(text: str) -> date:
    """The date as written: the feed dates a batch at 00:00 in arXiv's own zone."""
    try:
        return parsedate_to_datetime(text).date()
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        raise SourceError(f"the feed bears no date that can be read: {text[:40]!r}") from None
