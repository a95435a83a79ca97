"""Train the embedded summarizer's weights from SciTLDR-A and from readers' judgements.

python -m benchmarks.summarizer.train SCITLDR/train.jsonl PAPERS.jsonl WEIGHTS.json
python -m benchmarks.summarizer.train SCITLDR/train.jsonl PAPERS.jsonl --folds

PAPERS.jsonl has the abstracts that labels.tsv is about. Needs numpy, scipy, rouge-score and
lightgbm. Deterministic: the same input gives the same file.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import lightgbm  # type: ignore[import-not-found, import-untyped, unused-ignore]
import numpy as np
from scipy.optimize import minimize  # type: ignore[import-not-found, import-untyped, unused-ignore]
from scipy.sparse import (  # type: ignore[import-not-found, import-untyped, unused-ignore]
    csr_matrix,
)

from benchmarks.summarizer import labels
from benchmarks.summarizer.rouge import papers, r1
from newsletter.summaries.extractive import features, sentences
from newsletter.summaries.extractive.candidates import candidates
from newsletter.summaries.extractive.paper_kinds import paper_kinds
from newsletter.summaries.extractive.scoring import Scorer, Weights, seen_by_trees
from newsletter.summaries.extractive.trees import Tree
from newsletter.summaries.extractive.trimming import finish_sentence
from newsletter.text import one_line

TEMPERATURE = 0.06  # of SciTLDR's targets: R1 to probabilities
READERS_COUNT, READERS_COUNT_OF_LEARNING = 2.5, 0.25  # an abstract of theirs, beside SciTLDR's
PULL, PULL_OF_WORDS = 0.02, 0.04  # towards zero, per feature
PULL_OF_CONTENT = 20.0  # the same, where the losses are summed
RAREST = 25  # sentences that must show a feature
SMALLEST = 0.015  # weights below are not kept
TREES = {
    "objective": "rank_xendcg",
    "num_leaves": 8,
    "learning_rate": 0.1,
    "min_data_in_leaf": 30,
    "feature_fraction": 0.3,
    "lambda_l2": 5,
    "use_missing": False,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "seed": 0,
    "verbose": -1,
}
ROUNDS = 100
GRADES = 4  # of a sentence for the trees: the best of all its readings has this one
WORDS = ("word:", "do:", "done:", "next:", "before:", "begins:")
FOLDS = 5

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Rows: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]


class Example(NamedTuple):
    """An abstract: its sentences' features, and what each is worth."""

    field: str  # empty in SciTLDR
    kinds: dict[str, float]
    rows: list[dict[str, float]]
    worth: list[float]
    usable: list[float]  # the share of readers that called each so

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
        found.append(Example("", kinds, rows, worth, []))
    return found


def readers(file: Path) -> list[Example]:
    judged, found = labels.judged(), []
    for paper in labels.abstracts(file):
        if paper.arxiv_id in judged:
            kinds, rows, _, stood = described(paper.title, paper.abstract)
            said = judged[paper.arxiv_id]
            worth = [said.worth(text) for text in stood]
            usable = [said.usable(text) for text in stood]
            found.append(Example(said.field, kinds, rows, worth, usable))
    return found


def described(
    title: str, abstract: str
) -> tuple[dict[str, float], list[dict[str, float]], list[str], list[str]]:
    """Its kinds, and of its sentences the features, as printed, and as they stand."""
    pieces = sentences.split(one_line(abstract))
    found = candidates(title, pieces)
    rows = features.describe(title, found)
    return paper_kinds(title, found), rows, [each.text for each in found], pieces


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
    judged = [example._replace(kinds={}) for example in examples if example.field]
    trees = fit_trees([example for example in examples if example.field])
    return Weights(fit_tables(examples), fit_content(judged), trees)


def fit_tables(examples: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Listwise cross-entropy with a Gaussian prior."""
    names = parameters(examples)
    values = matrix(examples, names)
    turned = values.T.tocsr()
    lengths = [len(example.rows) for example in examples]
    starts = np.cumsum([0, *lengths[:-1]])
    paper_of = np.repeat(np.arange(len(lengths)), lengths)
    wanted = np.concatenate([example.target for example in examples])
    counts = np.array([counted(example) for example in examples])
    counts = (counts / counts.sum())[paper_of]
    pull = np.array([PULL_OF_WORDS if name.startswith(WORDS) else PULL for _, name in names])

    def loss(weights: Array) -> tuple[float, Array]:
        share = softmax(values @ weights, starts, paper_of)
        entropy = -(counts * wanted * np.log(share + 1e-12)).sum()
        slope = turned @ ((share - wanted) * counts) + pull * weights
        return float(entropy + (pull * weights * weights).sum() / 2), slope

    start = np.zeros(len(names))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    weights: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (kind, name), value in zip(names, found.x.tolist(), strict=True):
        weights[kind][name] = value
    return dict(weights)


def counted(example: Example) -> float:
    """How much an abstract counts for the tables: less where SciTLDR has its like."""
    if not example.field:
        return 1.0
    plain = example.kinds["plain"]
    return READERS_COUNT * plain + READERS_COUNT_OF_LEARNING * (1 - plain)


def fit_content(judged: Sequence[Example]) -> dict[str, float]:
    """Log odds that readers find a sentence usable, whatever the others are: logistic."""
    names = parameters(judged)
    values = matrix(judged, names)
    turned = values.T.tocsr()
    usable = np.array([share for each in judged for share in each.usable])

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


def fit_trees(judged: Sequence[Example]) -> list[Tree]:
    """Boosted trees that put an abstract's sentences in order."""
    seen = [
        example._replace(kinds={}, rows=[seen_by_trees(row, example.kinds) for row in example.rows])
        for example in judged
    ]
    names = parameters(seen)
    grades = [round(GRADES * worth) for example in judged for worth in example.worth]
    lengths = [len(example.rows) for example in judged]
    data = lightgbm.Dataset(matrix(seen, names), grades, group=lengths)
    model = lightgbm.train(TREES, data, ROUNDS).dump_model()
    named = [name for _, name in names]
    return [as_tree(tree["tree_structure"], named) for tree in model["tree_info"]]


def as_tree(node: dict[str, Any], names: Sequence[str]) -> Tree:
    if "leaf_value" in node:
        return round(float(node["leaf_value"]), 3)
    low, high = (as_tree(node[side], names) for side in ("left_child", "right_child"))
    return [names[node["split_feature"]], round(node["threshold"], 4), low, high]


def softmax(scores: Array, starts: Rows, paper_of: Rows) -> Array:
    """Each sentence's share within its paper."""
    highest = np.maximum.reduceat(scores, starts)[paper_of]
    grown = np.exp(scores - highest)
    return np.asarray(grown / np.add.reduceat(grown, starts)[paper_of])


def chosen(example: Example, scorer: Scorer) -> int:
    """Which sentence has the highest score, lengths aside."""
    scored = scorer.scores(example.rows, example.kinds)
    return scored.index(max(scored))


def across_folds(examples: Sequence[Example]) -> Iterator[tuple[Example, int]]:
    """Each abstract with the sentence chosen by weights that were not made from it."""
    fold_of = np.random.default_rng(0).permutation(len(examples)) % FOLDS
    numbered = list(zip(fold_of.tolist(), examples, strict=True))
    for fold in range(FOLDS):
        scorer = Scorer(fit([example for at, example in numbered if at != fold]))
        yield from ((each, chosen(each, scorer)) for at, each in numbered if at == fold)


def report(picked: Iterable[tuple[Example, int]]) -> None:
    """R1, the mean share of readers that call the chosen usable, and how often any are."""
    r1s, shares, best = [], defaultdict(list), defaultdict(list)
    for example, at in picked:
        if not example.field:
            r1s.append(example.worth[at])
            continue
        for field in (example.field, "all fields"):
            shares[field].append(example.usable[at])
            best[field].append(max(example.usable))
    print(f"SciTLDR: R1 {100 * np.mean(r1s):.2f}")
    for field, values in sorted(shares.items()):
        possible = 100 * np.mean(best[field])
        print(f"{field}: {100 * np.mean(values):.1f} % of {len(values)}, at best {possible:.1f} %")


def main() -> None:
    source, abstracts, target = sys.argv[1:4]
    examples = scitldr(Path(source)) + readers(Path(abstracts))
    if target == "--folds":
        report(across_folds(examples))
        return
    weights = fit(examples)
    kept = weights._replace(
        tables={kind: without_small(table) for kind, table in weights.tables.items()},
        content=without_small(weights.content),
    )
    text = json.dumps(kept._asdict(), indent=0, sort_keys=True)
    Path(target).write_text(text + "\n", encoding="utf-8")
    print(f"{Path(target).stat().st_size} bytes")


def without_small(table: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in table.items() if abs(value) >= SMALLEST}


if __name__ == "__main__":
    main()
