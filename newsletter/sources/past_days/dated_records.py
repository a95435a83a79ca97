"""The papers of a past day by their dates: asked of arXiv's API, or of OAI where that fails."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from newsletter import taxonomy
from newsletter.sources import calendar
from newsletter.sources.arxiv_api import papers_by_id, papers_found
from newsletter.sources.arxiv_session import ArxivSession
from newsletter.sources.base import Paper, PaperId, SourceError
from newsletter.sources.oai import Record, Records, parse_records

_FIRST_DAY = date(1991, 8, 14)  # of arXiv
_MOST_PAGES = 20  # of one OAI set; a day of all of computer science is two or three
_PHYSICS = {
    *("astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph"),
    *("nlin", "nucl-ex", "nucl-th", "physics", "quant-ph"),
}


def ask_api(
    session: ArxivSession, api_url: str, categories: Sequence[str], day: date
) -> dict[PaperId, Paper]:
    """The papers submitted in that day's window, in the version of then.

    The API reads `lastUpdatedDate` as `submittedDate`, so that it finds no replacements.

    Raises:
        SourceError: the API refused, or did not give everything that it counts.
    """
    if not had_a_batch(day):
        return {}
    start, end = calendar.submission_window(day)
    of_them = " OR ".join(map(_query, dict.fromkeys(categories)))
    between = f"[{start:%Y%m%d%H%M} TO {end:%Y%m%d%H%M}]"
    found = papers_found(session, api_url, f"({of_them}) AND submittedDate:{between}")
    return _of_then(session, api_url, found, (start, end))


def ask_oai(
    session: ArxivSession, oai_url: str, categories: Sequence[str], day: date
) -> dict[PaperId, Paper]:
    """The papers whose record changed around that day, in the version of then.

    Raises:
        SourceError: OAI refused, or has no end.
    """
    records = records_around(session, oai_url, categories, day)
    return papers_as_of(records, day) if records else {}


def records_around(
    session: ArxivSession, oai_url: str, categories: Sequence[str], day: date
) -> list[Record]:
    """The records that changed around that day and did not since; none where it had no batch.

    Raises:
        SourceError: OAI refused, or has no end.
    """
    found: list[Record] = []
    around = timedelta(days=1)
    for set_spec in _outermost(categories) if had_a_batch(day) else ():
        first = {
            "verb": "ListRecords",
            "metadataPrefix": "arXivRaw",
            "from": str(day - around),
            "until": str(day + around),
            "set": _set(set_spec),
        }
        found += _all_pages(session, oai_url, first)
    return found


def papers_as_of(records: Iterable[Record], day: date) -> dict[PaperId, Paper]:
    """The papers in the versions that were the newest when that day's batch closed."""
    _, end = calendar.submission_window(day)
    papers = [record.as_of(end) for record in records]
    return {paper.id: paper for paper in papers if paper is not None}


def had_a_batch(day: date) -> bool:
    return day > _FIRST_DAY and calendar.is_mailing_day(day) and not calendar.follows_holiday(day)


def _of_then(
    session: ArxivSession,
    api_url: str,
    found: dict[PaperId, Paper],
    between: tuple[datetime, datetime],
) -> dict[PaperId, Paper]:
    """With the first version in place of a later one, of what was new and revised since."""
    start, end = between
    since = {
        PaperId(paper.id.arxiv_id): paper.id
        for paper in found.values()
        if paper.published_at is not None
        and start <= paper.published_at < end
        and paper.updated_at is not None
        and paper.updated_at >= end
    }
    first = papers_by_id(session, api_url, sorted(since)) if since else {}
    replaced = {since[paper_id] for paper_id in first}
    return {
        paper_id: paper for paper_id, paper in found.items() if paper_id not in replaced
    } | first


def _query(category: str) -> str:
    """`cs.SD`, `cs.*` for an archive with subjects, `hep-th` for one without."""
    return f"cat:{category}.*" if _has_subjects(category) else f"cat:{category}"


def _has_subjects(category: str) -> bool:
    return any(known.startswith(f"{category}.") for known in taxonomy.CATEGORIES)


def _set(category: str) -> str:
    """OAI's name of it: group, archive, subject (`cs:cs:SD`, `physics:hep-th`, `math:math`)."""
    archive = category.partition(".")[0]
    group = "physics" if archive in _PHYSICS else archive
    return f"{group}:{category.replace('.', ':')}"


def _outermost(categories: Sequence[str]) -> list[str]:
    """Without those whose archive is asked for as well."""
    return [
        category
        for category in dict.fromkeys(categories)
        if category in taxonomy.ARCHIVES or category.partition(".")[0] not in categories
    ]


def _all_pages(session: ArxivSession, oai_url: str, first: dict[str, str]) -> list[Record]:
    found: list[Record] = []
    asked = first
    for _ in range(_MOST_PAGES):
        answer = _page(session, f"{oai_url}?{urlencode(asked)}")
        found += answer.records
        if answer.resumption_token is None:
            return found
        asked = {"verb": "ListRecords", "resumptionToken": answer.resumption_token}
    raise SourceError(f"arXiv's OAI has no end: over {_MOST_PAGES} pages of {first['set']}")


def _page(session: ArxivSession, url: str) -> Records:
    response = session.fetch(url)
    try:
        return parse_records(response.content)
    except SourceError as error:
        raise SourceError(f"OAI (HTTP {response.status_code}): {error}") from error
