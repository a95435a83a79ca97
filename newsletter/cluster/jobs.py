"""Jobs for batches: hints, each with an id. What is to be sent, and by whom, the ledger knows."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from procrastinate import App, SyncPsycopgConnector
from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from newsletter.database.db import Database
from newsletter.models import BatchRow, IssueRow, IssueState
from newsletter.sending import holds
from newsletter.sending.claiming.pending import SOMEBODY_WAITS, BatchRef, awake_parameters
from newsletter.sending.limits import pauses
from newsletter.sending.readers import freezing
from newsletter.sending.records import leases
from newsletter.sending.restore_guard import server_identity
from newsletter.services import Services

if TYPE_CHECKING:
    from procrastinate.types import JSONValue

SEND, CARE = "send", "care"  # queues: batches; everything else
DELIVER = "newsletter.deliver_batch"
STALLED_S = 20  # without a heartbeat a worker is gone
# Priorities of jobs of batches. What nobody had begun has 0 or less, by turns.
_INTERRUPTED, _ORPHANED, _HAS_ROOM = 1, 2, 3
_QUEUE = App(connector=SyncPsycopgConnector())  # never opened: each call brings its connection
_IN_TURN = 16  # batches; fewer, and a worker would render an issue anew more often
_FREEZING_S = 3.0  # in a round

_DROP_LOST = text(
    "DELETE FROM procrastinate_jobs WHERE id IN (SELECT id FROM procrastinate_jobs AS job"
    " WHERE status = 'failed' OR status = 'doing' AND NOT EXISTS"
    " (SELECT FROM procrastinate_workers AS worker WHERE worker.id = job.worker_id"
    " AND worker.last_heartbeat > now() - make_interval(secs => :stalled_s))"
    " FOR UPDATE SKIP LOCKED)"  # others drop them, too
)
_HURRY = text(
    "UPDATE procrastinate_jobs SET priority = :orphaned WHERE status = 'todo'"
    " AND priority < :orphaned AND task_name = :task AND (args ->> 'batch_id')::int = ANY(:batches)"
)
_TAKE_ROOM = text(
    "UPDATE procrastinate_jobs SET priority = :has_room WHERE id = (SELECT id"
    " FROM procrastinate_jobs WHERE status = 'todo' AND priority = :orphaned"
    " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)"
)
_BY_TURN = text(
    "SELECT -earlier / :in_turn AS priority, array_agg(id ORDER BY id) FROM"
    " (SELECT id, row_number() OVER (PARTITION BY issue_id ORDER BY id) - 1 AS earlier FROM batch"
    "  WHERE issue_id IN (SELECT issue_id FROM batch WHERE id = ANY(:batches)) AND NOT finished)"
    " AS open WHERE id = ANY(:batches) GROUP BY 1 ORDER BY 1 DESC"
)
_WITH_A_JOB = text(
    "SELECT (args ->> 'batch_id')::int FROM procrastinate_jobs"
    " WHERE task_name = :task AND status IN ('todo', 'doing')"
)


def add_jobs(session: Session, batches: Sequence[int]) -> None:
    """A job for each of these batches, in the caller's transaction: it goes if that is undone.

    Issues take turns, or the one frozen first would be sent to its last reader before another.
    """
    turns = session.execute(_BY_TURN, {"in_turn": _IN_TURN, "batches": list(batches)})
    for priority, of_turn in turns.all():
        _add(session, of_turn, priority)


def add_interrupted(database: Database, batches: Sequence[int]) -> None:
    """Add a job for each batch that was begun and let go; these come before the others."""
    if batches:
        with database.concurrent.begin() as session:
            _add(session, batches, _INTERRUPTED)


def _add(session: Session, batches: Sequence[int], priority: int) -> None:
    if batches:
        connection = session.connection().connection.driver_connection
        deferring = _QUEUE.configure_task(
            DELIVER, queue=SEND, priority=priority, connection=connection
        )
        ids: list[dict[str, JSONValue]] = [{"batch_id": batch_id} for batch_id in batches]
        deferring.batch_defer(*ids)


def wants_room(database: Database) -> bool:
    """Whether a dead worker's batch waits for somebody, who from now on is the caller.

    Who has another batch in hand lets go of that, or it would wait until one is done.
    """
    priorities = {"orphaned": _ORPHANED, "has_room": _HAS_ROOM}
    with database.concurrent.begin() as session:
        changed = session.execute(_TAKE_ROOM, priorities)
        return bool(changed.rowcount)  # type: ignore[attr-defined]


def drop_lost(database: Database) -> None:
    """Drop the jobs of workers that are gone, and those that failed.

    Every worker does, beside its heartbeat: a job that is dropped may be the very one whose lock
    everybody waits for.
    """
    with database.concurrent.begin() as session:
        session.execute(_DROP_LOST, {"stalled_s": STALLED_S})


def queue_free_batches(services: Services) -> int:
    """Give every open batch that nobody holds a job, whatever became of its last; how many.

    Nothing is given while the provider is paused, or to an issue that is held.
    """
    if services.memory is not None:
        server_identity.record_server(services.database, services.memory, services.clock())
    _freeze_begun(services)
    drop_lost(services.database)
    with services.database.concurrent.begin() as session:
        if pauses.sending_pause(session, services.clock()) is not None:
            return 0
        has_job = set(session.scalars(_WITH_A_JOB, {"task": DELIVER}))
        free = _free_batches(session, services)
        orphaned = [batch.id for batch in free if batch.owner is not None]
        hurry = {"orphaned": _ORPHANED, "task": DELIVER, "batches": orphaned}
        session.execute(_HURRY, hurry)
        waiting = [batch for batch in free if batch.id not in has_job]
        _add(session, [batch.id for batch in waiting if batch.owner is not None], _ORPHANED)
        add_jobs(session, [batch.id for batch in waiting if batch.owner is None])
    return len(waiting)


def _freeze_begun(services: Services) -> None:
    """Write down further recipients of issues that are not frozen to the end.

    The process that began may be gone; where it is not, this helps it.
    """
    with services.database.read() as session:
        begun = session.scalars(select(IssueRow.id).where(IssueRow.frozen_up_to.is_not(None))).all()
    for issue_id in begun:
        freezing.freeze_on(services.database, issue_id, _FREEZING_S, services.stopping, add_jobs)


def _free_batches(session: Session, services: Services) -> list[BatchRow]:
    """Those in which a worker finds something to do, of issues that nothing holds.

    Readers whose servers rest wait on.
    """
    now = services.clock()
    max_age = timedelta(hours=services.sending.max_age_h)
    issues = session.scalars(select(IssueRow).where(IssueRow.state != IssueState.DONE)).all()
    lifted = [
        issue.id
        for issue in issues
        if holds.lasting_reason(services.database, services.memory, issue, max_age, now) is None
    ]
    has_work = or_(
        BatchRow.owner.is_not(None), BatchRow.sending > 0, BatchRow.pending == 0, SOMEBODY_WAITS
    )
    batches = session.scalars(
        select(BatchRow)
        .where(BatchRow.issue_id.in_(lifted), BatchRow.finished.is_(False), has_work)
        .order_by(BatchRow.id),
        awake_parameters(BatchRef(0, 0), now),
    )
    return [batch for batch in batches if leases.is_free(session, batch, now, services.journals)]
