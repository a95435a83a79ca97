"""The name of a column as words: without accents and case, and parted where two stand together.

A pattern for names is written without blanks, since `opt-out`, `opt out` and `OptOut` are one. A
match begins with a word or lies within one: `Date left` does not match `telef`.
"""

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from unicodedata import category, normalize

_ACRONYM_ENDS = re.compile(r"(?<=[A-Z])(?=[A-Z][a-z])")  # `EMAILOptOut`
_LATIN = "a-zß-ɏ"
_WORDS = re.compile(r"[^\W\d_]+")
_BEGINS_LATIN = re.compile(f"[{_LATIN}]")
_SCRIPTS = re.compile(rf"[{_LATIN}]+|[^{_LATIN}]+")
# Some of these written as one word (`dateleft`) are as many, where one turns a name around.
_PARTS = frozenset(
    (  # noqa: SIM905 - to be read at a glance
        "date time day year has was is no not do in on out user member subscriber reader person"
        " contact account profile customer client email mail list group site state last reason"
        " newsletter subscription active msg msgs message messages"
    ).split()
)
_TURNING = frozenset(
    (  # noqa: SIM905 - to be read at a glance
        "inactive allow allows receive receives want wants left leave leaving unsub unsubscribed"
        " removed cancelled canceled resigned departed expired quit stop stopped end ended deleted"
        " bounced blocked refused declined lapsed gone withdrawn revoked terminated exit dead"
        " closed"
    ).split()
)
_LONGEST = 40  # letters of a word that is parted


class ColumnName:
    """A name, in the ways in which it is looked at."""

    def __init__(self, text: str) -> None:
        self.words = [part for word in _words_of(text) for part in _parts_of(word)]
        self.letters = "".join(self.words)
        self._ends = list(accumulate(map(len, self.words)))
        self._starts = {0, *self._ends}
        for end, word in zip(self._ends, self.words, strict=True):  # `mail` begins `email`, too
            self._starts |= {end - len(word) + 1} if word.startswith("email") else set()

    def has(self, *patterns: re.Pattern[str]) -> bool:
        """Whether one of them is found, from a word's beginning on or within a word."""
        return any(self._has(pattern) for pattern in patterns)

    def _has(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.search(self.letters)
        while found is not None:
            start, end = found.span()
            if start in self._starts or end <= self._ends[bisect_right(self._ends, start)]:
                return True
            found = pattern.search(self.letters, start + 1)
        return False


@lru_cache(maxsize=512)
def column_name(text: str) -> ColumnName:
    return ColumnName(text)


def _words_of(text: str) -> list[str]:
    bare = "".join(char for char in normalize("NFKD", _parted(text)) if category(char)[0] != "M")
    return _WORDS.findall(normalize("NFC", bare).casefold())


def _parted(text: str) -> str:
    """With blanks in `optedOutOfEmail`, whatever marks its letters bear."""
    text = _ACRONYM_ENDS.sub(" ", normalize("NFC", text))
    pairs = zip(" " + text, text, strict=False)
    return "".join(
        f" {char}" if char.isupper() and not before.isupper() else char for before, char in pairs
    )


def by_script(word: str) -> list[tuple[str, bool]]:
    """The Latin and the other parts of a word: `SMS通知`."""
    return [(part, _BEGINS_LATIN.match(part) is not None) for part in _SCRIPTS.findall(word)]


def _parts_of(word: str) -> list[str]:
    """The known words that a word is put together from; else the word."""
    parts = _known_parts(word) if len(word) <= _LONGEST else []
    return [word] if _TURNING.isdisjoint(parts) else parts


def _known_parts(word: str) -> list[str]:
    known = _PARTS | _TURNING
    if word in known:
        return [word]
    for end in range(len(word) - 1, 1, -1):
        rest = _known_parts(word[end:]) if word[:end] in known else []
        if rest:
            return [word[:end], *rest]
    return []


def folded(text: str) -> str:
    """Without case, quotes and blanks around it."""
    return normalize("NFC", text).strip(" \t\r\n'\"\ufeff\u200b\u00a0").casefold()


def plain_words(text: str) -> str:
    """Without accents; one blank between words, whatever stood there."""
    bare = "".join(char for char in normalize("NFKD", text) if category(char) != "Mn")
    return " ".join(normalize("NFC", bare).replace("_", " ").replace("-", " ").split())
