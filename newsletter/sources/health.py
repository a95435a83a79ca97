"""For `newsletter check`: one request to arXiv, in the manners of every other one."""

from collections.abc import Iterator
from datetime import datetime

import requests

from newsletter import machine_clock
from newsletter.config import Settings
from newsletter.finding import Finding, Severity
from newsletter.sources.base import NoNetworkError, SourceError
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.reachability import host_of
from newsletter.sources.http.session import PoliteSession
from newsletter.sources.response_types import response_type

_PART = "source"
_WITHIN_S = 15.0


def check(settings: Settings, setting: str, now: datetime) -> Iterator[Finding]:
    """Ask for the first category's page, or its feed, as a run does: at which setting's address."""
    source = settings.source
    category = settings.newsletters[0].categories[0]
    url = getattr(source, setting).format(category=category, categories=category)
    quick = source.model_copy(update={"timeout_s": min(source.timeout_s, _WITHIN_S)})
    try:
        with PoliteSession(PoliteAdapter(quick, settings.site.url, tries=1)) as session:
            response = session.fetch(url, anew=True)
    except (SourceError, NoNetworkError) as error:
        text = f"{error}; look at source.{setting} and at this machine's network"
        yield Finding(_PART, Severity.TROUBLE, text)
        return
    yield from machine_clock.compare(response.headers.get("Date", ""), host_of(url), now)
    yield _judged(response, url, setting)


def _judged(response: requests.Response, url: str, setting: str) -> Finding:
    if not response.ok:
        text = f"{url} answers with HTTP {response.status_code}; look at source.{setting}"
        return Finding(_PART, Severity.TROUBLE, text)
    if response_type(response.content) is None:
        text = f"{url} answers, but not as arXiv does; look at source.{setting}, or a proxy between"
        return Finding(_PART, Severity.TROUBLE, text)
    return Finding(_PART, Severity.OK, f"{url} answers")
