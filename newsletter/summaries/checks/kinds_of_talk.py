"""Kinds of talk that no sentence about a paper has, unless its abstract has them itself.

Who sums up a paper praises it to nobody, judges it for no committee, sells nothing and does not
speak of the summary. Each kind has some words that it cannot do without (`kinds_of_talk.toml`).
English ones are looked for in the abstract as they are; for those of other languages, something is
that an English abstract says instead.
"""

import re
import tomllib
from functools import cache
from importlib import resources

from newsletter.languages import WITHOUT_SPACES
from newsletter.summaries.checks.relevance import SourceText

_STEM = 7  # letters by which an English word is looked for in the abstract
_UNLESS = "unless"


def foreign_talk(text: str, source: SourceText, language: str) -> str:
    """What is said that the abstract does not say; empty where nothing is, or no kind is known."""
    for name, patterns in _kinds().items():
        if language not in patterns:
            continue
        if language != "en" and patterns[_UNLESS].search(source.text):
            continue
        for found in patterns[language].finditer(text):
            if not _borne(found[0].lower(), source, language):
                return f"{name}, {found[0]}"
    return ""


def _borne(said: str, source: SourceText, language: str) -> bool:
    """Whether the abstract has the words, or in any form the word; of other languages a name."""
    if language != "en":
        return said in source.words
    return (said if " " in said else said[:_STEM]) in source.lowered


@cache
def _kinds() -> dict[str, dict[str, re.Pattern[str]]]:
    file = resources.files("newsletter.summaries.checks").joinpath("kinds_of_talk.toml")
    kinds: dict[str, dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        name: {language: _pattern(listed, language) for language, listed in kind.items()}
        for name, kind in kinds.items()
    }


def _pattern(listed: str, language: str) -> re.Pattern[str]:
    words = [word.replace(".", "[\\s'\u2019-]") for word in listed.split()]
    if language in WITHOUT_SPACES:
        return re.compile("|".join(words), re.IGNORECASE)
    ended = [word[:-1] + r"(?![\w-])" if word.endswith("|") else word + r"[\w-]*" for word in words]
    return re.compile(rf"\b(?:{'|'.join(ended)})", re.IGNORECASE)
