"""The session that is asked for arXiv's answers: the same code reads live ones and kept ones."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import requests


class ArxivSession:
    """Answers by address. What a live one keeps of them, `PoliteSession` says."""

    def fetch(self, url: str, *, anew: bool = False) -> requests.Response:
        """The answer of that address; not `anew` it may be a kept one that still serves.

        Raises:
            SourceError: there is none.
        """
        raise NotImplementedError

    def now(self) -> datetime:
        """The time by the clock that paces requests."""
        return datetime.fromtimestamp(time.time(), UTC)

    def keep(self, response: requests.Response, until: datetime) -> None:
        """Let this answer serve until then: it is whole, and would come so again."""

    def forget(self, response: requests.Response) -> None:
        """Ask for it anew the next time: it arrived, but it is not what it should be."""
        for answer in (*response.history, response):
            self.forget_address(answer.url)

    def forget_address(self, url: str) -> None:
        """Ask for that address anew the next time."""


class RecordedSession(ArxivSession):
    """Gives kept bytes and never leaves the machine; what it has nothing for is a 404."""

    def __init__(self, answer: Callable[[str], bytes | None]) -> None:
        self._answer = answer

    def fetch(self, url: str, *, anew: bool = False) -> requests.Response:
        del anew
        content = self._answer(url)
        response = requests.Response()
        response.status_code = 404 if content is None else 200
        response._content = content or b""  # noqa: SLF001 - requests has no public way to make one
        response.url = url
        return response
