"""SQLite: how transactions begin, and how one waits for the only writer."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import OperationalError

LOCK_TIMEOUT_S = 30
_LOOK_AGAIN_S = 0.001  # whether the lock is free; SQLite would itself wait up to 100 ms
MOVED = 0x6D6F7665  # a user_version: the file was copied to another database
_HAS_MOVED = (
    "this database was copied to another, which is written instead: set database.url;"
    " `newsletter db copy --release` lets this one be written again"
)


def prepare(engine: Engine) -> None:
    """Have each transaction of this engine begin as its execution options say.

    `lock_at_once`: as the only writer, doing `meanwhile` until it is; `no_transaction`: not at all.
    """
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection has no type
    connection.isolation_level = None  # we begin transactions ourselves
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {LOCK_TIMEOUT_S * 1000}")
    # In a new file this reads and then writes, and for such a lock SQLite itself does not wait.
    _execute_when_free(cursor, "PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # a mark "sending" must survive a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten with zeros
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("no_transaction", False):
        return
    if not options.get("lock_at_once", False):
        connection.exec_driver_sql("BEGIN")
        return
    _lock(connection, options.get("meanwhile", time.sleep))
    if connection.exec_driver_sql("PRAGMA user_version").scalar() == MOVED:
        connection.exec_driver_sql("ROLLBACK")
        raise OperationalError("BEGIN", None, sqlite3.OperationalError(_HAS_MOVED))


def _lock(connection: Connection, meanwhile: Callable[[float], None]) -> None:
    """Begin as the only writer, and do something else for a moment as long as there is another."""
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 0")
    try:
        _execute_when_free(cursor, "BEGIN IMMEDIATE", meanwhile)
    except sqlite3.Error:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails as SQLAlchemy's statements do
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {LOCK_TIMEOUT_S * 1000}")
        cursor.close()


def _execute_when_free(
    cursor: DBAPICursor, statement: str, meanwhile: Callable[[float], None] = time.sleep
) -> None:
    """Again and again, as long as somebody else has a lock that it needs."""
    ends_s = time.monotonic() + LOCK_TIMEOUT_S
    while True:
        try:
            cursor.execute(statement)
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > ends_s:
                raise
        else:
            return
        meanwhile(_LOOK_AGAIN_S)
