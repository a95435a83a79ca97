"""Finds the topics of a day: the phrases that its titles share, and how many papers are on each.

A paper is on a phrase that its title has, or that its text says twice. Common words are told from
topics by the lexicon; of a single word the sentences must also use it as a noun.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from newsletter import tex
from newsletter.interests import word_usage
from newsletter.interests.lexicon import Lexicon, shipped
from newsletter.sources.base import Paper
from newsletter.taxonomy import CATEGORIES

_MOST_TOPICS = 3
_MOST_OF_MANY = 6  # of a day with many papers
_MOST_CANDIDATES = 50
_LONGEST_TEXT = 5000  # characters of an abstract
_BEHIND_TITLE = " | "
_LONGEST_PHRASE = 3  # words
_LONGEST_WRITTEN = 30  # characters, so that a mail's first lines have room for what is not in it
_MOST_OF_TITLE = 0.6  # a phrase that is more of a title is that paper, not a topic
_LAST_LATIN = "\u024f"  # the lexicon knows no words of later letters
_FIELD = 0.25  # what more of a day's papers are on is the field, not the day
_FIELD_OF_FEW = 0.4  # and of a day with few papers, where three share it
_RARITY = 1.0  # of each word of a topic (`Lexicon.rarity`), at least
_RAREST = (3.0, 1.9)  # of a single word, and of the rarest of several
_BY_LENGTH = (0.0, 0.5, 1.0, 1.1)  # what phrases of so many words are worth
_FEW = 12  # papers of a day
SMALL_DAY = 40  # papers, of which a topic may be on one
_STRANGE = 6.5  # the rarity of a word that does not say to most what one paper is on
_MANY = 60  # in such a day a topic needs one paper more
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
# After a noun a sentence often goes on with one of these; after an adjective only with the second.
_AFTER_NOUN = r"(?=\s?[.;:()|]|\s(?:as|at|by|can|for|from|in|is|are|of|on|that|to|via|with)\b%s)"
_OR_ANOTHER = r"|\s?,|\s(?:and|or)\b"
_BELONGS = 0.8  # of all times that a phrase is said
_BELONGING_RARITY = 0.7  # of a word that belongs: "model" to "predictive control"
_NO_VERB = r"(?<!\bwe\s)(?<!\bto\s)"  # may stand before it, as in "we use"
_GENITIVE = ("'s", "’s")
_USUAL = 4  # times as rare as others at most, a way of writing is still one
_NOUN = 0.15  # of all times that a phrase is said, at least
_COMPOUND = 0.4  # and a hyphenated word, which mostly stands before a noun: "audio-visual"


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
    texts = [_title(paper) + _BEHIND_TITLE + paper.abstract[:_LONGEST_TEXT] for paper in papers]
    found = sorted(_candidates(papers, texts), key=_PossibleTopic.order)
    chosen: dict[_PossibleTopic, str] = {}
    for topic in found:
        if not any(map(topic.repeats, chosen)) and topic.is_noun(texts):
            words = topic.written(texts)
            if 0 < len(words) <= _LONGEST_WRITTEN:
                chosen[topic] = words
        if len(chosen) == (_MOST_TOPICS if len(papers) < _MANY else _MOST_OF_MANY):
            break
    return tuple(
        Topic(
            words,
            len(topic.papers),
            tuple(papers[number].id.arxiv_id for number in sorted(topic.papers)),
        )
        for topic, words in chosen.items()
    )


@dataclass(frozen=True)
class _PossibleTopic:
    """A phrase in small letters, without a plural's "s", and the numbers of the papers on it."""

    phrase: str
    papers: frozenset[int]
    score: float

    def order(self) -> tuple[bool, float, str]:
        """The most telling first, and what one paper is on last."""
        return len(self.papers) == 1, -self.score, self.phrase

    @property
    def words(self) -> set[str]:
        return set(self.phrase.split(" "))

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in re.split("[ -]", self.phrase))

    def repeats(self, other: "_PossibleTopic") -> bool:
        """Whether it says in other words, or of mostly the same papers, what the other says."""
        return (
            bool(self.words & other.words)
            or self.initials == other.phrase
            or self.phrase == other.initials
            or 2 * len(self.papers & other.papers) > len(self.papers)
        )

    def is_noun(self, texts: Sequence[str]) -> bool:
        """Whether sentences use it without another noun behind it."""
        last = self.phrase.rpartition(" ")[2]
        if not word_usage.shipped().is_noun(last, is_known=_is_known(last)):
            return False
        said = "\n".join(texts[number] for number in self.papers)
        after = _AFTER_NOUN % (_OR_ANOTHER if " " in self.phrase else "")
        ended = re.findall(f"{self.pattern}{after}", said, re.IGNORECASE)
        share = _COMPOUND if "-" in last and last == self.phrase else _NOUN
        return len(ended) >= share * len(re.findall(self.pattern, said, re.IGNORECASE))

    def written(self, texts: Sequence[str]) -> str:
        """The topic as the papers write it: in small letters and as a plural where enough do.

        On a day with many papers it is empty where none of them writes it so. A word that nearly
        always stands before it belongs to it: "black" to "hole mergers".
        """
        own = [texts[number].partition(_BEHIND_TITLE) for number in sorted(self.papers)]
        titles = [title for title, _, _ in own]
        whole = rf"(?:{_NO_VERB}(?<![\w-])([^\W_]+)\s+)?({self.pattern})"
        found = re.findall(whole, "\n".join(text for _, _, text in own), re.IGNORECASE)
        found = found or re.findall(whole, "\n".join(titles), re.IGNORECASE)
        found = found or [("", self.phrase)]
        form = _usual_form([" ".join(form.split()) for _, form in found])
        words_before = Counter(word for word, _ in found)
        before = _belonging(words_before) if len(self.papers) > 1 else ""
        is_title = len(f"{before} {form}") > _MOST_OF_TITLE * max(map(len, titles))
        form = f"{before} {form}" if before and not is_title else form
        said = "\n".join(text.partition(_BEHIND_TITLE)[2] for text in texts)
        *first, last = (_spelled(word, said) for word in form.split(" "))
        is_one = {word.lower() for word in words_before} & {"the", "a", "an"} == {"the"}
        words = " ".join([*first, last if is_one else word_usage.shipped().plural(last)])
        if _is_half_a_name(words):
            words = _as_somebody_writes(words, "\n".join(texts)) or words
        is_said = len(texts) < _MANY or re.search(re.escape(words), said, re.IGNORECASE)
        return words if is_said else ""

    @property
    def pattern(self) -> str:
        words = r"s?\s+".join(map(re.escape, self.phrase.split(" ")))
        return rf"\b{words}s?\b"


def _belonging(words_before: Counter[str]) -> str:
    """The word that nearly always stands before a phrase, if it tells anything."""
    times = Counter[str]()
    for word, number in words_before.items():
        times[word.lower()] += number
    small, most = times.most_common(1)[0]
    if most < _BELONGS * times.total() or shipped().rarity(small) < _BELONGING_RARITY:
        return ""
    return next(word for word in words_before if word.lower() == small)


def _usual_form(forms: Sequence[str]) -> str:
    """The plural where enough write it, with as few capitals as anybody gives it."""
    times = Counter(form.lower() for form in forms)
    usual = [form for form in times if 5 * times[form] >= max(times.values())]
    chosen = min(usual, key=lambda form: (form[-1] != "s", form))
    alike = (form for form in forms if form.lower() == chosen)
    return min(alike, key=lambda form: (sum(map(str.isupper, form)), form))


def _spelled(word: str, said: str) -> str:
    """A word with its capitals in sentences, which are fewer than in titles."""
    return "-".join(_part_spelled(part, said) for part in word.split("-"))


def _part_spelled(part: str, said: str) -> str:
    small = part.lower()
    usage = word_usage.shipped()
    name = usage.name(part)
    if not name and small.endswith(_GENITIVE):
        return _part_spelled(part[:-2], said) + part[-2:]
    if not name and part[-1] == "s" and not _is_known(small, or_singular=False):
        single = usage.name(part[:-1])
        name = single and f"{single}s"
    if name or part == small or len(part) == 1:
        return name or part
    is_acronym = part.removesuffix("s").isupper()
    if not is_acronym and _is_known(small):
        return small
    texts = re.findall(rf"\b(?:{re.escape(small)}|{re.escape(part)})\b", said)
    return small if small in texts and (_USUAL + 1) * texts.count(small) >= len(texts) else part


def _is_half_a_name(words: str) -> bool:
    """Whether small letters come before a capitalized word, as in "segment Anything"."""
    first, *others = words.split(" ")
    return first.islower() and any(word.istitle() for word in others)


def _as_somebody_writes(words: str, said: str) -> str:
    """The words with their capitals in these texts; empty where they do not occur."""
    forms = Counter(re.findall(rf"\b{re.escape(words)}\b", said, re.IGNORECASE))
    if not forms:
        return ""
    return words if words in forms else forms.most_common(1)[0][0]


def _is_known(word: str, *, or_singular: bool = True) -> bool:
    frequencies = shipped().frequencies
    return word in frequencies or (or_singular and _singular(word) in frequencies)


def _candidates(papers: Sequence[Paper], texts: Sequence[str]) -> Iterator[_PossibleTopic]:
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
                yield _PossibleTopic(phrase, on, len(naming) * _weight(phrase, lexicon))
            continue
        share = len(on) / len(on.union(naming))  # of a topic those who name it say more of it
        is_aside = share < _SAID_OFTEN or len(titled[phrase]) < _TITLED * len(on)
        is_field = _is_field(on, papers, is_word=is_word)
        if not (is_field or _is_rare(on, papers, is_word=is_word) or (is_word and is_aside)):
            yield _PossibleTopic(phrase, on, len(on) * share * _weight(phrase, lexicon))


def _is_field(on: Collection[int], papers: Sequence[Paper], *, is_word: bool) -> bool:
    if len(papers) < _FEW:  # where many may be on one thing, but not by chance on its field's word
        return is_word and len(on) > max(_FIELD_OF_FEW * len(papers), 2)
    return len(on) > _FIELD * len(papers)


def _is_rare(on: Collection[int], papers: Sequence[Paper], *, is_word: bool) -> bool:
    return len(on) < 2 + (is_word and len(papers) >= _FEW) + (len(papers) >= _MANY)


def _says_twice(text: str, phrase: str) -> bool:
    return text.count(f" {phrase} ") + text.count(f" {phrase}s ") > 1


def _title(paper: Paper) -> str:
    return tex.to_text(paper.title) if "\\" in paper.title or "$" in paper.title else paper.title


def _field_words(papers: Sequence[Paper]) -> set[str]:
    """The words in the names of the categories that many of the papers are in."""
    counts = Counter(category for paper in papers for category in set(paper.categories))
    names = (CATEGORIES.get(name, "") for name, on in counts.items() if on > _FIELD * len(papers))
    return {_singular(word) for name in names for word in re.findall(r"\w+", name.lower())}


def _phrases(title: str, lexicon: Lexicon) -> Iterator[str]:
    """The phrases of a title that can be topics: neighbours in one clause, in the singular."""
    longest = min(_LONGEST_WRITTEN, _MOST_OF_TITLE * len(title))
    for clause in _CLAUSE.split(title.lower()):
        words = _WORD.findall(clause)
        for length in range(1, _LONGEST_PHRASE + 1):
            for start in range(len(words) - length + 1):
                phrase = words[start : start + length]
                if len(" ".join(phrase)) <= longest and _is_topic(phrase, lexicon):
                    yield " ".join(map(_singular, phrase))


def _singular(word: str) -> str:
    is_plural = len(word) > 3 and word[-1] == "s" and word[-2] not in "aisu"  # noqa: PLR2004 - not "gas"
    return word[:-1] if is_plural else word


def _is_topic(words: Sequence[str], lexicon: Lexicon) -> bool:
    if len(words) == 1 and words[0].endswith(_ENDINGS):
        return False
    if all(_singular(word) in _HEADS for word in words):
        return False
    telling = words[:-1] if _singular(words[-1]) in _HEADS else words
    for word in telling:
        both = {word, _singular(word)}
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
