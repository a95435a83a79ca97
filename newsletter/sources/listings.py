"""From a feed's items to one listing a category."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from newsletter import taxonomy
from newsletter.sources.announced import Announcement, Kind, Listing, ListingState
from newsletter.sources.feed import Item

_SEEN_FROM_ANOTHER_CATEGORY = {Kind.NEW: Kind.CROSS, Kind.REPLACE: Kind.REPLACE_CROSS}


def listing_of(
    category: str, items: Iterable[Item], day: date, state: ListingState, source: str
) -> Listing:
    """What a category announced that day.

    In a feed of several categories a paper is "new" when it is new in any of them; in a category
    that is not its primary one it is a cross-list.
    """
    announcements = {
        item.announcement.paper.arxiv_id: _seen_from(category, item)
        for item in items
        if any(taxonomy.holds(category, each) for each in item.paper.categories)
    }
    if not announcements:
        state = ListingState.NONE
    return Listing(day, category, state, tuple(announcements.values()), source)


def _seen_from(category: str, item: Item) -> Announcement:
    kind = item.announcement.kind
    if taxonomy.holds(category, item.paper.categories[0]):
        return item.announcement
    return replace(item.announcement, kind=_SEEN_FROM_ANOTHER_CATEGORY.get(kind, kind))
