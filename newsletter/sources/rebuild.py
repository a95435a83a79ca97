"""Past mailing days, rebuilt from the dates of submission.

For days of which arXiv's own page cannot be had: it reaches 90 days back. A batch
holds, nearly, what was submitted between two deadlines
(https://info.arxiv.org/help/availability.html); moderation holds some papers back for longer, and
older papers that were cross-listed later bear no date of that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from newsletter import taxonomy
from newsletter.sources import calendar
from newsletter.sources.arxiv_api import papers_by_id, papers_found
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
from newsletter.sources.oai import Record, Records, parse_records

API_BY_DATE = f"API, by date, {NO_REPLACEMENTS}: it does not find them"
BOTH_BY_DATE = "OAI and API, by date"
OAI_BY_DATE = "OAI, by date"

_FIRST_DAY = date(1991, 8, 14)  # of arXiv
_LAST_ANNOUNCED_VERSION = 5  # later ones arXiv takes without a word
_MOST_PAGES = 20  # of one OAI set; a day of all of computer science is two or three
_PHYSICS = {
    *("astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph"),
    *("nlin", "nucl-ex", "nucl-th", "physics", "quant-ph"),
}


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
    if listing.state is not ListingState.NONE or not _had_a_batch(listing.day):
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


def ask_api(
    session: ArxivSession, api_url: str, categories: Sequence[str], day: date
) -> dict[PaperId, Paper]:
    """The papers submitted in that day's window, in the version of then.

    The API reads `lastUpdatedDate` as `submittedDate`, so that it finds no replacements.

    Raises:
        SourceError: the API refused, or did not give everything that it counts.
    """
    if not _had_a_batch(day):
        return {}
    start, end = calendar.submission_window(day)
    of_them = " OR ".join(map(_query, dict.fromkeys(categories)))
    between = f"[{start:%Y%m%d%H%M} TO {end:%Y%m%d%H%M}]"
    found = papers_found(session, api_url, f"({of_them}) AND submittedDate:{between}")
    return _of_then(session, api_url, found, (start, end))


def ask_oai(
    session: ArxivSession, oai_url: str, categories: Sequence[str], day: date
) -> dict[PaperId, Paper]:
    """The papers whose record changed around that day, in the version of then.

    Raises:
        SourceError: OAI refused, or has no end.
    """
    records = records_around(session, oai_url, categories, day)
    return papers_as_of(records, day) if records else {}


def records_around(
    session: ArxivSession, oai_url: str, categories: Sequence[str], day: date
) -> list[Record]:
    """The records that changed around that day and did not since; none where it had no batch.

    Raises:
        SourceError: OAI refused, or has no end.
    """
    found: list[Record] = []
    around = timedelta(days=1)
    for set_spec in _outermost(categories) if _had_a_batch(day) else ():
        first = {
            "verb": "ListRecords",
            "metadataPrefix": "arXivRaw",
            "from": str(day - around),
            "until": str(day + around),
            "set": _set(set_spec),
        }
        found += _all_pages(session, oai_url, first)
    return found


def papers_as_of(records: Iterable[Record], day: date) -> dict[PaperId, Paper]:
    """The papers in the versions that were the newest when that day's batch closed."""
    _, end = calendar.submission_window(day)
    papers = [record.as_of(end) for record in records]
    return {paper.id: paper for paper in papers if paper is not None}


def _had_a_batch(day: date) -> bool:
    return day > _FIRST_DAY and calendar.is_mailing_day(day) and not calendar.follows_holiday(day)


def _listing(category: str, day: date, papers: Iterable[Paper], source: str) -> Listing:
    said = []
    for paper in papers if _had_a_batch(day) else ():
        kind = _kind(category, paper, day)
        if kind is not None:
            said.append(Announcement(paper.id, kind))
    strongest: dict[str, Announcement] = {}
    for announcement in sorted(said, key=lambda told: (told.kind.rank, told.paper)):
        strongest.setdefault(announcement.paper.arxiv_id, announcement)
    state = ListingState.RECONSTRUCTED if said else ListingState.NONE
    told = source if _had_a_batch(day) else "our table of arXiv's holidays"
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


def _of_then(
    session: ArxivSession,
    api_url: str,
    found: dict[PaperId, Paper],
    between: tuple[datetime, datetime],
) -> dict[PaperId, Paper]:
    """With the first version in place of a later one, of what was new and revised since."""
    start, end = between
    since = {
        PaperId(paper.id.arxiv_id): paper.id
        for paper in found.values()
        if paper.published_at is not None
        and start <= paper.published_at < end
        and paper.updated_at is not None
        and paper.updated_at >= end
    }
    first = papers_by_id(session, api_url, sorted(since)) if since else {}
    replaced = {since[paper_id] for paper_id in first}
    return {
        paper_id: paper for paper_id, paper in found.items() if paper_id not in replaced
    } | first


def _query(category: str) -> str:
    """`cs.SD`, `cs.*` for an archive with subjects, `hep-th` for one without."""
    return f"cat:{category}.*" if _has_subjects(category) else f"cat:{category}"


def _has_subjects(category: str) -> bool:
    return any(known.startswith(f"{category}.") for known in taxonomy.CATEGORIES)


def _set(category: str) -> str:
    """OAI's name of it: group, archive, subject (`cs:cs:SD`, `physics:hep-th`, `math:math`)."""
    archive = category.partition(".")[0]
    group = "physics" if archive in _PHYSICS else archive
    return f"{group}:{category.replace('.', ':')}"


def _outermost(categories: Sequence[str]) -> list[str]:
    """Without those whose archive is asked for as well."""
    return [
        category
        for category in dict.fromkeys(categories)
        if category in taxonomy.ARCHIVES or category.partition(".")[0] not in categories
    ]


def _all_pages(session: ArxivSession, oai_url: str, first: dict[str, str]) -> list[Record]:
    found: list[Record] = []
    asked = first
    for _ in range(_MOST_PAGES):
        answer = _page(session, f"{oai_url}?{urlencode(asked)}")
        found += answer.records
        if answer.resumption_token is None:
            return found
        asked = {"verb": "ListRecords", "resumptionToken": answer.resumption_token}
    raise SourceError(f"arXiv's OAI has no end: over {_MOST_PAGES} pages of {first['set']}")


def _page(session: ArxivSession, url: str) -> Records:
    response = session.fetch(url)
    try:
        return parse_records(response.content)
    except SourceError as error:
        raise SourceError(f"OAI (HTTP {response.status_code}): {error}") from error
