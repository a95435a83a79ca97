"""What the ranker sees of a sentence: named numbers, nothing about its topic."""

import math
from collections import Counter

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.candidates import Candidate, stems_in
from newsletter.summaries.extractive.cue_phrases import ACTS, cues
from newsletter.summaries.extractive.penalties import penalty_features
from newsletter.summaries.extractive.telling import (
    beyond_title,
    name_features,
    neighbour_features,
    turn_features,
    words_used,
)

_ACRONYM = lazy_pattern(r"[A-Z](?<!\w.)[A-Za-z]*[A-Z]\w*")
# "QuietNet: Small Networks for Speech": one word before the colon that is no plain word.
_NAMED = lazy_pattern(r"((?=[\w+-]*(?:[A-Z][\w+-]*[A-Z]|[a-z][A-Z]|\d))[\w+-]{2,})(?:\s?: |, an? )")
# "EURO is a preliminary mission concept", where the title bears the name.
_SAYS_WHAT_IT_IS = lazy_pattern(r"([A-Z][\w-]*[A-Z][\w-]*) (?:is|are) an? ")
_AUTHORS_ACT = frozenset(
    name for name in ACTS if name == "acts" or name.startswith(("we_", "paper_"))
)
_NUMBER = lazy_pattern(r"\d(?<![A-Za-z0-9].)")
_PERCENT = lazy_pattern(r"\d(?:\s?\\?%|\\?times|\s?x\b)")


def describe(title: str, candidates: list[Candidate]) -> list[dict[str, float]]:
    """The features of every candidate, those that are zero left out."""
    feature_rows = [
        _position(index, len(candidates))
        | _length(candidate)
        | _look(candidate)
        | cues(candidate.original, candidate.words)
        | penalty_features(candidate.original, candidate.text, len(candidate.words))
        for index, candidate in enumerate(candidates)
    ]
    _add_overlaps(title, candidates, feature_rows)
    _add_order(title, candidates, feature_rows)
    _add_named_subject(title, candidates, feature_rows)
    _add_prelude(feature_rows)
    _add_telling(title, candidates, feature_rows)
    return feature_rows


def _add_overlaps(
    title: str, candidates: list[Candidate], feature_rows: list[dict[str, float]]
) -> None:
    title_stems = stems_in(title)
    counts = Counter(stem for candidate in candidates for stem in candidate.stems)
    logarithms = [math.log(1 + count) for count in range(len(candidates) + 1)]
    weights = {stem: logarithms[count] for stem, count in counts.items()}
    common_stems = {stem for stem, count in counts.items() if count > 1}
    whole = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    for candidate, f in zip(candidates, feature_rows, strict=True):
        own = len(candidate.stems) or 1
        common = len(candidate.stems & title_stems)
        f["centroid"] = sum(map(weights.__getitem__, candidate.stems)) / (math.sqrt(own) * whole)
        f["shared"] = len(candidate.stems & common_stems) / own
        f["title_recall"] = common / (len(title_stems) or 1)
        f["title_precision"] = common / own


def _add_telling(
    title: str, candidates: list[Candidate], feature_rows: list[dict[str, float]]
) -> None:
    title_stems = stems_in(title)
    acting = [not _AUTHORS_ACT.isdisjoint(f) for f in feature_rows]
    context = zip(
        name_features(title, candidates),
        neighbour_features(candidates),
        turn_features(acting),
        strict=True,
    )
    for candidate, f, (names, neighbours, turns) in zip(
        candidates, feature_rows, context, strict=True
    ):
        f.update(beyond_title(candidate, title_stems))
        f.update(names)
        f.update(dict.fromkeys([*words_used(candidate.words), *neighbours, *turns], 1.0))


def _add_named_subject(
    title: str, candidates: list[Candidate], feature_rows: list[dict[str, float]]
) -> None:
    """Takes what the title names for the one that acts, where nobody else does."""
    if any(ACTS & f.keys() for f in feature_rows):
        return
    for candidate, f in zip(candidates, feature_rows, strict=True):
        subject = _SAYS_WHAT_IT_IS.match(candidate.text)
        if subject and subject[1] in title:
            f["acts"] = 1.0


def _add_prelude(feature_rows: list[dict[str, float]]) -> None:
    """Objects to sentences in which nobody acts yet, before the first in which somebody does."""
    first = next((i for i, f in enumerate(feature_rows) if ACTS & f.keys()), 0)
    for f in feature_rows[:first]:
        f["guard:prelude"] = 1.0


def _add_order(
    title: str, candidates: list[Candidate], feature_rows: list[dict[str, float]]
) -> None:
    """Which sentence is the first to name the contribution, or the system the title names."""
    name = _NAMED.match(title)
    named = contributed = False
    for candidate, f in zip(candidates, feature_rows, strict=True):
        if name and name[1] in candidate.text:
            f["named_again" if named else "named_first"] = 1.0
            named = True
        if "contribution" in f:
            if not contributed:
                f["first_contribution"] = 1.0
            contributed = True
        elif contributed:
            f["after_contribution"] = 1.0


def _position(index: int, count: int) -> dict[str, float]:
    f = {"relative_position": index / count, "inverse_position": 1 / (index + 1)}
    if index < 5:  # noqa: PLR2004
        f[f"position_{index}"] = 1.0
    if index == count - 1:
        f["last"] = 1.0
    if index == count - 2:
        f["last_but_one"] = 1.0
    return f


def _length(candidate: Candidate) -> dict[str, float]:
    n = len(candidate.words)
    f = {"length": min(n, 60) / 20, "log_length": math.log(1 + n)}
    for bound in (8, 12, 16):
        if n < bound:
            f[f"shorter_{bound}"] = 1.0
    for bound in (25, 32, 40, 50):
        if n > bound:
            f[f"longer_{bound}"] = 1.0
    f["content_share"] = len(candidate.stems) / (n or 1)
    return f


def _look(candidate: Candidate) -> dict[str, float]:
    text = candidate.text
    f = {
        "digits": min(len(_NUMBER.findall(text)), 4) / 4,
        "percent": float(bool(" percent" in text or _PERCENT.search(text))),
        "acronyms": min(len(_ACRONYM.findall(text)), 3) / 3,
        "formula": float("$" in text),
        "bracket": float("(" in text),
        "colon": float(":" in text),
        "semicolon": float(";" in text),
        "commas": min(text.count(","), 5) / 5,
    }
    return {name: value for name, value in f.items() if value}
