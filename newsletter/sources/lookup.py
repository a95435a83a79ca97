"""Papers by their identifiers, from where the configured source describes papers."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from newsletter.config import Settings
from newsletter.errors import NewsletterError
from newsletter.sources.arxiv_api import (
    RefusedQueryError,
    ShortAnswerError,
    in_requests,
    papers_named,
)
from newsletter.sources.base import Paper, Source, SourceError
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.session import PoliteSession

_HURRIED_S = 10.0  # for an answer to begin, or to rest between two tries
_MOST_REFUSED = 3  # names that are looked for in one go; each costs two requests a halving

_Ask = Callable[[Sequence[str]], Mapping[str, Paper]]


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


@dataclass
class LookupResult:
    """What became of the names that arXiv was asked for, as far as it could be asked."""

    found: dict[str, Paper] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)  # asked for, and neither of the two is sure
    problem: NewsletterError | None = None  # why some were not answered, or not asked for

    def answer(self, part: Sequence[str], found: Mapping[str, Paper]) -> None:
        self.found |= found
        self.unknown += (name for name in part if name not in found)

    def leave(self, names: Iterable[str], problem: SourceError) -> None:
        """Nothing is sure about these, and why."""
        self.unanswered += names
        self.problem = problem


def find_papers(source: Source, settings: Settings, names: Sequence[str]) -> LookupResult:
    """Look up papers by their names.

    Mails may wait for them. So an API of arXiv's that does not answer is given up soon: after two
    tries of some seconds, or where it wants a longer rest.
    """
    result = LookupResult()
    try:
        described = source.describe(names)
    except NewsletterError as error:
        result.problem = error
        return result
    if described is not None:
        result.answer(names, described)
        return result
    hurried = settings.source.model_copy(
        update={"timeout_s": min(settings.source.timeout_s, _HURRIED_S)}
    )
    rest = partial(_rest, max(_HURRIED_S, hurried.min_interval_s))
    adapter = PoliteAdapter(hurried, settings.site.url, rest, tries=2)
    with PoliteSession(adapter) as session:
        return _ask_in_parts(partial(papers_named, session, hurried.api_url), names)


def _ask_in_parts(ask: _Ask, names: Sequence[str]) -> LookupResult:
    """A name that the API refuses alone, while it answers others, is no paper's."""
    result, refused = LookupResult(), dict[str, SourceError]()
    try:
        for part in in_requests(names):
            _ask_part(ask, part, result, refused)
    except NewsletterError as error:
        result.problem = error
    if result.found or result.unknown:
        result.unknown += refused
    elif refused:
        result.leave(refused, *islice(refused.values(), 1))
    return result


def _ask_part(
    ask: _Ask, part: Sequence[str], result: LookupResult, refused: dict[str, SourceError]
) -> None:
    """Where the API refuses several names, either half may be good."""
    try:
        result.answer(part, ask(part))
    except ShortAnswerError as error:
        result.found |= error.found
        result.leave((name for name in part if name not in error.found), error)
    except RefusedQueryError as error:
        half = len(part) // 2
        if not half:
            refused[part[0]] = error
        elif len(refused) < _MOST_REFUSED:
            _ask_part(ask, part[:half], result, refused)
            _ask_part(ask, part[half:], result, refused)
        else:
            result.leave(part, error)


def _rest(longest_s: float, seconds: float) -> None:
    if seconds > longest_s:
        raise SourceError(f"arXiv asks for {seconds:.0f} seconds of rest")
    time.sleep(seconds)
