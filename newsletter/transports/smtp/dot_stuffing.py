"""Dots at line starts, which end a mail where they stand alone (RFC 5321, 4.5.2)."""

from collections.abc import Sequence
from functools import lru_cache

_SHARED_FROM = 1000  # octets of a piece; a reader's own values are smaller


def dot_stuff(content: Sequence[bytes]) -> list[bytes]:
    """The content with such dots doubled, and its end marked."""
    pieces = [
        _doubled_once(piece) if len(piece) > _SHARED_FROM else _doubled(piece) for piece in content
    ]
    for number, piece in reversed(list(enumerate(pieces))):
        if piece[:1] == b"." and _tail(pieces[:number])[-1:] in {b"", b"\n"}:
            pieces.insert(number, b".")
    pieces.append(b".\r\n" if _tail(pieces) in {b"", b"\r\n"} else b"\r\n.\r\n")
    return pieces


def _tail(pieces: Sequence[bytes]) -> bytes:
    """The last two octets of all of them."""
    tail = b""
    for piece in reversed(pieces):
        tail = (piece[-2:] + tail)[-2:]
        if len(tail) > 1:
            break
    return tail


def _doubled(piece: bytes) -> bytes:
    return piece.replace(b"\n.", b"\n..")


# The same large pieces come with every mail of an issue: each is looked through once.
_doubled_once = lru_cache(maxsize=64)(_doubled)
