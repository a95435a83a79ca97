"""Writes the answers of sources down: papers, announcements, verdicts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from newsletter import papers
from newsletter.database.missing_rows import insert_missing
from newsletter.models import AnnouncementRow, IssueEntryRow, ListingRow, SummaryRow
from newsletter.sources import calendar
from newsletter.sources.base import (
    DATED_PAGE,
    Announcement,
    AnnouncementType,
    FetchResult,
    Listing,
    ListingState,
    Paper,
    PaperId,
)

_NOTHING_LEARNED = (ListingState.STALE, ListingState.UNREACHABLE)
_NAMED = (ListingState.UNCHECKED, ListingState.NONE)  # by arXiv, though it counts nothing
_WITHOUT_COUNT = (ListingState.UNCHECKED, ListingState.RECONSTRUCTED)
_LACKING = (ListingState.PARTIAL, ListingState.RECONSTRUCTED)  # since when matters, not asked when


def store_fetched(session: Session, fetched: FetchResult, now: datetime) -> list[Listing]:
    """Keep a source's answer, except for listings that say less than is known.

    Returns:
        Those listings.
    """
    _keep_papers(session, fetched.papers)
    left_out = []
    for listing in fetched.listings:
        checked = _without_doubt(session, _unless_repeated(session, listing))
        if not _keep_listing(session, checked, now):
            left_out.append(checked)
    rows = [
        {
            "arxiv_id": summary.paper.arxiv_id,
            "version": summary.paper.version,
            "language": summary.language,
            "summarizer": summary.made_by,
            "text": summary.text,
            "made_at": now,
        }
        for summary in fetched.summaries
    ]
    insert_missing(session, SummaryRow, rows)
    return left_out


def store_in_vain(
    session: Session, categories: Iterable[str], day: date, why: str, now: datetime
) -> None:
    """Remember a day that was asked for, and of which nothing could be learned."""
    listings = [
        Listing(day, category, ListingState.UNREACHABLE, (), why) for category in categories
    ]
    store_fetched(session, FetchResult(tuple(listings)), now)


def _keep_papers(session: Session, described: dict[PaperId, Paper]) -> None:
    """Keep what is new; what an issue holds stands, and a feed's few words never replace more."""
    stored = papers.by_id(session, described)
    frozen = _frozen(session, described)
    for paper in described.values():
        old = stored.get(paper.id)
        poorer = old is not None and old.updated_at is not None and paper.updated_at is None
        if paper.id not in frozen and not poorer:
            has_html = paper.has_html or (old is not None and old.has_html)
            session.merge(papers.row_of(replace(paper, has_html=has_html)))
    session.flush()


def _frozen(session: Session, described: Iterable[PaperId]) -> set[PaperId]:
    """The papers of these that an issue holds."""
    ids = [paper.arxiv_id for paper in described]
    frozen: set[PaperId] = set()
    for part in papers.in_parts(ids):
        rows = session.execute(
            select(IssueEntryRow.arxiv_id, IssueEntryRow.version).where(
                IssueEntryRow.arxiv_id.in_(part)
            )
        )
        frozen |= {PaperId(row.arxiv_id, row.version) for row in rows}
    return frozen


def _unless_repeated(session: Session, listing: Listing) -> Listing:
    """A batch that holds nothing but an earlier day's papers is that day's, whatever its date.

    Pages and feeds have borne a fresh date over an old batch; no version is announced twice in a
    category.
    """
    versions = {
        (announcement.paper.arxiv_id, announcement.paper.version)
        for announcement in listing.announcements
    }
    earlier = session.scalar(
        select(func.max(AnnouncementRow.day)).where(
            AnnouncementRow.category == listing.category, AnnouncementRow.day < listing.day
        )
    )
    of_past = listing.source.startswith(DATED_PAGE) or listing.state is ListingState.RECONSTRUCTED
    if not versions or earlier is None or of_past:
        return listing
    rows = session.execute(
        select(AnnouncementRow.arxiv_id, AnnouncementRow.version).where(
            AnnouncementRow.category == listing.category, AnnouncementRow.day == earlier
        )
    )
    if not versions <= {(row.arxiv_id, row.version) for row in rows}:
        return listing
    source = f"{listing.source}, but with the batch of {earlier}"
    return Listing(listing.day, listing.category, ListingState.STALE, (), source)


def _without_doubt(session: Session, listing: Listing) -> Listing:
    """The listing without papers that came into its category on another day, as far as we know.

    A paper that the category had before, or first had later, was cross-listed on another day. One
    that it first had later cannot have been replaced in it before. The rest stays doubtful.
    """
    if not listing.doubtful:
        return listing
    first = _first_days(session, listing)

    def stays(announcement: Announcement) -> bool:
        listed_on = first.get(announcement.paper.arxiv_id, listing.day)
        was_there = announcement.kind.is_replacement and listed_on < listing.day
        return listed_on == listing.day or was_there

    announcements = tuple(filter(stays, listing.announcements))
    left = tuple(sorted(set(listing.doubtful) - first.keys()))
    gone = len(listing.announcements) - len(announcements)
    return replace(
        listing,
        announcements=announcements,
        doubtful=left,
        expected=None if listing.expected is None else listing.expected - gone,
    )


def _first_days(session: Session, listing: Listing) -> dict[str, date]:
    """When doubtful papers first came into the category, by other days that leave no doubt."""
    rows = session.execute(
        select(AnnouncementRow.arxiv_id, func.min(AnnouncementRow.day))
        .join(
            ListingRow,
            and_(
                ListingRow.day == AnnouncementRow.day,
                ListingRow.category == AnnouncementRow.category,
            ),
        )
        .where(
            AnnouncementRow.category == listing.category,
            AnnouncementRow.day != listing.day,
            AnnouncementRow.arxiv_id.in_(listing.doubtful),
            AnnouncementRow.kind.in_([AnnouncementType.NEW, AnnouncementType.CROSS]),
            ListingRow.state == ListingState.COMPLETE,
            ListingRow.in_doubt == 0,
        )
        .group_by(AnnouncementRow.arxiv_id)
    )
    return dict(rows.all())


def _keep_listing(session: Session, listing: Listing, now: datetime) -> bool:
    """Whether it is kept, which it is unless what is known says more."""
    old = session.get(ListingRow, (listing.day, listing.category))
    if old is not None and _says_less(listing, old, now):
        old.may_be_corrected = old.may_be_corrected and listing.may_be_corrected
        if listing.day >= calendar.newest_day(now):
            _doubt_count(old, listing, now)
        return False
    known = papers.by_id(session, (announcement.paper for announcement in listing.announcements))
    lost = [
        str(announcement.paper)
        for announcement in listing.announcements
        if announcement.paper not in known
    ]
    found = len(listing.announcements) - len(lost)
    state = ListingState.PARTIAL if lost else listing.state
    expected, missing = listing.expected, [*listing.missing, *lost]
    if old is not None and listing.state in _WITHOUT_COUNT:
        expected = old.expected or None  # what arXiv counted stands, and so does what it named
        there = {announcement.paper.arxiv_id for announcement in listing.announcements}
        missing += [name for name in old.missing if PaperId.read(name, 1).arxiv_id not in there]
        if state is ListingState.UNCHECKED and (missing or found < (expected or 0)):
            state = ListingState.PARTIAL
    since = old.fetched_at if old is not None and old.state == state in _LACKING else now
    in_doubt = len(listing.doubtful)
    doubt = f"; {in_doubt} of its papers may have been cross-listed on another day"
    session.merge(
        ListingRow(
            day=listing.day,
            category=listing.category,
            state=state,
            expected=expected,
            found=found,
            missing=missing,
            source=listing.source + (doubt if in_doubt else ""),
            in_doubt=in_doubt,
            may_be_corrected=listing.may_be_corrected,
            fetched_at=since,
        )
    )
    _keep_announcements(session, listing)
    return True


def _doubt_count(old: ListingRow, listing: Listing, now: datetime) -> None:
    """Where arXiv counts more than is kept, what is kept is a part, until arXiv agrees with it."""
    if (listing.expected or 0) > (old.expected or old.found):
        old.fetched_at = old.fetched_at if old.state in _LACKING else now
        old.state, old.expected = ListingState.PARTIAL, listing.expected


def _says_less(listing: Listing, old: ListingRow, now: datetime) -> bool:
    """Whether the kept listing is better.

    A complete one stays, unless another complete one says more. Dates give back less than arXiv's
    announcement by name.
    """
    number = len(listing.announcements)
    rebuilt = listing.state is ListingState.RECONSTRUCTED
    if old.state == ListingState.NONE:
        is_past = listing.day < calendar.newest_day(now)
        less = _NOTHING_LEARNED if is_past else (ListingState.UNREACHABLE,)
        return listing.state in less or (is_past and rebuilt and not number)
    if listing.state in _NOTHING_LEARNED:
        return bool(old.found or old.expected)
    if old.state == ListingState.COMPLETE:
        is_as_good = (len(listing.doubtful), -number) <= (old.in_doubt, -old.found)
        return listing.state is not ListingState.COMPLETE or not is_as_good
    if rebuilt and old.found and old.state in {ListingState.PARTIAL, ListingState.UNCHECKED}:
        return old.state == ListingState.UNCHECKED or number <= old.found
    was_rebuilt = old.state == ListingState.RECONSTRUCTED
    if listing.state is ListingState.COMPLETE or (was_rebuilt and listing.state in _NAMED):
        return False
    return number < old.found


def _keep_announcements(session: Session, listing: Listing) -> None:
    session.execute(
        delete(AnnouncementRow).where(
            AnnouncementRow.day == listing.day, AnnouncementRow.category == listing.category
        )
    )
    session.add_all(
        AnnouncementRow(
            day=listing.day,
            category=listing.category,
            arxiv_id=announcement.paper.arxiv_id,
            version=announcement.paper.version,
            kind=announcement.kind,
        )
        for announcement in listing.announcements
    )
    session.flush()
