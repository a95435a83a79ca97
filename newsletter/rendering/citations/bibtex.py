"""BibTeX, for LaTeX and every reference manager; entries and fields as arXiv's own export has them.

UTF-8, a line a field, an empty line between entries.
"""

from calendar import month_abbr
from collections.abc import Iterator, Sequence

from newsletter.rendering.citations.record import (
    CitedName,
    abstract_url,
    citation_key,
    cited_names,
    has_others,
    one_doi,
    year_and_month,
)
from newsletter.rendering.citations.tex_text import escape_tex, tex_text
from newsletter.rendering.issue_entry import IssueEntry
from newsletter.sources.base import Paper


def to_bibtex(entries: Sequence[IssueEntry]) -> str:
    return "\n".join(_to_entry(entry.paper) for entry in entries)


def _to_entry(paper: Paper) -> str:
    kind = "article" if paper.journal_ref else "misc"
    fields = "".join(f"  {name} = {value},\n" for name, value in _fields(paper))
    return f"@{kind}{{{citation_key(paper)},\n{fields}}}\n"


def _fields(paper: Paper) -> Iterator[tuple[str, str]]:
    year, month = year_and_month(paper)
    yield "title", f"{{{{{tex_text(paper.title)}}}}}"  # twice: no style changes its capitals
    others = ["others"] if has_others(paper) else []
    yield "author", f"{{{' and '.join([*map(_name, cited_names(paper)), *others])}}}"
    yield "year", f"{{{year}}}"
    yield "month", _MONTHS[month]
    yield "eprint", f"{{{paper.id.arxiv_id}}}"
    yield "archivePrefix", "{arXiv}"
    yield "primaryClass", f"{{{escape_tex(paper.categories[0])}}}"
    yield "version", f"{{{paper.id.version}}}"
    if paper.journal_ref:
        yield "journal", f"{{{tex_text(paper.journal_ref)}}}"
    if one_doi(paper):
        yield "doi", f"{{{one_doi(paper)}}}"
    yield "url", f"{{{abstract_url(paper.id)}}}"
    if paper.comment:
        yield "note", f"{{{tex_text(paper.comment)}}}"
    yield "abstract", f"{{{tex_text(paper.abstract)}}}"


_MONTHS = [name.lower() for name in month_abbr]  # BibTeX's own macros


def _name(name: CitedName) -> str:
    """Family, Suffix, Given; braces keep a group from being taken apart."""
    parts = [escape_tex(part) for part in (name.family, name.suffix, name.given) if part]
    if name.is_group or " and " in f" {' '.join(parts)} ".lower():
        return f"{{{' '.join(parts)}}}"
    return ", ".join(parts)
