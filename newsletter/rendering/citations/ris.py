"""RIS, for Zotero, EndNote, Mendeley and the like: a tag a line, lines end in CR LF.

A paper that appeared in a journal is of type JOUR, any other UNPB. All text is plain Unicode.
"""

from collections.abc import Iterator, Sequence

from newsletter.rendering.citations.record import (
    CitedName,
    abstract_url,
    citation_key,
    cited_names,
    one_doi,
    year_and_month,
)
from newsletter.rendering.issue_entry import IssueEntry
from newsletter.rendering.markup.paper_text import plain
from newsletter.sources.base import Paper


def to_ris(entries: Sequence[IssueEntry]) -> str:
    lines = (f"{tag}  - {value}" for entry in entries for tag, value in _tags(entry.paper))
    return "".join(f"{line}\r\n" for line in lines)


def _tags(paper: Paper) -> Iterator[tuple[str, str]]:
    year, month = year_and_month(paper)
    yield "TY", "JOUR" if paper.journal_ref else "UNPB"
    yield "TI", plain(paper.title)
    for name in cited_names(paper):
        yield "AU", _name(name)
    yield "PY", str(year)
    yield "DA", f"{year}/{month:02}//"
    yield "PB", "arXiv"
    yield "AN", citation_key(paper)
    if paper.journal_ref:
        yield "T2", plain(paper.journal_ref)
    if one_doi(paper):
        yield "DO", one_doi(paper)
    yield "UR", abstract_url(paper.id)
    for category in paper.categories:
        yield "KW", plain(category)
    if paper.comment:
        yield "N1", plain(paper.comment)
    yield "AB", plain(paper.abstract)
    yield "ER", ""


def _name(name: CitedName) -> str:
    """Family, Given, Suffix; an asterisk is not allowed in it."""
    parts = (name.family, name.given, name.suffix)
    return ", ".join(filter(None, parts)).replace("*", "")
