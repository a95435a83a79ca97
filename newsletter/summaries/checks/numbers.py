"""Numbers in an answer that its abstract does not bear, and units that have changed."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_RAISED = str.maketrans(
    {raised: f" {digit}" for raised, digit in zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True)}
)
_GROUPED = re.compile(r"(?<=\d)(?:,|\{,\}|\\,|\\ )(?=\d{3}(?!\d))")
_UNBRACED = re.compile(r"(?<=\d)\s*(?:\\%|\$\s*\\?%|\\%\s*\$)")  # 5\%, $5$\%
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
    "hundred": 100,
    "hundreds": 100,
    "百": 100,
    "万": 10**4,
    "亿": 10**8,
    "千万": 10**7,
}
_SCALE = "|".join(sorted(map(re.escape, _SCALES), key=len, reverse=True))
_PERCENT = r"%|per ?cent|percentage|个?百分点|pp\b"
_TIMES = r"\\times|\u00d7|x\b|-?fold\b|times\b|倍"
_NUMBER = re.compile(
    r"(?P<digits>\d+(?:\.\d+)*)"
    rf"(?:[ -]?(?P<scale>{_SCALE})(?![a-z]))?"
    rf"(?:[ $-]{{0,3}}(?:(?P<percent>{_PERCENT})|(?P<times>{_TIMES})))?",
    re.IGNORECASE,
)
# 10-20%, 10 and 20%: the unit is the first number's too.
_RANGE = re.compile(
    rf"(\d+(?:\.\d+)?)(\s*(?:-|–|—|~|to|and|or|至|到|和|,)+\s*)(?=\d+(?:\.\d+)?\s?(?:{_PERCENT}))"
)
_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: value for value, word in enumerate(re.findall(r"\w+", _UNITS))} | {
    word: 10 * tens for tens, word in enumerate(re.findall(r"\w+", _TENS), start=2)
}
_SPELLED = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
# 两个, 三种: a numeral before a measure word; 一 is an article, and 三维 is a word.
_CHINESE = {"两": 2} | {numeral: value for value, numeral in enumerate("二三四五六七八九十", 2)}
_MEASURE = "个|种|项|类|组|篇|套|款|名|位|层|步|倍|阶段|大类|次"
_COUNTED = re.compile(rf"(?<![一二三四五六七八九十百第])([{''.join(_CHINESE)}])(?:{_MEASURE})")


@dataclass(frozen=True)
class Number:
    shown: str
    meant: str  # with its scale: 5k is 5000
    percent: bool = False
    times: bool = False

    @property
    def values(self) -> set[str]:
        return {self.shown, self.meant}


def invented(text: str, source: str) -> str:
    """A number that the source does not bear; empty where there is none.

    Numbers are compared in one way of writing: 1{,}000, 1,000, 1k and 1千 are 1000, three is 3.
    """
    borne = {value for number in _numbers(source) for value in number.values}
    borne |= {str(value) for _, value in _spelled(source)}
    for number in _numbers(text):
        if number.meant not in borne:
            return f"bears the number {number.shown}, which the abstract does not"
    return ""


def miscounted(text: str, source: str) -> str:
    """The same for numbers in words: "three datasets" where the abstract has none."""
    borne = {value for number in _numbers(source) for value in number.values}
    borne |= {str(value) for _, value in _spelled(source)}
    for word, value in _spelled(text):
        if value > 1 and str(value) not in borne:
            return f"counts {word}, which the abstract does not"
    return ""


def changed_unit(text: str, source: str) -> str:
    """A number that is a percentage, or a factor, in one of the two and neither in the other."""
    percents: set[str] = set()
    factors: set[str] = set()
    for number in _numbers(source):
        percents |= number.values if number.percent else set()
        factors |= number.values if number.times else set()
    for number in _numbers(text):
        if number.percent and not number.values & percents:
            return f"says {number.shown} %, where the abstract has no percentage"
        if number.times and not number.values & factors:
            return f"says {number.shown} times, where the abstract has no such factor"
    return ""


def _numbers(text: str) -> Iterator[Number]:
    plain = unicodedata.normalize("NFKC", text.translate(_RAISED))
    plain = _UNBRACED.sub("%", _GROUPED.sub("", plain))
    plain = _RANGE.sub(r"\1%\2", plain)
    for match in _NUMBER.finditer(plain):
        shown = meant = _canonical(match["digits"])
        if match["scale"] and shown.count(".") < 2:  # noqa: PLR2004 - 3.5.1 is a version
            meant = _canonical(f"{Decimal(shown) * _SCALES[match['scale'].lower()]:f}")
        yield Number(shown, meant, bool(match["percent"]), bool(match["times"]))


def _canonical(digits: str) -> str:
    """2.50 is 2.5, and 007 is 7; a version stays as it is."""
    if digits.count(".") > 1:
        return digits
    whole, _, decimals = digits.partition(".")
    decimals = decimals.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{decimals}" if decimals else whole


def _spelled(text: str) -> Iterator[tuple[str, int]]:
    for match in _SPELLED.finditer(text):
        yield match[0], _WORDS[match[0].lower()]
    for match in _COUNTED.finditer(text):
        yield match[0], _CHINESE[match[1]]
