"""Mangled feeds and answers: an error or papers that stand there, never a crash."""

import re
from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html

from newsletter.sources.arxiv_api import papers_in
from newsletter.sources.arxiv_pages.listing_page import category_of, parse_listing_page
from newsletter.sources.base import Paper, SourceError
from newsletter.sources.feed import parse_feed
from newsletter.sources.oai import parse_records
from newsletter.text import one_line
from tests.sources.oai_samples import harvest, parsed, raw
from tests.sources.samples import Told, answer, atom, page, rss, shared

PAPERS = (
    Told("2507.07270v1"),
    Told("hep-th/9901001v3", "replace-cross", r"Schr\"odinger & <co>", categories=("hep-th",)),
)
FEEDS = (rss(*PAPERS), atom(*PAPERS))
PAGE = page(*PAPERS)
HARVEST = harvest(raw(PAPERS[0]), parsed(PAPERS[1]), "<resumptionToken>x</resumptionToken>")
SCRAPS = st.one_of(
    st.binary(max_size=12),
    st.sampled_from(
        b"|<|>|&x;|]]>|<item>|</item>|<entry>|</channel>|<!-- |<?p?>|<!DOCTYPE x>|\x00|\xff"
        b"|<dt>|</dd>|<h3>|</h3>|</div>|<record>|</metadata>|<version>|Total of 3 entries"
        b"|&#x2028;|&#65534;|v1|oai:arXiv.org:|replace|<category/>|\n\n|999999999999".split(b"|")
    ),
)
# Where to cut (in thousandths), how much to take away, what to put there instead.
CUTS = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 60), SCRAPS), min_size=1, max_size=4)
Cuts = list[tuple[int, int, bytes]]


def mangled(content: bytes, cuts: Cuts) -> bytes:
    for place, taken, put in cuts:
        start = len(content) * place // 1000
        content = content[:start] + put + content[start + taken :]
    return content


def written(content: bytes) -> bytes:
    """Without tags, comments and bytes that a parser drops."""
    return re.sub(rb"[^A-Za-z0-9.:/-]", b"", re.sub(rb"<[^>]*>", b"", content))


def stand_in(content: bytes, papers: Iterable[Paper]) -> bool:
    """Whether every paper's identifier, with its version, is written there."""
    text = content + written(content)
    return all(str(paper.id).rpartition("/")[2].encode() in text for paper in papers)


@pytest.mark.slow
@given(st.sampled_from(FEEDS), CUTS)
@settings(max_examples=300, deadline=None)
@example(FEEDS[0], [(0, 0, b"\xef\xbb\xbf")])
def test_a_mangled_feed_is_an_error_or_says_what_stands_there(feed: bytes, cuts: Cuts) -> None:
    content = mangled(feed, cuts)
    try:
        found = parse_feed(content)
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either outcome is right
        return
    assert stand_in(content, [item.paper for item in found.items])
    assert len(found.items) <= content.count(b"<item") + content.count(b"<entry")
    for category in ("cs.SD", "hep-th", "math"):
        assert set(found.announced_in(category)) <= set(found.items)


@given(CUTS)
@settings(max_examples=200, deadline=None)
def test_a_mangled_answer_is_an_error_or_says_what_stands_there(cuts: Cuts) -> None:
    content = mangled(answer(*PAPERS), cuts)
    try:
        found = papers_in(content)
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either outcome is right
        return
    assert stand_in(content, found.values())


@pytest.mark.slow
@given(CUTS)
@settings(max_examples=300, deadline=None)
@example([(518, 0, b"<!>")])
@example([(475, 49, b"<")])
def test_a_mangled_page_is_an_error_or_says_what_stands_there(cuts: Cuts) -> None:
    content = mangled(PAGE, cuts)
    category_of(content)
    try:
        found = parse_listing_page(content, "cs.SD")
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either outcome is right
        return
    seen = one_line(html.fromstring(content).text_content())
    assert found.expected >= len(found.listed)
    assert len({each.arxiv_id for each in found.listed}) == len(found.listed)
    for each in found.listed:
        assert f"/abs/{each.arxiv_id}".encode() in content
        assert all(f"({code})" in seen for code in each.categories)


@pytest.mark.slow
@given(CUTS)
@settings(max_examples=300, deadline=None)
def test_a_mangled_harvest_is_an_error_or_says_what_stands_there(cuts: Cuts) -> None:
    content = mangled(HARVEST, cuts)
    try:
        found = parse_records(content)
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either outcome is right
        return
    for record in found.records:
        assert record.paper.id.arxiv_id.encode() in content
        assert all(f'"v{each.number}"'.encode() in content for each in record.versions)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_one_line(content: bytes) -> None:
    for read in (parse_feed, papers_in, parse_records, lambda page: parse_listing_page(page, "cs")):
        with pytest.raises(SourceError) as error:
            read(content)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "name",
    ["rss/arxivfeedcode_rss_cs.xml", "rss/arxivfeedcode_rss_math.NT_math.AG.xml"],
)
def test_a_real_feed_with_any_one_line_taken_out_is_no_crash(name: str) -> None:
    lines = shared(name).splitlines(keepends=True)
    whole = {item.paper.id for item in parse_feed(b"".join(lines)).items}
    outcomes = set()
    for number in range(len(lines)):
        try:
            found = parse_feed(b"".join(lines[:number] + lines[number + 1 :]))
        except SourceError:
            outcomes.add("refused")
            continue
        outcomes.add("read")
        assert {item.paper.id for item in found.items} <= whole
    assert outcomes == {"refused", "read"}
