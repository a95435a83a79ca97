"""The live source against a stand-in that misbehaves as arXiv does."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from newsletter.config import SourceSettings
from newsletter.sources.arxiv_source import ArxivSource
from newsletter.sources.base import (
    AnnouncementType,
    FetchResult,
    ListingState,
    PaperId,
    SourceError,
)
from newsletter.sources.http import adapter
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.session import PoliteSession
from tests.sources.samples import NO_ANSWERS, Told, answer, atom, refusal, rss, shared
from tests.sources.standin import Clock, Reply, StandIn, listening

DAY = date(2025, 7, 11)
NEW = Told()
CROSS = Told("2507.07271v1", "cross", "Crossed", categories=("cs.LG", "cs.SD"))
AGAIN = Told("2407.16803v4", "replace", "Again")


@pytest.fixture(autouse=True)
def _a_machine_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NEWSLETTER_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def arxiv_org(clock: Clock) -> Iterator[StandIn]:
    with listening(clock) as stand_in:
        stand_in.feed("cs.SD", Reply(rss(NEW, CROSS, AGAIN)))
        stand_in.papers = {each.id: each for each in (NEW, CROSS, AGAIN)}
        yield stand_in


def settings(stand_in: StandIn, timeout_s: float = 20.0) -> SourceSettings:
    return SourceSettings(
        feed_url=stand_in.url + "/rss/{categories}",
        api_url=f"{stand_in.url}/api/query",
        timeout_s=timeout_s,
    )


def session_to(stand_in: StandIn, timeout_s: float = 20.0) -> PoliteSession:
    clock = stand_in.clock
    return PoliteSession(
        PoliteAdapter(settings(stand_in, timeout_s), "https://n.example", clock.sleep, clock)
    )


def source(stand_in: StandIn, session: PoliteSession) -> ArxivSource:
    return ArxivSource(session, stand_in.url + "/rss/{categories}", f"{stand_in.url}/api/query")


def fetched(stand_in: StandIn, *categories: str, timeout_s: float = 20.0) -> FetchResult:
    with session_to(stand_in, timeout_s) as session:
        return source(stand_in, session).fetch(categories or ("cs.SD",), DAY)


def refused(stand_in: StandIn, timeout_s: float = 20.0) -> str:
    with pytest.raises(SourceError) as error:
        fetched(stand_in, timeout_s=timeout_s)
    line = str(error.value)
    assert line == " ".join(line.split()), "one line"
    return line


def told_by_the_feed(stand_in: StandIn) -> str:
    """The day is whole without the API; gives what the listing says of its source."""
    day = fetched(stand_in)
    (listing,) = day.listings
    assert {each.paper for each in listing.announcements} == set(day.papers)
    assert {paper.comment for paper in day.papers.values()} == {None}
    return listing.source


def keeps_the_interval(stand_in: StandIn, at_least: float = 3.0) -> bool:
    return all(later - earlier >= at_least for earlier, later in pairwise(stand_in.times()))


def test_a_day_is_what_the_feed_announces_and_what_the_api_says_of_it(arxiv_org: StandIn) -> None:
    day = fetched(arxiv_org)
    (listing,) = day.listings
    assert listing.state is ListingState.UNCHECKED
    assert [(str(each.paper), each.kind) for each in listing.announcements] == [
        ("2507.07270v1", AnnouncementType.NEW),
        ("2507.07271v1", AnnouncementType.CROSS),
        ("2407.16803v4", AnnouncementType.REPLACE),
    ]
    assert {paper.comment for paper in day.papers.values()} == {"5 pages"}
    assert [each.path for each in arxiv_org.asked] == ["/rss/cs.SD", "/api/query"]


def test_requests_bear_an_honest_name_and_share_one_paced_connection(arxiv_org: StandIn) -> None:
    arxiv_org.feed("eess.AS", Reply(rss(NEW, title="eess.AS")))
    fetched(arxiv_org, "cs.SD", "eess.AS")
    assert {each.agent for each in arxiv_org.asked} == {"newsletter/0.1.0 (https://n.example)"}
    assert len({each.connection for each in arxiv_org.asked}) == 1
    assert arxiv_org.times() == [1000.0, 1003.0, 1006.0]


def test_a_paper_of_two_categories_is_asked_for_once(arxiv_org: StandIn) -> None:
    arxiv_org.feed("eess.AS", Reply(rss(NEW, title="eess.AS")))
    day = fetched(arxiv_org, "cs.SD", "eess.AS")
    assert [each.kind for each in day.listings[1].announcements] == [AnnouncementType.CROSS]
    assert sorted(arxiv_org.asked[-1].ids) == ["2407.16803v4", "2507.07270v1", "2507.07271v1"]


def test_a_paper_that_the_api_does_not_know_is_what_the_feed_says_of_it(arxiv_org: StandIn) -> None:
    del arxiv_org.papers[NEW.id]
    day = fetched(arxiv_org)
    assert len(day.papers) == 3
    told = day.papers[PaperId("2507.07270")]
    assert (told.title, told.abstract, told.comment) == ("Hearing by Eye", "We listen.", None)
    assert told.authors == ("Ada L", "Bob M")


def test_nor_do_all_of_them_vanish_when_its_index_is_a_day_late(arxiv_org: StandIn) -> None:
    arxiv_org.papers = {}
    assert len(fetched(arxiv_org).papers) == 3


def test_another_version_than_the_announced_one_is_not_taken_for_it(arxiv_org: StandIn) -> None:
    arxiv_org.api(Reply(answer(Told("2407.16803v5", title="Too new"))))
    titles = {paper.title for paper in fetched(arxiv_org).papers.values()}
    assert titles == {"Hearing by Eye", "Crossed", "Again"}


def test_an_answer_that_counts_more_papers_than_it_has_loses_none(arxiv_org: StandIn) -> None:
    arxiv_org.api(Reply(answer(NEW, CROSS, counted=3)), Reply(answer(counted=3)))
    comments = [paper.comment for paper in fetched(arxiv_org).papers.values()]
    assert sorted(map(str, comments)) == ["5 pages", "5 pages", "None"]


def test_an_answer_that_never_ends_is_left(arxiv_org: StandIn) -> None:
    arxiv_org.api(Reply(answer(NEW, counted=300_000)))
    assert len(fetched(arxiv_org).papers) == 3
    assert len(arxiv_org.asked) <= 4


def test_many_papers_take_a_request_for_two_hundred(arxiv_org: StandIn) -> None:
    many = [Told(f"2507.{number:05}v1") for number in range(1, 451)]
    arxiv_org.feed("cs.SD", Reply(rss(*many)))
    arxiv_org.papers = {each.id: each for each in many}
    day = fetched(arxiv_org)
    assert len(day.papers) == 450
    assert [len(each.ids) for each in arxiv_org.asked[1:]] == [200, 200, 50]
    assert keeps_the_interval(arxiv_org)


@pytest.mark.parametrize(
    "trouble",
    [
        Reply(b"Rate exceeded."),
        Reply(b"<html><h1>Rate limit exceeded</h1></html>"),
        Reply(b"Rate exceeded.", 429),
        Reply(b"Rate exceeded.", 429, {"Retry-After": "soon"}),
        Reply(b"Rate exceeded.", 429, {"Retry-After": "\xb2"}),
        Reply(b"", 406),
        Reply(b"", 500),
        Reply(b"<html>Bad gateway</html>", 502),
        Reply(b"", 503),
        Reply(fault="closed"),
        Reply(rss(NEW), fault="cut"),
        Reply(b"no gzip", headers={"Content-Encoding": "gzip"}),
    ],
    ids=lambda reply: f"{reply.status} {reply.fault} {dict(reply.headers)}",
)
def test_trouble_that_passes_is_waited_out_politely(arxiv_org: StandIn, trouble: Reply) -> None:
    feed = arxiv_org.replies["/rss/cs.SD"]
    arxiv_org.feed("cs.SD", trouble, trouble, *feed)
    arxiv_org.api(trouble, Reply(answer(NEW, CROSS, AGAIN)))
    assert len(fetched(arxiv_org).papers) == 3
    assert [each.path for each in arxiv_org.asked] == ["/rss/cs.SD"] * 3 + ["/api/query"] * 2
    assert keeps_the_interval(arxiv_org)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "70"}, 70),
        (
            {
                "Date": "Fri, 11 Jul 2025 05:00:00 GMT",
                "Retry-After": "Fri, 11 Jul 2025 05:01:30 GMT",
            },
            90,
        ),
    ],
)
def test_arxiv_says_how_long_to_wait(
    arxiv_org: StandIn, headers: dict[str, str], wait: float
) -> None:
    arxiv_org.feed("cs.SD", Reply(b"", 503, headers), *arxiv_org.replies["/rss/cs.SD"])
    fetched(arxiv_org)
    first, second, *_ = arxiv_org.times()
    assert second - first >= wait


def test_a_wait_that_is_too_long_is_the_operators_and_nothing_is_asked_again(
    arxiv_org: StandIn,
) -> None:
    arxiv_org.feed("cs.SD", Reply(b"", 429, {"Retry-After": "3600"}))
    line = refused(arxiv_org)
    assert "127.0.0.1: HTTP 429, and asks not to come again for 3600 seconds" in line
    assert len(arxiv_org.asked) == 1


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Reply(b"Rate exceeded."), 'HTTP 200, with "Rate exceeded." (4 tries); run it again later'),
        (Reply(b"Rate exceeded.", 429), "127.0.0.1: HTTP 429 (4 tries); run it again later"),
        (Reply(b"", 503), "127.0.0.1: HTTP 503 (4 tries); run it again later"),
        (Reply(b"", 406), "127.0.0.1: HTTP 406, with which arXiv turns programs away now and then"),
        (Reply(fault="closed"), "cannot be reached, or the answer was cut off (4 tries)"),
        (Reply(rss(NEW), fault="cut"), "cannot be reached, or the answer was cut off (4 tries)"),
    ],
)
def test_trouble_that_stays_has_an_end_and_one_clear_line(
    arxiv_org: StandIn, trouble: Reply, words: str
) -> None:
    arxiv_org.feed("cs.SD", trouble)
    assert words in refused(arxiv_org)
    assert len(arxiv_org.asked) == 4
    assert keeps_the_interval(arxiv_org)
    arxiv_org.feed("cs.SD", Reply(rss(NEW)))
    assert len(fetched(arxiv_org).papers) == 1, "the next run heals"


def test_silence_is_not_waited_out_for_ever(arxiv_org: StandIn) -> None:
    arxiv_org.feed("cs.SD", Reply(fault="silence"))
    assert "127.0.0.1: no answer in time (4 tries)" in refused(arxiv_org, timeout_s=0.05)
    assert keeps_the_interval(arxiv_org)


def test_nobody_there_is_one_clear_line(clock: Clock) -> None:
    with listening(clock) as stand_in:
        pass
    assert "127.0.0.1: cannot be reached" in refused(stand_in)


@pytest.mark.parametrize(("body", "word"), NO_ANSWERS)
def test_what_is_no_feed_is_never_no_papers(arxiv_org: StandIn, body: bytes, word: str) -> None:
    arxiv_org.feed("cs.SD", Reply(body))
    line = refused(arxiv_org)
    assert line.startswith("cs.SD (HTTP 200): this is ")
    assert word in line


@pytest.mark.parametrize(("body", "word"), NO_ANSWERS)
def test_what_is_no_answer_of_the_api_is_never_no_results(
    arxiv_org: StandIn, body: bytes, word: str
) -> None:
    arxiv_org.api(Reply(body))
    line = told_by_the_feed(arxiv_org)
    assert "the API failed: the API (HTTP 200): this is " in line
    assert word in line


def test_the_feed_and_the_api_are_not_mixed_up(arxiv_org: StandIn) -> None:
    arxiv_org.feed("cs.SD", Reply(answer()))
    assert "this is an answer of the API, not a feed" in refused(arxiv_org)
    arxiv_org.feed("cs.SD", Reply(rss(NEW)))
    arxiv_org.api(Reply(atom()))
    line = told_by_the_feed(arxiv_org)
    assert "this is a feed of announcements, not an answer of the API" in line


def test_half_a_feed_and_half_an_answer_are_errors(arxiv_org: StandIn) -> None:
    arxiv_org.feed("cs.SD", Reply(rss(NEW, CROSS)[:-60]))
    assert "cut off" in refused(arxiv_org)
    arxiv_org.feed("cs.SD", Reply(rss(NEW, CROSS)))
    arxiv_org.api(Reply(answer(NEW, CROSS)[:-60]))
    assert "cut off" in told_by_the_feed(arxiv_org)


def test_a_bad_category_is_arxivs_own_words_and_not_asked_twice(arxiv_org: StandIn) -> None:
    arxiv_org.feed("cs.SD", Reply(shared("rss/arxivfeedcode_rss_cs.ZZ.xml"), 400))
    line = refused(arxiv_org)
    assert line.startswith("cs.SD (HTTP 400): arXiv refused the feed: Bad subject class 'ZZ'.")
    assert len(arxiv_org.asked) == 1


def test_a_refusal_of_the_api_is_its_own_words_and_not_asked_twice(arxiv_org: StandIn) -> None:
    arxiv_org.api(Reply(refusal("incorrect id format for abc"), 400))
    assert told_by_the_feed(arxiv_org).endswith("arXiv refused: incorrect id format for abc")
    assert len(arxiv_org.asked) == 2


def test_a_good_feed_with_a_bad_status_is_not_believed(arxiv_org: StandIn) -> None:
    arxiv_org.feed("cs.SD", Reply(rss(NEW), 404))
    assert refused(arxiv_org) == "cs.SD: the feed was refused with HTTP 404"
    arxiv_org.feed("cs.SD", Reply(rss(NEW)))
    arxiv_org.api(Reply(answer(NEW), 404))
    line = told_by_the_feed(arxiv_org)
    assert line.endswith("the API refused: Page request resulted in HTTP 404")


def test_redirects_are_followed_at_the_same_pace(arxiv_org: StandIn) -> None:
    arxiv_org.feed("moved", *arxiv_org.replies["/rss/cs.SD"])
    arxiv_org.feed("cs.SD", Reply(b"", 301, {"Location": "/rss/moved"}))
    assert len(fetched(arxiv_org).papers) == 3
    assert [each.path for each in arxiv_org.asked][:2] == ["/rss/cs.SD", "/rss/moved"]
    assert keeps_the_interval(arxiv_org)


@pytest.mark.parametrize("place", ["/rss/cs.SD", "ftp://arxiv.org/", "http://", "http://[x"])
def test_redirects_to_nowhere_have_an_end(arxiv_org: StandIn, place: str) -> None:
    arxiv_org.feed("cs.SD", Reply(b"", 302, {"Location": place}))
    refused(arxiv_org)
    assert len(arxiv_org.asked) <= 6


def test_an_answer_without_end_is_not_swallowed(
    arxiv_org: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "_MOST_BYTES", 10_000)
    arxiv_org.feed("cs.SD", Reply(b" " * 100_000))
    assert refused(arxiv_org) == "127.0.0.1: the answer is larger than any of arXiv's"


def test_a_feed_of_another_day_is_stale_and_costs_no_more_requests(arxiv_org: StandIn) -> None:
    arxiv_org.feed("cs.SD", Reply(rss(NEW, stated="Thu, 10 Jul 2025 00:00:00 -0400")))
    (listing,) = fetched(arxiv_org).listings
    assert (listing.state, listing.announcements) == (ListingState.STALE, ())
    assert listing.source == "the feed of 2025-07-10"
    assert len(arxiv_org.asked) == 1


@pytest.mark.parametrize("empty", [rss(), atom()])
def test_a_feed_without_items_says_that_nothing_was_announced(
    arxiv_org: StandIn, empty: bytes
) -> None:
    arxiv_org.feed("cs.SD", Reply(empty))
    (listing,) = fetched(arxiv_org).listings
    assert listing.state is ListingState.NONE


def test_an_empty_feed_without_a_date_says_nothing(arxiv_org: StandIn) -> None:
    arxiv_org.feed("cs.SD", Reply(atom(built="")))
    assert "bears no date" in refused(arxiv_org)


def test_without_the_api_a_day_is_what_the_feeds_say(arxiv_org: StandIn) -> None:
    with session_to(arxiv_org) as session:
        alone = ArxivSource(session, arxiv_org.url + "/rss/{categories}", api_url=None)
        assert len(alone.fetch(("cs.SD",), DAY).papers) == 3
    assert len(arxiv_org.asked) == 1


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2025-07-11T03:59:00", "2025-07-10"),  # 23:59 in New York, summer time
        ("2025-07-11T04:00:00", "2025-07-11"),
        ("2025-07-12T12:00:00", "2025-07-11"),  # a Saturday
        ("2025-07-14T03:59:00", "2025-07-11"),  # still Sunday there
        ("2025-07-14T04:00:00", "2025-07-14"),
        ("2025-01-08T04:59:00", "2025-01-07"),  # winter time
        ("2025-01-08T05:00:00", "2025-01-08"),
    ],
)
def test_days_are_arxivs_own(arxiv_org: StandIn, now: str, day: str) -> None:
    with session_to(arxiv_org) as session:
        current = source(arxiv_org, session).current_day(
            datetime.fromisoformat(now).replace(tzinfo=UTC)
        )
    assert current == date.fromisoformat(day)
