"""Work that is done again and again, whatever day it is: by `serve`, workers, and after each `run`.

All of it stands here with its period. What is due once an hour stands in `clean`.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from newsletter import bootstrap, notice_queue, slugs
from newsletter.config import NewsletterSettings, Settings
from newsletter.daily_run import rounds
from newsletter.daily_run.catch_up import Days
from newsletter.database.db import Database
from newsletter.errors import NewsletterError
from newsletter.feedback import webhook_queue
from newsletter.health import alarm, last_runs, public_address, site_watch
from newsletter.interests import named_papers
from newsletter.notices.notice_worker import NoticeWorker
from newsletter.sending.records import retention
from newsletter.sending.restore_guard import memory_folders
from newsletter.sending.restore_guard.machine_memory import machine_memory
from newsletter.services import PeriodicWork, Services, Work
from newsletter.subscribers import erasure, form_limits, signups

_log = logging.getLogger(__name__)

_PRUNED_AT_ONCE = 500_000  # deliveries in an hour; some seconds, for which mails wait


def work_of_pages(
    settings: Settings, database: Database, clock: Callable[[], datetime]
) -> PeriodicWork:
    """The work of a process with pages beside them, by name."""
    work = _work_of_both(settings, database, clock, lambda: False)
    if site_watch.is_watched(settings):
        check = partial(public_address.check_when_due, settings, database)
        work["site"] = Work(600, lambda: check(clock()), at_once=False)
    look = partial(alarm.raise_alarms, settings, database)
    return {**work, "alarms": Work(600, lambda: look(clock()), at_once=False)}


def work_of_worker(settings: Settings, services: Services) -> PeriodicWork:
    """The work of workers beside batches, by name; after the days they look for trouble, too."""
    database, clock = services.database, services.clock
    return {
        **_work_of_both(settings, database, clock, services.stopping),
        "feedback": Work(300, partial(read_feedback, settings, database, clock)),
        "days": Work(300, WorkerRounds(settings, services).run),
    }


def _work_of_both(
    settings: Settings,
    database: Database,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool],
) -> dict[str, Work]:
    parts = (database, settings, clock, stopping)
    outbox_worker = bootstrap.outbox_worker(settings, database, clock, stopping)
    return {
        "webhooks": Work(5, partial(webhook_queue.apply_waiting, database, clock, stopping)),
        "outbox": Work(15, outbox_worker.run_once),
        "notices": Work(15, NoticeWorker(*parts).run_once),
        "clean": Work(3600, partial(clean, *parts)),
    }


def read_feedback(settings: Settings, database: Database, clock: Callable[[], datetime]) -> None:
    """Read the mailbox that [feedback] names; a Maildir where it lies, of several machines.

    Raises:
        NewsletterError: it cannot be read.
    """
    from newsletter.feedback import mailbox, poll

    maildir = settings.feedback.maildir
    if maildir is not None and not (settings.folder / maildir).is_dir():
        return
    messages = mailbox.read_configured(settings)
    if messages is not None:
        with last_runs.recorded(database, last_runs.FEEDBACK, clock):
            poll.read_mailbox(database, messages, bootstrap.signed_links(settings), clock)


def clean(
    database: Database,
    settings: Settings,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool],
) -> None:
    """Forget what nobody needs any more; once an hour is enough."""
    now = clock()
    with database.write.begin() as session:
        signups.forget_unconfirmed(session, now)
        erasure.erase_left_behind(session, now)
        form_limits.forget_old(session, now - timedelta(days=2))
        notice_queue.forget_old(session, now)
    keep = timedelta(days=settings.database.retention_days)
    retention.prune(database, keep, now, stopping, most=_PRUNED_AT_ONCE)
    with database.read() as session:
        memory = machine_memory(settings, session).elsewhere
    if memory is not None:
        memory_folders.forget_before(memory, now - keep)
    database.empty_log()


class WorkerRounds:
    """The round of `run`, made by workers: every few minutes, and the batches by others."""

    def __init__(self, settings: Settings, services: Services) -> None:
        self._settings, self._services = settings, services
        self._said: list[str] = []

    def run(self) -> None:
        """A round; what it warns of is logged where the one before did not say it as well."""
        outcome = alarm.Outcome()
        try:
            outcome.is_done = self._run_newsletters(outcome.warnings.append)
        except NewsletterError as error:
            outcome.warnings.append(str(error))
        for line in outcome.warnings:
            if line not in self._said:
                _log.warning("%s", line)
        self._said = outcome.warnings
        if not self._services.stopping():
            services = self._services
            alarm.after_round(self._settings, services.database, services.clock(), outcome)

    def _run_newsletters(self, warn: rounds.Warn) -> bool:
        budget = self._services.llm_budget.of_another_run()
        services = replace(self._services, llm_budget=budget)
        database, now = services.database, services.clock()
        named_papers.fetch_texts(services.source, self._settings, database, now, warn)
        with database.read() as session:
            settings = slugs.settings_of_today(session, self._settings)

        def run_newsletter(newsletter: NewsletterSettings) -> bool:
            def run_days(days: Days, not_before: datetime | None) -> bool:
                report = rounds.run_days(services, newsletter, days, not_before)
                lines = [*(report.summaries.warnings() if report.summaries else ())]
                for line in [*lines, *[report.waiting] * bool(report.waiting)]:
                    warn(f"{newsletter.slug}: {line}")
                return report.is_done and not report.asked_in_vain

            return rounds.run_open_days(services, newsletter, run_days, warn)

        chosen = settings.newsletters
        return rounds.for_each_mailed(settings, services, chosen, run_newsletter, warn)
