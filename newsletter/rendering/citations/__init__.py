"""The papers of an issue for reference managers and spreadsheets: BibTeX, RIS and CSV."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter.rendering.citations import bibtex, ris, table
from newsletter.rendering.issue_entry import IssueEntry


@dataclass(frozen=True)
class CitationFormat:
    """One of the formats: its name, how its files end, what they are called on the web."""

    name: str
    extension: str
    mimetype: str
    write: Callable[[Sequence[IssueEntry]], str]


FORMATS = {
    "bibtex": CitationFormat("BibTeX", "bib", "application/x-bibtex", bibtex.to_bibtex),
    "ris": CitationFormat("RIS", "ris", "application/x-research-info-systems", ris.to_ris),
    "csv": CitationFormat("CSV", "csv", "text/csv", table.to_csv),
}
