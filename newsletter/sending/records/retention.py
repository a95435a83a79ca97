"""Prunes old issues: their numbers stay, and the readers who did not simply get them.

After `database.retention_days` the deliveries of a finished issue that were sent or left out go.
Its first batch keeps the numbers of all, and those that failed, are uncertain, bounced or brought a
complaint stay row by row. A pruned issue is never sent again, since its deliveries are gone.

Each slice is a transaction of its own, so that others wait for a moment only. After a kill the next
run goes on.

On PostgreSQL the index of deliveries is made small again afterwards. Its pages are in the order of
issues, so one kept row keeps a whole index page. `REINDEX CONCURRENTLY` neither waits for rows nor
locks them.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from newsletter.database.db import Database, describe_failure, is_sqlite
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

_log = logging.getLogger(__name__)

PICKS_KEPT = timedelta(days=90)
_AT_ONCE = 5  # batches of a thousand in a transaction: some 50 ms, 0.3 s on a crowded SQLite
_REST_S = 0.05  # between two, or others would wait in vain for SQLite's lock


@dataclass(frozen=True)
class PruneReport:
    issues: int = 0
    deliveries: int = 0


def forget_picks(session: Session, now: datetime) -> None:
    """Delete picks of long ago."""
    session.execute(delete(PickRow).where(PickRow.made_at < now - PICKS_KEPT))


def count_prunable(session: Session, retention: timedelta, now: datetime) -> PruneReport:
    """How many issues and deliveries `prune` would delete now."""
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
    shrink_index(database)
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
    """Whether it was the last, and how many went. Others that prune wait at the first batch."""
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


_INDEX = "pk_delivery"
_BYTES_A_ROW = 100  # bytes a row: 20 are the least, 47 what an issue that was sent takes
_WORTH_IT = 64 << 20  # bytes to be won

_TAKE_TURN = text("SELECT pg_try_advisory_xact_lock(hashtext('newsletter'), hashtext('reindex'))")
_UNDER_WAY = text("SELECT count(*) FROM pg_stat_progress_create_index")
_LEFT_OVER = text(
    "SELECT format('%I.%I', space.nspname, class.relname) FROM pg_index"
    " JOIN pg_class class ON class.oid = indexrelid"
    " JOIN pg_namespace space ON space.oid = class.relnamespace"
    " WHERE indrelid = to_regclass('delivery') AND NOT indisvalid"
    " AND class.relname ~ ('^' || :name || '_cc(new|old)[0-9]*$')"
)
# An estimate that is too old must not have it written anew again and again.
_BLOAT = text(
    "SELECT pg_relation_size(class.oid), greatest(class.reltuples, rows.reltuples)"
    " FROM pg_index JOIN pg_class class ON class.oid = indexrelid"
    " JOIN pg_class rows ON rows.oid = indrelid"
    " WHERE indexrelid = to_regclass(:name) AND indisvalid AND rows.reltuples >= 0"
)


def shrink_index(database: Database) -> bool:
    """Write the index anew where that frees much, unless another process does; whether it did.

    First it drops what a killed rebuild left behind. A failure is logged and harmless: the old
    index stays, and the next time tries again.
    """
    if is_sqlite(database.engine):
        return False
    plain = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    waiting = database.engine.execution_options(idle_within_s=0)  # it may take hours
    try:
        # Whoever has the turn sits in a transaction without a snapshot: nothing waits for that.
        with waiting.begin() as turn, plain.connect() as connection:
            return bool(turn.scalar(_TAKE_TURN)) and _rebuild_index(connection)
    except SQLAlchemyError as error:
        _log.warning("%s was not written anew: %s", _INDEX, describe_failure(error))
        return False


def _rebuild_index(connection: Connection) -> bool:
    if connection.scalar(_UNDER_WAY):  # by an operator, perhaps
        return False
    for name in connection.scalars(_LEFT_OVER, {"name": _INDEX}).all():
        connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    sizes = connection.execute(_BLOAT, {"name": _INDEX}).one_or_none()
    if sizes is None or not _is_worth_it(*sizes):
        return False
    connection.exec_driver_sql(f"REINDEX INDEX CONCURRENTLY {_INDEX}")
    _log.info("index written anew", extra={"index": _INDEX, "bytes_before": sizes[0]})
    return True


def _is_worth_it(size: int, rows: float) -> bool:
    return size > _BYTES_A_ROW * rows and size - _BYTES_A_ROW / 2 * rows > _WORTH_IT
