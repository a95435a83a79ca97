"""Base64 (RFC 2045, 6.8) of bytes, whole or in stretches of what many mails share."""

from binascii import b2a_base64
from functools import cache
from typing import NamedTuple

_LINE_BYTES, _LINE_CHARACTERS = 57, 76


def encode_base64(content: bytes) -> bytes:
    """In lines of 76 characters at most, each with its CRLF."""
    encoded = b2a_base64(content, newline=False)
    lines = range(0, len(encoded), _LINE_CHARACTERS)
    broken = [encoded[start : start + _LINE_CHARACTERS] for start in lines]
    broken.append(b"")
    return b"\r\n".join(broken)


def base64_size(content: int) -> int:
    """The size of so many bytes of a longer text on the wire, rounded up."""
    return -(-content * 78 // _LINE_BYTES)


class Base64Stretch(NamedTuple):
    """Bytes of a text from one place on, and up to another."""

    text: "Base64Text"
    begin: int
    end: int


class Base64Text:
    """A text that many mails share in stretches; encoded when needed, for each of three starts."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._encoded = cache(self._from)  # by where its first group begins

    def _from(self, start: int) -> bytes:
        return encode_base64(self.content[start:])

    def encoded(self, begin: int, end: int) -> list[bytes]:
        """Whole groups, with all line breaks; any line may be short."""
        start = begin % 3
        whole = self._encoded(start)[_place(begin - start) : _place(end - start)]
        return [whole] if (end - start) % _LINE_BYTES == 0 else [whole, b"\r\n"]


def _place(content: int) -> int:
    """Where so many bytes end as encoded, behind the line break where they fill a line."""
    lines, others = divmod(content, _LINE_BYTES)
    return lines * (_LINE_CHARACTERS + 2) + others // 3 * 4
