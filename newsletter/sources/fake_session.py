"""Kept answers behind the session that live ones come through: the same code reads both."""

from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import BaseAdapter


class RecordedResponses(BaseAdapter):
    """Answers requests with kept bytes; an address it has nothing for is answered 404."""

    def __init__(self, answer: Callable[[str], bytes | None]) -> None:
        super().__init__()
        self._answer = answer

    def send(
        self,
        request: requests.PreparedRequest,
        *_args: Any,  # noqa: ANN401 - as in requests
        **_options: Any,  # noqa: ANN401 - as in requests
    ) -> requests.Response:
        content = self._answer(request.url or "")
        response = requests.Response()
        response.status_code = 404 if content is None else 200
        response._content = content or b""  # noqa: SLF001 - requests has no public way to make one
        response.url, response.request = request.url or "", request
        return response

    def close(self) -> None:
        """Nothing is open."""


def recorded_session(answer: Callable[[str], bytes | None]) -> requests.Session:
    """A session that never leaves the machine."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, RecordedResponses(answer))
    return session
