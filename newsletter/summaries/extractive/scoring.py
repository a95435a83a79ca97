"""What a sentence's features are worth: weights for all abstracts and by kind, and small trees."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple, TypeAlias

from newsletter.summaries.extractive.telling import readers_share

Row: TypeAlias = Mapping[str, float]
# A leaf's worth; or a feature, a bound, where to go up to the bound, and where to go above it.
Tree: TypeAlias = float | list[Any]

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


def rank_scores(rows: Sequence[Row], kinds: Mapping[str, float], weights: Weights) -> list[float]:
    """How well each sentence of an abstract of these kinds tells what the paper does.

    What readers alone said counts the less, the more the abstract is like SciTLDR's.
    """
    tables = [(1.0, OBJECTIONS), (1.0, weights.tables["all"])]
    tables += [(kinds[kind], weights.tables.get(kind, {})) for kind in kinds if kinds[kind]]
    scored = [_weigh(row, tables) for row in rows]
    share = readers_share(kinds)
    if not share:
        return scored
    for at, row in enumerate(rows):
        scored[at] += share * CONTENT_COUNTS * log_odds(row, weights)
    for at in sorted(range(len(rows)), key=scored.__getitem__)[-LOOKED_AT:]:
        seen = seen_by_trees(rows[at], kinds)
        scored[at] += share * sum([_leaf(tree, seen) for tree in weights.trees])
    return scored


def log_odds(row: Row, weights: Weights) -> float:
    """Log odds that a strict reader finds the sentence usable, whatever the others are."""
    table = weights.content
    return table["bias"] + sum([table[name] * row[name] for name in row if name in table])


def seen_by_trees(row: Row, kinds: Mapping[str, float]) -> dict[str, float]:
    """The features of a sentence and the kinds of its abstract."""
    return {**row, **{f"kind:{kind}": share for kind, share in kinds.items()}}


@cache
def learned() -> Weights:
    """Those of the package."""
    file = resources.files("newsletter.summaries.extractive").joinpath("weights.json")
    return Weights(**json.loads(file.read_text(encoding="utf-8")))


def _weigh(row: Row, tables: Sequence[tuple[float, Mapping[str, float]]]) -> float:
    return sum(
        share * sum([table[name] * row[name] for name in row if name in table])
        for share, table in tables
    )


def _leaf(tree: Tree, row: Row) -> float:
    while isinstance(tree, list):
        name, bound, low, high = tree
        tree = low if row.get(name, 0.0) <= bound else high
    return tree
