"""`newsletter serve` as whoever wants to wear it out finds it."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.subscribers import lifecycle
from tests.database.test_together import worker

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


def told(port: int, sent: bytes) -> list[int]:
    """The status of each answer to what is sent over one connection, until it is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_S) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answers:
            return [int(line.split()[1]) for line in answers if line.startswith(b"HTTP/1.")]


def posted(path: bytes, body: bytes, *headers: bytes) -> bytes:
    form = b"Content-Type: application/x-www-form-urlencoded"
    head = (b"POST %s HTTP/1.1" % path, b"Host: papers.example.org", form, *headers)
    return b"\r\n".join((*head, b"Content-Length: %d" % len(body), b"", body))


def smuggling(hidden: bytes) -> dict[str, bytes]:
    """Requests with another in them, which a proxy before us would not see."""
    begun, length = posted(b"/", b"").partition(b"Content-Length")[0], len(hidden)
    chunks = b"0\r\n\r\n" + hidden
    whole = b"Content-Length: %d\r\n" % len(chunks)
    one_chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (length, hidden)
    return {
        "length and chunks": begun + whole + b"Transfer-Encoding: chunked\r\n\r\n" + chunks,
        "chunks and length": begun
        + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
        + one_chunk,
        "another coding": begun + whole + b"Transfer-Encoding: xchunked\r\n\r\n" + chunks,
        "a blank": begun + whole + b"Transfer-Encoding : chunked\r\n\r\n" + chunks,
        "a tab": begun + whole + b"Transfer-Encoding:\x0bchunked\r\n\r\n" + chunks,
        "a bare line end": begun + whole + b"A: b\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
        "chunks of old": begun.replace(b"HTTP/1.1", b"HTTP/1.0")
        + b"Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
        + chunks,
        "two lengths": begun + b"Content-Length: 0\r\n" + whole + b"\r\n" + hidden,
        "a list of lengths": begun + b"Content-Length: 0, %d\r\n\r\n" % length + hidden,
        "a sign": begun + b"Content-Length: +%d\r\n\r\n" % length + hidden,
        "a body to read": b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % length
        + hidden,
    }


# What stands in X-Forwarded-For, with a number of a stranger's choice in it, and whether the
# networks differ: only where our proxy wrote that number.
FORWARDED = {
    "6.6.%d.6, 10.1.1.1": False,
    "6.6.%d.6\r\nX-Forwarded-For: 10.1.2.1": False,
    "10.1.3.1\r\nx-forwarded-for: 10.2.%d.1": True,
    '"6.6.%d.6:1, 10.1.4.1': False,  # a quote, or a bracket, that is not closed
    '"[2001:db8:%d::1], 10.1.5.1': False,
    "6.6.%d.6,": False,
    "10.1.6.1\r\nX_Forwarded_For: 6.6.%d.6": False,
    "10.1.7.1\r\nForwarded: for=6.6.%d.6\r\nX-Real-IP: 6.6.%d.6": False,
    "[2001:db8:7:%d::1]:4711": False,  # all of one /48
    "2001:db8:1%d::1": True,
    "::ffff:10.1.8.%d": False,
    "::ffff:10.1.1%d.1": True,
    "64:ff9b::10.3.%d.1": True,
    "10.4.%d.1:4711": True,
}


def signed_up(port: int, forwarded: str) -> int:
    form = b"email=ada%40reader.example&newsletter=audio"
    header = f"X-Forwarded-For: {forwarded}".encode()
    (status,) = told(port, posted(b"/", form, header, b"Connection: close"))
    return status


@pytest.mark.slow
def test_nobody_gets_past_a_proxy_by_how_a_request_is_written(
    settings: Settings, database: Database, readers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_WEB__PROXIES", "1")
    monkeypatch.setenv("NEWSLETTER_SIGNUP__PER_NETWORK_HOUR", "1")
    with database.read() as session:
        reader = lifecycle.get_subscriber(session, readers[0])
    link = urlsplit(bootstrap.signed_links(settings).unsubscribe(reader.id, "audio")).path.encode()
    leaving = posted(link, b"List-Unsubscribe=One-Click")
    database.dispose()
    with worker(settings.folder, settings.folder / "worker.log") as port:
        acted = {
            name: answers
            for name, sent in smuggling(leaving).items()
            if len(answers := told(port, sent)) != 1
        }
        networks = {
            written: [signed_up(port, written.replace("%d", str(number))) for number in (1, 2)]
            for written in FORWARDED
        }
        assert told(port, leaving + leaving) == [200, 200]
    assert acted == {}
    assert networks == {
        written: [200, 200 if is_another else 429] for written, is_another in FORWARDED.items()
    }
