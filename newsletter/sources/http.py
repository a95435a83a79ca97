"""A polite way to arXiv: one connection, paced, with a time-out and an honest name."""

import time
from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from newsletter import __version__
from newsletter.config import SourceSettings
from newsletter.sources.announced import SourceError

_TRIES = 4
_LONGEST_WAIT_S = 120.0
_SERVER_TROUBLE = 500


class _ComeAgainError(Exception):
    """arXiv was not reached, or asked for patience; worth another try."""

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class PoliteAdapter(HTTPAdapter):
    """Keeps arXiv's terms (https://info.arxiv.org/help/api/tou.html) for whoever uses the session.

    At least `min_interval_s` passes between the end of one request and the start of the next,
    retries included. 429 and 5xx are tried again, as late as `Retry-After` says; any other refusal
    is final. The `arxiv` package sets no time-out and its own name; both are put right here.
    """

    def __init__(
        self, settings: SourceSettings, contact: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1)
        self._settings = settings
        self._agent = f"newsletter/{__version__} ({contact})"
        self._sleep = sleep
        self._free_at = 0.0

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
            host = (request.url or "").split("/")[2]
            raise SourceError(f"{host}: {error} ({_TRIES} tries); run it again later") from error

    def _try(
        self,
        request: requests.PreparedRequest,
        *args: Any,  # noqa: ANN401 - as in requests
        **options: Any,  # noqa: ANN401 - as in requests
    ) -> requests.Response:
        self._sleep(max(0.0, self._free_at - time.monotonic()))
        try:
            response = super().send(request, *args, **options)
            _ = response.content  # read here, so that a cut connection is noticed here
        except requests.Timeout as error:
            raise _ComeAgainError("no answer in time") from error
        except requests.RequestException as error:
            raise _ComeAgainError("cannot be reached, or the answer was cut off") from error
        finally:
            self._free_at = time.monotonic() + self._settings.min_interval_s
        status = response.status_code
        if status == requests.codes.too_many or status >= _SERVER_TROUBLE:
            asked = response.headers.get("Retry-After", "")
            raise _ComeAgainError(f"HTTP {status}", float(asked) if asked.isdigit() else 0.0)
        return response


def polite_session(
    settings: SourceSettings, contact: str, sleep: Callable[[float], None] = time.sleep
) -> requests.Session:
    """A session whose every request is paced together."""
    session = requests.Session()
    adapter = PoliteAdapter(settings, contact, sleep)
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return session


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait_s if isinstance(error, _ComeAgainError) else 0.0
    backoff = wait_exponential_jitter(initial=3, max=60, jitter=2)(state)
    return min(_LONGEST_WAIT_S, max(asked, backoff))
