"""The operator's word on deliveries that are uncertain, judged wrongly or waiting in vain.

Every function runs inside the caller's transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.orm import Session

from newsletter.database.json_texts import as_list, listed
from newsletter.errors import WrongUseError
from newsletter.models import (
    BatchRow,
    DeliveryRow,
    DeliveryState,
    IssueRow,
    IssueState,
    SubscriberRow,
)
from newsletter.sending.claiming import pending
from newsletter.sending.records import delivery_updates, ledger
from newsletter.sending.records.delivery_updates import StateChange
from newsletter.subscribers import suppression


@dataclass(frozen=True)
class DeliveryFilter:
    """Chooses the deliveries of an issue that are in a state and match all that is given."""

    state: DeliveryState = DeliveryState.UNCERTAIN
    references: Sequence[str] = ()
    reason: str = ""  # a part of it, in any case
    domain: str = ""
    since: datetime | None = None  # when they came into that state, or later


@dataclass(frozen=True)
class SettleResult:
    settled: int
    unsuppressed: int = 0  # addresses whose suppression came with what was judged wrongly


def select_deliveries(
    session: Session, issue_id: int, chosen: DeliveryFilter
) -> Sequence[Row[str, str, str | None, datetime]]:
    """Reference, address, reason and time of change of each, by address."""
    return session.execute(
        select(
            DeliveryRow.reference,
            func.coalesce(SubscriberRow.email, "(erased)").label("email"),
            DeliveryRow.reason,
            DeliveryRow.changed_at,
        )
        .outerjoin(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
        .where(DeliveryRow.issue_id == issue_id, *_conditions(chosen))
        .order_by("email", DeliveryRow.reference),
        {"references": as_list(chosen.references)},
    ).all()


def settle_deliveries(
    session: Session,
    issue_id: int,
    chosen: DeliveryFilter,
    settled_as: DeliveryState,
    now: datetime,
) -> SettleResult:
    """The operator's word on some deliveries.

    `SENT`: they arrived. `PENDING`: send them again, at the risk of a double where they were
    uncertain. Where the refusal that is taken back suppressed an address, the address is mailed
    again; any other suppression stays. `FAILED`: stop trying those that wait.

    Raises:
        WrongUseError: the issue is pruned, and to be sent again.
    """
    issue = session.get_one(IssueRow, issue_id)
    if issue.pruned_at is not None and settled_as is DeliveryState.PENDING:
        raise WrongUseError(
            f"{issue.newsletter} {issue.day} was pruned at {issue.pruned_at:%F}: it is never sent"
            " again"
        )
    rows = select_deliveries(session, issue_id, chosen)
    deliveries = delivery_updates.find_deliveries(session, [row.reference for row in rows])
    again = chosen.state is DeliveryState.FAILED and settled_as is DeliveryState.PENDING
    attempts = 0 if again else None
    gives_up = settled_as is DeliveryState.FAILED
    changes = [
        StateChange(
            deliveries[row.reference],
            settled_as,
            f"{pending.SETTLED}: {row.reason}" if gives_up and row.reason else pending.SETTLED,
            attempts=attempts,
        )
        for row in rows
    ]
    unsuppressed = 0
    if chosen.state is DeliveryState.FAILED:
        refused_at = {row.email: row.changed_at for row in rows}
        unsuppressed = suppression.take_back_refusals(session, refused_at)
    delivery_updates.apply_changes(session, changes, now)
    if settled_as is DeliveryState.PENDING and deliveries:
        _reopen(session, issue_id, {delivery.batch_id for delivery in deliveries.values()})
    elif chosen.state is DeliveryState.PENDING and deliveries:
        ledger.finish_free_batches(session, issue_id)
    return SettleResult(len(deliveries), unsuppressed)


def take_back(session: Session, issue_id: int, words: Mapping[str, str], now: datetime) -> None:
    """Return to pending the readers a run failed too early, by the references of their mails.

    They keep the server's `words`, and rest before they are asked again.
    """
    chosen = DeliveryFilter(DeliveryState.FAILED, list(words))
    rows = select_deliveries(session, issue_id, chosen)
    suppression.take_back_refusals(session, {row.email: row.changed_at for row in rows})
    found = delivery_updates.find_deliveries(session, [row.reference for row in rows])
    changes = [
        StateChange(delivery, DeliveryState.PENDING, words[reference], attempts=pending.RESTS_FROM)
        for reference, delivery in found.items()
    ]
    delivery_updates.apply_changes(session, changes, now)
    _reopen(session, issue_id, {delivery.batch_id for delivery in found.values()})


def _conditions(chosen: DeliveryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [DeliveryRow.state == chosen.state]
    if chosen.references:
        conditions.append(DeliveryRow.reference.in_(listed("references")))
    if chosen.reason:
        conditions.append(DeliveryRow.reason.icontains(chosen.reason, autoescape=True))
    if chosen.domain:
        conditions.append(SubscriberRow.email.endswith(f"@{chosen.domain}", autoescape=True))
    if chosen.since is not None:
        conditions.append(DeliveryRow.changed_at >= chosen.since)
    return conditions


def _reopen(session: Session, issue_id: int, batches: Collection[int]) -> None:
    session.execute(update(BatchRow).where(BatchRow.id.in_(batches)).values(finished=False))
    session.get_one(IssueRow, issue_id).state = IssueState.FROZEN
