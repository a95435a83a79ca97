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
    r"|(?:数|几|上|成)([十百千万亿]{1,2})(?![一二三四五六七八九])",
    re.IGNORECASE,
)
_WITHIN = 1000  # "thousands" is said of 2,000 and of 900,000
_MEASURES = {
    "time": {
        "ms": "ms|milliseconds?|毫秒",
        "s": "s|secs?|seconds?|秒",
        "min": "mins?|minutes?|分钟",
        "h": "h|hrs?|hours?|个?小时",
        "d": "days?|天",
        "weeks": "weeks?|周",
        "months": "months?|个月",
        "years": "years?|年",
    },
    "frequency": {"Hz": "Hz|赫兹", "kHz": "kHz", "MHz": "MHz", "GHz": "GHz", "THz": "THz"},
    "energy": {"eV": "eV", "keV": "keV", "MeV": "MeV", "GeV": "GeV", "TeV": "TeV"},
    "storage": {"KB": "KB|kB", "MB": "MB", "GB": "GB", "TB": "TB", "PB": "PB"},
    "length": {
        "nm": "nm|纳米",
        "mm": "mm|毫米",
        "cm": "cm|厘米",
        "m": "m|met(?:er|re)s?|米",
        "km": "km|公里|千米",
    },
}
_UNITS = [
    (kind, unit, lazy_pattern(rf"(?:{words})(?![A-Za-z])"))
    for kind, units in _MEASURES.items()
    for unit, words in units.items()
]
_NUMBER = lazy_pattern(
    r"(?<![A-Za-z0-9.,])(\d+(?:[.,]\d+)*)(?:[ ~$-]|\\,|\\ )?(?=[A-Za-z\u4e00-\u9fff])"
)
_LONGEST_UNIT = 14  # characters


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
    return ""


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
