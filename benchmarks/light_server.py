"""An SMTP server that takes every mail and costs the processor little, as one elsewhere would.

It reads of a content only its end. With a delay each reply comes a round trip later.
"""

import multiprocessing
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection

_END = b"\r\n.\r\n"
_TAIL = 1000  # octets that hold the end of a content and the envelope behind it
_TAKEN = b"250 taken\r\n"
_REPLIES = {
    b"EHLO": b"250-light.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class _Client:
    def __init__(self) -> None:
        self._heard = b""
        self._in_content = False

    def replies(self, received: memoryview) -> bytes:
        """What is to be said to these octets."""
        replies = []
        if self._in_content:
            self._heard = (self._heard + bytes(received[-_TAIL:]))[-_TAIL - len(_END) :]
            _, end, rest = self._heard.rpartition(_END)
            if not end:
                return b""
            self._heard, self._in_content = rest, False
            replies.append(_TAKEN)
        else:
            self._heard += received
        while not self._in_content and b"\r\n" in self._heard:
            line, _, self._heard = self._heard.partition(b"\r\n")
            command = line[:4].upper()
            self._in_content = command == b"DATA"
            replies.append(_REPLIES.get(command, b"250 ok\r\n"))
        return b"".join(replies)


class _Server:
    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self._buffer = memoryview(bytearray(1 << 20))
        self._selector = selectors.SelectSelector()  # its time-outs are exact to the microsecond
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._due: deque[tuple[float, socket.socket, bytes]] = deque()  # the first ones first

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def serve(self) -> None:
        while True:
            wait_s = max(0.0, self._due[0][0] - time.monotonic()) if self._due else None
            for key, _ in self._selector.select(wait_s):
                if key.data is None:
                    self._accept()
                else:
                    self._hear(key.fileobj, key.data)  # type: ignore[arg-type]
            while self._due and self._due[0][0] <= time.monotonic():
                _, client, words = self._due.popleft()
                with suppress(OSError):  # it may have hung up
                    client.send(words)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(client, selectors.EVENT_READ, _Client())
        self._say(client, b"220 light.example ESMTP\r\n")

    def _hear(self, client: socket.socket, heard: _Client) -> None:
        try:
            number = client.recv_into(self._buffer)
        except ConnectionResetError:
            number = 0
        if not number:
            self._selector.unregister(client)
            client.close()
            return
        self._say(client, heard.replies(self._buffer[:number]))

    def _say(self, client: socket.socket, words: bytes) -> None:
        if words:
            self._due.append((time.monotonic() + self._delay_s, client, words))


def _run(delay_s: float, told: Connection) -> None:
    server = _Server(delay_s)
    told.send(server.port)
    server.serve()


@contextmanager
def light_server(delay_s: float = 0.0) -> Iterator[int]:
    """Its port, while it runs in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(delay_s, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()
