"""A reader's own language: gettext catalogues, dates and plurals by locale."""

import gettext
import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from babel.dates import format_date, format_skeleton, get_day_names
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from newsletter.languages import LANGUAGES, SOURCE

_LONGEST_MONTH = 7  # letters that one line of a phone has room for, in a wide face
_CHINESE_BESIDE_LATIN = re.compile(
    r"(?<=[\u4e00-\u9fff])(?=\0?[A-Za-z0-9])"  # a topic stands between two zeros
    r"|(?:(?<=[A-Za-z0-9])|(?<=[A-Za-z0-9]\0))(?=[\u4e00-\u9fff])"
)


class Catalogue(gettext.NullTranslations):
    """Messages read straight from the .po file, so that nothing has to be compiled."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.messages: dict[str, tuple[str, ...]] = {}
        self._known = LANGUAGES[language]
        self._plural = gettext.c2py("n != 1")
        if language != SOURCE:
            messages = read_catalogue(language)
            self._plural = gettext.c2py(messages.plural_expr)
            for message in messages:
                self._add(message.id, message.string)

    def _add(self, ids: object, strings: object) -> None:
        first = ids[0] if isinstance(ids, tuple | list) else ids
        forms = tuple(strings) if isinstance(strings, tuple | list) else (str(strings),)
        if first and all(forms):
            self.messages[str(first)] = tuple(map(str, forms))

    def gettext(self, message: str) -> str:
        return self.messages.get(message, (message,))[0]

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        forms = self.messages.get(msgid1)
        if forms is None:  # not translated, so by the rule of what the code is written in
            return msgid1 if n == 1 else msgid2
        return forms[min(self._plural(n), len(forms) - 1)]

    @property
    def tag(self) -> str:
        return self._known.tag

    def long_date(self, day: date) -> str:
        return self._date(day, self._known.long_date)

    def one_line_date(self, day: date) -> str:
        """The long date with its weekday abbreviated, short enough for a phone's masthead.

        So is a long month, such as September.
        """
        locale = self._known.locale
        short = self._known.long_date.replace("EEEE", "EEE")
        # "de" goes with months written out.
        if " 'de' " in short or len(format_date(day, "MMMM", locale=locale)) > _LONGEST_MONTH:
            short = short.replace(" 'de' ", " ").replace("MMMM", "MMM")
        return self._date(day, short)

    @cache  # noqa: B019 - two catalogues live as long as the process; days are few
    def medium_date(self, day: date) -> str:
        return self._date(day, self._known.medium_date)

    def weekday(self, number: int) -> str:
        """Its name, counted as `date.weekday` does."""
        return str(get_day_names("wide", "stand-alone", self._known.locale)[number])

    def month(self, day: date) -> str:
        return format_skeleton("yMMMM", day, locale=self._known.locale)

    def month_name(self, day: date) -> str:
        """Short, where the year stands beside it."""
        return format_date(day, "LLL", locale=self._known.locale)

    def weekdays(self) -> list[tuple[str, str]]:
        """Each weekday's short and long name, from Monday on."""
        short, long = (
            get_day_names(width, "stand-alone", self._known.locale)
            for width in ("abbreviated", "wide")
        )
        return [(short[number], long[number]) for number in range(7)]

    def short_date(self, day: date) -> str:
        return self._date(day, self._known.short_date)

    def _date(self, day: date, pattern: str) -> str:
        if day.day == 1:
            pattern = re.sub(r"\bd\b", self._known.first_day, pattern)
        return format_date(day, pattern, locale=self._known.locale)

    def listed(self, words: Sequence[str]) -> str:
        """The words as a list in a sentence: "a, b and c"; Latin ones apart from Chinese."""
        told = format_list(words, locale=self._known.locale)
        return _CHINESE_BESIDE_LATIN.sub(" ", told) if self.language == "zh" else told

    def number(self, value: int) -> str:
        """With the separators of thousands that the language has."""
        return format_decimal(value, locale=self._known.locale)


def read_catalogue(language: str) -> Catalog:
    """A language's catalogue as it stands in its file."""
    with (files("newsletter.locales") / f"{language}.po").open("rb") as stream:
        return read_po(stream, locale=LANGUAGES[language].locale)


@cache
def translations(language: str) -> Catalogue:
    return Catalogue(language)
