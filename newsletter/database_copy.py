"""Everything of one database into another, of whatever kind: `newsletter db copy`.

Until it is finished nobody can open the target: its version says that it is a copy, and of what.
A copy that was killed goes on where it was. For that the source must not change: a file of SQLite
refuses writers from the first step on, until `release`; PostgreSQL makes them wait while the copy
runs, and one that was killed begins anew.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from sqlalchemy import Column, Row, Table, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from newsletter.cluster import queue_tables
from newsletter.config import Settings
from newsletter.database import db, schema
from newsletter.database.db import Database, is_sqlite
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.models import Base, KeyRow
from newsletter.sending.restore_guard import server_identity
from newsletter.sending.restore_guard.machine_memory import IDENTITY
from newsletter.services import Bar

_AT_ONCE = 5000  # rows in a transaction
_WAITS_FOR_TARGET_S = 600  # the source's transaction, at PostgreSQL, while all others wait for it
_TABLES: Sequence[Table] = Base.metadata.sorted_tables  # who is pointed to comes first


def copy_database(settings: Settings, url: str, now: datetime, bar: Bar) -> dict[str, int]:
    """Copy everything to the database at `url`; returns the number of rows of each table.

    Raises:
        WrongUseError: that address cannot be used, or holds other data.
        NewsletterError: a database cannot be reached, or the two are not the same at the end.
    """
    source = schema.open_database(settings.database.url, settings.folder)
    target = db.connect(url, settings.folder)
    try:
        _make_ready(source, target)
        with _standing_still(source) as reading:
            totals = {table.name: _number(reading, table) for table in _TABLES}
            with bar("copying", sum(totals.values())) as step:
                for table in _TABLES:
                    for done in _copy_table(reading, target, table):
                        step(done)
            with bar("comparing", sum(totals.values())) as step:
                for table in _TABLES:
                    _compare(reading, target, table)
                    step(totals[table.name])
            _finish(reading, target, now)
    except DBAPIError as error:
        said = db.describe_failure(error)
        raise NewsletterError(f"the copy is not finished: {said}; run it again") from error
    finally:
        source.dispose()
        target.dispose()
    return totals


def release(settings: Settings) -> None:
    """Let the database be written again that was copied, since it shall be used after all."""
    opened = db.connect(settings.database.url, settings.folder)
    try:
        opened.refuse_writers(until_released=False)
    finally:
        opened.dispose()


def _make_ready(source: Database, target: Database) -> None:
    """Tables for a copy of this source, and nothing in them but an earlier part of it."""
    with source.read() as session:
        identity = session.get_one(KeyRow, IDENTITY).value
    marker = schema.copy_marker(identity)
    schema.make_private(target)
    try:
        present = schema.revision(target)
    except OperationalError as error:
        raise NewsletterError(f"that database cannot be reached: {error.orig}") from error
    if present == marker:
        if not is_sqlite(source.engine):
            _empty(target)
        return
    if present is None:
        schema.upgrade(target)
    elif present != schema.head():
        raise WrongUseError(f"that database has tables of {schema.describe_version(present)}")
    queue_tables.create_tables(target)
    with target.write.begin() as session:
        _refuse_data(session, identity)
        session.execute(delete(KeyRow))
        session.execute(schema.VERSION.update().values(version_num=marker))


def _refuse_data(session: Session, identity: str) -> None:
    found = session.get(KeyRow, IDENTITY)
    if found is not None and found.value == identity:
        raise WrongUseError("that is this database itself, or a copy of it; name an empty one")
    for table in _TABLES:
        if table.name != KeyRow.__tablename__ and (rows := _number(session, table)):
            raise WrongUseError(
                f"that database has other data: {rows} in table {table.name}; name an empty one"
            )


def _empty(target: Database) -> None:
    with target.engine.begin() as connection:
        for table in reversed(_TABLES):
            connection.execute(table.delete())


@contextmanager
def _standing_still(source: Database) -> Iterator[Session]:
    """Keep writers out: SQLite refuses them until `release`, PostgreSQL lets them wait."""
    if is_sqlite(source.engine):
        source.refuse_writers()
        with source.read() as session:
            yield session
    else:
        with source.write.begin() as session:
            session.connection(execution_options={"idle_within_s": _WAITS_FOR_TARGET_S})
            yield session


def _number(session: Session, table: Table) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def _rows(session: Session, table: Table, start: int = 0) -> Iterator[Sequence[Row[Any]]]:
    """In the order of the primary key as this database sorts it, a chunk at a time."""
    chosen = select(table).order_by(*table.primary_key).offset(start)
    return session.execute(chosen.execution_options(yield_per=_AT_ONCE)).partitions()


def _copy_table(reading: Session, target: Database, table: Table) -> Iterator[int]:
    """Each chunk is a transaction, so what is there already is so many rows of the beginning."""
    with target.read() as session:
        there = _number(session, table)
    yield there
    for chunk in _rows(reading, table, there):
        with target.engine.begin() as connection:
            connection.execute(insert(table), [row._asdict() for row in chunk])
        yield len(chunk)


def _compare(reading: Session, target: Database, table: Table) -> None:
    with target.read() as session:
        same = _fingerprint(reading, table) == _fingerprint(session, table)
    if not same:
        raise NewsletterError(
            f"table {table.name} is not the same in both: the source was written to meanwhile;"
            " empty the other database and begin anew"
        )


def _fingerprint(session: Session, table: Table) -> tuple[int, int]:
    """How many rows, and a sum over all their values in whatever order."""
    number = total = 0
    for chunk in _rows(session, table):
        number += len(chunk)
        total += sum(crc32(repr([_plain(value) for value in row]).encode()) for row in chunk)
    return number, total


def _plain(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _finish(reading: Session, target: Database, now: datetime) -> None:
    """From here on it is the database: in one step numbers go on, and its server is the one."""
    server = server_identity.identify(target)
    with target.write.begin() as session:
        for table in _TABLES:
            if (column := table.autoincrement_column) is not None:
                _continue_numbers(reading, session, column)
        server_identity.say_moved(session, server, now)
        session.execute(schema.VERSION.update().values(version_num=schema.head()))


def _continue_numbers(reading: Session, session: Session, column: Column[Any]) -> None:
    """Continue a column's numbers above the highest ever given, also of deleted rows."""
    table: Any = column.table
    highest = max(_last_number(reading, column), session.scalar(select(func.max(column))) or 0)
    if not is_sqlite(session.get_bind()):
        sequence = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
        session.execute(select(func.setval(sequence, max(highest, 1), highest > 0)))
    elif table.dialect_options["sqlite"]["autoincrement"]:
        values = {"table": table.name, "number": highest}
        session.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), values)
        session.execute(text("INSERT INTO sqlite_sequence VALUES (:table, :number)"), values)


def _last_number(session: Session, column: Column[Any]) -> int:
    values = {"table": column.table.name, "column": column.name}
    chosen = "SELECT seq FROM sqlite_sequence WHERE name = :table"
    if not is_sqlite(session.get_bind()):
        chosen = (
            "SELECT last_value FROM pg_sequences"
            " WHERE format('%I.%I', schemaname, sequencename)::regclass"
            " = pg_get_serial_sequence(quote_ident(:table), :column)::regclass"
        )
    return session.scalar(text(chosen), values) or 0
