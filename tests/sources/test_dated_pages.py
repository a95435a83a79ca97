"""What arXiv's dated pages say: `/catchup/<category>/<day>` and `/list/<category>/recent`."""

from collections.abc import Callable
from datetime import date

import pytest
from pydantic import ValidationError

from newsletter.config import SourceSettings
from newsletter.sources.arxiv_pages.catchup_page import (
    CatchupDay,
    catchup_category,
    is_catchup_page,
    parse_catchup_page,
    read_catchup_day,
)
from newsletter.sources.arxiv_pages.listing_page import is_listing_page
from newsletter.sources.arxiv_pages.recent_page import is_recent_page, parse_recent_page
from newsletter.sources.base import AnnouncementType, SourceError
from tests.sources.dated_samples import catchup, dated_case, recent
from tests.sources.samples import NO_ANSWERS, Told, page

DAY = date(2026, 11, 24)
NEXT = date(2026, 11, 25)
NEW = Told("2611.00001v1")
CROSS = Told("2611.00002v1", "cross", categories=("cs.CL", "cs.SD"))
AGAIN = Told("2610.06000v2", "replace")
ACROSS = Told("2610.07000v2", "replace-cross", categories=("cs.CV", "cs.SD"))
WHOLE = catchup(NEW, CROSS, AGAIN, ACROSS, day=DAY, following=NEXT)


def answering(*pages: bytes) -> tuple[Callable[[int], bytes], list[int]]:
    asked: list[int] = []

    def ask(number: int) -> bytes:
        asked.append(number)
        return pages[min(len(asked), len(pages)) - 1]

    return ask, asked


def read(*pages: bytes) -> CatchupDay:
    return read_catchup_day(answering(*pages)[0], "cs.SD", DAY)


def many(first: int, count: int) -> list[Told]:
    return [Told(f"2611.{number:05}v1") for number in range(first, first + count)]


def test_a_page_of_a_past_day_says_its_day_its_count_and_the_kinds() -> None:
    found = parse_catchup_page(WHOLE, "cs.SD")
    assert (found.day, found.total, found.has_next_day) == (DAY, 4, True)
    assert [(each.arxiv_id, each.kind) for each in found.listed] == [
        ("2611.00001", AnnouncementType.NEW),
        ("2611.00002", AnnouncementType.CROSS),
        ("2610.06000", AnnouncementType.REPLACE),
        ("2610.07000", AnnouncementType.REPLACE_CROSS),
    ]


def test_arxivs_own_page_of_a_past_day_is_read_whole() -> None:
    content = dated_case("sample_catchup_cs.SD_2026-11-24.html")
    found = parse_catchup_page(content, "cs.SD")
    assert (found.day, found.total, len(found.listed), found.has_next_day) == (DAY, 10, 10, True)
    assert catchup_category(content) == "cs.SD"
    assert is_catchup_page(content)
    assert not is_listing_page(content)
    assert not is_recent_page(content)


def test_arxivs_own_empty_page_of_a_past_day_counts_nothing_and_has_a_next_day() -> None:
    content = dated_case("sample_catchup_empty.html")
    found = parse_catchup_page(content, "cs.SD")
    assert (found.day, found.total, found.listed) == (date(2026, 11, 27), 0, ())
    assert found.has_next_day


def test_a_page_without_links_is_of_the_category_that_its_heading_names() -> None:
    assert catchup_category(catchup(NEW, day=DAY)) == "cs.SD"
    newest = WHOLE.replace(b"for cs.SD on", b"for Systems and Control on")
    without = newest.replace(b'href="/catchup/cs.SD/', b'href="/elsewhere/')
    assert catchup_category(without) == "eess.SY"
    assert catchup_category(catchup(NEW, day=DAY, category="nowhere")) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        *((body, "this is no") for body, _ in NO_ANSWERS),
        (b"<html><body><h1>Invalid date: 2020-01-01</h1></body></html>", "Invalid date: 2020"),
        (page(NEW), "this is no page of a past day"),
        (WHOLE.replace(b"entries for Tue, 24 Nov", b"entries for Mon, 23 Nov"), "of 2026-11-23"),
        (WHOLE.replace(b"Total of 4", b"Total of 5", 1), "this is no page of a past day"),
        (WHOLE.replace(b"24 Nov 2026", b"31 Nov 2026"), "bears no date"),
    ],
)
def test_what_is_no_page_of_a_past_day_is_one_clear_line(content: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words) as error:
        parse_catchup_page(content, "cs.SD")
    assert "\n" not in str(error.value)


def test_a_day_on_several_pages_is_read_over_all_of_them() -> None:
    first = catchup(*many(1, 2000), day=DAY, total=2003)
    second = catchup(*many(2001, 3), day=DAY, total=2003)
    ask, asked = answering(first, second)
    found = read_catchup_day(ask, "cs.SD", DAY)
    assert asked == [1, 2]
    assert (found.expected, len(found.listed)) == (2003, 2003)


def test_where_the_count_changes_between_the_pages_the_day_is_read_again() -> None:
    first = catchup(*many(1, 2000), day=DAY, total=2003)
    ask, asked = answering(
        first, catchup(*many(2001, 4), day=DAY, total=2004),
        catchup(*many(1, 2000), day=DAY, total=2004), catchup(*many(2001, 4), day=DAY, total=2004),
    )  # fmt: skip
    assert read_catchup_day(ask, "cs.SD", DAY).expected == 2004
    assert asked == [1, 2, 1, 2]


FULL = many(1, 2000)


@pytest.mark.parametrize(
    ("pages", "expected", "listed", "trouble"),
    [
        ([(FULL, 2003), (many(2001, 4), 2004)], 2004, 2004, "count 2003 and 2004 papers and list"),
        ([(FULL, 2003), (many(2001, 3), 2001)], 2003, 2003, "count 2001 and 2003 papers and list"),
        ([(FULL, 2003), (many(2001, 3), 2005)], 2005, 2003, "count 2003 and 2005 papers and list"),
        ([(FULL, 1999), (many(2001, 3), 2003)], 2003, 2003, "count 1999 and 2003 papers and list"),
        ([(FULL, 2003), (FULL, 2003)], 2003, 2000, ""),
        ([(many(1, 3), 2)], 3, 3, "count 2 papers and list 3"),
    ],
)
def test_pages_that_never_agree_keep_whom_they_name_and_prove_no_count(
    pages: list[tuple[list[Told], int]], expected: int, listed: int, trouble: str
) -> None:
    found = read(*[catchup(*papers, day=DAY, total=total) for papers, total in pages] * 3)
    assert (found.expected, len(found.listed)) == (expected, listed)
    assert trouble in found.trouble
    assert bool(trouble) is bool(found.trouble)


def test_a_second_page_of_another_day_leaves_the_first_page_its_papers() -> None:
    first = catchup(*FULL, day=DAY, total=2003)
    found = read(*[first, catchup(NEW, day=NEXT)] * 3)
    assert (found.expected, len(found.listed)) == (2003, 2000)
    assert found.trouble == f"page 2 of it: the page of {DAY} is of {NEXT}"


def test_a_page_that_counts_fifty_and_lists_none_is_not_believed() -> None:
    ask, asked = answering(catchup(day=DAY, following=NEXT, total=50))
    with pytest.raises(SourceError, match="count 50 papers and list 0"):
        read_catchup_day(ask, "cs.SD", DAY)
    assert len(asked) == 3


def test_lines_that_stay_missing_show_in_the_count() -> None:
    found = read(catchup(NEW, CROSS, day=DAY, total=3))
    assert (found.expected, len(found.listed)) == (3, 2)


def test_a_paper_in_two_sections_is_counted_once_as_the_stronger() -> None:
    both = catchup(CROSS, Told("2611.00002v2", "replace-cross", categories=CROSS.categories),
                   day=DAY)  # fmt: skip
    found = read(both)
    assert [each.kind for each in found.listed] == [AnnouncementType.CROSS]
    assert found.expected == 1


def test_a_page_of_another_day_is_not_taken_for_this_one() -> None:
    with pytest.raises(SourceError, match="the page of 2026-11-24 is of 2026-11-25"):
        read(catchup(NEW, day=NEXT))


def test_the_recent_papers_name_arxivs_days_also_those_without_papers() -> None:
    days = {date(2026, 11, 30): (), date(2026, 11, 26): (), NEXT: (NEW,), DAY: (CROSS,)}
    found = parse_recent_page(recent(days), "cs.SD")
    assert found.dates == tuple(days)
    assert found.reaches(date(2026, 11, 27))
    assert not found.reaches(date(2026, 11, 23))
    counts = [section.counted for section in found.sections]
    assert counts == [0, 0, 1, 1]
    crossed = found.section(DAY)
    assert crossed is not None
    assert crossed.is_whole
    assert [each.kind for each in crossed.listed] == [AnnouncementType.CROSS]
    assert found.section(date(2026, 11, 27)) is None


def test_arxivs_own_recent_papers_are_read_whole() -> None:
    content = dated_case("sample_recent_cs.SD.html")
    found = parse_recent_page(content, "cs.SD")
    assert [each.day for each in found.dates] == [30, 26, 25, 24, 23]
    assert [(each.counted, each.is_whole) for each in found.sections] == [
        (0, True), (0, True), (1, True), (7, True), (0, True),
    ]  # fmt: skip
    assert is_recent_page(content)
    assert not is_catchup_page(content)


def test_half_a_page_of_recent_papers_shows_what_it_lacks() -> None:
    whole = recent({NEXT: (NEW,), DAY: (NEW, CROSS)})
    found = parse_recent_page(whole[: whole.rindex(b"<dt>")], "cs.SD")
    section = found.section(DAY)
    assert section is not None
    assert (section.counted, section.is_whole) == (2, False)


@pytest.mark.parametrize("content", [*(body for body, _ in NO_ANSWERS), page(NEW)])
def test_what_is_no_page_of_recent_papers_is_one_clear_line(content: bytes) -> None:
    with pytest.raises(SourceError, match="this is no"):
        parse_recent_page(content, "cs.SD")


@pytest.mark.parametrize(
    "settings",
    [
        {"catchup_url": "https://arxiv.org/catchup/{category}/{day}"},
        {"catchup_url": "https://arxiv.org/catchup/{category}/{day}?page={page}&x={x}"},
        {"recent_url": "https://arxiv.org/list/recent"},
        {"recent_url": "arxiv.org/list/{category}/recent"},
    ],
)
def test_an_address_without_its_blanks_is_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        SourceSettings.model_validate(settings)


def test_a_mirrors_dated_pages_stand_beside_its_listing_pages_and_its_pace_is_one() -> None:
    mirror = SourceSettings(listing_url="https://m.example/list/{category}/new", min_interval_s=1)
    assert mirror.catchup_url.startswith("https://m.example/catchup/{category}/{day}?")
    assert mirror.recent_url.startswith("https://m.example/list/{category}/recent?")
    assert mirror.page_interval_s == 5
    given = SourceSettings(
        listing_url="https://m.example/list/{category}/new",
        recent_url="https://n.example/{category}",
        min_interval_s=1,
        page_interval_s=2,
    )
    assert (given.recent_url, given.page_interval_s) == ("https://n.example/{category}", 2)
