"""Score the embedded summarizer on a split of SciTLDR-A, and time it.

python -m benchmarks.summarizer.score SCITLDR/dev.jsonl

Needs rouge-score. Prints mean R1, R2, RL and milliseconds an abstract, beside the first sentence.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.summarizer.rouge import Paper, papers, scores
from newsletter.summaries.extractive import quoted, summarize

ROUNDS = 3


def reported(name: str, split: list[Paper], predict: Callable[[Paper], str]) -> None:
    each = [scores(predict(paper), paper.references) for paper in split]
    means = [sum(column) / len(each) for column in zip(*each, strict=True)]
    print(f"{name:16}" + " ".join(f"{mean:6.2f}" for mean in means))


def milliseconds(split: list[Paper]) -> float:
    """The best of a few rounds, so that a busy machine counts less."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for paper in split:
            summarize(paper.title, paper.abstract)
        rounds.append(time.process_time() - begun)
    return 1000 * min(rounds) / len(split)


def main() -> None:
    split = papers(Path(sys.argv[1]))
    print(f"{len(split)} papers      R1     R2     RL")
    reported("first sentence", split, lambda paper: paper.sentences[0])
    reported("first, trimmed", split, lambda paper: quoted(paper.sentences[0]))
    reported("summarize", split, lambda paper: summarize(paper.title, paper.abstract))
    print(f"{milliseconds(split):.2f} ms an abstract")


if __name__ == "__main__":
    main()
