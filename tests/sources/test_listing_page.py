"""What arXiv's listing pages say, and what a damaged one must not make us believe."""

import re
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.sources.arxiv_pages.listing_page import (
    category_of,
    is_listing_page,
    parse_listing_page,
)
from newsletter.sources.base import AnnouncementType, SourceError
from newsletter.sources.response_types import ResponseType, describe, response_type
from tests.sources.samples import NO_ANSWERS, Told, page, rss, shared

DAY = date(2025, 7, 11)
NEW, CROSSED, AGAIN = (
    Told("2507.07270v1"),
    Told("2507.07271v1", "cross", categories=("cs.LG", "cs.SD")),
    Told("hep-th/9901001v3", "replace", categories=("hep-th", "cs.SD")),
)
SMALL = page(NEW, CROSSED, AGAIN)
EMPTY = re.sub(rb"<div class='paging'>.*?</div>", b"<p>No updates today.</p>", page())


def listed(content: bytes, category: str = "cs.SD") -> list[tuple[str, AnnouncementType]]:
    return [(each.arxiv_id, each.kind) for each in parse_listing_page(content, category).listed]


def refused(content: bytes) -> str:
    with pytest.raises(SourceError) as error:
        parse_listing_page(content, "cs.SD")
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "category", "day", "kinds"),
    [
        ("db_list_cs_new", "cs", date(2011, 2, 3), (1, 1, 0, 0)),
        ("db_list_math.NT_new", "math.NT", date(2011, 2, 3), (0, 1, 0, 0)),
        ("db_list_math_new", "math", date(2011, 2, 3), (1, 1, 2, 2)),
        ("fs_list_astro-ph.CO_new", "astro-ph.CO", date(2023, 3, 3), (5, 2, 5, 11)),
        ("fs_list_astro-ph_new", "astro-ph", date(2023, 3, 3), (53, 4, 29, 11)),
        ("fs_list_q-fin.CP_new", "q-fin.CP", date(2023, 3, 17), (1, 1, 0, 0)),
        ("fs_list_q-fin_new", "q-fin", date(2023, 3, 17), (13, 0, 3, 0)),
    ],
)
def test_real_pages_are_read_whole_and_agree_with_their_own_count(
    name: str, category: str, day: date, kinds: tuple[int, ...]
) -> None:
    content = shared(f"html/browsecode_{name}.html")
    found = parse_listing_page(content, category)
    counted = Counter(each.kind for each in found.listed)
    assert found.day == day
    assert tuple(counted[kind] for kind in AnnouncementType) == kinds
    assert len(found.listed) == found.expected == sum(kinds)
    assert all(each.categories for each in found.listed)
    assert category_of(content) == category
    assert response_type(content) is ResponseType.LISTING


@pytest.mark.parametrize("archive", ["q-fin", "astro-ph"])
def test_a_page_and_the_mail_of_the_same_day_name_the_same_papers(archive: str) -> None:
    content = shared(f"html/browsecode_fs_list_{archive}_new.html")
    mail = shared(f"email_listing/arxiv-browse_{archive}_listings_new").decode()
    mailed = re.findall(r"^arXiv:(\S+)", mail, re.MULTILINE)
    assert sorted(mailed) == sorted(each for each, _ in listed(content, archive))


def test_the_sections_are_the_kinds_and_old_identifiers_stay_whole() -> None:
    assert listed(SMALL) == [
        ("2507.07270", AnnouncementType.NEW),
        ("2507.07271", AnnouncementType.CROSS),
        ("hep-th/9901001", AnnouncementType.REPLACE_CROSS),
    ]
    assert listed(SMALL, "hep-th")[2] == ("hep-th/9901001", AnnouncementType.REPLACE)


def test_a_day_without_papers_states_no_count_and_is_no_error() -> None:
    assert b"Total of" not in EMPTY
    for content in (EMPTY, page()):
        found = parse_listing_page(content, "cs.SD")
        assert (found.day, found.expected, found.listed) == (DAY, 0, ())


def test_a_paper_in_two_sections_is_counted_once_as_the_stronger() -> None:
    both = page(CROSSED, Told("2507.07271v2", "replace", categories=("cs.LG", "cs.SD")))
    found = parse_listing_page(both, "cs.SD")
    assert [each.kind for each in found.listed] == [AnnouncementType.CROSS]
    assert found.expected == 1


def test_lines_that_are_there_twice_by_accident_change_no_count() -> None:
    start, end = SMALL.index(b"<dt>"), SMALL.index(b"<h3>Cross")
    found = parse_listing_page(SMALL[:end] + SMALL[start:end] + SMALL[end:], "cs.SD")
    assert len(found.listed) == found.expected == 3


def test_a_page_that_lists_more_than_it_counts_is_not_believed() -> None:
    less = SMALL.replace(b"Total of 3 entries", b"Total of 2 entries")
    assert refused(less) == "the listing page counts 2 papers and lists 3"


@pytest.mark.parametrize(
    "heading",
    [
        "New submissions (showing first 1 of 340 entries)",
        "New submissions (continued, showing last 1 of 340 entries)",
        "New submissions (continued, showing 1 of 340 entries )",
        "New submissions for Fri, 11 Jul 25 (showing 1 of 1 entries)",
        "New <b>submissions</b>\n (showing 1 of 1 entries)",
    ],
)
def test_every_heading_that_arxiv_writes_opens_its_section(heading: str) -> None:
    content = page(NEW).replace(b"New submissions (showing 1 of 1 entries)", heading.encode())
    assert heading.encode() in content
    assert listed(content) == [("2507.07270", AnnouncementType.NEW)]


def test_a_page_that_a_browser_saved_has_whole_addresses() -> None:
    saved = SMALL.replace(b"/abs/", b"https://arxiv.org/abs/")
    saved = saved.replace(b"'/list/", b"'https://arxiv.org/list/")
    assert listed(saved) == listed(SMALL)
    assert category_of(saved) == "cs.SD"


@pytest.mark.parametrize(
    "markup",
    [
        b"<dt>",
        b"</dd></dl></div>",
        b"<!-- \n -->",
        b"<script>if (1 < 2) '<dt>';</script>",
        b"<h3>Recommended</h3>",
        b"<dt><a href='/abs/2507.99999'>a paper</a></dt><dd></dd>",
        b"<dt><a href='/abs/2507.99999'>arXiv:2507.99998</a></dt>",
        b"<a href='/abs/2507.99999'>arXiv:2507.99999</a>",
        b"<p>Total of 9 entries, New submissions (showing 9 of 9 entries)</p>",
        b"<p>Showing new listings for Monday, 1 January 2001</p>",
        b"\x00\xff&nosuch;&#xd800;",
    ],
)
def test_stray_markup_adds_no_paper_and_changes_neither_day_nor_count(markup: bytes) -> None:
    for place in (b"<dl id='articles'>", b"<h3>New", b"<h3>Cross", b"</dl>"):
        found = parse_listing_page(SMALL.replace(place, markup + place), "cs.SD")
        assert {each.arxiv_id for each in found.listed} <= {each for each, _ in listed(SMALL)}
        assert (found.day, found.expected) == (DAY, 3)


def test_a_page_cut_anywhere_is_an_error_or_says_how_much_it_lacks() -> None:
    whole = listed(SMALL)
    sizes = set()
    for length in range(len(SMALL)):
        try:
            found = parse_listing_page(SMALL[:length], "cs.SD")
        except SourceError:
            continue
        assert (found.day, found.expected) == (DAY, 3)
        cut = [(each.arxiv_id, each.kind) for each in found.listed]
        assert cut == whole[: len(cut)]
        sizes.add(len(cut))
    assert sizes == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("name", "category", "step"),
    [("fs_list_q-fin.CP_new", "q-fin.CP", 1), ("db_list_math_new", "math", 7)],
)
@pytest.mark.slow
def test_a_real_page_cut_at_any_byte_invents_nothing(name: str, category: str, step: int) -> None:
    content = shared(f"html/browsecode_{name}.html")
    whole = parse_listing_page(content, category)
    begins = content.index(b"Showing new listings")
    read = 0
    for length in range(begins - 50, len(content), step):
        try:
            found = parse_listing_page(content[:length], category)
        except SourceError:
            continue
        read += 1
        assert (found.day, found.expected) == (whole.day, whole.expected)
        ids = [each.arxiv_id for each in found.listed]
        assert ids == [each.arxiv_id for each in whole.listed][: len(ids)]
        assert category_of(content[:length]) == category
    assert read > 1000


@given(st.integers(0, 300_000))
@settings(max_examples=40, deadline=None)
def test_a_large_real_page_cut_at_any_byte_invents_nothing(length: int) -> None:
    content = shared("html/browsecode_fs_list_astro-ph_new.html")
    try:
        found = parse_listing_page(content[:length], "astro-ph")
    except SourceError:
        assert length < content.index(b"Total of 97 entries") + 40
        return
    assert found.expected == 97
    assert all(f"/abs/{each.arxiv_id}".encode() in content for each in found.listed)


def test_what_is_no_listing_page_is_one_clear_line() -> None:
    for content, _ in NO_ANSWERS:
        assert refused(content).startswith("this is no listing page")
        assert not is_listing_page(content)
        assert category_of(content) is None
    assert "not enough of one" in refused(SMALL[: SMALL.index(b"Total of")])
    wrong = SMALL.replace(b"11 July 2025", b"31 June 2025")
    assert refused(wrong) == "the page bears no date: 31 June 2025"


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("db_list_math_recent", "a page of recent papers"),
        ("fs_list_astro-ph_recent", "a page of recent papers"),
        ("db_abs_0704.0001", "a web page"),
    ],
)
def test_arxivs_other_pages_are_not_taken_for_it(name: str, word: str) -> None:
    content = shared(f"html/browsecode_{name}.html")
    assert refused(content).startswith("this is no listing page")
    assert describe(content) == word
    assert response_type(content) is not ResponseType.LISTING


def test_half_a_page_is_known_for_one_but_not_for_a_whole_one() -> None:
    half = SMALL[: len(SMALL) // 2]
    assert describe(half) == ResponseType.LISTING
    assert response_type(half) is None


def test_a_feed_that_speaks_of_listings_is_a_feed() -> None:
    told = Told(abstract="<h3>Showing new listings for")
    assert response_type(rss(told)) is ResponseType.FEED


def test_links_to_other_categories_leave_the_page_its_own() -> None:
    more = SMALL.replace(b"<dl ", b"<a href='/list/cs.LG/new'>more</a><a name='x'>y</a><dl ")
    assert category_of(more) == "cs.SD"
    assert category_of(SMALL.replace(b"/recent", b"/new?skip=0&amp;show=1000")) == "cs.SD"


@pytest.mark.parametrize("link", [b"/list/cs.ZZ/recent", b"/list/cs.SD/2507", b"/archive/cs", b""])
def test_a_page_that_does_not_say_its_category_is_of_none(link: bytes) -> None:
    assert category_of(SMALL.replace(b"/list/cs.SD/recent", link)) is None
    two = SMALL.replace(b"<h3>Cross", b"<a href='/list/cs.LG/recent'>r</a><h3>Cross")
    assert category_of(two) is None
