"""Multiples that the abstract lacks, without a figure: "a third", "doubles", "thousands of"."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.contradictions import from_to
from newsletter.summaries.checks.number_words import BIG, CHINESE_BIG
from newsletter.summaries.checks.numbers import factors_in, percents_in, values_in

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
    r"|(?:数|几|上|成|近|逾|超)([十百千万亿]{1,2})(?![一二三四五六七八九倍])",
    re.IGNORECASE,
)
_WITHIN = 1000  # "thousands" is said of 2,000 and of 900,000
_HUNDRED = 100


class _Multiple(NamedTuple):
    """A way of saying a share or multiple, and what in an abstract bears it out."""

    said: re.Pattern[str]
    words: re.Pattern[str]
    percents: list[tuple[float, float]]
    factors: list[tuple[float, float]]


def unsupported_multiple(text: str, source: str, language: str) -> str:
    """A share, multiple or magnitude that the source has in no way; empty where there is none."""
    for multiple in _multiples(language):
        if (said := multiple.said.search(text)) and not _is_borne(multiple, source):
            return f"says {said[0].strip()}, which the abstract does not"
    figures = values_in(source)
    for match in _MAGNITUDE.finditer(text):
        scale = _SCALES.get((match[1] or match[2]).lower())
        if scale and not _is_of_size(figures, scale) and not _is_named(match[1], source):
            return f"counts {match[0]}, which the abstract does not"
    return ""


def _is_borne(multiple: _Multiple, source: str) -> bool:
    if multiple.words.search(source):
        return True
    percents = list(_floats(percents_in(source)))
    factors = list(_floats(factors_in(source)))
    for low, high in from_to(source):
        ratios = [float(high) / float(low), float(low) / float(high)]
        factors += ratios
        percents += [abs(1 - ratio) * _HUNDRED for ratio in ratios]
    return _within(percents, multiple.percents) or _within(factors, multiple.factors)


def _within(values: Iterable[float], ranges: list[tuple[float, float]]) -> bool:
    return any(low <= value <= high for value in values for low, high in ranges)


def _floats(values: Iterable[str]) -> Iterator[float]:
    return (float(value) for value in values if value.count(".") <= 1)


def _is_of_size(figures: AbstractSet[str], scale: int) -> bool:
    sizes = (Decimal(figure) for figure in figures if figure.count(".") <= 1)
    return any(scale <= size < scale * _WITHIN for size in sizes)


def _is_named(word: str | None, source: str) -> bool:
    return word is not None and word.lower() in source.lower()


@cache
def _multiples(language: str) -> list[_Multiple]:
    """As far as `multiples.toml` has the language."""
    file = resources.files("newsletter.summaries.checks").joinpath("multiples.toml")
    listed: dict[str, dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return [
        _Multiple(
            _pattern_of_lines(kind[language]),
            _pattern_of_lines(kind["words"]),
            kind["percent"],
            kind["factor"],
        )
        for kind in listed.values()
        if language in kind
    ]


def _pattern_of_lines(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("\n", ""), re.IGNORECASE)
