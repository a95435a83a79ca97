"""Make the table of how words are used that `newsletter.interests` ships.

python benchmarks/word_usage.py papers.jsonl.gz > newsletter/interests/word_usage.txt

A line of the papers is a JSON object with `id` and `abstract`. A noun is what stands before the end
of a phrase but not behind "is"; it is counted where an article stands before it, or it is a plural.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.interests.lexicon import shipped
from newsletter.interests.word_usage import plural
from newsletter.tex import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FEWEST = 8  # times that a word must be seen
SMALL = 0.2  # of a word's uses, from which on its small letters are no slip
NOUN = 0.04  # of a word's uses; below, they are slips of this count
PLURAL = 0.12  # and of its plural beside it
BARE = 0.25  # of a counted noun's uses at most
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]|\s+")
_ENDS = frozenset(
    re.findall(
        r"\w+",
        "as at by can for from in into is it are of on that to via with was were has have which"
        " while where under using between within through than not may when but will across over",
    )
)
_BEFORE_ADJECTIVE = frozenset(
    re.findall(
        r"\w+",
        "is are be was were been being more most less very highly both become becomes remain"
        " remains often and or not also as too fully",
    )
)
_ARTICLES = frozenset(re.findall(r"\w+", "a an the this our each its their one every another any"))
_PREPOSITIONS = frozenset(
    re.findall(
        r"\w+",
        "of in for on with by from to and or via as at into through between without within using"
        " under over across during is are",
    )
)


class Uses:
    """Counts of words, in small letters."""

    def __init__(self) -> None:
        self.forms: dict[str, Counter[str]] = {}
        self.seen: Counter[str] = Counter()
        self.noun: Counter[str] = Counter()
        self.bare: Counter[str] = Counter()
        self.article: Counter[str] = Counter()

    def read(self, sentence: str) -> None:
        """Count one sentence; its first word's capital says nothing."""
        tokens = _TOKEN.findall(sentence)
        places = [place for place, token in enumerate(tokens) if token[0].isalnum()]
        for number, place in enumerate(places):
            word = tokens[place].lower()
            if number:
                self.forms.setdefault(word, Counter())[tokens[place]] += 1
            behind = [*tokens[place + 1 : place + 3], ".", "."]
            if behind[0] in {"-", "/"}:
                continue
            self.seen[word] += 1
            ends = behind[1].lower() in _ENDS if behind[0].isspace() else behind[0] in ".;:)?!"
            before = [tokens[one].lower() for one in places[max(number - 4, 0) : number]]
            if not ends or (before and _leads_to_adjective(before[-1])):
                continue
            self.noun[word] += 1
            kind = next((one for one in reversed(before) if one in _ARTICLES | _PREPOSITIONS), "")
            self.article[word] += kind in _ARTICLES
            self.bare[word] += kind in _PREPOSITIONS

    def names(self) -> Iterator[str]:
        """The words that are seldom in small letters, as they are written."""
        for word, forms in sorted(self.forms.items()):
            written = max(sorted(forms), key=lambda form: forms[form])
            is_name = written != word and forms[word] < SMALL * forms.total()
            if is_name and forms.total() >= FEWEST and len(word) > 1 and word.isalnum():
                yield written

    def not_nouns(self, words: Sequence[str]) -> Iterator[str]:
        """Those that hardly ever end a phrase; an acronym always can."""
        acronyms = {name.lower() for name in self.names() if not name[1:].islower()}
        for word in words:
            is_plural = self.seen[plural(word)] > PLURAL * self.seen[word]
            if word not in acronyms and not is_plural and self.noun[word] < NOUN * self.seen[word]:
                yield word

    def counted(self, words: Sequence[str]) -> Iterator[str]:
        """The nouns that seldom stand bare."""
        for word in words:
            as_noun = self.bare[word] + self.article[word]
            is_plural = self.seen[plural(word)] > PLURAL * self.seen[word]
            if is_plural and as_noun >= FEWEST / 2 and self.bare[word] < BARE * as_noun:
                yield word


def _leads_to_adjective(word: str) -> bool:
    return word in _BEFORE_ADJECTIVE or word.endswith("ly")


def sentences(path: Path) -> Iterator[str]:
    """Of each paper's abstract once, whatever number of days it stands in."""
    read: set[str] = set()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for paper in map(json.loads, lines):
            if paper["id"] not in read:
                read.add(paper["id"])
                yield from re.split(r"(?<=[.?!:])\s+", to_text(paper["abstract"]))


def main(path: Path) -> Iterator[str]:
    """The lines of the table."""
    uses = Uses()
    for sentence in sentences(path):
        uses.read(sentence)
    frequent = (word for word, times in uses.seen.items() if times >= FEWEST)
    known = sorted(word for word in frequent if word in shipped().frequencies)
    yield f"names: {' '.join(uses.names())}"
    yield f"not nouns: {' '.join(uses.not_nouns(known))}"
    yield f"counted: {' '.join(uses.counted(known))}"


if __name__ == "__main__":
    for row in main(Path(sys.argv[1])):
        print(row)
