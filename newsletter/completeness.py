"""Judges what is known of a day: what to ask again, and whether to wait."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.models import (
    ListingRow,
    MomentRow,
)
from newsletter.sources import calendar
from newsletter.sources.base import SAVED_FILES, ListingState
from newsletter.text import counted

# Asking the same source again would say the same. An empty listing may only have come too early.
_KNOWN = (
    ListingState.COMPLETE,
    ListingState.UNCHECKED,
    ListingState.SAMPLE,
)
_HEALED = (ListingState.PARTIAL, ListingState.RECONSTRUCTED)  # by arXiv's page of that day
_NOT_LEARNED: Mapping[str, str] = {
    ListingState.STALE: (
        "arXiv has not announced {row.category} of {row.day} yet ({row.source}); run it later"
    ),
    ListingState.UNREACHABLE: (
        "{row.category} of {row.day} cannot be read ({row.source}); run it again later"
    ),
}
_was_had = ListingRow.state != ListingState.UNREACHABLE
_REFUSED = "files refused"
_NAMED_IDS = 8
RUNS_VARY_BY = timedelta(minutes=30)  # a daily run comes so much earlier or later than the last


def is_known(row: ListingRow, newest: date) -> bool:
    """Whether that listing need not be asked for again.

    A partial or rebuilt listing can be healed as long as arXiv has a page of that day, and a feed's
    without a count once the day is past. A past day from saved files stays as the operator gave it,
    as far as the files prove it.
    """
    if is_saved(row) and row.day < newest:
        return row.state not in _NOT_LEARNED
    is_doubted = row.state == ListingState.UNCHECKED and row.may_be_corrected and row.day < newest
    if is_doubted or row.state in _HEALED:
        return row.day < newest - calendar.PAGES_REACH
    return row.state in _KNOWN


def is_saved(row: ListingRow) -> bool:
    """Whether it came from saved files."""
    return row.source.startswith(SAVED_FILES)


def saved_day(session: Session, categories: Collection[str]) -> date | None:
    """The day that was kept last, if it came from saved files."""
    last = session.scalar(
        select(ListingRow)
        .where(ListingRow.category.in_(categories), _was_had)
        .order_by(ListingRow.fetched_at.desc(), ListingRow.day.desc())
        .limit(1)
    )
    return last.day if last is not None and is_saved(last) else None


def note_files(session: Session, now: datetime, *, are_kept: bool) -> None:
    """Note that saved files were given, and whether something of them is kept."""
    row = session.get(MomentRow, _REFUSED)
    if are_kept and row is not None:
        session.delete(row)
    elif not are_kept:
        session.merge(MomentRow(name=_REFUSED, at=now))


def are_files_refused(session: Session, categories: Collection[str]) -> bool:
    """Whether the last that was read are saved files of which nothing is kept."""
    row = session.get(MomentRow, _REFUSED)
    read = select(func.max(ListingRow.fetched_at)).where(
        ListingRow.category.in_(categories), _was_had
    )
    last = session.scalar(read)
    return row is not None and (last is None or last <= row.at)


def _may_be_exact_later(row: ListingRow) -> bool:
    """Whether arXiv's page of that day failed, and may still come."""
    return row.state == ListingState.RECONSTRUCTED and row.may_be_corrected


def wait_reason(
    rows: Sequence[ListingRow], day: date, now: datetime, patience: timedelta | None
) -> str | None:
    """Why the day's issue must not be composed yet; None where it can be.

    Wait for a category that still shows another day, or cannot be reached. Wait for missing papers
    until `patience` after the announcement; then the issue goes out and names them. On an older
    day `patience` is counted from the moment when they were first missing, and holds for arXiv's
    page of that day as well. A day of which every paper is missing is never told as an empty one.
    Without `patience` the papers at hand go out, since there is no later run for them.
    """
    if patience is None and any(row.found for row in rows):
        return None
    for row in rows:
        if row.state in _NOT_LEARNED:
            return _NOT_LEARNED[row.state].format(row=row)
    partial = [row for row in rows if row.state == ListingState.PARTIAL]
    inexact = [*partial, *filter(_may_be_exact_later, rows)]
    lacking = "; ".join(map(missing_text, partial))
    if partial and not any(row.found for row in rows):
        return f"{lacking}; run it again later"
    until = _waited_for_until(inexact, day, patience or timedelta(0))
    if not inexact or now >= until:
        return None
    when = f"run it again; from {until:%d %b %H:%M %Z} on the issue goes out"
    if partial:
        return f"{lacking}; {when} without"
    categories = ", ".join(row.category for row in inexact)
    return f"{categories} of {day} could only be rebuilt ({inexact[0].source}); {when} so"


def _waited_for_until(rows: Sequence[ListingRow], day: date, patience: timedelta) -> datetime:
    """When the day goes out as it is: so long after its announcement, or after a late first try."""
    until = calendar.announced_at(day) + patience
    first_tried = min((row.fetched_at for row in rows), default=until)
    if first_tried <= until:
        return until
    return first_tried.astimezone(calendar.ZONE) + patience - RUNS_VARY_BY


def empty_reason(rows: Sequence[ListingRow]) -> str:
    """Why a day has no issue: `nothing announced in cs.SD (arXiv holiday; ...)`."""
    categories = ", ".join(row.category for row in rows)
    rebuilt = next((row for row in rows if row.state == ListingState.RECONSTRUCTED), None)
    if rebuilt is not None:
        return f"nothing found of {categories} ({rebuilt.source})"
    return f"nothing announced in {categories} ({rows[0].source})"


def missing_text(row: ListingRow) -> str:
    """`2 papers of cs.SD could not be retrieved: 2507.00001, 2507.00002`."""
    number = max(len(row.missing), (row.expected or 0) - row.found)
    named = ", ".join(row.missing[:_NAMED_IDS]) + (", ..." if len(row.missing) > _NAMED_IDS else "")
    line = f"{counted(number, 'paper')} of {row.category} could not be retrieved"
    return f"{line}: {named}" if named else line
