"""Papers by their identifiers, from where the configured source describes papers."""

from collections.abc import Sequence

from newsletter.config import Settings
from newsletter.sources import bundled
from newsletter.sources.arxiv_api import papers_named
from newsletter.sources.base import Paper, SourceError
from newsletter.sources.http.session import polite_session


def find_paper(settings: Settings, name: str) -> Paper:
    """The paper of that identifier, in its newest version where none is named.

    Raises:
        SourceError: it is not to be had, and why.
    """
    found = find_papers(settings, [name])
    if name not in found:
        here = settings.source.use == "bundled"
        raise SourceError(
            f"{name} is not among the papers of the bundled day"
            if here
            else f"arXiv's API knows no paper {name}"
        )
    return found[name]


def find_papers(settings: Settings, names: Sequence[str]) -> dict[str, Paper]:
    """Those that are to be had, by the names they were asked for with.

    Raises:
        SourceError: arXiv's API gave no answer that could be used.
    """
    if settings.source.use == "bundled":
        day = bundled.BundledDay().fetch(bundled.CATEGORIES, bundled.DAY)
        known = {each.arxiv_id: paper for each, paper in day.papers.items()}
        known |= {str(each): paper for each, paper in day.papers.items()}
        return {name: known[name] for name in names if name in known}
    with polite_session(settings.source, settings.site.url) as session:
        return papers_named(session, settings.source.api_url, names)
