"""A number in the forms that it may have: with a language's own signs, and rounded.

93,4 for 93.4, and 1.200 or 1 200 for 1,200; 67万余 and "more than 670,000" for 673,127, "over 93 %"
for 93.46 %.
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import UnknownLocaleError
from babel.numbers import get_decimal_symbol

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.numbers import values_in

_SPACED = lazy_pattern("(?<![\\d.,])[1-9]\\d{0,2}(?:[ '\u2019\u00a0\u2009\u202f]\\d{3})+(?!\\d)")
_POINTED = lazy_pattern(r"(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3})+(?![.\d])")
_COMMA = lazy_pattern(r"(?<=\d),(?=\d)")
_SURE_COMMA = lazy_pattern(r"(?<=\d),(?=\d{1,2}(?!\d)|\d{4})")  # "1,200" may be English
_MORE = "more than|exceed(?:s|ing)?|over|above|超过?|逾|高于|大于|mehr als|über|plus de|más de"
_LESS = "nearly|almost|close to|将近|接近|近|fast|knapp|près de|presque|casi|cerca de|ほぼ"
_ABOUT = "about|around|roughly|approximately|some|大约|约|約|rund|etwa|environ|unos|unas"
_ROUNDED = lazy_pattern(
    rf"(?<![A-Za-z\u00c0-\u017f])(?:(?P<more>{_MORE})|(?P<less>{_LESS})|(?P<about>{_ABOUT}))?\s?"
    r"(?P<digits>(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])|(?<![\d.,])\d+(?:\.\d+)?(?![\d.]))"
    r"(?:\s?(?P<scale>万|亿|千|百万|億|thousand|million|billion))?(?P<odd>余|多(?!模|头|层|维|步|种|粒|体))?",
    re.IGNORECASE,
)
_SCALES = {"千": 3, "thousand": 3, "万": 4, "million": 6, "百万": 6, "亿": 8, "億": 8, "billion": 9}
# From five on, before what makes them a percentage or a factor: less has words of its own
# (`multiples.toml`).
_NUMERALS = {
    "de": "fünf:5 sechs:6 sieben:7 acht:8 neun:9 zehn:10 zwölf:12 fünfzehn:15 zwanzig:20 dreißig:30"
    " vierzig:40 fünfzig:50 sechzig:60 siebzig:70 achtzig:80 neunzig:90 hundert:100",
    "fr": "cinq:5 six:6 sept:7 huit:8 neuf:9 dix:10 douze:12 quinze:15 vingt:20 trente:30"
    " quarante:40 cinquante:50 soixante:60 soixante-dix:70 quatre-vingts?:80 quatre-vingt-dix:90"
    " cent:100",
    "es": "cinco:5 seis:6 siete:7 ocho:8 nueve:9 diez:10 doce:12 quince:15 veinte:20 treinta:30"
    " cuarenta:40 cincuenta:50 sesenta:60 setenta:70 ochenta:80 noventa:90 cien:100",
}
_PERCENT = {"de": r"\s?Prozent(?!punkt)", "fr": r"\s?pour\s?cent\b", "es": r"\s?por\s?ciento\b"}
_TIMES = {"de": r"[- ]?(?:mal|fach\w*)\b", "fr": r"\sfois\b", "es": r"\sveces\b"}
_FURTHEST = Decimal("0.05")  # of the number itself


def readings(text: str, language: str) -> list[str]:
    """The text with the numbers as English has them, in each way in which they may be meant.

    What separates the decimals is told by CLDR. A model may write 1.200 for 1200, or for 1.2.
    """
    if not _has_decimal_comma(language):
        return [text]
    text = _in_figures(text, language)
    joined = _SPACED.sub(_digits_of, text)
    local = _COMMA.sub(".", _POINTED.sub(_digits_of, joined))
    return [local, _SURE_COMMA.sub(".", joined)]


def _in_figures(text: str, language: str) -> str:
    """20% for "zwanzig Prozent" and "vingt pour cent", 10 times for "zehnfach" and "diez veces"."""
    for pattern, value, unit in _spelled(language):
        text = pattern.sub(f"{value}{unit}", text)
    return text


@cache
def _spelled(language: str) -> list[tuple[re.Pattern[str], str, str]]:
    listed = sorted(_NUMERALS.get(language, "").split(), key=len, reverse=True)
    numerals = dict(pair.split(":") for pair in listed)
    units = ((_PERCENT.get(language), "%"), (_TIMES.get(language), " times"))
    return [
        (re.compile(rf"\b{words}(?:{said})", re.IGNORECASE), value, unit)
        for said, unit in units
        if said
        for words, value in {**numerals, r"(\d+(?:[.,]\d+)?)": r"\1"}.items()
    ]


def _digits_of(number: re.Match[str]) -> str:
    return "".join(filter(str.isdecimal, number[0]))


def _has_decimal_comma(language: str) -> bool:
    try:
        return get_decimal_symbol(language) == ","
    except (ValueError, UnknownLocaleError):
        return False


def in_full(text: str, source: str) -> str:
    """The text with the source's own number for one that says that it is rounded."""
    return _ROUNDED.sub(lambda found: _of_source(found, source), text)


def _of_source(found: re.Match[str], source: str) -> str:
    up, down = found["more"] or found["odd"], found["less"]
    if not (up or down or found["about"]):
        return found[0] if found["scale"] else _unrounded(found[0], source)
    exponent = _SCALES.get((found["scale"] or "").lower(), 0)
    said = Decimal(found["digits"].replace(",", "")).scaleb(exponent)
    reach = min(_last_place(said), said * _FURTHEST)
    nearest = min(
        (
            value
            for value in values_in(source)
            if value.count(".") <= 1
            and abs(Decimal(value) - said) < reach
            and (Decimal(value) >= said or not up)
            and (Decimal(value) <= said or not down)
        ),
        key=lambda value: abs(Decimal(value) - said),
        default="",
    )
    return f" {nearest}" if nearest else found[0]


def _unrounded(number: str, source: str) -> str:
    """The source's number of more places that it is when rounded to its own: 93.68 for 93.7."""
    digits, values = number.strip(), values_in(source)
    if "." not in digits or digits in values:
        return number
    places = Decimal(digits)
    finer = (value for value in values if len(value) > len(digits) and value.count(".") == 1)
    return next((f" {value}" for value in finer if _rounded(value, places) == places), number)


def _rounded(value: str, places: Decimal) -> Decimal:
    return Decimal(value).quantize(places, rounding=ROUND_HALF_UP)


def _last_place(number: Decimal) -> Decimal:
    """The place of the last digit that is no nought: of 670000 it is 10000."""
    return Decimal(1).scaleb(int(number.normalize().as_tuple().exponent))
