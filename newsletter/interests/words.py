"""The words of a text: an open vocabulary, nothing stemmed, hyphens left alone."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from unicodedata import normalize

from newsletter.text import visible

_LONGEST_TEXT = 20_000  # characters; ten times what arXiv takes as an abstract
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_PART = re.compile(r"(?<![^\W_])[^\W\d_][+#*]+|[^\W_]+")  # C++, C# and A* are no C and no A
_LONGEST_WORD = 60  # characters; what is longer is no word


def words_of(text: str) -> list[str]:
    """In their order, in small letters, TeX as what it shows; `text-to-speech` is one word."""
    return [word for word in _WORD.findall(_folded(text)) if len(word) <= _LONGEST_WORD]


def parts_in(shown_text: str) -> list[str]:
    """The same with hyphens parted: what a reader's own words are compared with."""
    return _PART.findall(shown_text)


def places_in(shown_text: str) -> list[tuple[int, int]]:
    """Where each of them begins and ends."""
    return [part.span() for part in _PART.finditer(shown_text)]


def shown(text: str) -> str:
    """What people see of it, in small letters, on one line."""
    return " ".join(_folded(visible(text)).split())


def pairs_of(words: Sequence[str]) -> Iterable[str]:
    """Each two neighbours, with a space between them."""
    return (f"{first} {second}" for first, second in pairwise(words))


def _folded(text: str) -> str:
    from newsletter.tex import to_text

    return normalize("NFKC", to_text(text[:_LONGEST_TEXT])).lower()
