"""A phrase that may be a topic of a day: whether it is a noun there, and how it is written."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.interests import word_usage
from newsletter.interests.lexicon import shipped

BEHIND_TITLE = " | "
MOST_OF_TITLE = 0.6  # a phrase that is more of a title is that paper, not a topic
MANY = 60  # in such a day a topic needs one paper more
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


@dataclass(frozen=True)
class PossibleTopic:
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

    def repeats(self, other: "PossibleTopic") -> bool:
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
        own = [texts[number].partition(BEHIND_TITLE) for number in sorted(self.papers)]
        titles = [title for title, _, _ in own]
        whole = rf"(?:{_NO_VERB}(?<![\w-])([^\W_]+)\s+)?({self.pattern})"
        found = re.findall(whole, "\n".join(text for _, _, text in own), re.IGNORECASE)
        found = found or re.findall(whole, "\n".join(titles), re.IGNORECASE)
        found = found or [("", self.phrase)]
        form = _usual_form([" ".join(form.split()) for _, form in found])
        words_before = Counter(word for word, _ in found)
        before = _belonging(words_before) if len(self.papers) > 1 else ""
        is_title = len(f"{before} {form}") > MOST_OF_TITLE * max(map(len, titles))
        form = f"{before} {form}" if before and not is_title else form
        said = "\n".join(text.partition(BEHIND_TITLE)[2] for text in texts)
        *first, last = (_spelled(word, said) for word in form.split(" "))
        is_one = {word.lower() for word in words_before} & {"the", "a", "an"} == {"the"}
        words = " ".join([*first, last if is_one else word_usage.shipped().plural(last)])
        if _is_half_a_name(words):
            words = _as_somebody_writes(words, "\n".join(texts)) or words
        is_said = len(texts) < MANY or re.search(re.escape(words), said, re.IGNORECASE)
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
    return word in frequencies or (or_singular and singular(word) in frequencies)


def singular(word: str) -> str:
    is_plural = len(word) > 3 and word[-1] == "s" and word[-2] not in "aisu"  # noqa: PLR2004 - not "gas"
    return word[:-1] if is_plural else word
