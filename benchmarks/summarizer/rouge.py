"""ROUGE as SciTLDR's paper counts it: with stemming, the best reference by R1-F supplies all."""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rouge_score import rouge_scorer, tokenizers  # type: ignore[import-not-found, import-untyped, unused-ignore]

KINDS = ("rouge1", "rouge2", "rougeL")


class Paper(NamedTuple):
    title: str
    sentences: list[str]
    references: list[str]

    @property
    def abstract(self) -> str:
        return " ".join(self.sentences)


def papers(file: Path) -> list[Paper]:
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Paper(row["title"], row["source"], row["target"]) for row in rows]


def scores(prediction: str, references: list[str]) -> tuple[float, ...]:
    """R1, R2 and RL (F, in percent) against the reference that R1 likes best."""
    each = [_scorer().score(reference, prediction) for reference in references]
    best = max(each, key=lambda score: score["rouge1"].fmeasure)
    return tuple(100 * best[kind].fmeasure for kind in KINDS)


def r1(prediction: str, references: list[str]) -> float:
    """R1-F alone (0 to 1), fast enough for every sentence of every paper."""
    return max(_overlap(_stems(prediction), _stems(reference)) for reference in references)


def _overlap(prediction: tuple[str, ...], reference: tuple[str, ...]) -> float:
    common = (Counter(prediction) & Counter(reference)).total()
    return 2 * common / (len(prediction) + len(reference)) if common else 0.0


@cache
def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem for word in text.split() for stem in _stems_of_word(word))


@cache
def _stems_of_word(word: str) -> tuple[str, ...]:
    return tuple(tokenizers.DefaultTokenizer(use_stemmer=True).tokenize(word))


@cache
def _scorer() -> rouge_scorer.RougeScorer:
    return rouge_scorer.RougeScorer(KINDS, use_stemmer=True)
