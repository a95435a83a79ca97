"""Tells how telling a word is: the rarer among many papers, the more.

`document_frequencies.txt` is made by `benchmarks/document_frequencies.py`. Its first line has the
number of papers that were counted, each further line a count and the words that so many of them
hold. A word with a minus sign is one that most papers say only once ("however"): it is no topic.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files

from newsletter.errors import NewsletterError
from newsletter.interests.words import pairs_of, words_of

_PAIR_WEIGHT = 0.7  # of a pair beside a word
_LENGTH_POWER = 0.75  # at 1, a text that says more would count no more than one that says less
_USUAL_LENGTH = 58.0  # of an abstract with its title, before it is set to about 1
_LONGEST = 1.5  # that a vector can be; sums over one are kept in so many bits (`day_index`)
_CATEGORY_WEIGHT = 0.1  # of all categories of a paper, beside its words' 1
_TELLING = 1.5  # the rarity of a word that more than a fifth of all papers hold
# That say nothing of a paper, however rare they are in abstracts.
_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a about above across after again against all along already also although always am among"
        " amongst an and another any are around as at be because been before behind being below"
        " beneath beside besides between beyond both but by can cannot could despite did do does"
        " doing done down during each either else enough even ever every few fewer for from had"
        " has have having he hence her here hers herself him himself his how however i if in into"
        " is it its itself just least less lest like many may me might mine more moreover most much"
        " must my myself neither never nevertheless no nobody none nor not nothing now of off often"
        " on once only onto or other others otherwise ought our ours ourselves out over own per"
        " perhaps quite rather same shall she should since so some somebody something sometimes"
        " still such than that the their theirs them themselves then there thereby therefore these"
        " they this those though through throughout thus till to together too toward towards under"
        " unless unlike until up upon us versus very via was we were what whatever when whenever"
        " where whereas whereby wherein wherever whether which whichever while who whoever whom"
        " whose why will with within without would yet you your yours yourself",
    )
)
# Of groups, and of much else: the SE of SE(3) is no speech enhancement.
_GROUPS = frozenset(("gl", "se", "sl", "so", "sp", "su"))


@dataclass(frozen=True)
class Lexicon:
    """Document frequencies of the commonest words; every other word counts as rarer than these."""

    version: str  # of the counts: profiles of another one are made anew
    papers: int  # that were counted
    frequencies: Mapping[str, int]
    no_topics: frozenset[str] = frozenset()

    @cached_property
    def _rarities(self) -> dict[str, float]:
        return {word: self._rarity(count) for word, count in self.frequencies.items()}

    @cached_property
    def _unknown(self) -> float:
        return self._rarity(min(self.frequencies.values(), default=1) / 2)

    def _rarity(self, count: float) -> float:
        return math.log((self.papers + 1) / (count + 0.5))

    def rarity(self, word: str) -> float:
        """The inverse document frequency: a natural logarithm, about 0 for "the"."""
        return self._rarities.get(word, self._unknown)

    def is_telling(self, term: str) -> bool:
        """Whether a term alone says what a paper is about."""
        return term not in _GROUPS and all(
            len(word) > 1
            and not word.startswith("in:")
            and not word.isdecimal()
            and word not in self.no_topics
            and word not in _FUNCTION_WORDS
            and self.rarity(word) >= _TELLING
            for word in term.split(" ")
        )

    def vector(self, *texts: str, categories: Sequence[str] = ()) -> dict[str, float]:
        """The terms of a paper, words and pairs of words, with weights; their length is about 1.

        A term's weight is the root of how often it stands there times its rarity; a longer text is
        not wholly set to the length of a shorter one, since it says more. Its categories follow as
        terms `in:cs.SD`, with little weight.
        """
        listed = [words_of(text) for text in texts]
        words = Counter(word for part in listed for word in part)
        pairs = Counter(pair for part in listed for pair in pairs_of(part))
        weights = {word: math.sqrt(n) * self.rarity(word) for word, n in words.items()}
        for pair, n in pairs.items():
            first, second = pair.split(" ")
            mean = (self.rarity(first) + self.rarity(second)) / 2
            weights[pair] = _PAIR_WEIGHT * math.sqrt(n) * mean
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        scale = max(_USUAL_LENGTH * (length / _USUAL_LENGTH) ** _LENGTH_POWER, length / _LONGEST)
        vector = {term: weight / scale for term, weight in weights.items()}
        for category in categories:
            vector[f"in:{category}"] = _CATEGORY_WEIGHT / math.sqrt(len(categories))
        return vector


def parse(lines: Sequence[str]) -> Lexicon:
    """A lexicon from the lines of its file."""
    frequencies: dict[str, int] = {}
    for line in lines[1:]:
        count, *words = line.split(" ")
        frequencies |= dict.fromkeys(words, int(count))
    no_topics = frozenset(word[1:] for word in frequencies if word[0] == "-")
    plain = {word.removeprefix("-"): count for word, count in frequencies.items()}
    version = sha256("\n".join(lines).encode()).hexdigest()[:12]
    return Lexicon(version, int(lines[0]), plain, no_topics)


@lru_cache(maxsize=1)
def shipped() -> Lexicon:
    """The one that comes with the package, read once.

    Raises:
        NewsletterError: it is missing or damaged.
    """
    file = files("newsletter.interests") / "document_frequencies.txt"
    try:
        lexicon = parse(file.read_text(encoding="utf-8").splitlines())
        lexicon.rarity("")  # of all words, once
    except (OSError, ValueError, LookupError) as error:
        raise NewsletterError(
            f"{file} cannot be read ({error}), so nothing is picked for anybody;"
            " install newsletter again"
        ) from error
    return lexicon
