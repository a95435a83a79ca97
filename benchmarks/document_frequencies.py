"""Make the table of words that `newsletter.interests` ships, from papers of earlier days.

python benchmarks/document_frequencies.py papers.jsonl.gz
    > newsletter/interests/document_frequencies.txt

A line of the papers is a JSON object with `id`, `title` and `abstract`.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.interests.lexicon import count_words

if TYPE_CHECKING:
    from collections.abc import Iterator


def texts(path: Path) -> Iterator[str]:
    """A text for each paper, whatever number of days it stands in."""
    seen: set[str] = set()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            if paper["id"] not in seen:
                seen.add(paper["id"])
                yield f"{paper['title']}\n{paper['abstract']}"


if __name__ == "__main__":
    for row in count_words(texts(Path(sys.argv[1]))):
        print(row)
