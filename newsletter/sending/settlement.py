"""Lets the feedback that is kept move the deliveries that it is about.

Every function runs inside the caller's transaction. A delivery only moves towards the worse news.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from newsletter.models import FAILING, PROVING, DeliveryRow, DeliveryState, EventType, FeedbackRow
from newsletter.sending import delivery_updates
from newsletter.sending.delivery_updates import StateChange

_NOTES = {
    EventType.BOUNCE: "bounced",
    EventType.BLOCKED: "blocked",
    EventType.DROPPED: "dropped by the provider",
}


def apply_to_deliveries(session: Session, references: Sequence[str], now: datetime) -> int:
    """Let the kept feedback on some mails move their deliveries; how many moved."""
    chosen = _events_of_deliveries().where(DeliveryRow.reference.in_(references))
    return _settle(session, session.execute(chosen), now)


def settle_issue(session: Session, issue_id: int, now: datetime) -> int:
    """The same for what came while the mails of an issue were still on their way.

    An event can be quicker than our own note that the mail left, and a crash can come between.
    """
    bad_news = _events_of_deliveries().where(
        FeedbackRow.issue_id == issue_id,
        FeedbackRow.kind.in_(FAILING),
        DeliveryRow.state == DeliveryState.SENT,
    )
    answers = _events_of_deliveries().where(
        DeliveryRow.issue_id == issue_id, DeliveryRow.state == DeliveryState.UNCERTAIN
    )
    return sum(
        _settle(session, session.execute(statement), now) for statement in (bad_news, answers)
    )


def _events_of_deliveries() -> Select[str, int, str, str, str]:
    """Each kind of news of a delivery, once."""
    delivery = (DeliveryRow.reference, DeliveryRow.batch_id, DeliveryRow.state)
    return (
        select(*delivery, FeedbackRow.kind, func.max(FeedbackRow.detail).label("detail"))
        .join(FeedbackRow, FeedbackRow.reference == DeliveryRow.reference)
        .group_by(*delivery, FeedbackRow.kind)
    )


def _settle(session: Session, heard: Iterable[Row[Any]], now: datetime) -> int:
    said: dict[str, dict[EventType, str]] = {}
    for row in heard:
        said.setdefault(row.reference, {})[EventType(row.kind)] = row.detail
    changes = []
    for reference, found in delivery_updates.find_deliveries(session, list(said)).items():
        verdict = _state_after(found.state, said[reference])
        if verdict is not None:
            changes.append(StateChange(found, *verdict))
    delivery_updates.apply_changes(session, changes, now)
    return len(changes)


def _state_after(state: str, kinds: dict[EventType, str]) -> tuple[DeliveryState, str] | None:
    """Where feedback moves a delivery, and the reason; None where it stays.

    What is on the wire is left to its sender. What waits to be sent (again) and yet arrived is
    sent; what waits and did not arrive goes on waiting.
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
