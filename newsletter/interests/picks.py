"""The papers of a day that come first for one person, each with the reasons why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import count, islice
from operator import or_

from newsletter.interests.day_index import DayIndex
from newsletter.interests.phrases import Phrase, PhraseIndex, numbers_in
from newsletter.interests.pick_reasons import PickReason, ReasonType
from newsletter.interests.profile import Profile
from newsletter.interests.term_weights import WEIGHTS
from newsletter.sources.base import Paper

MOST_PICKS = 10
_MOST_WORDS = 3  # that a reason names
_BEGINNING = 6  # letters, which the forms of a word have in common
# Parts of a score: the stronger kind decides, whatever the weaker ones say. Closeness and category
# together stay as they are between these bounds, and come less than `_BEYOND` further.
_AUTHOR, _IN_TITLE, _IN_ABSTRACT, _CATEGORY = 4.0, 2.0, 1.0, 0.01
_LEAST_CLOSE, _MOST_CLOSE, _BEYOND = -0.1, 0.7, 0.1
_ANYTHING = 5e-324  # the smallest score that is one
FLOOR = 0.03  # a closeness below it is chance: half of all papers have 0.025
_WORTH_SAYING = 2 * FLOOR  # behind a stronger reason


@dataclass(frozen=True)
class Pick:
    paper: Paper
    score: float
    reasons: tuple[PickReason, ...]  # strongest first; never empty


def pick_papers(day: DayIndex, profile: Profile, most: int | None = MOST_PICKS) -> list[Pick]:
    """At most that many papers, best first; ties stand in the order of the day.

    Followed authors come first, then wanted words in the title, then in the abstract, then
    closeness to liked papers. A disliked paper, or one with an unwanted word, author or category,
    is left out. So is one that is only close, if a disliked paper is closer than any liked one.
    Closeness alone must be `FLOOR` at least. `most` as None is for measuring: all papers are ranked
    that share a telling word with a liked one.
    """
    return _Reader(day, profile, 0.0 if most is None else FLOOR).picks(most)


def unwanted_papers(day: DayIndex, profile: Profile) -> set[int]:
    """The places of papers with an unwanted word, author or category, and of disliked ones."""
    unwanted = {*day.by_author(profile.unwanted_authors)}
    unwanted |= day.in_category(profile.unwanted_categories).keys()
    for index in (day.titles, day.abstracts):
        unwanted.update(_NamedWords(index, profile.unwanted_words).papers)
    if profile.disliked_ids:
        unwanted |= {
            number
            for number, paper in enumerate(day.papers)
            if paper.id.arxiv_id in profile.disliked_ids
        }
    return unwanted


class _Reader:
    """One reader's look at one day."""

    def __init__(self, day: DayIndex, profile: Profile, floor: float) -> None:
        self._day, self._profile, self._floor = day, profile, floor
        self._authors = day.by_author(profile.authors)
        self._titles = _NamedWords(day.titles, profile.words)
        self._abstracts = _NamedWords(day.abstracts, profile.words)
        self._categories = day.in_category(profile.categories)
        self._liked_ids = {paper.arxiv_id for paper in profile.liked if paper.arxiv_id}
        self._closeness = day.closeness(profile)

    def picks(self, most: int | None) -> list[Pick]:
        scores = self._unusual_closeness()
        for number in self._categories:
            scores[number] += _CATEGORY
        scores = [
            score if _LEAST_CLOSE <= score <= _MOST_CLOSE else _bounded(score) for score in scores
        ]
        named = (
            (self._authors, _AUTHOR),
            (self._titles.papers, _IN_TITLE),
            (self._abstracts.papers, _IN_ABSTRACT),
        )
        for found, worth in named:
            for number in found:
                scores[number] += worth
        least, closeness = self._floor or _ANYTHING, self._closeness
        names = {*self._categories, *(number for found, _ in named for number in found)}
        ranked = [n for n, close in enumerate(closeness) if close >= least or n in names]
        if unwanted := unwanted_papers(self._day, self._profile):
            ranked = [number for number in ranked if number not in unwanted]
        # Ties stay in their order, also in a sort that is turned round.
        ranked.sort(key=scores.__getitem__, reverse=True)
        picks = (
            Pick(self._day.papers[number], scores[number], reasons)
            for number in ranked
            if (reasons := self._reasons(number))
        )
        return list(islice(picks, most))

    def _unusual_closeness(self) -> list[float]:
        """Less where a paper is close to all of the day; what is not close at all stays so."""
        return [
            close - usual if close >= FLOOR else close - usual * close / FLOOR
            for close, usual in zip(self._closeness, self._day.usual_closeness, strict=True)
        ]

    def _reasons(self, number: int) -> tuple[PickReason, ...]:
        reasons: list[PickReason] = []
        if number in self._authors:
            reasons.append(PickReason(ReasonType.AUTHOR, self._authors[number][0]))
        in_title = self._titles.places(number)
        if in_title:
            words = self._titles.as_found(in_title, number)
            reasons.append(PickReason(ReasonType.IN_TITLE, "", words))
        further = [place for place in self._abstracts.places(number) if place not in in_title]
        if further:
            words = self._abstracts.as_found(further, number)
            reasons.append(PickReason(ReasonType.IN_ABSTRACT, "", words))
        if self._day.papers[number].id.arxiv_id in self._liked_ids:
            reasons.append(PickReason(ReasonType.REVISED, ""))
        elif self._closeness[number] >= (_WORTH_SAYING if reasons else self._floor) and (
            reasons or not self._vetoed(number)
        ):
            reasons += self._close(number)
        if number in self._categories:
            reasons.append(PickReason(ReasonType.CATEGORY, self._categories[number]))
        return tuple(reasons)

    def _vetoed(self, number: int) -> bool:
        """Whether a disliked paper is closer to it than every liked one."""
        if not self._judged:
            return False
        vector, liked = self._day.vectors[number], len(self._profile.liked)
        shared = self._judged_terms & vector.keys()

        def near(levels: Mapping[int, int]) -> float:
            return sum([WEIGHTS[levels[term]] * vector[term] for term in shared & levels.keys()])

        nearest = max(map(near, self._judged[liked:]))
        return all(near(levels) < nearest for levels in self._judged[:liked])

    @cached_property
    def _judged(self) -> list[dict[int, int]]:
        """Of each liked paper, then of each disliked one, its terms with their levels."""
        return [
            dict(zip(weights.terms, weights.levels, strict=True))
            for weights in self._profile.judged
        ]

    @cached_property
    def _judged_terms(self) -> set[int]:
        return set().union(*self._judged)

    @cached_property
    def _positions(self) -> dict[int, int]:
        """Where a term stands in the profile."""
        return dict(zip(self._profile.weights.terms, count()))

    def _close(self, number: int) -> list[PickReason]:
        """The liked paper that the most of the closeness comes from, with the words shared."""
        profile, telling, positions = self._profile, self._day.telling[number], self._positions
        levels, owners = profile.weights.levels, profile.owners
        by_owner: dict[int, float] = {}
        shares: list[tuple[int, float, int]] = []
        for term in positions.keys() & telling.keys():
            position = positions[term]
            share, owner = WEIGHTS[levels[position]] * telling[term], owners[position]
            shares.append((owner, -share, term))
            by_owner[owner] = by_owner.get(owner, 0.0) + share
        if not by_owner:
            return []
        most = max(by_owner.values())
        nearest = min(owner for owner, total in by_owner.items() if total == most)
        terms = self._day.terms
        shared = sorted((less, terms[term]) for owner, less, term in shares if owner == nearest)
        words = _without_repeats(term for _, term in shared)
        written = tuple([self._day.as_written(number, term) for term in words])
        return [PickReason(ReasonType.CLOSE, profile.liked[nearest].title, written)]


class _NamedWords:
    """Finds a reader's words in a day's texts."""

    def __init__(self, index: PhraseIndex, phrases: Sequence[Phrase]) -> None:
        self._index, self._phrases = index, phrases
        held = enumerate(map(index.holding, phrases))
        self._held = [(place, texts) for place, texts in held if texts]

    @cached_property
    def papers(self) -> list[int]:
        """The numbers of the papers that hold one of the words."""
        return numbers_in(reduce(or_, [texts for _, texts in self._held], 0))

    def places(self, number: int) -> list[int]:
        """The places of the words that a paper holds, in the order in which they were named."""
        bit = 1 << number
        return [place for place, texts in self._held if texts & bit]

    def as_found(self, places: Iterable[int], number: int) -> tuple[str, ...]:
        """The first few of these, as a reason names them."""
        found: dict[str, None] = {}
        for place in places:
            found[self._index.as_found(self._phrases[place], number)] = None
            if len(found) == _MOST_WORDS:
                break
        return tuple(found)


def _bounded(close: float) -> float:
    """The same order, but all of it within less than a step to a stronger kind: 1.1 is 0.73."""
    nearest = min(max(close, _LEAST_CLOSE), _MOST_CLOSE)
    further = close - nearest
    return nearest + _BEYOND * further / (1 + abs(further))


def _without_repeats(terms: Iterable[str]) -> tuple[str, ...]:
    """The first few terms without repeated words, in whatever form: modality, modalities."""
    chosen: list[str] = []
    said: set[str] = set()
    for term in terms:
        words = [word.replace("-", "")[:_BEGINNING].removesuffix("s") for word in term.split(" ")]
        if said.isdisjoint(words):
            chosen.append(term)
            said.update(words)
            if len(chosen) == _MOST_WORDS:
                break
    return tuple(chosen)
