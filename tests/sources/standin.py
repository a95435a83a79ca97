"""A stand-in for arXiv on loopback that misbehaves on demand, and a clock that never waits."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from tests.sources.samples import Told, answer, refusal


class Clock:
    """Time passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


@dataclass(frozen=True)
class Reply:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Literal["", "closed", "cut", "silence"] = ""


@dataclass(frozen=True)
class Asked:
    path: str
    ids: tuple[str, ...]
    at: float
    agent: str
    connection: int


class StandIn:
    """Replies in turn, the last of a path's for ever; the API answers from `papers` by itself."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.replies: dict[str, list[Reply]] = {}
        self.papers: dict[str, Told] = {}
        self.api_refuses: set[str] = set()
        self.api_counts_all = False  # what it is asked for, also what it does not know
        self.asked: list[Asked] = []
        self.url = ""
        self.released = threading.Event()

    def feed(self, category: str, *replies: Reply) -> None:
        self.replies[f"/rss/{category}"] = list(replies)

    def page(self, category: str, *replies: Reply) -> None:
        self.replies[f"/list/{category}/new"] = list(replies)

    def catchup(self, category: str, day: date, *replies: Reply) -> None:
        self.replies[f"/catchup/{category}/{day}"] = list(replies)

    def recent(self, category: str, *replies: Reply) -> None:
        self.replies[f"/list/{category}/recent"] = list(replies)

    def oai(self, *replies: Reply) -> None:
        self.replies["/oai"] = list(replies)

    def api(self, *replies: Reply) -> None:
        self.replies["/api/query"] = list(replies)

    def next_reply(self, path: str, ids: Sequence[str]) -> Reply:
        waiting = self.replies.get(path, [])
        if len(waiting) > 1:
            return waiting.pop(0)
        if waiting:
            return waiting[0]
        if path != "/api/query":
            return Reply(b"nothing here", 404)
        if not self.api_refuses.isdisjoint(ids):
            return Reply(refusal("incorrect id format"), 400)
        known = [self.papers[name] for name in ids if name in self.papers]
        return Reply(answer(*known, counted=len(ids) if self.api_counts_all else None))

    def times(self) -> list[float]:
        return [each.at for each in self.asked]


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            ids = tuple(parse_qs(parts.query).get("id_list", [""])[0].split(","))
            agent = self.headers["User-Agent"]
            port = self.client_address[1]
            stand_in.asked.append(Asked(parts.path, ids, stand_in.clock(), agent, port))
            self._give(stand_in.next_reply(parts.path, ids))

        def _give(self, reply: Reply) -> None:
            self.close_connection = bool(reply.fault)
            if reply.fault == "closed":
                return
            if reply.fault == "silence":
                stand_in.released.wait(60)
                return
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            whole = len(reply.body)
            self.wfile.write(reply.body[: whole // 2 if reply.fault == "cut" else whole])

        def log_message(self, *_args: object) -> None:
            """Tests read `asked`."""

    return Handler


@contextmanager
def listening(clock: Clock) -> Iterator[StandIn]:
    stand_in = StandIn(clock)
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(stand_in)) as server:
        stand_in.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield stand_in
        finally:
            stand_in.released.set()
            server.shutdown()
            thread.join()
