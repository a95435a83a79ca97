"""A reader's own words: "codec", "music generation", or "diffus*" for all that begins so."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, count, takewhile

from newsletter.interests.words import parts_in, places_in, shown

_SHORTEST_BEGINNING = 3  # characters before a "*"; else it is taken for the word itself
# That makes another word of it: LoRA+, .NET. A single letter's stands in the letter's part.
_SIGN = re.compile(r"[^\W_]{2}[+#]|(?<!\S)\.(?=[^\W\d_])")

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
        self._places: dict[int, list[tuple[int, int]]] = {}  # of the parts of a text

    def holding(self, phrase: Phrase) -> list[int]:
        """The numbers of the texts that hold the phrase, in their order."""
        *before, last = phrase.parts
        texts = 0
        for word in self._going_on(last) if phrase.is_beginning else (last, f"{last}s"):
            texts |= self._by_word.get(word, 0)
        for part in before:
            texts &= self._by_word.get(part, 0)
        numbers = _numbers(texts)
        if phrase.whole:
            whole = phrase.whole
            wanted = re.compile(rf"(?<!\w){phrase.pattern()}")
            held = [number for number in numbers if whole in self._shown[number]]
            return [number for number in held if wanted.search(self._shown[number])]
        if not before:
            return numbers
        forms = phrase.forms()
        return [number for number in numbers if any(it in self._flat[number] for it in forms)]

    def as_found(self, phrase: Phrase, number: int) -> str:
        """The phrase as a text that holds it has it; as it was typed, where only case differs."""
        flat = self._flat[number]
        begins = [at for at in map(flat.find, phrase.forms()) if at >= 0]
        if phrase.whole or not begins:
            return phrase.text
        first = flat.count(" ", 0, min(begins))
        if number not in self._places:
            self._places[number] = places_in(self._shown[number])
        places = self._places[number][first : first + len(phrase.parts)]
        text = self._shown[number]
        words = " ".join([text[start:end] for start, end in places])
        found = text[places[0][0] : places[-1][1]]
        if len(found) != len(words):  # not just one sign between two of them
            found = words
        return phrase.text if found == phrase.text.lower() else found

    def _going_on(self, beginning: str) -> Iterator[str]:
        start = bisect_left(self._words, beginning)
        following = (self._words[at] for at in range(start, len(self._words)))
        return takewhile(lambda word: word.startswith(beginning), following)


def _numbers(bits: int) -> list[int]:
    """Which bits are set."""
    if bits.bit_count() > _FEW:
        return [*compress(count(), map(_IS_SET, reversed(f"{bits:b}")))]
    numbers = []
    while bits:
        numbers.append((bits & -bits).bit_length() - 1)
        bits &= bits - 1
    return numbers
