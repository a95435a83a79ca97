"""Change many deliveries at once, and with them the counters of their batch.

Found by reference, which a delivery keeps while it is on the wire, even when its reader is erased
at that moment. Every function runs inside the caller's transaction.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, Table, Update, bindparam, func, select, update
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.database.json_texts import as_list, listed
from newsletter.models import (
    FAILING,
    PROVING,
    BatchRow,
    DeliveryRow,
    DeliveryState,
    EventType,
    FeedbackRow,
)
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
        delivery_counters.move(session, batch_id, old, new, number)
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


# Lets the feedback that is kept move the deliveries that it is about.
#
# Every function runs inside the caller's transaction. A delivery only moves towards the worse news.

_NOTES = {
    EventType.BOUNCE: "bounced",
    EventType.BLOCKED: "blocked",
    EventType.DROPPED: "dropped by the provider",
}


def apply_to_deliveries(session: Session, references: Sequence[str], now: datetime) -> int:
    """Let the kept feedback on some mails move their deliveries; how many moved."""
    if not references:
        return 0
    chosen = _events_of_deliveries().where(DeliveryRow.reference.in_(listed("references")))
    return _apply_events(session, session.execute(chosen, {"references": as_list(references)}), now)


def apply_feedback_to_issue(session: Session, issue_id: int, now: datetime) -> int:
    """The same for what came while the mails of an issue were still on their way.

    An event can be quicker than our own note that the mail left, and a crash can come between.
    """
    bad_news = _events_of_deliveries().where(
        FeedbackRow.issue_id == issue_id,
        FeedbackRow.kind.in_(FAILING),
        DeliveryRow.state == DeliveryState.SENT,
    )
    holding = select(BatchRow.id).where(BatchRow.issue_id == issue_id, BatchRow.uncertain > 0)
    batches = session.scalars(holding).all()
    moved = _apply_events(session, session.execute(bad_news), now)
    if not batches:
        return moved
    uncertain = select(DeliveryRow.reference).where(
        DeliveryRow.batch_id.in_(batches), DeliveryRow.state == DeliveryState.UNCERTAIN
    )
    return moved + apply_to_deliveries(session, session.scalars(uncertain).all(), now)


def _events_of_deliveries() -> Select[str, int, str, str, str]:
    """Each kind of news of a delivery, once."""
    delivery = (DeliveryRow.reference, DeliveryRow.batch_id, DeliveryRow.state)
    return (
        select(*delivery, FeedbackRow.kind, func.max(FeedbackRow.detail).label("detail"))
        .join(FeedbackRow, FeedbackRow.reference == DeliveryRow.reference)
        .group_by(*delivery, FeedbackRow.kind)
    )


def _apply_events(session: Session, rows: Iterable[Row[Any]], now: datetime) -> int:
    details: dict[str, dict[EventType, str]] = {}
    batches: set[int] = set()
    for row in rows:
        details.setdefault(row.reference, {})[EventType(row.kind)] = row.detail
        batches.add(row.batch_id)
    held = select(BatchRow.id).where(BatchRow.id.in_(batches)).order_by(BatchRow.id)
    session.execute(held.with_for_update())  # what their senders do now is done before we look
    changes = []
    for reference, delivery in find_deliveries(session, list(details)).items():
        verdict = _state_after(delivery.state, details[reference])
        if verdict is not None:
            changes.append(StateChange(delivery, *verdict))
    apply_changes(session, changes, now)
    return len(changes)


def _state_after(state: str, kinds: dict[EventType, str]) -> tuple[DeliveryState, str] | None:
    """Where feedback moves a delivery, and the reason; None where it stays.

    A delivery on the wire is left to its sender. One that waits to be sent again becomes sent where
    it arrived after all; else it goes on waiting.
    """
    failing = next(
        (
            kind
            for kind in (EventType.BOUNCE, EventType.DROPPED, EventType.BLOCKED)
            if kind in kinds
        ),
        None,
    )
    proving = next(
        (kind for kind in reversed(EventType) if kind in kinds and kind in PROVING), None
    )
    if state in {DeliveryState.SENT, DeliveryState.UNCERTAIN} and failing is not None:
        return DeliveryState.FAILED, f"{_NOTES[failing]}: {kinds[failing]}".rstrip(": ")
    if state in {DeliveryState.PENDING, DeliveryState.UNCERTAIN} and proving and not failing:
        return DeliveryState.SENT, f"settled by feedback: {proving}"
    return None
