"""The form of an answer: one whole sentence of a usual length, and no list or form."""

import re
import unicodedata

from newsletter.languages import WITHOUT_SPACES
from newsletter.lazy_pattern import lazy_pattern
from newsletter.sources.base import Paper
from newsletter.summaries.checks.answer_language import is_frequent
from newsletter.summaries.checks.study_words import study_words

_SHORTEST, _LONGEST = 20, 400
_SHORTEST_ZH, _LONGEST_ZH = 10, 240  # a Chinese character says as much as two letters
_FAR_LONGER = 1.5
_REPEATED = lazy_pattern(
    r"\b([^\W\d_]{3,}(?: [^\W\d_]+){0,3})(?:\W+\1\b){2}|([\u3040-\u9fff]{2,8})\2\2", re.IGNORECASE
)
# Of a form that nobody filled in: "...", "___", 某任务, "[Summary]".
_BLANK = lazy_pattern(
    r"(?:\u2026|\.{3})\s?[^\W\d_]|_{3}|某(?:任务|问题|方法)|\A[\[<{][^\]>}]*[\]>}]\W*\Z"
)
_UNFINISHED = lazy_pattern(
    r"[,:;(\u2013\u2014、，：；（-]\Z|(?:并|通过|和|与|及|或|的|在|对|从|以|为|将|把|被|基于|利用)\Z"
)
# An article before a stop: who made the answer closed what had broken off.
_CLOSED_EARLY = lazy_pattern(
    r"\b(?:the|an|our|their|der|den|dem|des|eine[nmrs]?|les|une|el|los|las)\s?[.…]\W*\Z"
)
_LAST_WORD = lazy_pattern(r"[^\W\d_]+\Z")
# A last word that the paper has with more letters is one that was cut, unless these are an ending.
_WITHIN_WORD = lazy_pattern(r"(?<![A-Za-z\d\u00c0-\u017f])[a-z]{2,}\Z", re.IGNORECASE)
_ENDINGS_LISTED = """
    s es d ed ing ly al ic er ers or ors ion ions ity n en r e y ies ment ments ness able ability
    ation ations ally ical ization izing ized ize ful less like wise ist ists ian ive ively iveness
    ance ence set sets
"""
_ENDINGS = frozenset(_ENDINGS_LISTED.split())
_CLOSED = lazy_pattern(r"[。！？.!?…][”’»」』）》)\]\"']*\Z")
_CLAUSE = lazy_pattern(r"[，、；：。]")
_ITEM = lazy_pattern(r"\A(?:\d+[.)]|\(?[a-zA-Z\d]\)|\[.?\])\s")
_BEFORE_LINES, _AFTER_LINES = "*#/•·‣§!:+", "/\\#•"
_SIGNS_OF_WORDS = "∞∂∇≈°~"  # a sentence may begin or end with them


def wrong_length(text: str, language: str) -> str:
    shortest, longest = _lengths(language)
    if shortest <= len(text) <= longest:
        return ""
    return f"has {len(text)} characters, not {shortest} to {longest}"


def is_no_sentence(answer: str, language: str) -> bool:
    """Whether it is far longer than the sentence that was asked for, as an abstract again is."""
    return len(answer) > _FAR_LONGER * _lengths(language)[1]


def _lengths(language: str) -> tuple[int, int]:
    """Characters of a sentence, at least and at most."""
    is_dense = language in WITHOUT_SPACES
    return (_SHORTEST_ZH, _LONGEST_ZH) if is_dense else (_SHORTEST, _LONGEST)


def not_one_line(text: str, source: str) -> str:
    """What says that it is more than a sentence, or none; the source may have "log log log n"."""
    if len(text.splitlines()) > 1:
        return "has several paragraphs"
    if said := _repeated(text) - _repeated(source):
        return f"says {min(said)} three times"
    return "is a list" if _ITEM.match(text) or _is_framed(text) else ""


def _repeated(text: str) -> set[str]:
    return {found[1] or found[2] for found in _REPEATED.finditer(text.lower())}


def unfinished(text: str, paper: Paper, language: str) -> str:
    if _BLANK.search(text):
        return "has a blank in it"
    last = _LAST_WORD.search(text)
    is_open = last is not None and is_frequent(last[0], language)
    if is_open or _UNFINISHED.search(text) or _CLOSED_EARLY.search(text):
        return "breaks off"
    if cut := _within_word(text, paper):
        return f"breaks off in a word, {cut}"
    return "is the title" if _is_title(text, paper.title, language) else ""


def _is_title(text: str, title: str, language: str) -> bool:
    """Whether it is the title, or says of it nothing but that the paper has it."""
    said, titled = (" ".join(re.findall(r"\w+", part.casefold())) for part in (text, title))
    words = study_words().get(language)
    before, found, after = said.partition(titled or said or " ")
    return bool(titled and found) and (
        before == after == "" or (words is not None and words.tells_nothing(f"{before} {after}"))
    )


def _within_word(text: str, paper: Paper) -> str:
    """The last word, where the paper has it only with more letters: "Bottlene"."""
    if not (last := _WITHIN_WORD.search(text)):
        return ""
    words = re.findall(r"[a-z]+", f"{paper.title} {paper.abstract}".lower())
    begun = last[0].lower()
    rests = {word[len(begun) :] for word in words if word.startswith(begun)}
    return last[0] if rests and rests.isdisjoint(_ENDINGS | {""}) else ""


def doubts_of_end(text: str, language: str, *, is_complete: bool) -> int:
    """How much speaks for an answer that was cut: nothing, little (1), or enough (2).

    A sentence has a mark at its end. What has none is taken for whole where its maker says that it
    came to its end; in Chinese and Japanese a headline without clauses is, too.
    """
    if _CLOSED.search(text):
        return 0
    if language not in WITHOUT_SPACES:
        return 0 if is_complete else 2
    return int(not is_complete) + bool(_CLAUSE.search(text))


def _is_framed(text: str) -> bool:
    """A list's sign, an arrow, a bar or the like stands at one of its ends."""
    first, last = text[:1] or "a", text[-1:] or "a"
    return (
        first in _BEFORE_LINES
        or last in _AFTER_LINES
        or unicodedata.category(first) == "Pd"
        or _is_sign(first)
        or (last != "+" and _is_sign(last))  # C++
    )


def _is_sign(character: str) -> bool:
    is_symbol = unicodedata.category(character) in {"So", "Sm", "Sk"}
    return is_symbol and character not in _SIGNS_OF_WORDS
