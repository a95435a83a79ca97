"""A list of a million: how long freezing an issue takes, and a run that has nothing to do.

    python -m benchmarks.million [SUBSCRIBERS] [FOLDER]     (1,000,000 by default)

SQLite in FOLDER, made anew. Freezing is the transaction in which the database writes down everybody
who gets the issue. The run with nothing to do is the whole command, beside `newsletter --version`.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import update

from benchmarks import sending
from newsletter import bootstrap, delivery_counters, scaffold
from newsletter.cli.printing.output import progress_bar
from newsletter.daily_run import daily
from newsletter.database.db import Database
from newsletter.issues import issue_queries
from newsletter.models import (
    BatchRow,
    DeliveryRow,
    DeliveryState,
    IssueRow,
    IssueState,
)
from newsletter.sending.readers.freezing import freeze_audience, freeze_on


def main(number: int, folder: Path) -> None:
    settings = scaffold.write_configuration(folder / "newsletter.toml", scaffold.DEMO, {})
    now = datetime.now(UTC)
    with bootstrap.open_services(settings, lambda: now, progress_bar, lambda: False) as services:
        daily.run_day(services, settings.newsletters[0], None)  # to nobody so far
        sending.subscribe(services.database, number, "brief")
        freeze(services.database)
        finish(services.database)
    for words in (["--version"], ["run", "--config", str(folder / "newsletter.toml")]):
        time_command(words)


def freeze(database: Database) -> None:
    began_s, cpu_s = time.perf_counter(), time.process_time()
    with database.write.begin() as session:
        issue = issue_queries.get_issue(session, "audio", None)
        issue.state = IssueState.FROZEN
        freeze_audience(session, issue)
    slices_s = [time.perf_counter() - began_s]
    is_whole = False
    while not is_whole:
        slice_s = time.perf_counter()
        is_whole = freeze_on(database, issue.id, 0, lambda: False)
        slices_s.append(time.perf_counter() - slice_s)
    with database.read() as session:
        audience = delivery_counters.of_issue(session, issue.id).total()
    took_s, cpu_s = time.perf_counter() - began_s, time.process_time() - cpu_s
    print(
        f"freezing {audience:,} readers: {took_s:.1f} s, CPU {cpu_s:.1f} s,"
        f" {len(slices_s)} slices, the longest {max(slices_s):.2f} s"
    )


def finish(database: Database) -> None:
    """As if everybody had their mail."""
    with database.write.begin() as session:
        session.execute(update(DeliveryRow).values(state=DeliveryState.SENT))
        session.execute(update(BatchRow).values(sent=BatchRow.pending, pending=0, finished=True))
        session.execute(update(IssueRow).values(state=IssueState.DONE))


def time_command(words: Sequence[str]) -> None:
    began_s = time.perf_counter()
    command = [sys.executable, "-m", "newsletter", *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    took_s = time.perf_counter() - began_s
    print(f"newsletter {words[0]}: {took_s:.2f} s: {done.stdout.strip().splitlines()[-1]}")


if __name__ == "__main__":
    with TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as place:  # noqa: PLR2004
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, Path(place))
