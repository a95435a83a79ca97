"""arXiv's dated pages, asked for: past days, and the days on which there was an announcement."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import requests

from newsletter import taxonomy
from newsletter.sources import calendar
from newsletter.sources.base import (
    DATED_PAGE,
    NO_REPLACEMENTS,
    RECENT_PAPERS,
    AnnouncementType,
    ListingState,
    SourceError,
)
from newsletter.sources.catchup_page import (
    CatchupDay,
    catchup_category,
    parse_catchup_page,
    read_catchup_day,
)
from newsletter.sources.http.get import forget, get, keep
from newsletter.sources.listing_page import PageEntry, category_of, refuse_another
from newsletter.sources.listing_status import CategoryListing, ListingEntry
from newsletter.sources.recent_page import RecentPage, parse_recent_page
from newsletter.text import counted


class PageRefusedError(SourceError):
    """arXiv has no such page, and asking again would not change that."""


class DatedPages:
    """What arXiv's pages say of a past day; the recent papers of a category are asked for once."""

    def __init__(
        self,
        session: requests.Session,
        catchup_url: str,
        recent_url: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._session = session
        self._catchup_url = catchup_url
        self._recent_url = recent_url
        self._clock = clock
        self._newest = date.min
        self._recent: dict[str, RecentPage | None] = {}

    def listing(self, category: str, day: date, *, recent: bool = True) -> CategoryListing:
        """What arXiv's page of that day says of a category.

        A page of today's categories shows a late cross-list on the paper's first day as well;
        `recent` asks the recent papers, which know better and reach five announcements back.

        Raises:
            PageRefusedError: arXiv has none of that day (any more).
            SourceError: it cannot be had, or it counts nothing and nobody confirms that.
        """
        source = f"{DATED_PAGE}, read on {self._now():%Y-%m-%d}"
        if self.has_no_batch(day):
            return no_announcement(category, RECENT_PAPERS)
        try:
            shown, pages = self._catchup_day(category, day)
        except SourceError:
            latest = self.recent(category, anew=False) if recent else None
            if latest is not None and latest.passes_over(day):
                return no_announcement(category, RECENT_PAPERS)
            raise
        latest = self.recent(category, anew=False) if recent else None
        said = dated_listing(category, shown, latest, source)
        if shown.has_next_day and day < self.newest_day() and not (said.is_short or shown.trouble):
            for page in pages:
                keep(self._session, page)
        return said

    def pages_of(self, categories: Sequence[str], day: date) -> int:
        """How many pages a day of these takes: one each; of a past day recent papers as well."""
        kept = self._kept()
        if self.has_no_batch(day):
            return 0
        is_recent = timedelta(0) < self._newest - day <= calendar.RECENT_REACH
        unread = [category for category in categories if category not in kept]
        return len(categories) + (len(unread) if is_recent else 0)

    def recent(self, category: str, *, anew: bool = True) -> RecentPage | None:
        """The recent papers of a category; None where they cannot be had.

        For past days, not `anew`, one request a day is enough for all processes of this machine.
        """
        kept = self._kept()
        if category not in kept:
            try:
                kept[category] = self._recent_page(category, anew=anew)
            except SourceError:
                kept[category] = None
        return kept[category]

    def any_recent(self, category: str) -> RecentPage | None:
        """A page of recent papers for its dates, which are the same on every category's."""
        kept = next((page for page in self._kept().values() if page is not None), None)
        return kept or self.recent(category)

    def recent_listing(self, category: str, day: date) -> CategoryListing | None:
        """A day's new papers and cross-lists by the recent papers; None where they list none."""
        recent = self.recent(category, anew=False)
        section = recent.section(day) if recent else None
        if section is None or not section.listed or not section.is_whole:
            return None
        lines = tuple(map(ListingEntry.of, section.listed))
        source = f"{RECENT_PAPERS}, {NO_REPLACEMENTS}: they name none"
        return CategoryListing(category, ListingState.RECONSTRUCTED, lines, None, source)

    def newest_day(self) -> date:
        """The newest day that clock and calendar know of, holidays aside."""
        return calendar.newest_day(self._now())

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def _kept(self) -> dict[str, RecentPage | None]:
        """What is known of the recent papers, until there may be others."""
        newest = self.newest_day()
        if newest != self._newest:
            self._newest, self._recent = newest, {}
        return self._recent

    def has_no_batch(self, day: date) -> bool:
        """Whether a page that was asked for already shows that arXiv announced nothing that day."""
        return any(page.passes_over(day) for page in self._kept().values() if page is not None)

    def _recent_page(self, category: str, *, anew: bool) -> RecentPage:
        newest = self.newest_day()
        url = self._recent_url.format(category=category)
        response = get(self._session, url, None if anew else calendar.announced_at(newest))
        if not response.ok:
            raise SourceError(f"the recent papers were refused with HTTP {response.status_code}")
        page = parse_recent_page(response.content, category)
        try:
            refuse_another(category_of(response.content), category)
        except SourceError:
            forget(self._session, response)
            raise
        if newest > page.dates[0] or not all(section.is_whole for section in page.sections):
            forget(self._session, response)
        else:
            keep(self._session, response)
        return page

    def _catchup_day(self, category: str, day: date) -> tuple[CatchupDay, list[requests.Response]]:
        """That day over all its pages; one that has to be asked for again is asked for anew."""
        answers: dict[int, requests.Response] = {}

        def ask(page: int) -> bytes:
            if page in answers:
                forget(self._session, answers[page])
            answers[page] = self._catchup_page(category, day, page)
            return answers[page].content

        return read_catchup_day(ask, category, day), list(answers.values())

    def _catchup_page(self, category: str, day: date, page: int) -> requests.Response:
        url = self._catchup_url.format(category=category, day=day, page=page)
        response = get(self._session, url, calendar.announced_at(self.newest_day()))
        if not response.ok:  # what may be over in a while was tried again, and raised
            why = _refusal(response.content, category)
            raise PageRefusedError(f"arXiv's page of {day} (HTTP {response.status_code}){why}")
        refuse_another(catchup_category(response.content), category)
        return response


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
        may_heal=bool(shown.trouble),
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
    return CategoryListing(category, ListingState.NONE, (), None, source, may_heal=not is_behind)


def no_announcement(category: str, source: str) -> CategoryListing:
    """A day on which nobody got anything from arXiv."""
    reason = f"arXiv made no announcement that day; {source}"
    return CategoryListing(category, ListingState.NONE, (), None, reason)


def _refusal(content: bytes, category: str) -> str:
    """ArXiv's own words, where it has any."""
    try:
        parse_catchup_page(content, category)
    except SourceError as error:
        return f": {error}" if "Invalid date" in str(error) else ""
    return ""
