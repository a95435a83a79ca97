"""Which sentence is quoted: the best by score, with another, cut, or passed over if too long."""

from collections.abc import Iterator
from typing import NamedTuple

from newsletter.summaries.extractive.candidates import Candidate, candidates
from newsletter.summaries.extractive.clauses import cuts_at_clauses
from newsletter.summaries.extractive.features import describe
from newsletter.summaries.extractive.joining import LEANS, NOT_JOINED, joined
from newsletter.summaries.extractive.penalties import is_vague
from newsletter.summaries.extractive.scoring import learned, log_odds, rank_scores
from newsletter.summaries.extractive.telling import paper_kinds

MOSTLY = 0.6
LONG_WORDS = 40  # a longer sentence is cut at a clause, or gives way
LONG_GIVES_WAY = 3.0  # to one at most so far behind
# It stays up to so many words, where what it would give way to has at most these log odds that a
# reader is content with it.
ENDURED_WORDS, POOR = 44, -1.0


class _Joins(NamedTuple):
    """When another sentence joins the best, by log odds that a reader is content with it."""

    at_most: float  # of the best
    at_least: float  # of the other


JOINS = _Joins(1.8, -2.8)  # the next sentence
JOINS_SECOND = _Joins(1.0, -0.9)  # the second best, where it is not the next
# SciTLDR's people sum up a paper in one statement.
JOINS_OF_SCITLDR = _Joins(-0.4, -0.6)


class _Scored(NamedTuple):
    at: int
    candidate: Candidate
    row: dict[str, float]
    score: float

    @property
    def content(self) -> float:
        return log_odds(self.row, learned())

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
    weights = learned()
    scores = rank_scores(rows, kinds, weights)
    scored = [_Scored(at, found[at], row, scores[at]) for at, row in enumerate(rows)]
    ranked = sorted(scored, key=lambda sentence: -sentence.score)
    if not ranked:
        return []
    for_readers = kinds["plain"] > 0 or kinds["recent"] >= MOSTLY
    return [
        *_instead_of_long(ranked),
        *_joined_with_next(scored, ranked[0], JOINS if for_readers else JOINS_OF_SCITLDR),
        *(_joined_with_second(ranked) if kinds["plain"] else ()),
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
    if not cuts and best.words <= ENDURED_WORDS and all(o.content < POOR for o in short):
        return []
    return cuts[:1] or [other.text for other in short]


def _joined_with_next(scored: list[_Scored], best: _Scored, joins: _Joins) -> Iterator[str]:
    """The best with the next, which may lean on it."""
    for other in scored[best.at + 1 : best.at + 2]:
        beside = {name: other.row[name] for name in other.row if name not in LEANS}
        content = log_odds(beside, learned())
        if best.content <= joins.at_most and content >= joins.at_least:
            yield joined(best.candidate, other.candidate, other.row, LONG_WORDS)


def _joined_with_second(ranked: list[_Scored]) -> Iterator[str]:
    """The two best in their order, where the later stands by itself or follows the earlier."""
    for other in ranked[1:2]:
        best, (first, second) = ranked[0], sorted([ranked[0], other])
        follows = second.at == first.at + 1
        stands = follows or LEANS.isdisjoint(second.row)
        stands = stands and NOT_JOINED.isdisjoint(first.row)
        at_least = JOINS.at_least if follows else JOINS_SECOND.at_least
        if best.content <= JOINS_SECOND.at_most and other.content >= at_least and stands:
            yield joined(first.candidate, second.candidate, second.row, LONG_WORDS)
