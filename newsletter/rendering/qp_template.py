"""Quoted-printable (RFC 2045, 6.7), prepared once and cut where a reader's values go."""

import re
from binascii import a2b_qp, b2a_qp
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import NamedTuple, Protocol

from newsletter.rendering.base64_text import Base64Stretch

Octets = bytes | memoryview
SOFT_BREAK = b"=\r\n"
LINE_ROOM = 75  # bytes of a line beside the "=" of a soft break
_AS_IT_IS = re.compile(r"[!-\-/-<>-~][!-<>-~]{0,74}")  # a word of a line at most
_ON_TWO_LINES = re.compile(r"[!-\-/-<>-~][!-<>-~]{74}[!-\-/-<>-~][!-<>-~]{1,72}")
# b2a_qp does not count that a space at the end of a line takes three characters.
_SPACE_BEYOND = re.compile(rb"(?m)^(.{74,75})=(20|09)$")
_DOTS_AT_START = re.compile(rb"(?m)^\.+")


def encode_quoted_printable(text: str) -> bytes:
    """The text with CRLF and no line over 76 characters, also with a soft break after it.

    No line begins with a dot, so that SMTP's dot-stuffing (RFC 5321, 4.5.2) has nothing to do.
    """
    if _AS_IT_IS.fullmatch(text):
        return text.encode()
    if _ON_TWO_LINES.fullmatch(text):
        return text[:LINE_ROOM].encode() + SOFT_BREAK + text[LINE_ROOM:].encode()
    return _with_room(_encoded(text))


def decode_quoted_printable(encoded: bytes) -> str:
    """The text with plain line breaks."""
    return a2b_qp(encoded).decode().replace("\r\n", "\n")


def _encoded(text: str) -> bytes:
    plain = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    encoded = b2a_qp(plain.encode("utf-8", "replace"), istext=True)
    if b"=20" in encoded or b"=09" in encoded:
        encoded = _SPACE_BEYOND.sub(rb"\1=\n=\2", encoded)
    if b"\n." in encoded or encoded[:1] == b".":
        encoded = _DOTS_AT_START.sub(lambda dots: b"=2E=\n" * len(dots[0]), encoded)
    return encoded.replace(b"\n", b"\r\n")


# Most of a reader's values stand in both parts of their mail.
_encoded_value = lru_cache(maxsize=64)(encode_quoted_printable)


def _with_room(encoded: bytes) -> bytes:
    """Break a last line that is so full that no soft break could follow it."""
    if len(encoded) - encoded.rfind(b"\n") - 1 <= LINE_ROOM:
        return encoded
    if encoded[-3:-2] == b"=":
        return encoded[:-3] + SOFT_BREAK + encoded[-3:]
    return b"%b=\r\n=%02X" % (encoded[:-1], encoded[-1])


def either(placeholders: Iterable[str]) -> re.Pattern[str]:
    """What finds any of them."""
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


class Card(NamedTuple):
    """A fragment, and the same encoded and cut at the placeholders of its issue."""

    fragment: TextFragment
    parts: Sequence[bytes]
    name: str | None  # of all gaps; "" where it has none, and None where they have several

    @classmethod
    def of(cls, fragment: TextFragment, placeholders: re.Pattern[str]) -> "Card":
        parts, names, name = fragment.cut(placeholders)
        return cls(fragment, parts, name if names else "")


_PARTS, _NAME = attrgetter("parts"), attrgetter("name")


@dataclass(frozen=True)
class FragmentWrapper:
    """What stands around a few words, encoded once for all of them; no placeholder is in it."""

    before: str
    behind: str
    _before: bytes
    _behind: bytes

    @classmethod
    def of(cls, before: str, behind: str) -> "FragmentWrapper":
        soft_before = b"" if before.endswith("\n") or not before else SOFT_BREAK
        soft_behind = b"" if behind.startswith("\n") else SOFT_BREAK
        return cls(
            before,
            behind,
            encode_quoted_printable(before) + soft_before,
            soft_behind + encode_quoted_printable(behind),
        )

    def around(self, words: str) -> str:
        return f"{self.before}{words}{self.behind}"

    def over(self, encoded: Sequence[bytes], cards: Sequence[Card]) -> "WrappedCards":
        """Each of these encoded words framed over its card."""
        return WrappedCards(self._before, self._behind, encoded, cards)


@dataclass(slots=True)
class WrappedCards:
    """Cards, each under a few words of one reader's mail, with the same around all of these."""

    before: bytes  # encoded, as all of it
    behind: bytes
    words: Sequence[bytes]
    cards: Sequence[Card]

    @property
    def text(self) -> str:
        return "".join(
            decode_quoted_printable(self.before + words + self.behind) + card.fragment.text
            for words, card in zip(self.words, self.cards, strict=True)
        )

    def cut(self, placeholders: re.Pattern[str]) -> GappedText:
        return GappedText.joined(
            cut
            for words, card in zip(self.words, self.cards, strict=True)
            for cut in (
                GappedText.of((self.before + words + self.behind,), ()),
                card.fragment.cut(placeholders),
            )
        )

    def filled(self, placeholders: re.Pattern[str], values: Mapping[str, bytes]) -> list[bytes]:
        names = {*map(_NAME, self.cards)} - {""}
        out = [self.before, b"", self.behind, b""] * len(self.cards)
        out[1::4] = self.words
        if len(names) <= 1 and None not in names:
            value = b"".join([values[name] for name in names if name])
            out[3::4] = map(value.join, map(_PARTS, self.cards))
        else:
            out[3::4] = [
                b"".join(card.fragment.filled(placeholders, values)) for card in self.cards
            ]
        return out

    def plain(self, placeholders: re.Pattern[str], values: Mapping[str, bytes]) -> list[bytes]:
        out: list[bytes] = []
        for words, card in zip(self.words, self.cards, strict=True):
            out.append(a2b_qp(self.before + words + self.behind))
            out += card.fragment.plain_cut(placeholders).filled(values)
        return out


class Fragment(Protocol):
    """What a part is put together from: a fragment, or a stretch of several."""

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
