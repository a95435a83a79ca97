"""The same turns for all machines that share a PostgreSQL: they meet there, by its clock."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from sqlalchemy import Connection, delete
from sqlalchemy.exc import DBAPIError

from newsletter.database.db import Database, describe_failure
from newsletter.database.server_clock import DatabaseClock
from newsletter.models import RateRow
from newsletter.sources.base import SourceError
from newsletter.sources.http.request_interval import HeldTurn, RequestInterval

_TURN = 0x61725869  # any number that no other lock of the database has
_KEY = "arxiv"
_LOOK_AGAIN_S = 0.3
_BEYOND_S = 30


@dataclass(frozen=True)
class _HeldConnection:
    """Its transaction has the turn, which goes with it however it ends."""

    connection: Connection

    def release(self) -> None:
        with suppress(DBAPIError):  # a connection that is lost has no turn any more
            self.connection.close()


class SharedInterval(RequestInterval):
    """Turns of a cluster; a request that is made keeps one connection to the database.

    `request_s`: how long a request may take. The turn of a machine that is gone ends a little
    later.
    """

    def __init__(
        self,
        database: Database,
        interval_s: float,
        sleep: Callable[[float], None] = time.sleep,
        page_interval_s: float = 0.0,
        request_s: float = 300.0,
    ) -> None:
        with _in_words():
            now = DatabaseClock(database.engine)
        super().__init__(
            Path(), interval_s, sleep, lambda: now().timestamp(), page_interval_s=page_interval_s
        )
        self._database = database
        # Where it is not known when the last request ended, the turn begins with a wait.
        longest_s = ceil(request_s + max(interval_s, page_interval_s)) + _BEYOND_S
        self._turns = database.engine.execution_options(idle_within_s=longest_s)

    def _locked(self, timeout_s: float) -> HeldTurn:
        ends_s = time.monotonic() + timeout_s
        with _in_words():
            connection = self._turns.connect()
            try:
                while not self._is_ours(connection, ends_s):
                    self._sleep(_LOOK_AGAIN_S)
            except BaseException:
                connection.close()
                raise
            return _HeldConnection(connection)

    def _is_ours(self, connection: Connection, ends_s: float) -> bool:
        asked = connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({_TURN})")
        if asked.scalar():
            return True
        connection.rollback()
        if time.monotonic() > ends_s:
            raise self._impatient()
        return False

    def _is_noted(self) -> bool:
        return bool(self._read())

    def _read(self) -> bytes:
        with _in_words(), self._database.read() as session:
            row = session.get(RateRow, _KEY)
            return (row.reason or "").encode() if row is not None else b""

    def _forget(self) -> None:
        with _in_words(), self._database.row_locked.begin() as session:
            session.execute(delete(RateRow).where(RateRow.key == _KEY))

    def _write(self, content: bytes) -> None:
        with _in_words(), self._database.row_locked.begin() as session:
            session.merge(RateRow(key=_KEY, reason=content.decode()))


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise SourceError(
            f"turns to ask arXiv are kept in the database: {describe_failure(error)}"
        ) from error
