"""How fast an issue leaves: mails of the 26-paper day, each personal, the ledger committed.

    python benchmarks/sending.py [SUBSCRIBERS] [PROCESSES]

Our whole path (claim, assemble, send, record; SQLite, synchronous=FULL) and Postfix's load
generator `smtp-source -s 8`, one after the other against the same `smtp-sink`, mails of one size;
for the level of detail that readers get unasked, and for the longest. What a mail costs the
processor is the slope between half the readers and all of them; what is left is paid once a run.
Then as many processes as PROCESSES (by default the cores) share one issue, all begun at once: to
the sink, which costs the processor as much as we do, and to a server that costs it little.
"""

import gc
import multiprocessing
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import Table, insert

from benchmarks.light_server import light_server
from newsletter import bootstrap, config, scaffold
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database.db import Database
from newsletter.issues import issue_days, issue_queries
from newsletter.models import Standing, SubscriberRow, SubscriptionRow
from newsletter.rendering.issue_email import IssueEmails
from newsletter.sending.readers.recipients import load_recipient
from newsletter.sources import bundled

NOW = datetime(2025, 7, 11, 6, 30, tzinfo=UTC)
SINK = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
SOURCE = shutil.which("smtp-source") or "/usr/sbin/smtp-source"
CONNECTIONS = 8
COLLECT_AFTER = 50_000  # new objects Python looks for garbage, as in the command
_LONGEST_S = 600  # of one run


@dataclass(frozen=True)
class Run:
    """One issue, sent to everybody."""

    size: int  # octets of a mail
    sent: int
    took_s: float
    cpu_s: float

    @property
    def rate(self) -> float:
        return self.sent / self.took_s


def main(number: int, processes: int) -> None:
    with sink() as port:
        for detail in ("brief", "full"):
            half, whole = run(port, number // 2, detail), run(port, number, detail)
            slope_s = (whole.cpu_s - half.cpu_s) / (whole.sent - half.sent)
            once_s = whole.cpu_s - slope_s * whole.sent
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{detail}: {number} mails of {whole.size} octets over {CONNECTIONS} connections\n"
                f"{'  newsletter':<22}{whole.rate:7.0f}/s ({half.rate:.0f}/s for half as many)"
                f"  {1000 * slope_s:.3f} ms CPU a mail, {once_s:.2f} s once, peak {peak:.0f} MB"
            )
            shared = number / share(port, number, detail, processes)
            print(f"  {processes} processes{shared:19.0f}/s, {shared / whole.rate:.2f} of one")
            with light_server() as elsewhere:
                alone = run(elsewhere, number, detail).rate
                beside = number / share(elsewhere, number, detail, processes)
            print(
                f"  to a server that costs little{alone:8.0f}/s,"
                f" {processes} processes {beside:.0f}/s, {beside / alone:.2f} of one"
            )
            for more in ([], ["-d"]):
                theirs = source(port, number, whole.size, more)
                label = " ".join(["  smtp-source -s 8", *more])
                print(
                    f"{label:<22}{theirs:7.0f}/s, ours is {whole.rate / theirs:.2f} of it,"
                    f" {processes} of ours {shared / theirs:.2f}"
                )


def run(port: int, number: int, detail: str) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        done = ours(prepared(Path(folder), port, number, detail), detail)
    assert done.sent == number, done
    return done


@contextmanager
def sink() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [SINK, *user, f"127.0.0.1:{port}", "1000"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        time.sleep(0.5)
        try:
            yield port
        finally:
            process.terminate()


def prepared(folder: Path, port: int, number: int, detail: str) -> Settings:
    """The bundled day's newsletter with so many readers, frozen, and an SMTP transport."""
    file = folder / "newsletter.toml"
    scaffold.write_configuration(file, scaffold.DEMO, {})
    settings = config.load(
        file,
        {
            "NEWSLETTER_TRANSPORT__USE": "smtp",
            "NEWSLETTER_TRANSPORT__HOST": "127.0.0.1",
            "NEWSLETTER_TRANSPORT__PORT": str(port),
            "NEWSLETTER_TRANSPORT__SECURITY": "none",
            "NEWSLETTER_TRANSPORT__CONNECTIONS": str(CONNECTIONS),
            "NEWSLETTER_TRANSPORT__PER_CONNECTION": "1000",
        },
    )
    with bootstrap.open_database(settings) as database:
        subscribe(database, number, detail)
    return settings


def subscribe(database: Database, number: int, detail: str) -> None:
    people, wishes = SubscriberRow.__table__, SubscriptionRow.__table__
    assert isinstance(people, Table)
    assert isinstance(wishes, Table)
    for start in range(0, number, 10_000):
        chosen = range(start, min(start + 10_000, number))
        with database.write.begin() as session:
            session.connection().execute(
                insert(people),
                [
                    {
                        "email": f"reader{each}@d{each % 500}.example",
                        "standing": Standing.CONFIRMED,
                        "language": "zh",
                        "created_at": NOW,
                        "confirmed_at": NOW,
                    }
                    for each in chosen
                ],
            )
            session.connection().execute(
                insert(wishes),
                [
                    {
                        "subscriber_id": each + 1,
                        "newsletter": "audio",
                        "detail": detail,
                        "since": NOW,
                    }
                    for each in chosen
                ],
            )


def share(port: int, number: int, detail: str, processes: int) -> float:
    """How many seconds so many processes need for one issue, from their common start to the last.

    How long an interpreter takes to end is not in it, as it is not in what one takes.
    """
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        settings = prepared(Path(folder), port, number, detail)
        freeze(settings)
        together = context.Barrier(processes + 1, timeout=_LONGEST_S)
        others = [
            context.Process(target=take_part, args=(settings, together)) for _ in range(processes)
        ]
        for process in others:
            process.start()
        together.wait()
        began = time.perf_counter()
        together.wait()
        took_s = time.perf_counter() - began
        for process in others:
            process.join()
        assert all(process.exitcode == 0 for process in others)
        return took_s


def take_part(settings: Settings, together: Barrier) -> None:
    gc.set_threshold(COLLECT_AFTER)
    with bootstrap.open_services(settings, now, no_bar, lambda: False) as parts:
        with parts.database.read() as session:
            issue = issue_queries.get_issue(session, settings.newsletters[0].slug, None)
        digest = daily.load_frozen_issue(parts, issue.id)
        together.wait()
        daily.send_frozen_issue(parts, issue.id, digest)
        together.wait()


def ours(settings: Settings, detail: str) -> Run:
    """Compose and freeze, which is not measured, then send."""
    gc.set_threshold(COLLECT_AFTER)
    freeze(settings)
    newsletter = settings.newsletters[0]
    with bootstrap.open_services(settings, now, no_bar, lambda: False) as parts:
        with parts.database.read() as session:
            issue = issue_queries.get_issue(session, newsletter.slug, None)
            reader = load_recipient(session, newsletter.slug, issue.day, "reader0@d0.example")
            assert reader.detail == detail
        digest = daily.load_frozen_issue(parts, issue.id)
        mails = IssueEmails(digest, parts.site, parts.links, parts.theme)
        size = len(mails.mail(reader).as_bytes())
        before, began = used_s(), time.perf_counter()
        result = daily.send_frozen_issue(parts, issue.id, digest)
        return Run(size, result.account.sent, time.perf_counter() - began, used_s() - before)


def freeze(settings: Settings) -> None:
    with (
        bootstrap.open_database(settings) as database,
        bootstrap.open_services(settings, now, no_bar, lambda: is_frozen(database)) as frozen_only,
    ):
        daily.run_day(frozen_only, settings.newsletters[0], None)


def now() -> datetime:
    return datetime.now(UTC)


def is_frozen(database: Database) -> bool:
    """Asks a run to stop as soon as there is something to send."""
    with database.read() as session:
        return issue_days.find_issue(session, "audio", bundled.DAY) is not None


def source(port: int, number: int, size: int, more: Sequence[str]) -> float:
    """Mails a second of Postfix's load generator."""
    address = f"127.0.0.1:{port}"
    command = [SOURCE, "-s", str(CONNECTIONS), *more, "-m", str(number), "-l", str(size)]
    began = time.perf_counter()
    subprocess.run([*command, "-f", "a@a.example", "-t", "b@b.example", address], check=True)  # noqa: S603
    return number / (time.perf_counter() - began)


def used_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@contextmanager
def no_bar(_label: str, _total: int) -> Iterator[Callable[[int], None]]:
    yield lambda _done: None


if __name__ == "__main__":
    chosen = [int(word) for word in sys.argv[1:]]
    main(*chosen, *(10_000, os.cpu_count() or 1)[len(chosen) :])
