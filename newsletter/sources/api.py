"""Papers by id, from arXiv's API through the `arxiv` package."""

from collections.abc import Iterable, Sequence

import arxiv
import requests

from newsletter.sources.announced import Paper, PaperId, SourceError, one_line, paragraphs

_IDS_A_REQUEST = 100  # an address of about 2 kB, and the page size the package asks for


def papers_by_id(
    session: requests.Session, api_url: str, ids: Sequence[PaperId]
) -> dict[PaperId, Paper]:
    """The papers that the API knows of those asked for; who is missing is for the caller to say.

    Raises:
        SourceError: the API refused, or answered with something else than papers.
    """
    client = arxiv.Client(page_size=_IDS_A_REQUEST, delay_seconds=0, num_retries=0)
    client.query_url_format = api_url + "?{}"
    client._session = session  # noqa: SLF001 - the package has no other way to set a time-out
    found: dict[PaperId, Paper] = {}
    for start in range(0, len(ids), _IDS_A_REQUEST):
        part = ids[start : start + _IDS_A_REQUEST]
        answered = {paper.id: paper for paper in _ask(client, part)}
        if not answered:
            raise SourceError(
                f"the API answered without any of the {len(part)} papers asked for; run again later"
            )
        found.update((paper_id, answered[paper_id]) for paper_id in part if paper_id in answered)
    return found


def _ask(client: arxiv.Client, ids: Iterable[PaperId]) -> list[Paper]:
    wanted = [str(paper_id) for paper_id in ids]
    try:
        return list(map(_paper, client.results(arxiv.Search(id_list=wanted, max_results=None))))
    except arxiv.ArxivError as error:
        raise SourceError(f"the API refused: {error.message}") from error
    except ValueError as error:  # a date that is none
        raise SourceError(f"the API's answer cannot be read: {error}") from error


def _paper(result: arxiv.Result) -> Paper:
    primary = [result.primary_category] if result.primary_category else []
    others = [each for each in result.categories if each not in primary]
    return Paper(
        id=PaperId.parse(result.entry_id),
        title=one_line(result.title),
        abstract=paragraphs(result.summary),
        authors=tuple(filter(None, (one_line(author.name) for author in result.authors))),
        categories=tuple(filter(None, map(one_line, primary + others))),
        comment=one_line(result.comment) or None,
        journal_ref=one_line(result.journal_ref) or None,
        doi=one_line(result.doi) or None,
        published_at=result.published,
        updated_at=result.updated,
    )
