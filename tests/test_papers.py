"""What sources announced, kept in a real database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from newsletter import announcements, papers
from newsletter.database import db, schema
from newsletter.database.db import Database
from newsletter.models import (
    AnnouncementRow,
    IssueEntryRow,
    IssueRow,
    IssueState,
    ListingRow,
    PaperRow,
    SummaryRow,
)
from newsletter.sources.base import (
    Announcement,
    AnnouncementType,
    FetchResult,
    Listing,
    ListingState,
    Paper,
    PaperId,
    ShippedSummary,
)
from newsletter.sources.bundled import CATEGORIES, DAY, BundledDay

NOW = datetime(2025, 7, 11, 6, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    opened = db.connect("sqlite:///papers.db", tmp_path)
    schema.upgrade(opened)
    yield opened
    opened.dispose()


def paper(arxiv_id: str = "2507.07270", version: int = 1, **fields: Any) -> Paper:  # noqa: ANN401 - any field
    told = Paper(
        id=PaperId(arxiv_id, version),
        title="A title",
        abstract="One.\nTwo.",
        authors=("Ada L",),
        categories=("cs.SD", "eess.AS"),
        comment="5 pages",
        updated_at=datetime(2025, 7, 10, 12, tzinfo=UTC),
    )
    return replace(told, **fields)


def listing(
    category: str,
    *announced: tuple[Paper, AnnouncementType],
    state: ListingState = ListingState.UNCHECKED,
    day: date = DAY,
) -> Listing:
    announcements = tuple(Announcement(each.id, kind) for each, kind in announced)
    return Listing(day, category, state, announcements, "the test")


def keep(store: Database, fetched: FetchResult, now: datetime = NOW) -> None:
    with store.write.begin() as session:
        announcements.store_fetched(session, fetched, now)


def day_of(*listings: Listing, told: tuple[Paper, ...] = (paper(),)) -> FetchResult:
    return FetchResult(listings, {each.id: each for each in told})


def everything(store: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of what a source fills."""
    with store.read() as session:
        return {
            table.__tablename__: sorted(
                map(tuple, session.execute(select(*table.__table__.columns))), key=repr
            )
            for table in (PaperRow, AnnouncementRow, ListingRow, SummaryRow)
        }


def announced(store: Database, *categories: str) -> list[tuple[str, AnnouncementType]]:
    with store.read() as session:
        found = papers.announced_papers(session, DAY, categories)
    return [(str(each.paper.id), each.kind) for each in found]


def freeze(store: Database, frozen: Paper) -> None:
    with store.write.begin() as session:
        issue = IssueRow(
            newsletter="audio",
            day=DAY,
            title="Audio",
            language="en",
            categories=["cs.SD"],
            notes={},
            state=IssueState.FROZEN,
            frozen_at=NOW,
        )
        session.add(issue)
        session.flush()
        session.add(
            IssueEntryRow(
                issue_id=issue.id,
                position=1,
                section="new",
                arxiv_id=frozen.id.arxiv_id,
                version=frozen.id.version,
                summary="",
                summarizer="",
                summary_language="en",
            )
        )


def kept(store: Database, wanted: PaperId) -> Paper:
    with store.read() as session:
        return papers.by_id(session, [wanted])[wanted]


def test_a_kept_paper_is_the_one_that_was_told(store: Database) -> None:
    told = paper(
        "math/0309136", 5, journal_ref="J. 1", doi="10.1/x", published_at=NOW, authors=(r"\'E E",)
    )
    keep(store, day_of(told=(told,)))
    assert kept(store, told.id) == told


def test_keeping_twice_is_the_same_as_once(store: Database) -> None:
    day = BundledDay().fetch(CATEGORIES, DAY)
    keep(store, day)
    once = everything(store)
    keep(store, day)
    assert everything(store) == once
    assert {name: len(rows) for name, rows in once.items()} == {
        "paper": 26,
        "announcement": sum(len(each.announcements) for each in day.listings),
        "listing": 2,
        "summary": 15,
    }


def test_a_paper_of_several_categories_is_there_once_in_its_strongest_section(
    store: Database,
) -> None:
    both, other = paper(), paper("2507.00001")
    keep(
        store,
        day_of(
            listing(
                "eess.AS", (both, AnnouncementType.CROSS), (other, AnnouncementType.REPLACE_CROSS)
            ),
            listing("cs.SD", (both, AnnouncementType.NEW), (other, AnnouncementType.REPLACE)),
            listing("cs.LG", (both, AnnouncementType.REPLACE_CROSS)),
            told=(both, other),
        ),
    )
    strongest = [("2507.00001v1", AnnouncementType.REPLACE), ("2507.07270v1", AnnouncementType.NEW)]
    assert announced(store, "eess.AS", "cs.SD", "cs.LG") == strongest
    assert announced(store, "cs.LG", "eess.AS") == [
        ("2507.07270v1", AnnouncementType.CROSS),
        ("2507.00001v1", AnnouncementType.REPLACE_CROSS),
    ]
    assert announced(store, "cs.CL") == []


def test_once_also_where_two_categories_name_two_versions(store: Database) -> None:
    first, second = paper(version=1), paper(version=2)
    keep(
        store,
        day_of(
            listing("eess.AS", (second, AnnouncementType.REPLACE_CROSS)),
            listing("cs.SD", (first, AnnouncementType.NEW)),
            told=(first, second),
        ),
    )
    assert announced(store, "eess.AS", "cs.SD") == [("2507.07270v1", AnnouncementType.NEW)]


def test_the_bundled_day_is_26_papers_for_its_newsletter(store: Database) -> None:
    keep(store, BundledDay().fetch(CATEGORIES, DAY))
    found = announced(store, *CATEGORIES)
    assert len(found) == len(set(found)) == 26
    assert sum(kind in {AnnouncementType.NEW, AnnouncementType.CROSS} for _, kind in found) == 15


def test_a_stale_listing_never_overwrites_a_day_that_is_known(store: Database) -> None:
    keep(store, day_of(listing("cs.SD", (paper(), AnnouncementType.NEW))))
    before = everything(store)
    keep(store, day_of(listing("cs.SD", state=ListingState.STALE), told=()), LATER)
    assert everything(store) == before


@pytest.mark.parametrize(
    ("source", "state"),
    [
        ("the listing page of 2025-07-11", ListingState.STALE),
        ("arXiv's page of that day, read on 2025-07-20", ListingState.COMPLETE),
    ],
)
def test_the_batch_of_the_day_before_is_only_believed_of_a_page_of_that_very_day(
    store: Database, source: str, state: ListingState
) -> None:
    crossed = (paper(), AnnouncementType.CROSS)
    before = listing("cs.SD", crossed, day=DAY - timedelta(days=1))
    keep(store, day_of(before))
    again = replace(listing("cs.SD", crossed, state=ListingState.COMPLETE), source=source)
    keep(store, day_of(again), LATER)
    with store.read() as session:
        (row,) = papers.listings(session, DAY, ["cs.SD"])
    assert row.state == state


def test_dates_do_not_replace_what_was_announced_by_name(store: Database) -> None:
    named = (paper(), AnnouncementType.REPLACE)
    keep(store, day_of(listing("cs.SD", named, state=ListingState.PARTIAL)))
    before = everything(store)
    other = paper("2507.00001")
    rebuilt = listing("cs.SD", (other, AnnouncementType.NEW), state=ListingState.RECONSTRUCTED)
    keep(store, day_of(rebuilt, told=()), LATER)
    assert everything(store) == before


def test_what_arxiv_counted_and_named_stands_when_the_day_is_rebuilt_by_date(
    store: Database,
) -> None:
    one, other = paper(), paper("2507.00001")
    named = listing("cs.SD", (one, AnnouncementType.NEW), state=ListingState.PARTIAL)
    missing = ("2507.00001", "2507.00002v1")
    keep(store, day_of(replace(named, expected=3, missing=missing)))
    told = [(each, AnnouncementType.NEW) for each in (one, other)]
    rebuilt = listing("cs.SD", *told, state=ListingState.RECONSTRUCTED)
    for _ in range(2):
        keep(store, day_of(rebuilt, told=(other,)), LATER)
        with store.read() as session:
            (row,) = papers.listings(session, DAY, ["cs.SD"])
        assert (row.state, row.found, row.expected) == (ListingState.RECONSTRUCTED, 2, 3)
        assert row.missing == ["2507.00002v1"]


def test_a_day_that_was_stale_is_filled_once_it_is_announced(store: Database) -> None:
    keep(store, day_of(listing("cs.SD", state=ListingState.STALE), told=()))
    keep(store, day_of(listing("cs.SD", (paper(), AnnouncementType.NEW))), LATER)
    assert announced(store, "cs.SD") == [("2507.07270v1", AnnouncementType.NEW)]
    with store.read() as session:
        (row,) = papers.listings(session, DAY, ["cs.SD"])
    assert (row.state, row.found, row.fetched_at) == (ListingState.UNCHECKED, 1, LATER)


def test_a_newer_listing_replaces_the_older_one_and_no_other(store: Database) -> None:
    first, second = paper(), paper("2507.00001")
    yesterday = listing("cs.SD", (first, AnnouncementType.NEW), day=DAY - timedelta(days=1))
    keep(
        store,
        day_of(
            listing("cs.SD", (first, AnnouncementType.NEW)),
            listing("eess.AS", (first, AnnouncementType.CROSS)),
        ),
    )
    keep(store, day_of(yesterday))
    keep(store, day_of(listing("cs.SD", (second, AnnouncementType.NEW)), told=(second,)))
    assert announced(store, "cs.SD") == [("2507.00001v1", AnnouncementType.NEW)]
    assert announced(store, "eess.AS") == [("2507.07270v1", AnnouncementType.CROSS)]
    with store.read() as session:
        assert papers.kinds(session, DAY - timedelta(days=1), "cs.SD") == [AnnouncementType.NEW]


def test_what_an_issue_holds_is_not_rewritten(store: Database) -> None:
    keep(store, day_of())
    freeze(store, paper())
    keep(store, day_of(told=(paper(title="Another"), paper(version=2, title="The next"))))
    assert kept(store, paper().id).title == "A title"
    assert kept(store, PaperId("2507.07270", 2)).title == "The next"


def test_until_then_arxivs_corrections_are_taken(store: Database) -> None:
    keep(store, day_of())
    keep(store, day_of(told=(paper(title="Corrected"),)))
    assert kept(store, paper().id).title == "Corrected"


def test_a_feeds_few_words_never_replace_what_the_api_said(store: Database) -> None:
    few = paper(comment=None, updated_at=None)
    keep(store, day_of(told=(few,)))
    keep(store, day_of())
    assert kept(store, few.id).comment == "5 pages"
    keep(store, day_of(told=(few,)))
    assert kept(store, few.id).comment == "5 pages"


def test_that_a_paper_can_be_read_as_a_web_page_is_not_forgotten(store: Database) -> None:
    keep(store, day_of(told=(paper(has_html=True),)))
    keep(store, day_of(told=(paper(title="Corrected"),)))
    assert kept(store, paper().id) == paper(title="Corrected", has_html=True)


def test_an_announcement_whose_paper_was_not_handed_over_is_missed_by_name(store: Database) -> None:
    here, gone = paper(), paper("2507.00001", 2)
    complete = listing(
        "cs.SD",
        (here, AnnouncementType.NEW),
        (gone, AnnouncementType.CROSS),
        state=ListingState.COMPLETE,
    )
    keep(store, day_of(complete))
    with store.read() as session:
        (row,) = papers.listings(session, DAY, ["cs.SD"])
    assert (row.state, row.found, row.missing) == (ListingState.PARTIAL, 1, ["2507.00001v2"])
    assert announced(store, "cs.SD") == [("2507.07270v1", AnnouncementType.NEW)]


def test_listings_come_in_the_order_of_the_categories(store: Database) -> None:
    keep(store, day_of(*(listing(each, state=ListingState.NONE) for each in ("a", "b", "c"))))
    with store.read() as session:
        found = papers.listings(session, DAY, ["c", "x", "a"])
    assert [row.category for row in found] == ["c", "a"]


def test_a_sentence_that_is_kept_already_stays(store: Database) -> None:
    for text in ("first", "second"):
        sentence = ShippedSummary(paper().id, "en", text, "somebody")
        keep(store, FetchResult((), {}, (sentence,)))
    with store.read() as session:
        assert session.scalars(select(SummaryRow.text)).all() == ["first"]


@pytest.mark.slow
def test_a_day_of_1400_papers_is_kept_whole(store: Database) -> None:
    many = tuple(paper(f"2507.{number:05}", authors=("A",) * 20) for number in range(1, 1401))
    keep(store, day_of(listing("cs", *((each, AnnouncementType.NEW) for each in many)), told=many))
    freeze(store, many[1399])
    keep(store, day_of(told=tuple(replace(each, title="Again") for each in many)))
    with store.read() as session:
        found = papers.announced_papers(session, DAY, ("cs",))
    assert len(found) == 1400
    assert [each.paper.title for each in found].count("A title") == 1


def test_a_doubt_about_a_past_day_ends_where_our_own_days_tell(store: Database) -> None:
    early, late, other, revised = (paper(f"2507.0000{number}") for number in range(1, 5))
    cross, again = AnnouncementType.CROSS, AnnouncementType.REPLACE_CROSS
    exact = [
        listing("cs.SD", (late, cross), state=ListingState.COMPLETE, day=DAY + timedelta(days=3)),
        listing(
            "cs.SD",
            *[(early, cross), (revised, cross)],
            state=ListingState.COMPLETE,
            day=DAY - timedelta(days=3),
        ),
    ]
    told = [(early, cross), (late, cross), (other, cross), (revised, again)]
    past = replace(
        listing("cs.SD", *told, state=ListingState.COMPLETE),
        expected=4,
        doubtful=tuple(each.id.arxiv_id for each, _ in told),
    )
    keep(store, day_of(*exact, past, told=(early, late, other, revised)))
    with store.read() as session:
        (row,) = papers.listings(session, DAY, ["cs.SD"])
        announced = papers.announced_papers(session, DAY, ["cs.SD"])
    assert [each.paper.id.arxiv_id for each in announced] == ["2507.00003", "2507.00004"]
    assert (row.state, row.expected, row.found) == ("complete", 2, 2)
    assert row.source == "the test; 1 of its papers may have been cross-listed on another day"
