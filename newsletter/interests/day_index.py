"""A day's papers by their words, authors and categories: made once, asked for every reader.

A reader's closeness to all papers is a sum over the words of their profile. Weights are whole
numbers. A word that several papers hold has one long integer, 32 bits a paper: adding it treats all
papers at once. The words of one weight are added first, then multiplied together, so that the sum
takes about a millisecond in plain Python.
"""

import struct
from collections.abc import Iterable, Sequence

from newsletter.interests.authors import FollowedAuthor, NameKey, name_keys, wrote
from newsletter.interests.lexicon import Lexicon, shipped
from newsletter.interests.phrases import PhraseIndex
from newsletter.interests.profile import Profile
from newsletter.interests.term_weights import UNIT, term_number
from newsletter.sources.base import Paper

_PAPER_UNIT = 1 << 16  # of a paper's weights; with a profile's, a sum of products stays below 2**32
_LANE = 32  # bits
_SPARSE = 100  # a word in no more than one of so many papers is added one by one: that is faster


class DayIndex:
    """All that readers' profiles are compared with; takes about a millisecond a paper to make."""

    def __init__(self, papers: Sequence[Paper], lexicon: Lexicon | None = None) -> None:
        self.lexicon = lexicon or shipped()
        self.papers = tuple(papers)
        vectors = [
            self.lexicon.vector(paper.title, paper.abstract, categories=paper.categories)
            for paper in papers
        ]
        self.terms = {term_number(term): term for vector in vectors for term in vector}
        self.vectors = [
            {term_number(term): weight for term, weight in vector.items()} for vector in vectors
        ]
        # Of each paper the terms that a reason can name.
        telling = {number for number, term in self.terms.items() if self.lexicon.is_telling(term)}
        self.telling = [vector.keys() & telling for vector in self.vectors]
        self.titles = PhraseIndex([paper.title for paper in papers])
        self.abstracts = PhraseIndex([paper.abstract for paper in papers])
        postings: dict[int, list[tuple[int, float]]] = {}
        self._by_author: dict[NameKey, list[int]] = {}
        self._by_category: dict[str, list[int]] = {}
        for number, paper in enumerate(papers):
            for term, weight in self.vectors[number].items():
                postings.setdefault(term, []).append((number, float(round(weight * _PAPER_UNIT))))
            for key in name_keys(paper.authors):
                self._by_author.setdefault(key, []).append(number)
            for category in set(paper.categories):
                self._by_category.setdefault(category, []).append(number)
        most = max(1, len(papers) // _SPARSE)
        self._postings = {
            term: (0, tuple(held))
            if len(held) <= most
            else (sum(int(weight) << (_LANE * number) for number, weight in held), ())
            for term, held in postings.items()
        }

    def closeness(self, profile: Profile) -> list[float]:
        """The cosine between each paper and the centroid of the liked papers, from 0 to 1."""
        number_of_papers = len(self.papers)
        sums = [0.0] * number_of_papers
        lanes = 0
        held_by = [*map(self._postings.get, profile.weights.terms)]
        for weight, postings in profile.weights.groups(held_by):
            if not (met := [*filter(None, postings)]):
                continue
            many, few = zip(*met, strict=True)
            lanes += weight * sum(filter(None, many))
            for held in filter(None, few):
                for number, its_weight in held:
                    sums[number] += weight * its_weight
        parts = lanes.to_bytes(4 * number_of_papers, "little")
        together = struct.unpack(f"<{number_of_papers}I", parts)
        scale = UNIT * _PAPER_UNIT
        return [(one + other) / scale for one, other in zip(sums, together, strict=True)]

    def by_author(
        self, authors: Iterable[tuple[NameKey, FollowedAuthor]]
    ) -> dict[int, tuple[str, str]]:
        """The papers by one of them: the name as the paper has it, and as it is followed."""
        found: dict[int, tuple[str, str]] = {}
        for key, author in authors:
            for number in self._by_author.get(key, ()):
                paper = self.papers[number]
                name = wrote(author, paper.authors, paper.categories)
                if name is not None:
                    found.setdefault(number, (name, author.name))
        return found

    def in_category(self, categories: Iterable[str]) -> dict[int, str]:
        """The papers in one of them, with the first of those."""
        found: dict[int, str] = {}
        for category in categories:
            for number in self._by_category.get(category, ()):
                found.setdefault(number, category)
        return found
