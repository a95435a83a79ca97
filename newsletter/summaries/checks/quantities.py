"""Quantities with another unit of measure: "12 days" where the abstract says 12 hours."""

import re
from collections.abc import Iterator

from newsletter.lazy_pattern import lazy_pattern

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


def _quantities(text: str) -> Iterator[tuple[str, str, str]]:
    plain = text.replace("{,}", ",")
    for match in _NUMBER.finditer(plain):
        rest = plain[match.end() : match.end() + _LONGEST_UNIT]
        for kind, unit, words in _UNITS:
            if words.match(rest):
                yield match[1].replace(",", ""), kind, unit
