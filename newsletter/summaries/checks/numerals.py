"""Numbers as other languages write them: 93,4 for 93.4, and 1.200 or 1 200 for 1,200."""

import re

from babel import UnknownLocaleError
from babel.numbers import get_decimal_symbol

from newsletter.lazy_pattern import lazy_pattern

_SPACED = lazy_pattern("(?<![\\d.,])[1-9]\\d{0,2}(?:[ '\u2019\u00a0\u2009\u202f]\\d{3})+(?!\\d)")
_POINTED = lazy_pattern(r"(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3})+(?![.\d])")
_COMMA = lazy_pattern(r"(?<=\d),(?=\d)")
_SURE_COMMA = lazy_pattern(r"(?<=\d),(?=\d{1,2}(?!\d)|\d{4})")  # "1,200" may be English


def readings(text: str, language: str) -> list[str]:
    """The text with the numbers as English has them, in each way in which they may be meant.

    What separates the decimals is told by CLDR. A model may write 1.200 for 1200, or for 1.2.
    """
    if not _has_decimal_comma(language):
        return [text]
    joined = _SPACED.sub(_digits_of, text)
    local = _COMMA.sub(".", _POINTED.sub(_digits_of, joined))
    return [local, _SURE_COMMA.sub(".", joined)]


def _digits_of(number: re.Match[str]) -> str:
    return "".join(filter(str.isdecimal, number[0]))


def _has_decimal_comma(language: str) -> bool:
    try:
        return get_decimal_symbol(language) == ","
    except (ValueError, UnknownLocaleError):
        return False
