"""Is a sentence in the language that was asked for?"""

import re
import unicodedata
from collections import Counter

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from newsletter.lazy_pattern import lazy_pattern

_WORD = lazy_pattern(r"[^\W\d_]+")
_FORMULA = lazy_pattern(r"\$[^$]*\$")
_LATIN_NAME = lazy_pattern(r"[A-Za-z]*[A-Z\d][\w.+/-]*", re.ASCII)  # LSTM-GCN, Eurostoxx
# The most frequent words, which no sentence of some length does without.
_ENGLISH = """
    a an and are as at be by can for from has have in into is it its of on or our such than
    that the their these they this through to under using via we when which while with
    without
"""
_BY_LANGUAGE = {
    "de": """
        der die das und ist ein eine einen einer eines von mit wird werden im zu auf für den dem
        des nicht sich auch durch bei als aus wir dass zur zum über sowie oder in bis ihren ihre
        ihrer deren dessen kann können ohne am vom diese dieser
    """,
    "fr": """
        le la les un une et est sont dans pour par sur avec nous qui que du de des au aux cette ce
        ces en à plus se ou leur
    """,
    "es": """
        el la los las un una y es son en de del para con por que se como este esta al lo su sus
        más sin o mediante
    """,
}
# Italian, Portuguese, Dutch and Swedish, which are like them.
_OTHERS = [
    "il lo gli che di per sono della delle nel",
    "o os as um uma não com do da dos das na em",
    "de het een van voor met zijn op wordt",
    "och att det som för av i på med är till",
]
FREQUENT = frozenset(_WORD.findall(_ENGLISH))
_FREQUENT_BY = {code: frozenset(_WORD.findall(listed)) for code, listed in _BY_LANGUAGE.items()}
_RIVALS = [FREQUENT, *(frozenset(listed.split()) for listed in _OTHERS), *_FREQUENT_BY.values()]
_OTHER_LATIN = frozenset().union(*_RIVALS) - FREQUENT
_KANA_SHARE = 0.15  # of the letters; without, it is Chinese
_ENGLISH_SHARE, _FEW_WORDS = 0.07, 12
_CHINESE_SHARE = 0.35  # of all characters; the one-liners of the digests all have more
_TRADITIONAL = 3  # characters; one or two may be of a name
_SCRIPT_SHARE = 0.5  # of the letters, for any other language
# Frequent words with which a sentence may end.
_MAY_END = """
    it on is are has have we wird werden ist zu auf ein nicht auch aus son es más sont en plus como
"""
_LAST = frozenset(_WORD.findall(_MAY_END))
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
    text = unicodedata.normalize("NFKC", text)  # of π₀, Ⅱ and µ what they mean
    words = _WORD.findall(_FORMULA.sub(" ", text))
    scripts = Counter(_script(letter) for word in words for letter in word if letter.isalpha())
    message = f"is not in {_name(language)}"
    disguised = next(filter(_is_disguised, words), "")
    if disguised:
        return f"mixes alphabets in one word, {disguised}"
    if language == "zh":
        told = "is in traditional characters" if _is_traditional(text) else ""
        return told if _is_chinese(text, scripts) else message
    expected = _NAMES.get(_likely_script(language), ())
    share = sum(scripts[name] for name in expected) / max(1, scripts.total())
    if expected and share < (0.9 if "LATIN" in expected else _SCRIPT_SHARE):
        return message
    if "LATIN" in expected and not _is_latin_language(words, language):
        return message
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    return message if language == "ja" and kana < _KANA_SHARE * scripts.total() else ""


def is_frequent(word: str, language: str) -> bool:
    """One of the small words with which no sentence of that language ends."""
    listed = FREQUENT if language == "en" else _FREQUENT_BY.get(language, frozenset())
    return word.lower() in listed - _LAST


def _is_chinese(text: str, scripts: Counter[str]) -> bool:
    """A sentence may bear many Latin names, but no others; `other_script` looks at its words."""
    others = scripts.total() - scripts["CJK"] - scripts["LATIN"] - scripts["GREEK"]
    return others == 0 and scripts["CJK"] >= _CHINESE_SHARE * len(_LATIN_NAME.sub("", text))


def _is_traditional(text: str) -> bool:
    """Several characters that GB 2312, which has the 6,763 common simplified ones, has not."""
    others = {character for character in text if _script(character) == "CJK"}
    return sum(not character.encode("gb2312", "ignore") for character in others) >= _TRADITIONAL


def _is_latin_language(words: list[str], language: str) -> bool:
    if language not in _FREQUENT_BY:
        return (language == "en") == _is_english(words)
    lowered = [word.lower() for word in words]
    own = sum(word in _FREQUENT_BY[language] for word in lowered)
    enough = len(words) < _FEW_WORDS or own >= _ENGLISH_SHARE * len(words)
    return enough and own >= max(sum(word in rival for word in lowered) for rival in _RIVALS)


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
