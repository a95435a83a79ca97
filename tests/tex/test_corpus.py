"""Thousands of real abstracts, which lie beside the checkout; elsewhere this is skipped."""

from __future__ import annotations

import json
import re
import time
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from newsletter.tex import to_html, to_text

CORPUS = Path(__file__).parents[3] / "shared" / "arxiv"
SAMPLES = ["abstracts.jsonl", "tex_hard_cases.jsonl"]
pytestmark = pytest.mark.skipif(
    not (CORPUS / SAMPLES[0]).is_file(), reason="the shared abstracts are not beside this checkout"
)

TEX = re.compile(r"[\\${}]")
MONEY = re.compile(r"\$\s?\.?\d|\d\s?\$|[A-Z]{2}\$")
TAG = re.compile(r"<[^>]*>")
# Everything whose letters are not prose: formulas, addresses, accents, names of commands.
NOT_PROSE = re.compile(
    r"https?://\S+|\$\$.*?\$\$|\\\(.*?\\\)|\\\[.*?\\\]|\$[^$]*\$"
    r"|\\(?:begin|end|label|color|hypersetup|cite\w*|ref|unicode|url|textcolor(?:\[\w+\])?)"
    r"\s*\{[^}]*\}"
    r"|\\[`'^\"~=.-](?:\{\\?[A-Za-z]\}|\\?[A-Za-z])|\\[cvHukdbr](?:\{[A-Za-z]\}|\s[A-Za-z])"
    r"|[_^](?:\{[^}]*\}|\\[A-Za-z]+|\S)|\\[A-Za-z]+",
    re.DOTALL,
)
LETTERS = re.compile(r"[A-Za-z]{2,}")


@cache
def records(sample: str) -> list[dict[str, str]]:
    lines = (CORPUS / sample).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def texts(sample: str) -> list[str]:
    fields = ("title", "abstract", "comments")
    found = [record[field] for record in records(sample) for field in fields if record[field]]
    return found + [author for record in records(sample) for author in record["authors"]]


def lost_words(source: str, seen: str) -> list[str]:
    """The words of prose that do not come again, in their order, in what is seen."""
    shown = re.sub(r"[^A-Za-z]", "", seen)
    at, lost = 0, []
    for word in LETTERS.findall(NOT_PROSE.sub(" ", source)):
        found = shown.find(word, at)
        if found < 0:
            lost.append(word)
        else:
            at = found + len(word)
    return lost


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.slow
def test_no_text_loses_a_word_of_prose(sample: str) -> None:
    for source in texts(sample):
        if "{this http" in source:
            continue  # An address that the listing page hid; its words are no prose.
        assert lost_words(source, to_text(source)) == []
        assert lost_words(source, unescape(TAG.sub("", to_html(source)))) == []


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.slow
def test_hardly_any_abstract_still_shows_tex(sample: str) -> None:
    bearing = [record["abstract"] for record in records(sample) if TEX.search(record["abstract"])]
    for turn in (to_text, to_html):
        seen = [MONEY.sub("", TAG.sub("", turn(source))) for source in bearing]
        left = [text for text in seen if "\\" in text or "$" in text]
        assert len(left) <= 0.005 * len(bearing)


def test_a_text_without_tex_is_left_alone_but_for_quotes_dashes_and_line_breaks() -> None:
    for source in texts(SAMPLES[0]):
        if not re.search(r"[\\${}^~`]|--|\s\s|\n", source):
            assert to_text(source) == source.strip()


def test_an_abstract_takes_less_than_a_millisecond() -> None:
    abstracts = [record["abstract"] for record in records(SAMPLES[0])]
    begin = time.process_time()
    for abstract in abstracts:
        to_html(abstract)
    assert time.process_time() - begin < 0.001 * len(abstracts)
