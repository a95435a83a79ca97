"""Is a sentence about this paper, or about another one?"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources

from newsletter.lazy_pattern import lazy_pattern
from newsletter.sources.base import Paper
from newsletter.summaries.checks.answer_language import FREQUENT
from newsletter.summaries.extractive import sentences
from newsletter.text import plain_letters

_WORD = lazy_pattern(r"[a-z0-9]+")
_LATIN = lazy_pattern(r"[A-Za-z][A-Za-z0-9]*(?:[-+.'/][A-Za-z0-9]+)*\+*")
# DiffuVoice, GPT-4, WSJ0, BERT: no plain word looks like that.
_NAMED = lazy_pattern(r"[A-Z]\w*[A-Z]|[a-z]\w*[A-Z]|[A-Za-z]+-?\d|\d[A-Za-z]")
_COMPOUND = lazy_pattern(r"-(?=[A-Za-z]{3})|['/]")  # GPT-4 is none
_PLAIN_WORD = r"[A-Z]?[a-z]*"
_COMPARED = frozenset(["en", "zh"])  # with words, or with a glossary
_STEM = 7
_COGNATE = 4  # letters with which a word of another language begins like one of the source's
_LONG_WORD = lazy_pattern(rf"[a-z]{{{_COGNATE},}}")
_LONGEST_SOURCE = 20_000  # characters that are read
# So common in abstracts that sharing them says nothing.
_ACADEMIC = """
    above across after again all algorithm also although any approach approaches article
    author authors based because before being between both but could data deep demonstrate
    demonstrates different do does due during each either even existing framework further
    given have here how however if improve improves improving introduce introduced
    introduces learn learning may method methods might model models more moreover most much
    must network networks neural new no not novel often one only other over paper
    performance present presented presents problem problems propose proposed proposes
    proposing provide provides result results same several should show shown shows since so
    some study task tasks addressing addresses additional allow allowing allows application
    applications applies apply applying certain considering considers contributes direction
    discusses examines explores extending extends extension focuses focusing general idea ideas
    intended interesting modification overall papers presents proposal research reviewed shows
    simple specific way ways work works then there therefore thus training two up us use used
    uses various very was were what where whether will work yes yet you
"""
_COMMON = FREQUENT | frozenset(_WORD.findall(_ACADEMIC))
# Measured on SciTLDR and on digests of the seed's series: docs/models.md.
_OVERLAP, _DOUBTFUL_OVERLAP, _FEW = 0.15, 0.25, 0.35
_TOPICS_MET = 0.55
_TOPICS = {"zh": "topics.json", "ja": "topics_ja.json"}
_BESIDE_NAME = 20  # characters beside the name of what a paper proposes, up to its title's colon
_SHORTEST_NAME = 4  # letters of such a name; GAN and VAE are kinds of things
_NEARER = 0.25  # another paper of the day must share so much more, of what can be shared


# An abstract's order to a machine or a reviewer; 2 of 8,000 abstracts have such words honestly.
_ORDER = lazy_pattern(
    r"\b(?:ignore|disregard|forget|override)\b[^.]{0,30}\b(?:instructions?|rules|guidelines|above|prior"
    r"|everything)\b"
    r"|\b(?:say|state|write|claim|answer|mention|conclude|report|stress)\b[^.]{0,12}\bthis "
    r"(?:paper|work|article|submission)\b"
    r"|\byou (?:are|must|should|will) |\byour (?:summary|answer|response|output|task|review)\b"
    r"|\b(?:accept|praise|endorse|award|recommend|promote) this (?:paper|work|article|submission)\b"
    r"|\bthis (?:paper|work|article|submission) (?:must|should|deserves|ought)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SourceText:
    """A paper's title and abstract, taken apart once for many comparisons."""

    text: str

    @classmethod
    def of(cls, paper: Paper) -> "SourceText":
        """Without sentences that give orders: those bear nothing out."""
        text = f"{paper.title} {paper.abstract}"[:_LONGEST_SOURCE]
        if _ORDER.search(text):
            told = [part for part in sentences.split(paper.abstract) if not _ORDER.search(part)]
            text = " ".join([paper.title, *told])[:_LONGEST_SOURCE]
        return cls(text)

    @cached_property
    def lowered(self) -> str:
        return self.text.lower()

    @cached_property
    def stems(self) -> frozenset[str]:
        return _stems(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(self._unhyphened.split())

    @cached_property
    def squeezed(self) -> str:
        return self._unhyphened.replace(" ", "")

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """What its words begin with, of four letters and more; those of any abstract aside."""
        words = {word for word in _LONG_WORD.findall(self.lowered) if not is_plain(word)}
        return frozenset(word[:end] for word in words for end in range(_COGNATE, len(word) + 1))

    @cached_property
    def initials(self) -> str:
        return "".join(word[0] for word in _WORD.findall(self.lowered))

    @cached_property
    def _unhyphened(self) -> str:
        return re.sub(r"[^a-z0-9 ]", "", re.sub(r"[-/]", "", plain_letters(self.lowered)))


def off_topic(text: str, source: SourceText, language: str) -> str:
    """A sentence that shares too little with its abstract; empty where it shares enough.

    An English one is compared by its words. Of a Chinese one what can be compared are topics, as
    far as `topics.json` knows them.
    """
    if language == "zh":
        topics = _topics_of(text, language)
        met = sum(_meets(topic, source) for topic in topics)
        strange = len(topics) > 1 and met < _TOPICS_MET * len(topics)
        return "is about something else: few of its topics are the abstract's" if strange else ""
    if language != "en":
        return ""
    overlap = _likeness(text, source, language)
    doubtful = overlap < _DOUBTFUL_OVERLAP and strange_name(text, source, language)
    if overlap < _OVERLAP or doubtful:
        return "is about something else: the abstract uses other words"
    return ""


def nearer(text: str, source: SourceText, others: Sequence[SourceText], language: str) -> str:
    """A sentence that fits another paper of the day clearly better; empty where none does."""
    own = _likeness(text, source, language)
    if own + _NEARER >= 1.0 or language not in {"en", "zh"}:
        return ""
    if any(_likeness(text, other, language) > own + _NEARER for other in others):
        return "is about something else: it fits another paper of the day better"
    return ""


def stray_sentence(text: str, source: SourceText, language: str) -> str:
    """An English sentence that shares no word with its paper: orders, chat, adverts."""
    if language != "en":
        return ""
    stems = {stem for stem in _stems(text) if not stem.isdigit()}
    if len(stems) > 1 and not stems & source.stems:
        return f"says something that the abstract does not: {text[:60]}"
    return ""


def shared_stems(text: str, source: SourceText) -> int:
    """How many of its words the source has; those that any abstract has aside."""
    return len(_stems(text) & source.stems)


def is_plain(word: str) -> bool:
    """A word, in small letters, that abstracts of any subject have."""
    return word in _COMMON


def topics_met(text: str, source: SourceText, language: str) -> frozenset[str]:
    """The topics of a Chinese or Japanese sentence that are the source's, by their words."""
    met = (topic for topic in _topics_of(text, language) if _meets(topic, source))
    return frozenset(topic[0] for topic in met)


def hardly_about(text: str, source: SourceText) -> str:
    """An English sentence that may be about something else."""
    if _likeness(text, source, "en") < _FEW:
        return "shares few words with the abstract"
    return ""


def strange_name(text: str, source: SourceText, language: str) -> str:
    """A name or acronym that the abstract has not, nor the words that it stands for.

    Of "EEG-Signalen" the abstract has the one half; the other is a word of the language.
    """
    words = "" if language in _COMPARED else _PLAIN_WORD
    for name in _names(text):
        parts = [part for part in _COMPOUND.split(name) if not re.fullmatch(words, part)]
        borne = _borne(name, source) or all(_borne(part, source) for part in parts)
        if _NAMED.search(name) and not borne:
            return f"names {name}, which the abstract does not"
    return ""


def name_of_another(text: str, source: SourceText, others: Sequence[SourceText]) -> str:
    """A name that the abstract has not, and that another paper of the day bears in its title.

    "BERT" may be said of many a paper; "DiffuVoice: ..." is the name of one.
    """
    for name in _names(text):
        if len(name) < _SHORTEST_NAME or not _NAMED.search(name) or _borne(name, source):
            continue
        beside = rf"[^.:]{{0,{_BESIDE_NAME}}}"
        titled = re.compile(rf"{beside}\b{re.escape(name)}\b{beside}:")
        if any(titled.match(other.text) for other in others):
            return f"names {name}, which is another paper of the day"
    return ""


def _likeness(text: str, source: SourceText, language: str) -> float:
    """The share of what can be compared that is in the source; 1 where there is next to nothing."""
    if language == "zh":
        topics, names = _topics_of(text, language), _names(text)
        met = sum(_meets(topic, source) for topic in topics)
        met += sum(_borne(name, source) for name in names)
        count = len(topics) + len(names)
        return met / count if count > 1 else 1.0
    stems = _stems(text)
    return len(stems & source.stems) / len(stems) if stems else 0.0


def _names(text: str) -> list[str]:
    return [name for name in _LATIN.findall(text) if len(name) > 1]


def _borne(name: str, source: SourceText) -> bool:
    """Whether it stands there, in any case and with any hyphen, or its letters begin words."""
    squeezed = re.sub(r"[^a-z0-9]", "", name.lower())
    if squeezed in source.squeezed or squeezed.removesuffix("s") in source.words:
        return True
    initial = len(squeezed) > 1 and squeezed.isalpha()
    return initial and squeezed.removesuffix("s") in source.initials


def _meets(topic: Sequence[str], source: SourceText) -> bool:
    return any(word in source.lowered for word in topic)


@lru_cache(maxsize=16)  # a sentence is compared with every paper of the day
def _topics_of(text: str, language: str) -> list[list[str]]:
    return [english for said, english in _topics(language) if said.search(text)]


def _stems(text: str) -> frozenset[str]:
    words = _WORD.findall(text.lower())
    return frozenset(word[:_STEM] for word in words if word not in _COMMON)


@cache
def _topics(language: str) -> list[tuple[re.Pattern[str], list[str]]]:
    """Chinese or Japanese words of the trade, and what an English abstract would say for them.

    They look around where they may stand across two other words: 数学 in 参数学习.
    """
    file = resources.files("newsletter.summaries.checks").joinpath(_TOPICS[language])
    topics: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return [(re.compile(said), english) for said, english in topics.items()]
