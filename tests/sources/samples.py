"""arXiv's formats, written small, and where its real answers lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@dataclass(frozen=True)
class Told:
    """A paper as the samples tell it; texts are escaped where they are written."""

    id: str = "2507.07270v1"
    kind: str = "new"
    title: str = "Hearing by Eye"
    abstract: str = "We listen."
    authors: Sequence[str] = ("Ada L", "Bob M")
    categories: Sequence[str] = ("cs.SD", "eess.AS")
    comment: str = "5 pages"
    html: str = ""  # the address of its "html" link, where it has one
    published: str = "2025-07-09T12:00:00Z"  # its first version
    updated: str = "2025-07-10T12:00:00Z"  # this one


def shared(name: str) -> bytes:
    """One of arXiv's real answers; the test is skipped where they are not at hand."""
    file = SHARED / "arxiv" / name
    if not file.is_file():
        pytest.skip(f"{name} is not at hand")
    return file.read_bytes()


def rss(
    *papers: Told, title: str = "cs.SD", stated: str = "Fri, 11 Jul 2025 00:00:00 -0400"
) -> bytes:
    items = "".join(
        f"<item><title>{escape(paper.title)}</title>"
        f"<description>arXiv:{paper.id} Announce Type: {paper.kind} \n"
        f"Abstract: {escape(paper.abstract)}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{paper.id}</guid>'
        + "".join(f"<category>{escape(each)}</category>" for each in paper.categories)
        + f"<pubDate>{stated}</pubDate><arxiv:announce_type>{paper.kind}</arxiv:announce_type>"
        f"<dc:creator>{escape(', '.join(paper.authors))}</dc:creator></item>\n"
        for paper in papers
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>'
        f"<title>{title} updates on arXiv.org</title><pubDate>{stated}</pubDate>"
        f"{items}</channel></rss>"
    ).encode()


def atom(*papers: Told, title: str = "cs.SD", built: str = "2025-07-11T04:00:19+00:00") -> bytes:
    entries = "".join(
        f"<entry><id>oai:arXiv.org:{paper.id}</id><title>{escape(paper.title)}</title>"
        f"<summary>arXiv:{paper.id} Announce Type: {paper.kind} \n"
        f"Abstract: {escape(paper.abstract)}</summary>"
        + "".join(f'<category term="{escape(each)}"/>' for each in paper.categories)
        + "<published>2025-07-11T00:00:00-04:00</published>"
        f"<arxiv:announce_type>{paper.kind}</arxiv:announce_type>"
        f"<dc:creator>{escape(', '.join(paper.authors))}</dc:creator></entry>\n"
        for paper in papers
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:arxiv="http://arxiv.org/schemas/atom"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{title} updates on arXiv.org</title><updated>{built}</updated>{entries}</feed>"
    ).encode()


def answer(*papers: Told, counted: int | None = None) -> bytes:
    """The API's answer; `counted` is what it says that there are."""
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/{paper.id}</id><title>{escape(paper.title)}</title>"
        f"<updated>{paper.updated}</updated><published>{paper.published}</published>"
        f"<summary>{escape(paper.abstract)}</summary>"
        f"<arxiv:comment>{escape(paper.comment)}</arxiv:comment>"
        + "".join(f'<category term="{escape(each)}"/>' for each in paper.categories)
        + "".join(f"<author><name>{escape(each)}</name></author>" for each in paper.authors)
        + "</entry>\n"
        for paper in papers
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
        ' xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">'
        f"<opensearch:totalResults>{len(papers) if counted is None else counted}"
        f"</opensearch:totalResults>{entries}</feed>"
    ).encode()


_SECTIONS = (
    ("New submissions", ("new",)),
    ("Cross submissions", ("cross",)),
    ("Replacement submissions", ("replace", "replace-cross")),
)


def page(*papers: Told, category: str = "cs.SD", day: str = "Friday, 11 July 2025") -> bytes:
    """arXiv's listing page `/list/<category>/new`, which states its day and counts."""
    total = f"<div class='paging'>Total of {len(papers)} entries </div>"
    return (
        f"<!DOCTYPE html><html><body><a href='/list/{category}/recent'>recent</a>"
        f"<h3>Showing new listings for {day}</h3>{total}<dl id='articles'>"
        + listed_sections(papers)
        + f"</dl>{total}</body></html>"
    ).encode()


def listed_sections(papers: Sequence[Told], *, headings: bool = True) -> str:
    """The papers' lines in arXiv's order, each section under its heading."""
    return "".join(
        _listed(heading if headings else "", [paper for paper in papers if paper.kind in kinds])
        for heading, kinds in _SECTIONS
    )


def _listed(heading: str, papers: Sequence[Told]) -> str:
    if not papers:
        return ""
    lines = "".join(
        f'<dt><a href ="/abs/{bare}" title="Abstract" id="{bare}">\n arXiv:{bare}\n </a>'
        + (f'[<a href="{paper.html}" title="View HTML">html</a>]' if paper.html else "")
        + "</dt>"
        "<dd><div class='list-comments mathjax'><span class='descriptor'>Comments:</span>\n"
        f"{escape(paper.comment)}</div>"
        "<div class='list-subjects'><span class='descriptor'>Subjects:</span>"
        f'<span class="primary-subject">Name ({paper.categories[0]})</span>; '
        + "; ".join(f"Name ({each})" for each in paper.categories[1:])
        + "</div></dd>\n"
        for paper in papers
        for bare in [paper.id.rpartition("v")[0]]
    )
    count = f"(showing {len(papers)} of {len(papers)} entries)"
    return f"<h3>{heading} {count}</h3>{lines}" if heading else lines


def refusal(reason: str) -> bytes:
    """What the API says to a request that it cannot take, with HTTP 400."""
    return (
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
        ' xmlns="http://www.w3.org/2005/Atom"><opensearch:totalResults>1</opensearch:totalResults>'
        "<entry><id>https://arxiv.org/api/errors#some</id><title>Error</title>"
        f"<summary>{reason}</summary></entry></feed>"
    ).encode()


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "boom boom boom">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    b'<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]>'
    b"<rss><channel><title>&e;</title></channel></rss>"
)

# What arXiv and what stands before it have answered with HTTP 200, and our word for it.
NO_ANSWERS = (
    (b"Please come again.", "the text 'Please come again.'"),
    (b"", "an empty answer"),
    (b" \n", "an empty answer"),
    (b"<!DOCTYPE html><html><body><h1>Maintenance</h1></body></html>", "a web page"),
    (b"<html><head><title>Sign in</title><br></head></html>", "a web page"),
    (BOMB, "cut off, broken or declares entities"),
    (b"\x00\xff\xfe\x01", "neither XML nor text (4 bytes)"),
    (b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"/>', "an OAI answer"),
)
