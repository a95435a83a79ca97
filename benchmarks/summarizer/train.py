"""Train the embedded summarizer's weights from SciTLDR-A and from readers' judgements.

python -m benchmarks.summarizer.train SCITLDR/train.jsonl PAPERS.jsonl WEIGHTS.json
python -m benchmarks.summarizer.train SCITLDR/train.jsonl PAPERS.jsonl --folds

PAPERS.jsonl has the abstracts that labels.tsv is about. Needs numpy, scipy and rouge-score.
Deterministic: the same input gives the same file.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-not-found, import-untyped, unused-ignore]
from scipy.sparse import (  # type: ignore[import-not-found, import-untyped, unused-ignore]
    csr_matrix,
)

from benchmarks.summarizer import labels
from benchmarks.summarizer.rouge import papers, r1
from newsletter.summaries.extractive import features, sentences, telling
from newsletter.summaries.extractive.candidates import candidates
from newsletter.summaries.extractive.trimming import finish_sentence

TEMPERATURE = 0.06  # of SciTLDR's targets: R1 to probabilities
READERS_COUNT = 2.5  # an abstract that readers judged, beside one of SciTLDR's
PULL, PULL_OF_WORDS = 0.02, 0.04  # towards zero, per feature
PULL_OF_CONTENT = 20.0  # the same, where the losses are summed
RAREST = 25  # sentences that must show a feature
SMALLEST = 0.015  # weights below are not kept
WORDS = ("word:", "do:", "done:", "next:", "before:", "begins:")
# Added after the training: readers' objections that it learns too weakly, as few sentences show
# them and SciTLDR's references count words alone.
OBJECTIONS = {
    "guard:dangling_start": -0.8,
    "guard:dangling_object": -0.6,
    "guard:others": -0.7,
    "guard:prelude": -0.3,
    "guard:secondary": -0.6,
    "guard:outline": -0.4,
    "guard:boilerplate": -1.0,
    "guard:question": -1.0,
    "guard:item": -0.5,
    "guard:short": -0.5,
    "guard:vague": -0.8,
    "guard:material": -0.6,
}
FOLDS = 5

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Rows: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Weights: TypeAlias = dict[str, dict[str, float]]


class Example(NamedTuple):
    """An abstract: its sentences' features, and what each is worth."""

    field: str  # empty in SciTLDR
    kinds: dict[str, float]
    rows: list[dict[str, float]]
    worth: list[float]

    @property
    def target(self) -> Array:
        """The probability with which each should be chosen."""
        worth = np.array(self.worth)
        if not self.field:
            worth = np.exp((worth - worth.max()) / TEMPERATURE)
        total = worth.sum()
        return np.asarray(worth / total if total else np.full(len(worth), 1 / len(worth)))


def scitldr(file: Path) -> list[Example]:
    """The worth of a sentence is its R1 as it would be printed."""
    found = []
    for paper in papers(file):
        kinds, rows, shown, _ = described(paper.title, paper.abstract)
        worth = [r1(finish_sentence(text), paper.references) for text in shown]
        found.append(Example("", kinds, rows, worth))
    return found


def readers(file: Path) -> list[Example]:
    judged, found = labels.judged(), []
    for paper in labels.abstracts(file):
        if paper.arxiv_id in judged:
            kinds, rows, _, stood = described(paper.title, paper.abstract)
            said = judged[paper.arxiv_id]
            worth = [said.worth(text) for text in stood]
            found.append(Example(said.field, kinds, rows, worth))
    return found


def described(
    title: str, abstract: str
) -> tuple[dict[str, float], list[dict[str, float]], list[str], list[str]]:
    """Its kinds, and of its sentences the features, as printed, and as they stand."""
    pieces = sentences.split(sentences.one_line(abstract))
    found = candidates(title, pieces)
    rows = features.describe(title, found)
    return telling.paper_kinds(title, found), rows, [each.text for each in found], pieces


def parameters(examples: Sequence[Example]) -> list[tuple[str, str]]:
    """The kind of abstract and the feature of each weight."""
    seen: Counter[tuple[str, str]] = Counter()
    for example in examples:
        kinds = ["all", *(kind for kind, share in example.kinds.items() if share > 0.3)]  # noqa: PLR2004
        seen.update(
            (kind, name)
            for row in example.rows
            for name, value in row.items()
            if value
            for kind in kinds
        )
    return sorted(
        (kind, name)
        for (kind, name), count in seen.items()
        if count >= RAREST and (kind == "all" or seen["all", name] - count >= RAREST)
    )


def matrix(examples: Sequence[Example], names: Sequence[tuple[str, str]]) -> Any:  # noqa: ANN401
    """A row a sentence, a column a weight."""
    column = {name: index for index, name in enumerate(names)}
    cells = [
        (index, column[kind, name], value * share)
        for index, (example, row) in enumerate(_sentences(examples))
        for kind, share in [("all", 1.0), *example.kinds.items()]
        for name, value in row.items()
        if (kind, name) in column and value * share
    ]
    rows, columns, values = zip(*cells, strict=True)
    count = sum(len(example.rows) for example in examples)
    return csr_matrix((values, (rows, columns)), shape=(count, len(names)))


def _sentences(examples: Sequence[Example]) -> Iterator[tuple[Example, dict[str, float]]]:
    return ((example, row) for example in examples for row in example.rows)


def fit(examples: Sequence[Example]) -> Weights:
    """Listwise cross-entropy with a Gaussian prior."""
    names = parameters(examples)
    values = matrix(examples, names)
    turned = values.T.tocsr()
    lengths = [len(example.rows) for example in examples]
    starts = np.cumsum([0, *lengths[:-1]])
    paper_of = np.repeat(np.arange(len(lengths)), lengths)
    wanted = np.concatenate([example.target for example in examples])
    counts = np.array([READERS_COUNT if example.field else 1.0 for example in examples])
    counts = (counts / counts.sum())[paper_of]
    pull = np.array([PULL_OF_WORDS if name.startswith(WORDS) else PULL for _, name in names])

    def loss(weights: Array) -> tuple[float, Array]:
        share = softmax(values @ weights, starts, paper_of)
        entropy = -(counts * wanted * np.log(share + 1e-12)).sum()
        slope = turned @ ((share - wanted) * counts) + pull * weights
        return float(entropy + (pull * weights * weights).sum() / 2), slope

    start = np.zeros(len(names))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    weights: Weights = defaultdict(dict)
    for (kind, name), value in zip(names, found.x.tolist(), strict=True):
        weights[kind][name] = value
    for name, value in OBJECTIONS.items():
        weights["all"][name] = weights["all"].get(name, 0.0) + value
    return dict(weights)


def fit_content(examples: Sequence[Example]) -> dict[str, float]:
    """Log odds that readers find a sentence usable, whatever the others are: logistic."""
    judged = [example._replace(kinds={}) for example in examples if example.field]
    names = parameters(judged)
    values = matrix(judged, names)
    turned = values.T.tocsr()
    usable = np.array([w >= labels.USABLE for each in judged for w in each.worth], dtype=float)

    def loss(weights: Array) -> tuple[float, Array]:
        odds = values @ weights[1:] + weights[0]
        entropy = (np.logaddexp(0, odds) - usable * odds).sum()
        error = 1 / (1 + np.exp(-odds)) - usable
        slope = np.concatenate([[error.sum()], turned @ error + PULL_OF_CONTENT * weights[1:]])
        return float(entropy + PULL_OF_CONTENT * (weights[1:] ** 2).sum() / 2), slope

    start = np.zeros(len(names) + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400})
    bias, *others = found.x.tolist()
    return {"bias": bias} | {name: value for (_, name), value in zip(names, others, strict=True)}


def softmax(scores: Array, starts: Rows, paper_of: Rows) -> Array:
    """Each sentence's share within its paper."""
    highest = np.maximum.reduceat(scores, starts)[paper_of]
    grown = np.exp(scores - highest)
    return np.asarray(grown / np.add.reduceat(grown, starts)[paper_of])


def chosen_worth(example: Example, weights: Weights) -> float:
    """What the sentence is worth that has the highest score, lengths aside."""
    tables = [(1.0, weights["all"])]
    tables += [(share, weights.get(kind, {})) for kind, share in example.kinds.items()]
    scores = [
        sum(share * sum(table.get(n, 0.0) * v for n, v in row.items()) for share, table in tables)
        for row in example.rows
    ]
    return example.worth[scores.index(max(scores))]


def across_folds(examples: Sequence[Example]) -> dict[str, list[float]]:
    """What the chosen sentences are worth that the weights were not made from, by field."""
    fold_of = np.random.default_rng(0).permutation(len(examples)) % FOLDS
    worth = defaultdict(list)
    for fold in range(FOLDS):
        numbered = list(zip(fold_of.tolist(), examples, strict=True))
        weights = fit([example for at, example in numbered if at != fold])
        for at, example in numbered:
            if at == fold:
                worth[example.field].append(chosen_worth(example, weights))
    return worth


def report(worth: dict[str, list[float]]) -> None:
    print(f"SciTLDR: R1 {100 * np.mean(worth.pop('')):.2f}")
    worth["all fields"] = [value for values in worth.values() for value in values]
    for field, values in sorted(worth.items()):
        usable = sum(value >= labels.USABLE for value in values)
        best = sum(value >= labels.BEST for value in values)
        share = 100 * usable / len(values)
        print(f"{field}: {usable} of {len(values)} usable ({share:.1f} %), {best} the best")


def main() -> None:
    source, abstracts, target = sys.argv[1:4]
    examples = scitldr(Path(source)) + readers(Path(abstracts))
    if target == "--folds":
        report(across_folds(examples))
        return
    tables = fit(examples) | {"content": fit_content(examples)}
    kept = {
        kind: {name: round(value, 3) for name, value in table.items() if abs(value) >= SMALLEST}
        for kind, table in tables.items()
    }
    Path(target).write_text(json.dumps(kept, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{sum(map(len, kept.values()))} weights, {Path(target).stat().st_size} bytes")


if __name__ == "__main__":
    main()
