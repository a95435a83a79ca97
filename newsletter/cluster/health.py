"""For `newsletter check`, /metrics and the alarms: who works, what is open, who differs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from newsletter.cluster.queue_tables import JOBS
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.database.server_clock import shared_clock
from newsletter.finding import Finding, Severity
from newsletter.models import BatchRow, IssueRow, WorkerRow
from newsletter.text import counted

_SILENT_AFTER = timedelta(seconds=60)  # six heartbeats
_ENDS_SOON = timedelta(seconds=15)
_NAMED = 8
_PART = "workers"
_QUEUED = text("SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2")


@dataclass(frozen=True)
class ClusterStatus:
    """All workers, and what waits for them, at one moment of the database's clock."""

    now: datetime
    workers: Sequence[WorkerRow]  # the last that started comes first
    open_batches: int
    oldest_batch: datetime | None  # when the issue of the oldest open one was frozen
    leases_ending: int  # within 15 s, unless their workers renew them
    jobs: dict[tuple[str, str], int]  # by queue and state

    def is_silent(self, worker: WorkerRow) -> bool:
        return self.now - worker.seen_at > _SILENT_AFTER

    def living(self) -> list[WorkerRow]:
        return [worker for worker in self.workers if not self.is_silent(worker)]

    def differing(self) -> dict[str, list[str]]:
        """Sections of the configuration that are others than the last worker's, by worker."""
        newest = self.workers[0].settings if self.workers else {}
        found = {
            worker.name: sorted(
                section
                for section in {*newest, *worker.settings}
                if newest.get(section) != worker.settings.get(section)
            )
            for worker in self.workers
        }
        return {name: sections for name, sections in found.items() if sections}


def read_status(database: Database, session: Session, now: datetime) -> ClusterStatus:
    """How the cluster is; a machine whose clock is wrong sees it as the others do."""
    now = shared_clock(database, lambda: now)()
    open_batches, oldest = session.execute(
        select(func.count(BatchRow.id), func.min(IssueRow.frozen_at))
        .join(IssueRow, IssueRow.id == BatchRow.issue_id)
        .where(BatchRow.finished.is_(False))
    ).one()
    ending = select(func.count(BatchRow.id)).where(
        BatchRow.finished.is_(False), BatchRow.leased_until < now + _ENDS_SOON
    )
    has_queue = inspect(session.connection()).has_table(JOBS)
    rows = session.execute(_QUEUED).all() if has_queue else []
    return ClusterStatus(
        now=now,
        workers=session.scalars(select(WorkerRow).order_by(WorkerRow.started_at.desc())).all(),
        open_batches=open_batches,
        oldest_batch=oldest,
        leases_ending=session.scalar(ending) or 0,
        jobs={(queue, state): number for queue, state, number in rows},
    )


def check(settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    """Check the workers, where one was seen within a day; else `newsletter run` does it all."""
    del settings
    with database.read() as session:
        status = read_status(database, session, now)
    if status.workers:
        yield _names(status)
        yield from _undone(status)
        yield from _silent(status)
        yield from _differing(status)


def _undone(status: ClusterStatus) -> Iterator[Finding]:
    """Queues of which no living worker takes jobs; where none lives, that is said already."""
    living = status.living()
    done = {queue for worker in living for queue in worker.queues.split()}
    for (queue, state), number in sorted(status.jobs.items()):
        if state == "todo" and queue not in done and (living or not status.open_batches):
            said = f"nobody takes jobs of the queue {queue}, {counted(number, 'job')} waiting"
            start = f"start `newsletter worker --queue {queue}`"
            yield Finding(_PART, Severity.TROUBLE, f"{said}; {start}")


def _names(status: ClusterStatus) -> Finding:
    living = status.living()
    if not living and status.open_batches:
        said = f"nobody works on {counted(status.open_batches, 'open batch', 'open batches')}"
        return Finding(_PART, Severity.TROUBLE, f"{said}; start `newsletter worker`")
    machines = Counter(worker.name.partition(":")[0] for worker in living)
    named = [f"{host} ({number})" for host, number in machines.most_common(_NAMED)]
    more = [f"{len(machines) - _NAMED} more machines"] if len(machines) > _NAMED else []
    waiting = sum(number for (_, state), number in status.jobs.items() if state == "todo")
    since = f" since {status.oldest_batch:%F %R} UTC" if status.oldest_batch else ""
    return Finding(
        _PART,
        Severity.OK,
        f"{counted(len(living), 'worker')}: {', '.join([*named, *more]) or 'none'};"
        f" {counted(status.open_batches, 'open batch', 'open batches')}{since},"
        f" {counted(status.leases_ending, 'lease')} about to end,"
        f" {counted(waiting, 'job')} waiting",
    )


def _silent(status: ClusterStatus) -> Iterator[Finding]:
    for worker in filter(status.is_silent, status.workers[:_NAMED]):
        said = f"{_short(worker.name)} has said nothing since {worker.seen_at:%F %R} UTC"
        yield Finding(
            _PART,
            Severity.WARNING,
            f"{said}; its batches go to others. It is forgotten after a day",
        )


def _differing(status: ClusterStatus) -> Iterator[Finding]:
    newest = _short(status.workers[0].name) if status.workers else ""
    for name, sections in list(status.differing().items())[:_NAMED]:
        said = f"{_short(name)} has other settings ({', '.join(sections)}) than {newest}"
        yield Finding(
            _PART,
            Severity.WARNING,
            f"{said}, which started last: give both the same configuration, and start them again",
        )


def _short(name: str) -> str:
    """Machine and process, without the mark that only we need."""
    return name.rpartition(":")[0]
