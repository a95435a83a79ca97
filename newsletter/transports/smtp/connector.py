"""Makes connections in threads of their own, since the library call waits many times."""

import socket
import threading
from collections import deque

from newsletter.transports.smtp.connection import SmtpConnection
from newsletter.transports.smtp.connection_pool import ConnectionPool
from newsletter.transports.smtp.connection_task import ConnectionTask


class ConnectorThreads:
    """Readable, as selectors have it, when a connection was made or could not be."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._calls: dict[ConnectionTask, threading.Thread] = {}
        self._made: deque[tuple[ConnectionTask, SmtpConnection | Exception]] = deque()
        self._wake_reader, self._wake_writer = socket.socketpair()

    def fileno(self) -> int:
        return self._wake_reader.fileno()

    def connect(self, task: ConnectionTask, instead_of: SmtpConnection | None) -> None:
        """Begin to make a connection for the task, after taking leave of its old one.

        One that rests is there at once.
        """
        resting = self._pool.resting() if instead_of is None else None
        if resting is not None:
            with self._lock:
                self._made.append((task, resting))
                self._wake_writer.send(b".")
            return
        call = threading.Thread(target=self._call, args=(task, instead_of), daemon=True)
        self._calls[task] = call
        call.start()

    def answer(self) -> tuple[ConnectionTask, SmtpConnection | Exception]:
        """The outcome of a call; there is one whenever this is readable."""
        self._wake_reader.recv(1)
        return self._made.popleft()

    def forget(self, task: ConnectionTask) -> None:
        """It waits no longer."""
        with self._lock:
            self._calls.pop(task, None)

    def close(self) -> None:
        """Stop waiting; connections that are made by now go to the pool."""
        with self._lock:
            self._calls.clear()
            self._wake_reader.close()
            self._wake_writer.close()
        for _, connection in self._made:
            if isinstance(connection, SmtpConnection):
                self._pool.release(connection)

    def _call(self, task: ConnectionTask, instead_of: SmtpConnection | None) -> None:
        connection: SmtpConnection | Exception
        if instead_of is not None:
            instead_of.quit()
        try:
            connection = self._pool.connection()
        except Exception as error:  # noqa: BLE001 - raised where the task waits
            connection = error
        with self._lock:
            if self._calls.get(task) is threading.current_thread():
                del self._calls[task]
                self._made.append((task, connection))
                self._wake_writer.send(b".")
                return
        if isinstance(connection, SmtpConnection):
            connection.drop()
