"""CSV (RFC 4180), a line a paper: for spreadsheets, which take no cell of it for a formula.

It begins with a byte order mark, without which Excel reads UTF-8 as something else.
"""

import csv
import io
from collections.abc import Sequence

from newsletter.rendering.citations.record import abstract_url, one_doi, year_and_month
from newsletter.rendering.issue_entry import IssueEntry
from newsletter.rendering.markup.paper_text import plain
from newsletter.rendering.wording.author_list import list_authors, read_authors
from newsletter.text import escape_cell


def to_csv(entries: Sequence[IssueEntry]) -> str:
    rows = [_cells(entry) for entry in entries]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    writer.writerows(map(escape_cell, row) for row in rows)
    return f"\ufeff{text.getvalue()}"


_COLUMNS = (
    *("section", "arxiv_id", "version", "title", "authors", "year", "categories"),
    *("sentence", "sentence_by", "comment", "journal_ref", "doi", "url", "html_url", "abstract"),
)


def _cells(entry: IssueEntry) -> tuple[str, ...]:
    paper = entry.paper
    return (
        entry.section,
        paper.id.arxiv_id,
        str(paper.id.version),
        plain(paper.title),
        list_authors(read_authors(paper.authors), plain),
        str(year_and_month(paper)[0]),
        " ".join(paper.categories),
        plain(entry.summary.text),
        entry.summary.made_by,
        plain(paper.comment or ""),
        plain(paper.journal_ref or ""),
        one_doi(paper),
        abstract_url(paper.id),
        paper.html_url or "",
        plain(paper.abstract),
    )
