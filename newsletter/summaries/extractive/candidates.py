"""The sentences of an abstract as they would be quoted, with their words."""

from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.clauses import drop_optional_clauses
from newsletter.summaries.extractive.cue_phrases import FUNCTION_WORDS
from newsletter.summaries.extractive.trimming import trim_sentence

_WORD = lazy_pattern(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence as it would be quoted."""

    original: str
    text: str
    words: tuple[str, ...]
    stems: frozenset[str]


def candidates(title: str, pieces: Iterable[str]) -> list[Candidate]:
    """The sentences as they would be quoted beside that title."""
    title_stems = stems_in(title)
    return [_candidate(piece, title, title_stems) for piece in pieces]


def _candidate(sentence: str, title: str, title_stems: frozenset[str]) -> Candidate:
    """The sentence without what it can spare; clauses with a word of the title stay."""
    text = drop_optional_clauses(
        trim_sentence(sentence, title), lambda clause: bool(title_stems & stems_in(clause))
    )
    words = tuple(_WORD.findall(text.lower()))
    return Candidate(sentence, text, words, _stems_of(words))


def stems_in(text: str) -> frozenset[str]:
    """The content words, cut to a common beginning: "networks" and "network" are one."""
    return _stems_of(tuple(_WORD.findall(text.lower())))


def _stems_of(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word[:6] for word in words if word not in FUNCTION_WORDS)
