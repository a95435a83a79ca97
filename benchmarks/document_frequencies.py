"""Make the table of words that `newsletter.interests` ships, from papers of earlier days.

python benchmarks/document_frequencies.py papers.jsonl.gz
    > newsletter/interests/document_frequencies.txt

A line of the papers is a JSON object with `id`, `title` and `abstract`.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.interests.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_COMMONEST = 20_000  # words; more of them rank no better
_TOPIC = 1.25  # how often a paper that holds a topic's word holds it, on average, at least


def texts(path: Path) -> Iterator[str]:
    """A text for each paper, whatever number of days it stands in."""
    seen: set[str] = set()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            if paper["id"] not in seen:
                seen.add(paper["id"])
                yield f"{paper['title']}\n{paper['abstract']}"


def count_words(texts: Iterable[str]) -> Iterator[str]:
    """The lines of a lexicon's file, from a text a paper; only the commonest words are in it."""
    holding: Counter[str] = Counter()
    standing: Counter[str] = Counter()
    papers = 0
    for text in texts:
        papers += 1
        words = Counter(words_of(text))
        holding.update(words.keys())
        standing.update(words)
    yield str(papers)
    commonest = sorted(holding.items(), key=lambda item: (-item[1], item[0]))[:_COMMONEST]
    for count, group in groupby(commonest, key=lambda item: item[1]):
        words_of_count = [
            word if standing[word] >= _TOPIC * count else f"-{word}" for word, _ in group
        ]
        yield f"{count} {' '.join(words_of_count)}"


if __name__ == "__main__":
    for row in count_words(texts(Path(sys.argv[1]))):
        print(row)
