"""How much of a far relay's connections we use: each reply comes a round trip later.

    python -m benchmarks.far_relay [SUBSCRIBERS] [CONNECTIONS] [ROUND_TRIP_MS]     (20,000, 50, 20)

With pipelining (RFC 2920) a mail costs one round trip, so so many connections allow at most
CONNECTIONS / ROUND_TRIP mails a second; `smtp-source` says what a sender without pipelining gets.
"""

import asyncio
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks import sending

_END = b"\r\n.\r\n"
_GREETING = b"220 far.example ESMTP\r\n"
_EHLO = b"250-far.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
_REPLIES = {b"EHLO": _EHLO, b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


class FarServer(asyncio.Protocol):
    """Takes every mail. It looks for the end of a content and reads nothing else of it."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._received = b""
        self._in_content = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._reply(_GREETING)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while True:
            end = _END if self._in_content else b"\r\n"
            head, found, rest = self._received.partition(end)
            if not found:
                if self._in_content:  # what was searched needs no second look
                    self._received = self._received[-len(_END) :]
                return
            self._received = rest
            if self._in_content:
                self._in_content = False
                self._reply(b"250 taken\r\n")
                continue
            command = head[:4].upper()
            self._in_content = command == b"DATA"
            self._reply(_REPLIES.get(command, b"250 ok\r\n"))

    def _reply(self, words: bytes) -> None:
        asyncio.get_running_loop().call_later(self._delay_s, self._transport.write, words)


async def serve(delay_s: float, told: Connection) -> None:
    server = await asyncio.get_running_loop().create_server(
        lambda: FarServer(delay_s), "127.0.0.1", 0
    )
    told.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def run_server(delay_s: float, told: Connection) -> None:
    asyncio.run(serve(delay_s, told))


@contextmanager
def far_relay(delay_s: float) -> Iterator[int]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=run_server, args=(delay_s, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def main(number: int, connections: int, round_trip_ms: int) -> None:
    most = connections / (round_trip_ms / 1000)
    sending.CONNECTIONS = connections
    with far_relay(round_trip_ms / 1000) as port, tempfile.TemporaryDirectory() as folder:
        ours = sending.ours(sending.prepared(Path(folder), port, number, "brief"), "brief")
        theirs = sending.source(port, number // 4, ours.size, ["-d"])
    print(
        f"{number} mails of {ours.size} octets, {connections} connections, {round_trip_ms} ms:\n"
        f"  allowed       {most:6.0f}/s\n"
        f"  newsletter    {ours.rate:6.0f}/s, {ours.rate / most:.2f} of it"
        f" (CPU {1000 * ours.cpu_s / number:.3f} ms a mail)\n"
        f"  smtp-source -d{theirs:6.0f}/s"
    )


if __name__ == "__main__":
    chosen = [int(word) for word in sys.argv[1:]]
    main(*chosen, *(20_000, 50, 20)[len(chosen) :])
