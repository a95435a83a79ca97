"""Quantities that have changed.

Multiples without a figure ("a third", "doubles", "thousands of", 翻倍), and units of measure: "12
days" where the abstract says 12 hours.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.number_words import BIG, CHINESE_BIG
from newsletter.summaries.checks.numbers import values_in


@dataclass(frozen=True)
class _Multiple:
    pattern: re.Pattern[str]
    words: re.Pattern[str]  # by which an abstract may say the same
    figures: frozenset[str]  # and the numbers by which it may


def _kind(pattern: str, words: str, figures: str) -> _Multiple:
    return _Multiple(
        lazy_pattern(pattern, re.IGNORECASE),
        lazy_pattern(words, re.IGNORECASE),
        frozenset(figures.split()),
    )


_KINDS = (
    _kind(
        r"\b(?:by|one|a|over|under|than|about|nearly|roughly|only) half\b"
        r"|\bhalf (?:of|the|as|that)\b|\bhalv(?:e|es|ed|ing)\b|一半|减半|半数",
        r"\bhal(?:f|ve|ving)|twice|doubl|two[- ]?fold|\btwo times\b",
        "50 0.5 2",
    ),
    _kind(r"\b(?:a|one|two)[ -]thirds?\b|三分之[一二两]", r"\bthirds?\b|three", "33 66 67 3"),
    _kind(r"\b(?:a|one|three)[ -]quarters?\b|四分之[一三]", r"\bquarter|fourth|four", "25 75 4"),
    _kind(
        r"\bdoubl(?:es|ed|ing)\b|\btwice\b|翻倍|翻番|加倍",
        r"doubl|twice|two[- ]?fold|\btwo\b|hal(?:f|v)",
        "2 100 200 50",
    ),
    _kind(r"\btripl(?:es|ed|ing)\b|\bthrice\b", r"tripl|three|thrice|\bthird", "3 200 300"),
    _kind(r"\bquadrupl(?:es|ed|ing)\b", r"quadrupl|four|quarter", "4 300 400"),
)
_SCALES = {
    **BIG,
    **CHINESE_BIG,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "十亿": 10**9,
}
_MAGNITUDE = lazy_pattern(
    r"(?:\b(?:tens|dozens|hundreds|thousands) of )?"
    r"\b(dozen|hundred|thousand|million|billion|trillion)s\b"
    r"|(?:数|几|上|成|近|逾|超)([十百千万亿]{1,2})(?![一二三四五六七八九])",
    re.IGNORECASE,
)
_WITHIN = 1000  # "thousands" is said of 2,000 and of 900,000
_POWER = r"(?:[-\u2212\u207b{}$^\\ ]{1,6})"
_SQUARE = r"[{}$^\\ ]{0,4}[2\u00b2]"
_MEASURES = {
    "time": {
        "ms": "ms|milliseconds?|毫秒",
        "s": "s|secs?|seconds?|秒(?!差)",
        "min": "mins?|minutes?|分钟",
        "h": "h|hrs?|hours?|个?小时",
        "d": "days?|天",
        "weeks": "weeks?|周",
        "months": "months?|个月",
        "years": "years?|年",
    },
    "frequency": {
        "Hz": "Hz|赫",
        "kHz": "kHz|千赫",
        "MHz": "MHz|兆赫",
        "GHz": "GHz|吉赫",
        "THz": "THz|太赫",
    },
    "energy": {"eV": "eV", "keV": "keV", "MeV": "MeV", "GeV": "GeV", "TeV": "TeV"},
    "power": {"mW": "mW|毫瓦", "W": "W|瓦", "kW": "kW|千瓦", "MW": "MW|兆瓦", "GW": "GW|吉瓦"},
    "storage": {"KB": "KB|kB", "MB": "MB", "GB": "GB", "TB": "TB", "PB": "PB"},
    "length": {
        "nm": "nm|纳米",
        "\u00b5m": r"[\u00b5\u03bc]m|\\mu ?m|微米",
        "mm": "mm|毫米",
        "cm": "cm|厘米",
        "m": "m|met(?:er|re)s?|米",
        "km": "km|kilomet(?:er|re)s?|公里|千米",
        "miles": "miles?|英里",
        "ly": "ly|light[- ]years?|光年",
        "pc": "pc|parsecs?|秒差距",
        "kpc": "kpc|千秒差距",
        "Mpc": "Mpc|兆秒差距",
        "Gpc": "Gpc|吉秒差距",
    },
    "area": {
        f"{unit}\u00b2": f"{unit}{_SQUARE}|square {word}|平方{chinese}"
        for unit, word, chinese in (
            ("mm", "millimet", "毫米"),
            ("cm", "centimet", "厘米"),
            ("m", "met", "米"),
            ("km", "kilomet", "公里|平方千米"),
        )
    },
    "integrated luminosity": {f"{unit}-1": unit + _POWER + "1" for unit in ("pb", "fb", "ab")},
    "mass": {"mg": "mg|毫克", "g": "g|grams?|克", "kg": "kg|千克|公斤", "t": "tons?|tonnes?|吨"},
}
_UNITS = [
    (kind, unit, lazy_pattern(rf"(?:{words})(?![A-Za-z])"))
    for kind, units in _MEASURES.items()
    for unit, words in units.items()
]
_NUMBER = lazy_pattern(
    r"(?<![A-Za-z0-9.,])(\d+(?:[.,]\d+)*)(?:[ ~$-]|\\,|\\ )?(?=[A-Za-z\\\u00b5\u03bc\u4e00-\u9fff])"
)
_LONGEST_UNIT = 16  # characters
_RATES = {
    unit: lazy_pattern(rf"\b(?:per|an?) {word}\b|每{chinese}", re.IGNORECASE)
    for unit, word, chinese in (
        ("second", "sec(?:ond)?", "秒"),
        ("minute", "min(?:ute)?", "分钟?"),
        ("hour", "hour", "小时"),
        ("day", "day", "天|每日"),
        ("month", "month", "个?月"),
        ("year", "year", "年"),
    )
}


def unsupported_multiple(text: str, source: str) -> str:
    """A share, multiple or magnitude that the source has in no way; empty where there is none."""
    figures = values_in(source)
    for kind in _KINDS:
        match = kind.pattern.search(text)
        if match and not kind.words.search(source) and not _has(figures, kind.figures):
            return f"says {match[0]}, which the abstract does not"
    for match in _MAGNITUDE.finditer(text):
        scale = _SCALES.get((match[1] or match[2]).lower())
        if scale and not _is_of_size(figures, scale) and not _is_named(match[1], source):
            return f"counts {match[0]}, which the abstract does not"
    return ""


def changed_measure(text: str, source: str) -> str:
    """A quantity whose number the source has with other units of its kind only."""
    in_source = set(_quantities(source))
    for number, kind, unit in _quantities(text):
        units = {quantity[2] for quantity in in_source if quantity[:2] == (number, kind)}
        if units and unit not in units:
            return f"says {number} {unit}, where the abstract says {number} {min(units)}"
    rates, rates_in_source = _rates(text), _rates(source)
    if rates_in_source and (changed := rates - rates_in_source):
        return f"says per {min(changed)}, where the abstract says per {min(rates_in_source)}"
    return ""


def _rates(text: str) -> set[str]:
    return {unit for unit, words in _RATES.items() if words.search(text)}


def _has(figures: AbstractSet[str], wanted: AbstractSet[str]) -> bool:
    return any(figure.partition(".")[0] in wanted or figure in wanted for figure in figures)


def _is_of_size(figures: AbstractSet[str], scale: int) -> bool:
    sizes = (Decimal(figure) for figure in figures if figure.count(".") < 2)  # noqa: PLR2004
    return any(scale <= size < scale * _WITHIN for size in sizes)


def _is_named(word: str | None, source: str) -> bool:
    return word is not None and word.lower() in source.lower()


def _quantities(text: str) -> Iterator[tuple[str, str, str]]:
    plain = text.replace("{,}", ",")
    for match in _NUMBER.finditer(plain):
        rest = plain[match.end() : match.end() + _LONGEST_UNIT]
        for kind, unit, words in _UNITS:
            if words.match(rest):
                yield match[1].replace(",", ""), kind, unit
