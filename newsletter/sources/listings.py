"""From a feed's items to one listing a category."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from newsletter import taxonomy
from newsletter.sources.base import Announcement, AnnouncementType, Listing, ListingState
from newsletter.sources.feed import FeedEntry

_SEEN_FROM_ANOTHER_CATEGORY = {
    AnnouncementType.NEW: AnnouncementType.CROSS,
    AnnouncementType.REPLACE: AnnouncementType.REPLACE_CROSS,
}


def listing_of(
    category: str, items: Iterable[FeedEntry], day: date, state: ListingState, source: str
) -> Listing:
    """What a category announced that day, each paper once, as the strongest of what is said.

    In a feed of several categories a paper is "new" when it is new in any of them; in a category
    that is not its primary one it is a cross-list.
    """
    strongest: dict[str, Announcement] = {}
    for item in items:
        each = _seen_from(category, item)
        known = strongest.setdefault(each.paper.arxiv_id, each)
        strongest[each.paper.arxiv_id] = min(known, each, key=lambda said: said.kind.rank)
    if not strongest:
        state = ListingState.NONE
    return Listing(day, category, state, tuple(strongest.values()), source)


def _seen_from(category: str, item: FeedEntry) -> Announcement:
    kind, primary = item.announcement.kind, item.paper.categories[:1]
    if all(taxonomy.holds(category, first) for first in primary):
        return item.announcement
    return replace(item.announcement, kind=_SEEN_FROM_ANOTHER_CATEGORY.get(kind, kind))
