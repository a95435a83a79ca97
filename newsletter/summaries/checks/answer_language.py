"""Is a sentence in the language that was asked for?"""

import unicodedata
from collections import Counter

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from newsletter.lazy_pattern import lazy_pattern

_WORD = lazy_pattern(r"[^\W\d_]+")
_FORMULA = lazy_pattern(r"\$[^$]*\$")
# The most frequent words, which no sentence of some length does without.
_ENGLISH = """
    a an and are as at be by can for from has have in into is it its of on or our such than
    that the their these they this through to under using via we when which while with
    without
"""
# Those of German, French, Spanish, Italian, Portuguese, Dutch and Swedish.
_OTHER = """
    der die das und ist ein eine von mit wird im zu auf für den dem des nicht sich auch
    durch le la les un une et est dans pour par sur avec nous qui que du au aux cette el los
    las una para con por del es se en y como este esta il lo gli che di per sono della delle
    nel o os as um uma não com dos na em de het een van voor met zijn op wordt och att det
    som för av i på med är till
"""
FREQUENT = frozenset(_WORD.findall(_ENGLISH))
_OTHER_LATIN = frozenset(_WORD.findall(_OTHER)) - FREQUENT
_ENGLISH_SHARE, _FEW_WORDS = 0.07, 12
_CHINESE_SHARE = 0.35  # of all characters; the one-liners of the digests all have more
_SCRIPT_SHARE = 0.5  # of the letters, for any other language
_LOOKALIKES = frozenset(["CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"])
_NAMES = {
    "Latn": ("LATIN",),
    "Cyrl": ("CYRILLIC",),
    "Grek": ("GREEK",),
    "Arab": ("ARABIC",),
    "Hebr": ("HEBREW",),
    "Deva": ("DEVANAGARI",),
    "Thai": ("THAI",),
    "Hans": ("CJK",),
    "Hant": ("CJK",),
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA"),
    "Kore": ("HANGUL", "CJK"),
}


def objection(text: str, language: str) -> str:
    """Why it is not; empty where it is, as far as letters and frequent words can tell."""
    words = _WORD.findall(_FORMULA.sub(" ", text))
    scripts = Counter(_script(letter) for word in words for letter in word)
    message = f"is not in {_name(language)}"
    disguised = next(filter(_is_disguised, words), "")
    if disguised:
        return f"mixes alphabets in one word, {disguised}"
    if language == "zh":
        return "" if _is_chinese(text, scripts) else message
    expected = _NAMES.get(_likely_script(language), ())
    share = sum(scripts[name] for name in expected) / max(1, scripts.total())
    if expected and share < (0.9 if "LATIN" in expected else _SCRIPT_SHARE):
        return message
    if "LATIN" in expected and (language == "en") != _is_english(words):
        return message
    return ""


def _is_chinese(text: str, scripts: Counter[str]) -> bool:
    others = scripts.total() - scripts["CJK"] - scripts["LATIN"] - scripts["GREEK"]
    return others == 0 and scripts["CJK"] >= _CHINESE_SHARE * len(text)


def _is_english(words: list[str]) -> bool:
    """As far as frequent words tell; a few words may do without any."""
    lowered = [word.lower() for word in words]
    english = sum(word in FREQUENT for word in lowered)
    other = sum(word in _OTHER_LATIN for word in lowered)
    return english >= other and (len(words) < _FEW_WORDS or english >= _ENGLISH_SHARE * len(words))


def _is_disguised(word: str) -> bool:
    """Letters of another alphabet that look like Latin ones, among Latin ones."""
    if word.isascii():
        return False
    scripts = {_script(letter) for letter in word}
    return "LATIN" in scripts and not scripts.isdisjoint(_LOOKALIKES)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split()[0].partition("-")[0]


def _likely_script(language: str) -> str:
    """`Cyrl` for `ru`: CLDR knows in what a language is written."""
    parts = str(get_global("likely_subtags").get(language, "")).split("_")
    return parts[1] if len(parts) > 1 else ""


def _name(language: str) -> str:
    try:
        return str(Locale.parse(language).english_name)
    except (ValueError, UnknownLocaleError):
        return language
