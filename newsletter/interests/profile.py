"""A person's interests, and the profile: their compact form for ranking a day's papers."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from newsletter.errors import WrongUseError
from newsletter.interests.authors import FollowedAuthor, NameKey, name_keys, several
from newsletter.interests.lexicon import Lexicon, shipped
from newsletter.interests.phrases import Phrase
from newsletter.interests.term_weights import TermWeights, term_number

LONGEST_PROFILE = 800  # terms; all of them rank no better
_JUDGED_TERMS = 1200  # of all liked and disliked papers by themselves
_FEWEST_TERMS = 12  # of one of them


@dataclass(frozen=True)
class LikedPaper:
    """A paper that a reader judged; a title alone will do."""

    title: str
    abstract: str = ""
    arxiv_id: str = ""  # without a version
    categories: Sequence[str] = ()


@dataclass(frozen=True)
class Interests:
    """All that a person named. A paper with something unwanted is never a pick.

    Raises:
        WrongUseError: something else is named than a field holds.
    """

    liked: Iterable[LikedPaper] = ()
    disliked: Iterable[LikedPaper] = ()
    authors: Iterable[FollowedAuthor | str] = ()  # a name alone will do
    unwanted_authors: Iterable[str] = ()
    words: Iterable[str] = ()  # and phrases; a "*" at the end stands for any ending
    unwanted_words: Iterable[str] = ()
    categories: Iterable[str] = ()
    unwanted_categories: Iterable[str] = ()

    def __post_init__(self) -> None:
        for name, types in _HELD.items():
            values = several(name, getattr(self, name))
            wrong = next((value for value in values if not isinstance(value, types)), None)
            if wrong is not None:
                held = " or a ".join(kind.__name__ for kind in types)
                raise WrongUseError(f"{name}: {wrong!r} is not a {held}")
            object.__setattr__(self, name, values)
        for paper in (*self.liked, *self.disliked):
            several("categories of a liked paper", paper.categories)


_HELD: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("liked", "disliked"), (LikedPaper,)),
    "authors": (FollowedAuthor, str),
    **dict.fromkeys(("unwanted_authors", "words", "unwanted_words"), (str,)),
    **dict.fromkeys(("categories", "unwanted_categories"), (str,)),
}


@dataclass(frozen=True)
class Profile:
    """Interests made ready: some kB, the same for every day until they change."""

    weights: TermWeights = field(default_factory=TermWeights)  # the liked papers' centroid
    owners: tuple[int, ...] = ()  # of each of its terms, the liked paper that it weighs most in
    liked: tuple[LikedPaper, ...] = ()  # without their abstracts
    disliked_ids: frozenset[str] = frozenset()
    # Of each liked paper, and of each disliked one, where there is one of these: the heaviest.
    judged: tuple[TermWeights, ...] = ()
    authors: tuple[tuple[NameKey, FollowedAuthor], ...] = ()
    unwanted_authors: tuple[tuple[NameKey, FollowedAuthor], ...] = ()
    words: tuple[Phrase, ...] = ()
    unwanted_words: tuple[Phrase, ...] = ()
    categories: tuple[str, ...] = ()
    unwanted_categories: tuple[str, ...] = ()


def compile_profile(interests: Interests, lexicon: Lexicon | None = None) -> Profile:
    """Count the words of the liked papers once; takes about a millisecond a paper."""
    lexicon = lexicon or shipped()
    liked, disliked = (
        [
            lexicon.vector(paper.title, paper.abstract, categories=paper.categories)
            for paper in papers
        ]
        for papers in (interests.liked, interests.disliked)
    )
    sums, owners = _added(liked)
    length = math.sqrt(sum(weight * weight for weight in sums.values())) or 1.0
    centroid = {term: weight / length for term, weight in sums.items()}
    weights = TermWeights.of(centroid, LONGEST_PROFILE)
    most = max(_JUDGED_TERMS // max(1, len(liked + disliked)), _FEWEST_TERMS)
    return Profile(
        weights=weights,
        owners=tuple(owners[term] for term in weights.terms),
        liked=tuple(LikedPaper(paper.title, "", paper.arxiv_id) for paper in interests.liked),
        disliked_ids=frozenset(paper.arxiv_id for paper in interests.disliked if paper.arxiv_id),
        judged=tuple(TermWeights.of(vector, most) for vector in liked + disliked)
        if disliked
        else (),
        authors=keyed_authors(interests.authors),
        unwanted_authors=keyed_authors(interests.unwanted_authors),
        words=parsed_phrases(interests.words),
        unwanted_words=parsed_phrases(interests.unwanted_words),
        categories=tuple(interests.categories),
        unwanted_categories=tuple(interests.unwanted_categories),
    )


def _added(vectors: Sequence[Mapping[str, float]]) -> tuple[dict[str, float], dict[int, int]]:
    """The sum, and by the number of each term the vector that it weighs most in."""
    sums: dict[str, float] = {}
    owners: dict[str, int] = {}
    highest: dict[str, float] = {}
    for number, vector in enumerate(vectors):
        for term, weight in vector.items():
            sums[term] = sums.get(term, 0.0) + weight
            if weight > highest.get(term, 0.0):
                highest[term], owners[term] = weight, number
    return sums, {term_number(term): owner for term, owner in owners.items()}


def keyed_authors(
    authors: Iterable[FollowedAuthor | str],
) -> tuple[tuple[NameKey, FollowedAuthor], ...]:
    """Each author under the keys that names are compared by; texts without letters have none."""
    followed = (FollowedAuthor(author) if isinstance(author, str) else author for author in authors)
    return tuple((key, author) for author in followed for key in sorted(name_keys([author.name])))


def parsed_phrases(texts: Iterable[str]) -> tuple[Phrase, ...]:
    """The phrases in these texts; a text without a word is left out."""
    return tuple(phrase for phrase in map(Phrase.parse, texts) if phrase)
