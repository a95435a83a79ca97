"""Files that somebody saved: told apart by what they hold."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsletter.sources.announced import ListingState, SourceError
from newsletter.sources.saved import SavedFiles
from tests.sources.samples import NO_ANSWERS, SHARED, Told, answer, atom, rss, shared

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
    with pytest.raises(SourceError, match=r"feed says nothing of cs\.SD; give a feed of the day"):
        source.fetch(("cs.SD",), DAY)


def test_a_feed_with_a_strange_title_speaks_of_what_its_papers_bear(saved: Saved) -> None:
    source = saved(feed=rss(SIGNAL).replace(b"cs.SD updates on arXiv.org", b"My feed"))
    day = source.fetch(("cs.SD", "eess.SP", "cs.CL"), DAY)
    assert [each.category for each in day.listings] == ["cs.SD", "eess.SP"]


def test_an_empty_feed_is_a_day_on_which_nothing_was_announced(saved: Saved) -> None:
    (listing,) = saved(feed=rss()).fetch(("cs.SD",), DAY).listings
    assert listing.state is ListingState.NONE


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
        "nothing in papers says what was announced; give a feed of the day,"
        " such as https://rss.arxiv.org/rss/cs.SD"
    )


@pytest.mark.parametrize(("content", "word"), NO_ANSWERS)
def test_a_file_that_is_neither_is_told_for_what_it_is(
    saved: Saved, content: bytes, word: str
) -> None:
    line = saved.refused(feed=rss(NEW), other=content)
    assert line.startswith(f"{saved.folder / 'other'}: this is ")
    assert word in line
    assert line.endswith("give a feed of the day, such as https://rss.arxiv.org/rss/cs.SD")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("html/browsecode_fs_list_q-fin_new.html", "a web page"),
        ("oai/oaipmhcode_ListRecords_arXivRaw_math.xml", "an OAI answer"),
        ("email_listing/arxiv-browse_q-fin_listings_new", "the text 'Date: Fri, 17 Mar 23"),
    ],
)
def test_arxivs_other_formats_are_named(saved: Saved, name: str, word: str) -> None:
    assert f"this is {word}" in saved.refused(other=shared(name))


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
