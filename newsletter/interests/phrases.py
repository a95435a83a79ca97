"""A reader's own words: "codec", "music generation", or "diffus*" for all that begins so."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, count, takewhile

from newsletter.interests.words import parts_in, places_in, shown

_SHORTEST_BEGINNING = 3  # characters before a "*"; else it is taken for the word itself
# That makes another word of it: LoRA+, .NET. A single letter's stands in the letter's part.
_SIGN = re.compile(r"[^\W_]{2}[+#]|(?<!\S)\.(?=[^\W\d_])")

_KEPT = 4096  # phrases of a day
_FEW = 40  # bits, which are found one by one
_IS_SET = "1".__eq__


@dataclass(frozen=True)
class Phrase:
    """Words that stand next to each other; case, hyphens and a plural "s" do not matter."""

    text: str  # as it was typed
    parts: tuple[str, ...]
    is_beginning: bool = False  # whether its last word may go on
    whole: str = ""  # what must stand there sign by sign: "lora+"

    @classmethod
    def parse(cls, text: str) -> "Phrase | None":
        """None where there is no letter in it."""
        whole = shown(text)
        parts = tuple(parts_in(whole))
        if not parts:
            return None
        goes_on = whole.endswith("*") and len(parts[-1]) >= _SHORTEST_BEGINNING
        has_sign = _SIGN.search(whole) is not None
        return cls(text.strip(), parts, goes_on, whole if has_sign and not goes_on else "")

    def pattern(self) -> str:
        """A regular expression that finds it in any text; letters in any case."""
        if self.whole:
            return re.escape(self.whole) + (r"(?!\w)" if self.whole[-1].isalnum() else r"(?![+#*])")
        if self.is_beginning:
            ending = r"\w*"
        else:  # a letter with signs behind it is another word
            ending = "s?" if len(self.parts[-1]) > 1 else r"(?:s|(?![+#*]))"
        *before, last = self.parts
        apart = [re.escape(it) + r"[\W_]" + ("+" if it[-1].isalnum() else "*") for it in before]
        return "".join(apart) + re.escape(last) + ending

    def forms(self) -> tuple[str, ...]:
        """How it begins in a text's parts, which have a space around each."""
        whole = f" {' '.join(self.parts)}"
        return (whole,) if self.is_beginning else (f"{whole} ", f"{whole}s ")


class PhraseIndex:
    """Texts by their words, so that a phrase is looked for in the few that can hold it.

    Which texts hold a word is one integer, a bit a text: joining hundreds of them is quick.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._by_word: dict[str, int] = {}
        self._flat: list[str] = []
        self._shown = [*map(shown, texts)]
        for number, text in enumerate(self._shown):
            parts = parts_in(text)
            self._flat.append(f" {' '.join(parts)} ")
            for part in set(parts):
                self._by_word[part] = self._by_word.get(part, 0) | 1 << number
        self._words = sorted(self._by_word)
        self._looked_for = lru_cache(maxsize=_KEPT)(self._look_for)  # many readers name the same
        self._places: dict[int, list[tuple[int, int]]] = {}  # of the parts of a text

    def holding(self, phrase: Phrase) -> int:
        """The texts that hold the phrase, a bit a text."""
        if phrase.whole or phrase.is_beginning or len(phrase.parts) > 1:
            return self._looked_for(phrase)
        (word,) = phrase.parts
        return self._by_word.get(word, 0) | self._by_word.get(f"{word}s", 0)

    def _look_for(self, phrase: Phrase) -> int:
        *before, last = phrase.parts
        texts = 0
        for word in self._going_on(last) if phrase.is_beginning else (last, f"{last}s"):
            texts |= self._by_word.get(word, 0)
        for part in before:
            texts &= self._by_word.get(part, 0)
        if phrase.whole:
            wanted = re.compile(rf"(?<!\w){phrase.pattern()}")
            held = [at for at in numbers_in(texts) if phrase.whole in self._shown[at]]
            return sum([1 << at for at in held if wanted.search(self._shown[at])])
        if not before or not texts:
            return texts
        begins, *_ = forms = phrase.forms()
        begins = begins.rstrip()
        held = [number for number in numbers_in(texts) if begins in self._flat[number]]
        if not phrase.is_beginning:
            held = [at for at in held if any(form in self._flat[at] for form in forms)]
        return sum([1 << number for number in held])

    def as_found(self, phrase: Phrase, number: int) -> str:
        """The phrase as a text that holds it has it; as it was typed, where only case differs."""
        found = "" if phrase.whole else self._found(phrase, number)
        return found if found and found != phrase.text.lower() else phrase.text

    def _found(self, phrase: Phrase, number: int) -> str:
        *before, last = phrase.parts
        has_plural = self._by_word.get(f"{last}s", 0) >> number & 1
        if not (before or phrase.is_beginning or has_plural):
            return last
        flat = self._flat[number]
        begin = min(at for at in map(flat.find, phrase.forms()) if at >= 0)
        if not before:
            return flat[begin + 1 : flat.index(" ", begin + 1)]
        first = flat.count(" ", 0, begin)
        if number not in self._places:
            self._places[number] = places_in(self._shown[number])
        places = self._places[number][first : first + len(phrase.parts)]
        text = self._shown[number]
        words = " ".join([text[start:end] for start, end in places])
        found = text[places[0][0] : places[-1][1]]
        return found if len(found) == len(words) else words  # just one sign between two of them

    def _going_on(self, beginning: str) -> Iterator[str]:
        start = bisect_left(self._words, beginning)
        following = (self._words[at] for at in range(start, len(self._words)))
        return takewhile(lambda word: word.startswith(beginning), following)


def numbers_in(bits: int) -> list[int]:
    """Which bits are set, the lowest first."""
    if bits.bit_count() > _FEW:
        return [*compress(count(), map(_IS_SET, reversed(f"{bits:b}")))]
    numbers = []
    while bits:
        numbers.append((bits & -bits).bit_length() - 1)
        bits &= bits - 1
    return numbers
