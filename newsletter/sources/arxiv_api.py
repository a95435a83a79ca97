"""Papers by id, from arXiv's API through the `arxiv` package."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import arxiv
import requests
from lxml import etree

from newsletter.sources.arxiv_session import ArxivSession, RecordedSession
from newsletter.sources.author_names import with_affiliations
from newsletter.sources.base import (
    Paper,
    PaperId,
    SourceError,
    paragraphs,
)
from newsletter.sources.response_types import ATOM, OPENSEARCH, ResponseType, root_of
from newsletter.text import counted as number_of
from newsletter.text import one_line

IDS_A_REQUEST = 200  # an address of about 3 kB, which every server on the way takes
_RESULTS_A_REQUEST = 500  # arXiv bears 2,000, and is slow then
_MOST_FOUND = 10_000  # several times what is submitted to all of arXiv between two deadlines
_MOST_REQUESTS = 40  # of one search, should the answers be shorter than asked for


class ShortAnswerError(SourceError):
    """The API gave fewer papers than it counts, as it does on bad days; those `found` are good."""

    def __init__(self, counted: int, given: int, found: dict[str, Paper]) -> None:
        super().__init__(f"the API counts {number_of(counted, 'paper')} and gave {given}")
        self.found = found


class RefusedQueryError(SourceError):
    """The API says that something is wrong with what it was asked for."""


def papers_by_id(
    session: ArxivSession, api_url: str, ids: Sequence[PaperId]
) -> dict[PaperId, Paper]:
    """The papers that the API knows of those asked for; who is missing is for the caller to say.

    Raises:
        SourceError: the API refused, answered with something else than papers, or with too few.
    """
    named = papers_named(session, api_url, list(map(str, ids)))
    return {paper.id: paper for paper in named.values()}


def in_requests(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many names at a time as a request may have."""
    return (names[at : at + IDS_A_REQUEST] for at in range(0, len(names), IDS_A_REQUEST))


def papers_named(session: ArxivSession, api_url: str, names: Sequence[str]) -> dict[str, Paper]:
    """The papers that the API knows of those named, with or without a version, by that name.

    Raises:
        ShortAnswerError: it gave fewer than it counts, so who is missing may be known to it.
        RefusedQueryError: it says that something is wrong with one of the names.
        SourceError: it was not reached, or answered with something else than papers.
    """
    found: dict[str, Paper] = {}
    counted = given = 0
    for part in in_requests(names):
        search = arxiv.Search(id_list=list(part), max_results=len(part))
        checked = _Checked(session)
        answered = _ask(checked, api_url, search)
        for paper in answered.values():
            found[paper.id.arxiv_id] = found[str(paper.id)] = paper
        counted, given = counted + checked.counted, given + len(answered)
    named = {name: found[name] for name in names if name in found}
    if given < counted and len(named) < len(names):
        raise ShortAnswerError(counted, given, named)
    return named


def papers_found(session: ArxivSession, api_url: str, query: str) -> dict[PaperId, Paper]:
    """All papers that a query finds, in their newest versions, the first submitted first.

    Raises:
        SourceError: the API refused, or did not give as many as it counts.
    """
    search = arxiv.Search(
        query=query,
        max_results=_MOST_FOUND,
        sort_by=arxiv.SortCriterion.SubmittedDate,
        sort_order=arxiv.SortOrder.Ascending,
    )
    checked = _Checked(session)
    found = _ask(checked, api_url, search, _RESULTS_A_REQUEST)
    if len(found) < checked.counted:
        raise ShortAnswerError(
            checked.counted, len(found), {str(paper_id): found[paper_id] for paper_id in found}
        )
    return found


def papers_in(content: bytes) -> dict[PaperId, Paper]:
    """All papers of a kept answer.

    Raises:
        SourceError: it is none, it is cut off, or arXiv says that it is an error.
    """
    entries = len(_entries(content))
    session = RecordedSession(lambda _url: content)
    search = arxiv.Search(max_results=entries)
    return _ask(_Checked(session), "https://kept.invalid/api", search) if entries else {}


class _Checked:
    """The session as the package uses it, which takes whatever is no XML for "no results"."""

    def __init__(self, session: ArxivSession) -> None:
        self._session = session
        self._requests = 0
        self.counted = 0  # papers, as the newest answer says

    def get(self, url: str, **_options: Any) -> requests.Response:  # noqa: ANN401 - as in requests
        self._requests += 1
        if self._requests > _MOST_REQUESTS:
            raise SourceError(f"the API counts {self.counted} papers, but gives too few at a time")
        response = self._session.fetch(url)
        try:
            _entries(response.content)
            self.counted = _count(response.content)
        except SourceError as error:
            is_refusal = response.status_code == HTTPStatus.BAD_REQUEST
            kind = RefusedQueryError if is_refusal else type(error)
            raise kind(f"the API (HTTP {response.status_code}): {error}") from error
        return response


def _ask(
    session: _Checked, api_url: str, search: arxiv.Search, page_size: int = IDS_A_REQUEST
) -> dict[PaperId, Paper]:
    client = arxiv.Client(page_size=page_size, delay_seconds=0, num_retries=0)
    client.query_url_format = api_url + "?{}"
    client._session = session  # noqa: SLF001 - the package has no other way in
    try:
        return {paper.id: paper for paper in _until_empty(client.results(search))}
    except arxiv.ArxivError as error:
        raise SourceError(f"the API refused: {error.message}") from error
    except (ValueError, OverflowError) as error:  # a date that is none
        raise SourceError(f"the API's answer cannot be read: {one_line(str(error))}") from error


def _until_empty(results: Iterator[arxiv.Result]) -> Iterator[Paper]:
    """An answer may count more papers than it has; what it has is good."""
    with suppress(arxiv.UnexpectedEmptyPageError):
        yield from map(_paper, results)


def _entries(content: bytes) -> list[etree._Element]:
    """The entries of a whole answer.

    Raises:
        RefusedQueryError: arXiv says that it is an error.
        SourceError: it is none.
    """
    entries = root_of(content, ResponseType.PAPERS).findall(f"{{{ATOM}}}entry")
    for entry in entries:
        if "/api/errors" in entry.findtext(f"{{{ATOM}}}id", ""):
            summary = one_line(entry.findtext(f"{{{ATOM}}}summary"))
            raise RefusedQueryError(f"arXiv refused: {summary}")
    return list(entries)


def _count(content: bytes) -> int:
    stated = (
        root_of(content, ResponseType.PAPERS).findtext(f"{{{OPENSEARCH}}}totalResults", "").strip()
    )
    return int(stated) if re.fullmatch("[0-9]{1,9}", stated) else 0


def _paper(result: arxiv.Result) -> Paper:
    categories = map(one_line, [result.primary_category, *result.categories])
    paper_id = PaperId.read(result.entry_id)
    return Paper(
        id=paper_id,
        title=one_line(result.title) or f"arXiv:{paper_id.arxiv_id}",
        abstract=paragraphs(result.summary),
        authors=with_affiliations((author.name, author.affiliation) for author in result.authors),
        categories=tuple(dict.fromkeys(filter(None, categories))),
        comment=one_line(result.comment) or None,
        journal_ref=one_line(result.journal_ref) or None,
        doi=one_line(result.doi) or None,
        published_at=result.published,
        updated_at=result.updated,
    )
