"""A reader's own words: "codec", "music generation", or "diffus*" for all that begins so."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from newsletter.interests.words import parts_in, shown

_SHORTEST_BEGINNING = 3  # characters before a "*"; else it is taken for the word itself
_SIGN = re.compile(r"[^\W_][+#]|\b[^\W_]\*")  # that makes another word of it: C++, C#, A*


@dataclass(frozen=True)
class Phrase:
    """Words that stand next to each other; case, hyphens and a plural "s" do not matter."""

    text: str  # as it was typed
    parts: tuple[str, ...]
    is_beginning: bool = False  # whether its last word may go on
    whole: str = ""  # what must stand there sign by sign: "c++"

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
            return re.escape(self.whole) + r"(?![+#*])"
        ending = r"\w*" if self.is_beginning else "s?"
        return r"[\W_]+".join(map(re.escape, self.parts)) + ending


class PhraseIndex:
    """Texts by their words, so that a phrase is looked for in the few that can hold it."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._by_word: dict[str, set[int]] = {}
        self._flat: list[str] = []
        self._shown = [*map(shown, texts)]
        for number, text in enumerate(self._shown):
            parts = parts_in(text)
            self._flat.append(f" {' '.join(parts)} ")
            for part in parts:
                self._by_word.setdefault(part, set()).add(number)
        self._words = sorted(self._by_word)

    def holding(self, phrase: Phrase) -> set[int]:
        """The numbers of the texts that hold the phrase."""
        if phrase.whole:
            wanted = re.compile(rf"(?<!\w){phrase.pattern()}")
            texts = set[int]().union(*(self._by_word.get(word, ()) for word in phrase.parts))
            return {number for number in texts if wanted.search(self._shown[number])}
        *before, last = phrase.parts
        endings = self._going_on(last) if phrase.is_beginning else (last, f"{last}s")
        texts = set[int]().union(*(self._by_word.get(word, ()) for word in endings))
        for part in before:
            texts &= self._by_word.get(part, set())
        if not before:
            return texts
        whole = f" {' '.join(phrase.parts)}"
        forms = (whole,) if phrase.is_beginning else (f"{whole} ", f"{whole}s ")
        return {number for number in texts if any(form in self._flat[number] for form in forms)}

    def as_found(self, phrase: Phrase, number: int) -> str:
        """The phrase as it was typed; one that may go on, as a text that holds it does."""
        if not phrase.is_beginning:
            return phrase.text
        _, whole, behind = self._flat[number].partition(f" {' '.join(phrase.parts)}")
        return f"{whole}{behind.partition(' ')[0]}".strip()

    def _going_on(self, beginning: str) -> Iterator[str]:
        start = bisect_left(self._words, beginning)
        following = (self._words[at] for at in range(start, len(self._words)))
        return takewhile(lambda word: word.startswith(beginning), following)
