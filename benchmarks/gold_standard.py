"""The gold standard of reviewers (Stelmakh et al., arXiv:2303.16750), where somebody has it.

    python -m benchmarks.gold_standard FOLDER

The folder is a copy of its repository, niharshah/goldstandard-reviewer-paper-match: 58 researchers
told how well they know papers that they read. `data/evaluations.csv` has that: columns parted by
tabs, `ParticipantID`, `Paper1` to `Paper10` and `Expertise1` to `Expertise10`, from 1 to 5.
`evaluation_datasets/d_20_1` and its siblings have in `submissions.json` these papers by their
identifiers, and in `archives/~<participant>.jsonl` 20 papers of each researcher, a line a paper. A
paper is `{"id": ..., "content": {"title": ..., "abstract": ...}}`.

The loss is the standard's own: of each researcher's pairs of papers, how much expertise is in the
wrong order, of all that there is; a tie is half wrong. It is the mean over the data sets.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import mean, stdev
from typing import TYPE_CHECKING, Any

from benchmarks.personal_rankings import (
    NEEDS_SKLEARN,
    Keywords,
    Ours,
    Ranking,
    Svm,
    has_sklearn,
)
from newsletter.interests.lexicon import shipped
from newsletter.sources.base import Paper, PaperId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Expertise = dict[str, dict[str, float]]  # by the researcher, then by the paper
_SAMPLES = 1000  # of researchers, to tell how sure a loss is


@dataclass(frozen=True)
class DataSet:
    name: str
    submissions: Mapping[str, Paper]
    archives: Mapping[str, Sequence[Paper]]  # by the researcher


def read_expertise(file: Path) -> Expertise:
    with file.open(encoding="utf-8", newline="") as lines:
        return {
            row["ParticipantID"]: {
                row[column]: float(row[column.replace("Paper", "Expertise")])
                for column in row
                if column.startswith("Paper") and row[column]
            }
            for row in csv.DictReader(lines, delimiter="\t")
        }


def read_data_set(folder: Path) -> DataSet:
    submissions = json.loads((folder / "submissions.json").read_text(encoding="utf-8"))
    archives = {
        file.stem.removeprefix("~"): [
            _paper(json.loads(line))
            for line in file.read_text(encoding="utf-8").split("\n")
            if line.strip()
        ]
        for file in sorted((folder / "archives").glob("~*.jsonl"))
    }
    by_name = {name: _paper(paper) for name, paper in submissions.items()}
    return DataSet(folder.name, by_name, archives)


def _paper(data: Mapping[str, Any]) -> Paper:
    content = data["content"]
    return Paper(PaperId(data["id"]), content["title"] or "", content["abstract"] or "", (), ())


def loss(
    scores: Mapping[str, Mapping[str, float]], expertise: Expertise, who: Iterable[str]
) -> float:
    wrong = most = 0.0
    for name in who:
        for (one, known_one), (other, known_other) in combinations(expertise[name].items(), 2):
            weight = abs(known_one - known_other)
            found_one, found_other = scores[name][one], scores[name][other]
            most += weight
            if found_one == found_other:
                wrong += weight / 2
            elif (found_one < found_other) != (known_one < known_other):
                wrong += weight
    return wrong / most


def scored(data: DataSet, ranking: Ranking, who: Iterable[str]) -> dict[str, dict[str, float]]:
    """By what each researcher wrote, among all papers that anybody told of."""
    return {
        name: dict(zip(data.submissions, ranking.scores(data.archives[name]), strict=True))
        for name in who
    }


def compare(folder: Path) -> None:
    """Print the loss of each ranking, and how far it is from the one that others would give."""
    told = read_expertise(folder / "data" / "evaluations.csv")
    losses: dict[str, list[float]] = {}
    sampled: dict[str, list[list[float]]] = {}
    chance = random.Random(16)  # noqa: S311 - no secret
    samples = [chance.choices(sorted(told), k=len(told)) for _ in range(_SAMPLES)]
    for place in sorted((folder / "evaluation_datasets").glob("d_20_*")):
        data = read_data_set(place)
        for ranking in rankings_of(data):
            scores = scored(data, ranking, told)
            losses.setdefault(ranking.name, []).append(loss(scores, told, told))
            by_sample = [loss(scores, told, sample) for sample in samples]
            sampled.setdefault(ranking.name, []).append(by_sample)
    if not losses:
        raise LookupError("evaluation_datasets/d_20_1")
    if not has_sklearn():
        print(NEEDS_SKLEARN)
    for name, found in losses.items():
        error = stdev(map(mean, zip(*sampled[name], strict=True)))
        print(f"{name}: loss {mean(found):.3f} +- {error:.3f} in {len(found)} data sets")


def rankings_of(data: DataSet) -> list[Ranking]:
    candidates = [*data.submissions.values()]
    written = [paper for papers in data.archives.values() for paper in papers]
    svm: list[Ranking] = [Svm(candidates, written)] if has_sklearn() else []
    return [Ours(candidates, shipped()), *svm, Keywords(candidates, shipped())]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    try:
        compare(folder)
    except (OSError, LookupError, ValueError, TypeError) as error:
        sys.exit(f"{folder} does not hold the gold standard as it is published: {error!r}")


if __name__ == "__main__":
    main()
