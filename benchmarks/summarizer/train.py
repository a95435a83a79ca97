"""Train the embedded summarizer's weights from SciTLDR-A's training split.

python -m benchmarks.summarizer.train SCITLDR/train.jsonl WEIGHTS.json

Needs numpy and rouge-score. Deterministic: the same input gives the same file.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from benchmarks.summarizer.rouge import Paper, papers, r1
from newsletter.summaries.extractive import features, sentences
from newsletter.summaries.extractive.trimming import finish_sentence

TEMPERATURE = 0.08  # of the targets: R1 to probabilities
PULL = 0.01  # towards the prior, per feature
RAREST = 15  # sentences that must show a feature
SMALLEST = 0.02  # weights below are not kept
STEPS, RATE = 400, 0.03

# What ML abstracts cannot teach about other fields: where the training data are silent, these stay.
PRIORS = {
    "we_prove": 0.3,
    "opens_we_prove": 0.1,
    "paper_prove": 0.2,
    "passive_prove": 0.25,
    "has:we prove": 0.15,
    "we_find": 0.2,
    "opens_we_find": 0.1,
    "passive_find": 0.15,
    "we_study": 0.1,
    "paper_study": 0.1,
    "passive_study": 0.15,
    "passive_propose": 0.1,
}
# Not trained: few papers of the training split name their system in the title as recent ones do.
FIXED = {"named_first": 0.3, "named_again": 0.0}
# Word overlap does not see that a sentence cannot stand alone. So these are trained along, so that
# no other weight makes up for them, and then set to what a reader would say.
GUARDS = {
    "guard:dangling_start": -1.2,
    "guard:dangling_object": -0.6,
    "guard:own_method": -0.1,
    "guard:rests_on_own": -0.25,
    "guard:vague": -0.4,
    "guard:demonstrative_early": -0.85,
    "guard:demonstrative_late": -0.3,
    "guard:back_phrase": -0.1,
    "guard:boilerplate": -1.5,
    "guard:outline": -0.4,
    "guard:setting": -0.35,
    "guard:background": -0.4,
    "guard:prelude": -0.4,
    "guard:secondary": -0.3,
    "guard:others": -0.6,
    "guard:step": -0.2,
    "guard:item": -1.0,
    "guard:material": 0.0,  # only gives way, see choice.py
    "guard:open_end": -0.7,
    "guard:question": -1.0,
    "guard:short": -1.0,
}

Described = list[tuple[dict[str, float], float]]
Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Rows: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]


class Table(NamedTuple):
    names: list[str]
    values: Array  # a row a sentence
    targets: Array
    starts: Rows  # the first row of each paper
    paper_of: Rows


def described(paper: Paper) -> Described:
    """Each sentence of the paper: its features, and its R1 as it would be printed."""
    pieces = sentences.split(sentences.one_line(paper.abstract))
    candidates = features.candidates(paper.title, pieces)
    rows = features.describe(paper.title, candidates)
    targets = [r1(finish_sentence(each.text), paper.references) for each in candidates]
    return list(zip(rows, targets, strict=True))


def table(training: list[Described]) -> Table:
    rows = [row for paper in training for row in paper]
    seen = Counter(name for found, _ in rows for name in found)
    frequent = {name for name, count in seen.items() if count >= RAREST}
    names = sorted(frequent | PRIORS.keys() | FIXED.keys() | GUARDS.keys())
    column = {name: index for index, name in enumerate(names)}
    values = np.zeros((len(rows), len(names)))
    for index, (found, _) in enumerate(rows):
        for name, value in found.items():
            if name in column:
                values[index, column[name]] = value
    lengths = [len(paper) for paper in training]
    starts = np.cumsum([0, *lengths[:-1]])
    targets = np.array([target for _, target in rows])
    return Table(names, values, targets, starts, np.repeat(np.arange(len(lengths)), lengths))


def softmax(scores: Array, data: Table) -> Array:
    """Each sentence's share within its paper."""
    highest = np.maximum.reduceat(scores, data.starts)[data.paper_of]
    grown = np.exp(scores - highest)
    return np.asarray(grown / np.add.reduceat(grown, data.starts)[data.paper_of])


def fit(data: Table) -> dict[str, float]:
    """Listwise cross-entropy with a Gaussian prior, by Adam."""
    prior = np.array([FIXED.get(name, PRIORS.get(name, 0.0)) for name in data.names])
    free = np.array([name not in FIXED for name in data.names])
    wanted = softmax(data.targets / TEMPERATURE, data)
    weights, mean, square = prior.copy(), np.zeros_like(prior), np.zeros_like(prior)
    for step in range(1, STEPS + 1):
        error = softmax(data.values @ weights, data) - wanted
        slope = (data.values.T @ error / len(data.starts) + PULL * (weights - prior)) * free
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        pace = RATE * (1 - 0.97 * step / STEPS)
        length = np.sqrt(square / (1 - 0.999**step)) + 1e-8
        weights = weights - pace * mean / (1 - 0.9**step) / length
    return dict(zip(data.names, weights.tolist(), strict=True)) | GUARDS


def main() -> None:
    source, target = (Path(argument) for argument in sys.argv[1:3])
    learned = fit(table([described(paper) for paper in papers(source)]))
    kept = {name: round(value, 3) for name, value in learned.items() if abs(value) >= SMALLEST}
    target.write_text(json.dumps(kept, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(kept)} weights, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
