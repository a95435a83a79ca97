"""`newsletter serve` as whoever wants to wear it out finds it."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest

from newsletter.config import Settings
from newsletter.db import Database
from tests.test_together import worker

_PATIENCE_S = 30
_BEGUN = (
    b"POST / HTTP/1.1\r\nHost: papers.example.org\r\nContent-Length: %d\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=ada"
)


@pytest.fixture
def port(settings: Settings, database: Database) -> Iterator[int]:
    database.dispose()
    with worker(settings.folder, settings.folder / "worker.log") as port:
        yield port


def begun(port: int, length: int) -> socket.socket:
    """A request that says how long it is, and does not go on."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_S)
    connection.sendall(_BEGUN % length)
    return connection


@pytest.mark.slow
def test_six_hundred_who_never_finish_their_request_keep_nobody_out(port: int) -> None:
    with ExitStack() as slow:
        for _ in range(600):
            slow.enter_context(begun(port, 1000))
        visitor = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
        visitor.request("GET", "/")
        assert visitor.getresponse().status == 200
        visitor.close()


@pytest.mark.slow
def test_a_giant_is_turned_away_before_it_comes_in(port: int) -> None:
    with begun(port, 900_000_000) as giant:
        assert giant.recv(12) == b"HTTP/1.1 413"
