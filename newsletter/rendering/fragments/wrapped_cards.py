"""Cards under a few words of one reader's mail: why each paper comes first."""

import re
from binascii import a2b_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from newsletter.rendering.transfer_encodings.qp_template import GappedText, TextFragment
from newsletter.rendering.transfer_encodings.quoted_printable import (
    SOFT_BREAK,
    decode_quoted_printable,
    encode_quoted_printable,
)


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
    """The text around a few words, encoded once for all of them; no placeholder is in it."""

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
