"""Which sentence is quoted: the best by score, cut or passed over where it is too long."""

import json
from functools import cache
from importlib import resources
from typing import NamedTuple

from newsletter.summaries.extractive.candidates import Candidate, candidates
from newsletter.summaries.extractive.clauses import cuts_at_clauses
from newsletter.summaries.extractive.features import describe
from newsletter.summaries.extractive.joining import LEANS, joined
from newsletter.summaries.extractive.penalties import is_vague
from newsletter.summaries.extractive.telling import paper_kinds

LONG_WORDS = 40  # a longer sentence is cut at a clause, or gives way
LONG_GIVES_WAY = 2.2  # to one at most so far behind
# It stays up to so many words, where what it would give way to has at most these log odds that a
# reader is content with it.
ENDURED_WORDS, POOR = 44, -1.0


class _Joins(NamedTuple):
    """When the next sentence joins the best, by log odds that a reader is content with it."""

    at_most: float  # of the best
    at_least: float  # of the next


# People sum up papers about learning in one statement (SciTLDR), so there the next must be good.
JOINS, JOINS_OF_LEARNING = _Joins(1.0, -2.6), _Joins(0.6, -1.0)


class _Scored(NamedTuple):
    candidate: Candidate
    row: dict[str, float]
    score: float

    @property
    def text(self) -> str:
        return self.candidate.text

    @property
    def words(self) -> int:
        return self.text.count(" ") + 1

    @property
    def is_long(self) -> bool:
        return self.words > LONG_WORDS


def best_first(title: str, pieces: list[str]) -> list[str]:
    """The sentences as they would be quoted, best first."""
    found = candidates(title, pieces)
    rows = describe(title, found)
    kinds = paper_kinds(title, found)
    weights = _weights_for(kinds)
    scored = [
        _Scored(candidate, row, _weigh(row, weights))
        for candidate, row in zip(found, rows, strict=True)
    ]
    ranked = sorted(scored, key=lambda sentence: -sentence.score)
    if not ranked:
        return []
    following = scored[scored.index(ranked[0]) + 1 :][:1]
    joins = JOINS if kinds["plain"] else JOINS_OF_LEARNING
    return [
        *_instead_of_long(ranked),
        *(_joined(ranked[0], other, joins) for other in following),
        *(sentence.text for sentence in ranked),
    ]


def _instead_of_long(ranked: list[_Scored]) -> list[str]:
    """What is quoted where the best is too long."""
    best = ranked[0]
    if not best.is_long:
        return []
    cuts = [
        cut
        for cut in cuts_at_clauses(best.text, LONG_WORDS)
        if cut.count(" ") < LONG_WORDS and not is_vague(cut)
    ]
    near = [other for other in ranked if other.score >= best.score - LONG_GIVES_WAY]
    short = [other for other in near if not other.is_long]
    if not cuts and best.words <= ENDURED_WORDS and all(_content(o.row) < POOR for o in short):
        return []
    return cuts[:1] or [other.text for other in short]


def _joined(best: _Scored, following: _Scored, joins: _Joins) -> str:
    """The best with the next, where a reader would hardly be content with it alone; or empty."""
    beside = {name: value for name, value in following.row.items() if name not in LEANS}
    if _content(best.row) > joins.at_most or _content(beside) < joins.at_least:
        return ""
    return joined(best.candidate, following.candidate, following.row, LONG_WORDS)


def _content(row: dict[str, float]) -> float:
    """Log odds that a strict reader finds the sentence usable."""
    weights = _weights()["content"]
    return weights["bias"] + sum(weights[name] * row[name] for name in row if name in weights)


def _weights_for(kinds: dict[str, float]) -> list[tuple[float, dict[str, float]]]:
    """Those of every abstract, and those of the kinds that it is of, with how much it is."""
    weights = _weights()
    return [(1.0, weights["all"])] + [
        (share, weights[kind]) for kind, share in kinds.items() if share
    ]


def _weigh(row: dict[str, float], weights: list[tuple[float, dict[str, float]]]) -> float:
    return sum(
        share * sum([table[name] * row[name] for name in row if name in table])
        for share, table in weights
    )


@cache
def _weights() -> dict[str, dict[str, float]]:
    """By kind of abstract, "all" among them; and "content", of what readers were content with."""
    file = resources.files("newsletter.summaries.extractive").joinpath("weights.json")
    weights: dict[str, dict[str, float]] = json.loads(file.read_text(encoding="utf-8"))
    return weights
