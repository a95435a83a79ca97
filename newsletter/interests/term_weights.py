"""Weighed terms as numbers: cheap to keep, to read and to add up, since no text is in them.

A weight is kept within 2 %, so that few different ones are there.
"""

import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import ClassVar, TypeVar

_T = TypeVar("_T")

UNIT = 1 << 11  # what a weight of 1 is as a whole number
_STEPS = 16  # in which a weight falls to a half
# By level.
WEIGHTS = tuple(round(UNIT * 2 ** (-level / _STEPS)) for level in range(15 * _STEPS))


@lru_cache(maxsize=1 << 17)  # a day's terms, and more
def term_number(term: str) -> int:
    """The number of a term, for ever: 64 bits of its hash."""
    return int.from_bytes(blake2b(term.encode("utf-8", "replace"), digest_size=8).digest())


@dataclass(frozen=True)
class TermWeights:
    """Terms by their numbers, the heaviest first, each with a level: 0 weighs 1, 16 a half."""

    SIZE: ClassVar = 9  # bytes a term

    terms: tuple[int, ...] = ()
    levels: bytes = b""

    @classmethod
    def of(cls, weights: Mapping[str, float], most: int | None = None) -> "TermWeights":
        """The heaviest of these terms; weights are between 0 and 1."""
        heaviest = sorted(weights, key=lambda term: (-weights[term], term))[:most]
        levels = (-_STEPS * math.log2(max(weights[term], 1e-9)) for term in heaviest)
        return cls(
            tuple(map(term_number, heaviest)),
            bytes(min(max(round(level), 0), len(WEIGHTS) - 1) for level in levels),
        )

    @classmethod
    def read(cls, content: bytes) -> "TermWeights":
        """The terms that `as_bytes` wrote.

        Raises:
            ValueError: it is damaged.
        """
        number, over = divmod(len(content), cls.SIZE)
        levels = content[8 * number :]
        if over or (levels and max(levels) >= len(WEIGHTS)):
            raise ValueError("no weighed terms")
        return cls(struct.unpack_from(f"<{number}Q", content), levels)

    def as_bytes(self) -> bytes:
        return struct.pack(f"<{len(self.terms)}Q", *self.terms) + self.levels

    def groups(self, of_terms: Sequence[_T]) -> Iterator[tuple[int, Sequence[_T]]]:
        """The items of the terms, weight by weight, each weight in units of `UNIT`."""
        start = 0
        for level in sorted(set(self.levels)):
            end = start + self.levels.count(level)
            yield WEIGHTS[level], of_terms[start:end]
            start = end
