"""A past day, exact, from arXiv's own page of it; what cannot be had from there is rebuilt."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from newsletter.sources import calendar
from newsletter.sources.base import (
    AnnouncementType,
    FetchResult,
    Listing,
    ListingState,
    Paper,
    PaperId,
    SourceError,
)
from newsletter.sources.listing_status import (
    CategoryListing,
    ListingEntry,
    judge_listing,
    with_html,
)
from newsletter.sources.oai import Record
from newsletter.sources.past_days import rebuild
from newsletter.sources.past_days.dated_pages import PageRefusedError
from newsletter.text import counted

Named = Callable[[Sequence[str]], dict[str, Paper]]  # what the API knows of those named

_MOST_ROUNDS = 12  # a version back each; arXiv announces no later one than the fifth


def papers_of_then(
    named: Named,
    lines: Iterable[ListingEntry],
    known: Mapping[str, Paper],
    day: date,
    *,
    may_be_late: bool,
) -> tuple[dict[str, Paper], str]:
    """By identifier: the listed papers in the versions of that day, and why some are lacking.

    A paper that was new is in its first version, another in the newest that was submitted before
    that day's deadline. Where the API leaves that version out, no later one stands in for it. Where
    it `may_be_late`, a replacement that it may not know yet is lacking.
    """
    wanted = {line.arxiv_id: line for line in lines}
    found = {
        line.arxiv_id: known[line.arxiv_id]
        for line in wanted.values()
        if line.arxiv_id in known and line.fits(known[line.arxiv_id])
    }
    asked = [line.arxiv_id for line in wanted.values() if line.arxiv_id not in found]
    between = calendar.submission_window(day)
    then: dict[str, Paper] = {}
    trouble = ""
    try:
        then = {
            paper.id.arxiv_id: paper
            for paper in (named(asked).values() if asked else ())
            if not (may_be_late and _is_outdated(wanted.get(paper.id.arxiv_id), paper, day))
        }
        _take_back(named, then, wanted, between)
    except SourceError as error:
        trouble = f"the API failed: {error.brief}"
    return found | _fitting(then, wanted, between), trouble


def dated_by_oai(
    named: Named,
    records: Iterable[Record],
    lines: Iterable[ListingEntry],
    day: date,
) -> dict[str, Paper]:
    """By identifier: listed papers in the version that OAI dates before that day's deadline.

    OAI is never a day late, and dates what moderation held back. It has the words of the newest
    version only; those of an earlier one are the API's.
    """
    wanted = {line.arxiv_id: line for line in lines}
    _, end = calendar.submission_window(day)
    dated = {
        paper.id: (paper, record)
        for record in records
        if record.paper.id.arxiv_id in wanted and (paper := record.as_of(end)) is not None
    }
    try:
        answered = named(list(map(str, dated))) if dated else {}
    except SourceError:
        answered = {}
    found: dict[str, Paper] = {}
    for paper_id, (paper, record) in dated.items():
        line = wanted[paper_id.arxiv_id]
        own = paper if paper_id == record.paper.id else None
        then = answered.get(str(paper_id)) or own
        if then is not None and line.fits(then):
            found[paper_id.arxiv_id] = line.with_comment(then)
    return found


def without_later(
    papers: Mapping[str, Paper], lines: Iterable[ListingEntry], day: date
) -> dict[str, Paper]:
    """The papers but for those listed that day which are in a version of a later one."""
    between = calendar.submission_window(day)
    later = {
        line.arxiv_id
        for line in lines
        if line.arxiv_id in papers and _earlier(line, papers[line.arxiv_id], between) is not None
    }
    return {arxiv_id: paper for arxiv_id, paper in papers.items() if arxiv_id not in later}


def judged(
    said: Sequence[CategoryListing], day: date, papers: dict[str, Paper], trouble: str
) -> FetchResult:
    """The listings with their verdicts, and the papers that stand in them."""
    papers = with_html(said, papers)
    start, _ = calendar.submission_window(day)
    certain = [_without_first_days(listing, papers, start) for listing in said]
    listings = [judge_listing(listing, day, papers, trouble) for listing in certain]
    ids = {announcement.paper for listing in listings for announcement in listing.announcements}
    return FetchResult(
        tuple(listings), {paper.id: paper for paper in papers.values() if paper.id in ids}
    )


def _without_first_days(
    listing: CategoryListing, papers: Mapping[str, Paper], start: datetime
) -> CategoryListing:
    """A paper that was submitted for that very day was no cross-list of an earlier one."""
    if not listing.later_is_known:
        return listing
    first = {
        arxiv_id
        for arxiv_id in listing.doubtful & papers.keys()
        if (published_at := papers[arxiv_id].published_at) and published_at >= start
    }
    return replace(listing, doubtful=listing.doubtful - first)


def with_rebuilt(
    exact: FetchResult, rebuilt: FetchResult, why: Mapping[str, SourceError]
) -> FetchResult:
    """The exact listings, and for the other categories those rebuilt, which say why they are.

    That dates find nothing is no proof that nothing was announced.
    """
    listings = [_because(listing, why[listing.category]) for listing in rebuilt.listings]
    return FetchResult((*exact.listings, *listings), rebuilt.papers | exact.papers)


def instead(rebuilt: FetchResult, better: FetchResult) -> FetchResult:
    """The listings of the second where it has one of a category, else those of the first."""
    told = {listing.category: listing for listing in better.listings}
    listings = tuple(told.get(listing.category, listing) for listing in rebuilt.listings)
    return FetchResult(listings, rebuilt.papers | better.papers)


def filled_in(listing: Listing, rebuilt: Listing) -> Listing:
    """A listing that lacks lines which arXiv counted, with whom the dates name beyond it."""
    known = {announcement.paper.arxiv_id for announcement in listing.announcements}
    known |= {PaperId.read(name, 1).arxiv_id for name in listing.missing}
    more = [
        announcement
        for announcement in rebuilt.announcements
        if announcement.paper.arxiv_id not in known
    ]
    if not more:
        return listing
    announcements = (*listing.announcements, *more)
    is_short = bool(listing.missing) or len(announcements) < (listing.expected or 0)
    return replace(
        listing,
        state=ListingState.PARTIAL if is_short else ListingState.RECONSTRUCTED,
        announcements=announcements,
        source=f"{listing.source}; {counted(len(more), 'paper')} by {rebuilt.source}",
        may_be_corrected=True,
    )


def unreachable(categories: Iterable[str], day: date, trouble: str) -> FetchResult:
    """Categories of which nothing at all could be learned."""
    return FetchResult(
        tuple(
            Listing(day, category, ListingState.UNREACHABLE, (), trouble) for category in categories
        )
    )


def _because(listing: Listing, error: SourceError) -> Listing:
    state = listing.state
    source = listing.source
    if state is ListingState.NONE and not calendar.follows_holiday(listing.day):
        both = source == rebuild.BOTH_BY_DATE
        state = ListingState.RECONSTRUCTED if both else ListingState.UNREACHABLE
        source = f"{source}, which find nothing; that is no proof" if both else source
    may_be_corrected = not isinstance(error, PageRefusedError)
    why = (
        f"arXiv's page of that day fails for now: {error.brief}"
        if may_be_corrected
        else error.brief
    )
    source = f"{source}; {why}" if why else source
    return replace(listing, state=state, source=source, may_be_corrected=may_be_corrected)


def _is_outdated(line: ListingEntry | None, paper: Paper, day: date) -> bool:
    return line is not None and line.kind.is_replacement and line.may_be_newer(paper, day)


def _take_back(
    named: Named,
    then: dict[str, Paper],
    wanted: Mapping[str, ListingEntry],
    between: tuple[datetime, datetime],
) -> None:
    """Put earlier versions of papers that were revised since in place, one back at a time.

    Raises:
        SourceError: the API failed; what was had until then is in place.
    """
    revised = dict(then)
    for _ in range(_MOST_ROUNDS):
        versions = {
            arxiv_id: version
            for arxiv_id, paper in revised.items()
            if (version := _earlier(wanted.get(arxiv_id), paper, between)) is not None
        }
        if not versions:
            break
        earlier = named([f"{arxiv_id}v{version}" for arxiv_id, version in versions.items()])
        revised = {paper.id.arxiv_id: paper for paper in earlier.values()}
        then |= revised


def _earlier(
    line: ListingEntry | None, paper: Paper, between: tuple[datetime, datetime]
) -> int | None:
    """The version to ask for instead; None where this one is that day's."""
    start, end = between
    if line is None:
        return None
    first = 2 if line.kind.is_replacement else 1
    if paper.id.version <= first:
        return None
    was_new = paper.published_at is not None and start <= paper.published_at < end
    if line.kind is AnnouncementType.NEW or (was_new and not line.kind.is_replacement):
        return 1
    if paper.updated_at is None or paper.updated_at < end:
        return None
    return paper.id.version - 1


def _fitting(
    papers: Mapping[str, Paper],
    wanted: Mapping[str, ListingEntry],
    between: tuple[datetime, datetime],
) -> dict[str, Paper]:
    """Those in the version of that day."""
    return {
        arxiv_id: paper
        for arxiv_id, paper in papers.items()
        if (line := wanted.get(arxiv_id))
        and line.fits(paper)
        and _earlier(line, paper, between) is None
    }
