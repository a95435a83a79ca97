"""What a sentence's features are worth: weights for all abstracts and by kind, and small trees."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from operator import mul
from typing import NamedTuple, TypeAlias

from newsletter.summaries.extractive.paper_kinds import readers_share
from newsletter.summaries.extractive.trees import Tree, Trees

Row: TypeAlias = Mapping[str, float]

# What readers object to and few sentences of the data show; learned weights come on top.
OBJECTIONS = {
    "guard:dangling_start": -0.8,
    "guard:dangling_object": -0.6,
    "guard:others": -0.7,
    "guard:prelude": -0.6,
    "guard:secondary": -0.6,
    "guard:vague": -0.8,
    "guard:material": -1.2,
}
CONTENT_COUNTS = 0.5  # beside the score
LOOKED_AT = 4  # sentences of an abstract that the trees see, the best by all else


class Weights(NamedTuple):
    """What was learned (benchmarks/summarizer)."""

    tables: dict[str, dict[str, float]]  # by kind of abstract, "all" among them
    content: dict[str, float]  # log odds that a reader finds a sentence usable
    trees: list[Tree]  # of readers' choices alone


class Scorer:
    """Scores the sentences of an abstract by weights."""

    def __init__(self, weights: Weights) -> None:
        self._tables = weights.tables
        self._content = weights.content
        self._trees = Trees(weights.trees)

    def scores(self, rows: Sequence[Row], kinds: Mapping[str, float]) -> list[float]:
        """How well each sentence of an abstract of these kinds tells what the paper does.

        What readers alone said counts the less, the more the abstract is like SciTLDR's. What is
        the same for all sentences is left out.
        """
        share = readers_share(kinds)
        weights = self._weights(set().union(*rows), kinds, share)
        scored = [sum(map(mul, row.values(), map(weights.__getitem__, row))) for row in rows]
        if share:
            seen = seen_by_trees({}, kinds)
            for at in sorted(range(len(rows)), key=scored.__getitem__)[-LOOKED_AT:]:
                scored[at] += share * self._trees.worth([rows[at], seen])
        return scored

    def log_odds(self, row: Row) -> float:
        """Log odds that a strict reader finds the sentence usable, whatever the others are."""
        table = self._content
        known = [table[name] * value for name, value in row.items() if name in table]
        return table["bias"] + sum(known)

    def _weights(
        self, names: set[str], kinds: Mapping[str, float], share: float
    ) -> dict[str, float]:
        """What these features are worth in an abstract of these kinds."""
        weights = dict.fromkeys(names, 0.0)
        counted = [(1.0, OBJECTIONS), (1.0, self._tables["all"])]
        counted += [(kinds[kind], self._tables.get(kind, {})) for kind in kinds]
        counted.append((share * CONTENT_COUNTS, self._content))
        for part, table in counted:
            if part:
                for name in names & table.keys():
                    weights[name] += part * table[name]
        return weights


def seen_by_trees(row: Row, kinds: Mapping[str, float]) -> dict[str, float]:
    """The features of a sentence and the kinds of its abstract."""
    return {**row, **{f"kind:{kind}": share for kind, share in kinds.items()}}


@cache
def learned() -> Scorer:
    """That of the package."""
    file = resources.files("newsletter.summaries.extractive").joinpath("weights.json")
    return Scorer(Weights(**json.loads(file.read_text(encoding="utf-8"))))
