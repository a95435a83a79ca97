"""The package's HTTP client with an end for answers, of time and of size.

The time-out of a socket begins anew with every octet, so whoever trickles an answer, SendGrid or
what stands before it, would hold a request and its readers for ever. The status is what counts: of
an answer that breaks off behind it, what came is its body.
"""

import io
import socket
import threading
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import HTTPHandler, HTTPSHandler, Request, build_opener
from urllib.response import addinfourl

from python_http_client import Client

_LARGEST_ANSWER = 1 << 20


class BoundedClient(Client):  # type: ignore[misc]
    """Every request's answer is read within the time that its time-out says."""

    def _build_client(self, name: str | None = None) -> "BoundedClient":
        path = [*self._url_path, name] if name else self._url_path
        return BoundedClient(
            self.host, self.request_headers, self._version, path, self.append_slash, self.timeout
        )

    def _make_request(self, opener: object, request: Request, timeout: float | None = None) -> Any:  # noqa: ANN401 - as in the package
        del opener
        return super()._make_request(_Opener(), request, timeout)


class _Opener:
    """Stands where the package has urllib's."""

    def open(self, request: Request, timeout: float) -> addinfourl:
        cut = _Cut(timeout)
        try:
            answer = build_opener(_CuttingHandler(cut)).open(request, timeout=timeout)
            return addinfourl(_read(answer), answer.headers, answer.url, answer.status)
        except HTTPError as error:
            body = _read(error)
            raise HTTPError(error.url, error.code, error.msg, error.hdrs, body) from None
        finally:
            cut.cancel()


def _read(answer: Any) -> IO[bytes]:  # noqa: ANN401 - an answer or an error of urllib's
    body = b""
    with suppress(OSError, HTTPException), closing(answer):
        try:
            body = answer.read(_LARGEST_ANSWER)
        except IncompleteRead as error:
            body = error.partial
    return io.BytesIO(body)


class _Cut:
    """Ends a connection when its answer has taken too long."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._timers: list[threading.Timer] = []  # one more for each redirect

    def expect(self, sock: socket.socket) -> None:
        """An answer begins, now that the request has left."""
        timer = threading.Timer(self._within_s, _shut, [sock])
        timer.daemon = True
        timer.start()
        self._timers.append(timer)

    def cancel(self) -> None:
        for timer in self._timers:
            timer.cancel()


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


class _CuttingHandler(HTTPHandler, HTTPSHandler):
    def __init__(self, cut: _Cut) -> None:
        super().__init__()
        self._cut = cut

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_made_known(HTTPConnection, self._cut), req)

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_made_known(HTTPSConnection, self._cut), req)


def _made_known(connection_class: type[HTTPConnection], cut: _Cut) -> Any:  # noqa: ANN401 - a class that is made here
    """A connection that tells when its answer begins."""

    class Connection(connection_class):  # type: ignore[misc,valid-type]
        def getresponse(self) -> HTTPResponse:
            cut.expect(self.sock)
            answer: HTTPResponse = super().getresponse()
            return answer

    return Connection
