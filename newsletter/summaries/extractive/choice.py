"""Which sentence is quoted: the best by score, cut or passed over where it is too long."""

import json
from functools import cache
from importlib import resources
from typing import NamedTuple

from newsletter.summaries.extractive import features, telling
from newsletter.summaries.extractive.candidates import candidates
from newsletter.summaries.extractive.clauses import cuts_at_clauses
from newsletter.summaries.extractive.penalties import is_vague

LONG_WORDS = 40  # a longer sentence is cut at a clause, or gives way
LONG_GIVES_WAY = 2.2  # to one at most so far behind


class _Scored(NamedTuple):
    text: str
    score: float

    @property
    def is_long(self) -> bool:
        return self.text.count(" ") >= LONG_WORDS


def best_first(title: str, pieces: list[str]) -> list[str]:
    """The sentences as they would be quoted, best first."""
    found = candidates(title, pieces)
    rows = features.describe(title, found)
    weights = _weights_for(telling.kinds(title, found))
    scored = [
        _Scored(candidate.text, _weigh(row, weights))
        for candidate, row in zip(found, rows, strict=True)
    ]
    ranked = sorted(scored, key=lambda sentence: -sentence.score)
    return [*_instead_of_long(ranked), *(sentence.text for sentence in ranked)]


def _instead_of_long(ranked: list[_Scored]) -> list[str]:
    """What is quoted where the best is too long."""
    if not (ranked and ranked[0].is_long):
        return []
    best = ranked[0]
    cuts = [
        cut
        for cut in cuts_at_clauses(best.text, LONG_WORDS)
        if cut.count(" ") < LONG_WORDS and not is_vague(cut)
    ]
    near = [other for other in ranked if other.score >= best.score - LONG_GIVES_WAY]
    return cuts[:1] or [other.text for other in near if not other.is_long]


def _weights_for(kinds: dict[str, float]) -> list[tuple[float, dict[str, float]]]:
    """Those of every abstract, and those of the kinds that it is of, with how much it is."""
    weights = _weights()
    return [(1.0, weights["all"])] + [
        (share, weights[kind]) for kind, share in kinds.items() if share
    ]


def _weigh(row: dict[str, float], weights: list[tuple[float, dict[str, float]]]) -> float:
    return sum(
        share * sum(table[name] * row[name] for name in row if name in table)
        for share, table in weights
    )


@cache
def _weights() -> dict[str, dict[str, float]]:
    """By kind of abstract, "all" among them."""
    file = resources.files("newsletter.summaries.extractive").joinpath("weights.json")
    weights: dict[str, dict[str, float]] = json.loads(file.read_text(encoding="utf-8"))
    return weights
