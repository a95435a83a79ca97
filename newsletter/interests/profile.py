"""What a person is interested in, and the compact form that a day's papers are ranked by."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from newsletter.interests.authors import FollowedAuthor, NameKey, name_key
from newsletter.interests.lexicon import Lexicon, shipped
from newsletter.interests.phrases import Phrase

LONGEST_PROFILE = 800  # terms; all of them rank no better
UNIT = 1 << 15  # what a weight of 1 is as a whole number


@dataclass(frozen=True)
class LikedPaper:
    """A paper that somebody judged; a title alone will do."""

    title: str
    abstract: str = ""
    arxiv_id: str = ""  # without a version
    categories: Sequence[str] = ()


@dataclass(frozen=True)
class Interests:
    """What a person named; what is not wanted never comes as a pick, whatever else is true."""

    liked: Sequence[LikedPaper] = ()
    disliked: Sequence[LikedPaper] = ()
    authors: Sequence[FollowedAuthor] = ()
    unwanted_authors: Sequence[str] = ()
    words: Sequence[str] = ()  # and phrases; a "*" at the end stands for any ending
    unwanted_words: Sequence[str] = ()
    categories: Sequence[str] = ()
    unwanted_categories: Sequence[str] = ()


@dataclass(frozen=True)
class Profile:
    """Interests made ready: some kB, the same for every day until they change."""

    # The heaviest terms of the liked papers' centroid, whose length is UNIT.
    weights: dict[str, int] = field(default_factory=dict)
    # Of the telling ones among them, the liked paper that each weighs most in.
    owners: dict[str, int] = field(default_factory=dict)
    liked: tuple[LikedPaper, ...] = ()  # without their abstracts
    disliked_ids: frozenset[str] = frozenset()
    # Where something is disliked: term -> (judged paper, weight); disliked ones count from -1 down.
    judged: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
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
        [lexicon.vector(it.title, it.abstract, categories=it.categories) for it in papers]
        for papers in (interests.liked, interests.disliked)
    )
    weights, owners = _centroid(liked)
    owners = {term: owner for term, owner in owners.items() if lexicon.is_telling(term)}
    return Profile(
        weights=weights,
        owners=owners,
        liked=tuple(LikedPaper(paper.title, "", paper.arxiv_id) for paper in interests.liked),
        disliked_ids=frozenset(paper.arxiv_id for paper in interests.disliked if paper.arxiv_id),
        judged=_judged(liked, disliked) if disliked else {},
        authors=keyed_authors(interests.authors),
        unwanted_authors=keyed_authors(
            [FollowedAuthor(name) for name in interests.unwanted_authors]
        ),
        words=parsed_phrases(interests.words),
        unwanted_words=parsed_phrases(interests.unwanted_words),
        categories=tuple(interests.categories),
        unwanted_categories=tuple(interests.unwanted_categories),
    )


def _centroid(vectors: Sequence[dict[str, float]]) -> tuple[dict[str, int], dict[str, int]]:
    sums: dict[str, float] = {}
    owners: dict[str, int] = {}
    highest: dict[str, float] = {}
    for number, vector in enumerate(vectors):
        for term, weight in vector.items():
            sums[term] = sums.get(term, 0.0) + weight
            if weight > highest.get(term, 0.0):
                highest[term], owners[term] = weight, number
    length = math.sqrt(sum(weight * weight for weight in sums.values())) or 1.0
    heaviest = sorted(sums, key=lambda term: (-sums[term], term))[:LONGEST_PROFILE]
    weights = {term: round(UNIT * sums[term] / length) for term in heaviest}
    return weights, {term: owners[term] for term in heaviest}


def _judged(
    liked: Sequence[dict[str, float]], disliked: Sequence[dict[str, float]]
) -> dict[str, list[tuple[int, float]]]:
    numbered = [*enumerate(liked), *((-1 - number, it) for number, it in enumerate(disliked))]
    judged: dict[str, list[tuple[int, float]]] = {}
    for number, vector in numbered:
        for term, weight in vector.items():
            judged.setdefault(term, []).append((number, weight))
    return judged


def keyed_authors(authors: Iterable[FollowedAuthor]) -> tuple[tuple[NameKey, FollowedAuthor], ...]:
    """Each under what names are compared by, without those that are no names."""
    return tuple((key, author) for author in authors if (key := name_key(author.name)))


def parsed_phrases(texts: Iterable[str]) -> tuple[Phrase, ...]:
    """Those that hold a word."""
    return tuple(phrase for phrase in map(Phrase.parse, texts) if phrase)
