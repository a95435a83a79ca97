"""A server on loopback that keeps when each request started and ended, in real time."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Literal

from requests.structures import CaseInsensitiveDict


@dataclass(frozen=True)
class Given:
    body: bytes = b"<feed/>"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    takes_s: float = 0.0
    fault: Literal["", "dripping head", "dripping body", "stalled body"] = ""


@dataclass
class Seen:
    path: str
    headers: Mapping[str, str]
    start: float
    end: float = float("inf")


class Recorder:
    def __init__(self) -> None:
        self.url = ""
        self.seen: list[Seen] = []
        self.answer: Callable[[Seen], Given] = lambda _seen: Given()
        self.came = threading.Semaphore(0)
        self.over = threading.Event()

    def gaps(self) -> list[float]:
        """From the end of each request to the start of the next; overlapping ones are negative."""
        in_order = sorted(self.seen, key=lambda each: each.start)
        return [later.start - earlier.end for earlier, later in pairwise(in_order)]


class _Handler(BaseHTTPRequestHandler):
    recorder: Recorder
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        with suppress(ConnectionError):  # a client that was killed, or gave up
            super().handle()

    def do_GET(self) -> None:
        seen = Seen(self.path, CaseInsensitiveDict(self.headers.items()), time.monotonic())
        self.recorder.seen.append(seen)
        self.recorder.came.release()
        self._give(self.recorder.answer(seen), seen)

    def do_POST(self) -> None:
        self.do_GET()

    def _give(self, given: Given, seen: Seen) -> None:
        self.recorder.over.wait(given.takes_s)
        if given.fault == "dripping head":
            self._drip(b"HTTP/1.1 200 OK\r\nX-Head: ")
        self.send_response_only(given.status)
        for name, value in given.headers.items():
            self.send_header(name, value)
        length = 1_000_000 if given.fault else len(given.body)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if given.fault == "dripping body":
            self._drip(b"<feed>")
        if given.fault == "stalled body":
            self.close_connection = True
            self.wfile.write(b"<feed>")
            self.recorder.over.wait()
        seen.end = time.monotonic()  # before its last byte, so never later than the client's
        self.wfile.write(given.body)

    def _drip(self, start: bytes) -> None:
        self.close_connection = True
        self.wfile.write(start)
        while not self.recorder.over.wait(0.005):
            self.wfile.write(b"x")

    def log_message(self, *_args: object) -> None:
        """Tests read `seen`."""


@contextmanager
def recording() -> Iterator[Recorder]:
    recorder = Recorder()
    handler = type("Handler", (_Handler,), {"recorder": recorder})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        recorder.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield recorder
        finally:
            recorder.over.set()
            server.shutdown()
            thread.join()
