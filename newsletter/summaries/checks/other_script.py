"""What a sentence says in another script than its language's, of which the paper has no word.

Chinese and Japanese sentences bear Latin names, acronyms and formulas, but those are the paper's.
"""

import re

from newsletter.languages import WITHOUT_SPACES
from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.numbers import values_in
from newsletter.summaries.checks.relevance import SourceText
from newsletter.text import plain_letters

_LETTER = "\u3040-\u30ff\u3400-\u9fff"
_EAST_ASIAN = lazy_pattern(f"[{_LETTER}]{{3,}}")
# What could be said in English: what stands alone between two stops, words in a row, a plain one.
_PART = lazy_pattern(
    rf"(?:\A|(?<=[。！？；，：])|(?<=[.!?;]\s))[^{_LETTER}。！？；，：]+(?=[。！？；，：]|\Z)"
    rf"|[A-Za-z][^{_LETTER}。！？；，：]*[A-Za-z][.!?](?=\s|[{_LETTER}]|\Z)"
)
_IN_A_ROW = lazy_pattern(r"[A-Za-z][A-Za-z'\u2019-]+(?:,? [A-Za-z][A-Za-z'\u2019-]+)+")
_PLAIN = lazy_pattern(r"(?<![A-Za-z\d$\\_^{-])(?<![A-Za-z] )[a-z]{4,}(?![A-Za-z\d_(-]| [A-Za-z])")
_WORD = lazy_pattern(r"[A-Za-z][A-Za-z'\u2019-]*[A-Za-z]")
_NAME = lazy_pattern(r"[A-Za-z][A-Za-z0-9]*(?:[-+.'/][A-Za-z0-9]+)*")
_INITIALS = 3  # letters of an acronym of which the paper may have the words only
_FEW = frozenset("0123456789")


def in_other_script(text: str, source: SourceText, language: str) -> str:
    """Chinese or Japanese among Latin letters, or English among theirs; empty where none is."""
    if language not in WITHOUT_SPACES:
        runs = _EAST_ASIAN.findall(text)
        return next((run for run in runs if run not in source.text), "")
    text = plain_letters(text)  # Kähler is one word
    for pattern in (_PART, _IN_A_ROW, _PLAIN):
        for said in pattern.findall(text):
            words = _WORD.findall(said)
            spelled_out = len(words) > 1 and _bears_acronym(words, source)
            if not (spelled_out or all(_bears_word(word, source) for word in words)):
                return str(said).strip()
    return ""


def _bears_acronym(words: list[str], source: SourceText) -> bool:
    """Whether the paper has the acronym that the words stand for: LLM for large language model."""
    initials = "".join(part[0] for word in words for part in word.lower().split("-") if part)
    return not source.words.isdisjoint({initials, f"{initials}s"}) and len(initials) >= _INITIALS


def _bears_word(word: str, source: SourceText) -> bool:
    """Whether the paper has that very word, or the words that an acronym stands for."""
    plain = re.sub(r"[^a-z0-9]", "", word.lower())
    if not source.words.isdisjoint({plain, plain.removesuffix("s"), f"{plain}s"}):
        return True
    if word.islower() and re.search(rf"\b{re.escape(word)}\b", source.lowered):  # of "one-shot"
        return True
    if len(plain) >= _INITIALS and word.isupper() and plain in source.initials:
        return True
    parts = [part for part in word.split("-") if part]
    return len(parts) > 1 and all(_bears_word(part, source) for part in parts)


def names_of_paper(part: str, source: SourceText) -> frozenset[str]:
    """The Latin words, and numbers of two digits, that it has and the paper has."""
    names = {name for name in _NAME.findall(part) if len(name) > 1}
    numbers = values_in(part) - _FEW
    return frozenset(name for name in names if _bears_word(name, source)) | (
        numbers & values_in(source.text)
    )
