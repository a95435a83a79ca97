"""What a sentence in any of our languages has of the paper that it is about."""

import unicodedata

from newsletter.languages import WITHOUT_SPACES
from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.answer_language import is_frequent
from newsletter.summaries.checks.other_script import names_of_paper
from newsletter.summaries.checks.relevance import SourceText, is_plain, shared_stems, topics_met
from newsletter.summaries.checks.study_words import study_words

_LETTERS = lazy_pattern(r"[^\W\d_]+")
_WORD = lazy_pattern(r"[a-z]{4,}")
# DiffuVoice, GPT-4, 12: what looks like a word of the language is none.
_NAME = lazy_pattern(r"\w*[A-Z\d][\w.-]*[A-Z\d]\w*")
# With so many letters a word of another language begins like one of the abstract's.
_LOOK_ALIKE = 2
_COGNATE, _COGNATE_SHARE = 4, 0.7


def shared(text: str, source: SourceText, language: str) -> int:
    """Content words, names, numbers, and what translates a word of the paper or looks like one."""
    return shared_stems(text, source) if language == "en" else len(met(text, source, language))


def met(text: str, source: SourceText, language: str) -> frozenset[str]:
    """What a sentence in another language than English has of the paper, as `shared` counts it."""
    if language in WITHOUT_SPACES:
        return names_of_paper(text, source) | topics_met(text, source, language)
    names = " ".join(_NAME.findall(text))
    return names_of_paper(names, source) | _cognates(text, source, language)


def says_of_study(text: str, language: str) -> bool:
    """Whether it has a word for what a study does; of other languages than ours none is known."""
    words = study_words().get(language)
    return bool(words and words.says.search(text))


def is_of_paper(text: str, source: SourceText, language: str) -> bool:
    """Whether a few words have one of the paper's, or two that look like its words."""
    is_compared = language == "en" or language in WITHOUT_SPACES
    return shared(text, source, language) >= (1 if is_compared else _LOOK_ALIKE)


def is_of_study(text: str, source: SourceText, language: str) -> bool:
    """Whether it says what a study does, or has a word of the paper."""
    return says_of_study(text, language) or shared(text, source, language) > 0


def _cognates(text: str, source: SourceText, language: str) -> frozenset[str]:
    words = [word for word in _LETTERS.findall(text.lower()) if not is_frequent(word, language)]
    plain = unicodedata.normalize("NFD", " ".join(words)).encode("ascii", "ignore").decode()
    begun = {word[: _cognate_length(word)] for word in _WORD.findall(plain) if not is_plain(word)}
    return frozenset(begun) & source.beginnings


def _cognate_length(word: str) -> int:
    return max(_COGNATE, round(len(word) * _COGNATE_SHARE))
