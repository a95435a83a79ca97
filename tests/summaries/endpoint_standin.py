"""A model's address on loopback, which answers well, badly, at length, or not at all."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.serving import Running


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int = 1  # that the body is repeated
    promised: int | None = None  # bytes, where more are promised than sent


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def instruction(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def material(self) -> str:
        return str(self.body["messages"][-1]["content"])


Answering = Callable[[Asked], Answer | None]  # None: the connection is closed without a word
SILENT = Answer(status=0)  # until the other side gives up


def completion(
    text: object, finish_reason: str = "stop", usage: object = None, **message: object
) -> Answer:
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text, **message},
        "finish_reason": finish_reason,
    }
    told: dict[str, object] = {"object": "chat.completion", "choices": [choice]}
    if usage is not None:
        told["usage"] = usage
    return Answer(200, json.dumps(told).encode(), {"Content-Type": "application/json"})


def in_turn(*answers: Answer | None) -> Answering:
    """One after the other; the last one is repeated."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


class _Handler(BaseHTTPRequestHandler):
    server: "ModelStandIn"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: dict[str, Any]) -> None:
        asked = Asked(self.command, self.path, dict(self.headers.items()), body)
        with self.server.lock:
            self.server.asked.append(asked)
            answer = self.server.answer(asked)
        self.close_connection = True
        if answer is SILENT:
            self.rfile.read()
        if answer is None or answer is SILENT:
            return
        self.send_response_only(answer.status)
        length = len(answer.body) * answer.times if answer.promised is None else answer.promised
        headers = {"Content-Length": str(length), "Connection": "close", **answer.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # who has read enough hangs up
            for _ in range(answer.times):
                self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class ModelStandIn(Running, ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answer: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.asked: list[Asked] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def unused_address() -> Iterator[str]:
    """Where nobody listens, and nobody else will as long as this lasts."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler, bind_and_activate=False) as server:
        server.server_bind()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
