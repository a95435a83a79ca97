"""How many deliveries of a batch are in which state, kept with every change of a row."""

from collections import Counter
from collections.abc import Mapping
from functools import cache

from sqlalchemy import Update, bindparam, func, select, update
from sqlalchemy.orm import Session

from newsletter.models import BatchRow, DeliveryRow, DeliveryState

_COLUMNS = {state: getattr(BatchRow, state) for state in DeliveryState}


def add_to_counters(session: Session, batch_id: int, by: Mapping[DeliveryState, int]) -> None:
    """Add to a batch's counters; in the same transaction as the rows that change."""
    changes = {state: number for state, number in by.items() if number}
    if changes:
        numbers = {f"by_{state}": number for state, number in changes.items()}
        session.execute(_shifting(frozenset(changes)), {"batch": batch_id, **numbers})


@cache
def _shifting(states: frozenset[DeliveryState]) -> Update:
    """Made once: building a statement costs more than SQLite takes to run it."""
    return (
        update(BatchRow)
        .where(BatchRow.id == bindparam("batch"))
        .values(
            {
                _COLUMNS[state]: _COLUMNS[state] + bindparam(f"by_{state}")
                for state in sorted(states)
            }
        )
        .execution_options(synchronize_session=False)
    )


def count_change(
    session: Session, batch_id: int, old: DeliveryState, new: DeliveryState, number: int
) -> None:
    """Note that so many deliveries went from one state to another."""
    if old != new and number:
        add_to_counters(session, batch_id, {old: -number, new: number})


def of_batch(batch: BatchRow) -> int:
    """How many deliveries a batch has, whatever their state."""
    return sum(int(getattr(batch, state)) for state in DeliveryState)


def of_issue(session: Session, issue_id: int) -> Counter[DeliveryState]:
    """The counters of an issue's batches, summed up."""
    sums = session.execute(_OF_ISSUE, {"issue": issue_id}).one()
    return Counter(dict(zip(_COLUMNS, map(int, sums), strict=True)))


_OF_ISSUE = select(*(func.coalesce(func.sum(column), 0) for column in _COLUMNS.values())).where(
    BatchRow.issue_id == bindparam("issue")
)


def is_open(session: Session, issue_id: int) -> bool:
    """Whether some delivery is pending or sending."""
    counts = of_issue(session, issue_id)
    return bool(counts[DeliveryState.PENDING] or counts[DeliveryState.SENDING])


def scanned(session: Session, issue_id: int) -> Counter[DeliveryState]:
    """Count an issue's deliveries by state, row by row; the counters must equal that."""
    rows = session.execute(
        select(DeliveryRow.state, func.count())
        .where(DeliveryRow.issue_id == issue_id)
        .group_by(DeliveryRow.state)
    )
    numbers = {DeliveryState(state): int(number) for state, number in rows}
    return Counter({state: numbers.get(state, 0) for state in DeliveryState})
