"""Dots at line starts, which end a mail where they stand alone (RFC 5321, 4.5.2)."""

from collections.abc import Iterable
from functools import lru_cache

_SHARED_FROM = 1000  # octets of a piece; a reader's own values are smaller


def stuffed(content: Iterable[bytes]) -> list[bytes]:
    """The content with such dots doubled, and its end marked."""
    pieces: list[bytes] = []
    tail = b"\r\n"  # what came last
    for piece in content:
        if piece[:1] == b"." and tail[-1:] == b"\n":
            pieces.append(b".")
        if len(piece) > _SHARED_FROM:
            pieces.append(_doubled_once(piece))
        else:
            pieces.append(_doubled(piece) if b"\n." in piece else piece)
        tail = piece if len(piece) > 1 else (tail + piece)[-2:]
    pieces.append(b".\r\n" if tail.endswith(b"\r\n") else b"\r\n.\r\n")
    return pieces


def _doubled(piece: bytes) -> bytes:
    return piece.replace(b"\n.", b"\n..")


# The same large pieces come with every mail of an issue: each is looked through once.
_doubled_once = lru_cache(maxsize=64)(_doubled)
