"""The words with which each of our languages says what a study does (`study_words.toml`)."""

import re
import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple

from newsletter.languages import WITHOUT_SPACES
from newsletter.lazy_pattern import lazy_pattern

_LETTERS = lazy_pattern(r"[^\W_]+")
_IS_WIDE = lazy_pattern("[\u3040-\u9fff]")
_FEWEST_WIDE = 3  # characters that are of a paper
_SHORT = 3  # letters of a word that no paper is known by
_NEAR_END = r"[^、。]{0,12}\Z"  # of a Japanese clause stands its verb


class StudyWords(NamedTuple):
    """Of one language."""

    goes_on: re.Pattern[str]  # a clause of the same study; to be searched
    says: re.Pattern[str]  # anywhere in a sentence about a study
    leans: re.Pattern[str]  # a sentence that leans on another; to be matched
    proposes: re.Pattern[str] | None = None  # anywhere in the sentence that says what is new
    before_it: re.Pattern[str] | None = None  # anywhere in one that says what was there before
    trend: re.Pattern[str] | None = None  # anywhere in one that says what many do of late
    generic: re.Pattern[str] | None = None  # a word that the sentence of any paper may have

    def contribution(self, sentence: str) -> int:
        """1 where it says what is new, -1 where it says what was there before, else 0."""
        if self.proposes and self.proposes.search(sentence):
            return 1
        return -1 if self.before_it and self.before_it.search(sentence) else 0

    def tells_trend(self, sentence: str) -> str:
        """The words with which it tells what many do of late, and nothing new; else empty."""
        found = self.trend and self.trend.search(sentence)
        return "" if not found or self.contribution(sentence) > 0 else found[0]

    def tells_nothing(self, sentence: str) -> bool:
        """Whether all its words could stand of any paper."""
        if self.generic is None:
            return False
        words = _LETTERS.findall(sentence)
        if any(map(_IS_WIDE.match, words)):
            return len("".join(self.generic.sub("", word) for word in words)) < _FEWEST_WIDE
        return not any(len(word) > _SHORT and not self.generic.fullmatch(word) for word in words)


@cache
def study_words() -> dict[str, StudyWords]:
    """By language; of others nothing is known."""
    file = resources.files("newsletter.summaries.checks").joinpath("study_words.toml")
    listed: dict[str, dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return {language: _of(language, words) for language, words in listed.items()}


def _of(language: str, words: dict[str, str]) -> StudyWords:
    does, leans = _any_of(words["does"]), _any_of(words["leans"])
    said = _any_of(words["does"] + words.get("means", ""))
    if language in WITHOUT_SPACES:
        before = rf"\A(?:{_any_of(words['before'])}，?)*" if "before" in words else ""
        goes_on = before + does if before else does + _NEAR_END
        return StudyWords(*map(_compiled, (goes_on, said, rf"\W*{leans}")), *_new_and_old(words))
    before = _any_of(words["before"])
    own = f"(?! {_any_of(words['own'])})"  # "this paper" leans on nothing
    goes_on = rf"\A(?:{before} )?{does}"
    patterns = (goes_on, rf"\b{said}", rf"\W*{leans}\b{own}")
    return StudyWords(*map(_compiled, patterns), *_new_and_old(words))


def _new_and_old(words: dict[str, str]) -> list[re.Pattern[str] | None]:
    """What is there before is named for no English: its sentences are ranked as abstracts are."""
    return [
        _compiled(_any_of(words[name])) if name in words else None
        for name in ("proposes", "before_it", "trend", "generic")
    ]


def _any_of(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
