"""Each listing has a verdict: exactly what was announced, or an honest word why not."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from newsletter.config import SourceSettings
from newsletter.sources.arxiv_source import ArxivSource
from newsletter.sources.base import AnnouncementType, FetchResult, Listing, ListingState, Paper
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.session import PoliteSession
from tests.sources.samples import Told, answer, page, rss
from tests.sources.standin import Clock, Reply, StandIn, listening

DAY = date(2025, 7, 11)
NEW = Told()
CROSS = Told("2507.07271v1", "cross", "Crossed", categories=("cs.LG", "cs.SD"))
AGAIN = Told("2407.16803v4", "replace", "Again")
CROSS_AGAIN = Told("2407.16804v2", "replace-cross", "Across", categories=("eess.AS", "cs.SD"))
ALL = (NEW, CROSS, AGAIN, CROSS_AGAIN)


@pytest.fixture
def arxiv() -> Iterator[StandIn]:
    """A day of cs.SD, whole: page, feed and API."""
    with listening(Clock()) as stand_in:
        stand_in.page("cs.SD", Reply(page(*ALL)))
        stand_in.feed("cs.SD", Reply(rss(*ALL)))
        stand_in.papers = {name: each for each in ALL for name in (each.id, each.id[:-2])}
        yield stand_in


def fetch(
    stand_in: StandIn,
    *categories: str,
    day: date = DAY,
    known: dict[str, Paper] | None = None,
) -> FetchResult:
    settings = SourceSettings(timeout_s=0.5)
    clock = stand_in.clock
    with PoliteSession(PoliteAdapter(settings, "https://n.example", clock.sleep, clock)) as session:
        source = ArxivSource(
            session,
            stand_in.url + "/rss/{categories}",
            f"{stand_in.url}/api/query",
            stand_in.url + "/list/{category}/new",
            f"{stand_in.url}/oai",
        )
        return source.fetch(categories or ("cs.SD",), day, known)


def only(fetched: FetchResult) -> Listing:
    (listing,) = fetched.listings
    return listing


def said(listing: Listing) -> list[tuple[str, str]]:
    return [(str(each.paper), each.kind.value) for each in listing.announcements]


def told(papers: Sequence[Told]) -> list[tuple[str, str]]:
    return [(each.id, each.kind) for each in papers]


def paths(stand_in: StandIn) -> list[str]:
    return [each.path for each in stand_in.asked]


def test_a_day_is_complete_when_every_paper_of_arxivs_own_count_is_there(arxiv: StandIn) -> None:
    listing = only(fetch(arxiv))
    assert listing.state is ListingState.COMPLETE
    assert listing.expected == 4
    assert said(listing) == told(ALL)
    assert not listing.missing


def test_a_complete_day_costs_one_page_and_one_answer(arxiv: StandIn) -> None:
    fetch(arxiv)
    assert paths(arxiv) == ["/list/cs.SD/new", "/api/query"]


def test_what_is_known_already_is_not_asked_for_again(arxiv: StandIn) -> None:
    papers = fetch(arxiv).papers
    known = {paper.id.arxiv_id: paper for paper in papers.values()}
    arxiv.asked.clear()
    again = fetch(arxiv, known=known)
    assert only(again).state is ListingState.COMPLETE
    assert again.papers == papers
    assert paths(arxiv) == ["/list/cs.SD/new"]


def test_a_stale_page_is_never_taken_for_today(arxiv: StandIn) -> None:
    arxiv.page("cs.SD", Reply(page(*ALL, day="Thursday, 10 July 2025")))
    listing = only(fetch(arxiv))
    assert listing.state is ListingState.STALE
    assert not listing.announcements
    assert "2025-07-10" in listing.source


def test_a_holiday_says_that_nothing_was_announced(arxiv: StandIn) -> None:
    arxiv.page("cs.SD", Reply(page(*ALL, day="Wednesday, 25 November 2026")))
    listing = only(fetch(arxiv, day=date(2026, 11, 27)))
    assert listing.state is ListingState.NONE
    assert "holiday" in listing.source


def test_a_weekend_is_not_even_asked_about(arxiv: StandIn) -> None:
    assert only(fetch(arxiv, day=date(2025, 7, 12))).state is ListingState.NONE
    assert not arxiv.asked


def test_an_empty_page_and_an_empty_feed_are_a_day_on_which_nothing_was_announced(
    arxiv: StandIn,
) -> None:
    arxiv.page("cs.SD", Reply(page()))
    arxiv.feed("cs.SD", Reply(rss()))
    listing = only(fetch(arxiv))
    assert listing.state is ListingState.NONE
    assert listing.source == "the listing page of 2025-07-11, and so the feed"


def test_an_empty_page_gives_way_to_a_feed_that_has_papers(arxiv: StandIn) -> None:
    arxiv.page("cs.SD", Reply(page()))
    listing = only(fetch(arxiv))
    assert said(listing) == told(ALL)
    assert listing.state is ListingState.UNCHECKED


@pytest.mark.parametrize(
    "feed", [Reply(b"", 503), Reply(rss(NEW, stated="Thu, 10 Jul 2025 00:00:00 -0400"))]
)
def test_an_empty_page_that_nobody_confirms_is_waited_for(arxiv: StandIn, feed: Reply) -> None:
    arxiv.page("cs.SD", Reply(page()))
    arxiv.feed("cs.SD", feed)
    listing = only(fetch(arxiv))
    assert listing.state is ListingState.STALE
    assert "which nobody confirms" in listing.source


def test_half_a_page_is_filled_in_by_the_feed(arxiv: StandIn) -> None:
    whole = page(*ALL)
    arxiv.page("cs.SD", Reply(whole[: whole.index(b"2407.16803")]))
    listing = only(fetch(arxiv))
    assert listing.state is ListingState.COMPLETE
    assert said(listing) == told(ALL)


def test_half_a_page_without_a_feed_is_partial(arxiv: StandIn) -> None:
    whole = page(*ALL)
    arxiv.page("cs.SD", Reply(whole[: whole.index(b"2407.16803")]))
    arxiv.feed("cs.SD", Reply(b"", 503))
    listing = only(fetch(arxiv))
    assert listing.state is ListingState.PARTIAL
    assert said(listing) == told((NEW, CROSS))
    assert (len(listing.announcements), listing.expected) == (2, 4)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"Rate exceeded."),
        Reply(b"<html><body>Maintenance</body></html>"),
        Reply(b""),
        Reply(b"", 503),
        Reply(b"", 429, {"Retry-After": "5"}),
        Reply(fault="closed"),
        Reply(page(*ALL), fault="cut"),
        Reply(fault="silence"),
        Reply(b"no such page", 404),
    ],
    ids=["rate", "html", "empty", "503", "429", "closed", "cut", "silence", "404"],
)
def test_where_the_page_fails_the_feed_speaks_unchecked(arxiv: StandIn, reply: Reply) -> None:
    arxiv.page("cs.SD", reply)
    listing = only(fetch(arxiv))
    assert listing.state is ListingState.UNCHECKED
    assert said(listing) == told(ALL)
    assert "since the page failed" in listing.source


def test_where_both_fail_the_category_is_unreachable_and_the_others_are_not(
    arxiv: StandIn,
) -> None:
    arxiv.page("cs.ZZ", Reply(b"", 400))
    arxiv.feed("cs.ZZ", Reply(b"", 400))
    bad, good = fetch(arxiv, "cs.ZZ", "cs.SD").listings
    assert bad.state is ListingState.UNREACHABLE
    assert "page:" in bad.source
    assert "feed:" in bad.source
    assert good.state is ListingState.COMPLETE


def test_a_paper_that_the_api_lacks_is_told_by_the_feed(arxiv: StandIn) -> None:
    del arxiv.papers["2507.07270"], arxiv.papers["2507.07270v1"]
    day = fetch(arxiv)
    assert only(day).state is ListingState.COMPLETE
    assert said(only(day)) == told(ALL)
    assert [paper.comment for paper in day.papers.values()] == ["5 pages"] * 4  # by the page


def test_a_paper_that_nobody_describes_is_named(arxiv: StandIn) -> None:
    del arxiv.papers["2507.07270"], arxiv.papers["2507.07270v1"]
    arxiv.feed("cs.SD", Reply(b"", 404))
    listing = only(fetch(arxiv))
    assert listing.state is ListingState.PARTIAL
    assert listing.missing == ("2507.07270",)
    assert said(listing) == told(ALL[1:])


def test_an_api_that_is_a_day_late_does_not_pass_old_versions_for_new_ones(
    arxiv: StandIn,
) -> None:
    arxiv.papers["2407.16803"] = Told("2407.16803v1", "new", "Before")
    day = fetch(arxiv)
    assert said(only(day)) == told(ALL)
    assert "Before" not in {paper.title for paper in day.papers.values()}


LATE_API = {
    "by its date": (AGAIN, Told("2407.16803v3", updated="2025-07-01T12:00:00Z")),
    "by its web page": (
        replace(AGAIN, html="https://arxiv.org/html/2407.16803v4"),
        Told("2407.16803v3"),
    ),
    "by the comment": (
        replace(AGAIN, comment="This paper has been withdrawn"),
        Told("2407.16803v3"),
    ),
}


@pytest.mark.parametrize("case", LATE_API)
def test_a_version_before_the_announced_one_is_the_feeds_to_mend_or_missing(
    arxiv: StandIn, case: str
) -> None:
    announced, old = LATE_API[case]
    arxiv.page("cs.SD", Reply(page(NEW, announced)))
    arxiv.feed("cs.SD", Reply(rss(NEW, announced)))
    arxiv.papers["2407.16803"] = old
    day = fetch(arxiv)
    assert (only(day).state, said(only(day))) == (ListingState.COMPLETE, told([NEW, announced]))
    comments = {str(paper.id): paper.comment for paper in day.papers.values()}
    assert comments["2407.16803v4"] == announced.comment
    arxiv.feed("cs.SD", Reply(b"", 404))
    listing = only(fetch(arxiv))
    assert (listing.state, listing.missing) == (ListingState.PARTIAL, ("2407.16803",))


def test_a_replacement_that_moderation_held_is_complete_as_the_feed_says(arxiv: StandIn) -> None:
    held = replace(AGAIN, updated="2025-07-01T12:00:00Z")
    withdrawn = replace(held, comment="This paper has been withdrawn")
    arxiv.papers["2407.16803"] = held
    arxiv.page("cs.SD", Reply(page(withdrawn)))
    day = fetch(arxiv)
    assert (only(day).state, said(only(day))) == (ListingState.COMPLETE, told([held]))
    assert [paper.withdrawn for paper in day.papers.values()] == [True]  # by the page's comment


@pytest.mark.parametrize(
    "reply",
    [Reply(b"Rate exceeded."), Reply(b"", 503), Reply(fault="closed"), Reply(b"", 400)],
    ids=["rate", "503", "closed", "400"],
)
def test_without_the_api_the_feed_describes_the_whole_day(arxiv: StandIn, reply: Reply) -> None:
    arxiv.api(reply)
    listing = only(fetch(arxiv))
    assert said(listing) == told(ALL)


def test_after_the_fault_the_same_day_is_whole(arxiv: StandIn) -> None:
    arxiv.api(Reply(b"", 503))
    arxiv.feed("cs.SD", Reply(b"", 503))
    first = only(fetch(arxiv))
    assert first.state is ListingState.PARTIAL
    assert set(first.missing) == {each.id[:-2] for each in ALL}
    arxiv.replies.pop("/api/query")
    assert only(fetch(arxiv)).state is ListingState.COMPLETE


def test_several_categories_keep_the_interval(arxiv: StandIn) -> None:
    arxiv.page("eess.AS", Reply(page(NEW, CROSS_AGAIN, category="eess.AS")))
    fetch(arxiv, "cs.SD", "eess.AS")
    assert paths(arxiv) == ["/list/cs.SD/new", "/list/eess.AS/new", "/api/query"]
    assert all(later - earlier >= 3 for earlier, later in pairwise(arxiv.times()))


def test_kinds_are_seen_from_each_category(arxiv: StandIn) -> None:
    arxiv.page("eess.AS", Reply(page(CROSS_AGAIN, category="eess.AS")))
    speech = fetch(arxiv, "cs.SD", "eess.AS").listings[1]
    assert [each.kind for each in speech.announcements] == [AnnouncementType.REPLACE]


def test_a_day_that_the_page_has_left_behind_is_rebuilt_by_date(arxiv: StandIn) -> None:
    arxiv.page("cs.SD", Reply(page(*ALL, day="Monday, 14 July 2025")))
    arxiv.api(Reply(answer(AGAIN)))
    day = fetch(arxiv, "cs.SD", "eess.AS")
    states = {listing.category: listing.state for listing in day.listings}
    assert states["cs.SD"] is ListingState.RECONSTRUCTED
    assert [each for each in paths(arxiv) if each.startswith("/list/")] == ["/list/cs.SD/new"]
