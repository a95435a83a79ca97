"""A reader's own words: "codec", "music generation", or "diffus*" for all that begins so."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import compress, count, pairwise, takewhile
from operator import and_, or_

from newsletter.interests.word_forms import number_forms
from newsletter.interests.words import (
    in_small_letters,
    joined_places,
    lowercase_text,
    parts_in,
    places_in,
    visible_place,
    visible_text,
    without_hyphens,
)
from newsletter.text import plain_letters

_SHORTEST_BEGINNING = 3  # characters before a "*"; else it is taken for the word itself
# As in patterns, which phrases are not.
_PATTERN_SIGNS = re.compile(r"[)\].][*+?{]|^\^|\$$|\w\w\|\w\w|\w\?\w|\(\?|\[\w-\w\]|\w\{\d*,\d*\}")
_PATTERN_LETTERS = re.compile(  # which are no TeX; and a letter in both cases
    r"\\[bdswBDSW](?![A-Za-z{])|\[([^\W\d_])(?!\1)(?i:\1)\]"
)
# That makes another word of it: LoRA+, .NET. A single letter's stands in the letter's part.
_SIGN = re.compile(r"[^\W_]{2}[+#]|(?<!\S)\.(?=[^\W\d_])")

_BETWEEN = 2  # signs between two words: ")-"; with more, the words alone are said
_SIGNS_BEFORE = re.compile(r"[^\w\s]+")
_SIGNS_BEHIND = re.compile(r"[^\w\s]+\Z")
_CLOSING = {")": "(", "]": "[", "}": "{"}

_KEPT = 4096  # phrases of a day
_FEW = 40  # bits, which are found one by one
_IS_SET = "1".__eq__


@dataclass(frozen=True)
class Phrase:
    """Words that stand next to each other.

    Case, accents, hyphens, and one or several do not matter.
    """

    text: str  # as it was typed
    parts: tuple[str, ...]
    is_beginning: bool = False  # whether its last word may go on
    whole: str = ""  # what must stand there sign by sign: "lora+"

    @classmethod
    def parse(cls, text: str) -> "Phrase | None":
        """The phrase in a text; None where it has no letter."""
        whole = lowercase_text(text)
        parts = tuple(map(plain_letters, parts_in(whole)))
        if not parts:
            return None
        goes_on = whole.endswith("*") and len(parts[-1]) >= _SHORTEST_BEGINNING
        has_sign = _SIGN.search(whole) is not None
        return cls(text.strip(), parts, goes_on, whole if has_sign and not goes_on else "")

    def pattern(self) -> str:
        """A regular expression that finds it in any text; letters in any case."""
        if self.whole:
            return re.escape(self.whole) + (r"(?!\w)" if self.whole[-1].isalnum() else r"(?![+#*])")
        return "|".join(map(self._pattern_of, self.spellings()))

    def _pattern_of(self, parts: Sequence[str]) -> str:
        *before, last = parts
        if self.is_beginning:
            endings = re.escape(last) + r"\w*"
        else:
            *others, longest = sorted(map(re.escape, number_forms(last)), key=len)
            endings = f"(?:{'|'.join([longest, *reversed(others)])})"
            if len(last) == 1:  # a letter with signs behind it is another word
                endings += r"(?![+#*])"
        apart = [
            re.escape(part) + r"[\W_]" + ("+" if part[-1].isalnum() else "*") for part in before
        ]
        return "".join(apart) + endings

    def spellings(self) -> tuple[tuple[str, ...], ...]:
        """Its words with hyphens parted; and with hyphens left out, where it has any."""
        joined = _joined(self.text)
        return (self.parts, joined) if joined and joined != self.parts else (self.parts,)


@lru_cache(maxsize=_KEPT)
def _joined(text: str) -> tuple[str, ...]:
    return tuple(map(plain_letters, parts_in(without_hyphens(lowercase_text(text)))))


def is_pattern(text: str) -> bool:
    """Whether it is written as a pattern, and not as words that a paper could hold.

    Stars are all that may stand for letters: one at the end, behind three letters at least.
    """
    whole = lowercase_text(text)
    stars = whole.count("*") - sum(part.count("*") for part in parts_in(whole))
    phrase = Phrase.parse(text)
    is_misplaced = stars > (phrase is not None and phrase.is_beginning)
    return is_misplaced or bool(_PATTERN_SIGNS.search(whole) or _PATTERN_LETTERS.search(text))


class PhraseIndex:
    """Texts by their words, so that a phrase is looked for in the few that can hold it.

    Which texts hold a word is one integer, a bit a text: joining hundreds of them is quick.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._by_word: dict[str, int] = {}
        self._flat: list[str] = []  # words with hyphens parted, two spaces, and all joined
        self._visible = [*map(visible_text, texts)]
        self._shown = [*map(in_small_letters, self._visible)]
        for number, text in enumerate(self._shown):
            places = self._places_of(number)
            parts = [plain_letters(without_hyphens(text[start:end])) for start, end in places]
            self._flat.append(f" {' '.join(parts)} ")
            for part in {*parts} - {""}:
                self._by_word[part] = self._by_word.get(part, 0) | 1 << number
        self._words = sorted(self._by_word)
        self._looked_for = lru_cache(maxsize=_KEPT)(self._look_for)  # many readers name the same
        self._in_any_number = lru_cache(maxsize=_KEPT)(self._holding_word)
        self._written = lru_cache(maxsize=_KEPT)(self._write)
        self._places = lru_cache(maxsize=_KEPT)(self._places_of)

    def _places_of(self, number: int) -> list[tuple[int, int]]:
        """Where the words of a text stand, as its flat form has them."""
        text = self._shown[number]
        places = places_in(text)
        joined = joined_places(text, places)
        return [*places, (0, 0), *joined] if joined else places

    def holding(self, phrase: Phrase) -> int:
        """The texts that hold the phrase, a bit a text."""
        if phrase.whole or phrase.is_beginning or len(phrase.parts) > 1:
            return self._looked_for(phrase)
        return self._in_any_number(phrase.parts[0])

    def _holding_word(self, word: str) -> int:
        return reduce(or_, [self._by_word.get(form, 0) for form in number_forms(word)])

    def _look_for(self, phrase: Phrase) -> int:
        if phrase.whole:
            texts = reduce(and_, [self._by_word.get(part, 0) for part in phrase.parts])
            held = [at for at in numbers_in(texts) if self._finds_whole(phrase, at)]
            return sum([1 << at for at in held])
        found = 0
        for *before, last in phrase.spellings():
            around = [self._by_word.get(part, 0) for part in before]
            for form in self._going_on(last) if phrase.is_beginning else number_forms(last):
                texts = reduce(and_, around, self._by_word.get(form, 0)) & ~found
                if texts and before:
                    words = f" {' '.join([*before, form])} "
                    held = [number for number in numbers_in(texts) if words in self._flat[number]]
                    texts = sum([1 << number for number in held])
                found |= texts
        return found

    def _finds_whole(self, phrase: Phrase, number: int) -> re.Match[str] | None:
        return re.search(rf"(?<!\w){phrase.pattern()}", self._shown[number])

    def as_found(self, phrase: Phrase, number: int) -> str:
        """The phrase as a text that holds it writes it."""
        return self._written(phrase, number)

    def _write(self, phrase: Phrase, number: int) -> str:
        places = self._found(phrase, number)
        text = self._visible[number]
        words = [visible_place(text, start, end) for start, end in places]
        (begin, _), (_, end) = words[0], words[-1]
        if any(later - end > _BETWEEN for (_, end), (later, _) in pairwise(words)):
            return " ".join([text[start:end] for start, end in words])
        head, tail = _SIGNS_BEFORE.match(phrase.text), _SIGNS_BEHIND.search(phrase.text)
        if head and text.endswith(head[0], 0, begin):
            begin -= len(head[0])
        if tail and text.startswith(tail[0], end):
            end += len(tail[0])
        if text[end : end + 1] in _CLOSING and _is_open(text[begin:end], text[end]):
            end += 1
        return text[begin:end]

    def _found(self, phrase: Phrase, number: int) -> list[tuple[int, int]]:
        """Where each of its words stands first in the text in small letters."""
        if phrase.whole:
            whole = self._finds_whole(phrase, number)
            return [whole.span()] if whole else []
        flat = self._flat[number]
        begins = [
            (flat.find(f" {' '.join([*before, form])}{'' if phrase.is_beginning else ' '}"), parts)
            for parts in phrase.spellings()
            for *before, last in [parts]
            for form in ([last] if phrase.is_beginning else number_forms(last))
            if phrase.is_beginning or self._by_word.get(form, 0) >> number & 1
        ]
        begin, parts = min(found for found in begins if found[0] >= 0)
        first = flat.count(" ", 0, begin)
        return self._places(number)[first : first + len(parts)]

    def writes(self, term: str, number: int) -> str | None:
        """A term as a text writes it; None where the text lacks it.

        In small letters where the text has them so, too: sentences begin with a capital.
        """
        shown_text, text, first = self._shown[number], self._visible[number], None
        begin, length = shown_text.find(term), len(term)
        while begin >= 0:
            end = begin + length
            if not (shown_text[begin - 1 : begin].isalnum() or shown_text[end : end + 1].isalnum()):
                start, stop = (begin, end)
                if len(text) != len(shown_text):
                    start, stop = visible_place(text, begin, end)
                if text[start:stop] == term:
                    return term
                first = first or text[start:stop]
            begin = shown_text.find(term, end)
        return first

    def _going_on(self, beginning: str) -> Iterator[str]:
        start = bisect_left(self._words, beginning)
        following = (self._words[at] for at in range(start, len(self._words)))
        return takewhile(lambda word: word.startswith(beginning), following)


def _is_open(text: str, closing: str) -> bool:
    return text.count(_CLOSING[closing]) > text.count(closing)


def numbers_in(bits: int) -> list[int]:
    """Which bits are set, the lowest first."""
    if bits.bit_count() > _FEW:
        return [*compress(count(), map(_IS_SET, reversed(f"{bits:b}")))]
    numbers = []
    while bits:
        numbers.append((bits & -bits).bit_length() - 1)
        bits &= bits - 1
    return numbers
