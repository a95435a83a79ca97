"""The worth of a sentence by many small trees at once.

Each tree has a byte, with a bit for each of its at most eight leaves from left to right. A feature
that is above a bound rules out the leaves to the left of it; of those that remain, the leftmost
counts. So one number serves all trees, and only features that a sentence has are looked at
(QuickScorer, Lucchese et al. 2015).
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import getitem
from typing import Any, TypeAlias

# A leaf's worth; or a feature, a bound, where to go up to the bound, and where to go above it.
Tree: TypeAlias = float | list[Any]

_LEAVES = 8
# By the bits that remain of a tree: which is the lowest.
_LOWEST = bytes((bits & -bits).bit_length() - 1 if bits else 0 for bits in range(256))


class Trees:
    """Trees of features that are never below zero."""

    def __init__(self, trees: Sequence[Tree]) -> None:
        self._leaves: list[list[float]] = [[] for _ in trees]
        ruled_out: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
        for at, tree in enumerate(trees):
            for name, bound, left in self._add(tree, at):
                ruled_out[name].append((bound, left))
        self._all = (1 << _LEAVES * len(trees)) - 1
        self._remaining = {name: self._by_bound(bounds) for name, bounds in ruled_out.items()}

    def worth(self, rows: Iterable[Mapping[str, float]]) -> float:
        """The sum of the leaves that these features lead to."""
        remaining, known = self._all, self._remaining
        for row in rows:
            for name, value in row.items():
                if name in known:
                    bounds, bits = known[name]
                    remaining &= bits[bisect_left(bounds, value)]
        reached = remaining.to_bytes(len(self._leaves), "little").translate(_LOWEST)
        return sum(map(getitem, self._leaves, reached))

    def _add(self, tree: Tree, at: int) -> Iterable[tuple[str, float, int]]:
        """Every feature and bound of the tree, with the bits of the leaves to the left."""
        leaves = self._leaves[at]
        if not isinstance(tree, list):
            leaves.append(tree)
            return
        name, bound, low, high = tree
        first = len(leaves)
        yield from self._add(low, at)
        left = (1 << len(leaves)) - (1 << first)
        yield name, bound, left << _LEAVES * at
        yield from self._add(high, at)

    def _by_bound(self, ruled_out: list[tuple[float, int]]) -> tuple[list[float], list[int]]:
        """The bounds in order, and what remains of all leaves above none, one, two of them."""
        bits = [self._all]
        for _, left in sorted(ruled_out):
            bits.append(bits[-1] & ~left)
        return sorted(bound for bound, _ in ruled_out), bits
