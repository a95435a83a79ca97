"""A past day is read, exact, from arXiv's own page of it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from newsletter.config import SourceSettings
from newsletter.sources.arxiv_source import ArxivSource
from newsletter.sources.base import FetchResult, Listing, ListingState, Paper
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.session import PoliteSession
from newsletter.sources.past_days.dated_pages import DatedPages
from tests.sources.dated_samples import catchup, dated_case, recent
from tests.sources.oai_samples import harvest, raw, refused_by_oai
from tests.sources.samples import Told, answer, atom, page
from tests.sources.standin import Clock, Reply, StandIn, listening

DAY = date(2026, 11, 24)
NEXT = date(2026, 11, 25)
SHOWN = "Monday, 30 November 2026"

BEFORE, INSIDE, AFTER = "2026-11-10T12:00:00Z", "2026-11-23T12:00:00Z", "2026-11-24T20:00:00Z"
NEW = Told("2611.00001v1", published=INSIDE, updated=INSIDE)
REVISED = Told("2611.00008v2", "new", "Second thoughts", published=INSIDE, updated=AFTER)
FIRST = Told("2611.00008v1", "new", "First thoughts", published=INSIDE, updated=INSIDE)
CROSS = Told(
    "2611.00002v1", "cross", categories=("cs.CL", "cs.SD"), published=INSIDE, updated=INSIDE
)
LATE = Told(
    "2611.00009v1", "cross", categories=("cs.CV", "cs.SD"), published=INSIDE, updated=INSIDE
)
AGAIN = Told("2610.06000v2", "replace", published=BEFORE, updated=INSIDE)
ALL = (NEW, REVISED, CROSS, AGAIN)
TOLD = [
    ("2611.00001v1", "new"),
    ("2611.00008v1", "new"),
    ("2611.00002v1", "cross"),
    ("2610.06000v2", "replace"),
]


@pytest.fixture(autouse=True)
def _a_machine_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NEWSLETTER_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def arxiv() -> Iterator[StandIn]:
    """Tuesday's day of cs.SD, which the listing page has left behind."""
    with listening(Clock()) as stand_in:
        stand_in.page("cs.SD", Reply(page(day=SHOWN)))
        stand_in.catchup("cs.SD", DAY, Reply(catchup(*ALL, day=DAY, following=NEXT)))
        stand_in.papers = by_name(NEW, FIRST, REVISED, CROSS, LATE, AGAIN)
        yield stand_in


def by_name(*papers: Told) -> dict[str, Told]:
    """As the API knows them: the newest version also by its bare identifier."""
    return {name: each for each in papers for name in (each.id.rpartition("v")[0], each.id)}


def source(stand_in: StandIn) -> ArxivSource:
    clock = stand_in.clock
    settings = SourceSettings(timeout_s=0.5, listing_url=stand_in.url + "/list/{category}/new")
    session = PoliteSession(PoliteAdapter(settings, "https://n.example", clock.sleep, clock))
    dated = DatedPages(
        session,
        stand_in.url + "/catchup/{category}/{day}?abs=True&page={page}",
        stand_in.url + "/list/{category}/recent?skip=0&show=2000",
    )
    return ArxivSource(
        session,
        stand_in.url + "/rss/{categories}",
        f"{stand_in.url}/api/query",
        stand_in.url + "/list/{category}/new",
        f"{stand_in.url}/oai",
        dated,
    )


def fetch(
    stand_in: StandIn,
    *categories: str,
    day: date = DAY,
    known: dict[str, Paper] | None = None,
) -> FetchResult:
    return source(stand_in).fetch(categories or ("cs.SD",), day, known)


def only(fetched: FetchResult) -> Listing:
    (listing,) = fetched.listings
    return listing


def said(listing: Listing) -> list[tuple[str, str]]:
    return [(str(each.paper), each.kind.value) for each in listing.announcements]


def paths(stand_in: StandIn) -> list[str]:
    return [each.path for each in stand_in.asked]


def test_a_source_knows_beforehand_how_many_pages_it_will_ask_for_and_tells_of_each_category(
    arxiv: StandIn,
) -> None:
    arxiv.clock.now = datetime(2026, 11, 30, 14, tzinfo=UTC).timestamp()
    arxiv.recent("cs.SD", Reply(recent({NEXT: [], DAY: [NEW]})))
    one, told = source(arxiv), list[str]()
    one.tell_progress(lambda: told.append(paths(arxiv)[-1]))
    categories = ("cs.SD", "cs.CL")
    newest, long_ago = date(2026, 11, 30), date(2026, 10, 6)
    asked = [one.pages_of(categories, day) for day in (newest, DAY, long_ago)]
    assert asked == [2, 4, 2]
    one.fetch(categories, DAY)
    assert told == ["/list/cs.SD/recent"]
    assert one.pages_of(categories, date(2026, 11, 23)) == 2  # recent papers are asked for once


def test_a_past_day_is_complete_with_its_replacements_in_the_versions_of_then(
    arxiv: StandIn,
) -> None:
    day = fetch(arxiv)
    listing = only(day)
    assert (listing.state, listing.expected) == (ListingState.COMPLETE, 4)
    assert listing.source == "arXiv's page of that day, read on 1970-01-01"
    assert said(listing) == TOLD
    assert {paper.title for paper in day.papers.values()} == {"Hearing by Eye", "First thoughts"}
    assert paths(arxiv) == [
        "/list/cs.SD/new", "/catchup/cs.SD/2026-11-24", "/list/cs.SD/recent",
        "/api/query", "/api/query",
    ]  # fmt: skip


def test_a_replacement_that_was_replaced_again_is_the_version_of_then(arxiv: StandIn) -> None:
    third = Told("2610.06000v3", published=BEFORE, updated=AFTER)
    fourth = Told("2610.06000v4", published=BEFORE, updated=AFTER)
    arxiv.papers |= by_name(AGAIN, third, fourth)
    assert ("2610.06000v2", "replace") in said(only(fetch(arxiv)))


def test_a_cross_list_of_a_later_day_is_left_out_where_the_recent_papers_tell(
    arxiv: StandIn,
) -> None:
    arxiv.catchup("cs.SD", DAY, Reply(catchup(*ALL, LATE, day=DAY, following=NEXT)))
    without = only(fetch(arxiv))
    assert ("2611.00009v1", "cross") in said(without)
    days = {date(2026, 11, 30): (), NEXT: (LATE,), DAY: (NEW, FIRST, CROSS)}
    arxiv.recent("cs.SD", Reply(recent(days)))
    listing = only(fetch(arxiv))
    assert (listing.state, listing.expected) == (ListingState.COMPLETE, 4)
    assert said(listing) == TOLD


@pytest.mark.parametrize("others", [("eess.AS",), ("eess.AS", "cs.LG")])
def test_an_own_paper_that_another_category_got_that_day_is_left_out_and_said(
    arxiv: StandIn, others: tuple[str, ...]
) -> None:
    own = [
        Told(f"{AGAIN.id.partition('v')[0][:-1]}{number}v2", "cross", published=BEFORE,
             updated=AFTER, categories=("cs.SD", *others))
        for number in (0, 7)
    ]  # fmt: skip
    arxiv.papers |= by_name(*own)
    arxiv.catchup("cs.SD", DAY, Reply(catchup(*ALL, *own, day=DAY, following=NEXT)))
    listing = only(fetch(arxiv))
    assert (listing.state, listing.expected, listing.doubtful) == (
        ListingState.COMPLETE, 4, ("2611.00002",),
    )  # fmt: skip
    assert said(listing) == TOLD  # the one that was replaced as well stays
    assert "; 1 paper of its own left out that only another category got" in listing.source
    arxiv.catchup("cs.SD", DAY, Reply(catchup(own[0], day=DAY, following=NEXT)))
    assert only(fetch(arxiv)).state is ListingState.NONE


def test_what_no_page_can_tell_is_in_doubt_and_what_came_since_is_left_out(
    arxiv: StandIn,
) -> None:
    across = Told("2610.07000v2", "replace-cross", categories=("cs.CV", "cs.SD"),
                  published=BEFORE, updated=INSIDE)  # fmt: skip
    arxiv.papers |= by_name(across)
    arxiv.catchup("cs.SD", DAY, Reply(catchup(*ALL, across, LATE, day=DAY, following=NEXT)))
    arxiv.recent("cs.SD", Reply(recent({date(2026, 12, 3): (LATE,), date(2026, 11, 27): ()})))
    listing = only(fetch(arxiv))
    assert (listing.state, listing.expected) == (ListingState.COMPLETE, 5)
    assert "2611.00009v1" not in dict(said(listing))
    assert listing.doubtful == ("2610.07000", "2611.00002")


def test_where_the_recent_papers_reach_the_next_day_hardly_a_doubt_is_left(
    arxiv: StandIn,
) -> None:
    old = [
        Told(f"2610.0700{number}v1", "cross", categories=("cs.CV", "cs.SD", *more),
             published=BEFORE, updated=BEFORE)
        for number, more in enumerate([(), ("cs.CL",)])
    ]  # fmt: skip
    arxiv.papers |= by_name(*old)
    arxiv.catchup("cs.SD", DAY, Reply(catchup(*ALL, *old, LATE, day=DAY, following=NEXT)))
    arxiv.recent("cs.SD", Reply(recent({date(2026, 12, 1): (LATE,), NEXT: ()})))
    listing = only(fetch(arxiv))
    assert (listing.state, listing.expected) == (ListingState.COMPLETE, 6)
    assert listing.doubtful == ("2610.07001",)  # it may have come into cs.CL then


def test_recent_papers_that_are_cut_off_leave_every_cross_list_in_doubt(arxiv: StandIn) -> None:
    cut = recent({date(2026, 12, 1): (LATE,), NEXT: ()}).replace(
        b"showing 1 of 1", b"showing 1 of 9"
    )
    for since in (cut, recent({date(2026, 12, 1): (), NEXT: ()}).replace(b"<h3>Tue, 1", b"<h3>")):
        arxiv.recent("cs.SD", Reply(since))
        assert only(fetch(arxiv)).doubtful == ("2611.00002",)


def test_a_page_of_another_category_is_not_taken_for_this_one(arxiv: StandIn) -> None:
    other = catchup(*ALL, day=DAY, category="cs.CL", following=NEXT)
    arxiv.catchup("cs.SD", DAY, Reply(other))
    arxiv.recent("cs.SD", Reply(recent({NEXT: (LATE,), DAY: (NEW,)}, category="cs.CL")))
    arxiv.oai(Reply(b"", 404))
    arxiv.api(Reply(answer(NEW)))
    listing = only(fetch(arxiv))
    assert (listing.state, listing.may_be_corrected) == (ListingState.RECONSTRUCTED, True)
    assert "the page is of cs.CL, not of cs.SD" in listing.source
    arxiv.page("cs.SD", Reply(page(NEW, category="cs.CL", day="Tuesday, 24 November 2026")))
    arxiv.feed("cs.SD", Reply(atom(NEW, title="cs.CL")))
    assert only(fetch(arxiv)).state is ListingState.UNREACHABLE


def test_a_version_that_the_api_may_not_know_yet_is_missing_on_the_days_after(
    arxiv: StandIn,
) -> None:
    arxiv.papers |= by_name(Told("2610.06000v2", published=BEFORE, updated=BEFORE))
    old = only(fetch(arxiv))
    assert (old.state, said(old)) == (ListingState.COMPLETE, TOLD)  # moderation had held it
    arxiv.page("cs.SD", Reply(page(LATE, day="Wednesday, 25 November 2026")))
    assert only(fetch(arxiv)).missing == ("2610.06000",)


BEFORE_AT, INSIDE_AT, AFTER_AT = map(datetime.fromisoformat, (BEFORE, INSIDE, AFTER))


@pytest.mark.parametrize(
    ("api", "versions", "told"),
    [
        ("v2", (BEFORE_AT, BEFORE_AT), "2610.06000v2"),  # moderation had held it
        ("v2", (INSIDE_AT, BEFORE_AT, BEFORE_AT), "2610.06000v3"),  # the API is a day late
        ("v3", (AFTER_AT, INSIDE_AT, BEFORE_AT), "2610.06000v2"),
        ("v2", (AFTER_AT, INSIDE_AT, BEFORE_AT, BEFORE_AT), None),  # nobody has its words
        ("v2", (BEFORE_AT,), None),  # OAI knows less than the page
    ],
)
def test_what_the_api_may_not_know_yet_is_dated_by_oai(
    arxiv: StandIn, api: str, versions: Sequence[datetime], told: str | None
) -> None:
    words = Told("2610.06000v1", "replace", "As OAI has it")
    arxiv.papers |= by_name(Told(f"2610.06000{api}", published=BEFORE, updated=BEFORE))
    arxiv.page("cs.SD", Reply(page(LATE, day="Wednesday, 25 November 2026")))
    arxiv.oai(Reply(harvest(raw(words, *versions))))
    listing = only(fetch(arxiv))
    assert said(listing) == [*TOLD[:3], *([(told, "replace")] if told else [])]
    assert listing.missing == (() if told else ("2610.06000",))


def test_what_came_into_the_category_later_was_not_replaced_in_it_before(
    arxiv: StandIn,
) -> None:
    across = Told("2610.07000v2", "replace-cross", categories=("cs.CV", "cs.SD"),
                  published=BEFORE, updated=INSIDE)  # fmt: skip
    arxiv.catchup("cs.SD", DAY, Reply(catchup(*ALL, across, day=DAY, following=NEXT)))
    arxiv.recent("cs.SD", Reply(recent({NEXT: (across,), DAY: (NEW, FIRST, CROSS)})))
    assert said(only(fetch(arxiv))) == TOLD


def test_a_paper_that_was_replaced_and_cross_listed_at_once_is_a_cross_list(
    arxiv: StandIn,
) -> None:
    both = Told("2610.07000v2", "replace-cross", categories=("cs.CV", "cs.SD"),
                published=BEFORE, updated=INSIDE)  # fmt: skip
    arxiv.catchup("cs.SD", DAY, Reply(catchup(NEW, both, day=DAY, following=NEXT)))
    arxiv.recent("cs.SD", Reply(recent({NEXT: (), DAY: (NEW, both)})))
    arxiv.papers |= by_name(both)
    listing = only(fetch(arxiv))
    assert said(listing) == [("2611.00001v1", "new"), ("2610.07000v2", "cross")]


def test_an_old_paper_that_was_cross_listed_then_is_in_the_version_of_then(
    arxiv: StandIn,
) -> None:
    versions = [
        Told(f"2501.00010v{version}", "cross", categories=("cs.CV", "cs.SD"),
             published=BEFORE, updated=when)
        for version, when in ((5, BEFORE), (6, INSIDE), (7, AFTER))
    ]  # fmt: skip
    arxiv.catchup("cs.SD", DAY, Reply(catchup(versions[-1], day=DAY, following=NEXT)))
    arxiv.papers |= by_name(*versions)
    assert said(only(fetch(arxiv))) == [("2501.00010v6", "cross")]


def test_a_day_of_two_pages_is_read_over_both(arxiv: StandIn) -> None:
    many = [
        Told(f"2611.{number:05}v1", published=INSIDE, updated=INSIDE) for number in range(1, 2004)
    ]
    arxiv.catchup(
        "cs.SD", DAY,
        Reply(catchup(*many[:2000], day=DAY, following=NEXT, total=2003)),
        Reply(catchup(*many[2000:], day=DAY, following=NEXT, total=2003)),
    )  # fmt: skip
    arxiv.papers = by_name(*many)
    listing = only(fetch(arxiv))
    assert (listing.state, listing.expected) == (ListingState.COMPLETE, 2003)


def test_pages_that_disagree_keep_whom_they_name_and_are_filled_in_by_date(
    arxiv: StandIn,
) -> None:
    held_back = Told("2611.00009v1", published=BEFORE, updated=BEFORE)
    arxiv.catchup("cs.SD", DAY, Reply(catchup(held_back, day=DAY, following=NEXT, total=2)))
    arxiv.oai(Reply(b"", 404))
    arxiv.api(Reply(answer(held_back, NEW)))
    listing = only(fetch(arxiv))
    assert (listing.state, listing.expected) == (ListingState.RECONSTRUCTED, 2)
    assert said(listing) == [("2611.00009v1", "new"), TOLD[0]]
    assert listing.source.endswith("1 paper by API, by date, without replacements: it does not"
                                   " find them")  # fmt: skip
    assert listing.may_be_corrected
    arxiv.catchup("cs.SD", DAY, Reply(catchup(held_back, NEW, day=DAY, following=NEXT, total=1)))
    listing = only(fetch(arxiv))
    assert (listing.state, listing.expected) == (ListingState.UNCHECKED, None)
    assert "its pages count 1 papers and list 2" in listing.source
    arxiv.catchup("cs.SD", DAY, Reply(catchup(held_back, NEW, day=DAY, following=NEXT)))
    assert only(fetch(arxiv)).state is ListingState.COMPLETE


def test_what_was_partial_heals_and_what_is_known_is_not_asked_for_again(arxiv: StandIn) -> None:
    arxiv.papers = by_name(NEW, FIRST, REVISED, CROSS)
    first = fetch(arxiv)
    assert (only(first).state, only(first).missing) == (ListingState.PARTIAL, ("2610.06000",))
    arxiv.papers |= by_name(AGAIN)
    arxiv.asked.clear()
    known = {each.arxiv_id: paper for each, paper in first.papers.items()}
    assert only(fetch(arxiv, known=known)).state is ListingState.COMPLETE
    assert [each.ids for each in arxiv.asked if each.path == "/api/query"] == [("2610.06000",)]


def test_where_the_api_fails_the_day_is_partial_and_says_so(arxiv: StandIn) -> None:
    arxiv.api(Reply(b"Rate exceeded.", 429))
    listing = only(fetch(arxiv))
    assert (listing.state, len(listing.missing)) == (ListingState.PARTIAL, 4)
    assert "the API failed" in listing.source


@pytest.mark.parametrize("second", [Reply(b"", 400), Reply(answer())], ids=["fails", "leaves out"])
def test_where_the_api_gives_no_version_of_then_no_later_one_stands_in_for_it(
    arxiv: StandIn, second: Reply
) -> None:
    arxiv.api(Reply(answer(NEW, REVISED, CROSS, AGAIN)), second)
    listing = only(fetch(arxiv))
    assert (listing.state, listing.missing) == (ListingState.PARTIAL, ("2611.00008",))
    assert said(listing) == [told for told in TOLD if told[0] != FIRST.id]


def test_an_empty_day_is_believed_where_a_later_day_stands_behind_it(arxiv: StandIn) -> None:
    arxiv.catchup("cs.SD", DAY, Reply(catchup(day=DAY, following=NEXT)))
    listing = only(fetch(arxiv))
    assert listing.state is ListingState.NONE
    assert "arXiv's page of that day" in listing.source


def test_an_empty_day_is_believed_where_the_recent_papers_name_it(arxiv: StandIn) -> None:
    arxiv.catchup("cs.SD", DAY, Reply(catchup(day=DAY)))
    arxiv.recent("cs.SD", Reply(recent({NEXT: (LATE,), DAY: ()})))
    assert only(fetch(arxiv)).state is ListingState.NONE


@pytest.mark.parametrize("days", [{}, {NEXT: (LATE,), DAY: (NEW,)}], ids=["silent", "has papers"])
def test_else_an_empty_day_is_not_believed_and_the_dates_are_asked(
    arxiv: StandIn, days: dict[date, Sequence[Told]]
) -> None:
    arxiv.catchup("cs.SD", DAY, Reply(catchup(day=DAY)))
    if days:
        arxiv.recent("cs.SD", Reply(recent(days)))
    arxiv.oai(Reply(refused_by_oai("noRecordsMatch", "none")))
    arxiv.api(Reply(answer(NEW)))
    listing = only(fetch(arxiv))
    assert listing.state is ListingState.RECONSTRUCTED
    assert "counts nothing" in listing.source


def test_arxivs_own_calendar_explains_the_day_without_an_announcement(arxiv: StandIn) -> None:
    friday = date(2026, 11, 27)
    arxiv.catchup("cs.SD", friday, Reply(catchup(day=friday, following=date(2026, 11, 30))))
    arxiv.recent("cs.SD", Reply(recent({date(2026, 11, 30): (), date(2026, 11, 26): (NEW,)})))
    asking = source(arxiv)
    (listing,) = asking.fetch(("cs.SD",), friday).listings
    assert listing.state is ListingState.NONE
    assert listing.source.startswith("arXiv made no announcement that day")
    arxiv.asked.clear()
    (other,) = asking.fetch(("eess.AS",), friday).listings
    assert other.state is ListingState.NONE
    assert paths(arxiv) == []  # one request told arXiv's calendar


@pytest.mark.parametrize(
    "trouble",
    [
        Reply(b"<h1>Invalid date: 2026-11-24, more than 90 days in the past</h1>", 400),
        Reply(b"", 503),
        Reply(b"", 503, {"Retry-After": "300"}),
        Reply(b"", 406),
        Reply(b"Rate exceeded."),
        Reply(catchup(day=DAY, following=NEXT, total=50)),
        Reply(catchup(NEW, day=NEXT)),
    ],
    ids=["too old", "503", "503 for long", "406", "rate", "counts and lists none", "another day"],
)
def test_where_its_page_fails_the_day_is_rebuilt_and_says_why(
    arxiv: StandIn, trouble: Reply
) -> None:
    arxiv.catchup("cs.SD", DAY, trouble)
    arxiv.oai(Reply(b"", 404))
    arxiv.api(Reply(answer(NEW)))
    listing = only(fetch(arxiv))
    assert (listing.state, said(listing)) == (ListingState.RECONSTRUCTED, TOLD[:1])
    assert listing.source.startswith("API, by date, without replacements")
    assert len(listing.source.split("; ")) == 2
    assert listing.may_be_corrected is (trouble.status != 400)  # then it may be


def test_a_day_beyond_ninety_days_is_not_asked_for_in_vain(arxiv: StandIn) -> None:
    arxiv.oai(Reply(b"", 404))
    arxiv.api(Reply(answer()))
    for day, asked in ((date(2026, 9, 1), 1), (date(2026, 8, 28), 0)):
        arxiv.asked.clear()
        assert "by date" in only(fetch(arxiv, day=day)).source
        assert len([path for path in paths(arxiv) if path.startswith("/catchup/")]) == asked


@pytest.mark.parametrize("oai_answers", [True, False])
def test_that_dates_find_nothing_is_no_proof(arxiv: StandIn, *, oai_answers: bool) -> None:
    arxiv.catchup("cs.SD", DAY, Reply(b"", 404))
    arxiv.api(Reply(answer()))
    arxiv.oai(Reply(refused_by_oai("noRecordsMatch", "none")) if oai_answers else Reply(b"", 404))
    listing = only(fetch(arxiv))
    unsure = ListingState.RECONSTRUCTED if oai_answers else ListingState.UNREACHABLE
    assert (listing.state, listing.announcements) == (unsure, ())
    assert ("no proof" in listing.source) is oai_answers


def test_only_the_category_whose_page_fails_is_rebuilt(arxiv: StandIn) -> None:
    arxiv.oai(Reply(refused_by_oai("noRecordsMatch", "none")))
    exact, rebuilt = fetch(arxiv, "cs.SD", "eess.AS").listings
    assert (exact.category, exact.state) == ("cs.SD", ListingState.COMPLETE)
    assert rebuilt.category == "eess.AS"
    assert "404" in rebuilt.source


def test_several_past_days_ask_the_listing_page_once(arxiv: StandIn) -> None:
    arxiv.catchup("cs.SD", NEXT, Reply(catchup(LATE, day=NEXT, following=date(2026, 11, 26))))
    asking = source(arxiv)
    days = [asking.fetch(("cs.SD",), day) for day in (DAY, NEXT)]
    assert [only(each).state for each in days] == [ListingState.COMPLETE] * 2
    assert paths(arxiv).count("/list/cs.SD/new") == 1
    assert paths(arxiv).count("/list/cs.SD/recent") == 1


def test_the_recent_papers_are_asked_once_a_day_over_all_runs(arxiv: StandIn) -> None:
    arxiv.clock.sleep(datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp())
    thursday = date(2026, 11, 26)
    arxiv.recent("cs.SD", Reply(recent({thursday: (LATE,), NEXT: (), DAY: (NEW, FIRST, CROSS)})))

    def asked() -> int:
        arxiv.asked.clear()
        assert said(only(source(arxiv).fetch(("cs.SD",), DAY))) == TOLD
        return paths(arxiv).count("/list/cs.SD/recent")

    assert [asked(), asked()] == [1, 0]
    arxiv.clock.sleep(24 * 3600)  # the next batch is out, by the calendar
    assert [asked(), asked()] == [1, 1]  # the page does not name it yet


def test_pages_keep_fifteen_seconds_and_others_three(arxiv: StandIn) -> None:
    arxiv.catchup("cs.SD", NEXT, Reply(catchup(LATE, day=NEXT, following=date(2026, 11, 26))))
    asking = source(arxiv)
    for day in (DAY, NEXT):
        asking.fetch(("cs.SD", "eess.AS"), day)
    pages = [each.at for each in arxiv.asked if each.path.startswith(("/list/", "/catchup/"))]
    assert len(pages) > 4
    assert min(later - earlier for earlier, later in pairwise(pages)) >= 15
    assert min(later - earlier for earlier, later in pairwise(arxiv.times())) >= 3


def test_what_is_silent_is_asked_once_for_several_newsletters(arxiv: StandIn) -> None:
    arxiv.page("cs.SD", Reply(page(day="Monday, 23 November 2026")))
    asking = source(arxiv)
    for _ in range(2):
        assert only(asking.fetch(("cs.SD",), DAY)).state is ListingState.STALE
    assert paths(arxiv) == ["/list/cs.SD/new"]


def test_where_page_and_feed_fail_the_dated_page_speaks(arxiv: StandIn) -> None:
    arxiv.page("cs.SD", Reply(b"", 404))
    listing = only(fetch(arxiv))
    assert (listing.state, said(listing)) == (ListingState.COMPLETE, TOLD)
    assert "since page:" in listing.source


def test_where_a_page_of_the_same_moment_speaks_for_them_no_later_version_does(
    arxiv: StandIn,
) -> None:
    arxiv.page("cs.SD", Reply(b"", 404))
    del arxiv.papers[FIRST.id]
    listing = only(fetch(arxiv))
    assert (listing.state, listing.missing) == (ListingState.PARTIAL, ("2611.00008",))


def test_a_day_that_is_past_by_the_clock_is_read_as_one_where_page_and_feed_fail(
    arxiv: StandIn,
) -> None:
    arxiv.clock.now = datetime(2026, 11, 25, 14, tzinfo=UTC).timestamp()
    arxiv.page("cs.SD", Reply(b"", 404))
    arxiv.recent("cs.SD", Reply(recent({NEXT: (LATE,), DAY: (NEW, FIRST, CROSS)})))
    listing = only(fetch(arxiv))
    assert (listing.state, said(listing), listing.doubtful) == (ListingState.COMPLETE, TOLD, ())
    arxiv.clock.now += 86_400  # or the page that came would serve
    arxiv.catchup("cs.SD", DAY, Reply(b"", 404))
    arxiv.api(Reply(answer(NEW)))
    arxiv.asked.clear()
    assert only(fetch(arxiv)).state is ListingState.RECONSTRUCTED
    assert {"/oai", "/api/query"} <= set(paths(arxiv))
    assert paths(arxiv).count(f"/catchup/cs.SD/{DAY}") == 1


UNDATED = b"<html><body><h1>Sound</h1><p>No updates today.</p></body></html>"


@pytest.mark.parametrize("empty", [page(day="Tuesday, 24 November 2026"), UNDATED])
@pytest.mark.parametrize("feed_of", ["2026-11-24", "2026-11-23"])
def test_an_empty_page_gives_way_to_the_recent_papers_and_the_dated_page(
    arxiv: StandIn, empty: bytes, feed_of: str
) -> None:
    arxiv.page("cs.SD", Reply(empty))
    arxiv.feed("cs.SD", Reply(atom(built=f"{feed_of}T05:00:00+00:00")))
    arxiv.recent("cs.SD", Reply(recent({DAY: (NEW, FIRST, CROSS)})))
    assert only(fetch(arxiv)).state is ListingState.COMPLETE
    arxiv.catchup("cs.SD", DAY, Reply(b"", 404))
    waiting = only(fetch(arxiv))
    assert waiting.state is ListingState.STALE
    assert "recent papers count 3" in waiting.source
    arxiv.recent("cs.SD", Reply(recent({DAY: ()})))
    assert only(fetch(arxiv)).state is ListingState.NONE


def test_what_no_asking_changes_before_the_next_batch_is_asked_once_over_all_processes(
    arxiv: StandIn,
) -> None:
    monday = date(2026, 11, 30)
    arxiv.clock.now = datetime(2026, 11, 30, 15, tzinfo=UTC).timestamp()
    arxiv.page("cs.SD", Reply(page(NEW, day=SHOWN)))
    arxiv.recent("cs.SD", Reply(recent({monday: (NEW,), NEXT: (), DAY: (NEW, FIRST, CROSS)})))
    first = [fetch(arxiv, day=day) for day in (monday, DAY)]
    asked = [path for path in paths(arxiv) if path != "/api/query"]
    assert asked == ["/list/cs.SD/new", f"/catchup/cs.SD/{DAY}", "/list/cs.SD/recent"]
    arxiv.asked.clear()
    arxiv.clock.now += 3 * 3600
    assert [fetch(arxiv, day=day) for day in (monday, DAY)] == first
    assert set(paths(arxiv)) == {"/api/query"}
    counts_more = source(arxiv)  # as somebody's saved page of that day said
    counts_more.forget_pages(["cs.SD"])
    counts_more.fetch(("cs.SD",), monday)
    assert paths(arxiv).count("/list/cs.SD/new") == 1
    arxiv.clock.now += 8 * 3600  # another batch may be out
    fetch(arxiv)
    assert paths(arxiv).count(f"/catchup/cs.SD/{DAY}") == 1


def test_a_page_that_may_say_more_in_a_while_is_asked_again(arxiv: StandIn) -> None:
    arxiv.clock.now = datetime(2026, 11, 24, 15, tzinfo=UTC).timestamp()
    whole, day = catchup(*ALL, day=DAY, following=NEXT), "Tuesday, 24 November 2026"
    for short in (
        page(NEW, day="Monday, 23 November 2026"),
        page(day=day),
        page(NEW, day=day)[:-300],
    ):
        arxiv.page("cs.SD", Reply(short))
        fetch(arxiv)
        fetch(arxiv)
    assert paths(arxiv).count("/list/cs.SD/new") == 6
    arxiv.page("cs.SD", Reply(page(day=SHOWN)))
    arxiv.clock.now = datetime(2026, 11, 30, 15, tzinfo=UTC).timestamp()
    short = whole.replace(b"2610.06000", b"", 1)
    for reply in (Reply(catchup(*ALL, day=DAY)), Reply(short), Reply(b"", 404)):
        arxiv.catchup("cs.SD", DAY, reply)
        fetch(arxiv)
        arxiv.asked.clear()
        fetch(arxiv)
        assert f"/catchup/cs.SD/{DAY}" in paths(arxiv)


def test_an_empty_page_of_no_date_is_no_broken_one(arxiv: StandIn) -> None:
    arxiv.page("cs.SD", Reply(UNDATED))
    alone = only(fetch(arxiv))
    assert (alone.state, "page without a date is empty" in alone.source) == (
        ListingState.STALE,
        True,
    )
    arxiv.feed("cs.SD", Reply(atom(NEW)))
    assert only(fetch(arxiv)).state is ListingState.STALE  # a feed of another day
    friday = date(2026, 11, 27)  # a holiday by our table
    assert only(fetch(arxiv, day=friday)).state is ListingState.NONE
    arxiv.recent("cs.SD", Reply(recent({friday: (NEW,), date(2026, 11, 26): ()})))
    assert only(fetch(arxiv, day=friday)).state is ListingState.STALE


def test_an_old_feed_is_no_reason_to_leave_the_dated_page_unasked(arxiv: StandIn) -> None:
    arxiv.page("cs.SD", Reply(b"", 406))
    arxiv.feed("cs.SD", Reply(atom(built="2026-11-23T05:00:00+00:00")))
    assert only(fetch(arxiv)).state is ListingState.STALE
    assert f"/catchup/cs.SD/{DAY}" not in paths(arxiv)  # which would be empty for a week
    arxiv.recent("cs.SD", Reply(recent({DAY: (NEW, FIRST, CROSS)})))
    listing = only(fetch(arxiv))
    assert (listing.state, said(listing)) == (ListingState.COMPLETE, TOLD)


def test_an_empty_feed_is_not_believed_alone_where_the_page_fails(arxiv: StandIn) -> None:
    arxiv.page("cs.SD", Reply(b"", 406))
    arxiv.feed("cs.SD", Reply(atom(built="2026-11-24T05:00:00+00:00")))
    alone = only(fetch(arxiv))
    assert (alone.state, "nobody confirms" in alone.source) == (ListingState.STALE, True)
    arxiv.recent("cs.SD", Reply(recent({DAY: ()})))
    assert only(fetch(arxiv)).state is ListingState.NONE
    arxiv.recent("cs.SD", Reply(recent({DAY: (NEW, FIRST, CROSS)})))
    assert said(only(fetch(arxiv))) == TOLD


def test_the_table_of_holidays_gives_way_to_arxivs_calendar(arxiv: StandIn) -> None:
    friday = date(2026, 11, 27)
    arxiv.page("cs.SD", Reply(page(NEW, day="Thursday, 26 November 2026")))
    holiday = only(fetch(arxiv, day=friday))
    assert (holiday.state, "holiday" in holiday.source) == (ListingState.NONE, True)
    arxiv.recent("cs.SD", Reply(recent({friday: (NEW,), date(2026, 11, 26): ()})))
    assert only(fetch(arxiv, day=friday)).state is ListingState.STALE
    arxiv.recent("cs.SD", Reply(recent({date(2026, 11, 26): (NEW,)})))
    arxiv.page("eess.AS", Reply(page(category="eess.AS", day="Thursday, 26 November 2026")))
    arxiv.asked.clear()
    empty = fetch(arxiv, "cs.SD", "eess.AS", day=friday)
    assert {each.state for each in empty.listings} == {ListingState.NONE}
    assert paths(arxiv).count("/list/cs.SD/recent") == 1
    assert "/list/eess.AS/recent" not in paths(arxiv)  # one request told arXiv's calendar


def test_arxivs_own_pages_give_the_day_that_their_makers_describe(arxiv: StandIn) -> None:
    arxiv.catchup("cs.SD", DAY, Reply(dated_case("sample_catchup_cs.SD_2026-11-24.html")))
    arxiv.recent("cs.SD", Reply(dated_case("sample_recent_cs.SD.html")))
    names = {"2611.00001": 1, "2611.00008": 1, "2501.00010": 6, "2610.05000": 1, "2611.00002": 1,
             "2611.00011": 1, "2610.06000": 2, "2610.08000": 2, "2610.07000": 2}  # fmt: skip
    arxiv.papers = by_name(
        *(Told(f"{name}v{version}", published=BEFORE, updated=INSIDE)
          for name, version in names.items()),
        REVISED,
    )  # fmt: skip
    listing = only(fetch(arxiv))
    assert (listing.state, listing.expected) == (ListingState.COMPLETE, 9)
    assert {str(each.paper): each.kind.value for each in listing.announcements} == {
        "2611.00001v1": "new", "2611.00008v1": "new", "2501.00010v6": "cross",
        "2610.05000v1": "cross", "2611.00002v1": "cross", "2611.00011v1": "cross",
        "2610.07000v2": "cross", "2610.06000v2": "replace", "2610.08000v2": "replace",
    }  # fmt: skip


def test_where_the_dated_page_fails_arxivs_calendar_comes_before_dates_and_our_table(
    arxiv: StandIn,
) -> None:
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)
    arxiv.oai(Reply(b"", 404))
    arxiv.api(Reply(answer(NEW)))
    arxiv.recent("cs.SD", Reply(recent({monday: (LATE,), NEXT: (), date(2026, 11, 20): (NEW,)})))
    for day in (friday, date(2026, 11, 23)):  # one that our table knows, and one that it does not
        for trouble in (Reply(b"", 404), Reply(b"", 406)):
            arxiv.catchup("cs.SD", day, trouble)
            listing = only(fetch(arxiv, day=day))
            assert (listing.state, listing.announcements) == (ListingState.NONE, ())
            assert listing.source.startswith("arXiv made no announcement that day")


def test_a_day_of_which_the_recent_papers_list_papers_is_never_told_as_empty(
    arxiv: StandIn,
) -> None:
    friday = date(2026, 11, 27)  # a holiday by our table
    arxiv.catchup("cs.SD", friday, Reply(b"", 406))
    arxiv.recent("cs.SD", Reply(recent({date(2026, 11, 30): (LATE,), friday: (NEW, CROSS)})))
    listing = only(fetch(arxiv, day=friday))
    assert listing.state is ListingState.RECONSTRUCTED
    assert said(listing) == [("2611.00001v1", "new"), ("2611.00002v1", "cross")]
    assert listing.source.startswith("arXiv's recent papers, without replacements")


def test_where_dates_cannot_be_had_either_the_recent_papers_speak(arxiv: StandIn) -> None:
    arxiv.catchup("cs.SD", DAY, Reply(b"", 406))
    arxiv.oai(Reply(b"", 503))
    arxiv.recent("cs.SD", Reply(recent({NEXT: (LATE,), DAY: (NEW, FIRST, CROSS)})))
    arxiv.papers = by_name(NEW, FIRST, REVISED, CROSS)
    listing = only(fetch(arxiv))
    assert listing.state is ListingState.RECONSTRUCTED
    assert ("2611.00002v1", "cross") in said(listing)
