"""Score the embedded summarizer on a split of SciTLDR-A, and time it.

python -m benchmarks.summarizer.score SCITLDR/dev.jsonl

Needs rouge-score. Prints mean R1, R2, RL and milliseconds an abstract, beside the plain rules: the
first sentence, and the first that says "we propose / introduce / present / develop".
"""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.summarizer.rouge import Paper, papers, scores
from newsletter.summaries.extractive import quoted, sentences, summarize
from newsletter.text import one_line

ROUNDS = 3
_PROPOSES = re.compile(r"\bwe (?:propose|introduce|present|develop)\b", re.IGNORECASE)


def plain_rule(paper: Paper) -> str:
    pieces = sentences.split(one_line(paper.abstract))
    return next((piece for piece in pieces if _PROPOSES.search(piece)), pieces[0])


def reported(name: str, split: list[Paper], predict: Callable[[Paper], str]) -> None:
    each = [scores(predict(paper), paper.references) for paper in split]
    means = [sum(column) / len(each) for column in zip(*each, strict=True)]
    timed = f"{milliseconds(split, predict):8.2f}"
    print(f"{name:16}" + " ".join(f"{mean:6.2f}" for mean in means) + timed)


def milliseconds(split: list[Paper], predict: Callable[[Paper], str]) -> float:
    """The best of a few rounds, so that a busy machine counts less."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for paper in split:
            predict(paper)
        rounds.append(time.process_time() - begun)
    return 1000 * min(rounds) / len(split)


def main() -> None:
    split = papers(Path(sys.argv[1]))
    print(f"{len(split)} papers      R1     R2     RL   ms an abstract")
    reported("first sentence", split, lambda paper: paper.sentences[0])
    reported("first, trimmed", split, lambda paper: quoted(paper.sentences[0]))
    reported("we propose", split, plain_rule)
    reported("summarize", split, lambda paper: summarize(paper.title, paper.abstract))


if __name__ == "__main__":
    main()
