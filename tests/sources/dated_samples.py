"""arXiv's pages of past days and of recent papers, written small."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from tests.sources.samples import SHARED, Told, listed_sections

_CASES = SHARED / "cases" / "arxiv"


def dated_case(name: str) -> bytes:
    """A sample that arXiv's own code made; the test is skipped where it is not at hand."""
    file = _CASES / name
    if not file.is_file():
        pytest.skip(f"{name} is not at hand")
    return file.read_bytes()


def short(day: date) -> str:
    return f"{day:%a}, {day.day} {day:%b} {day.year}"


def catchup(
    *papers: Told,
    day: date,
    category: str = "cs.SD",
    following: date | None = None,
    total: int | None = None,
) -> bytes:
    """A page `/catchup/<category>/<day>`; `following` is the next day with an announcement."""
    counted = f"Total of {len(papers) if total is None else total} entries for {short(day)}"
    onwards = (
        f'<a href="/catchup/{category}/{following}?abs=True&amp;page=1">'
        "Continue to the next day</a>"
        if following
        else ""
    )
    return (
        f"<!DOCTYPE html><html><head><title></title></head><body>"
        f"<h1>Catchup results for {category} on {short(day)}</h1><div>{onwards} {counted}</div>"
        f"<dl id='articles'>{listed_sections(papers)}</dl>"
        f"<div></div>{counted} {onwards}</div></body></html>"
    ).encode()


def recent(days: Mapping[date, Sequence[Told]], category: str = "cs.SD") -> bytes:
    """The page `/list/<category>/recent`, of the days as given, newest first."""
    links = "".join(
        f'<li><a href="/list/{category}/recent?skip=0&amp;show=2000">\n {short(day)}\n</a></li>'
        for day in days
    )
    sections = ""
    for day, papers in days.items():
        count = f" (showing {len(papers)} of {len(papers)} entries )" if papers else ""
        lines = listed_sections(papers, headings=False) or "<p>No updates for this time period.</p>"
        sections += f"<dl id='articles'><h3>{short(day)}{count}</h3>{lines}</dl>"
    return (
        f"<!DOCTYPE html><html><body><h1>Name</h1><ul>{links}</ul>"
        f"<a href='/list/{category}/new'>new</a>{sections}</body></html>"
    ).encode()
