"""What is kept of an old issue: its numbers, and who did not simply get it.

After `database.retention_days` the deliveries of a finished issue that were sent or left out go.
Its first batch keeps the numbers of all, and those that failed, are uncertain, bounced or brought a
complaint stay row by row. A pruned issue is never sent again: there is nobody left to claim.

It goes in slices, each a transaction of its own, so that nobody waits long; killed, it goes on.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from newsletter.database.db import Database
from newsletter.models import (
    ORDINARY,
    BatchRow,
    DeliveryRow,
    DeliveryState,
    FeedbackRow,
    IssueRow,
    IssueState,
    PickRow,
)
from newsletter.sending import index_bloat

PICKS_KEPT = timedelta(days=90)
_AT_ONCE = 5  # batches of a thousand in a transaction: some 50 ms, 0.3 s on a crowded SQLite
_REST_S = 0.05  # between two, or others would wait in vain for SQLite's lock


@dataclass(frozen=True)
class PruneReport:
    issues: int = 0
    deliveries: int = 0


def forget_picks(session: Session, now: datetime) -> None:
    """Picks of long ago: nobody needs to know what came first then."""
    session.execute(delete(PickRow).where(PickRow.made_at < now - PICKS_KEPT))


def count_prunable(session: Session, retention: timedelta, now: datetime) -> PruneReport:
    """What `prune` would let go of now."""
    issues = _prunable_issues(session, now - retention)
    number = select(func.count()).where(DeliveryRow.issue_id.in_(issues), *_UNREMARKABLE)
    return PruneReport(len(issues), session.scalar(number) or 0)


def prune(
    database: Database,
    retention: timedelta,
    now: datetime,
    stopping: Callable[[], bool] = lambda: False,
    step: Callable[[int], None] = lambda _done: None,
    most: int | None = None,
) -> PruneReport:
    """Let go of the deliveries of finished issues that were frozen longer ago than that, and picks.

    `step` hears how many are gone; after `most` deliveries the rest waits for the next time.
    """
    with database.row_locked.begin() as session:  # many, and nobody else wants these rows
        forget_picks(session, now)
    with database.read() as session:
        issues = _prunable_issues(session, now - retention)
    deliveries = 0
    for issue_id in issues:
        for number in _slices(database, issue_id, now):
            deliveries += number
            step(number)
            if stopping() or (most is not None and deliveries >= most):
                return PruneReport(len(issues), deliveries)
            time.sleep(_REST_S)
    index_bloat.rebuild(database)
    return PruneReport(len(issues), deliveries)


# Sent or left out, and nobody said anything bad of it.
_UNREMARKABLE: Sequence[ColumnElement[bool]] = (
    DeliveryRow.state.in_((DeliveryState.SENT, DeliveryState.SKIPPED)),
    ~exists().where(
        FeedbackRow.reference == DeliveryRow.reference, FeedbackRow.kind.not_in(ORDINARY)
    ),
)


def _prunable_issues(session: Session, before: datetime) -> Sequence[int]:
    """Finished ones, oldest first; one that is pruned has a single batch left."""
    batches = select(func.count()).where(BatchRow.issue_id == IssueRow.id).scalar_subquery()
    return session.scalars(
        select(IssueRow.id)
        .where(
            IssueRow.state == IssueState.DONE,
            IssueRow.frozen_at < before,
            or_(IssueRow.pruned_at.is_(None), batches > 1),
        )
        .order_by(IssueRow.frozen_at)
    ).all()


def _slices(database: Database, issue_id: int, now: datetime) -> Iterator[int]:
    """How many deliveries went with each transaction."""
    while True:
        with database.concurrent.begin() as session:
            is_last, number = _prune_slice(session, issue_id, now)
        yield number
        if is_last:
            return


def _prune_slice(session: Session, issue_id: int, now: datetime) -> tuple[bool, int]:
    """Whether it was the last, and how many went. Who prunes beside waits at the first batch."""
    batches = session.scalars(
        select(BatchRow)
        .where(BatchRow.issue_id == issue_id)
        .order_by(BatchRow.id)
        .limit(_AT_ONCE + 1)
        .with_for_update()
    ).all()
    issue = session.get_one(IssueRow, issue_id, with_for_update=True)
    if not batches or issue.state != IssueState.DONE:
        return True, 0
    first, *others = batches
    gone = [batch.id for batch in others]
    swept = gone if issue.pruned_at else [first.id, *gone]  # what the first keeps is not read again
    going = session.execute(
        delete(DeliveryRow).where(DeliveryRow.batch_id.in_(swept), *_UNREMARKABLE),
        execution_options={"synchronize_session": False},
    )
    number = cast("CursorResult[Any]", going).rowcount
    for batch in others:
        for state in DeliveryState:
            setattr(first, state, getattr(first, state) + getattr(batch, state))
    session.flush()
    session.execute(
        update(DeliveryRow).where(DeliveryRow.batch_id.in_(gone)).values(batch_id=first.id)
    )
    session.execute(delete(BatchRow).where(BatchRow.id.in_(gone)))
    issue.pruned_at = now
    return len(others) < _AT_ONCE, number
