"""Identifiers and texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.sources.base import (
    AnnouncementType,
    PaperId,
    SourceError,
    paragraphs,
)
from newsletter.text import one_line


@pytest.mark.parametrize(
    ("text", "arxiv_id", "version"),
    [
        ("oai:arXiv.org:2507.07270v1", "2507.07270", 1),
        ("http://arxiv.org/abs/0704.0001v5", "0704.0001", 5),
        ("https://arxiv.org/pdf/2407.16803v4/", "2407.16803", 4),
        ("hep-th/9901001v2", "hep-th/9901001", 2),
        ("http://arxiv.org/abs/cond-mat/0309136v12", "cond-mat/0309136", 12),
        ("math.GT/0309136v3", "math/0309136", 3),  # the class was optional, arXiv leaves it out
        ("oai:arXiv.org:alg-geom/9202001v1", "alg-geom/9202001", 1),
        (" 2507.07270v999\n", "2507.07270", 999),
        ("https://arxiv.org/pdf/2507.07270v2.pdf", "2507.07270", 2),
        ("https://arxiv.org/pdf/2507.07270v2", "2507.07270", 2),
        ("arxiv.org/abs/2507.07270v1?context=cs", "2507.07270", 1),
        ("https://arxiv.org/pdf/2507.07270v1.PDF", "2507.07270", 1),
        ("arXiv:2507.07270v1  [cs.SD]  9 Jul 2025", "2507.07270", 1),
        (
            "https://arxiv.org/abs/hep-th%2F9901001v2?context=cs.LG&x=1#comments",
            "hep-th/9901001",
            2,
        ),
        ("https://arxiv.org/html/2507.07270v3#S3.F1", "2507.07270", 3),
        ("https://arxiv.org/html/2507.07270v3/index.html", "2507.07270", 3),
        ("https://ar5iv.labs.arxiv.org/html/2507.07270v1", "2507.07270", 1),
        ("https://export.arxiv.org/e-print/math/0309136v1", "math/0309136", 1),
        ("arXiv:2507.07270v1", "2507.07270", 1),
        ("ARXIV:2507.07270V1", "2507.07270", 1),
        ("arXiv: 2507.07270v1 [cs.SD]", "2507.07270", 1),
        ("arXiv 2507.07270v1", "2507.07270", 1),
        ("arXiv:hep-th/9901001v1.", "hep-th/9901001", 1),
        ("10.48550/arXiv.2507.07270v1", "2507.07270", 1),
        ("doi:10.48550/ARXIV.hep-th/9901001v1", "hep-th/9901001", 1),
        ("<https://doi.org/10.48550/arXiv.2507.07270v1>", "2507.07270", 1),
        ("https://arxiv.org/abs/2507.07270v1&context=cs", "2507.07270", 1),
        ("HTTPS://ARXIV.ORG/ABS/HEP-TH/9901001V2?context=cs!", "hep-th/9901001", 2),
        ("“https://arxiv.org/abs/2507.07270v1”, ", "2507.07270", 1),
        ("(*arXiv:2507.07270v1*)!", "2507.07270", 1),
        ("arXiv:2507.07270v1 [cs.CL].", "2507.07270", 1),
        ("arxiv:2507.07270v1[cs.CL]", "2507.07270", 1),
        ("arXiv:2507.07270v1 [cs.CL, cs.LG]", "2507.07270", 1),
        ("arXiv:2507.07270v1 (cs.CL);", "2507.07270", 1),
        ("Math.GT/0309136v3:", "math/0309136", 3),
        ("[2507.07270v2] Audio things of 2025", "2507.07270", 2),
        ("[math.GT/0309136v3] 2401.00001 in a title", "math/0309136", 3),
        ("[A title](https://arxiv.org/abs/2507.07270v2)", "2507.07270", 2),
        ("[arXiv:2507.07270v2](https://arxiv.org/abs/2507.07270v2)", "2507.07270", 2),
        ("A. Author. Title. arXiv:2507.07270v2 [cs.SD], 2025", "2507.07270", 2),
        ("CoRR, abs/2507.07270v2, 2025", "2507.07270", 2),
        ("(or arXiv:2507.07270v2 [cs.SD] for this version)", "2507.07270", 2),
        ("eprint = {2507.07270v2},", "2507.07270", 2),
        ("2507.07270v2 - Title", "2507.07270", 2),
        ("https://scholar.google.com/scholar?q=arXiv%3A2507.07270v2", "2507.07270", 2),
        ("2507.07270v2 (1).pdf", "2507.07270", 2),
        ("2507.07270v2.Audio_things.pdf", "2507.07270", 2),
    ],
)
def test_an_identifier_is_found_in_whatever_holds_it(
    text: str, arxiv_id: str, version: int
) -> None:
    assert PaperId.parse(text) == PaperId(arxiv_id, version)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "2507.072",
        "2507.0727000v1",
        "２５０７.０７２７０v1",
        "2507.07270v0",
        "2507.07270v1 and more",
        "2507.07270.pdfx",
        "https://arxiv.org/search/?query=2507.07270v1",
        "https://arxiv.org/list/cs.SD/2507",
        "arXiv.2507",
        "x2507.07270v1",
        "http://arxiv.org/abs/9901001v1",
        "abs/9901001v1",
        "hep-xx/9901001v1",
        "https://arxiv.org/api/errors#incorrect_id_format_for_abc",
        "2507.07270v1\n2507.07271v1",
        "arXiv:2507.07270v1 and arXiv:2507.07271v1 too",
        "arXiv:2507.07270v0 and more",
        "[1] Title",
    ],
)
def test_what_is_no_identifier_is_named_in_one_line(text: str) -> None:
    with pytest.raises(SourceError) as error:
        PaperId.parse(text)
    assert str(error.value) == f"{text!r} holds no arXiv identifier"


@pytest.mark.parametrize(
    "name",
    [
        *("2513.00001", "9999.99999", "2500.00001", "0703.0001", "1412.00001", "1501.0001"),
        *("2507.00000", "hep-th/9913001", "hep-th/0801001", "hep-th/9901000", "hep-th/5001001"),
    ],
)
def test_an_identifier_that_arxiv_cannot_have_given_is_refused(name: str) -> None:
    with pytest.raises(
        SourceError, match=f"^arXiv has no paper {name}: its identifiers begin with"
    ):
        PaperId.parse(f"arXiv:{name}v1")


def test_a_version_is_never_guessed() -> None:
    with pytest.raises(SourceError, match=r"'2507\.07270' does not say which version it is"):
        PaperId.parse("2507.07270")
    assert PaperId.parse("2507.07270", default_version=2) == PaperId("2507.07270", 2)
    assert PaperId.parse("2507.07270v3", default_version=2) == PaperId("2507.07270", 3)
    pdf = "https://arxiv.org/pdf/2507.07270.pdf"
    assert PaperId.parse(pdf, default_version=2) == PaperId("2507.07270", 2)


def test_a_huge_text_is_named_in_a_short_line() -> None:
    with pytest.raises(SourceError) as error:
        PaperId.parse("a/" * 500_000)
    assert len(str(error.value)) < 130


def test_kinds_rank_from_new_to_replace_cross() -> None:
    assert (
        AnnouncementType.NEW.rank
        < AnnouncementType.CROSS.rank
        < AnnouncementType.REPLACE.rank
        < AnnouncementType.REPLACE_CROSS.rank
    )


@given(st.text())
def test_one_line_is_one_line_and_loses_no_word(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line
    assert "".join(filter(str.isalnum, line)) == "".join(filter(str.isalnum, text))


def test_a_line_that_starts_with_a_space_opens_a_paragraph() -> None:
    assert paragraphs("  One\ntwo\n  three\r\n\r\nfour\x0bfive") == "One two\nthree\nfour five"
    assert paragraphs(None) == ""
