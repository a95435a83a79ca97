"""The kind of a column, by its name."""

from enum import Enum
from functools import lru_cache

from newsletter.subscribers.list_import import ending_words, opt_out_names, state_words
from newsletter.subscribers.list_import.column_names import ColumnName, column_name

OWN_YES = opt_out_names.OWN_YES_NAME, state_words.AGREEMENT_NAME


class ColumnKind(Enum):
    """The meaning of a column's values."""

    NO = "said where it is true"
    WHEN = "of a no: said where there is anything"
    YES = "denied where it is false"
    STATUS = "a word for it"
    PLACE = "a status, or a state on a map, or a kind of anything"
    LISTS = "newsletters, or yes and no"
    CHANNEL = "of another way than mail"
    PROOF = "how they agreed, or no"
    DETAIL = "of a no: its page, its number, its way"
    UNCLEAR = "a yes, in words of which one may turn it around"
    AMBIGUOUS = "only the operator knows"
    OTHER = "nothing of the kind"


def is_opt_out_file(stem: str) -> bool:
    """Whether a file's name says that its people said no."""
    return column_name(stem).has(
        opt_out_names.FILE_NAME,
        opt_out_names.OWN_NO_NAME,
        opt_out_names.NO_NAME,
        ending_words.ENDING,
    )


@lru_cache(maxsize=512)
def column_kind(text: str) -> ColumnKind:
    """The kind of a column, by its name."""
    name = column_name(text)
    exact = dict.fromkeys(("type", "role", "typ", "contacttype"), ColumnKind.PLACE)
    exact["consent"] = ColumnKind.PROOF
    if name.has(state_words.STATE_ON_A_MAP_NAME):
        exact[name.letters] = ColumnKind.PLACE
    if opt_out_names.NEWSLETTER_NAME.fullmatch(name.letters):
        exact.setdefault(name.letters, ColumnKind.LISTS)
    elif _is_of_other_channel(name):
        exact.setdefault(name.letters, _kind_of_channel(name))
    elif name.has(opt_out_names.AMBIGUOUS_NAME):
        exact.setdefault(name.letters, ColumnKind.AMBIGUOUS)
    if name.letters in exact:
        return exact[name.letters]
    if name.has(opt_out_names.OWN_NO_NAME, opt_out_names.NO_NAME):
        if name.has(opt_out_names.WHEN_OR_WHY):
            return ColumnKind.WHEN
        tells_nothing = name.has(opt_out_names.TELLS_NOTHING)
        return ColumnKind.DETAIL if tells_nothing else ColumnKind.NO
    is_other = is_of_other_things(name)
    return ColumnKind.OTHER if is_other else _kind_of_end(name) or _kind_of_yes(name)


def _is_of_other_channel(name: ColumnName) -> bool:
    if name.has(opt_out_names.OTHER_MAIL):
        return True
    is_channel = name.has(opt_out_names.OTHER_CHANNEL)
    return is_channel and not name.has(opt_out_names.ELECTRONIC_MAIL)


def _kind_of_channel(name: ColumnName) -> ColumnKind:
    """`Unsubscribed by phone` tells from what, or how; only the operator knows."""
    is_no = name.has(opt_out_names.OWN_NO_NAME, opt_out_names.NO_NAME, ending_words.ENDING)
    is_way = is_no and name.has(opt_out_names.BY_CHANNEL)
    return ColumnKind.AMBIGUOUS if is_way else ColumnKind.CHANNEL


def is_of_other_things(name: ColumnName) -> bool:
    """Whether a column of that name is about purchases, work or looks."""
    if name.has(opt_out_names.PAID, opt_out_names.ROLE_OR_LOOK):
        return True
    return name.has(opt_out_names.ELSEWHERE) and not name.has(opt_out_names.WILLING)


def _kind_of_end(name: ColumnName) -> ColumnKind | None:
    """Of a name that speaks of a subscription and of an end."""
    if not name.has(ending_words.ENDING):
        return None
    if name.has(*OWN_YES, ending_words.MAILING):
        return ColumnKind.WHEN if name.has(opt_out_names.WHEN_OR_WHY) else ColumnKind.NO
    is_other = name.has(opt_out_names.YES_NAME, opt_out_names.STATUS_NAME)
    return ColumnKind.AMBIGUOUS if is_other else None


def _kind_of_yes(name: ColumnName) -> ColumnKind:
    """Of a name that speaks of no opt-out."""
    when = name.has(opt_out_names.WHEN_OR_WHY)
    if name.has(opt_out_names.STATUS_NAME, state_words.STATE_NAME):
        return ColumnKind.OTHER if when or "change" in name.letters else ColumnKind.STATUS
    if when or name.has(opt_out_names.TELLS_NOTHING, opt_out_names.HOW_NOT_WHETHER):
        return ColumnKind.OTHER
    if name.has(*OWN_YES):
        is_strange = ending_words.strange_words(name.words, OWN_YES)
        return ColumnKind.UNCLEAR if is_strange else ColumnKind.YES
    return ColumnKind.YES if name.has(opt_out_names.YES_NAME) else ColumnKind.OTHER


def is_name(name: str) -> bool:
    """Whether a column of that name holds names of people, places or firms."""
    return state_words.NAME_OF_SOMEBODY.fullmatch(column_name(name).letters) is not None
