"""The package's client over requests, with an end for answers, of time and of size.

The status is what counts: of an answer that breaks off behind it, what came is its body.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.request import Request

import requests
from python_http_client import Client
from python_http_client.exceptions import handle_error
from sendgrid import SendGridAPIClient

from newsletter.network.http_limits import session_within

_LARGEST_ANSWER = 1 << 20
_SLOWEST_UPLOAD = 50_000  # bytes a second; what is larger has so much longer until its answer ends


def sendgrid_client(api_key: str, base_url: str) -> "BoundedClient":
    headers = SendGridAPIClient(api_key, host=base_url).client.request_headers
    return BoundedClient(base_url, headers, version=3)


@dataclass(frozen=True)
class _ReadAnswer:
    """An answer as the package wants urllib's."""

    code: int
    reason: str
    hdrs: Mapping[str, str]
    body: bytes

    def getcode(self) -> int:
        return self.code

    def info(self) -> Mapping[str, str]:
        return self.hdrs

    def read(self) -> bytes:
        return self.body


class LostAnswerError(requests.ConnectionError):
    """TLS failed on a connection that was up: the request may have been taken."""


class BoundedClient(Client):  # type: ignore[misc]
    """Every request has a connection of its own, and an answer that ends in time."""

    def _build_client(self, name: str | None = None) -> "BoundedClient":
        path = [*self._url_path, name] if name else self._url_path
        return BoundedClient(
            self.host, self.request_headers, self._version, path, self.append_slash, self.timeout
        )

    def _make_request(self, opener: object, request: Request, timeout: float) -> _ReadAnswer:
        """As in the package.

        Raises:
            HTTPError: of the package's: a status that is none of success.
            requests.RequestException: there is no status.
        """
        del opener
        answer = _answer(request, timeout)
        if not 200 <= answer.code < 300:  # noqa: PLR2004 - HTTP
            raise handle_error(answer)
        return answer


def _answer(request: Request, timeout_s: float) -> _ReadAnswer:
    data = request.data if isinstance(request.data, bytes) else b""
    body, answer = bytearray(), None
    try:
        with session_within(timeout_s + len(data) / _SLOWEST_UPLOAD) as session:
            session.auth = _as_it_is
            session.verify = os.getenv("SSL_CERT_FILE") or os.getenv("SSL_CERT_DIR") or True
            answer = _status(session, request, data, timeout_s)
            with suppress(requests.RequestException, OSError):
                for piece in answer.iter_content(1 << 16):
                    body += piece
                    if len(body) > _LARGEST_ANSWER:
                        break
    except requests.ReadTimeout:
        if answer is None:
            raise
    assert answer is not None  # noqa: S101 - tells mypy what the line above says
    return _ReadAnswer(answer.status_code, answer.reason, answer.headers, bytes(body))


def _status(
    session: requests.Session, request: Request, data: bytes, timeout_s: float
) -> requests.Response:
    """An answer of which the body is not read yet."""
    try:
        return session.request(
            request.get_method(),
            request.full_url,
            data=data or None,
            headers={**dict(request.header_items()), "Accept-Encoding": "identity"},
            timeout=timeout_s,
            allow_redirects=False,
            stream=True,
        )
    except requests.exceptions.SSLError as error:
        if getattr(session.get_adapter(request.full_url), "certificate", None) is None:
            raise
        raise LostAnswerError(str(error)) from error


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """As the session's `auth`, lest requests take what a ~/.netrc says of that host."""
    return request
