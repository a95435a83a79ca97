"""How papers write and use a word within their sentences: its capitals, as a noun, counted or not.

`word_usage.txt` is made by `benchmarks/word_usage.py`; what a line of it holds stands before its
colon. All else that the lexicon knows is written in small letters, and can be a noun.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_ADJECTIVE = re.compile(r"[^\W\d_]{3,}(?:al|ic|ive|ous|able|ible|less|ful|ary|ular)")


@dataclass(frozen=True)
class WordUsage:
    """The use of the commonest words, by their form in small letters."""

    names: Mapping[str, str]  # as they are written: "ASR", "Gaussian", "LoRA"
    not_nouns: frozenset[str]  # that stand before a noun or behind "is": "multilingual"
    counted: frozenset[str]  # nouns with an article or as a plural, seldom bare: "camera"

    def name(self, word: str) -> str | None:
        """As a name or an acronym is written; None for other words."""
        if word[:-1].isupper() and word[-1] == "s":
            return word
        return self.names.get(word.lower())

    def is_noun(self, word: str, *, is_known: bool) -> bool:
        """Whether it can end a noun phrase; of a word that few papers hold, as its ending tells."""
        last = word.rpartition("-")[2].lower()
        return last not in self.not_nouns and (is_known or not _ADJECTIVE.fullmatch(last))

    def plural(self, word: str) -> str:
        """Of a noun that is counted its plural, of any other word the word itself."""
        if word.rpartition("-")[2].lower() not in self.counted:
            return word
        return plural(word)


def plural(word: str) -> str:
    """The regular plural of an English noun."""
    if re.search(r"[^aeiou\W]y\Z", word):
        return f"{word[:-1]}ies"
    return f"{word}es" if re.search(r"(?:s|x|z|ch|sh)\Z", word) else f"{word}s"


def parse(lines: Iterable[str]) -> WordUsage:
    """From the lines of its file."""
    named = dict(line.strip().split(": ", 1) for line in lines)
    names = {word.lower(): word for word in named["names"].split(" ")}
    not_nouns, counted = (frozenset(named[kind].split(" ")) for kind in ("not nouns", "counted"))
    return WordUsage(names, not_nouns, counted)


@lru_cache(maxsize=1)
def shipped() -> WordUsage:
    """The one that comes with the package, read once."""
    file = files("newsletter.interests") / "word_usage.txt"
    return parse(file.read_text(encoding="utf-8").splitlines())
