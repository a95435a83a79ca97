"""An HTTP server on loopback that records what is posted to it, and answers as it is told to."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any, ClassVar

from tests.serving import Running

_NAP_S = 0.02  # well below any time-out


@dataclass(frozen=True)
class Answer:
    """What an HTTP stand-in says to a request."""

    status: int = 202
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    # The body is all that is said: then the connection is closed, or octets come one by one.
    broken: bool = False
    endless: bool = False


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


class _Handler(BaseHTTPRequestHandler):
    server: "HttpStandIn"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self._say(self.server.record)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        request = Request(self.path, dict(self.headers.items()), body)
        self.server.requests.append(request)
        self._say(self.server.answer(request))

    def _say(self, answer: "Answer | None") -> None:
        if answer is SILENT:
            self.rfile.read()  # until the other side gives up
        if answer is None or answer is SILENT:
            self.close_connection = True
            return
        if answer.broken or answer.endless:
            self.close_connection = True
            self.wfile.write(answer.body)
            self._trickle(for_ever=answer.endless)
            return
        self.send_response_only(answer.status)
        if "Date" not in answer.headers:
            self.send_header("Date", self.date_time_string())
        for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def _trickle(self, *, for_ever: bool) -> None:
        with suppress(OSError):  # the other side has heard enough
            while for_ever and not self.server.stopped.wait(_NAP_S):
                self.wfile.write(b"x")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


SILENT = Answer(status=0)
Answering = Callable[[Request], Answer | None]  # None: the connection is closed without a word


class HttpStandIn(Running, ThreadingHTTPServer):
    """Records what is posted to it and answers as it is told to."""

    daemon_threads = True

    def __init__(self, answer: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.stopped = Event()
        self.requests: list[Request] = []
        self.asked: list[str] = []  # by GET
        self.record: Answer | None = Answer(404)  # the answer to that

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class SendGridRules:
    """Takes requests as SendGrid's documentation says, refuses what breaks its limits.

    `names` says whether a refusal names each bad personalization, or just that there is one.
    """

    NO_ADDRESS: ClassVar[str] = "Does not contain a valid address."

    def __init__(self, *, names: bool = True) -> None:
        self._names = names

    def __call__(self, request: Request) -> Answer:
        people = request.body["personalizations"]
        addresses = [each["to"][0]["email"].lower() for each in people]
        if len(people) > 1000 or len(set(addresses)) < len(people):
            return refusal(400, None, "too many personalizations, or an address twice")
        for number, each in enumerate(people):
            if len(json.dumps(each["substitutions"], ensure_ascii=False).encode()) > 10_200:
                return refusal(400, f"personalizations.{number}.substitutions", "too long")
        bad = [number for number, address in enumerate(addresses) if "bad" in address]
        if bad:
            fields = [f"personalizations.{each}.to.0.email" for each in bad]
            return refusals(400, fields if self._names else ["personalizations"], self.NO_ADDRESS)
        return Answer(202, headers={"X-Message-Id": "14c5d75ce93.dfd.64b469"})


def refusals(status: int, fields: Iterable[str | None], message: str) -> Answer:
    errors = [{"field": each, "message": message, "help": None} for each in fields]
    return Answer(status, json.dumps({"errors": errors}).encode())


def refusal(status: int, field_name: str | None, message: str) -> Answer:
    return refusals(status, [field_name], message)


def filled_in(text: str, personalization: Mapping[str, Any]) -> str:
    """What SendGrid makes of a content for one reader."""
    for tag, value in personalization["substitutions"].items():
        text = text.replace(tag, value)
    return text
