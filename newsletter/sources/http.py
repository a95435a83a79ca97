"""A polite way to arXiv: one connection, paced, with a time-out and an honest name."""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from newsletter import __version__
from newsletter.config import SourceSettings
from newsletter.sources.announced import SourceError, one_line

_TRIES = 4
_BACKOFF = wait_exponential(multiplier=3, max=60) + wait_random(0, 2)
_LONGEST_WAIT_S = 120.0
_MOST_BYTES = 64_000_000  # arXiv's largest day is a few of these millions
_MOST_REDIRECTS = 5
_SERVER_TROUBLE = 500


class _ComeAgainError(Exception):
    """arXiv was not reached, or asked for patience; worth another try."""

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class PoliteAdapter(HTTPAdapter):
    """Keeps arXiv's terms (https://info.arxiv.org/help/api/tou.html) for whoever uses the session.

    At least `min_interval_s` passes between the end of one request and the start of the next,
    retries and redirects included. 429 and 5xx are tried again, as late as `Retry-After` says; any
    other refusal is final. The `arxiv` package sets no time-out and its own name; both are put
    right here.
    """

    def __init__(
        self,
        settings: SourceSettings,
        contact: str,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1)
        self._settings = settings
        self._agent = f"newsletter/{__version__} ({contact})"
        self._sleep = sleep
        self._clock = clock
        self._free_at = clock()

    def send(
        self,
        request: requests.PreparedRequest,
        *args: Any,  # noqa: ANN401 - as in requests
        **options: Any,  # noqa: ANN401 - as in requests
    ) -> requests.Response:
        """As `HTTPAdapter.send`, paced and patient.

        Raises:
            SourceError: no answer, or a refusal for now, after the last try.
        """
        request.headers["User-Agent"] = self._agent
        options["timeout"] = self._settings.timeout_s
        tries = Retrying(
            retry=retry_if_exception_type(_ComeAgainError),
            stop=stop_after_attempt(_TRIES),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return tries(self._try, request, *args, **options)
        except _ComeAgainError as error:
            raise SourceError(
                f"{_host(request.url)}: {error} ({_TRIES} tries); run it again later"
            ) from error

    def _try(
        self,
        request: requests.PreparedRequest,
        *args: Any,  # noqa: ANN401 - as in requests
        **options: Any,  # noqa: ANN401 - as in requests
    ) -> requests.Response:
        self._sleep(max(0.0, self._free_at - self._clock()))
        try:
            response = super().send(request, *args, **options)
            _read(response)  # here, so that a cut connection is noticed here
        except requests.Timeout as error:
            raise _ComeAgainError("no answer in time") from error
        except requests.exceptions.SSLError as error:
            raise _ComeAgainError("no secure connection, its certificate may be wrong") from error
        except (
            requests.ConnectionError,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ) as error:
            raise _ComeAgainError("cannot be reached, or the answer was cut off") from error
        finally:
            self._free_at = self._clock() + self._settings.min_interval_s
        status = response.status_code
        if status == requests.codes.too_many or status >= _SERVER_TROUBLE:
            raise _ComeAgainError(f"HTTP {status}", _asked_to_wait(response))
        return response


def polite_session(
    settings: SourceSettings,
    contact: str,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> requests.Session:
    """A session whose every request is paced together."""
    session = requests.Session()
    session.max_redirects = _MOST_REDIRECTS
    adapter = PoliteAdapter(settings, contact, sleep, clock)
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return session


def get(session: requests.Session, url: str) -> requests.Response:
    """As `session.get`.

    Raises:
        SourceError: no answer; also where the session itself gives up, as on endless redirects.
    """
    try:
        return session.get(url)
    except (requests.RequestException, ValueError) as error:  # an address may be none at all
        raise SourceError(f"{_host(url)}: {one_line(str(error))[:200]}") from error


def _host(url: str | None) -> str:
    return urlsplit(url or "").hostname or "arXiv"


def _read(response: requests.Response) -> None:
    """Read the body, but not without end."""
    body = bytearray()
    for part in response.iter_content(1 << 16):
        body += part
        if len(body) > _MOST_BYTES:
            response.close()
            raise SourceError(f"{_host(response.url)}: the answer is larger than any of arXiv's")
    response._content = bytes(body)  # noqa: SLF001 - what `content` gives from now on


def _asked_to_wait(response: requests.Response) -> float:
    """The seconds that `Retry-After` asks for; a date there counts from the answer's own `Date`.

    Raises:
        SourceError: longer than is worth waiting for.
    """
    asked = response.headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdecimal():
        wait_s = float(asked)
    else:
        try:
            now = parsedate_to_datetime(response.headers.get("Date", ""))
            wait_s = (parsedate_to_datetime(asked) - now).total_seconds()
        except (ValueError, TypeError, IndexError, OverflowError):
            return 0.0
    if wait_s > _LONGEST_WAIT_S:
        raise SourceError(
            f"{_host(response.url)}: HTTP {response.status_code}, and asks not to come again for"
            f" {wait_s:.0f} seconds; run it again then"
        )
    return wait_s


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait_s if isinstance(error, _ComeAgainError) else 0.0
    return max(asked, _BACKOFF(state))
