"""The languages that a reader can have, each registered here and nowhere else.

A new one is a line here and a catalogue `locales/<code>.po`: docs/languages.md.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """How a language is named, and how it writes a day (Unicode's patterns, UTS 35).

    The long forms of CLDR differ by version; a digest wants the same line every day.
    """

    own_name: str
    english_name: str
    tag: str  # BCP 47, for `lang` in HTML
    locale: str  # as Babel names it
    long_date: str
    medium_date: str
    short_date: str
    first_day: str = "d"  # what stands for the day where it is the first of a month
    has_spaces: bool = True  # between words


SOURCE = "en"  # what the messages in the code are written in

LANGUAGES = {
    "en": Language(
        own_name="English",
        english_name="English",
        tag="en",
        locale="en_GB",
        long_date="EEEE, d MMMM y",
        medium_date="d MMMM y",
        short_date="d MMM",
    ),
    "zh": Language(
        own_name="中文",
        english_name="Chinese",
        tag="zh-Hans",
        locale="zh_Hans_CN",
        long_date="y年M月d日 EEEE",
        medium_date="y年M月d日",
        short_date="M月d日",
        has_spaces=False,
    ),
    "es": Language(
        own_name="español",
        english_name="Spanish",
        tag="es",
        locale="es_ES",
        long_date="EEEE, d 'de' MMMM 'de' y",
        medium_date="d 'de' MMMM 'de' y",
        short_date="d MMM",
    ),
    "fr": Language(
        own_name="français",
        english_name="French",
        tag="fr",
        locale="fr_FR",
        long_date="EEEE d MMMM y",
        medium_date="d MMMM y",
        short_date="d MMM",
        first_day="d'er'",
    ),
    "de": Language(
        own_name="Deutsch",
        english_name="German",
        tag="de",
        locale="de_DE",
        long_date="EEEE, d. MMMM y",
        medium_date="d. MMMM y",
        short_date="d. MMM",
    ),
    "ja": Language(
        own_name="日本語",
        english_name="Japanese",
        tag="ja",
        locale="ja_JP",
        long_date="y年M月d日(EEEE)",
        medium_date="y年M月d日",
        short_date="M月d日",
        has_spaces=False,
    ),
}

WITHOUT_SPACES = frozenset(code for code, language in LANGUAGES.items() if not language.has_spaces)
CODES = tuple(LANGUAGES)
