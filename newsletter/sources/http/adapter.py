"""A polite way to arXiv: paced over the whole machine, with a time-out and an honest name."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from newsletter import __version__
from newsletter.config import SourceSettings
from newsletter.errors import StoppedError
from newsletter.network.http_limits import DeadlineAdapter, retry_after_s
from newsletter.sources.base import SourceError
from newsletter.sources.http.cache import (
    CachedResponse,
    ResponseCache,
    cache_folder,
    is_worth_keeping,
)
from newsletter.sources.http.reachability import CONNECT_S, Reachability, host_of
from newsletter.sources.http.request_interval import Destination, RequestInterval
from newsletter.sources.http.retry import (
    TRIES,
    RetryAfterError,
    is_worth_another_try,
    rest_after,
)
from newsletter.sources.http.shared_interval import SharedInterval
from newsletter.sources.response_types import asks_for_patience
from newsletter.text import one_line

if TYPE_CHECKING:
    from newsletter.database.db import Database

_MOST_BYTES = 64_000_000  # arXiv's largest day is a few of these millions
_SERVER_TROUBLE = 500
_WHOLE_ANSWER = 10  # time-outs; each is for a few bytes only
_PAGE_HOSTS = ("arxiv.org", "www.arxiv.org")
_TURNED_AWAY: dict[int, str] = {
    requests.codes.too_many: "HTTP 429",
    # What stands before arXiv has answered so now and then since September 2026, to some programs.
    requests.codes.not_acceptable: "HTTP 406, with which arXiv turns programs away now and then",
}
_LOOK_UP_S = 0.2
_OWN_CONDITIONS = ("If-None-Match", "If-Modified-Since", "Range", "Authorization")


@dataclass
class PendingRequest:
    """A request, and what may save it."""

    request: requests.PreparedRequest
    began: float
    is_shared: bool  # the answer may come from other processes, and serve them
    kept: CachedResponse | None = None  # which arXiv may say has not changed
    came: CachedResponse | None = None  # to another process, while this one waited


class PoliteAdapter(DeadlineAdapter):
    """Keeps arXiv's terms (https://info.arxiv.org/help/api/tou.html) for whoever uses the session.

    At least `min_interval_s` passes between the end of one request and the start of the next, and
    `page_interval_s` between pages of arxiv.org, retries and redirects included, whoever on this
    machine made them. 406, 429, 5xx and an answer of "Rate exceeded." are tried again,
    as late as `Retry-After` says; any other refusal is final. What did not change since it was last
    asked for is not sent again, and what came to another process meanwhile is not asked for.
    The `arxiv` package sets no time-out and its own name; both are put right here.

    `folder` is where the processes meet, if not in the one of this machine's user. `tries` is how
    often a request is made before it counts as failed.
    """

    def __init__(
        self,
        settings: SourceSettings,
        contact: str,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        folder: Path | None = None,
        tries: int = TRIES,
    ) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1)
        self._settings = settings
        self._agent = f"newsletter/{__version__}" + (f" ({contact})" if contact else "")
        self._plain_sleep = sleep
        self.clock = clock
        self._given_folder = folder
        self._tries = tries
        self._reachability = Reachability(clock)
        self.stopping: Callable[[], bool] | None = None  # lets no wait go on
        self.interval_database: Database | None = (
            None  # a PostgreSQL; all that share it take turns there
        )

    def _sleep(self, seconds: float) -> None:
        """Raises: StoppedError: somebody asked to stop."""
        if self.stopping is None:
            self._plain_sleep(seconds)
            return
        while seconds > 0:
            if self.stopping():
                raise StoppedError("stopped while waiting for arXiv; run it again to go on")
            self._plain_sleep(min(seconds, _LOOK_UP_S))
            seconds -= _LOOK_UP_S

    @cached_property
    def _folder(self) -> Path:
        return self._given_folder or cache_folder()

    @cached_property
    def _pace(self) -> RequestInterval:
        if self.interval_database is not None:
            return SharedInterval(
                self.interval_database,
                self._settings.min_interval_s,
                self._sleep,
                self._settings.page_interval_s,
                self._longest_s + CONNECT_S,
            )
        return RequestInterval(
            self._folder,
            self._settings.min_interval_s,
            self._sleep,
            self.clock,
            page_interval_s=self._settings.page_interval_s,
        )

    def _destination(self, url: str | None) -> Destination:
        """ArXiv asks for rests for all of its hosts, and for slower steps between its pages."""
        host, authority = host_of(url), urlsplit(url or "").netloc
        pages = (self._settings.listing_url, self._settings.catchup_url, self._settings.recent_url)
        is_page = host in _PAGE_HOSTS or any(
            (url or "").startswith(address.partition("{")[0]) for address in pages
        )
        owner = "arxiv.org" if f".{host}".endswith(".arxiv.org") else authority
        return Destination(authority, owner, is_page)

    @cached_property
    def cache(self) -> ResponseCache:
        return ResponseCache(self._folder / "answers", self.clock)

    def send(
        self,
        request: requests.PreparedRequest,
        *_args: Any,  # noqa: ANN401 - as in requests
        **options: Any,  # noqa: ANN401 - as in requests
    ) -> requests.Response:
        """As `HTTPAdapter.send`, paced and patient; the body is read.

        Raises:
            SourceError: no answer, or a refusal for now, after the last try.
        """
        asked = request.copy()  # a redirect is made of the original, and asks about something else
        asked.headers["User-Agent"] = self._agent
        read_s = self._settings.timeout_s
        options["timeout"] = (min(read_s, CONNECT_S), read_s)
        own_conditions = any(name in asked.headers for name in _OWN_CONDITIONS)
        is_shared = asked.method == "GET" and not own_conditions
        kept = self.cache.recall(asked.url or "") if is_shared else None
        asked.headers.update(kept.conditions() if kept else {})
        return self._patiently(PendingRequest(asked, self.clock(), is_shared, kept), options)

    def _keep(self, pending: PendingRequest, response: requests.Response) -> None:
        """Before the turn ends, so that who has the next one finds it."""
        if pending.is_shared and is_worth_keeping(response):
            self.cache.keep(pending.request.url or "", response)

    def _is_needed(self, pending: PendingRequest) -> bool:
        if pending.is_shared:
            pending.came = self.cache.came_since(pending.request.url or "", pending.began)
        return pending.came is None

    def _patiently(self, pending: PendingRequest, options: dict[str, Any]) -> requests.Response:
        tries = Retrying(
            retry=retry_if_exception(is_worth_another_try),
            stop=stop_after_attempt(self._tries),
            sleep=self._sleep,  # nothing: the next turn comes late enough
            reraise=True,
        )
        try:
            for attempt in tries:
                with attempt:
                    return self._in_turn(attempt.retry_state, pending, options)
        except RetryAfterError as error:
            raise SourceError(
                f"{host_of(pending.request.url)}: {error.in_the_end(self._tries)}"
            ) from error
        raise AssertionError("the last try returns or raises")

    def _in_turn(
        self, state: RetryCallState, pending: PendingRequest, options: dict[str, Any]
    ) -> requests.Response:
        request = pending.request
        to = self._destination(request.url)
        self._reachability.refuse_closed(request.url)
        with self._pace.turn(to, lambda: self._is_needed(pending)) as turn:
            if pending.came is not None:
                return pending.came.answer(request)
            try:
                response = self._once(request, options, pending.kept)
            except RetryAfterError as error:
                # Told to all: arXiv asked this machine to wait, not this process.
                turn.rest_s = rest_after(error, state, self._tries)
                turn.rest_of_all = error.of_all
                raise
            self._keep(pending, response)
            return response

    @property
    def _longest_s(self) -> float:
        return _WHOLE_ANSWER * self._settings.timeout_s

    def _once(
        self,
        request: requests.PreparedRequest,
        options: dict[str, Any],
        kept: CachedResponse | None,
    ) -> requests.Response:
        try:
            with self.within(self._longest_s):
                response = super().send(request, **options)
                _read(response)  # here, so that a cut connection is noticed here
        except requests.Timeout as error:
            if isinstance(error, requests.ConnectTimeout):
                self._reachability.not_let_in(request.url, error)
            raise RetryAfterError("no answer in time") from error
        except requests.exceptions.SSLError as error:
            raise RetryAfterError("no secure connection, its certificate may be wrong") from error
        except (
            requests.ConnectionError,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ) as error:
            self._reachability.not_let_in(request.url, error)
            raise RetryAfterError("cannot be reached, or the answer was cut off") from error
        self._reachability.was_answered = True
        status = response.status_code
        if status == requests.codes.not_modified and kept:
            answer = kept.answer(request)
            if "Date" in response.headers:
                answer.headers["Date"] = response.headers["Date"]  # RFC 9111, 3.2
            return answer
        unasked = status == requests.codes.not_modified
        is_refusal = response.ok and asks_for_patience(response.content)
        if unasked or is_refusal or status in _TURNED_AWAY or status >= _SERVER_TROUBLE:
            words = f', with "{one_line(response.text)[:40]}"' if is_refusal else ""
            raise RetryAfterError(
                _TURNED_AWAY.get(status, f"HTTP {status}{words}"),
                retry_after_s(response.headers),
                of_all=is_refusal or status == requests.codes.too_many,
            )
        return response


def _read(response: requests.Response) -> None:
    """Read the body, but not without end."""
    body = bytearray()
    for part in response.iter_content(1 << 16):
        body += part
        if len(body) > _MOST_BYTES:
            response.close()
            raise SourceError(f"{host_of(response.url)}: the answer is larger than any of arXiv's")
    response._content = bytes(body)  # noqa: SLF001 - what `content` gives from now on
