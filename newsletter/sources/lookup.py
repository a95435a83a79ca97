"""One paper by its identifier, from where the configured source describes papers."""

from newsletter.config import Settings
from newsletter.sources import bundled
from newsletter.sources.api import papers_named
from newsletter.sources.base import Paper, SourceError
from newsletter.sources.http.session import polite_session


def find_paper(settings: Settings, name: str) -> Paper:
    """The paper of that identifier, in its newest version where none is named.

    Raises:
        SourceError: it is not to be had, and why.
    """
    if settings.source.use == "bundled":
        day = bundled.BundledDay().fetch(bundled.CATEGORIES, bundled.DAY)
        known = {each.arxiv_id: paper for each, paper in day.papers.items()}
        known |= {str(each): paper for each, paper in day.papers.items()}
        if name not in known:
            raise SourceError(f"{name} is not among the papers of the bundled day")
        return known[name]
    with polite_session(settings.source, settings.site.url) as session:
        found = papers_named(session, settings.source.api_url, [name])
    if name not in found:
        raise SourceError(f"arXiv's API knows no paper {name}")
    return found[name]
