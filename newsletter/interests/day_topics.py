"""Finds the topics of a day: the phrases that its titles share, and how many papers are on each.

A paper is on a phrase that its title has, or that its text says twice. Common words are told from
topics by the lexicon; of a single word the sentences must also use it as a noun.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from newsletter import tex
from newsletter.interests.lexicon import Lexicon, shipped
from newsletter.interests.possible_topic import (
    BEHIND_TITLE,
    MANY,
    MOST_OF_TITLE,
    PossibleTopic,
    singular,
)
from newsletter.sources.base import Paper
from newsletter.taxonomy import CATEGORIES

_MOST_TOPICS = 3
_MOST_OF_MANY = 6  # of a day with many papers
_MOST_CANDIDATES = 50
_LONGEST_TEXT = 5000  # characters of an abstract
_LONGEST_PHRASE = 3  # words
_LONGEST_WRITTEN = 30  # characters, so that a mail's first lines have room for what is not in it
_LAST_LATIN = "\u024f"  # the lexicon knows no words of later letters
_FIELD = 0.25  # what more of a day's papers are on is the field, not the day
_FIELD_OF_FEW = 0.4  # and of a day with few papers, where three share it
_RARITY = 1.0  # of each word of a topic (`Lexicon.rarity`), at least
_RAREST = (3.0, 1.9)  # of a single word, and of the rarest of several
_BY_LENGTH = (0.0, 0.5, 1.0, 1.1)  # what phrases of so many words are worth
_FEW = 12  # papers of a day
SMALL_DAY = 40  # papers, of which a topic may be on one
_STRANGE = 6.5  # the rarity of a word that does not say to most what one paper is on
_SAID_OFTEN = 0.6  # of those who say a single word, at least so many are on it
_TITLED = 0.4  # of those on a single word, at least so many have it in their titles
_CLAUSE = re.compile(r"[:;,.?!()\[\]{}“”\"/—–|]+| - ")
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_GAPS = str.maketrans(dict.fromkeys("\n\t()[]{},.;:?!\"'/$“”’—–", " "))
# What can end a phrase but is none by itself, and what no topic holds, telling or not.
_HEADS = frozenset(
    re.findall(
        r"\w+",
        "action ai algorithm analysis answering assessment data experience feedback generation"
        " guidance instance intelligence learning mind model modeling network neural nlp science"
        " selection synthesis system thinking tuning",
    )
)
_NO_TOPIC = frozenset(
    re.findall(
        r"[\w-]+",
        "an and application approach are as at based benchmark beyond by can case dataset deep do"
        " effective efficient enhancing evaluating exploring for framework from how in into is it"
        " its large large-scale learning-based leveraging method new of on or over performance"
        " report rethinking review robust study survey task than the their through to toward"
        " understanding using via what when which why with without",
    )
)
_ENDINGS = ("ed", "-aware", "-based", "-driven", "-free", "-guided", "-level", "-specific", "-time")


class Topic(NamedTuple):
    """A phrase as the papers write it, how many are on it, and which, by their identifiers.

    Of issues that were frozen by earlier versions it is not known which.
    """

    words: str
    papers: int
    on: tuple[str, ...] = ()


def find_topics(papers: Sequence[Paper]) -> tuple[Topic, ...]:
    """The most telling topics of a day: at most three, or six where there are many papers.

    A day whose papers share no phrase has none.
    """
    texts = [_title(paper) + BEHIND_TITLE + paper.abstract[:_LONGEST_TEXT] for paper in papers]
    found = sorted(_candidates(papers, texts), key=PossibleTopic.order)
    chosen: dict[PossibleTopic, str] = {}
    for topic in found:
        if not any(map(topic.repeats, chosen)) and topic.is_noun(texts):
            words = topic.written(texts)
            if 0 < len(words) <= _LONGEST_WRITTEN:
                chosen[topic] = words
        if len(chosen) == (_MOST_TOPICS if len(papers) < MANY else _MOST_OF_MANY):
            break
    return tuple(
        Topic(
            words,
            len(topic.papers),
            tuple(papers[number].id.arxiv_id for number in sorted(topic.papers)),
        )
        for topic, words in chosen.items()
    )


def _candidates(papers: Sequence[Paper], texts: Sequence[str]) -> Iterator[PossibleTopic]:
    """The phrases from titles that enough papers are on, the most telling first."""
    lexicon = shipped()
    fields = _field_words(papers)
    titled: dict[str, set[int]] = {}
    for number, paper in enumerate(papers):
        for phrase in _phrases(_title(paper), lexicon):
            if fields.issuperset(phrase.split(" ")):
                continue
            titled.setdefault(phrase, set()).add(number)
    weights = {phrase: len(on) * _weight(phrase, lexicon) for phrase, on in titled.items()}
    spaced = [f" {text} ".lower().translate(_GAPS) for text in texts]
    for phrase in sorted(weights, key=lambda phrase: (-weights[phrase], phrase))[:_MOST_CANDIDATES]:
        naming = [number for number, text in enumerate(spaced) if f" {phrase}" in text]
        twice = {number for number in naming if _says_twice(spaced[number], phrase)}
        on = frozenset(titled[phrase] | twice)
        is_word = " " not in phrase
        if len(on) == 1:  # of a small day, one paper may be on what others only touch
            is_known = max(map(lexicon.rarity, phrase.split(" "))) < _STRANGE
            if len(papers) <= SMALL_DAY and not is_word and twice and is_known:
                yield PossibleTopic(phrase, on, len(naming) * _weight(phrase, lexicon))
            continue
        share = len(on) / len(on.union(naming))  # of a topic those who name it say more of it
        is_aside = share < _SAID_OFTEN or len(titled[phrase]) < _TITLED * len(on)
        is_field = _is_field(on, papers, is_word=is_word)
        if not (is_field or _is_rare(on, papers, is_word=is_word) or (is_word and is_aside)):
            yield PossibleTopic(phrase, on, len(on) * share * _weight(phrase, lexicon))


def _is_field(on: Collection[int], papers: Sequence[Paper], *, is_word: bool) -> bool:
    if len(papers) < _FEW:  # where many may be on one thing, but not by chance on its field's word
        return is_word and len(on) > max(_FIELD_OF_FEW * len(papers), 2)
    return len(on) > _FIELD * len(papers)


def _is_rare(on: Collection[int], papers: Sequence[Paper], *, is_word: bool) -> bool:
    return len(on) < 2 + (is_word and len(papers) >= _FEW) + (len(papers) >= MANY)


def _says_twice(text: str, phrase: str) -> bool:
    return text.count(f" {phrase} ") + text.count(f" {phrase}s ") > 1


def _title(paper: Paper) -> str:
    return tex.to_text(paper.title) if "\\" in paper.title or "$" in paper.title else paper.title


def _field_words(papers: Sequence[Paper]) -> set[str]:
    """The words in the names of the categories that many of the papers are in."""
    counts = Counter(category for paper in papers for category in set(paper.categories))
    names = (CATEGORIES.get(name, "") for name, on in counts.items() if on > _FIELD * len(papers))
    return {singular(word) for name in names for word in re.findall(r"\w+", name.lower())}


def _phrases(title: str, lexicon: Lexicon) -> Iterator[str]:
    """The phrases of a title that can be topics: neighbours in one clause, in the singular."""
    longest = min(_LONGEST_WRITTEN, MOST_OF_TITLE * len(title))
    for clause in _CLAUSE.split(title.lower()):
        words = _WORD.findall(clause)
        for length in range(1, _LONGEST_PHRASE + 1):
            for start in range(len(words) - length + 1):
                phrase = words[start : start + length]
                if len(" ".join(phrase)) <= longest and _is_topic(phrase, lexicon):
                    yield " ".join(map(singular, phrase))


def _is_topic(words: Sequence[str], lexicon: Lexicon) -> bool:
    if len(words) == 1 and words[0].endswith(_ENDINGS):
        return False
    if all(singular(word) in _HEADS for word in words):
        return False
    telling = words[:-1] if singular(words[-1]) in _HEADS else words
    for word in telling:
        both = {word, singular(word)}
        if len(word) == 1 or word.isdecimal() or both & _NO_TOPIC or both & lexicon.no_topics:
            return False
        if max(word) > _LAST_LATIN or unicodedata.normalize("NFKC", word) != word:  # or a formula
            return False
    rarities = list(map(lexicon.rarity, telling))
    return min(rarities) >= _RARITY and max(rarities) >= _RAREST[len(words) > 1]


def _weight(phrase: str, lexicon: Lexicon) -> float:
    """How telling a phrase is: the mean rarity of its words; one alone says half as much."""
    words = phrase.split(" ")
    telling = words[:-1] if words[-1] in _HEADS else words
    mean = sum(map(lexicon.rarity, telling)) / len(telling)
    return min(mean, 6.0) * _BY_LENGTH[len(words)]
