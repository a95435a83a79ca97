"""The operator's word on a database that was restored or moved: its issues go on."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.errors import WrongUseError
from newsletter.models import BatchRow, DeliveryRow, DeliveryState, IssueRow, SubscriberRow
from newsletter.sending.restore_guard.claim_record import ClaimedSince
from newsletter.sending.restore_guard.machine_memory import IssueDays, MachineMemory

_AT_ONCE = 500  # rows in a statement


def admit_moved(session: Session, memory: MachineMemory, issue: IssueRow, now: datetime) -> None:
    """The operator says that nothing was sent since the copy was made: this machine goes on.

    Raises:
        WrongUseError: this machine knows of more than the database.
    """
    days = IssueDays.of(issue)
    if memory.claims_of(days) > issue.claims or unknown_issues(session, memory, days):
        raise WrongUseError(
            f"this machine has sent more of {issue.newsletter} {issue.day} than the database knows"
            " of: --restored is for that"
        )
    issue.admitted_at = now
    memory.remember(days, issue.claims)
    memory.make_known()


def admit_restored(
    session: Session, memory: MachineMemory, issue: IssueRow, now: datetime, *, only_here: bool
) -> int:
    """Make uncertain what may have been sent since the copy, and lift the guard; how many.

    These are the deliveries that this machine claimed after the copy was made, and those that the
    copy shows as sending. Where this machine lacks some of its claims, they are all pending ones.
    """
    days = IssueDays.of(issue)
    remembered = memory.claims_of(days)
    others = unknown_issues(session, memory, days)
    claimed = _claimed_since(memory, issue, others) if only_here else None
    rows = [
        row
        for row in session.execute(_OPEN, {"issue": issue.id})
        if row.state == DeliveryState.SENDING or claimed is None or _may_have(row, claimed)
    ]
    _make_uncertain(session, issue, rows, now)
    issue.claims = max(remembered, issue.claims, *map(memory.claims_of, others), 0)
    issue.admitted_at = now
    memory.remember(days, issue.claims)
    for other in others:
        memory.forget(other)
    if memory.is_foreign(issue.day):
        memory.make_known(now.date())
    return len(rows)


def unknown_issues(session: Session, memory: MachineMemory, days: IssueDays) -> list[IssueDays]:
    """Issues with the same days that this machine sent and the database does not have.

    Days that were missed become one issue, so the same day can be in another issue after a restore.
    """
    return [other for other in memory.sharing_days_with(days) if not _has(session, other)]


def _has(session: Session, days: IssueDays) -> bool:
    same = exists().where(
        func.coalesce(IssueRow.frozen_as, IssueRow.newsletter) == days.newsletter,
        IssueRow.day == days.last,
        func.coalesce(IssueRow.first_day, IssueRow.day) == days.first,
    )
    return bool(session.scalar(select(same)))


def _claimed_since(
    memory: MachineMemory, issue: IssueRow, others: Sequence[IssueDays]
) -> ClaimedSince | None:
    """The subscribers this machine claimed in any issue of these days; None where it lacks some."""
    days = IssueDays.of(issue)
    found = [memory.claimed_since(other, 0) for other in others]
    if memory.claims_of(days) > issue.claims:
        found.append(memory.claimed_since(days, issue.claims))
    known = [claimed for claimed in found if claimed is not None]
    if not found or len(known) < len(found):
        return None
    return ClaimedSince(
        frozenset().union(*(claimed.subscribers for claimed in known)),
        max(claimed.until for claimed in known),
    )


_OPEN = (
    select(
        DeliveryRow.batch_id,
        DeliveryRow.subscriber_id,
        DeliveryRow.state,
        SubscriberRow.created_at,
    )
    .outerjoin(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
    .where(
        DeliveryRow.issue_id == bindparam("issue"),
        DeliveryRow.state.in_((DeliveryState.PENDING, DeliveryState.SENDING)),
    )
)


def _may_have(row: Row[int, int, str, datetime | None], claimed: ClaimedSince) -> bool:
    """Whether a reader was claimed since; or is newer, and was perhaps here before the copy."""
    if row.subscriber_id in claimed.subscribers:
        return True
    return row.created_at is not None and row.created_at > claimed.until


def _make_uncertain(
    session: Session,
    issue: IssueRow,
    rows: Sequence[Row[int, int, str, datetime | None]],
    now: datetime,
) -> None:
    """Make these rows uncertain. All that were on the wire are among them, so batches are free."""
    for start in range(0, len(rows), _AT_ONCE):
        session.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.issue_id == issue.id,
                DeliveryRow.subscriber_id.in_(
                    [row.subscriber_id for row in rows[start : start + _AT_ONCE]]
                ),
            )
            .values(
                state=DeliveryState.UNCERTAIN,
                reason="the database was restored from before this mail may have been sent",
                changed_at=now,
            )
            .execution_options(synchronize_session=False)
        )
    for (batch_id, state), number in Counter((row.batch_id, row.state) for row in rows).items():
        delivery_counters.count_change(
            session, batch_id, DeliveryState(state), DeliveryState.UNCERTAIN, number
        )
    session.execute(
        update(BatchRow)
        .where(BatchRow.issue_id == issue.id)
        .values(owner=None, leased_until=None)
        .execution_options(synchronize_session=False)
    )
