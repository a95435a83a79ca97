"""What a reader sees, in the reader's language: gettext catalogues, dates and plurals by locale."""

import gettext
from datetime import date
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "en"
# BCP 47 for `lang`, and what Babel calls the locale.
_TAGS = {"en": "en", "zh": "zh-Hans"}
_LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}
# The long forms of CLDR differ by version; a digest wants the same line every day.
_LONG = {"en": "EEEE, d MMMM y", "zh": "y年M月d日 EEEE"}
_MEDIUM = {"en": "d MMMM y", "zh": "y年M月d日"}
_SHORT = {"en": "d MMM", "zh": "M月d日"}


class Catalogue(gettext.NullTranslations):
    """Messages read straight from the .po file, so that nothing has to be compiled."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.messages: dict[str, tuple[str, ...]] = {}
        file = files("newsletter.locales") / f"{language}.po"
        if language != SOURCE_LANGUAGE:
            with file.open("rb") as stream:
                for message in read_po(stream, locale=_LOCALES[language]):
                    self._add(message.id, message.string)

    def _add(self, ids: object, strings: object) -> None:
        first = ids[0] if isinstance(ids, tuple | list) else ids
        forms = tuple(strings) if isinstance(strings, tuple | list) else (str(strings),)
        if first and all(forms):
            self.messages[str(first)] = tuple(map(str, forms))

    def gettext(self, message: str) -> str:
        return self.messages.get(message, (message,))[0]

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        forms = self.messages.get(msgid1, (msgid1, msgid2))
        return forms[min(self._plural(n), len(forms) - 1)]

    def _plural(self, n: int) -> int:
        return int(Locale.parse(_LOCALES[self.language]).plural_form(n) != "one")

    @property
    def tag(self) -> str:
        return _TAGS[self.language]

    def long_date(self, day: date) -> str:
        return format_date(day, _LONG[self.language], locale=_LOCALES[self.language])

    @cache  # noqa: B019 - two catalogues live as long as the process; days are few
    def medium_date(self, day: date) -> str:
        return format_date(day, _MEDIUM[self.language], locale=_LOCALES[self.language])

    def short_date(self, day: date) -> str:
        return format_date(day, _SHORT[self.language], locale=_LOCALES[self.language])


@cache
def wording(language: str) -> Catalogue:
    return Catalogue(language)
