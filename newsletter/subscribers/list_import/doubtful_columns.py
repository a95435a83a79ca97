"""Finds columns of yes and no that may be about mail, so that the operator has to say.

Such a column's name bears a stem of the many words for mail, consent, contact or being active, and
one of its cells says no. The whole column is read: `0` means no beside `1`, but not beside `17`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from newsletter.subscribers.list_import import ending_words, ordinary_columns, state_words
from newsletter.subscribers.list_import.column_kinds import (
    ColumnKind,
    column_kind,
    is_name,
    is_of_other_things,
)
from newsletter.subscribers.list_import.column_names import (
    ColumnName,
    column_name,
    folded,
    plain_words,
)
from newsletter.subscribers.list_import.opt_out_columns import yes_or_no
from newsletter.subscribers.list_import.opt_out_names import (
    ABOUT_LEAVING,
    ABOUT_MAIL,
    ABOUT_OTHER_THINGS,
    NEVER_OTHERWISE,
    NOTES,
    OWN_NO_NAME,
)
from newsletter.subscribers.list_import.opt_out_words import (
    AGREED,
    DATE,
    FALSE,
    NEVER,
    NOTHING,
    TRUE,
    ZERO_DATE,
    StatusWord,
    status_word,
)

_FEW, _SHORT = 5, 30  # values of yes and no and their like; characters in one
_MOST = 12  # values: a column with more is none of yes and no
_LONGEST_NOTHING = 6  # characters, with quotes around
_MANY = 8  # rows, in which two words that we do not know are no names
_STAFF = {"owner", "moderator", "admin", "administrator"}
_NEVER_ALONE = NEVER - {"nie", "mai", "off", "aus", "stop"}  # in a column of any name
_NONE_AT_ALL = frozenset(("keine", "keiner", "aucun", "aucune", "ninguna", "ninguno", "不要"))
_NUMBER = re.compile(r"[\d.,]+ ?%?")


@dataclass
class ColumnCells:
    """The values of a column, as long as it may be one of yes and no."""

    values: dict[str, int] = field(default_factory=dict)  # folded -> the first line with it
    rows: int = 0  # with anything in them
    blank: int = 0  # the first line with nothing in it

    def add(self, cell: str, line: int) -> None:
        if len(self.values) > _MOST:  # of those with more, only whether some have nothing
            if not self.blank and len(cell) <= _LONGEST_NOTHING and folded(cell) in NOTHING:
                self.blank = line
            return
        value = folded(cell)
        self.values.setdefault(value, line)
        if value not in NOTHING:
            self.rows += 1
        elif not self.blank:
            self.blank = line

    def has_any(self) -> bool:
        return any(value not in NOTHING for value in self.values)

    def doubt(self, name: str) -> str | None:
        """The values that may be a no, in words; None where there are none."""
        kind = column_kind(name)
        if kind is ColumnKind.PLACE:
            is_state = column_name(name).has(state_words.STATE_ON_A_MAP_NAME)
            return self._strange_beside_status(is_state=is_state)
        if kind is ColumnKind.UNCLEAR and (dates := self._dates_of_some()):
            return dates
        if kind in {ColumnKind.YES, ColumnKind.LISTS, ColumnKind.UNCLEAR}:
            return self._blank_beside_yes(everywhere=kind is ColumnKind.LISTS)
        if kind is ColumnKind.DETAIL:
            return self._some_of_detail(is_counted=column_name(name).has(OWN_NO_NAME))
        is_unknown = kind is ColumnKind.OTHER and not is_name(name)
        return self._doubt_of_name(column_name(name)) if is_unknown else None

    def _some_of_detail(self, *, is_counted: bool) -> str | None:
        """Ways of leaving, where only some lines have one; links to leave by are in all lines."""
        said = [v for v in self.values if v not in NOTHING | FALSE and not ZERO_DATE.fullmatch(v)]
        is_of_some = self.blank or len(said) < len(self.values)
        if not is_counted and any(value not in TRUE for value in said):
            said = [value for value in said if not _NUMBER.fullmatch(value)]
        return self._told(said) if is_of_some else None

    def _doubt_of_name(self, name: ColumnName) -> str | None:
        """Of a column of a name that we do not know."""
        leaving = self._leaving_words(name)
        if leaving:
            return self._told(leaving)
        # Before what is ordinary: `User resigned` is of a user, and of their leaving.
        is_leaving = name.has(ABOUT_LEAVING, ending_words.ENDING)
        if is_leaving or ending_words.says_end(name.words):
            return self._told(value for value in self.values if _says_when_or_yes(value))
        is_denied = ordinary_columns.is_denied(name.words)
        if not is_denied and (name.has(ABOUT_OTHER_THINGS) or is_of_other_things(name)):
            return None
        doubt = self._doubt_of_mail() if name.has(ABOUT_MAIL) else None
        is_ordinary = not is_denied and ordinary_columns.is_ordinary(name.words)
        return doubt or (None if is_ordinary else self._strange(name.letters))

    def _strange(self, plain: str) -> str | None:
        """Of a name that we know nothing of: whether its values part people in two."""
        said = [value for value in self.values if value not in NOTHING]
        telling = said + [""] * bool(self.blank)
        if len(telling) == 2 and len(self.values) <= _MOST:  # noqa: PLR2004 - yes and no
            yes_and_no = [value in TRUE for value in said], all(v in TRUE | FALSE for v in said)
            is_pair = any(yes_and_no[0]) and yes_and_no[1]
            is_pair |= bool(said[1:]) and ordinary_columns.are_yes_and_no(said[0], said[-1])
            if is_pair or (self._repeats(said) and not plain.isascii()):
                return self._told(said)
        return None if plain in ordinary_columns.DATE_ALONE else self._dates_of_some()

    def _repeats(self, said: list[str]) -> bool:
        return self.rows >= _MANY and all(len(value) <= _SHORT for value in said)

    def _dates_of_some(self) -> str | None:
        said = [v for v in self.values if v not in NOTHING and not ZERO_DATE.fullmatch(v)]
        are_dates = bool(said) and all(ordinary_columns.DAY.match(value) for value in said)
        if not are_dates or not (self.blank or len(said) < len(self.values)):
            return None
        return f"some have a date in it, as in line {self.values[said[0]]}, and some have none"

    def _leaving_words(self, name: ColumnName) -> list[str]:
        """Words that say so in a column of any name, in a log of acts, or of how near they are."""
        if name.has(state_words.EVENT_NAME):
            leave = state_words.EVENT_OF_LEAVING.fullmatch
            return [value for value in self.values if leave(plain_words(value))]
        if name.has(state_words.NEARNESS_NAME):
            return [v for v in self.values if state_words.LAPSED.search(plain_words(v))]
        if name.has(NEVER_OTHERWISE):
            return []
        nevers = self.values.keys() & _NEVER_ALONE
        return sorted(nevers - _NONE_AT_ALL if name.has(NOTES) else nevers)

    def _doubt_of_mail(self) -> str | None:
        if len(self.values) > _MOST:
            return None
        return (
            self._no_of_mail()
            or self._strange_beside_yes()
            or self._blank_beside_yes(everywhere=True)
        )

    def _no_of_mail(self) -> str | None:
        said = {value: yes_or_no(value) for value in self.values if value not in NOTHING}
        noes = [value for value, is_yes in said.items() if is_yes is False]
        if None in said.values():  # beside other words, `n` and `0` may be anything
            noes = [value for value in noes if len(value) > 1 and not value.isdigit()]
        if not said.keys() <= TRUE | FALSE:  # beside words, `none` is one as well
            noes += [value for value in self.values if value in {"none", "-1"}]
        return self._told(noes)

    def _blank_beside_yes(self, *, everywhere: bool) -> str | None:
        """An empty cell where some other line says yes, or with `everywhere` all of them."""
        blank = [line for value, line in self.values.items() if value in NOTHING]
        others = [value in AGREED for value in self.values if value not in NOTHING]
        says_yes = all(others) if everywhere else any(others)
        return f"it says nothing in line {min(blank)}" if blank and others and says_yes else None

    def _strange_beside_yes(self) -> str | None:
        """A word other than yes and no, in a column of few words with a yes."""
        said = {value: yes_or_no(value) for value in self.values if value not in NOTHING}
        yes = [v for v in said if v in AGREED and not v.isdigit() and len(v) > 1]
        few = 1 < len(said) <= _FEW and all(len(value) <= _SHORT for value in said)
        return self._told(v for v in said if said[v] is None) if yes and few else None

    def _strange_beside_status(self, *, is_state: bool) -> str | None:
        """The unknown words of a `type` in which another word means that a person is out.

        In a state, also where another word means that a person is in; and numbers are not a place.
        """
        said = [value for value in self.values if value not in NOTHING]
        numbers = [value for value in said if value.lstrip("-").isdigit()]
        if is_state and len(numbers) == len(said) <= _FEW:
            return self._told(value for value in numbers if value != "1")
        words = {value: status_word(plain_words(value)) for value in self.values}
        telling = {word for value, word in words.items() if len(value) > 2 or not is_state}  # noqa: PLR2004 - as OK, NE
        doubtful = {StatusWord.NOT_IN, StatusWord.OUT} | ({StatusWord.IN} if is_state else set())
        if not doubtful & telling:
            return None
        known = NOTHING | _STAFF | TRUE
        return self._told(v for v, word in words.items() if word is None and v not in known)

    def _told(self, values: Iterable[str]) -> str | None:
        told = next(iter(values), None)
        return told and f"{told[:40]!r} in line {self.values[told]} is not understood"


def _says_when_or_yes(value: str) -> bool:
    if value in NOTHING or ZERO_DATE.fullmatch(value) or "=" in value:
        return False  # `=` stands between a newsletter and its day in our own lists
    return yes_or_no(value) is True or DATE.search(value) is not None
