"""What OAI's answers say of papers and their versions."""

from datetime import UTC, datetime

import pytest

from newsletter.sources.base import PaperId, SourceError
from newsletter.sources.oai import Record, Version, parse_records
from tests.sources.oai_samples import harvest, raw, refused_by_oai
from tests.sources.samples import NO_ANSWERS, Told, answer, shared


def only(content: bytes) -> Record:
    (record,) = parse_records(content).records
    return record


def refused(content: bytes) -> str:
    with pytest.raises(SourceError) as error:
        parse_records(content)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_real_record_has_every_field_and_all_versions_with_their_dates() -> None:
    record = only(shared("oai/oaipmhcode_GetRecord_arXivRaw_0806.4129.xml"))
    paper = record.paper
    assert paper.id == PaperId("0806.4129", 6)
    assert paper.title.startswith("Gauge Fixing in the Maxwell Like Gravitational Theory")
    assert paper.authors == ("Roldao da Rocha", "Waldyr A. Rodrigues Jr")
    assert paper.categories == ("math-ph", "math.MP")
    assert paper.comment is not None
    assert paper.comment.startswith("15 pages. This version")
    assert paper.journal_ref == "AIP Conf.Proc.1316:466-477,2010"
    assert paper.doi == "10.1063/1.3536454"
    assert [each.number for each in record.versions] == [1, 2, 3, 4, 5, 6]
    assert paper.published_at == datetime(2008, 6, 25, 15, 29, 38, tzinfo=UTC)
    assert paper.updated_at == datetime(2014, 12, 12, 13, 15, 28, tzinfo=UTC)


def test_a_real_record_without_versions_has_no_dates_but_the_same_words() -> None:
    told = only(shared("oai/oaipmhcode_GetRecord_arXiv_0806.4129.xml"))
    in_raw = only(shared("oai/oaipmhcode_GetRecord_arXivRaw_0806.4129.xml")).paper
    assert told.versions == ()
    assert told.paper.id == PaperId("0806.4129", 1)
    assert (told.paper.published_at, told.paper.updated_at) == (None, None)
    assert told.paper.authors == in_raw.authors
    assert (told.paper.title, told.paper.abstract) == (in_raw.title, in_raw.abstract)


@pytest.mark.parametrize(
    ("name", "records"),
    [("ListRecords_arXivRaw_math", 5), ("ListRecords_arXiv_all", 503)],
)
def test_real_lists_are_read_whole(name: str, records: int) -> None:
    found = parse_records(shared(f"oai/oaipmhcode_{name}.xml"))
    assert len(found.records) == records
    assert found.resumption_token is None
    assert all(
        each.paper.title and each.paper.abstract and each.paper.authors and each.paper.categories
        for each in found.records
    )


def test_authors_of_real_raw_records_are_told_apart() -> None:
    records = parse_records(shared("oai/oaipmhcode_ListRecords_arXivRaw_math.xml")).records
    authors = [each.paper.authors for each in records]
    assert ("I. Csiszar", "F. Hiai", "D. Petz") in authors
    assert ("Naihong Hu", "Dong Liu", "Linsheng Zhu") in authors  # "Dong Liu and and Linsheng"
    assert ("Ricardo Weder",) in authors


@pytest.mark.parametrize(
    ("told", "authors"),
    [
        ("Ada L and Bob M", ("Ada L", "Bob M")),
        ("Ada L, Bob M, and Cleo N", ("Ada L", "Bob M", "Cleo N")),
        ("Ada L (Here and there), Bob M", ("Ada L", "Bob M")),
        ("The Band Group: Ada L, Bob M, Jr.", ("The Band Group", ":", "Ada L", "Bob M, Jr.")),
        (
            "Ada L and Bob M (for the ATLAS and CMS Collaborations)",
            ("Ada L", "Bob M (for the ATLAS and CMS Collaborations)"),
        ),
        (r"Andr\'e N and Alexander Land", (r"Andr\'e N", "Alexander Land")),
        ("Ada\n  L\nand Bob M", ("Ada L", "Bob M")),
        ("", ()),
    ],
)
def test_raw_author_lines_are_split_as_arxiv_splits_them(
    told: str, authors: tuple[str, ...]
) -> None:
    assert only(harvest(raw(Told(authors=(told,))))).paper.authors == authors


def test_three_thousand_authors_are_no_trouble() -> None:
    names = tuple(f"Author {number}" for number in range(3435))
    assert only(harvest(raw(Told(authors=names)))).paper.authors == names


def test_a_paper_is_what_it_was_at_a_moment() -> None:
    first, second = datetime(2025, 7, 9, 12, tzinfo=UTC), datetime(2025, 7, 12, 12, tzinfo=UTC)
    record = only(harvest(raw(Told("hep-th/9901001v2"), second, first)))
    assert record.versions == (Version(1, first), Version(2, second))
    assert record.as_of(first) is None
    between = record.as_of(second)
    assert between is not None
    assert between.id == PaperId("hep-th/9901001", 1)
    assert (between.published_at, between.updated_at) == (first, first)
    assert record.as_of(datetime(2026, 1, 1, tzinfo=UTC)) == record.paper


def test_a_withdrawn_paper_is_a_paper_and_a_deleted_record_is_none() -> None:
    withdrawn = raw(Told(comment="This paper has been withdrawn"))
    deleted = (
        "<record><header status='deleted'><identifier>oai:arXiv.org:2507.00009</identifier>"
        "<datestamp>2025-07-11</datestamp></header></record>"
    )
    assert only(harvest(deleted, withdrawn)).paper.comment == "This paper has been withdrawn"


def test_line_breaks_in_any_field_leave_single_lines_and_paragraphs_stay() -> None:
    told = Told(
        title="A\nB", abstract="  One\ntwo\n  three", comment="a\r\n b", categories=("cs.SD\n",)
    )
    paper = only(harvest(raw(told))).paper
    assert (paper.title, paper.comment, paper.categories) == ("A B", "a b", ("cs.SD",))
    assert paper.abstract == "One two\nthree"


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("", None),
        ("<resumptionToken/>", None),
        ("<resumptionToken expires='later'> x|1 </resumptionToken>", "x|1"),
    ],
)
def test_that_there_is_more_is_said(token: str, told: str | None) -> None:
    assert parse_records(harvest(raw(Told()), token)).resumption_token == told


def test_that_nothing_matches_is_no_error() -> None:
    assert parse_records(shared("oai/oaipmhcode_noRecordsMatch.xml")).records == ()
    assert parse_records(refused_by_oai("noRecordsMatch", "none")).records == ()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("badArgument", "arXiv's OAI refused: badArgument The request includes illegal arguments"),
        ("idDoesNotExist", "arXiv's OAI refused: idDoesNotExist"),
        ("Identify", "this OAI answer holds no papers; ask for ListRecords in arXivRaw"),
        ("ListSets", "this OAI answer holds no papers"),
        ("ListIdentifiers", "this OAI answer holds no papers"),
        ("GetRecord_oai_dc_0806.4129", "in neither arXivRaw nor arXiv"),
    ],
)
def test_real_answers_of_another_kind_say_what_they_are(name: str, words: str) -> None:
    assert words in refused(shared(f"oai/oaipmhcode_{name}.xml"))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("<id>2507.07270</id>", "<id>nonsense</id>", "'nonsense' holds no arXiv identifier"),
        ("<id>2507.07270</id>", "", "'' holds no arXiv identifier"),
        ('version="v1"', 'version="1"', "a version '1'"),
        ("Wed, 09 Jul 2025", "Wed, 99 Jul 2025", "a version of no date: 'Wed, 99 Jul 2025"),
        ("Wed, 09 Jul 2025 12:00:00 GMT", "", "a version of no date: ''"),
        ("version", "edition", "'2507.07270' has no versions"),
    ],
)
def test_one_bad_record_is_one_clear_line(before: str, after: str, words: str) -> None:
    bad = raw(Told()).replace(before, after)
    assert words in refused(harvest(raw(Told("2507.00001v1")), bad))


@pytest.mark.parametrize(
    ("content", "word"), [*NO_ANSWERS[:-1], (answer(), "an answer of the API")]
)
def test_what_is_no_oai_answer_is_told_for_what_it_is(content: bytes, word: str) -> None:
    line = refused(content)
    assert word in line
    assert line.endswith("not an OAI answer")


def test_an_answer_that_is_cut_off_anywhere_is_an_error() -> None:
    whole = harvest(raw(Told()), raw(Told("2507.00001v1")))
    for length in range(0, len(whole), 7):
        refused(whole[:length])
