"""Finds who opted out in a list from elsewhere, by columns of many names and languages.

A column is known by the stem of its name and by its values, whatever system wrote it. A column that
looks like a no and is unknown stops the import: only the operator can say what it means.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from newsletter.errors import WrongUseError
from newsletter.subscribers.list_import import ending_words, opt_out_names, opt_out_words
from newsletter.subscribers.list_import.column_kinds import (
    OWN_YES,
    ColumnKind,
    column_kind,
    is_name,
)
from newsletter.subscribers.list_import.column_names import (
    ColumnName,
    column_name,
    folded,
    plain_words,
)
from newsletter.subscribers.list_import.opt_out_words import FALSE, NOTHING, TRUE

# phpList mails who has `optedin=0`: that says that they were entered by somebody else.
_PHPLIST = frozenset({"optedin", "confirmed", "blacklisted", "htmlemail"})
_CACHED = 80  # characters: longer values are looked at each time


class Answer(Enum):
    """The answer in one cell."""

    NOTHING = "nothing"
    YES = "yes"
    NO = "no"  # not confirmed, switched off, bounced: not their own word
    OWN_NO = "their own no"
    UNKNOWN = "a no, perhaps"


@dataclass(frozen=True)
class OptOut:
    """By what a line says no."""

    words: str
    own: bool  # their own word, to be kept for good


@dataclass(frozen=True)
class ColumnRules:
    """The operator's rules for columns, by their folded names."""

    refused_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()

    @classmethod
    def from_options(cls, refused_by: Sequence[str], ignored: Sequence[str]) -> "ColumnRules":
        """From `COLUMN=VALUE` and names.

        Raises:
            WrongUseError: a rule is not of this form.
        """
        values: dict[str, set[str]] = {}
        for pair in refused_by:
            column, equals, value = pair.rpartition("=")
            if not equals or not column.strip():
                raise WrongUseError(f"--refused-by wants COLUMN=VALUE, not {pair!r}")
            values.setdefault(folded(column), set()).add(folded(value))
        return cls(
            {column: frozenset(texts) for column, texts in values.items()},
            frozenset(map(folded, ignored)),
        )

    def names(self) -> frozenset[str]:
        return self.ignored | self.refused_by.keys()


def find_opt_out(cells: Mapping[str, str], rules: ColumnRules) -> OptOut | None:
    """The opt-out in a line, the person's own word before others'.

    Raises:
        WrongUseError: a column looks like an unknown no.
    """
    found: OptOut | None = None
    unknown: str | None = None
    for name, cell in cells.items():
        answer = answer_of(name, cell, rules)
        if answer is Answer.OWN_NO and folded(name) == "optedin" and _is_of_phplist(cells):
            continue
        if answer is Answer.UNKNOWN:
            unknown = unknown or name
        own = answer is Answer.OWN_NO
        if (own or answer is Answer.NO) and (found is None or own > found.own):
            is_status = column_kind(name) in {ColumnKind.STATUS, ColumnKind.PLACE}
            words = folded(cell) if is_status else f"{name.strip()}={cell.strip()}"
            found = OptOut(words, own)
    if unknown is not None and not (found and found.own):  # who says no in plain words said it
        cell = cells[unknown].strip()[:40]
        raise not_understood(unknown, f"{cell!r} in it is not understood")
    return found


def _is_of_phplist(cells: Mapping[str, str]) -> bool:
    return set(map(folded, cells)) >= _PHPLIST


def answer_of(name: str, cell: str, rules: ColumnRules) -> Answer:
    """The answer of a cell; a rule of the operator's for its column alone decides."""
    if rules.ignored or rules.refused_by:
        column = folded(name)
        if column in rules.ignored:
            return Answer.NOTHING
        if column in rules.refused_by:
            return Answer.OWN_NO if folded(cell) in rules.refused_by[column] else Answer.YES
    return _cached_answer(name, cell) if len(cell) <= _CACHED else _answer(name, cell)


def not_understood(name: str, what: str) -> WrongUseError:
    return WrongUseError(
        f"the column {name.strip()!r} looks as if people said no by it, and {what}: say what means"
        f" no (--refused-by '{name.strip()}=VALUE', repeatable), or that nothing does"
        f" (--ignore-column '{name.strip()}')"
    )


def yes_or_no(value: str) -> bool | None:
    """Whether a (folded) cell says yes or no; None for anything else, also for an empty one."""
    if value in TRUE | opt_out_words.ALWAYS | opt_out_words.YES_LETTERS:
        return True
    if value in FALSE or value in opt_out_words.NEVER:
        return False
    word = opt_out_words.status_word(plain_words(value))
    return None if word is None else word is opt_out_words.StatusWord.IN


def says_yes_or_no(cell: str) -> bool:
    return folded(cell) in TRUE | FALSE | NOTHING


def _says_own_no(name: ColumnName) -> bool:
    is_end = name.has(ending_words.ENDING) and not name.has(opt_out_names.NO_NAME)
    return is_end or name.has(opt_out_names.OWN_NO_NAME)


def _answer(name: str, cell: str) -> Answer:
    kind, value = column_kind(name), folded(cell)
    if value in NOTHING or kind is ColumnKind.CHANNEL:
        no_mail = value == "none" and column_name(name).has(opt_out_names.DELIVERY_NAME)
        return Answer.OWN_NO if no_mail else Answer.NOTHING
    if kind in {ColumnKind.NO, ColumnKind.WHEN}:
        return _answer_of_no(name, value, kind)
    if kind in {ColumnKind.YES, ColumnKind.UNCLEAR}:
        is_plain = value in TRUE | FALSE | opt_out_words.ALWAYS or value in opt_out_words.NEVER
        is_unclear = kind is ColumnKind.UNCLEAR and is_plain
        return Answer.UNKNOWN if is_unclear else _answer_of_yes(name, value)
    if kind in {ColumnKind.STATUS, ColumnKind.PLACE, ColumnKind.LISTS}:
        return _answer_of_status(value, kind)
    if kind is ColumnKind.PROOF and (said := _answer_of_proof(value)):
        return said
    # A name that tells of a page or a count, and yet it says yes.
    says_yes = kind is ColumnKind.DETAIL and value in TRUE and not value.isdigit()
    is_doubtful = (
        kind is ColumnKind.AMBIGUOUS
        or says_yes
        or opt_out_words.looks_like_opt_out(plain_words(value), is_name=is_name(name))
    )
    return Answer.UNKNOWN if is_doubtful else Answer.NOTHING


def _answer_of_proof(value: str) -> Answer | None:
    """The answer of a column on how people agreed: they did not, or took it back."""
    word = opt_out_words.status_word(plain_words(value))
    if value in FALSE or word is opt_out_words.StatusWord.OUT:
        return Answer.OWN_NO
    return Answer.NO if word is opt_out_words.StatusWord.NOT_IN else None


_cached_answer = lru_cache(maxsize=1 << 15)(_answer)


def _answer_of_status(value: str, kind: ColumnKind) -> Answer:
    is_status = kind is ColumnKind.STATUS
    if value.isdigit() and is_status:
        return Answer.UNKNOWN  # 1 is a subscriber there, and somebody who left elsewhere
    if (value in FALSE or value in opt_out_words.NEVER) and kind is not ColumnKind.PLACE:
        return Answer.OWN_NO
    found = Answer.YES if value in TRUE else _by_word(value)
    return Answer.NOTHING if found is Answer.UNKNOWN and not is_status else found


def _answer_of_no(name: str, value: str, kind: ColumnKind) -> Answer:
    no = Answer.OWN_NO if _says_own_no(column_name(name)) else Answer.NO
    if value in FALSE or opt_out_words.ZERO_DATE.fullmatch(value):
        return Answer.NOTHING
    if value in TRUE or kind is ColumnKind.WHEN or opt_out_words.DATE.search(value):
        return no
    return _by_word(value)


def _answer_of_yes(name: str, value: str) -> Answer:
    column = column_name(name)
    own = column.has(*OWN_YES) and not column.has(opt_out_names.YES_NAME)
    if value in TRUE:
        return Answer.YES
    is_no = value in FALSE or value in opt_out_words.NEVER or value == "disabled"
    if is_no or opt_out_words.ZERO_DATE.fullmatch(value):
        return Answer.OWN_NO if own else Answer.NO
    found = _by_word(value)
    is_date = found is Answer.UNKNOWN and opt_out_words.DATE.search(value)
    return Answer.NOTHING if is_date else found


def _by_word(value: str) -> Answer:
    match opt_out_words.status_word(plain_words(value)):
        case opt_out_words.StatusWord.IN:
            return Answer.NOTHING
        case opt_out_words.StatusWord.NOT_IN:
            return Answer.NO
        case opt_out_words.StatusWord.OUT:
            return Answer.OWN_NO
    return Answer.OWN_NO if opt_out_words.is_opt_out(plain_words(value)) else Answer.UNKNOWN
