"""Base64 (RFC 2045, 6.8) with gaps for a reader's values: the smaller encoding of Chinese.

Base64 is cut after every third byte and nowhere else. What is left over of a fixed piece goes with
the value after it, and a value takes a byte or two of the piece that follows. So each piece is
encoded three times, once for each number of bytes that may be missing at its start.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from newsletter.rendering.transfer_encodings.base64_text import Base64Text, encode_base64
from newsletter.rendering.transfer_encodings.qp_template import Fragment, either


@dataclass(frozen=True)
class _Fixed:
    """The octets after so many bytes of a piece are taken: whole groups, and the rest."""

    encoded: bytes
    rest: bytes

    @classmethod
    def of(cls, content: bytes) -> "_Fixed":
        whole = len(content) // 3 * 3
        return cls(encode_base64(content[:whole]), content[whole:])


@dataclass(frozen=True)
class Base64Template:
    """Slot number n takes its value between the fixed pieces n and n + 1."""

    fixed: tuple[bytes, ...]
    slots: tuple[str, ...]
    _encoded: tuple[tuple[_Fixed, ...], ...]  # of each piece, by how many bytes are taken

    @classmethod
    def of(cls, pieces: Iterable[Fragment], placeholders: Iterable[str]) -> "Base64Template":
        blank = either(placeholders)
        text = "".join(piece.text for piece in pieces).replace("\n", "\r\n")
        fixed = tuple(part.encode("utf-8", "replace") for part in blank.split(text))
        encoded = tuple(tuple(_Fixed.of(piece[taken:]) for taken in range(3)) for piece in fixed)
        return cls(fixed, tuple(blank.findall(text)), encoded)

    def filled(self, values: Mapping[str, str]) -> list[bytes]:
        """The encoded pieces and, between them, the values."""
        first = self._encoded[0][0]
        out, rest = [first.encoded], first.rest
        for name, piece, encoded in zip(self.slots, self.fixed[1:], self._encoded[1:], strict=True):
            value = rest + values[name].encode("utf-8", "replace")
            taken = min(-len(value) % 3, len(piece))
            whole = _Fixed.of(value + piece[:taken])
            following = encoded[taken] if not whole.rest else _Fixed.of(whole.rest + piece[taken:])
            out += (whole.encoded, following.encoded)
            rest = following.rest
        return [*out, encode_base64(rest)]


class Base64Sequence(NamedTuple):
    """Pieces that stand together in one reader's mail alone: only what is new is encoded."""

    pieces: Sequence[Fragment]
    blanks: Sequence[str]

    @property
    def fixed(self) -> tuple[bytes, ...]:
        return Base64Template.of(self.pieces, self.blanks).fixed

    def filled(self, values: Mapping[str, str]) -> list[bytes]:
        blank = either(self.blanks)
        plain = {name: values[name].encode("utf-8", "replace") for name in self.blanks}
        out: list[bytes] = []
        rest = b""
        for fragment in self.pieces:
            for part in fragment.plain(blank, plain):
                if isinstance(part, bytes):
                    rest += part
                else:
                    rest = _go_on(out, rest, *part)
        return [*out, encode_base64(rest)]


def _go_on(out: list[bytes], rest: bytes, text: Base64Text, begin: int, end: int) -> bytes:
    """Encode what was left and the stretch behind it, and return what is left now."""
    start = begin + -len(rest) % 3
    stop = end - (end - start) % 3
    if stop <= start:
        return rest + text.content[begin:end]
    out.append(encode_base64(rest + text.content[begin:start]))
    out += text.encoded(start, stop)
    return text.content[stop:end]
