"""Units of measure that have changed: "12 days" where the abstract says 12 hours."""

import re
from collections.abc import Iterator

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
    (kind, unit, re.compile(rf"(?:{words})(?![A-Za-z])"))
    for kind, units in _MEASURES.items()
    for unit, words in units.items()
]
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9.,])(\d+(?:[.,]\d+)*)(?:[ ~$-]|\\,|\\ )?(?=[A-Za-z\u4e00-\u9fff])"
)
_LONGEST_UNIT = 14  # characters


def changed_unit(text: str, source: str) -> str:
    """A quantity whose number the source has with other units of its kind only."""
    told = set(_quantities(source))
    for number, kind, unit in _quantities(text):
        units = {quantity[2] for quantity in told if quantity[:2] == (number, kind)}
        if units and unit not in units:
            return f"says {number} {unit}, where the abstract says {number} {min(units)}"
    return ""


def _quantities(text: str) -> Iterator[tuple[str, str, str]]:
    plain = text.replace("{,}", ",")
    for match in _NUMBER.finditer(plain):
        rest = plain[match.end() : match.end() + _LONGEST_UNIT]
        for kind, unit, words in _UNITS:
            if words.match(rest):
                yield match[1].replace(",", ""), kind, unit
