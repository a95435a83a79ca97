"""arXiv's dated pages, asked for: past days, and the days on which there was an announcement."""

from collections.abc import Sequence
from datetime import date, timedelta

import requests

from newsletter.sources import calendar
from newsletter.sources.arxiv_pages.catchup_page import (
    CatchupDay,
    catchup_category,
    parse_catchup_page,
    read_catchup_day,
)
from newsletter.sources.arxiv_pages.listing_page import category_of, refuse_another
from newsletter.sources.arxiv_pages.recent_page import RecentPage, parse_recent_page
from newsletter.sources.arxiv_session import ArxivSession
from newsletter.sources.base import (
    DATED_PAGE,
    NO_REPLACEMENTS,
    RECENT_PAPERS,
    ListingState,
    SourceError,
)
from newsletter.sources.listing_status import CategoryListing, ListingEntry
from newsletter.sources.past_days.dated_listing import dated_listing, no_announcement


class PageRefusedError(SourceError):
    """arXiv has no such page, and asking again would not change that."""


class DatedPages:
    """arXiv's pages of a past day; the recent papers of a category are asked for once."""

    def __init__(self, session: ArxivSession, catchup_url: str, recent_url: str) -> None:
        self._session = session
        self._catchup_url = catchup_url
        self._recent_url = recent_url
        self._newest = date.min
        self._recent: dict[str, RecentPage | None] = {}

    def listing(self, category: str, day: date, *, recent: bool = True) -> CategoryListing:
        """The category's listing by arXiv's page of that day.

        A page of today's categories shows a late cross-list on the paper's first day as well;
        `recent` asks the recent papers, which know better and reach five announcements back.

        Raises:
            PageRefusedError: arXiv has none of that day (any more).
            SourceError: it cannot be had, or it counts nothing and nobody confirms that.
        """
        source = f"{DATED_PAGE}, read on {self._session.now():%Y-%m-%d}"
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
                self._session.keep(page, calendar.next_announced_at(self.newest_day()))
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
        return calendar.newest_day(self._session.now())

    def _kept(self) -> dict[str, RecentPage | None]:
        """The recent papers as they were read, until there may be others."""
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
        response = self._session.fetch(url, anew=anew)
        if not response.ok:
            raise SourceError(f"the recent papers were refused with HTTP {response.status_code}")
        page = parse_recent_page(response.content, category)
        try:
            refuse_another(category_of(response.content), category)
        except SourceError:
            self._session.forget(response)
            raise
        if newest > page.dates[0] or not all(section.is_whole for section in page.sections):
            self._session.forget(response)
        else:
            self._session.keep(response, calendar.next_announced_at(newest))
        return page

    def _catchup_day(self, category: str, day: date) -> tuple[CatchupDay, list[requests.Response]]:
        """That day over all its pages; one that has to be asked for again is asked for anew."""
        answers: dict[int, requests.Response] = {}

        def ask(page: int) -> bytes:
            if page in answers:
                self._session.forget(answers[page])
            answers[page] = self._catchup_page(category, day, page)
            return answers[page].content

        return read_catchup_day(ask, category, day), list(answers.values())

    def _catchup_page(self, category: str, day: date, page: int) -> requests.Response:
        url = self._catchup_url.format(category=category, day=day, page=page)
        response = self._session.fetch(url)
        if not response.ok:  # what may be over in a while was tried again, and raised
            why = _refusal(response.content, category)
            raise PageRefusedError(f"arXiv's page of {day} (HTTP {response.status_code}){why}")
        refuse_another(catchup_category(response.content), category)
        return response


def _refusal(content: bytes, category: str) -> str:
    """ArXiv's own words, where it has any."""
    try:
        parse_catchup_page(content, category)
    except SourceError as error:
        return f": {error}" if "Invalid date" in str(error) else ""
    return ""
