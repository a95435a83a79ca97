"""Imports a list of people as fast as the database goes, without those who said no.

Every line ends in one status. A chunk of lines is one transaction, together with how far the import
is. So a killed import, started again with the same list, goes on behind its last chunk, and a
finished one can be repeated without harm.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter.database.db import Database, take_turn
from newsletter.models import ImportRow
from newsletter.subscribers.list_import.import_chunk import ImportChunk
from newsletter.subscribers.list_import.import_files import ImportEntry
from newsletter.subscribers.list_import.import_rows import (
    ImportOptions,
    Person,
    RowReport,
    read_row,
)

CHUNK = 500  # lines in a transaction: who writes alone waits for one


def import_file(
    database: Database,
    entries: Iterable[ImportEntry],
    plan: ImportOptions,
    digest: str,
    now: datetime,
    report: Callable[[RowReport], None],
) -> Counter[str]:
    """Take the list in; returns how often each status came, with those of an interrupted run."""
    with turn(database) as session:
        row = _begin_import(session, digest, now)
        done, counts, started_at = row.lines, Counter(row.counts), row.started_at
    for chunk in chunks(islice(iter(entries), done, None)):
        looked_at = [(row, read_row(row, plan, started_at)) for row in chunk]
        try:
            row_reports = _take(database, looked_at, plan, digest, done)
        except IntegrityError:  # one of them signed up at that moment, and is here now
            row_reports = _take(database, looked_at, plan, digest, done)
        done += len(chunk)
        counts.update(row_report.status for row_report in row_reports)
        for row_report in row_reports:
            report(row_report)
    with turn(database) as session:
        session.get_one(ImportRow, digest).finished_at = now
    return counts


def _take(
    database: Database,
    looked_at: Sequence[tuple[ImportEntry, Person | RowReport]],
    plan: ImportOptions,
    digest: str,
    done: int,
) -> list[RowReport]:
    """The next lines, and with them how far the import is."""
    with turn(database) as session:
        row = session.get_one(ImportRow, digest)
        row_reports = ImportChunk(session, plan, row.started_at).take(looked_at)
        row.lines = max(row.lines, done + len(looked_at))
        row.counts = dict(
            Counter(row.counts) + Counter(row_report.status for row_report in row_reports)
        )
        return row_reports


@contextmanager
def turn(database: Database) -> Iterator[Session]:
    """A transaction beside senders, freezing and feedback; another import waits for its end."""
    with database.concurrent.begin() as session:
        take_turn(session, "import")
        yield session


def interrupted_import(session: Session, digest: str) -> int:
    """How many entries of the same list were done before it was broken off."""
    row = session.get(ImportRow, digest)
    return 0 if row is None or row.finished_at is not None else row.lines


def _begin_import(session: Session, digest: str, now: datetime) -> ImportRow:
    row = session.get(ImportRow, digest)
    if row is not None and row.finished_at is None:
        return row
    if row is not None:
        session.delete(row)
        session.flush()
    row = ImportRow(digest=digest, started_at=now, lines=0, counts={}, finished_at=None)
    session.add(row)
    session.flush()
    return row


def chunks(entries: Iterator[ImportEntry]) -> Iterator[list[ImportEntry]]:
    while chunk := list(islice(entries, CHUNK)):
        yield chunk
