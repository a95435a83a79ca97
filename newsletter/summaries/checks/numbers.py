"""Numbers in an answer that its abstract does not bear, and units that have changed."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.number_words import find_spelled_numbers, without_powers

_RAISED = str.maketrans(
    {raised: f" {digit}" for raised, digit in zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True)}
)
_GROUPED = lazy_pattern(r"(?<=\d)(?:,|\{,\}|\\,|\\ )(?=\d{3}(?!\d))")
_UNBRACED = lazy_pattern(r"(?<=\d)\s*(?:\\%|\$\s*\\?%|\\%\s*\$)")  # 5\%, $5$\%
_SCALES = {
    "k": 10**3,
    "thousand": 10**3,
    "thousands": 10**3,
    "千": 10**3,
    "m": 10**6,
    "million": 10**6,
    "millions": 10**6,
    "百万": 10**6,
    "b": 10**9,
    "billion": 10**9,
    "billions": 10**9,
    "十亿": 10**9,
    "trillion": 10**12,
    "trillions": 10**12,
    "万亿": 10**12,
    "tausend": 10**3,
    "mille": 10**3,
    "mil": 10**3,
    "millionen": 10**6,
    "millones": 10**6,
    "milliarden": 10**9,
    "milliards": 10**9,
    "mil millones": 10**9,
    "hundred": 100,
    "hundreds": 100,
    "百": 100,
    "万": 10**4,
    "萬": 10**4,
    "億": 10**8,
    "兆": 10**12,
    "亿": 10**8,
    "千万": 10**7,
}
_SCALE = "|".join(sorted(map(re.escape, _SCALES), key=len, reverse=True))
_POINTS = r"(?:%|per ?cent(?:age)?)[ -]points?|pp\b|个?百分点"
_PERCENT = rf"(?P<points>{_POINTS})|%|per ?cent|percentage"
_TIMES = r"\\times|\u00d7|x\b|-?fold\b|times\b|倍"
_UNIT = rf"(?:[ $-]{{0,3}}(?:(?P<percent>{_PERCENT})|(?P<times>{_TIMES})))?"
_UNIT_AFTER = lazy_pattern(_UNIT, re.IGNORECASE)
# By a factor of about 25: a factor, too.
_FACTOR = lazy_pattern(
    r"\b(?:factors? (?:of )?|speed-?ups? of )(?:(?:about|around|roughly|approximately|nearly|almost"
    r"|over|up to|at least|more than|between)\s+|[\s~\u2248$]|\\sim|\\approx)*\Z",
    re.IGNORECASE,
)
_FACTOR_WORDS = (
    (
        lazy_pattern(r"\b(?:twice|doubl(?:e|es|ed|ing)|hal(?:f|ve|ves|ved|ving))\b", re.IGNORECASE),
        "2",
    ),
    (lazy_pattern(r"\b(?:thrice|tripl(?:e|es|ed|ing)|thirds?)\b", re.IGNORECASE), "3"),
)
_FACTOR_STANDS_WITHIN = 40  # characters before the number
# 16 kHz is 16000 Hz, too.
_PREFIXES = {"k": 3, "M": 6, "G": 9, "T": 12}
_PREFIXED = lazy_pattern(r"[ ~-]?([kMGT])(?:Hz|B|b|m|W|eV|pc|g|bps)\b")
_LETTER = r"[a-z\u00c0-\u1fff赫瓦帕克米卡焦伏欧比位电]"  # 20 méthodes are 20, 40兆赫 are 40
_NUMBER = lazy_pattern(
    r"(?P<digits>\d+(?:\.\d+)*)"
    rf"(?:[ -]?(?P<scale>{_SCALE})(?!{_LETTER}))?"
    rf"{_UNIT}",
    re.IGNORECASE,
)
# 10-20%, 10 and 20%: the unit is the first number's too.
_RANGE = lazy_pattern(
    r"(?<!\d)(\d+(?:\.\d+)?)(\s*(?:-|–|—|~|to|and|or|至|到|和|,)+\s*)"
    r"(?=\d+(?:\.\d+)?\s?(?:%|per ?cent|percentage))"
)


# 2D and 3D are words, and so are V2, FP16 and I2I: whether the paper has them `names` looks at.
_DIMENSION = lazy_pattern(r"(?<![A-Za-z\d.])[1-4][- ]?D(?![A-Za-z])")
_IN_A_NAME = lazy_pattern(
    r"(?<![A-Za-z\d.])[A-Za-z\u0370-\u03ff]{1,9}\d+(?![.\d])[A-Za-z]*(?:/[A-Za-z]+\d+)*"
)


@dataclass(frozen=True)
class Number:
    shown: str
    meant: str  # with its scale: 5k is 5000
    percent: bool = False
    times: bool = False
    points: bool = False  # of a percentage
    prefixed: str = ""  # with its unit's prefix: of 16 kHz 16000

    @property
    def values(self) -> set[str]:
        written = (self.shown, self.meant, self.prefixed)
        return {value for value in written if value[:1].isdigit()}


def invented_number(text: str, source: str) -> str:
    """A number that the source does not bear; empty where there is none.

    Numbers are compared in one way of writing: 1{,}000, 10^3, 1k and 1千 are 1000, three is 3.
    """
    borne = values_in(source)
    for number in _in_digits(_IN_A_NAME.sub(" ", text)):
        if number.meant not in borne and number.prefixed not in borne:
            return f"bears the number {number.shown}, which the abstract does not"
    return ""


_FEW = frozenset(
    ["0", "1", "2"]
)  # "between two languages": said of what an abstract does not count


def changed_count(text: str, source: str) -> str:
    """The same for numbers in words: "three datasets" where the abstract has none."""
    borne = values_in(source)
    for number in _in_words(text):
        counts = number.meant not in _FEW or number.percent
        if counts and number.meant not in borne:
            return f"counts {number.shown}, which the abstract does not"
    return ""


def changed_unit(text: str, source: str) -> str:
    """A number that is a percentage, or a factor, in one of the two and neither in the other."""
    percents, factors = percents_in(source), factors_in(source)
    points = {value for number in _all(source) if number.points for value in number.values}
    for number in _all(text):
        if number.percent and not number.values & percents:
            return f"says {number.shown} %, where the abstract has no percentage"
        if number.points and number.values.isdisjoint(points):
            return f"says {number.shown} percentage points, where the abstract has per cent"
        if number.times and not number.values & factors:
            return f"says {number.shown} times, where the abstract has no such factor"
    return ""


def percents_in(text: str) -> set[str]:
    """Every percentage of the text, in one way of writing."""
    return {value for number in _all(text) if number.percent for value in number.values}


def factors_in(text: str) -> set[str]:
    """Every factor of the text: of "5x", "5 times", "fivefold" and "by a factor of 5" the 5.

    Of "twice" it is 2, and of "tripled" 3.
    """
    found = {value for number in _all(text) if number.times for value in number.values}
    return found | {value for words, value in _FACTOR_WORDS if words.search(text)}


def values_in(text: str) -> set[str]:
    """Every number of the text, in digits or words, in one way of writing."""
    return {value for number in _all(text) for value in number.values}


@lru_cache(maxsize=64)  # an abstract is asked for several times by the checks of one answer
def _all(text: str) -> tuple[Number, ...]:
    return (*_in_digits(text), *_in_words(text))


def _in_digits(text: str) -> Iterator[Number]:
    plain = without_powers(text)
    plain = unicodedata.normalize("NFKC", plain.translate(_RAISED))
    plain = _UNBRACED.sub("%", _GROUPED.sub("", plain))
    plain = _RANGE.sub(r"\1%\2", plain)
    plain = _DIMENSION.sub(" ", plain)
    for match in _NUMBER.finditer(plain):
        shown = meant = _canonical(match["digits"])
        prefixed = ""
        if shown.count(".") < 2:  # noqa: PLR2004 - 3.5.1 is a version
            prefix = _PREFIXED.match(plain, match.end("digits"))
            if match["scale"]:
                meant = _canonical(f"{Decimal(shown) * _SCALES[match['scale'].lower()]:f}")
            if prefix:
                prefixed = _canonical(f"{Decimal(shown).scaleb(_PREFIXES[prefix[1]]):f}")
        yield Number(shown, meant, *_unit(match, plain, match.start()), prefixed)


def _in_words(text: str) -> Iterator[Number]:
    for word in find_spelled_numbers(text):
        after = _UNIT_AFTER.match(text, word.end)
        yield Number(word.shown, word.value, *(_unit(after, text, word.start) if after else ()))


def _unit(match: re.Match[str], text: str, start: int) -> tuple[bool, bool, bool]:
    """Whether it is a percentage, a factor, and percentage points, by what stands around it."""
    before = text[max(0, start - _FACTOR_STANDS_WITHIN) : start]
    is_factor = bool(match["times"] or _FACTOR.search(before))
    return bool(match["percent"]), is_factor, bool(match["points"])


def _canonical(digits: str) -> str:
    """2.50 is 2.5, and 007 is 7; a version stays as it is."""
    if digits.count(".") > 1:
        return digits
    whole, _, decimals = digits.partition(".")
    decimals = decimals.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{decimals}" if decimals else whole
