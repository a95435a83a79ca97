"""How fast an issue leaves: mails of the 26-paper day, each personal, the ledger committed.

    python benchmarks/sending.py [SUBSCRIBERS]

Our whole path (claim, assemble, send, record; SQLite, synchronous=FULL) and Postfix's load
generator `smtp-source -s 8`, one after the other against the same `smtp-sink`, mails of one size.
"""

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
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Table, insert

from newsletter import assembly, config, daily, issues, starting
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.delivery import accounts
from newsletter.models import Standing, SubscriberRow, SubscriptionRow
from newsletter.rendering.mails import IssueMails
from newsletter.sources import bundled

NOW = datetime(2025, 7, 11, 6, 30, tzinfo=UTC)
SINK = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
SOURCE = shutil.which("smtp-source") or "/usr/sbin/smtp-source"
CONNECTIONS = 8


def main(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sink() as port:
        settings = prepared(Path(folder), port, number)
        size, sent, took_s, cpu_s = ours(settings)
        assert sent == number, sent
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{number} mails of {size} bytes over {CONNECTIONS} connections")
        print(
            f"{'newsletter':<20}{sent / took_s:7.0f}/s  {1000 * cpu_s / sent:.3f} ms CPU a mail,"
            f" peak {peak:.0f} MB"
        )
        for label, more in (("smtp-source -s 8", []), ("smtp-source -s 8 -d", ["-d"])):
            theirs = source(port, min(number, 5000), size, more)
            print(f"{label:<20}{theirs:7.0f}/s  ours is {sent / took_s / theirs:.2f} of it")


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


def prepared(folder: Path, port: int, number: int) -> Settings:
    """The bundled day's newsletter with so many readers, frozen, and an SMTP transport."""
    file = folder / "newsletter.toml"
    starting.start(file, starting.DEMO, {})
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
    with assembly.database(settings) as database:
        subscribe(database, number)
    return settings


def subscribe(database: Database, number: int) -> None:
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
                        "detail": "full",
                        "since": NOW,
                    }
                    for each in chosen
                ],
            )


def ours(settings: Settings) -> tuple[int, int, float, float]:
    """The size of a mail, how many were sent, the seconds it took, and those of the processor."""

    def now() -> datetime:
        return datetime.now(UTC)

    newsletter = settings.newsletters[0]
    with (
        assembly.database(settings) as database,
        assembly.parts(settings, now, no_bar, lambda: is_frozen(database)) as frozen_only,
    ):
        began = time.perf_counter()
        daily.run_day(frozen_only, newsletter, None)
        print(f"composed and frozen in {time.perf_counter() - began:.1f} s")
    with assembly.parts(settings, now, no_bar, lambda: False) as parts:
        with parts.database.read() as session:
            issue = issues.known(session, newsletter.slug, None)
            email = "reader0@d0.example"
            reader = accounts.reader(session, newsletter.slug, issue.day, email)
        mails = IssueMails(daily.load(parts, issue.id), parts.site, parts.links, parts.looks)
        size = len(mails.mail(reader).as_bytes())
        before, began = used_s(), time.perf_counter()
        result = daily.deliver(parts, issue.id)
        return size, result.account.sent, time.perf_counter() - began, used_s() - before


def is_frozen(database: Database) -> bool:
    """Asks a run to stop as soon as there is something to send."""
    with database.read() as session:
        return issues.find(session, "audio", bundled.DAY) is not None


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
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
