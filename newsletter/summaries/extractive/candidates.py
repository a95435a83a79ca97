"""The sentences of an abstract as they would be quoted, with their words."""

from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.clauses import drop_optional_clauses
from newsletter.summaries.extractive.cue_phrases import FUNCTION_WORDS
from newsletter.summaries.extractive.trimming import trim_sentence

_WORD = lazy_pattern(r"[a-z0-9]+")
_SHORT_NAME = lazy_pattern(r"\(([A-Z]\w*[A-Z]\w*)\)")
# "i.e.", "(i)", "Type I errors", "H I gas": no author.
_NO_AUTHOR = lazy_pattern(
    r"\bi\b|\bI\b(?! [a-z]{2}|'|,)|\b(?:[Tt]ype|[Pp]hase|[Cc]lass|H|C|Fe|Ca|Na|Mg) I\b"
)


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
    text = _quoted(sentence, title, title_stems)
    words = _WORD.findall(text.lower())
    if "i" in words:
        words = _WORD.findall(_NO_AUTHOR.sub("", text).lower())
    return Candidate(sentence, text, tuple(words), _stems_of(words))


def _quoted(sentence: str, title: str, title_stems: frozenset[str]) -> str:
    """The sentence without what it can spare; clauses with a word of the title stay."""
    return drop_optional_clauses(
        trim_sentence(sentence, title), lambda clause: bool(title_stems & stems_in(clause))
    )


def quoted_beside(candidate: Candidate, title: str, other: str) -> str:
    """The sentence as it would be quoted before another, with the short names used there."""
    names = [name for name in _SHORT_NAME.findall(candidate.original) if name in other]
    if not names or all(name in candidate.text for name in names):
        return candidate.text
    return _quoted(candidate.original, f"{title} {' '.join(names)}", stems_in(title))


def stems_in(text: str) -> frozenset[str]:
    """The content words, cut to a common beginning: "networks" and "network" are one."""
    return _stems_of(_WORD.findall(text.lower()))


def _stems_of(words: Iterable[str]) -> frozenset[str]:
    return frozenset([word[:6] for word in words if word not in FUNCTION_WORDS])
