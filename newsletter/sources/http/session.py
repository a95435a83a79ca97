"""arXiv itself, asked politely."""

from datetime import UTC, datetime

import requests

from newsletter.sources.arxiv_session import ArxivSession
from newsletter.sources.base import SourceError
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.cache import is_worth_keeping
from newsletter.sources.http.reachability import host_of
from newsletter.text import one_line

_MOST_REDIRECTS = 5


class PoliteSession(requests.Session, ArxivSession):
    """Every request, redirects included, is paced with all others of this machine.

    What any process of it kept serves unasked, as long as that process said.
    """

    def __init__(self, adapter: PoliteAdapter) -> None:
        super().__init__()
        self.max_redirects = _MOST_REDIRECTS
        self._adapter = adapter
        for scheme in ("http://", "https://"):
            self.mount(scheme, adapter)

    def fetch(self, url: str, *, anew: bool = False) -> requests.Response:
        """As in `ArxivSession`; it also fails where requests gives up, as on endless redirects."""
        try:
            request = requests.Request("GET", url).prepare()
            fresh = None if anew else self._adapter.cache.fresh(request.url or url)
            return self.get(url) if fresh is None else fresh.answer(request)
        except (requests.RequestException, ValueError) as error:  # an address may be none at all
            raise SourceError(f"{host_of(url)}: {one_line(str(error))[:200]}") from error

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._adapter.clock(), UTC)

    def keep(self, response: requests.Response, until: datetime) -> None:
        """As in `ArxivSession`; what serves already does so no longer than was said at first."""
        asked = response.history[0] if response.history else response
        cache = self._adapter.cache
        if cache.fresh(asked.url) is None and is_worth_keeping(response):
            cache.keep(asked.url, response, until.timestamp())

    def forget_address(self, url: str) -> None:
        self._adapter.cache.forget(requests.Request("GET", url).prepare().url or url)
