"""Where a listing names a version that can be read as a web page, readers get its link."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.rendering.issue_email import IssueEmails
from newsletter.sources.arxiv_pages.catchup_page import parse_catchup_page
from newsletter.sources.arxiv_pages.listing_page import parse_listing_page
from newsletter.sources.base import Paper, PaperId
from newsletter.sources.saved.from_files import SavedFiles
from tests.rendering.days import LINKS, SITE, digest, paper
from tests.rendering.test_message import READER
from tests.sources.samples import SHARED, Told, answer, page, shared
from tests.sources.standin import Clock, Reply, listening
from tests.sources.test_listing_status import DAY, fetch

AS_HTML = Told("2507.00001v1", html="/html/2507.00001v1")
OF_ANOTHER_VERSION = Told("2507.00002v2", "replace", html="https://arxiv.org/html/2507.00002v1")
OF_ANOTHER_PAPER = Told("2507.00003v1", html="/html/2507.00001v1")
WITHOUT = Told("2507.00004v1")
ALL = (AS_HTML, OF_ANOTHER_PAPER, WITHOUT, OF_ANOTHER_VERSION)


def links(papers: Mapping[PaperId, Paper]) -> list[str]:
    return [paper.html_url for paper in papers.values() if paper.html_url]


def test_the_link_is_of_the_version_that_was_announced() -> None:
    with listening(Clock()) as stand_in:
        stand_in.page("cs.SD", Reply(page(*ALL)))
        stand_in.papers = {told.id[:-2]: told for told in ALL}
        fetched = fetch(stand_in)
    assert len(fetched.papers) == 4
    assert links(fetched.papers) == ["https://arxiv.org/html/2507.00001v1"]


def test_a_saved_page_tells_it_too(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(page(*ALL))
    (tmp_path / "papers.xml").write_bytes(answer(*ALL))
    files = SavedFiles([tmp_path / "page.html", tmp_path / "papers.xml"])
    fetched = files.fetch(["cs.SD"], DAY)
    assert links(fetched.papers) == ["https://arxiv.org/html/2507.00001v1"]


def test_arxivs_own_pages_name_them() -> None:
    listed = parse_listing_page(
        shared("html/browsecode_db_list_math.NT_new.html"), "math.NT"
    ).listed
    assert [(entry.arxiv_id, entry.html_version) for entry in listed] == [("0906.2112", 3)]


def test_so_do_its_pages_of_past_days() -> None:
    file = SHARED / "cases" / "arxiv" / "sample_catchup_cs.SD_2026-11-24.html"
    if not file.is_file():
        pytest.skip("the page is not at hand")
    listed = parse_catchup_page(file.read_bytes(), "cs.SD").listed
    versions = [entry.html_version for entry in listed]
    assert file.read_text(encoding="utf-8").count("View HTML") == sum(map(bool, versions))


def test_the_line_of_facts_links_it_but_not_of_a_withdrawn_paper() -> None:
    link = '<a href="https://arxiv.org/html/2507.00001v1"'
    told = paper(has_html=True)
    assert link.replace("2507.00001v1", str(told.id)) in mailed(told)
    assert "/html/" not in mailed(paper())
    gone = replace(told, comment="Withdrawn by the authors")
    assert "/html/" not in mailed(gone)
    assert "/pdf/" not in mailed(gone)


def mailed(told: Paper) -> str:
    return IssueEmails(digest(told), SITE, LINKS).mail(READER).html
