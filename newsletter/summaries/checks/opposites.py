"""What an answer says the other way round in words of its own: worse for better, not for so.

A word counts only where the abstract says its opposite of the same things and nowhere the word
itself; a denial only where the abstract says the denied word and denies nothing near it.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.answer_language import FREQUENT

Words = tuple[str, ...]

_WORD = lazy_pattern(r"[a-z]+(?:-[a-z]+)*(?:['\u2019]t)?")
_SENTENCE = lazy_pattern(r"(?<=[.!?;])\s+")
_STEM = 5
_REACH, _SOURCE_REACH = 3, 6  # words on either side that say what is compared
_PAIRS = """
    more/less,fewer better/worse,poorer best/worst higher/lower faster/slower larger,bigger/smaller
    longer/shorter stronger/weaker easier/harder cheaper/costlier deeper/shallower wider/narrower
    improve/degrade,worsen,deteriorate,harm,hurt increase,raise,boost/decrease,reduce
    outperform,surpass,exceed,beat/underperform accelerate,speed/slow possible/impossible
    sufficient/insufficient stable/unstable robust/fragile superior/inferior always/never
    succeed/fail able/unable necessary/unnecessary significant/insignificant
    consistent/inconsistent upper/lower
"""
# Of these both are often said in one abstract, of different things.
_PLAIN_PAIRS = """
    high/low large/small fast/slow strong/weak simple/complex easy/hard,difficult
    positive/negative efficient/inefficient effective/ineffective accurate/inaccurate
"""
_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "ning")
_DENIAL = lazy_pattern(
    r"(?:not|cannot|never|no|hardly|barely|rarely|neither|nor|fail(?:s|ed|ing)?|unable)\Z"
    r"|.*n['\u2019]t\Z"
)
# "is not", "cannot", "doesn't": a plain denial, and the words by which an abstract has any.
_PLAIN_DENIAL = lazy_pattern(
    r"\b(?:is|are|was|were|can|could|will|does|do|did|should|has|have|had|would|may|might) not "
    r"(?!only|just|merely|necessarily)|\bcannot |n['\u2019]t "
    r"|\bfail(?:s|ed)? to |\b(?:rarely|hardly|barely|seldom|scarcely|never) "
)
_ANY_DENIAL = lazy_pattern(
    r"\b(?:not|cannot|no|never|neither|nor|none|unable|without|lack\w*|fail\w*|hardly|barely|rarely|"
    r"un(?!der|til|i[fvqo]|su|seen|lab)\w{3,}|im(?:poss|pract)\w*|in(?:capab|suffic|adequ)\w*)\b"
    r"|n['\u2019]t\b"
)
_NEIGHBOURS, _SHARED = 3, 3  # content words on either side, and how many a sentence must share
_NOT_ONLY = frozenset(["only", "when", "just", "merely", "necessarily", "limited", "longer"])
_DENIED = 2  # words after the denial that it may be about
_BEFORE, _AFTER = 70, 60  # characters around a word of the abstract in which it may be denied
_NEGATIVE = lazy_pattern(
    r"\b(?:not|no|non\w*|never|neither|nor|cannot|none|nothing|without|lack\w*|fail\w*|unable|hardly|"
    r"rarely|barely|seldom|avoid\w*|eliminat\w*|remov\w*|instead|rather|free|few|little|less|"
    r"prevent\w*|obviat\w*|absen\w*|ignor\w*|neglect\w*|insufficien\w*|poor\w*|difficult\w*|hard|"
    r"challeng\w*|unclear|struggl\w*|suffer\w*|question\w*|marginal\w*|slight\w*|un(?!der|til|i[fvqo]|su|seen|lab)\w{3,}|"
    r"in(?:capab|adequat|valid|accura|effici|effect|compl|consist|depend)\w*|im(?:poss|pract)\w*"
    r")\b|n['\u2019]t\b",
    re.IGNORECASE,
)


def reversed_words(text: str, source: str, language: str) -> str:
    """What is said the other way round; empty where nothing is."""
    if language != "en":
        return ""
    said = {_table_form(word) for words in _sentences(source) for word in words}
    for words in _sentences(text):
        for place, word in enumerate(words):
            form = _table_form(word)
            others = _opposites().get(form, frozenset()) & said
            if form not in said and others:
                about = _around(words, place, form, _REACH)
                other = _opposite_of(about, others, source)
                if other:
                    return f"says {word}, where the abstract says {other}"
    return ""


def denied_words(text: str, source: str, language: str) -> str:
    """What is denied though the abstract says it; empty where nothing is."""
    if language != "en":
        return ""
    for words in _sentences(text):
        for place, word in enumerate(words[:-1]):
            if _DENIAL.match(word) and words[place + 1] not in _NOT_ONLY:
                denied = _content(words[place + 1 :])[:_DENIED]
                stems = [stem for stem in denied if stem not in _NOT_ONLY]
                if is_only_said("|".join(stems), source):
                    return f"says {word} {words[place + 1]}, which the abstract does not"
    return _plainly_denied(text.lower(), source.lower())


def _plainly_denied(text: str, source: str) -> str:
    """A plain "is not", where no sentence of the source about these words denies anything."""
    for denial in _PLAIN_DENIAL.finditer(text):
        before = _content(tuple(_WORD.findall(text[: denial.start()])))[-_NEIGHBOURS:]
        after = _content(tuple(_WORD.findall(text[denial.end() :])))[:_NEIGHBOURS]
        about = re.compile(rf"\b(?:{'|'.join(sorted({*before, *after})) or '$.'})")
        same = [
            sentence
            for sentence in _SENTENCE.split(source)
            if len(set(about.findall(sentence))) >= _SHARED
        ]
        if not any(map(_ANY_DENIAL.search, same or [source])):
            return f"says {denial[0].strip()}, which the abstract does not"
    return ""


def is_only_said(pattern: str, source: str) -> bool:
    """Whether such words stand in the source, with no denial near any of them."""
    nearby = _near(pattern, source)
    return bool(nearby) and not any(map(_NEGATIVE.search, nearby))


def is_said(pattern: str, source: str) -> bool:
    """Whether such words stand somewhere in the source with no denial near."""
    return not all(map(_NEGATIVE.search, _near(pattern, source)))


def denies(source: str) -> bool:
    """Whether the source denies anything."""
    return bool(_ANY_DENIAL.search(source.lower()))


def is_denied_nowhere(source: str) -> bool:
    """Whether the source denies nothing, nor says of anything that it is lacking or hard."""
    return not _NEGATIVE.search(source)


def _near(pattern: str, source: str) -> list[str]:
    """What stands around each such word in its sentence; not the word, which may itself deny."""
    found = [
        (match, sentence)
        for sentence in _SENTENCE.split(source if pattern else "")
        for match in re.finditer(rf"\b(?:{pattern})\w*", sentence, re.IGNORECASE)
    ]
    return [
        f"{sentence[max(0, match.start() - _BEFORE) : match.start()]}|"
        f"{sentence[match.end() : match.end() + _AFTER]}"
        for match, sentence in found
    ]


def _opposite_of(about: set[str], others: Iterable[str], source: str) -> str:
    """One of the words that the source says of the same things."""
    for words in _sentences(source):
        for place, word in enumerate(words):
            form = _table_form(word)
            if form in others and about & _around(words, place, form, _SOURCE_REACH):
                return word
    return ""


def _around(words: Words, place: int, form: str, reach: int) -> set[str]:
    """What a word of the table is said of; a plain adjective of the next word alone."""
    if form in _plain():
        return set(_content(words[place + 1 : place + 2]))
    return set(_content(words[max(0, place - reach) : place + reach + 1]))


def _content(words: Words) -> list[str]:
    return [
        word[:_STEM]
        for word in words
        if word not in FREQUENT and len(word) > 2 and not _table_form(word)  # noqa: PLR2004
    ]


@lru_cache(maxsize=64)
def _sentences(text: str) -> tuple[Words, ...]:
    return tuple(tuple(_WORD.findall(part)) for part in _SENTENCE.split(text.lower()))


@lru_cache(maxsize=8192)
def _table_form(word: str) -> str:
    """The word of the table that this is a form of; else empty."""
    table = _opposites()
    if word in table:
        return word
    stems = [word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)]
    forms = [form for stem in stems for form in (stem, f"{stem}e", stem[:-1])]
    return next((form for form in forms if len(form) > 3 and form in table), "")  # noqa: PLR2004


@cache
def _opposites() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for pair in (_PAIRS + _PLAIN_PAIRS).split():
        one, other = (frozenset(side.split(",")) for side in pair.split("/"))
        for side, opposite in ((one, other), (other, one)):
            table.update({word: table.get(word, frozenset()) | opposite for word in side})
    return table


@cache
def _plain() -> frozenset[str]:
    return frozenset(re.findall(r"\w+", _PLAIN_PAIRS))
