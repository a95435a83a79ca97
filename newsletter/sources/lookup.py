"""Papers by their identifiers, from where the configured source describes papers."""

import time
from collections.abc import Sequence
from functools import partial

from newsletter.config import Settings
from newsletter.sources.arxiv_api import papers_named
from newsletter.sources.base import Paper, Source, SourceError
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.session import PoliteSession

_HURRIED_S = 10.0  # for an answer to begin, or to rest between two tries


def find_paper(source: Source, settings: Settings, name: str) -> Paper:
    """The paper of that identifier, in its newest version where none is named.

    Raises:
        SourceError: it is not to be had, and why.
    """
    described = source.describe([name])
    if described is None:
        with PoliteSession(PoliteAdapter(settings.source, settings.site.url)) as session:
            found = papers_named(session, settings.source.api_url, [name])
    else:
        found = described
    if name not in found:
        raise SourceError(
            f"arXiv's API knows no paper {name}"
            if described is None
            else f"{name} is not among the papers of the source {settings.source.use!r}"
        )
    return found[name]


def find_papers(source: Source, settings: Settings, names: Sequence[str]) -> dict[str, Paper]:
    """Those that are to be had, by the names they were asked for with.

    Mails may wait for them. So an API of arXiv's that does not answer is given up soon: after two
    tries of some seconds, or where it wants a longer rest.

    Raises:
        ShortAnswerError: it gave fewer papers than it counts; those that it gave come along.
        SourceError: arXiv's API gave no answer that could be used.
    """
    described = source.describe(names)
    if described is not None:
        return described
    hurried = settings.source.model_copy(
        update={"timeout_s": min(settings.source.timeout_s, _HURRIED_S)}
    )
    rest = partial(_rest, max(_HURRIED_S, hurried.min_interval_s))
    adapter = PoliteAdapter(hurried, settings.site.url, rest, tries=2)
    with PoliteSession(adapter) as session:
        return papers_named(session, hurried.api_url, names)


def _rest(longest_s: float, seconds: float) -> None:
    if seconds > longest_s:
        raise SourceError(f"arXiv asks for {seconds:.0f} seconds of rest")
    time.sleep(seconds)
