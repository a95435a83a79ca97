"""One time for all machines that share a database: its server's."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from newsletter.database.db import Database, is_sqlite

_ASK_AGAIN_S = 10.0  # about as often as leases are renewed: the server's clock may be set anew


def shared_clock(database: Database, machine: Callable[[], datetime]) -> Callable[[], datetime]:
    """The clock for leases, rates and pauses: PostgreSQL's, since machines may differ by minutes.

    SQLite is on one machine, so that machine's clock is used.
    """
    if is_sqlite(database.engine):
        return machine
    return DatabaseClock(database.engine)


class DatabaseClock:
    """The server's time, asked every ten seconds and counted on between by what no step changes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._asked = self._ask()

    def __call__(self) -> datetime:
        if running_s() - self._asked[1] > _ASK_AGAIN_S:
            self._asked = self._ask()
        then, at_s = self._asked
        return then + timedelta(seconds=running_s() - at_s)

    def _ask(self) -> tuple[datetime, float]:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")  # the connection is there: now only the answer
            before_s = running_s()
            now = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
            return now.astimezone(UTC), (before_s + running_s()) / 2


def running_s() -> float:
    """Seconds since the machine's start, those asleep included where the system counts them.

    So a lease that is measured by it is over as early as others see it.
    """
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
