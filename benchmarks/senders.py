"""Rows of the ledger a second on PostgreSQL, by 1, 2 and 4 sending processes at once.

    python -m benchmarks.senders [READERS [MILLISECONDS]]     (24,000 and 0)

Claimed, sent to nowhere, recorded; a private server, which the tests use too. With MILLISECONDS
each statement and each commit waits so long first, as if the database were that far away. All in
one run of one machine: compare the lines of one output with one another. Rows a second times the
processor's time a row is how many cores the senders keep busy; of their own start some tenths of a
second are in it.
"""

import math
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import event

from benchmarks.sending import is_frozen, no_bar, subscribe
from newsletter import bootstrap, scaffold
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.issues import issue_queries
from newsletter.sending.readers import freezing
from newsletter.sending.reports import totals
from newsletter.services import Services
from newsletter.transports.memory import Memory
from tests import postgresql


def main(readers: int, wait_ms: float) -> None:
    where = postgresql.programs()
    assert where is not None, "PostgreSQL is not installed"
    with postgresql.running(where) as server:
        alone = 0.0
        for processes in (1, 2, 4):
            took_s, busy_s = measure(server.url(server.create()), readers, processes, wait_ms)
            rate = readers / took_s
            alone = alone or rate
            busy_ms = 1000 * busy_s / readers
            print(
                f"{processes} processes {rate:8.0f} rows/s, {rate / alone:.2f} of one;"
                f" they were busy for {busy_ms:.2f} ms a row",
                flush=True,
            )


def measure(url: str, readers: int, processes: int, wait_ms: float) -> tuple[float, float]:
    """An issue for so many, sent by so many processes: seconds until the last, and of processor."""
    with tempfile.TemporaryDirectory() as folder:
        settings = scaffold.write_configuration(
            Path(folder) / "newsletter.toml", scaffold.DEMO, {"NEWSLETTER_DATABASE__URL": url}
        )
        with bootstrap.open_database(settings) as database:
            subscribe(database, readers, "titles")
            with bootstrap.open_services(
                settings, now, no_bar, lambda: is_frozen(database)
            ) as parts:
                daily.run_day(parts, settings.newsletters[0], None)
            with database.read() as session:
                issue_id = issue_queries.get_issue(session, "audio", None).id
            freezing.freeze_on(database, issue_id, math.inf, lambda: False)
        ready = multiprocessing.Barrier(processes + 1)
        started = [
            multiprocessing.Process(target=sender, args=(settings, number, wait_ms, ready))
            for number in range(processes)
        ]
        for process in started:
            process.start()
        ready.wait()
        began, busy = time.monotonic(), _of_children_s()
        for process in started:
            process.join()
        took_s, busy_s = time.monotonic() - began, _of_children_s() - busy
        with bootstrap.open_database(settings) as database, database.read() as session:
            issue = issue_queries.get_issue(session, "audio", None)
            assert totals.delivery_totals(session, issue.id).sent == readers
        return took_s, busy_s


def _of_children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def sender(settings: Settings, number: int, wait_ms: float, ready: Barrier) -> None:
    """A machine's share, with a disk of its own."""
    disk = settings.folder / f"disk{number}"
    mine = settings.model_copy(
        update={"sending": settings.sending.model_copy(update={"state_dir": disk})}
    )
    with bootstrap.open_services(mine, now, no_bar, lambda: False) as parts:
        with parts.database.read() as session:
            issue_id = issue_queries.get_issue(session, "audio", None).id
        content = daily.load_frozen_issue(parts, issue_id)
        with far_away(parts, wait_ms) as services:
            ready.wait()
            daily.send_frozen_issue(services, issue_id, content)


@contextmanager
def far_away(parts: Services, wait_ms: float) -> Iterator[Services]:
    def wait(*_: object) -> None:
        time.sleep(wait_ms / 1000)

    if wait_ms:
        event.listen(parts.database.engine, "before_cursor_execute", wait)
        event.listen(parts.database.engine, "commit", wait)
    yield replace(parts, transport=Memory())


def now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    given = [*sys.argv[1:], "24000", "0"]
    main(int(given[0]), float(given[1]) if len(sys.argv) > 2 else 0.0)  # noqa: PLR2004
