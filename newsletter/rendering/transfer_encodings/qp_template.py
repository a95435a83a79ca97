"""Quoted-printable (RFC 2045, 6.7), prepared once and cut where a reader's values go."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol

from newsletter.rendering.transfer_encodings.base64_text import Base64Stretch
from newsletter.rendering.transfer_encodings.quoted_printable import (
    SOFT_BREAK,
    encode_quoted_printable,
)

Octets = bytes | memoryview

# Most of a reader's values stand in both parts of their mail.
_encoded_value = lru_cache(maxsize=64)(encode_quoted_printable)


def either(placeholders: Iterable[str]) -> re.Pattern[str]:
    """The pattern that finds any of them."""
    return _either(tuple(placeholders))


@lru_cache(maxsize=64)
def _either(placeholders: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, placeholders)) or r"(?!)")


class GappedText(NamedTuple):
    """The parts of a text that stand between gaps."""

    parts: Sequence[bytes]
    names: Sequence[str]  # of the gaps
    name: str | None  # where it is the same of all, as in cards

    @classmethod
    def of(cls, parts: Sequence[bytes], names: Sequence[str]) -> "GappedText":
        is_same = bool(names) and names.count(names[0]) == len(names)
        return cls(parts, names, names[0] if is_same else None)

    @classmethod
    def joined(cls, cuts: Iterable["GappedText"]) -> "GappedText":
        """Of texts that follow one another."""
        parts: list[list[bytes]] = [[]]
        names: list[str] = []
        for cut in cuts:
            parts[-1].append(cut.parts[0])
            parts += [[part] for part in cut.parts[1:]]
            names += cut.names
        return cls.of([b"".join(part) for part in parts], names)

    def filled(self, values: Mapping[str, bytes]) -> list[bytes]:
        """With these values in the gaps."""
        if not self.names:
            return [*self.parts]
        if self.name is not None:
            return [values[self.name].join(self.parts)]
        return _interleaved(self.parts, [values[name] for name in self.names])


def _interleaved(parts: Sequence[bytes], values: Sequence[bytes]) -> list[bytes]:
    """The parts, and each value between two of them."""
    out = [b""] * (len(parts) + len(values))
    out[::2], out[1::2] = parts, values
    return out


_UNCUT = None, GappedText.of((b"",), ())


@dataclass(frozen=True)
class TextFragment:
    """A stretch of a part that is the same for all readers; it ends its line."""

    text: str

    @cached_property
    def encoded(self) -> bytes:
        return encode_quoted_printable(self.text)

    def cut(self, placeholders: re.Pattern[str]) -> GappedText:
        """Encoded and cut at these placeholders, which stand between; remembered for the last ones.

        A soft break stands on both sides of each cut. Personal mails put the same fragments
        together by the hundred.
        """
        known: re.Pattern[str] | None
        cut: GappedText
        known, cut = self.__dict__.get("_cut", _UNCUT)
        if known is not placeholders:
            names = placeholders.findall(self.text)
            cut = GappedText.of(self._cut_at(placeholders) if names else (self.encoded,), names)
            self.__dict__["_cut"] = placeholders, cut
        return cut

    def plain_cut(self, placeholders: re.Pattern[str]) -> GappedText:
        """The same as bytes of text, not encoded yet."""
        known: re.Pattern[str] | None
        cut: GappedText
        known, cut = self.__dict__.get("_plain", _UNCUT)
        if known is not placeholders:
            content = self.text.replace("\n", "\r\n")
            parts = [part.encode("utf-8", "replace") for part in placeholders.split(content)]
            cut = GappedText.of(parts, placeholders.findall(content))
            self.__dict__["_plain"] = placeholders, cut
        return cut

    def filled(self, placeholders: re.Pattern[str], values: Mapping[str, bytes]) -> list[bytes]:
        return self.cut(placeholders).filled(values)

    def plain(self, placeholders: re.Pattern[str], values: Mapping[str, bytes]) -> list[bytes]:
        return self.plain_cut(placeholders).filled(values)

    def _cut_at(self, placeholders: re.Pattern[str]) -> tuple[bytes, ...]:
        first, *others = map(encode_quoted_printable, placeholders.split(self.text))
        *before, last = first, *(SOFT_BREAK + part for part in others)
        return (*(part + SOFT_BREAK for part in before), last)

    @cached_property
    def weight(self) -> int:
        """Bytes as decoded."""
        return len(self.text.encode("utf-8", "replace"))


class Fragment(Protocol):
    """A part is put together from these: fragments, or stretches of several."""

    @property
    def text(self) -> str: ...

    def cut(self, placeholders: re.Pattern[str]) -> GappedText: ...

    def filled(
        self, placeholders: re.Pattern[str], values: Mapping[str, bytes]
    ) -> Sequence[Octets]:
        """Encoded, with these encoded values at the placeholders."""

    def plain(
        self, placeholders: re.Pattern[str], values: Mapping[str, bytes]
    ) -> Sequence[bytes | Base64Stretch]:
        """The same, not encoded yet but for what many mails share."""


@dataclass(frozen=True)
class QpTemplate:
    """Encoded bytes with gaps: gap number n, between two fixed pieces, takes the value `gaps[n]`.

    A value stands on lines of its own between soft line breaks, so that no line grows too long
    whatever the value.
    """

    fixed: tuple[bytes, ...]
    slots: tuple[str, ...]

    @classmethod
    def of(cls, pieces: Iterable[Fragment], placeholders: Iterable[str]) -> "QpTemplate":
        """Encode what is not encoded yet, cut at the blanks."""
        blank = either(placeholders)
        whole = GappedText.joined(piece.cut(blank) for piece in pieces)
        return cls(tuple(whole.parts), tuple(whole.names))

    def filled(self, values: Mapping[str, str]) -> list[bytes]:
        """The fixed pieces with the encoded values between them."""
        return _interleaved(self.fixed, [_encoded_value(values[name]) for name in self.slots])


class QpSequence(NamedTuple):
    """The same bytes of pieces that stand together in one reader's mail alone."""

    pieces: Sequence[Fragment]
    blanks: Sequence[str]

    @property
    def fixed(self) -> tuple[bytes, ...]:
        return QpTemplate.of(self.pieces, self.blanks).fixed

    def filled(self, values: Mapping[str, str]) -> list[Octets]:
        blank = either(self.blanks)
        encoded = {name: _encoded_value(values[name]) for name in self.blanks}
        out: list[Octets] = []
        for fragment in self.pieces:
            out += fragment.filled(blank, encoded)
        return out
