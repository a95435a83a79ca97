"""Papers by their identifiers, from where the configured source describes papers."""

from collections.abc import Sequence

from newsletter.config import Settings
from newsletter.sources.arxiv_api import papers_named
from newsletter.sources.base import Paper, Source, SourceError
from newsletter.sources.http.session import polite_session


def find_paper(source: Source, settings: Settings, name: str) -> Paper:
    """The paper of that identifier, in its newest version where none is named.

    Raises:
        SourceError: it is not to be had, and why.
    """
    described = source.describe([name])
    found = _by_api(settings, [name]) if described is None else described
    if name not in found:
        raise SourceError(
            f"arXiv's API knows no paper {name}"
            if described is None
            else f"{name} is not among the papers of the source {settings.source.use!r}"
        )
    return found[name]


def find_papers(source: Source, settings: Settings, names: Sequence[str]) -> dict[str, Paper]:
    """Those that are to be had, by the names they were asked for with.

    Raises:
        SourceError: arXiv's API gave no answer that could be used.
    """
    described = source.describe(names)
    return _by_api(settings, names) if described is None else described


def _by_api(settings: Settings, names: Sequence[str]) -> dict[str, Paper]:
    with polite_session(settings.source, settings.site.url) as session:
        return papers_named(session, settings.source.api_url, names)
