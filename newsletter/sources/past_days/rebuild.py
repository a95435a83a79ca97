"""Past mailing days, rebuilt from the dates of submission.

For days of which arXiv's own page cannot be had: it reaches 90 days back. A batch
holds, nearly, what was submitted between two deadlines
(https://info.arxiv.org/help/availability.html); moderation holds some papers back for longer, and
older papers that were cross-listed later bear no date of that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from newsletter import taxonomy
from newsletter.sources import calendar
from newsletter.sources.arxiv_session import ArxivSession
from newsletter.sources.base import (
    NO_REPLACEMENTS,
    Announcement,
    AnnouncementType,
    FetchResult,
    Listing,
    ListingState,
    Paper,
    PaperId,
    SourceError,
)
from newsletter.sources.past_days.dated_records import ask_api, ask_oai, had_a_batch

API_BY_DATE = f"API, by date, {NO_REPLACEMENTS}: it does not find them"
BOTH_BY_DATE = "OAI and API, by date"
OAI_BY_DATE = "OAI, by date"

_LAST_ANNOUNCED_VERSION = 5  # later ones arXiv takes without a word


def rebuild_day(
    categories: Sequence[str],
    day: date,
    papers: Mapping[PaperId, Paper],
    source: str = API_BY_DATE,
) -> tuple[Listing, ...]:
    """One listing a category: what the dates of these papers say was announced that day."""
    return tuple(
        _listing(category, day, papers.values(), source) for category in dict.fromkeys(categories)
    )


def unless_unproven(listing: Listing) -> Listing:
    """The listing, unless it says that nothing was announced since no paper bears its dates."""
    if listing.state is not ListingState.NONE or not had_a_batch(listing.day):
        return listing
    source = f"{listing.source}, which finds nothing; that is no proof"
    return replace(listing, state=ListingState.UNREACHABLE, source=source)


def by_date(
    session: ArxivSession, oai_url: str, api_url: str, categories: Sequence[str], day: date
) -> FetchResult:
    """That day and its papers, by the dates that OAI and the API state.

    OAI finds replacements, and loses what was replaced again since; the API finds all that was
    new, and since November 2025 no replacements. Where one of them fails, the other speaks alone.

    Raises:
        SourceError: both failed, and why.
    """
    papers: dict[PaperId, Paper] = {}
    failed: list[str] = []
    source = BOTH_BY_DATE
    try:
        papers |= ask_oai(session, oai_url, categories, day)
    except SourceError as error:
        failed.append(str(error))
        source = API_BY_DATE
    try:
        found = ask_api(session, api_url, categories, day)
    except SourceError as error:
        failed.append(str(error))
        source = OAI_BY_DATE
    else:
        told = {paper_id.arxiv_id for paper_id in papers}
        papers |= {
            paper_id: paper for paper_id, paper in found.items() if paper_id.arxiv_id not in told
        }
    if len(failed) > 1:
        raise SourceError("; ".join(failed))
    return listings_from_papers(rebuild_day(categories, day, papers, source), papers)


def listings_from_papers(
    listings: Sequence[Listing], papers: Mapping[PaperId, Paper]
) -> FetchResult:
    """The listings with the papers that stand in them."""
    ids = {announcement.paper for listing in listings for announcement in listing.announcements}
    return FetchResult(tuple(listings), {paper_id: papers[paper_id] for paper_id in sorted(ids)})


def _listing(category: str, day: date, papers: Iterable[Paper], source: str) -> Listing:
    said = []
    for paper in papers if had_a_batch(day) else ():
        kind = _kind(category, paper, day)
        if kind is not None:
            said.append(Announcement(paper.id, kind))
    strongest: dict[str, Announcement] = {}
    for announcement in sorted(said, key=lambda told: (told.kind.rank, told.paper)):
        strongest.setdefault(announcement.paper.arxiv_id, announcement)
    state = ListingState.RECONSTRUCTED if said else ListingState.NONE
    told = source if had_a_batch(day) else "our table of arXiv's holidays"
    return Listing(day, category, state, tuple(strongest.values()), told)


def _kind(category: str, paper: Paper, day: date) -> AnnouncementType | None:
    """As what it was announced in a category that day, if it was."""
    if not any(taxonomy.covers(category, own) for own in paper.categories):
        return None
    start, end = calendar.submission_window(day)
    primary = taxonomy.covers(category, paper.categories[0])
    if paper.published_at is not None and start <= paper.published_at < end:
        return AnnouncementType.NEW if primary else AnnouncementType.CROSS
    revised = paper.updated_at is not None and start <= paper.updated_at < end
    if revised and 1 < paper.id.version <= _LAST_ANNOUNCED_VERSION:
        return AnnouncementType.REPLACE if primary else AnnouncementType.REPLACE_CROSS
    return None
