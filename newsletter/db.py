"""The database: one engine, transactions that cannot trip over each other, migrations."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from newsletter import paths
from newsletter.errors import NewsletterError, WrongUseError

_LOCK_TIMEOUT_S = 30
_WRITERS = 0x6E657773  # any number that no other program of the database takes


@dataclass(frozen=True)
class Database:
    """An engine and the two ways to talk to it.

    `read()` opens a snapshot that waits for nobody. `write()` takes its turn at once: SQLite's
    write lock (a transaction that reads first and writes later fails there with "database is
    locked" when two processes do the same, however long the time-out; measured), PostgreSQL's
    advisory lock. So what a writer reads is what it writes upon.
    """

    engine: Engine
    read: sessionmaker[Session]
    write: sessionmaker[Session]

    def dispose(self) -> None:
        self.engine.dispose()

    @contextmanager
    def rehearsal(self) -> Iterator["Database"]:
        """The same database, but nothing that is done in it stays.

        SQLite has one writer at a time, so there it is a copy: the real runs need not wait.
        """
        if self.engine.dialect.name == "sqlite":
            with TemporaryDirectory(prefix="newsletter-") as folder:
                copy = self._copy(Path(folder) / "rehearsal.db")
                try:
                    yield copy
                finally:
                    copy.dispose()
            return
        with self.engine.connect() as connection:
            outer = connection.begin()
            sessions = sessionmaker(
                connection, join_transaction_mode="create_savepoint", expire_on_commit=False
            )
            try:
                yield Database(self.engine, sessions, sessions)
            finally:
                outer.rollback()

    def _copy(self, file: Path) -> "Database":
        connection = self.engine.raw_connection()
        try:
            connection.cursor().execute("VACUUM INTO ?", (str(file),))
        finally:
            connection.close()
        return connect(f"sqlite:///{file}", file.parent)


def open_database(url: str, folder: Path) -> Database:
    """Connect; relative SQLite files are found from `folder`. Nothing is created.

    Raises:
        WrongUseError: the address cannot be used.
        NewsletterError: there is no database yet, or its tables are of another version.
    """
    database = connect(url, folder)
    file = sqlite_file(url, folder)
    if file is not None and not file.exists():
        raise NewsletterError(f"no database at {file}; `newsletter db upgrade` creates it")
    try:
        found, wanted = revision(database), head()
    except OperationalError as error:
        database.dispose()
        raise NewsletterError(f"the database cannot be reached: {error.orig}") from error
    if found != wanted:
        database.dispose()
        raise NewsletterError(
            f"the database has tables of version {found or 'none'}, this program needs {wanted}; "
            "run `newsletter db upgrade`"
        )
    return database


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
        engine = create_engine(parsed)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise WrongUseError(f"database.url cannot be used: {error}") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    writing = engine.execution_options(lock_at_once=True)
    return Database(
        engine,
        sessionmaker(engine, expire_on_commit=False),
        sessionmaker(writing, expire_on_commit=False),
    )


def sqlite_file(url: str, folder: Path) -> Path | None:
    """The file behind a SQLite address, or None for another database."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return folder / parsed.database


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection has no type
    connection.isolation_level = None  # we begin transactions ourselves
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_LOCK_TIMEOUT_S * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # a mark "sending" must survive a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    at_once = connection.get_execution_options().get("lock_at_once", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if at_once else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("lock_at_once", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def insert_missing(
    session: Session, table: type[DeclarativeBase], rows: Sequence[Mapping[str, object]]
) -> None:
    """Insert the rows that are not there yet; those that are stay as they are."""
    if not rows:
        return
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    session.execute(insert(table).on_conflict_do_nothing(), [dict(row) for row in rows])


def upgrade(database: Database) -> None:
    """Bring the tables to this program's version; two at once do it once."""
    with database.engine.execution_options(lock_at_once=True).begin() as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise NewsletterError(f"the database cannot be upgraded: {error}") from error


def head() -> str:
    """The version of the tables that this program needs."""
    found = ScriptDirectory.from_config(_alembic()).get_current_head()
    if found is None:
        raise NewsletterError(f"no migrations in {paths.migrations()}; install newsletter again")
    return found


def revision(database: Database) -> str | None:
    """The version of the tables that are there; None for an empty database."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(paths.migrations()).replace("%", "%%"))
    return config
