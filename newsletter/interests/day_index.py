"""A day's papers by their words, authors and categories: made once, asked for every reader.

A reader's closeness to all papers is a sum over the words of their profile. Weights are whole
numbers. A word that several papers hold has one long integer, 24 bits a paper: adding it treats all
papers at once. The words of one weight are added first, then multiplied together. A word of one or
a few papers has them in a short integer. So the sum takes less than half a millisecond in plain
Python, and what it reads stays small.
"""

import struct
from collections.abc import Iterable
from functools import lru_cache
from itertools import compress

from newsletter import taxonomy
from newsletter.interests.author_index import AuthorIndex
from newsletter.interests.authors import FollowedAuthor, NameKey
from newsletter.interests.lexicon import Lexicon, shipped
from newsletter.interests.phrases import PhraseIndex
from newsletter.interests.profile import Profile
from newsletter.interests.term_weights import UNIT, WEIGHTS, term_number
from newsletter.sources.base import Paper

_PAPER_UNIT = 1 << 12  # of a paper's weights; with a profile's, a sum of products stays below 2**24
_WEIGHT = 13  # bits of such a weight
_KEPT = 65_536  # terms of papers, as these write them
_LANE = 24  # bits of a paper in a long integer
# A paper that is close to all others of its day says less of a reader when it is close to them.
_USUAL = 1.5  # so many times its closeness to the others is taken away
_FEW_PAPERS = 50  # of a day, which tell only half of what is usual
_SPARSE = 100  # a word in no more than one of so many papers is added one by one: that is faster


class DayIndex:
    """All that readers' profiles are compared with; takes about a millisecond a paper to make.

    A paper that is given several times counts as what it is first.
    """

    def __init__(self, papers: Iterable[Paper], lexicon: Lexicon | None = None) -> None:
        self.lexicon = lexicon or shipped()
        first: dict[str, Paper] = {}
        for paper in papers:
            first.setdefault(paper.id.arxiv_id, paper)
        self.papers = papers = tuple(first.values())
        vectors = [
            self.lexicon.vector(paper.title, paper.abstract, categories=paper.categories)
            for paper in papers
        ]
        self.terms = {term_number(term): term for vector in vectors for term in vector}
        self.vectors = [
            {term_number(term): weight for term, weight in vector.items()} for vector in vectors
        ]
        telling = {number for number, term in self.terms.items() if self.lexicon.is_telling(term)}
        # Of each paper the terms that a reason can name.
        self.telling = [
            {term: weight for term, weight in vector.items() if term in telling}
            for vector in self.vectors
        ]
        self.titles = PhraseIndex([paper.title for paper in papers])
        self.abstracts = PhraseIndex([paper.abstract for paper in papers])
        self.as_written = lru_cache(maxsize=_KEPT)(self._as_written)
        self._authors = AuthorIndex(papers)
        self._by_category: dict[str, list[int]] = {}
        for number, paper in enumerate(papers):
            for category in taxonomy.covering(paper.categories):
                self._by_category.setdefault(category, []).append(number)
        self._dense: dict[int, int] = {}
        self._sparse: dict[int, int] = {}
        self._number_bits = len(papers).bit_length()
        self._add_postings()
        self.usual_closeness = self._closeness_to_others()

    def _closeness_to_others(self) -> list[float]:
        """How much a ranking takes from each paper's closeness; in sum it takes nothing."""
        number, sums = len(self.papers), dict.fromkeys(self.terms, 0.0)
        for vector in self.vectors:
            for term, weight in vector.items():
                sums[term] += weight
        to_others = [
            sum([weight * (sums[term] - weight) for term, weight in vector.items()])
            for vector in self.vectors
        ]
        share = _USUAL * number / (number + _FEW_PAPERS) / max(1, number - 1)
        mean = sum(to_others) / max(1, number)
        return [share * (total - mean) for total in to_others]

    def _add_postings(self) -> None:
        """Which papers hold each term, with which weights, in one integer a term."""
        postings: dict[int, list[tuple[int, int]]] = {}
        for number, vector in enumerate(self.vectors):
            for term, weight in vector.items():
                postings.setdefault(term, []).append((number, round(weight * _PAPER_UNIT)))
        most, bits = max(1, len(self.papers) // _SPARSE), self._number_bits
        for term, held in postings.items():
            if len(held) > most:
                self._dense[term] = sum(weight << (_LANE * number) for number, weight in held)
            else:
                packed = 0
                for number, weight in held:
                    packed = (packed << _WEIGHT | weight) << bits | number
                self._sparse[term] = packed

    def closeness(self, profile: Profile) -> list[float]:
        """Of each paper to the centroid of the liked papers; 0 where they share no word.

        It is the cosine, a little more for longer texts, and about 1 at most.
        """
        weights, summed = profile.weights, 0
        for weight, held in weights.groups([*map(self._dense.get, weights.terms)]):
            summed += weight * sum(filter(None, held))
        sums = _unpacked(summed, len(self.papers))
        bits = self._number_bits
        last_number, last_weight = (1 << bits) - 1, (1 << _WEIGHT) - 1
        sparse = [*map(self._sparse.get, weights.terms)]
        for packed, level in compress(zip(sparse, weights.levels, strict=True), sparse):
            left = packed or 0
            while left:
                sums[left & last_number] += WEIGHTS[level] * (left >> bits & last_weight)
                left >>= bits + _WEIGHT
        scale = UNIT * _PAPER_UNIT
        return [total / scale for total in sums]

    def _as_written(self, number: int, term: str) -> str:
        """A paper's term as its texts write it: "LLMs"."""
        found = [index.writes(term, number) for index in (self.abstracts, self.titles)]
        return term if term in found else next(filter(None, found), term)

    def by_author(
        self, authors: Iterable[tuple[NameKey, FollowedAuthor]]
    ) -> dict[int, tuple[str, str]]:
        """The papers by one of them: the name as the paper has it, and as it is followed."""
        found: dict[int, tuple[str, str]] = {}
        for key, author in authors:
            for number, name in self._authors.papers_by(key, author):
                found.setdefault(number, (name, author.name))
        return found

    def in_category(self, categories: Iterable[str]) -> dict[int, str]:
        """The papers in one of these categories or archives, each with the first such one."""
        found: dict[int, str] = {}
        for category in categories:
            for number in self._by_category.get(category, ()):
                found.setdefault(number, category)
        return found


def _unpacked(summed: int, number: int) -> list[int]:
    """So many numbers out of a long integer."""
    short = summed.to_bytes(3 * number, "little")
    parts = bytearray(4 * number)
    for byte in range(3):
        parts[byte::4] = short[byte::3]
    return list(struct.unpack(f"<{number}I", parts))
