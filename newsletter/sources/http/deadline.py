"""An answer that comes as a byte now and then has an end, too.

The time-out of a socket starts again with every byte, and neither requests nor urllib3 know
another one.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakSet

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection
    from urllib3.connectionpool import ConnectionPool


class DeadlineAdapter(HTTPAdapter):
    """An adapter whose connections can be cut while somebody reads from them."""

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
        make = type(pool).ConnectionCls

        def made(*args: Any, **options: Any) -> "HTTPConnection":  # noqa: ANN401 - as in urllib3
            connection: HTTPConnection = make(*args, **options)
            self._connections.add(connection)
            return connection

        pool.ConnectionCls = made
        return cast("ConnectionPool", pool)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """What is read in here is read in that time.

        Raises:
            requests.ReadTimeout: it was not.
        """
        late = threading.Event()
        timer = threading.Timer(seconds, self._cut, [late])
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception as error:
            if not late.is_set():
                raise
            raise requests.ReadTimeout("the answer did not end in time") from error
        finally:
            timer.cancel()
            timer.join()
        if late.is_set():  # the end of a connection may have passed for the end of the answer
            raise requests.ReadTimeout("the answer did not end in time")

    def _cut(self, late: threading.Event) -> None:
        late.set()
        for connection in list(self._connections):
            if connection.sock is not None:
                with suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)
