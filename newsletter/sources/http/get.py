"""One answer, asked for or kept, and forgotten where it is not what it should be."""

import time
from datetime import UTC, datetime

import requests

from newsletter.sources.base import SourceError
from newsletter.sources.http.reachability import host_of
from newsletter.sources.http.session import PoliteAdapter
from newsletter.text import one_line


def get(session: requests.Session, url: str, since: datetime | None = None) -> requests.Response:
    """As `session.get`; what any process of this machine kept `since` then serves unasked.

    Raises:
        SourceError: no answer; also where the session itself gives up, as on endless redirects.
    """
    try:
        adapter = session.get_adapter(url)
        if isinstance(adapter, PoliteAdapter):
            adapter.serve_since(url, since)
        return session.get(url)
    except (requests.RequestException, ValueError) as error:  # an address may be none at all
        raise SourceError(f"{host_of(url)}: {one_line(str(error))[:200]}") from error


def keep(session: requests.Session, response: requests.Response) -> None:
    """Let this answer serve who asks for the same: it is whole, and would come so again."""
    asked = response.history[0] if response.history else response
    adapter = session.get_adapter(asked.url)
    if isinstance(adapter, PoliteAdapter):
        adapter.keep(asked.url, response)


def forget(session: requests.Session, response: requests.Response) -> None:
    """Ask for this answer anew the next time: it arrived, but it is not what it should be."""
    for answer in (*response.history, response):
        forget_address(session, answer.url)


def forget_address(session: requests.Session, url: str) -> None:
    """Ask for that address anew the next time."""
    adapter = session.get_adapter(url)
    if isinstance(adapter, PoliteAdapter):
        adapter.remembered.forget(url)
        adapter.just_came.forget(url)


def now(session: requests.Session, url: str) -> datetime:
    """The time by the clock that paces requests to that address."""
    adapter = session.get_adapter(url)
    seconds = adapter.now() if isinstance(adapter, PoliteAdapter) else time.time()
    return datetime.fromtimestamp(seconds, UTC)
