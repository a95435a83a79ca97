"""Which sentence is quoted: the best by score, unless a reader would rather have another."""

import json
import re
from functools import cache
from importlib import resources
from itertools import chain
from typing import NamedTuple

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive import features
from newsletter.summaries.extractive.clauses import cuts_at_clauses
from newsletter.summaries.extractive.cue_phrases import ACTS
from newsletter.summaries.extractive.penalties import is_vague

THIN_WORDS = 16  # a longer one says something besides a name
LONG_WORDS = 40  # a longer sentence is cut at a clause, or gives way
# What a sentence in which somebody acts, and against which nothing of this speaks, may gain.
_GIVES_WAY = {
    "guard:prelude": 1.6,
    "guard:background": 0.5,
    "guard:others": 1.0,
    "guard:dangling_start": 0.8,
    "guard:dangling_object": 0.5,
    "guard:demonstrative_early": 0.3,
    "guard:secondary": 0.3,
    "guard:vague": 0.3,
    "guard:setting": 0.3,
    "guard:material": 0.8,
}
_UNFIT = _GIVES_WAY.keys() | {
    f"guard:{name}"
    for name in (
        "demonstrative_late",
        "back_phrase",
        "boilerplate",
        "outline",
        "item",
        "open_end",
        "question",
        "short",
        "step",
        "rests_on_own",
    )
}
_LONG_GIVES_WAY = 1.6
# Names of systems: QuietNet, VP-SelDoA, "Amadeus,".
_NAMES = lazy_pattern(
    r"(?<![\w-])(?:(?=[\w+-]*[A-Z][\w+-]*[A-Z\d])[\w+-]{3,}|(?<=[a-z] )[A-Z][a-z]+(?=,))"
)
_ENDS_IN_KIND = lazy_pattern(
    r", an? (?:[\w-]+ ){0,5}(?:framework|method|approach|pipeline|algorithm)\.?\Z"
)
# How well a system did says nothing of what it is.
_RESULT = lazy_pattern(
    r"\b(?:achiev|outperform|surpass|demonstrat|show|reach|significant|improv|superior|exceed|"
    r"state-of-the-art|SOTA|establish|experiment|results?\b|available|require|scal)",
    re.IGNORECASE,
)
# What is no contribution at all gives way even to one with these, where none stands alone.
_NO_CONTRIBUTION = frozenset({"guard:prelude", "guard:others"})
_LESSER_FAULTS = frozenset({"guard:demonstrative_early", "guard:demonstrative_late", "guard:vague"})


class _Scored(NamedTuple):
    text: str
    score: float
    described: dict[str, float]

    @property
    def is_fit(self) -> bool:
        return self.described.keys().isdisjoint(_UNFIT)

    @property
    def acts(self) -> bool:
        return not ACTS.isdisjoint(self.described)

    @property
    def stands_alone(self) -> bool:
        return self.is_fit and self.acts

    @property
    def leans(self) -> bool:
        """Whether somebody acts, and nothing worse speaks against it than such a fault."""
        return self.acts and (self.described.keys() & _UNFIT) <= _LESSER_FAULTS

    @property
    def is_thin(self) -> bool:
        """Whether it only names a system: "We introduce Amadeus, a novel framework"."""
        return self.text.count(" ") < THIN_WORDS and bool(
            "guard:vague" in self.described or _ENDS_IN_KIND.search(self.text)
        )

    def tells_of(self, systems: tuple[str, ...]) -> bool:
        """Whether it says what such a system is or does: "Amadeus adopts two levels: ..."."""
        is_subject = self.text.startswith(systems) and self.is_fit and not self.is_long
        return is_subject and not _RESULT.search(self.text)

    @property
    def is_long(self) -> bool:
        return self.text.count(" ") >= LONG_WORDS


def best_first(title: str, pieces: list[str]) -> list[str]:
    """The sentences as they would be quoted, best first."""
    candidates = features.candidates(title, pieces)
    rows = features.describe(title, candidates)
    scored = [
        _Scored(candidate.text, weigh(row), row)
        for candidate, row in zip(candidates, rows, strict=True)
    ]
    ranked = sorted(scored, key=lambda sentence: -sentence.score)
    chosen = list(chain(_preferred(ranked), ranked))
    return [sentence.text for sentence in chosen]


def weigh(described: dict[str, float]) -> float:
    weights = _weights()
    return sum(weights.get(name, 0.0) * value for name, value in described.items())


def _preferred(ranked: list[_Scored]) -> list[_Scored]:
    """What is quoted rather than the first."""
    if not ranked:
        return []
    best = ranked[0]
    margin = max((_GIVES_WAY.get(name, 0.0) for name in best.described), default=0.0)
    near = [other for other in ranked[1:] if other.score >= best.score - margin]
    fit = [other for other in near if other.stands_alone]
    if best.is_thin:
        names = tuple(f"{name} " for name in _NAMES.findall(best.text))
        fit = [other for other in ranked[1:] if other.tells_of(names)] or fit
    if not (fit or best.acts or _NO_CONTRIBUTION.isdisjoint(best.described)):
        fit = [other for other in near if other.leans]
    better = fit[0] if fit else best
    if not better.is_long:
        return [better]
    for shorter in cuts_at_clauses(better.text, LONG_WORDS):
        if not is_vague(shorter):
            return [better._replace(text=shorter)]
    near = [other for other in ranked if other.score >= better.score - _LONG_GIVES_WAY]
    short = [other for other in near if other.is_fit and not other.is_long]
    acting = [other for other in short if other.stands_alone]
    return [next(iter(acting or short), better)]


@cache
def _weights() -> dict[str, float]:
    file = resources.files("newsletter.summaries.extractive").joinpath("weights.json")
    weights: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
    return weights
