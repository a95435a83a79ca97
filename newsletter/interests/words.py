"""The words of a text: an open vocabulary, nothing stemmed, hyphens left alone."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from unicodedata import normalize

from newsletter.text import visible

_LONGEST_TEXT = 20_000  # characters; ten times what arXiv takes as an abstract
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_PART = re.compile(r"(?<![^\W_])[^\W\d_][+#*]+|[^\W_]+")  # C++, C# and A* are no C and no A
_HYPHEN = "-‐‑"  # noqa: RUF001 - as papers write them
_NO_HYPHEN = dict.fromkeys(map(ord, _HYPHEN))
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


def joined_places(shown_text: str, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places of words without their hyphens; empty where no word has one."""
    joined: list[tuple[int, int]] = []
    last = -1
    for start, end in places:
        if start == last + 1 and shown_text[last] in _HYPHEN:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
        last = end
    return joined if len(joined) < len(places) else []


def without_hyphens(shown_text: str) -> str:
    return shown_text if shown_text.isalnum() else shown_text.translate(_NO_HYPHEN)


def lowercase_text(text: str) -> str:
    """The text as people see it, in small letters, on one line."""
    return in_small_letters(visible_text(text))


def visible_text(text: str) -> str:
    """The text as people see it, on one line."""
    from newsletter.tex import to_text

    return " ".join(normalize("NFC", to_text(visible(text)[:_LONGEST_TEXT])).split())


def visible_place(text: str, start: int, end: int) -> tuple[int, int]:
    """Where that piece of the same text in small letters stands in what people see of it."""
    if len(in_small_letters(text)) == len(text):
        return start, end
    at, begin = 0, 0
    for place, char in enumerate(text):
        if at <= start:
            begin = place
        at += len(in_small_letters(char))
        if at >= end:
            return begin, place + 1
    return begin, len(text)


def in_small_letters(text: str) -> str:
    """Signs that only look different are one."""
    return text.lower() if text.isascii() else normalize("NFKC", text).lower()


def pairs_of(words: Sequence[str]) -> Iterable[str]:
    """Each two neighbours, with a space between them."""
    return (f"{first} {second}" for first, second in pairwise(words))


def _folded(text: str) -> str:
    from newsletter.tex import to_text

    return in_small_letters(to_text(text[:_LONGEST_TEXT]))
