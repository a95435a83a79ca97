"""The day that ships holds every field of the digest it was made from."""

import re
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from newsletter.sources.base import AnnouncementType, FetchResult, ListingState, Paper, SourceError
from newsletter.sources.bundled import CATEGORIES, DAY, BundledDay
from tests.sources.samples import SHARED

ENTRY = re.compile(
    r"#### \[(?P<section>new|replaced) \d+\] (?P<title>.*)\n"
    r"- \*\*分类: (?P<categories>.*)\*\*\n\n"
    r"(?:- \*\*简介: (?P<summary>.*)\*\*\n\n)?"
    r"- \*\*链接: \[.*/pdf/(?P<id>\S+)\].*\*\*\n\n"
    r"> \*\*作者:\*\* (?P<authors>.*)\n>\n"
    r"(?:> \*\*备注:\*\* (?P<comment>.*)\n>\n)?"
    r"> \*\*摘要:\*\* (?P<abstract>.*)\n"
)


@pytest.fixture(scope="module")
def day() -> FetchResult:
    return BundledDay().fetch(CATEGORIES, DAY)


@pytest.fixture(scope="module")
def seed() -> dict[str, dict[str, str | None]]:
    files = list((SHARED / "seed").glob("*.txt"))
    if not files:
        pytest.skip("the seed is not at hand")
    text = files[0].read_text(encoding="utf-8")
    return {entry["id"]: entry.groupdict() for entry in ENTRY.finditer(text)}


def strongest(day: FetchResult) -> dict[str, AnnouncementType]:
    kinds: dict[str, AnnouncementType] = {}
    for listing in day.listings:
        for each in listing.announcements:
            known = kinds.get(str(each.paper), each.kind)
            kinds[str(each.paper)] = min(known, each.kind, key=lambda kind: kind.rank)
    return kinds


def test_it_is_26_papers_15_of_them_new_or_cross_listed_with_a_sentence_each(
    day: FetchResult,
) -> None:
    kinds = strongest(day)
    counts = Counter(
        kind in {AnnouncementType.NEW, AnnouncementType.CROSS} for kind in kinds.values()
    )
    assert counts == {True: 15, False: 11}
    assert set(map(str, day.papers)) == set(kinds)
    assert len(day.summaries) == 15
    assert {str(each.paper) for each in day.summaries} == {
        paper
        for paper, kind in kinds.items()
        if kind in {AnnouncementType.NEW, AnnouncementType.CROSS}
    }


def test_sentences_say_that_a_language_model_wrote_them(day: FetchResult) -> None:
    assert {(each.made_by, each.language) for each in day.summaries} == {("language model", "zh")}


def test_it_never_calls_itself_complete(day: FetchResult) -> None:
    assert [each.state for each in day.listings] == [ListingState.SAMPLE, ListingState.SAMPLE]
    assert [each.category for each in day.listings] == list(CATEGORIES)


def told(paper: Paper) -> dict[str, str | None]:
    return {
        "title": paper.title,
        "categories": "; ".join(paper.categories),
        "authors": "; ".join(paper.authors),
        "comment": paper.comment,
        "abstract": paper.abstract,
    }


def test_every_field_of_every_entry_is_the_seeds(
    day: FetchResult, seed: dict[str, dict[str, str | None]]
) -> None:
    assert len(seed) == 26
    papers = {str(paper_id): told(paper) for paper_id, paper in day.papers.items()}
    fields = ("title", "categories", "authors", "comment", "abstract")
    assert papers == {
        paper_id: {field: entry[field] for field in fields} for paper_id, entry in seed.items()
    }


def test_sections_and_sentences_are_the_seeds(
    day: FetchResult, seed: dict[str, dict[str, str | None]]
) -> None:
    sections = {
        paper: "new" if kind in {AnnouncementType.NEW, AnnouncementType.CROSS} else "replaced"
        for paper, kind in strongest(day).items()
    }
    assert sections == {paper_id: entry["section"] for paper_id, entry in seed.items()}
    sentences = {str(each.paper): each.text for each in day.summaries}
    assert sentences == {
        paper_id: entry["summary"] for paper_id, entry in seed.items() if entry["summary"]
    }


def test_dates_that_the_seed_does_not_give_are_not_made_up(day: FetchResult) -> None:
    dates = {(paper.published_at, paper.updated_at) for paper in day.papers.values()}
    assert dates == {(None, None)}


def test_it_is_always_the_same_day() -> None:
    assert BundledDay().current_day(datetime(2030, 1, 1, tzinfo=UTC)) == DAY == date(2025, 7, 11)


def test_another_day_or_category_is_one_clear_line() -> None:
    with pytest.raises(SourceError, match="the bundled sample holds 2025-07-11 only; use --day"):
        BundledDay().fetch(CATEGORIES, date(2025, 7, 14))
    with pytest.raises(SourceError, match=r"holds cs\.SD and eess\.SP only, not cs\.CL, eess\.AS;"):
        BundledDay().fetch(("cs.CL", "cs.SD", "eess.AS"), DAY)
