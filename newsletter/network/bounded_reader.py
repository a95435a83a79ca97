"""Reads from a socket within bounds of length and time.

The standard library's mail clients read through a buffered file. Its time-out begins anew with
every octet, so that a server that trickles holds them for ever. And the file keeps what came in
plain text when the socket is encrypted, unless the caller drops it.
"""

import socket
import time

_AT_ONCE = 65_536


class BoundedReader:
    """Stands where `smtplib` and `imaplib` have the file that they read; of one socket only."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._heard = bytearray()
        self._octets = 0
        self._until_s = 0.0

    def expect(self, octets: int, within_s: float) -> None:
        """An answer begins: so long may it be, all its lines together, and so long may it take."""
        self._octets = octets
        self._until_s = time.monotonic() + within_s

    def readline(self, limit: int) -> bytes:
        """The next line with its end; less, or nothing, where the other side has hung up.

        Raises:
            OSError: it takes too long, or has no end.
        """
        looked_at = 0
        while (end := self._heard.find(b"\n", looked_at)) < 0:
            looked_at = len(self._heard)
            if looked_at >= min(limit, self._octets):
                raise OSError("an answer without an end")
            if not self._hear():
                return self._take(looked_at)
        if end + 1 > min(limit, self._octets):
            raise OSError("an answer without an end")
        return self._take(end + 1)

    def read(self, size: int) -> bytes:
        """So many octets; fewer where the other side has hung up.

        Raises:
            OSError: it takes too long, or is longer than was expected.
        """
        if size > self._octets:
            raise OSError(f"an answer of {size} octets")
        while len(self._heard) < size and self._hear():
            pass
        return self._take(min(size, len(self._heard)))

    def left(self) -> bytes:
        """The octets that have come and were not read yet."""
        return self._take(len(self._heard))

    def close(self) -> None:
        """Leave the socket open: its owner closes it."""

    def _take(self, size: int) -> bytes:
        taken = bytes(self._heard[:size])
        del self._heard[:size]
        self._octets -= size
        return taken

    def _hear(self) -> bool:
        left_s = self._until_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("timed out")
        usual_s = self.sock.gettimeout()
        self.sock.settimeout(left_s if usual_s is None else min(left_s, usual_s))
        try:
            octets = self.sock.recv(_AT_ONCE)
        finally:
            self.sock.settimeout(usual_s)
        self._heard += octets
        return bool(octets)
