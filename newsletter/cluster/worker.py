"""A machine's share of everything, by jobs from PostgreSQL: `newsletter worker`.

Any number of machines do the same beside one another, and beside `newsletter run`. A worker that
cannot go on ends, and its supervisor starts it again: so its lock on the journal goes at once, and
who comes next believes the marks.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from procrastinate import App
from procrastinate.exceptions import ConnectorException

from newsletter.cluster import dead_workers, jobs
from newsletter.cluster.heartbeats import Heartbeat
from newsletter.cluster.jobs import CARE, SEND
from newsletter.cluster.watchdog import Watchdog
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database import db
from newsletter.errors import NewsletterError
from newsletter.sending.restore_guard import restored
from newsletter.services import PeriodicWork, Services, Work

_log = logging.getLogger(__name__)

_LOOK_S = 0.5
_DEAD_EVERY_S = 10.0
_ROOM_EVERY_S = 2.0  # a dead worker's batch waits no longer for somebody to let go of another
_END_WITHIN_S = 20.0  # after a failure: others wait for a lock that is still held
_ISSUES_RENDERED = 4
_LOOKING = 2  # threads: for the dead, and for what they left behind
_HOUR = 60  # minutes


class ClusterWorker:
    """Takes jobs until it is asked to stop, or cannot go on."""

    def __init__(
        self,
        settings: Settings,
        services: Services,
        app: App,
        periodic_work: Callable[[Services], PeriodicWork],
        end_process: Callable[[int], None] = lambda _code: None,
    ) -> None:
        """`periodic_work` gives what else is done, by name.

        `end_process` is called where nothing was heard from the database for too long.
        """
        self._settings, self._app, self._end_process = settings, app, end_process
        self._asked_to_stop = services.stopping
        self._failure: Exception | None = None
        self._batch_in_hand = self._makes_room = False
        self._services = replace(
            services,
            stopping=self._is_stopping,
            hand_over=jobs.add_jobs,
        )
        look_after = Work(5, lambda: jobs.queue_free_batches(self._services))
        self._periodic_work = {"look_after": look_after, **periodic_work(self._services)}
        # Of each periodic work one job is in hand, by its lock: so none waits for a slow one.
        self._at_once = {CARE: len(self._periodic_work), SEND: 1}
        self._mails = lru_cache(_ISSUES_RENDERED)(partial(daily.prepared_emails, self._services))
        self._add_tasks()

    def run(self, queues: Collection[str]) -> None:
        """Work on these queues.

        Raises:
            NewsletterError: a job, or the connection to the database, failed.
        """
        for library in ("procrastinate", "psycopg.pool", "asyncio"):
            logging.getLogger(library).setLevel(logging.CRITICAL)  # we say what failed
        heartbeat = Heartbeat(self._services, self._settings, queues)
        watchdog = Watchdog(heartbeat.beat, self._fail, self._end_process)
        try:
            watchdog.start()
            asyncio.run(self._work(queues, heartbeat))
        except (ConnectorException, OSError) as error:
            self._fail(error)
        if self._failure is None:
            watchdog.stop()
        else:
            cause = self._failure.__cause__ or self._failure
            said = db.describe_failure(cause) or " ".join(str(cause).split())
            raise NewsletterError(f"the worker ends, start it again: {said}") from self._failure

    def _fail(self, error: Exception) -> None:
        self._failure = self._failure or error

    async def _work(self, queues: Collection[str], heartbeat: Heartbeat) -> None:
        threads = ThreadPoolExecutor(sum(self._at_once.values()) + _LOOKING)
        asyncio.get_running_loop().set_default_executor(threads)
        async with self._app.open_async():
            await asyncio.to_thread(self._release_dead)
            settling = asyncio.create_task(self._look_for_dead())
            looking = asyncio.create_task(self._look_for_orphans())
            working = [asyncio.create_task(self._take_jobs(queue)) for queue in queues]
            tasks = (settling, looking, *working)
            while not (self._is_stopping() or any(task.done() for task in tasks)):  # noqa: ASYNC110 - a signal or another thread ends it
                await asyncio.sleep(_LOOK_S)
            for task in tasks:
                task.cancel()  # which lets its jobs finish
            within_s = None if self._failure is None else _END_WITHIN_S
            ended, _ = await asyncio.wait(tasks, timeout=within_s)
            for task in ended:
                if not task.cancelled() and isinstance(error := task.exception(), Exception):
                    self._fail(error)
        if self._failure is None:
            heartbeat.end()
        else:
            heartbeat.break_off()

    async def _look_for_dead(self) -> None:
        while True:
            await asyncio.sleep(_DEAD_EVERY_S)
            await asyncio.to_thread(self._release_dead)

    def _release_dead(self) -> None:
        """Drop what workers that are gone had in hand, and let go of this machine's batches."""
        jobs.drop_lost(self._services.database)
        if (memory := self._services.memory) is not None:
            restored.tell_others(self._services.database, memory, self._services.clock())
        released = dead_workers.release_batches(self._services)
        jobs.add_interrupted(self._services.database, released)

    async def _look_for_orphans(self) -> None:
        """Let go of the batch in hand where one that a worker left behind would wait for it."""
        while True:
            await asyncio.sleep(_ROOM_EVERY_S)
            if self._batch_in_hand and not self._makes_room:
                database = self._services.database
                self._makes_room = await asyncio.to_thread(jobs.wants_room, database)

    async def _take_jobs(self, queue: str) -> None:
        await self._app.run_worker_async(
            name=queue,
            queues=[queue],
            concurrency=self._at_once[queue],
            fetch_job_polling_interval=1.0,
            listen_notify=False,  # PgBouncer gives no session for it
            install_signal_handlers=False,
            delete_jobs="always",  # who knows what became of it is the ledger
            update_heartbeat_interval=jobs.STALLED_S / 4,
            stalled_worker_timeout=jobs.STALLED_S,
        )

    def _is_stopping(self) -> bool:
        return self._failure is not None or self._asked_to_stop()

    def _lets_go(self) -> bool:
        return self._makes_room or self._is_stopping()

    def _add_tasks(self) -> None:
        for name, work in self._periodic_work.items():
            task = self._app.task(
                name=f"newsletter.{name}", queue=CARE, queueing_lock=name, lock=name
            )(partial(self._care, work.act))
            self._app.periodic(cron=_cron(work.every_s))(task)
        self._app.task(name=jobs.DELIVER, queue=SEND)(self._deliver)

    def _care(self, act: Callable[[], object], **_: Any) -> None:  # noqa: ANN401 - the moment that a periodic job is of
        """Do periodic work: known trouble waits for its next time, any other ends the worker."""
        try:
            act()
        except NewsletterError as error:
            _log.warning("%s", error)
        except Exception as error:
            self._failure = error
            raise

    def _deliver(self, batch_id: int) -> None:
        self._batch_in_hand, self._makes_room = True, False
        services = replace(self._services, stopping=self._lets_go)
        try:
            trouble = daily.deliver_batch(services, batch_id, self._mails)
            self._batch_in_hand = False
            if self._makes_room:
                jobs.add_interrupted(services.database, [batch_id])
        except Exception as error:
            self._failure = error
            raise
        if trouble is not None:
            _log.info("batch %s: %s", batch_id, trouble)


def _cron(every_s: int) -> str:
    """A period as procrastinate takes it: with the seconds last; those of hours not on the hour."""
    minutes = every_s // 60
    if not minutes:
        return f"* * * * * */{every_s}"
    return "17 * * * *" if minutes == _HOUR else f"*/{minutes} * * * *"
