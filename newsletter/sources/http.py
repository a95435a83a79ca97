"""A polite way to arXiv: one connection, paced, with a time-out and an honest name."""

import time
from collections.abc import Callable
from typing import Any

import requests
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


class _ComeAgainError(Exception):
    """arXiv was reached and asked for patience, or was not reached; worth another try."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class PoliteSession(requests.Session):
    """A session that keeps arXiv's terms (https://info.arxiv.org/help/api/tou.html).

    At least `min_interval_s` passes between the end of one request and the start of the next,
    retries included. 429 and 5xx are tried again, as late as `Retry-After` says; any other refusal
    is final.
    """

    def __init__(
        self, settings: SourceSettings, contact: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        super().__init__()
        self._settings = settings
        self._agent = f"newsletter/{__version__} ({contact})"
        self._sleep = sleep
        self._free_at = 0.0

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:  # noqa: ANN401, E501 - as in requests
        """As `requests.Session.request`, paced and patient.

        Raises:
            SourceError: no answer, or a refusal, after the last try.
        """
        options["timeout"] = self._settings.timeout_s
        options["headers"] = {**(options.get("headers") or {}), "user-agent": self._agent}
        tries = Retrying(
            retry=retry_if_exception_type(_ComeAgainError),
            stop=stop_after_attempt(_TRIES),
            wait=self._wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return tries(self._try, method, url, *args, **options)
        except _ComeAgainError as error:
            raise SourceError(
                f"{_host(url)}: {error} ({_TRIES} tries); run it again later"
            ) from error

    def _try(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:  # noqa: ANN401, E501 - as in requests
        self._sleep(max(0.0, self._free_at - time.monotonic()))
        try:
            response = super().request(method, url, *args, **options)
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:  # noqa: E501
            raise _ComeAgainError(_reason(error)) from error
        except requests.RequestException as error:
            raise SourceError(f"{_host(url)} cannot be asked: {error}") from error
        finally:
            self._free_at = time.monotonic() + self._settings.min_interval_s
        if response.status_code == requests.codes.too_many or response.status_code >= 500:  # noqa: PLR2004
            raise _ComeAgainError(f"HTTP {response.status_code}", _retry_after(response))
        return response

    @staticmethod
    def _wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait_s if isinstance(error, _ComeAgainError) else None
        backoff = wait_exponential_jitter(initial=3, max=60, jitter=2)(state)
        return min(_LONGEST_WAIT_S, max(asked or 0.0, backoff))


def _retry_after(response: requests.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else None


def _reason(error: requests.RequestException) -> str:
    return "no answer in time" if isinstance(error, requests.Timeout) else "cannot be reached"


def _host(url: str | bytes) -> str:
    text = url if isinstance(url, str) else url.decode("ascii", "replace")
    return text.split("/")[2] if text.count("/") > 1 else text
