"""Lets the feedback that is kept change the deliveries that it is about.

Every function runs inside the caller's transaction. Of good and bad news the bad counts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

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
from newsletter.sending.records.delivery_updates import StateChange, apply_changes, find_deliveries

_NOTES = {
    EventType.BOUNCE: "bounced",
    EventType.BLOCKED: "blocked",
    EventType.DROPPED: "dropped by the provider",
}


def apply_to_deliveries(session: Session, references: Sequence[str], now: datetime) -> int:
    """Let the kept feedback on some mails change their deliveries; how many changed."""
    if not references:
        return 0
    chosen = _events_of_deliveries().where(DeliveryRow.reference.in_(listed("references")))
    return _apply_events(session, session.execute(chosen, {"references": as_list(references)}), now)


def apply_feedback_to_issue(session: Session, issue_id: int, now: datetime) -> int:
    """Apply the feedback that came while the mails of an issue were still on their way.

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
        return DeliveryState.SENT, f"known by feedback: {proving}"
    return None
