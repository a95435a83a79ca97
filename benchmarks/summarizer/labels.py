"""What readers said of every sentence of some thousand abstracts of fifteen fields.

labels.tsv has a line a reading: the paper's arXiv id, its field, the usable sentences, the best
first, and the weak ones. Each is told by its number in the abstract and a hash of its first
letters, as the abstracts are not ours to give away; a sentence that is not named is bad. A paper
that two readers read has two lines.
"""

import hashlib
import json
from pathlib import Path
from statistics import fmean as mean
from typing import NamedTuple

LABELS = Path(__file__).with_name("labels.tsv")
LETTERS = 40  # at the beginning of a sentence, by which it is known
# What each kind of sentence is worth: the best, another usable one, a weak one.
BEST, USABLE, WEAK = 1.0, 0.75, 0.08


class Reading(NamedTuple):
    """What one reader said of an abstract."""

    usable: list[str]  # sentences' marks, the best first
    weak: list[str]

    def worth(self, known_by: str) -> float:
        if known_by in self.usable:
            return BEST if known_by == self.usable[0] else USABLE
        return WEAK if known_by in self.weak else 0.0


class Judged(NamedTuple):
    field: str
    readings: list[Reading]

    def worth(self, sentence: str) -> float:
        """Of a sentence as it stands in the abstract: the mean of its readings."""
        known_by = mark(sentence)
        return mean(reading.worth(known_by) for reading in self.readings)

    def usable(self, sentence: str) -> float:
        """The share of readers that called it usable."""
        known_by = mark(sentence)
        return mean(known_by in reading.usable for reading in self.readings)


class Abstract(NamedTuple):
    arxiv_id: str
    title: str
    abstract: str


def mark(sentence: str) -> str:
    letters = "".join(filter(str.isalnum, sentence.lower()))[:LETTERS]
    return hashlib.sha256(letters.encode()).hexdigest()[:6]


def judged() -> dict[str, Judged]:
    """By arXiv id."""
    found: dict[str, Judged] = {}
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        arxiv_id, field, *lists = line.split("\t")
        usable, weak = ([each.split(":")[1] for each in text.split()] for text in lists)
        found.setdefault(arxiv_id, Judged(field, [])).readings.append(Reading(usable, weak))
    return found


def abstracts(file: Path) -> list[Abstract]:
    """Lines of JSON with `id`, `title` and `abstract`, in the order of their ids."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return sorted(Abstract(row["id"], row["title"], row["abstract"]) for row in rows)
