"""What the API's answers say of papers."""

from datetime import UTC, datetime

import pytest

from newsletter.sources.arxiv_api import papers_in
from newsletter.sources.base import Paper, PaperId, SourceError
from tests.sources.samples import NO_ANSWERS, Told, answer, refusal, rss, shared


def only(content: bytes) -> Paper:
    (paper,) = papers_in(content).values()
    return paper


def refused(content: bytes) -> str:
    with pytest.raises(SourceError) as error:
        papers_in(content)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "papers"),
    [
        ("arxivpy_q_testing_s0_m100_cfe7536492ca.xml", 100),
        ("arxivpy_q_testing_s5_m15_bbcf6b23085b.xml", 15),
        ("arxivpy_id_0808.05394_1707.08567_s0_m100_42e5aa0ec3af.xml", 1),
        ("arxivpy_id_0000.0000_s0_m100_8b51d9633a68.xml", 0),
    ],
)
def test_real_answers_are_read_whole(name: str, papers: int) -> None:
    found = papers_in(shared(f"api/{name}"))
    assert len(found) == papers
    assert all(paper.title and paper.abstract and paper.authors for paper in found.values())


def test_an_old_paper_has_every_field() -> None:
    paper = only(shared("api/arxivpy_id_astro-ph_0601001_s0_m100_3150dca9dc76.xml"))
    assert paper.id == PaperId("astro-ph/0601001", 1)
    assert paper.authors == ("Andrew Gould", "Susan Dorsher", "B. Scott Gaudi", "Andrzej Udalski")
    assert paper.categories == ("astro-ph",)
    assert paper.journal_ref == "ActaAstron.56:1-50,2006"
    assert paper.comment is not None
    assert paper.comment.endswith(
        "http://www.astronomy.ohio-state.edu/~gould/ogle_hot_jupiters.ps.gz"
    )
    assert paper.published_at == paper.updated_at == datetime(2006, 1, 2, 14, 57, 58, tzinfo=UTC)


def test_the_apis_own_error_is_its_words() -> None:
    assert refused(shared("api/arxivpy_id_abc_s0_m100_b79c8dcf6bc3.xml")) == (
        "arXiv refused: incorrect id format for abc"
    )
    assert refused(refusal("sorry\nno")) == "arXiv refused: sorry no"


@pytest.mark.parametrize(("content", "word"), [*NO_ANSWERS, (rss(), "a feed of announcements")])
def test_what_is_no_answer_is_told_for_what_it_is(content: bytes, word: str) -> None:
    line = refused(content)
    assert word in line
    assert line.endswith("not an answer of the API")


def test_an_answer_that_is_cut_off_anywhere_is_an_error() -> None:
    whole = answer(Told(), Told("2507.00001v2"))
    for length in range(0, len(whole), 7):
        refused(whole[:length])


def test_line_breaks_in_any_field_leave_single_lines_and_paragraphs() -> None:
    paper = only(
        answer(
            Told(
                title="A\n  B",
                abstract="  One\ntwo\n  three",
                authors=("Ada\nL", " ", "Bob M"),
                categories=("cs.SD\n", "", "cs.SD"),
                comment="5\npages",
            )
        )
    )
    assert (paper.title, paper.abstract, paper.comment) == ("A B", "One two\nthree", "5 pages")
    assert (paper.authors, paper.categories) == (("Ada L", "Bob M"), ("cs.SD",))


def test_a_paper_without_categories_or_title_is_still_one() -> None:
    paper = only(answer(Told(title="", categories=())))
    assert (paper.title, paper.categories) == ("arXiv:2507.07270", ())


@pytest.mark.parametrize("date", ["yesterday", "0001-01-01T00:00:00+23:00"])
def test_a_date_that_is_none_is_one_clear_line(date: str) -> None:
    bad = answer(Told()).replace(b"2025-07-10T12:00:00Z", date.encode())
    assert refused(bad).startswith("the API's answer cannot be read: ")


def test_an_entry_that_is_no_paper_is_named() -> None:
    assert refused(answer(Told("nonsense"))) == (
        "'http://arxiv.org/abs/nonsense' holds no arXiv identifier"
    )


def test_whom_the_authors_speak_for_is_kept_once_and_where_they_work_is_not() -> None:
    content = answer(Told(authors=("Ada L", "Bob M", "Cleo N")))
    spoken = b"<arxiv:affiliation>for the ATLAS Collaboration</arxiv:affiliation></author>"
    content = content.replace(b"</author>", spoken, 2)
    content = content.replace(
        b"N</name></author>", b"N</name><arxiv:affiliation>CERN</arxiv:affiliation></author>"
    )
    (paper,) = papers_in(content).values()
    assert paper.authors == ("Ada L", "Bob M (for the ATLAS Collaboration)", "Cleo N")
