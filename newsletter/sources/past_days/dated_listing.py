"""A category's listing by arXiv's page of a past day, beside its recent papers."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from newsletter import taxonomy
from newsletter.sources import calendar
from newsletter.sources.arxiv_pages.catchup_page import (
    CatchupDay,
)
from newsletter.sources.arxiv_pages.listing_page import PageEntry
from newsletter.sources.arxiv_pages.recent_page import RecentPage
from newsletter.sources.base import (
    AnnouncementType,
    ListingState,
    SourceError,
)
from newsletter.sources.listing_status import CategoryListing, ListingEntry
from newsletter.text import counted


def dated_listing(
    category: str, shown: CatchupDay, recent: RecentPage | None, source: str
) -> CategoryListing:
    """The day's lines, cross-lists of later days left out where the recent papers tell.

    Raises:
        SourceError: it counts nothing, and nobody confirms that.
    """
    if shown.trouble:
        source = f"{source}; {shown.trouble}"
    if shown.elsewhere:
        papers = counted(shown.elsewhere, "paper")
        source = f"{source}; {papers} of its own left out that only another category got"
    elif shown.expected == 0:
        return _of_nothing(category, shown, recent, source)
    section = recent.section(shown.day) if recent else None
    later = _first_listed_after(shown.day, recent) if recent else set()
    reached = not shown.has_next_day or _reaches_after(recent, shown.day)
    doubtful: frozenset[str] = frozenset()
    if section is not None and section.is_whole:
        entries = _as_announced(shown.listed, section.listed, later)
    else:
        entries = tuple(entry for entry in shown.listed if entry.arxiv_id not in later)
        doubtful = _doubtful(category, entries, reached=reached)
    lines = tuple(map(ListingEntry.of, entries))
    added = len({line.arxiv_id for line in lines} - {entry.arxiv_id for entry in shown.listed})
    expected = len(lines) + max(0, shown.expected - len(shown.listed) - added)
    state = ListingState.COMPLETE if expected else ListingState.NONE
    is_short = expected > len(lines)
    return CategoryListing(
        category,
        ListingState.UNCHECKED if shown.trouble and expected else state,
        lines,
        (expected or None) if is_short or not shown.trouble else None,
        source,
        doubtful=doubtful,
        later_is_known=reached,
        may_be_corrected=bool(shown.trouble),
    )


def _reaches_after(recent: RecentPage | None, day: date) -> bool:
    """Whether the recent papers hold everything that was announced since that day."""
    if recent is None or calendar.previous_mailing_day(recent.dates[-1]) > day:
        return False
    since = [recent.section(later) for later in recent.dates if later > day]
    return all(section is not None and section.is_whole for section in since)


def _doubtful(category: str, entries: Iterable[PageEntry], *, reached: bool) -> frozenset[str]:
    """Papers that may have come into this category on another day: not new ones of its own.

    The page joins that day's announcements with today's categories. Who came later is known where
    everything since is `reached`; then only a cross-list of that day can be one into yet another
    category, and it is none where there is no other.
    """
    return frozenset(
        entry.arxiv_id
        for entry in entries
        if (
            entry.kind is AnnouncementType.CROSS
            or not taxonomy.covers(category, entry.categories[0])
        )
        and not (
            reached
            and (
                entry.kind.is_replacement
                or all(taxonomy.covers(category, other) for other in entry.categories[1:])
            )
        )
    )


def _as_announced(
    listed: tuple[PageEntry, ...], recent: tuple[PageEntry, ...], later: set[str]
) -> tuple[PageEntry, ...]:
    """New papers and cross-lists as the recent papers say, replacements as the page says.

    What came into the category on a later day only was not replaced in it before.
    """
    announced = {entry.arxiv_id for entry in recent}
    replaced = (
        entry for entry in listed if entry.kind.is_replacement and entry.arxiv_id not in later
    )
    first = {entry.arxiv_id: entry for entry in listed if not entry.kind.is_replacement}
    # Of what it calls replaced only, the page says more than the recent papers.
    again = {entry.arxiv_id: entry for entry in listed if entry.kind.is_replacement}
    new = (
        replace(again.get(entry.arxiv_id, entry), kind=entry.kind)
        for entry in _in_order(recent, first)
    )
    return (
        *(first.get(entry.arxiv_id, entry) for entry in new),
        *(entry for entry in replaced if entry.arxiv_id not in announced),
    )


def _first_listed_after(day: date, recent: RecentPage) -> set[str]:
    """Papers that the category has since a later day."""
    return {
        entry.arxiv_id
        for section in recent.sections
        if section.day > day
        for entry in section.listed
    }


def _in_order(recent: tuple[PageEntry, ...], shown: dict[str, PageEntry]) -> list[PageEntry]:
    """The announced ones in the page's order, then those that the page calls otherwise."""
    order = {arxiv_id: place for place, arxiv_id in enumerate(shown)}
    return sorted(recent, key=lambda entry: order.get(entry.arxiv_id, len(order)))


def _of_nothing(
    category: str, shown: CatchupDay, recent: RecentPage | None, source: str
) -> CategoryListing:
    """A count of nothing is believed where arXiv announced something on a later day.

    Until then the page answers so as well, and what lies between may keep that for a week. Where
    only the recent papers of that very day agree, it is to be asked again.
    """
    section = recent.section(shown.day) if recent else None
    if section is not None and section.counted:
        raise SourceError(
            f"arXiv's page of {shown.day} counts nothing, its recent papers {section.counted}"
        )
    passed_over = recent is not None and recent.passes_over(shown.day)
    if not (shown.has_next_day or section is not None or passed_over):
        raise SourceError(f"arXiv's page of {shown.day} counts nothing, and may do so too early")
    if passed_over:
        return no_announcement(category, source)
    is_behind = shown.has_next_day or (recent is not None and recent.dates[0] > shown.day)
    return CategoryListing(
        category, ListingState.NONE, (), None, source, may_be_corrected=not is_behind
    )


def no_announcement(category: str, source: str) -> CategoryListing:
    """A day on which nobody got anything from arXiv."""
    reason = f"arXiv made no announcement that day; {source}"
    return CategoryListing(category, ListingState.NONE, (), None, reason)
