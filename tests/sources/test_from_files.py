"""Files that somebody saved: told apart by what they hold."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsletter.sources.arxiv_api import papers_in
from newsletter.sources.base import AnnouncementType, Listing, ListingState, SourceError
from newsletter.sources.saved.from_files import SavedFiles
from tests.sources.dated_samples import catchup, dated_case, recent
from tests.sources.oai_samples import harvest, parsed, raw
from tests.sources.samples import NO_ANSWERS, SHARED, Told, answer, atom, page, rss, shared

DAY = date(2025, 7, 11)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
NEW = Told()
SIGNAL = Told("2507.00002v1", categories=("eess.SP", "cs.SD"))


@pytest.fixture
def saved(tmp_path: Path) -> "Saved":
    return Saved(tmp_path)


class Saved:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, **files: bytes) -> SavedFiles:
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        return SavedFiles([self.folder / name for name in files])

    def refused(self, **files: bytes) -> str:
        with pytest.raises(SourceError) as error:
            self(**files)
        assert "\n" not in str(error.value)
        return str(error.value)


def test_feeds_and_answers_make_a_day_whatever_they_are_called(saved: Saved) -> None:
    source = saved(a=answer(NEW), b=rss(NEW, SIGNAL), c=atom(SIGNAL, title="eess.SP"))
    assert source.current_day(NOW) == DAY
    day = source.fetch(("cs.SD", "eess.SP"), DAY)
    assert [(each.category, len(each.announcements)) for each in day.listings] == [
        ("cs.SD", 2),
        ("eess.SP", 1),
    ]
    assert sorted(map(str, [paper.comment for paper in day.papers.values()])) == ["5 pages", "None"]


def test_papers_that_were_not_announced_do_not_come_in(saved: Saved) -> None:
    source = saved(feed=rss(NEW), papers=answer(NEW, Told("2507.99999v1")))
    assert list(map(str, source.fetch(("cs.SD",), DAY).papers)) == ["2507.07270v1"]


def test_of_a_category_that_no_file_speaks_of_nothing_is_said(saved: Saved) -> None:
    source = saved(feed=rss(SIGNAL, title="eess.SP"))
    day = source.fetch(("cs.SD", "eess.SP", "cs.CL"), DAY)
    assert [each.category for each in day.listings] == ["eess.SP"]
    with pytest.raises(SourceError, match=r"feed says nothing of cs\.SD; give a listing page or a"):
        source.fetch(("cs.SD",), DAY)


def test_a_feed_with_a_strange_title_speaks_of_what_its_papers_bear(saved: Saved) -> None:
    source = saved(feed=rss(SIGNAL).replace(b"cs.SD updates on arXiv.org", b"My feed"))
    day = source.fetch(("cs.SD", "eess.SP", "cs.CL"), DAY)
    assert [each.category for each in day.listings] == ["cs.SD", "eess.SP"]


def test_two_that_are_empty_make_a_day_without_papers_and_one_alone_does_not(saved: Saved) -> None:
    other = Told("2507.00009v1", categories=("cs.CL",))
    empty_files = {
        "page": page(),
        "feed": rss(),
        "recent": recent({NEXT: (), PAST: (NEW,)}),
        "archive": page(other, category="cs"),
        "past": catchup(day=DAY),
    }
    for number, (name, content) in enumerate(empty_files.items()):
        alone = only(saved(**{name: content}))
        assert (alone.state, alone.expected) == (ListingState.STALE, None), name
        assert alone.source == f"saved files: {name}: empty, which nobody confirms"
        another, more = list(empty_files.items())[number - 1]
        both = only(saved(**{name: content, another: more}))
        assert both.state is ListingState.NONE, (name, another)
    papers = only(saved(page=page(), feed=rss(NEW), archive=empty_files["archive"]))
    assert (papers.state, list(kinds(papers))) == (ListingState.UNCHECKED, [NEW.id])


def test_another_day_than_the_files_is_one_clear_line(saved: Saved) -> None:
    source = saved(feed=rss(NEW))
    with pytest.raises(SourceError, match="feed holds nothing of 2025-07-14, but of 2025-07-11"):
        source.fetch(("cs.SD",), date(2025, 7, 14))


def test_files_of_several_days_are_kept_apart(saved: Saved) -> None:
    older = rss(SIGNAL, stated="Thu, 10 Jul 2025 00:00:00 -0400")
    source = saved(today=rss(NEW), yesterday=older)
    assert source.current_day(NOW) == DAY
    for day, paper in ((DAY, NEW), (date(2025, 7, 10), SIGNAL)):
        assert [str(each) for each in source.fetch(("cs.SD",), day).papers] == [paper.id]


def test_answers_alone_do_not_say_what_was_announced(saved: Saved) -> None:
    assert saved.refused(papers=answer(NEW)) == (
        "nothing in papers says what was announced; give a listing page or a feed of the day,"
        " such as https://arxiv.org/list/cs.SD/new"
    )


@pytest.mark.parametrize(("content", "word"), NO_ANSWERS[:-1])
def test_a_file_that_is_neither_is_told_for_what_it_is(
    saved: Saved, content: bytes, word: str
) -> None:
    line = saved.refused(feed=rss(NEW), other=content)
    assert line.startswith(f"{saved.folder / 'other'}: this is ")
    assert word in line
    assert line.endswith(
        "none of a feed of announcements, an answer of the API, an OAI answer, a listing page,"
        " a page of a past day, a page of recent papers"
    )


@pytest.mark.parametrize(
    "heading",
    [
        "<h3>New submissions for Fri,  3 May 24</h3>",
        "<small>[ total of 13 entries:  <b>1-13</b> ]</small>",
    ],
)
def test_a_page_from_before_september_2024_is_named_as_such(saved: Saved, heading: str) -> None:
    old = f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"><html><body><div id="dlpage">
    <h1>Sound</h1>{heading}<dl><dt><a name="item1">[1]</a>&nbsp; <span class="list-identifier">
    <a href="/abs/2405.00705" title="Abstract">arXiv:2405.00705</a></span></dt><dd></dd></dl>
    </div></body></html>"""
    assert "a listing page from before September 2024" in saved.refused(page=old.encode())


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("html/browsecode_db_abs_0704.0001.html", "this is a web page"),
        ("oai/oaipmhcode_ListSets.xml", "this OAI answer holds no papers"),
        ("oai/oaipmhcode_badArgument.xml", "arXiv's OAI refused: badArgument"),
        ("email_listing/arxiv-browse_q-fin_listings_new", "this is the text 'Date: Fri, 17 Mar 23"),
    ],
)
def test_arxivs_other_formats_are_named(saved: Saved, name: str, word: str) -> None:
    assert word in saved.refused(other=shared(name))


def test_a_bad_item_in_a_file_names_the_file(saved: Saved) -> None:
    line = saved.refused(feed=rss(Told(kind="retract")))
    assert line.startswith(f"{saved.folder / 'feed'}: 2507.07270v1 is announced as 'retract'")


def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere cannot be read: No such file or directory"):
        SavedFiles([tmp_path / "nowhere"])
    with pytest.raises(SourceError, match="cannot be read: Is a directory"):
        SavedFiles([tmp_path])


def test_the_reconstructed_day_is_read_as_live_answers_are() -> None:
    shared("reconstructed/rss_cs.SD+eess.SP_20250711.xml")
    source = SavedFiles(sorted((SHARED / "arxiv" / "reconstructed").glob("*.xml")))
    day = source.fetch(("cs.SD", "eess.SP"), DAY)
    assert len(day.papers) == 26
    assert sum(paper.comment is not None for paper in day.papers.values()) > 10


CROSSED = Told("2507.07271v1", "cross", "Crossed", categories=("cs.LG", "cs.SD"))
AGAIN = Told("2407.16803v4", "replace", "Again")
ALL = (NEW, CROSSED, AGAIN)
KINDS = {
    "2507.07270v1": AnnouncementType.NEW,
    "2507.07271v1": AnnouncementType.CROSS,
    "2407.16803v4": AnnouncementType.REPLACE,
}


def only(source: SavedFiles, category: str = "cs.SD", day: date = DAY) -> Listing:
    fetched = source.fetch((category,), day)
    (listing,) = fetched.listings
    assert set(fetched.papers) == {each.paper for each in listing.announcements}
    return listing


def kinds(listing: Listing) -> dict[str, AnnouncementType]:
    return {str(each.paper): each.kind for each in listing.announcements}


def test_a_listing_page_with_its_papers_is_complete_by_arxivs_own_count(saved: Saved) -> None:
    source = saved(page=page(*ALL), papers=answer(*ALL))
    listing = only(source)
    assert source.current_day(NOW) == DAY
    assert (listing.state, listing.expected, listing.missing) == (ListingState.COMPLETE, 3, ())
    assert kinds(listing) == KINDS
    assert listing.source == "saved files: page, papers"


def test_papers_that_no_file_describes_are_named(saved: Saved) -> None:
    listing = only(saved(page=page(*ALL), papers=answer(NEW)))
    assert (listing.state, listing.expected) == (ListingState.PARTIAL, 3)
    assert listing.missing == ("2507.07271", "2407.16803")
    alone = only(saved(page=page(*ALL)))
    assert (alone.state, alone.announcements, len(alone.missing)) == (ListingState.PARTIAL, (), 3)


def test_papers_that_are_known_already_need_no_file(saved: Saved) -> None:
    known = {each.id.arxiv_id: each for each in papers_in(answer(*ALL)).values()}
    (listing,) = saved(page=page(*ALL)).fetch(("cs.SD",), DAY, known).listings
    assert listing.state is ListingState.COMPLETE


def test_half_a_page_is_filled_in_by_the_feed_of_the_same_day(saved: Saved) -> None:
    whole = page(*ALL)
    half = whole[: whole.index(b"<h3>Cross")]
    lacking = only(saved(page=half, papers=answer(*ALL)))
    assert (lacking.state, lacking.expected, len(lacking.announcements)) == (
        ListingState.PARTIAL,
        3,
        1,
    )
    assert only(saved(page=half, feed=rss(*ALL), papers=answer(*ALL))) == replace(
        only(saved(page=whole, papers=answer(*ALL))), source="saved files: page, feed, papers"
    )
    stale = rss(*ALL, stated="Thu, 10 Jul 2025 00:00:00 -0400")
    assert kinds(only(saved(page=half, feed=stale, papers=answer(*ALL)))) == kinds(lacking)


def test_a_whole_page_is_believed_against_the_feed(saved: Saved) -> None:
    listing = only(saved(page=page(NEW), feed=rss(*ALL), papers=answer(*ALL)))
    assert kinds(listing) == {"2507.07270v1": AnnouncementType.NEW}
    assert listing.state is ListingState.COMPLETE


def test_the_api_describes_better_than_oai_and_oai_better_than_the_feed(saved: Saved) -> None:
    def told(by: str) -> list[Told]:
        return [replace(each, title=f"By {by}") for each in ALL]

    moments = [datetime(2025, 7, hour, tzinfo=UTC) for hour in (9, 8, 7, 6)]
    source = saved(
        page=page(*ALL),
        api=answer(*told("API")[:1]),
        oai=harvest(raw(told("OAI")[0]), parsed(told("OAI")[1])),
        more=harvest(raw(told("OAI")[2], *moments)),
        feed=rss(*told("feed")),
    )
    day = source.fetch(("cs.SD",), DAY)
    assert day.listings[0].state is ListingState.COMPLETE
    assert {str(each.id): each.title for each in day.papers.values()} == {
        "2507.07270v1": "By API",
        "2507.07271v1": "By OAI",
        "2407.16803v4": "By OAI",
    }


def test_of_several_versions_at_hand_a_page_means_the_newest(saved: Saved) -> None:
    older = replace(AGAIN, id="2407.16803v3")
    listing = only(saved(page=page(AGAIN), b=answer(AGAIN), a=answer(older)))
    assert kinds(listing) == {"2407.16803v4": AnnouncementType.REPLACE}


def test_a_replacement_is_never_the_first_version(saved: Saved) -> None:
    late = replace(AGAIN, id="2407.16803v1")  # the API's index can be a day late
    listing = only(saved(page=page(AGAIN), papers=answer(late), oai=harvest(parsed(AGAIN))))
    assert (listing.state, listing.missing) == (ListingState.PARTIAL, ("2407.16803",))
    told = only(saved(page=page(AGAIN), oai=harvest(parsed(AGAIN)), feed=rss(AGAIN)))
    assert kinds(told) == {"2407.16803v4": AnnouncementType.REPLACE}


def test_pages_of_several_categories_are_told_apart(saved: Saved) -> None:
    source = saved(a=page(*ALL), b=page(SIGNAL, category="eess.SP"), c=answer(SIGNAL, *ALL))
    day = source.fetch(("eess.SP", "cs.SD", "cs.CL"), DAY)
    assert [(each.category, each.expected, each.state) for each in day.listings] == [
        ("eess.SP", 1, ListingState.COMPLETE),
        ("cs.SD", 3, ListingState.COMPLETE),
    ]


def test_two_parts_of_a_long_page_make_one_listing(saved: Saved) -> None:
    first = page(*ALL)
    cut = first.index(b"<h3>Cross"), first.index(b"<h3>Replacement")
    parts = [first[: cut[0]] + first[cut[1] :], first[: cut[1]]]
    listing = only(saved(a=parts[0], b=parts[1], papers=answer(*ALL)))
    assert (listing.state, kinds(listing)) == (ListingState.COMPLETE, KINDS)


def test_a_page_that_does_not_say_its_category_is_of_the_one_its_papers_bear(saved: Saved) -> None:
    nameless = page(*ALL).replace(b"/list/cs.SD/recent", b"/")
    source = saved(page=nameless, papers=answer(*ALL))
    assert [each.category for each in source.fetch(("cs.SD", "eess.SP"), DAY).listings] == ["cs.SD"]


def test_an_archives_page_speaks_of_its_categories_without_their_count(saved: Saved) -> None:
    source = saved(page=page(*ALL, SIGNAL, category="cs"), papers=answer(*ALL))
    day = source.fetch(("cs.LG", "cs.SD", "cs.CL"), DAY)
    assert [(each.category, each.state, each.expected) for each in day.listings] == [
        ("cs.LG", ListingState.UNCHECKED, None),
        ("cs.SD", ListingState.PARTIAL, None),
        ("cs.CL", ListingState.STALE, None),
    ]
    assert day.listings[1].missing == ("2507.00002",)


def test_a_real_archives_page_agrees_with_the_page_of_its_category() -> None:
    shared("html/browsecode_fs_list_astro-ph_new.html")
    folder = SHARED / "arxiv" / "html"
    day = date(2023, 3, 3)
    own, by_archive = (
        SavedFiles([folder / f"browsecode_fs_list_{name}_new.html"]).fetch(("astro-ph.CO",), day)
        for name in ("astro-ph.CO", "astro-ph")
    )
    assert own.listings[0].expected == len(own.listings[0].announcements) == 23
    assert own.listings[0].state is ListingState.COMPLETE
    assert own.papers.items() <= by_archive.papers.items()


def test_oai_alone_gives_a_day_back_that_is_asked_for(saved: Saved) -> None:
    inside, before = datetime(2025, 7, 10, 9, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC)
    again = replace(AGAIN, id="2407.16803v2")
    source = saved(
        oai=harvest(raw(NEW, inside), raw(CROSSED, inside)),
        more=harvest(raw(again, inside, before)),
    )
    listing = only(source)
    assert (listing.state, listing.source) == (
        ListingState.RECONSTRUCTED,
        "saved files: OAI, by date",
    )
    assert kinds(listing) == {
        "2507.07270v1": AnnouncementType.NEW,
        "2507.07271v1": AnnouncementType.CROSS,
        "2407.16803v2": AnnouncementType.REPLACE,
    }
    assert only(source, "hep-th").state is ListingState.UNREACHABLE
    with pytest.raises(SourceError, match="oai, more is of no day in particular; say which"):
        source.current_day(NOW)


def test_records_without_versions_do_not_say_when_they_were_announced(saved: Saved) -> None:
    assert saved.refused(oai=harvest(parsed(NEW))).startswith("nothing in oai says what was")


def test_a_page_that_does_not_state_its_count_names_the_file(saved: Saved) -> None:
    line = saved.refused(page=page(NEW).replace(b"Total of", b"All the"))
    assert line.startswith(f"{saved.folder / 'page'}: this is no listing page, or not enough of")


PAST = date(2025, 7, 10)
NEXT = DAY
REVISED = Told("2507.07270v2", "new", "Revised", updated="2025-07-11T12:00:00Z")


def test_a_page_of_a_past_day_is_complete_in_the_versions_of_then(saved: Saved) -> None:
    source = saved(
        past=catchup(*ALL, day=PAST, following=NEXT),
        papers=answer(*(replace(each, updated="2025-07-09T12:00:00Z") for each in ALL), REVISED),
    )
    listing = only(source, day=PAST)
    assert source.current_day(NOW) == PAST
    assert (listing.state, listing.expected) == (ListingState.COMPLETE, 3)
    assert kinds(listing) == KINDS


def test_two_pages_of_a_long_past_day_make_one_listing(saved: Saved) -> None:
    source = saved(
        one=catchup(NEW, day=PAST, total=3),
        two=catchup(CROSSED, AGAIN, day=PAST, total=3),
        papers=answer(*ALL),
    )
    assert only(source, day=PAST).state is ListingState.COMPLETE
    half = saved(one=catchup(NEW, day=PAST, total=3), papers=answer(*ALL))
    listing = only(half, day=PAST)
    assert (listing.state, listing.expected) == (ListingState.PARTIAL, 3)


DESCRIBED = b"""<dd><div class='list-title mathjax'><span class='descriptor'>Title:</span>
 $L^2$ &amp; more </div><div class='list-authors'><a>Ada L</a>, <a>Kurt G\xc3\xb6del</a>,
 et al. (84 additional authors not shown)</div>
<p class='mathjax'> One thing. See <a href="https://example.org/x">this https URL</a>.<br> Two, with
 <a href="javascript:x">this https URL</a> and <i>x</i>.</p>"""


def test_a_page_alone_describes_its_papers_but_for_versions(saved: Saved) -> None:
    revised = replace(AGAIN, html=f"/html/{AGAIN.id.rpartition('v')[0]}v4")
    content = catchup(NEW, CROSSED, revised, day=PAST, following=NEXT)
    day = saved(past=content.replace(b"<dd>", DESCRIBED)).fetch(("cs.SD",), PAST)
    listing = only(saved(past=content.replace(b"<dd>", DESCRIBED)), day=PAST)
    assert (listing.state, len(listing.announcements)) == (ListingState.COMPLETE, 3)
    assert listing.source.endswith(
        "3 papers as the page describes them; it does not say in which version"
    )
    assert {each.paper.version for each in listing.announcements} == {1, 4}
    paper = next(iter(day.papers.values()))
    assert (paper.title, paper.authors) == ("$L^2$ & more", ("Ada L", "Kurt Gödel", "et al."))
    first, second = paper.abstract.split("\n")
    assert first == "One thing. See https://example.org/x."
    assert second == "Two, with this https URL and x."
    better = saved(past=content.replace(b"<dd>", DESCRIBED), papers=answer(NEW))
    assert "2 papers as the page describes them" in only(better, day=PAST).source


def test_recent_papers_sort_out_a_past_days_late_cross_lists(saved: Saved) -> None:
    source = saved(
        past=catchup(*ALL, day=PAST, following=NEXT),
        recent=recent({NEXT: (CROSSED,), PAST: (NEW,)}),
        papers=answer(*ALL),
    )
    assert list(kinds(only(source, day=PAST))) == [NEW.id, AGAIN.id]


def test_recent_papers_alone_name_no_replacements_and_say_so(saved: Saved) -> None:
    source = saved(recent=recent({NEXT: (), PAST: (NEW, CROSSED)}), papers=answer(*ALL))
    assert source.current_day(NOW) == PAST, "the newest that has papers"
    listing = only(source, day=PAST)
    assert (listing.state, list(kinds(listing))) == (ListingState.UNCHECKED, [NEW.id, CROSSED.id])
    assert (
        listing.source
        == "saved files: recent, papers, without replacements: recent papers name none"
    )
    assert only(source, day=NEXT).state is ListingState.STALE


def test_recent_papers_of_an_archive_speak_of_its_categories(saved: Saved) -> None:
    other = Told("2507.00009v1", categories=("cs.CL",))
    days = {NEXT: (other,), PAST: (NEW, CROSSED, other)}
    source = saved(recent=recent(days, category="cs"), papers=answer(*ALL, other))
    assert source.current_day(NOW) == NEXT
    assert source.current_day(NOW, ["cs.SD"]) == PAST
    listing = only(source, day=PAST)
    assert (listing.state, listing.expected) == (ListingState.UNCHECKED, None)
    assert kinds(listing) == {paper.id: KINDS[paper.id] for paper in (NEW, CROSSED)}
    assert only(source, day=NEXT).state is ListingState.STALE
    with pytest.raises(SourceError, match=r"nothing of math.NT \(the pages are of cs\); give a"):
        source.fetch(("math.NT",), PAST)


def test_the_day_of_recent_papers_is_none_that_is_still_to_come(saved: Saved) -> None:
    thursday = datetime(2025, 7, 10, 16, tzinfo=UTC)
    listed = recent({NEXT: (CROSSED,), PAST: (NEW,)})
    assert saved(recent=listed).current_day(thursday) == PAST
    assert saved(recent=listed, past=catchup(NEW, day=PAST)).current_day(NOW) == PAST
    assert saved(recent=recent({NEXT: (NEW,)})).current_day(thursday) == NEXT, "there is no other"


def test_an_archives_page_of_a_past_day_speaks_of_its_categories(saved: Saved) -> None:
    source = saved(past=catchup(*ALL, day=PAST, category="cs", following=NEXT), papers=answer(*ALL))
    listing = only(source, day=PAST)
    assert (listing.state, kinds(listing)) == (ListingState.UNCHECKED, KINDS)


def test_an_empty_page_of_a_past_day_counts_only_with_a_later_day_behind_it(saved: Saved) -> None:
    believed = saved(past=catchup(day=PAST, following=NEXT))
    assert only(believed, day=PAST).state is ListingState.NONE
    assert only(saved(past=catchup(day=PAST)), day=PAST).state is ListingState.STALE


@pytest.mark.parametrize(
    ("followed", "kept_as"),
    [("cs.SY", "eess.SY"), ("cs.NA", "math.NA"), ("stat.TH", "math.ST"), ("math.ST", "stat.TH")],
)
def test_pages_under_a_categorys_other_name_are_its_own(
    saved: Saved, followed: str, kept_as: str
) -> None:
    own = replace(NEW, categories=(kept_as, followed))
    for content in (
        page(own, category=kept_as),
        catchup(own, day=DAY, category=kept_as, following=date(2025, 7, 14)),
    ):
        listing = only(saved(page=content, papers=answer(own)), followed)
        assert (listing.state, listing.expected) == (ListingState.COMPLETE, 1)
        assert kinds(listing) == {NEW.id: AnnouncementType.NEW}


def test_arxivs_own_saved_pages_are_read_like_live_ones(saved: Saved) -> None:
    source = saved(
        past=dated_case("sample_catchup_cs.SD_2026-11-24.html"),
        recent=dated_case("sample_recent_cs.SD.html"),
    )
    (listing,) = source.fetch(("cs.SD",), date(2026, 11, 24)).listings
    assert (listing.state, listing.expected, len(listing.missing)) == (ListingState.COMPLETE, 9, 0)
    alias = saved(page=dated_case("alias_page.html"), papers=dated_case("alias_api.xml"))
    assert only(alias, "cs.NA").state is ListingState.COMPLETE


def test_of_pages_of_several_past_days_it_asks_which_is_meant(tmp_path: Path) -> None:
    files = [tmp_path / "a.html", tmp_path / "b.html", tmp_path / "api.xml"]
    files[0].write_bytes(catchup(NEW, day=PAST))
    files[1].write_bytes(catchup(CROSSED, day=NEXT))
    files[2].write_bytes(answer(NEW, CROSSED))
    source = SavedFiles(files)
    with pytest.raises(SourceError, match=f"are of {PAST} and {NEXT}; say which is meant"):
        source.current_day(NOW)
    for day, paper in ((PAST, NEW), (NEXT, CROSSED)):
        assert [str(each) for each in source.fetch(["cs.SD"], day).papers] == [paper.id]
