"""Adds to requests an end for an answer that trickles, and a reader of Retry-After.

The time-out of a socket starts again with every byte, and neither requests nor urllib3 know
another one.
"""

import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakSet

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NameResolutionError, ReadTimeoutError

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection
    from urllib3.connectionpool import ConnectionPool


_CUT_AGAIN_S = 0.5


class DeadlineAdapter(HTTPAdapter):
    """An adapter whose connections can be cut while somebody reads from them.

    `certificate`: the other side's, as the ssl module tells it; None while there was none.
    """

    certificate: Mapping[str, Any] | None = None

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - as in requests
        super().__init__(**options)
        self._connections: WeakSet[HTTPConnection] = WeakSet()

    def get_connection_with_tls_context(
        self,
        *args: Any,  # noqa: ANN401 - as in requests
        **options: Any,  # noqa: ANN401 - as in requests
    ) -> "ConnectionPool":
        """As in `HTTPAdapter`; the connections that the pool makes are known here."""
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        connection_class = type(pool).ConnectionCls

        def make_known(*args: Any, **options: Any) -> "HTTPConnection":  # noqa: ANN401 - as in urllib3
            connection: HTTPConnection = connection_class(*args, **options)
            self._connections.add(connection)
            connect = connection.connect

            def connect_and_look() -> None:
                connect()
                if isinstance(connection.sock, ssl.SSLSocket):
                    self.certificate = connection.sock.getpeercert()

            vars(connection)["connect"] = connect_and_look
            return connection

        pool.ConnectionCls = make_known
        return cast("ConnectionPool", pool)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """All that is read in here is read in that time.

        Raises:
            requests.ReadTimeout: it was not.
        """
        late, ended = threading.Event(), threading.Event()
        watch = threading.Thread(target=self._cut_after, args=(seconds, late, ended), daemon=True)
        watch.start()
        try:
            yield
        except Exception as error:
            if not (late.is_set() or _is_stalled_body(error)):
                raise
            raise requests.ReadTimeout("the answer did not end in time") from error
        finally:
            ended.set()
            watch.join()
        if late.is_set():  # the end of a connection may have passed for the end of the answer
            raise requests.ReadTimeout("the answer did not end in time")

    def _cut_after(self, seconds: float, late: threading.Event, ended: threading.Event) -> None:
        """Cut more than once: a connection may come about only after the deadline."""
        while not ended.wait(seconds):
            late.set()
            for connection in list(self._connections):
                if connection.sock is not None:
                    with suppress(OSError):
                        connection.sock.shutdown(socket.SHUT_RDWR)
            seconds = _CUT_AGAIN_S


def _is_stalled_body(error: Exception) -> bool:
    """Whether a read timed out in the body, which requests calls a lost connection."""
    is_lost = isinstance(error, requests.ConnectionError)
    return is_lost and any(isinstance(part, ReadTimeoutError) for part in error.args)


def reasons(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and all that it came of."""
    seen = set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        reason = getattr(error, "reason", None)
        given = [part for part in (reason, *error.args) if isinstance(part, BaseException)]
        error = given[0] if given else error.__cause__ or error.__context__


@contextmanager
def session_within(seconds: float) -> Iterator[requests.Session]:
    """A session for a request or two, whose answers are read in that time.

    Raises:
        requests.ReadTimeout: they were not.
    """
    adapter = DeadlineAdapter()
    with requests.Session() as session, adapter.within(seconds):
        for scheme in ("http://", "https://"):
            session.mount(scheme, adapter)
        yield session


def describe_unreachable(error: requests.RequestException, within_s: float) -> str:
    """Why an address gave no answer, in words that follow its name and do not hold its path."""
    if isinstance(error, requests.exceptions.SSLError):
        untrusted = re.search(r"certificate verify failed: (.+?)(?:,| \(_ssl)", str(error))
        if untrusted:
            return f"has no certificate that can be trusted ({untrusted[1]})"
        return "does not speak TLS there"
    if isinstance(error, requests.Timeout):
        return f"does not answer within {within_s:g} s"
    causes = list(reasons(error))
    for kind, words in _FAILURES.items():
        if any(isinstance(cause, kind) for cause in causes):
            return words
    told = [cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror]
    return f"cannot be reached from here ({told[-1]})" if told else "cannot be reached from here"


_FAILURES: dict[type[Exception], str] = {  # the first that fits
    requests.exceptions.ProxyError: "cannot be reached through the proxy that is set",
    NameResolutionError: (
        "cannot be looked up: the DNS does not know its name, or there is no network"
    ),
    ConnectionRefusedError: "refuses connections",
    ConnectionError: "cuts its answer off",
    HTTPException: "cuts its answer off",
    requests.exceptions.ContentDecodingError: "sends an answer that cannot be unpacked",
}


def retry_after_s(headers: Mapping[str, str]) -> float:
    """The seconds that `Retry-After` asks for (RFC 9110, 10.2.3); 0 where it says nothing of use.

    A date there counts from the answer's own `Date`, since clocks differ.
    """
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", value):
        return float(value)
    try:
        now = parsedate_to_datetime(headers.get("Date", ""))
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
