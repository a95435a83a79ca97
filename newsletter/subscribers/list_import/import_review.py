"""Reads a list as a whole, before the first person in it is imported."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from newsletter.errors import WrongUseError, did_you_mean
from newsletter.subscribers.list_import import column_kinds, opt_out_columns
from newsletter.subscribers.list_import.column_kinds import ColumnKind
from newsletter.subscribers.list_import.column_names import column_name, folded
from newsletter.subscribers.list_import.doubtful_columns import ColumnCells
from newsletter.subscribers.list_import.import_files import ImportEntry
from newsletter.subscribers.list_import.import_rows import ImportOptions, read_address, read_moment
from newsletter.subscribers.list_import.known_columns import is_known_column

# Substack's: who cancels there pays no more, and reads on.
_PAID, _ENDS_PAYING = (
    frozenset({"stripeplan", "activesubscription"}),
    {"canceldate", "expiry", "expirationdate"},
)


_UNUSED = {ColumnKind.OTHER, ColumnKind.CHANNEL, ColumnKind.DETAIL}


@dataclass
class ListReview:
    """Unused columns, unread dates, and the addresses that said no."""

    unused_columns: list[str] = field(default_factory=list)
    unread_dates: int = 0
    first_unread_date: str = ""
    refused: set[str] = field(default_factory=set)  # addresses, by their own word
    has_own_column: bool = False  # of yes and no, and somebody says no by it


def review_list(entries: Iterable[ImportEntry], plan: ImportOptions) -> ListReview:
    """Look over the whole list once.

    Raises:
        WrongUseError: a column looks like an unknown no; an option names a missing column.
    """
    review = ListReview()
    columns: dict[str, ColumnCells] = {}
    for entry in entries:
        opt_out = opt_out_columns.find_opt_out(entry.others, plan.rules)
        if opt_out is not None and opt_out.own:
            review.has_own_column |= "=" in opt_out.words
            address = read_address(entry, plan)
            if isinstance(address, str):
                review.refused.add(address)
        for name, cell in entry.others.items():
            cells = columns.setdefault(name, ColumnCells())
            if opt_out is None or column_kinds.column_kind(name) is not ColumnKind.DETAIL:
                cells.add(cell, entry.line)
        _note_date(review, entry)
    _check_names(columns, plan.rules.names())
    of_paying = _PAID.intersection(column_name(name).letters for name in columns)
    for name, cells in columns.items():
        if of_paying and column_name(name).letters in _ENDS_PAYING:
            continue
        doubt = cells.doubt(name)
        if doubt and folded(name) not in plan.rules.names():
            raise opt_out_columns.not_understood(name, doubt)
    review.unused_columns = [
        name for name, cells in columns.items() if cells.has_any() and _is_unused(name)
    ]
    return review


def _note_date(review: ListReview, entry: ImportEntry) -> None:
    cell = entry.cells.get("confirmed", "").strip()
    if cell and not opt_out_columns.says_yes_or_no(cell) and read_moment(cell) is None:
        review.unread_dates += 1
        review.first_unread_date = review.first_unread_date or f"{cell[:40]!r}, line {entry.line}"


def _check_names(columns: Iterable[str], named: Iterable[str]) -> None:
    there = {folded(name) for name in columns}
    for name in sorted(set(named) - there):
        raise WrongUseError(f"the list has no column {name!r}{did_you_mean(name, sorted(there))}")


def _is_unused(name: str) -> bool:
    is_unused = column_kinds.column_kind(name) in _UNUSED
    return is_unused and not is_known_column(name)
