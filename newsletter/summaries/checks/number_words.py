"""Numbers that are written in words, English and Chinese, and in powers of ten."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from newsletter.lazy_pattern import lazy_pattern

_UNITS = "zero one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: value for value, word in enumerate(f"{_UNITS} {_TEENS}".split())} | {
    word: 10 * tens for tens, word in enumerate(_TENS.split(), start=2)
}
BIG = {
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "dozen": 12,
}
_TO_99 = (
    rf"(?:(?:{'|'.join(_TENS.split())})(?:[ -](?:{'|'.join(_UNITS.split()[1:])})\b)?"
    rf"|(?:{'|'.join(_SMALL)}))"
)
_TO_999 = rf"(?:(?:{_TO_99}|an?)[ -]hundred(?:(?: and)? {_TO_99}\b)?|{_TO_99})"
_ENGLISH = lazy_pattern(
    rf"\b(?:(?:{_TO_999}|an?)[ -](?:thousand|million|billion|trillion|dozen)"
    rf"(?:(?: and)? {_TO_999}\b)?|{_TO_999})(?=\b|-?fold)",
    re.IGNORECASE,
)
_CHINESE = {"零": 0, "\u3007": 0, "两": 2} | {
    numeral: value for value, numeral in enumerate("一二三四五六七八九", start=1)
}
CHINESE_BIG = {"十": 10, "百": 100, "千": 10**3, "万": 10**4, "亿": 10**8}
_NUMERALS = f"[{''.join(_CHINESE)}{''.join(CHINESE_BIG)}]"
# 两个, 三种: a numeral before a measure word; 一 is an article, and 三维 is a word.
_MEASURE = "个|种|项|类|组|篇|套|款|名|位|层|步|阶段|大类|次|小时|分钟|秒|天|年|张|条|台|轮|倍"
_COUNTED = lazy_pattern(
    rf"(?<![第之点数几上多近\d{_NUMERALS[1:-1]}])(?!二次|三次[方样多]|[一三四]次元)({_NUMERALS}{{1,12}})(?:{_MEASURE})"
)
# 二十, 一千二百: long enough to be no part of a word.
_LONG = lazy_pattern(
    rf"(?<![第之点数几上多近\d{_NUMERALS[1:-1]}])"
    rf"([十两一二三四五六七八九]{_NUMERALS}{{0,8}}[十百千万亿]{_NUMERALS}{{0,8}})"
)
_PERCENT = lazy_pattern(
    rf"百分之({_NUMERALS}{{1,12}}|\d+(?:\.\d+)?)(?:点([{''.join(_CHINESE)}]{{1,6}}))?"
)
# Digits between the scales: 7万3千, 1億2000万.
_IN_MYRIADS = lazy_pattern(
    r"(?<![\d.,])(?=(?:\d+[億亿万萬千])\d)(?:(\d+)[億亿])?(?:(\d+)[万萬])?(?:(\d)千)?(\d{1,3})?(?![\d.,])"
)
# 三成五 is 35 %, and so is 3割5分; 成 stands in many words.
_TENTHS = lazy_pattern(
    r"(?<![第十百千])([一二两三四五六七八九])成(?![分像功果员本为对型长立就熟组倍绩语交份])([一二三四五六七八九半])?"
    r"|([一二三四五六七八九1-9])割(?![引りるられ当])(?:([一二三四五六七八九1-9])分)?"
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_POWER_OF_TEN = lazy_pattern(
    r"(?:(?<![\d.])(\d+(?:\.\d+)?)\s*(?:\\times|\\cdot|[\u00d7x*\u00b7])\s*)?(?<![\d.])10\s*"
    r"(?:\^\s*\{?\s*([-\u2212]?\d{1,2})(?!\d)\s*\}?|([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))"
)
_EXPONENT = lazy_pattern(r"(?<![\w.])(\d+(?:\.\d+)?)e([-+]?\d{1,2})(?!\w)")


@dataclass(frozen=True)
class SpelledNumber:
    shown: str
    value: str
    start: int  # where it stands in the text
    end: int


def find_spelled_numbers(text: str) -> Iterator[SpelledNumber]:
    """The numbers in words: "twenty-five", "a hundred", 三个, 二十. One is no number."""
    for match in _ENGLISH.finditer(text):
        yield SpelledNumber(match[0], str(_english(match[0].lower())), *match.span())
    for pattern in (_COUNTED, _LONG):
        for match in pattern.finditer(text):
            if match[1] != "一":
                yield SpelledNumber(match[0], str(_chinese(match[1])), *match.span(1))


def without_powers(text: str) -> str:
    r"""100000 for 10^5 and 1e5, 73000 for 7万3千, 3000 for 3\times 10^3, 20% for 百分之二十."""
    text = _POWER_OF_TEN.sub(_power, _IN_MYRIADS.sub(_counted, text))
    text = _EXPONENT.sub(lambda match: _scaled(match[1], match[2]), text)
    text = _PERCENT.sub(_percent, text)
    return _TENTHS.sub(_tenths, text)


def _tenths(match: re.Match[str]) -> str:
    tens, ones = match[1] or match[3], match[2] or match[4] or "0"
    values = {**_CHINESE, "半": 5}
    return "".join(str(values.get(numeral, numeral)) for numeral in (tens, ones)) + "%"


def _counted(match: re.Match[str]) -> str:
    parts = [int(digits or 0) for digits in match.groups()]
    scaled = zip(parts, (10**8, 10**4, 10**3, 1), strict=True)
    return str(sum(part * scale for part, scale in scaled))


def _power(match: re.Match[str]) -> str:
    exponent = (match[2] or match[3]).translate(_RAISED).replace("\u2212", "-")
    return _scaled(match[1] or "1", exponent) if exponent.strip("-") else match[0]


def _scaled(mantissa: str, exponent: str) -> str:
    try:
        return f"{Decimal(mantissa).scaleb(int(exponent)):f}"
    except ValueError:  # two signs in a row
        return mantissa


def _percent(match: re.Match[str]) -> str:
    whole = match[1] if match[1][0].isascii() else str(_chinese(match[1]))
    decimals = "".join(str(_CHINESE[numeral]) for numeral in match[2] or "")
    return f"{whole}.{decimals}%" if decimals else f"{whole}%"


def _english(words: str) -> int:
    whole = part = 0
    for word in re.findall(r"[a-z]+", words):
        if word == "hundred":
            part = (part or 1) * 100
        elif word in BIG:
            whole, part = whole + (part or 1) * BIG[word], 0
        else:
            part += _SMALL.get(word, 0)
    return whole + part


def _chinese(numerals: str) -> int:
    """三百二十 is 320."""
    if not set(numerals) & set(CHINESE_BIG):
        return int("".join(str(_CHINESE[numeral]) for numeral in numerals))
    whole = section = digit = 0
    for numeral in numerals:
        scale = CHINESE_BIG.get(numeral)
        if scale is None:
            digit = _CHINESE[numeral]
        elif scale < 10**4:
            section, digit = section + (digit or 1) * scale, 0
        else:
            whole, section, digit = (whole + section + digit or 1) * scale, 0, 0
    return whole + section + digit
