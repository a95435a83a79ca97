"""The database: one engine, and transactions that cannot trip over each other."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.orm import Session, sessionmaker

from newsletter.database import postgresql, sqlite
from newsletter.database.file_guard import follow_file
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.text import brief

_REHEARSED_WITHIN_S = 3600  # on PostgreSQL, between two statements: pages are read meanwhile
_NO_ADDRESS = (
    "database.url cannot be used: {}; write it like sqlite:///newsletter.db or"
    " postgresql+psycopg://USER@HOST/NAME"
)


def describe_failure(error: BaseException) -> str | None:
    """A database's own words on its failure, without our statement; None for other errors."""
    if isinstance(error, DBAPIError):
        return " ".join(str(error.orig).split())
    if isinstance(error, SQLAlchemyError | sqlite3.Error):
        return " ".join(str(error).split())
    return None


def is_sqlite(bind: Engine | Connection) -> bool:
    """Whether it is a file of one machine, with one writer at a time; else PostgreSQL."""
    return bind.dialect.name == "sqlite"


@dataclass(frozen=True)
class Database:
    """An engine and the ways to talk to it.

    `read()` opens a snapshot and never waits.

    `write()` takes its turn at once: SQLite's write lock, PostgreSQL's advisory lock. So a writer
    writes upon what it has read. (On SQLite a transaction that reads first and writes later fails
    with "database is locked" when two processes do so, however long the time-out.)

    `concurrent()` is for long work: senders, freezing, feedback, imports, notices, and the mails of
    the outbox. On PostgreSQL these run beside one another, and never beside a `write()`. They lock
    the rows that they change, always in this order: batch by number, domain_pause, readers by
    number, suppression by address, rate_limit by key, letter, issue, notice, notice_target. The
    worker that holds a batch may change its deliveries. Freezing, feedback and imports take a turn
    (`take_turn`) first. They read by key, some thousands of rows at a time, so we tell PostgreSQL
    to use the indexes (`look_up_by_keys`). On SQLite it is `write()`.

    `row_locked()` is for single readers, a worker's own row, or new rows. On PostgreSQL it waits
    only for transactions with the same rows, and runs beside a `write()`. It locks the limits of
    networks, sign-ups by key, readers by number (`reader_locks`), then the rows that belong to
    them, other limits by key, and suppression. It leaves batches and deliveries alone, so locks
    form no circle. A `write()` or `concurrent()` that changes a reader locks that reader, too. On
    SQLite it is `write()`.
    """

    engine: Engine
    read: sessionmaker[Session]
    write: sessionmaker[Session]
    concurrent: sessionmaker[Session]
    row_locked: sessionmaker[Session]

    def lets_concurrent_begin(self) -> bool:
        """Whether a `concurrent()` would begin at once, since no `write()` is open now.

        A worker whose lease seems over may only be waiting, as for the freezing of a million. So a
        process that would take its batch over asks here first, instead of waiting in the same row.
        """
        if is_sqlite(self.engine):
            return True
        with self.engine.begin() as connection:
            question = f"SELECT pg_try_advisory_xact_lock_shared({postgresql.WRITERS})"
            return bool(connection.exec_driver_sql(question).scalar())

    def refuse_writers(self, *, until_released: bool = True) -> None:
        """Close this SQLite file for writers, in every process that has it open; or reopen it."""
        with self.engine.execution_options(no_transaction=True).connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # who writes now is waited for
            connection.exec_driver_sql(
                f"PRAGMA user_version = {sqlite.MOVED if until_released else 0}"
            )
            connection.exec_driver_sql("COMMIT")

    def dispose(self) -> None:
        self.engine.dispose()

    @contextmanager
    def rehearsal(self) -> Iterator["Database"]:
        """The same database, but nothing that is done in it stays.

        SQLite has one writer at a time, so there it is a copy: the real runs need not wait.
        """
        if is_sqlite(self.engine):
            with TemporaryDirectory(prefix="newsletter-") as folder:
                copy = self._copy(Path(folder) / "rehearsal.db")
                try:
                    yield copy
                finally:
                    copy.dispose()
            return
        patient = self.engine.execution_options(idle_within_s=_REHEARSED_WITHIN_S)
        with patient.connect() as connection:
            outer = connection.begin()
            sessions = sessionmaker(
                connection, join_transaction_mode="create_savepoint", expire_on_commit=False
            )
            try:
                yield Database(self.engine, sessions, sessions, sessions, sessions)
            finally:
                outer.rollback()

    def compact(self) -> None:
        """Write the database anew, so that no byte of what was deleted is left in its files.

        Waits for its turn; takes as much room again as the database has.

        Raises:
            NewsletterError: others did not let it in, or the disk is full.
        """
        try:
            if not is_sqlite(self.engine):
                plain = self.engine.execution_options(isolation_level="AUTOCOMMIT")
                with plain.connect() as connection:
                    connection.exec_driver_sql("VACUUM (FULL, ANALYZE)")  # statistics quote values
                return
            with self.engine.execution_options(no_transaction=True).connect() as connection:
                connection.exec_driver_sql("VACUUM")
                still_read = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
        except OperationalError as error:
            raise NewsletterError(f"the database cannot be compacted now: {error.orig}") from error
        if still_read:
            raise NewsletterError(
                "another process still reads the old state of the database; let it end, then run"
                " `newsletter db compact`"
            )

    def empty_log(self) -> None:
        """Bring SQLite's log into its file and empty it: it quotes what was just deleted.

        Others go on meanwhile. Where they still read an old state, it waits for the next time.
        """
        if not is_sqlite(self.engine):
            return
        with self.engine.execution_options(no_transaction=True).connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
            try:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {sqlite.LOCK_TIMEOUT_S * 1000}")

    def _copy(self, file: Path) -> "Database":
        connection = self.engine.raw_connection()
        try:
            connection.cursor().execute("VACUUM INTO ?", (str(file),))
        finally:
            connection.close()
        return connect(f"sqlite:///{file}", file.parent)


def connect(url: str, folder: Path) -> Database:
    """An engine for the address, whatever state its tables are in.

    Raises:
        WrongUseError: the address cannot be used.
    """
    try:
        parsed = make_url(url)
        file = sqlite_file(url, folder)
        if file is not None:
            parsed = parsed.set(database=str(file))
        is_psycopg = postgresql.is_psycopg(parsed)
        options = postgresql.connect_options(parsed) if is_psycopg else {}
        # SQLite's connection that wrote last still knows the pages; any other reads them again.
        pool = {} if file is None else {"pool_use_lifo": True}
        engine = create_engine(parsed, connect_args=options, **pool)
    except ModuleNotFoundError as error:
        raise WrongUseError(
            f"database.url needs {error.name}, which is not installed; for PostgreSQL:"
            " pip install '.[postgresql]', and database.url = \"postgresql+psycopg://...\""
        ) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise WrongUseError(_NO_ADDRESS.format(brief(error))) from error
    if is_sqlite(engine):
        sqlite.prepare(engine)
        if file is not None:
            follow_file(engine, file)
        writing = engine.execution_options(lock_at_once=True)
        return _database(engine, engine, writing, writing, writing)
    postgresql.prepare(engine)
    bounded = engine.execution_options(idle_within_s=postgresql.IDLE_S)
    return _database(
        engine,
        engine.execution_options(isolation_level="REPEATABLE READ"),
        engine.execution_options(lock_at_once=True, idle_within_s=postgresql.IDLE_ALONE_S),
        bounded.execution_options(lock_at_once=True, concurrent=True),
        bounded,
    )


def _database(engine: Engine, *ways: Engine) -> Database:
    return Database(engine, *(sessionmaker(way, expire_on_commit=False) for way in ways))


def sqlite_file(url: str, folder: Path) -> Path | None:
    """The file behind a SQLite address, or None for another database.

    Raises:
        WrongUseError: this is no address of a database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise WrongUseError(_NO_ADDRESS.format(brief(error))) from error
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return folder / parsed.database


def look_up_by_keys(session: Session) -> None:
    """From now on PostgreSQL plans nothing that reads a table whole, until the transaction ends.

    It knows nothing of a table that has just been filled, as for the first large issue, until it is
    analysed. It would guess, and read everybody for each hundred mails.
    """
    if not is_sqlite(session.get_bind()):
        session.execute(text(f"SELECT {postgresql.BY_KEYS}"))


def take_turn(session: Session, what: str) -> None:
    """Be the only transaction that does this, until it ends; on SQLite every writer is."""
    if not is_sqlite(session.get_bind()):
        session.execute(_TAKE_TURN, {"what": what})


_TAKE_TURN = text(f"SELECT pg_advisory_xact_lock({postgresql.WRITERS}, hashtext(:what))")
