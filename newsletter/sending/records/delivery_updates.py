"""Change many deliveries at once, and with them the counters of their batch.

Found by reference, which a delivery keeps while it is on the wire, even when its reader is erased
at that moment. Every function runs inside the caller's transaction.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Row, Select, Table, Update, bindparam, func, select, update
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.database.json_texts import as_list, listed
from newsletter.models import DeliveryRow, DeliveryState
from newsletter.subscribers import erasure


@dataclass(frozen=True)
class DeliveryRef:
    """A delivery as it is now."""

    reference: str
    subscriber_id: int
    batch_id: int
    state: DeliveryState
    attempts: int


@dataclass(frozen=True)
class StateChange:
    """The new state of a delivery; a provider or attempts of None leave the old ones."""

    of: DeliveryRef
    state: DeliveryState
    reason: str | None = None
    provider_id: str | None = None
    attempts: int | None = None


def find_deliveries(session: Session, references: Sequence[str]) -> dict[str, DeliveryRef]:
    """The deliveries that have these references."""
    rows = session.execute(_BY_REFERENCE, {"references": as_list(references)})
    return {row.reference: _found(row) for row in rows}


def in_state(session: Session, batch_id: int, state: DeliveryState) -> list[DeliveryRef]:
    rows = session.execute(
        _columns().where(DeliveryRow.batch_id == batch_id, DeliveryRow.state == state)
    )
    return [_found(row) for row in rows]


def apply_changes(session: Session, changes: Iterable[StateChange], now: datetime) -> None:
    """Write the changes down. An erased reader's delivery is not sent, and gets a new reference."""
    final_changes = [_without_the_erased(change) for change in changes]
    if not final_changes:
        return
    session.flush()
    _write(session, final_changes, now)
    session.expire_all()
    moves = Counter((change.of.batch_id, change.of.state, change.state) for change in final_changes)
    for (batch_id, old, new), number in moves.items():
        delivery_counters.count_change(session, batch_id, old, new, number)
    for change in final_changes:
        if erasure.is_erased(change.of.subscriber_id):
            _forget(session, change.of.reference)


class _NewValues(NamedTuple):
    """The columns that a change writes."""

    new_state: DeliveryState
    new_reason: str | None
    new_provider: str | None
    new_attempts: int


def _alike(changes: Iterable[StateChange]) -> dict[_NewValues, list[str]]:
    """The references by what is written: of a thousand mails in a request it is the same."""
    references = defaultdict[_NewValues, list[str]](list)
    for change in changes:
        attempts = change.of.attempts if change.attempts is None else change.attempts
        values = _NewValues(change.state, change.reason, change.provider_id, attempts)
        references[values].append(change.of.reference)
    return references


def _columns() -> Select[str, int, int, str, int]:
    return select(
        DeliveryRow.reference,
        DeliveryRow.subscriber_id,
        DeliveryRow.batch_id,
        DeliveryRow.state,
        DeliveryRow.attempts,
    )


def _found(row: Row[str, int, int, str, int]) -> DeliveryRef:
    reference, subscriber_id, batch_id, state, attempts = row
    return DeliveryRef(reference, subscriber_id, batch_id, DeliveryState(state), attempts)


def _without_the_erased(change: StateChange) -> StateChange:
    erased = erasure.is_erased(change.of.subscriber_id)
    if erased and change.state == DeliveryState.PENDING:
        return replace(change, state=DeliveryState.SKIPPED)
    return change


# Made once: building a statement costs more than SQLite takes to run it.
_BY_REFERENCE = _columns().where(DeliveryRow.reference.in_(listed("references")))


def _writing() -> Update:
    table = DeliveryRow.__table__
    assert isinstance(table, Table)  # noqa: S101 - tells mypy what a mapped class always has
    return update(table).values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        provider_id=func.coalesce(bindparam("new_provider"), table.c.provider_id),
        attempts=bindparam("new_attempts"),
        changed_at=bindparam("now"),
    )


_WRITE_ONE = _writing().where(DeliveryRow.reference == bindparam("which"))
_WRITE_ALIKE = _writing().where(DeliveryRow.reference.in_(listed("references")))


def _write(session: Session, changes: Iterable[StateChange], now: datetime) -> None:
    single = []
    for values, references in _alike(changes).items():
        written = {**values._asdict(), "now": now}
        if len(references) == 1:
            single.append({**written, "which": references[0]})
        else:
            written["references"] = as_list(references)
            session.connection().execute(_WRITE_ALIKE, written)
    if single:
        session.connection().execute(_WRITE_ONE, single)


def _forget(session: Session, reference: str) -> None:
    row = session.scalars(select(DeliveryRow).where(DeliveryRow.reference == reference)).one()
    erasure.forget_delivery(row)
    session.flush()
