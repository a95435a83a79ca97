"""Asks the source for a day, says how long that takes, and remembers what could not be had."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from newsletter import announcements, completeness, papers
from newsletter.config import NewsletterSettings
from newsletter.models import ListingRow
from newsletter.services import Services
from newsletter.sources.base import (
    FetchResult,
    Listing,
    NoNetworkError,
    SourceError,
)


class FetchedDay(NamedTuple):
    rows: list[ListingRow]  # what is known of it now
    left_out: Sequence[Listing]  # what was told just now, and says less than is known


def fetch(
    services: Services, newsletter: NewsletterSettings, day: date, *, again: bool = False
) -> FetchedDay:
    """Ask the source for what is not known of that day yet, or for all of it, and keep it.

    A day that was asked for in vain is written down, so that a later run makes up for it.

    Raises:
        SourceError: nothing could be learned at all.
        NoNetworkError: nobody could be asked.
    """
    with services.database.read() as session:
        known = papers.listings(session, day, newsletter.categories)
    newest = services.source.current_day(services.clock())
    good = {row.category for row in known if completeness.is_known(row, newest)}
    missing = [category for category in newsletter.categories if again or category not in good]
    left_out: Sequence[Listing] = ()
    if missing:
        services.source.forget_pages(row.category for row in known if _lacks_lines(row))
        try:
            fetched = _ask(services, missing, day)
        except (SourceError, NoNetworkError) as error:
            with services.database.write.begin() as session:
                now = services.clock()
                announcements.store_in_vain(session, missing, day, str(error), now)
            raise
        with services.database.write.begin() as session:
            left_out = announcements.store_fetched(session, fetched, services.clock())
            known = papers.listings(session, day, newsletter.categories)
    return FetchedDay(known, left_out)


def _lacks_lines(row: ListingRow) -> bool:
    """Whether arXiv counted papers that no page has named yet."""
    return row.found + len(row.missing) < (row.expected or 0)


def _ask(services: Services, categories: Sequence[str], day: date) -> FetchResult:
    """Ask with a bar, which moves on with every category but the last: its papers come then."""
    with services.database.read() as session:
        described = papers.known_papers(session, day)
    source, total = services.source, len(categories)
    pages = source.pages_of(categories, day)
    done = 0
    with services.bar(f"asking arXiv{_duration(services, pages)}", total) as step:

        def progress() -> None:
            nonlocal done
            if done < total - 1:
                done += 1
                step(1)

        source.tell_progress(progress)
        fetched = source.fetch(categories, day, described)
        step(total - done)
    return fetched


def _duration(services: Services, pages: int) -> str:
    """How long so many pages take at arXiv's pace, where that is worth a word."""
    minutes = round(pages * services.page_interval / timedelta(minutes=1))
    return f", about {minutes} min" if minutes else ""
