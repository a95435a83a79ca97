"""Dots at the beginning of a line are doubled on their way (RFC 5321, 4.5.2)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.rendering.transfer_encodings.qp_template import Octets

_DOT = ord(".")
_SHARED_FROM = 4000  # octets of a piece; what is made for one reader is smaller


def dot_stuff(content: Sequence[Octets]) -> list[Octets]:
    """The content with such dots doubled, and its end marked."""
    pieces = [*map(_doubled, content)]
    dotted = [number for number, piece in enumerate(pieces) if piece and piece[0] == _DOT]
    for number in reversed(dotted):
        if _tail(pieces[:number])[-1:] in {b"", b"\n"}:
            pieces.insert(number, b".")
    pieces.append(b".\r\n" if _tail(pieces) in {b"", b"\r\n"} else b"\r\n.\r\n")
    return pieces


def _tail(pieces: Sequence[Octets]) -> bytes:
    """The last two octets of all of them."""
    tail = b""
    for piece in reversed(pieces):
        tail = (bytes(piece[-2:]) + tail)[-2:]
        if len(tail) > 1:
            break
    return tail


def _doubled(piece: Octets) -> Octets:
    if isinstance(piece, bytes):
        return _doubled_once(piece) if len(piece) > _SHARED_FROM else piece.replace(b"\n.", b"\n..")
    whole = piece.obj  # what mails share, of which this is a stretch
    if isinstance(whole, bytes) and _doubled_once(whole) is whole:
        return piece
    return bytes(piece).replace(b"\n.", b"\n..")


@lru_cache(maxsize=64)  # the same large pieces come with every mail of an issue
def _doubled_once(piece: bytes) -> bytes:
    return piece.replace(b"\n.", b"\n..")
