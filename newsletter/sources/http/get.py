"""One answer, asked for or kept, and forgotten where it is not what it should be."""

from datetime import datetime

import requests

from newsletter.sources.base import SourceError
from newsletter.sources.http.cache import is_worth_keeping
from newsletter.sources.http.session import PoliteAdapter, host_of
from newsletter.text import one_line


def get(session: requests.Session, url: str) -> requests.Response:
    """As `session.get`.

    Raises:
        SourceError: no answer; also where the session itself gives up, as on endless redirects.
    """
    try:
        return session.get(url)
    except (requests.RequestException, ValueError) as error:  # an address may be none at all
        raise SourceError(f"{host_of(url)}: {one_line(str(error))[:200]}") from error


def get_and_keep(
    session: requests.Session, url: str, since: datetime | None = None
) -> requests.Response:
    """As `get`, and kept; what came `since` then to any process of this machine serves unasked.

    Raises:
        SourceError: no answer.
    """
    adapter = session.get_adapter(url)
    if not isinstance(adapter, PoliteAdapter):
        return get(session, url)
    request = requests.Request("GET", url).prepare()
    kept = adapter.remembered.recall(request.url or "")
    if kept is not None and since is not None and kept.came_at >= since.timestamp():
        return kept.answer(request)
    response = get(session, url)
    if is_worth_keeping(response):
        adapter.remembered.keep(request.url or "", response, adapter.now())
    return response


def forget(session: requests.Session, response: requests.Response) -> None:
    """Ask for this answer anew the next time: it arrived, but it is not what it should be."""
    adapter = session.get_adapter(response.url)
    if isinstance(adapter, PoliteAdapter):
        for answer in (*response.history, response):
            adapter.remembered.forget(answer.url)
            adapter.just_came.forget(answer.url)
