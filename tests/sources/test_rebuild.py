"""Past days, rebuilt from the dates that the API and OAI state."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.sources import calendar
from newsletter.sources.arxiv_pages.listing_page import parse_listing_page
from newsletter.sources.arxiv_session import RecordedSession
from newsletter.sources.base import (
    AnnouncementType,
    FetchResult,
    Listing,
    ListingState,
    Paper,
    PaperId,
    SourceError,
)
from newsletter.sources.oai import parse_records
from newsletter.sources.past_days import dated_records, rebuild
from tests.sources.oai_samples import harvest, raw, refused_by_oai
from tests.sources.samples import Told, answer, refusal, shared

DAY = date(2025, 7, 11)  # a Friday: Wednesday 18:00 to Thursday 18:00 UTC
INSIDE = datetime(2025, 7, 10, 9, tzinfo=UTC)
BEFORE = datetime(2025, 6, 1, 9, tzinfo=UTC)
AFTER = datetime(2025, 7, 14, 9, tzinfo=UTC)
URL = "https://a.example/ask"


def paper(
    name: str,
    published_at: datetime | None = INSIDE,
    updated_at: datetime | None = None,
    categories: Sequence[str] = ("cs.SD",),
) -> Paper:
    return Paper(
        PaperId.read(name), "T", "A.", ("Ada L",), tuple(categories),
        published_at=published_at, updated_at=updated_at or published_at,
    )  # fmt: skip


def rebuilt(category: str, *papers: Paper, day: date = DAY) -> Listing:
    (listing,) = rebuild.rebuild_day((category,), day, {each.id: each for each in papers})
    return listing


def kinds(listing: Listing) -> dict[str, AnnouncementType]:
    return {str(each.paper): each.kind for each in listing.announcements}


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        ("2025-07-11", "2025-07-09 18:00", "2025-07-10 18:00"),  # Friday
        ("2025-07-14", "2025-07-10 18:00", "2025-07-11 18:00"),  # Monday
        ("2025-07-15", "2025-07-11 18:00", "2025-07-14 18:00"),  # Tuesday, over the weekend
        ("2025-01-16", "2025-01-14 19:00", "2025-01-15 19:00"),  # winter
        ("2025-03-11", "2025-03-07 19:00", "2025-03-10 18:00"),  # summer time began between
        ("2025-11-04", "2025-10-31 18:00", "2025-11-03 19:00"),  # and ended
    ],
)
def test_a_batch_lies_between_two_deadlines(day: str, start: str, end: str) -> None:
    expected = [datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (start, end)]
    found = calendar.submission_window(date.fromisoformat(day))
    assert list(found) == expected
    assert all(each.tzinfo is UTC for each in found)


@pytest.mark.parametrize(
    "name",
    [
        "q-fin_listings_new",
        "q-fin_listings_new.GN",
        "q-fin_listings_new.PR",
        "astro-ph_listings_new",
        "math_listings_new.AG",
    ],
)
def test_the_windows_are_those_that_arxivs_mails_state(name: str) -> None:
    mail = shared(f"email_listing/arxiv-browse_{name}").decode()
    sent = re.search(r"^Date: (\w+, +\d+ \w+ \d+) ", mail, re.MULTILINE)
    stated = re.search(r"received from +(.*?) GMT +to +(.*?) GMT", mail)
    assert sent is not None
    assert stated is not None
    day = datetime.strptime(sent[1], "%a, %d %b %y").replace(tzinfo=UTC).date()
    read = [datetime.strptime(each, "%a %d %b %y %H:%M:%S") for each in stated.groups()]  # noqa: DTZ007
    assert calendar.submission_window(day) == tuple(each.replace(tzinfo=UTC) for each in read)


@given(st.dates(date(1992, 1, 1), date(2100, 1, 1)).filter(lambda day: day.weekday() < 5))
def test_the_windows_of_all_days_join_without_gap_and_end_before_the_announcement(
    day: date,
) -> None:
    start, end = calendar.submission_window(day)
    following = day + timedelta(days=3 if day.weekday() == 4 else 1)
    if calendar.follows_holiday(following):
        following += timedelta(days=3 if following.weekday() == 4 else 1)
    assert start < end
    assert calendar.submission_window(following)[0] == end or calendar.follows_holiday(day)


def test_the_dates_decide_what_a_paper_was() -> None:
    listing = rebuilt(
        "cs.SD",
        paper("2507.00001v1"),
        paper("2507.00002v1", categories=("cs.LG", "cs.SD")),
        paper("2506.00003v2", BEFORE, INSIDE),
        paper("hep-th/9901001v5", BEFORE, INSIDE, ("hep-th", "cs.SD")),
        paper("2507.00004v3", INSIDE, AFTER),  # was new then, revised since
        paper("2506.00005v6", BEFORE, INSIDE),  # arXiv does not announce a sixth version
        paper("2506.00006v1", BEFORE, INSIDE),
        paper("2507.00007v1", AFTER),
        paper("2506.00008v2", BEFORE, AFTER),
        paper("2507.00009v1", categories=("cs.LG",)),
        paper("2507.00010v1", None),
        paper("2507.00011v1", categories=()),
    )
    assert kinds(listing) == {
        "2507.00001v1": AnnouncementType.NEW,
        "2507.00004v3": AnnouncementType.NEW,
        "2507.00002v1": AnnouncementType.CROSS,
        "2506.00003v2": AnnouncementType.REPLACE,
        "hep-th/9901001v5": AnnouncementType.REPLACE_CROSS,
    }
    assert (listing.state, listing.source) == (
        ListingState.RECONSTRUCTED,
        "API, by date, without replacements: it does not find them",
    )
    assert (listing.expected, listing.missing) == (None, ())


def test_an_archive_holds_its_categories_and_a_paper_stands_once() -> None:
    found = paper("2507.00001v1"), paper("2507.00001v2", INSIDE, INSIDE)
    assert kinds(rebuilt("cs", *found)) == {"2507.00001v1": AnnouncementType.NEW}


def test_the_deadline_itself_belongs_to_the_next_batch() -> None:
    start, end = calendar.submission_window(DAY)
    assert kinds(rebuilt("cs.SD", paper("2507.00001v1", start))) == {
        "2507.00001v1": AnnouncementType.NEW
    }
    assert rebuilt("cs.SD", paper("2507.00001v1", end)).state is ListingState.NONE


@pytest.mark.parametrize("day", [date(2025, 7, 12), date(2025, 7, 13), date.min, date(1991, 1, 1)])
def test_of_a_day_without_a_batch_nothing_is_rebuilt_and_nobody_asked(day: date) -> None:
    asked: list[str] = []
    session = RecordedSession(asked.append)
    always = [paper("2507.00001v1", datetime(2025, 7, 11, 9, tzinfo=UTC))]
    assert rebuilt("cs.SD", *always, day=day).state is ListingState.NONE
    assert dated_records.ask_api(session, URL, ("cs.SD",), day) == {}
    assert dated_records.ask_oai(session, URL, ("cs.SD",), day) == {}
    assert asked == []


class Api:
    """An API of a few papers that gives `page` at a time.

    It reads `lastUpdatedDate` as `submittedDate`, as arXiv's does.
    """

    def __init__(self, *papers: Paper, page: int = 500, lost: int = 0) -> None:
        self.papers = papers
        self.page = page
        self.lost = lost
        self.asked: list[dict[str, str]] = []

    def __call__(self, url: str) -> bytes:
        args = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.asked.append(args)
        names = args.get("id_list", "").split(",")
        found = [each for each in self.papers if str(each.id) in names]
        if "search_query" in args:
            newest = self._newest()
            found = [
                each
                for each in self.papers
                if each.id in newest and self._matches(each, args["search_query"])
            ]
        start = int(args["start"])
        shown = found[start : start + min(self.page, int(args["max_results"]))]
        return dated_answer(shown[: len(shown) - self.lost], len(found))

    def _newest(self) -> set[PaperId]:
        newest: dict[str, PaperId] = {}
        for each in sorted(each.id for each in self.papers):
            newest[each.arxiv_id] = each
        return set(newest.values())

    def _matches(self, paper: Paper, query: str) -> bool:
        stated = re.search(r"(submitted|lastUpdated)Date:\[(\d{12}) TO (\d{12})\]", query)
        assert stated is not None
        when = paper.published_at
        return when is not None and stated[2] <= f"{when:%Y%m%d%H%M}" <= stated[3]


def dated_answer(papers: Sequence[Paper], counted: int) -> bytes:
    content = answer(
        *(Told(str(each.id), categories=each.categories) for each in papers), counted=counted
    )
    parts = content.split(b"<entry>")
    for place, each in enumerate(papers, start=1):
        for tag, when in (("updated", each.updated_at), ("published", each.published_at)):
            assert when is not None
            stated = f"<{tag}>{when:%Y-%m-%dT%H:%M:%SZ}<".encode()
            parts[place] = re.sub(rf"<{tag}>[^<]+<".encode(), stated, parts[place])
    return b"<entry>".join(parts)


def test_the_api_is_asked_for_the_versions_of_then_and_finds_no_replacements() -> None:
    api = Api(
        paper("2507.00001v1"),
        paper("2506.00002v2", BEFORE, INSIDE),
        paper("2507.00003v1", INSIDE),
        paper("2507.00003v2", INSIDE, AFTER),
        paper("2507.00004v1", AFTER),
    )
    day = by_date(api, Oai(b""), "cs.SD", "hep-th", "math")
    of_them = "(cat:cs.SD OR cat:hep-th OR cat:math.*)"
    assert [each.get("search_query") for each in api.asked] == [
        f"{of_them} AND submittedDate:[202507091800 TO 202507101800]",
        None,
    ]
    assert api.asked[1]["id_list"] == "2507.00003v1"
    assert [(each.category, each.state) for each in day.listings] == [
        ("cs.SD", ListingState.RECONSTRUCTED),
        ("hep-th", ListingState.NONE),
        ("math", ListingState.NONE),
    ]
    assert kinds(day.listings[0]) == {
        "2507.00001v1": AnnouncementType.NEW,
        "2507.00003v1": AnnouncementType.NEW,
    }
    assert sorted(map(str, day.papers)) == sorted(kinds(day.listings[0]))
    assert day.listings[0].source == rebuild.API_BY_DATE


def test_oai_adds_the_replacements_and_the_api_what_was_revised_since() -> None:
    api = Api(paper("2507.00001v1"), paper("2507.00003v1"), paper("2507.00003v2", INSIDE, AFTER))
    oai = Oai(harvest(raw(Told("2507.00001v1"), INSIDE), raw(Told("2506.00002v2"), INSIDE, BEFORE)))
    (listing,) = by_date(api, oai, "cs.SD").listings
    assert kinds(listing) == {
        "2507.00001v1": AnnouncementType.NEW,
        "2507.00003v1": AnnouncementType.NEW,
        "2506.00002v2": AnnouncementType.REPLACE,
    }
    assert (listing.state, listing.source) == (ListingState.RECONSTRUCTED, "OAI and API, by date")


def test_where_neither_answers_the_line_says_why() -> None:
    def refuse(_url: str) -> bytes:
        return refusal("sorry")

    with pytest.raises(SourceError, match=r"OAI .*; .*arXiv refused: sorry"):
        rebuild.by_date(RecordedSession(refuse), URL, URL, ("cs.SD",), DAY)


def test_the_batch_after_an_empty_day_holds_that_days_papers_too() -> None:
    start, end = calendar.submission_window(date(2026, 11, 30))
    assert (start.isoformat(), end.isoformat()) == (
        "2026-11-25T19:00:00+00:00",
        "2026-11-27T19:00:00+00:00",
    )
    always = paper("2611.00001v1", start)
    assert rebuilt("cs.SD", always, day=date(2026, 11, 27)).state is ListingState.NONE
    assert rebuilt("cs.SD", always, day=date(2026, 11, 30)).state is ListingState.RECONSTRUCTED


def test_a_version_of_then_that_the_api_lacks_leaves_the_newest() -> None:
    api = Api(paper("2507.00003v2", INSIDE, AFTER))
    day = by_date(api, Oai(b""), "cs.SD")
    assert kinds(day.listings[0]) == {"2507.00003v2": AnnouncementType.NEW}


@pytest.mark.parametrize("page", [500, 100])  # arXiv may give fewer than asked for
def test_a_large_day_is_paged_through_from_the_oldest_on(page: int) -> None:
    api = Api(*(paper(f"2507.{number:05}v1") for number in range(1234)), page=page)
    found = dated_records.ask_api(RecordedSession(api), URL, ("cs",), DAY)
    assert len(found) == 1234
    assert len(api.asked) == -(-1234 // page)
    assert all(
        (each["max_results"], each["sortBy"], each["sortOrder"])
        == ("500", each["search_query"].rpartition(" AND ")[2].partition(":")[0], "ascending")
        for each in api.asked
    )


def test_an_api_that_gives_less_than_it_counts_is_not_believed() -> None:
    api = Api(*(paper(f"2507.{number:05}v1") for number in range(600)), lost=500)
    with pytest.raises(SourceError, match="the API counts 600 papers and gave 0"):
        dated_records.ask_api(RecordedSession(api), URL, ("cs",), DAY)
    one_at_a_time = Api(*api.papers, page=1)
    with pytest.raises(SourceError, match="the API counts 600 papers, but gives too few at a time"):
        dated_records.ask_api(RecordedSession(one_at_a_time), URL, ("cs",), DAY)
    assert len(one_at_a_time.asked) == 40
    with pytest.raises(SourceError, match="arXiv refused: sorry"):
        dated_records.ask_api(RecordedSession(lambda _url: refusal("sorry")), URL, ("cs",), DAY)


class Oai:
    """An OAI that gives the prepared answers in turn."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, str]] = []

    def __call__(self, url: str) -> bytes:
        args = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert args.pop("verb") == "ListRecords"
        self.asked.append(args)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def by_date(
    api: Callable[[str], bytes], oai: Callable[[str], bytes], *categories: str
) -> FetchResult:
    """The day rebuilt; what an address begins with says who is asked."""

    def answer_of(url: str) -> bytes:
        return oai(url) if url.startswith("https://oai.example/") else api(url)

    session = RecordedSession(answer_of)
    return rebuild.by_date(session, "https://oai.example/oai", URL, categories, DAY)


def test_oai_is_asked_around_the_day_and_followed_to_its_end() -> None:
    more = "<resumptionToken>a b&amp;c</resumptionToken>"
    oai = Oai(
        harvest(raw(Told("2507.00001v1"), INSIDE), more),
        harvest(
            raw(Told("2506.00002v2"), INSIDE, BEFORE), raw(Told("2507.00003v2"), AFTER, INSIDE)
        ),
        refused_by_oai("noRecordsMatch", "none"),
    )
    day = by_date(lambda _url: b"", oai, "cs.SD", "hep-th")
    first = {"metadataPrefix": "arXivRaw", "from": "2025-07-10", "until": "2025-07-12"}
    assert oai.asked == [
        first | {"set": "cs:cs:SD"},
        {"resumptionToken": "a b&c"},
        first | {"set": "physics:hep-th"},
    ]
    assert kinds(day.listings[0]) == {
        "2507.00001v1": AnnouncementType.NEW,
        "2507.00003v1": AnnouncementType.NEW,
        "2506.00002v2": AnnouncementType.REPLACE,
    }
    assert [each.source for each in day.listings] == ["OAI, by date"] * 2
    assert [each.state for each in day.listings] == [ListingState.RECONSTRUCTED, ListingState.NONE]
    assert set(day.papers) == {each.paper for each in day.listings[0].announcements}


def test_oai_without_end_or_with_a_refusal_is_one_clear_line() -> None:
    endless = Oai(harvest(raw(Told()), "<resumptionToken>again</resumptionToken>"))
    for oai, words in (
        (endless, r"OAI has no end: over 20 pages of cs:cs:SD"),
        (Oai(refused_by_oai("badArgument", "no")), r"OAI \(HTTP 200\): .* refused: badArgument no"),
        (Oai(b"Rate exceeded."), r"OAI \(HTTP 200\): this is the text 'Rate exceeded.'"),
    ):
        with pytest.raises(SourceError, match=words):
            dated_records.ask_oai(RecordedSession(oai), URL, ("cs.SD",), DAY)
    assert len(endless.asked) == 20


def test_a_category_within_an_archive_is_not_asked_for_again() -> None:
    oai = Oai(refused_by_oai("noRecordsMatch", "none"))
    categories = ("cs.SD", "cs", "math.AG", "physics", "physics.optics", "math-ph")
    dated_records.ask_oai(RecordedSession(oai), URL, categories, DAY)
    assert [each["set"] for each in oai.asked] == [
        "cs:cs",
        "math:math:AG",
        "physics:physics",
        "physics:math-ph",
    ]


def test_every_category_has_the_name_that_arxivs_oai_lists() -> None:
    from newsletter.taxonomy import CATEGORIES

    known = set(re.findall(r"<setSpec>([^<]+)", shared("oai/oaipmhcode_ListSets.xml").decode()))
    assert {dated_records._set(each) for each in CATEGORIES} - known == set()


def test_of_a_real_day_the_dates_give_back_all_but_what_moderation_held_back() -> None:
    mail = shared("email_listing/arxiv-browse_q-fin_listings_new").decode()
    told = re.findall(
        r"^arXiv:(\S+)\nDate: (\w+, \d+ \w+ \d{4} \S+) GMT.*?^Categories: ([^\n]+)",
        mail,
        re.MULTILINE | re.DOTALL,
    )
    papers = [
        paper(
            f"{name}v1",
            datetime.strptime(when, "%a, %d %b %Y %H:%M:%S").replace(tzinfo=UTC),
            categories=categories.split(),
        )
        for name, when, categories in told
    ]
    day = date(2023, 3, 17)
    page = parse_listing_page(shared("html/browsecode_fs_list_q-fin_new.html"), "q-fin")
    new = {each.arxiv_id for each in page.listed if each.kind is AnnouncementType.NEW}
    found = {each.paper.arxiv_id for each in rebuilt("q-fin", *papers, day=day).announcements}
    start, _ = calendar.submission_window(day)
    held_back = {
        each.id.arxiv_id for each in papers if each.published_at and each.published_at < start
    }
    assert (len(new), len(held_back)) == (13, 7)
    assert found == new - held_back


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (date(2008, 6, 26), [AnnouncementType.NEW]),  # v1, Wednesday 25 June, 11:29 Eastern
        (date(2009, 2, 3), []),  # v2, Monday 2 February, 14:27 Eastern: too late for Tuesday
        (date(2009, 2, 4), [AnnouncementType.REPLACE]),
        (date(2014, 12, 15), []),  # v6 is not announced
    ],
)
def test_real_records_are_dated_by_their_versions(day: date, kinds: list[AnnouncementType]) -> None:
    records = parse_records(shared("oai/oaipmhcode_GetRecord_arXivRaw_0806.4129.xml")).records
    papers = dated_records.papers_as_of(records, day)
    (listing,) = rebuild.rebuild_day(("math-ph",), day, papers, rebuild.OAI_BY_DATE)
    assert [each.kind for each in listing.announcements] == kinds
