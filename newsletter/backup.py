"""A copy of the database while everything runs, and the way back."""

import glob
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database import db, schema, sqlite
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.finding import Finding, Severity
from newsletter.processes import is_running
from newsletter.sending import health
from newsletter.sending.restore_guard import server_identity
from newsletter.sending.restore_guard.memory_folders import was_sent_from
from newsletter.subscribers import carry_over
from newsletter.subscribers.carry_over import CarriedOver

_KEPT = ".before-"  # between the database's name and the time, in the name of what was there before
_LOGS = ("-wal", "-shm")
_FULL = 1_000_000  # bytes that are free, or less


@dataclass(frozen=True)
class RestoreResult:
    kept: Path | None  # the database that was there before
    carried: CarriedOver | None  # out of it; None where it could not be read
    findings: list[Finding]  # what is held now, and why


def back_up(settings: Settings, file: Path) -> None:
    """Write a consistent copy into a new file for its owner only, while everything runs.

    Raises:
        WrongUseError: the file is there already, or the database is not SQLite's.
        NewsletterError: it cannot be read or written.
    """
    source = _database_file(settings, "pg_dump --format=custom --file=FILE DATABASE")
    if not source.exists():
        missing = schema.describe_missing(source, was_sent_from=was_sent_from(settings))
        raise NewsletterError(missing)
    if file.exists():
        raise WrongUseError(f"{file} is there already; name another file")
    with _part_of(file) as part:
        _copy(source, part)
        os.link(part, file)


def restore(settings: Settings, file: Path, now: datetime, *, overwrite: bool) -> RestoreResult:
    """Bring a copy back, upgraded where it is older; the old database is kept beside it.

    Readers who left, were suppressed or erased since the copy stay so. A kill at any step leaves
    the old state or the restored one, whole; another run finishes.

    Raises:
        WrongUseError: there is a database and `overwrite` is not said, or it is not SQLite's.
        NewsletterError: the file is no copy of ours, or something cannot be written.
    """
    target = _database_file(settings, "pg_restore --clean --if-exists --dbname=DATABASE FILE")
    if not file.is_file():
        raise WrongUseError(f"there is no file {file}")
    if target.exists() and not overwrite:
        raise WrongUseError(f"{target} is there; --yes puts {file} in its place, and keeps it")
    with suppress(OSError):  # the next line says it better
        target.parent.mkdir(parents=True, exist_ok=True)
    with _part_of(target) as part:
        _copy(file, part)
        _make_ready(part, now)
        kept = _keep(target, now) if target.exists() else None
        carried = _carry(kept, part, now) if kept is not None else CarriedOver()
        if not target.exists():
            _begin_anew(target)
        _copy(part, target)
    with bootstrap.open_database(settings) as restored:
        transport = bootstrap.transport_type(settings)
        findings = [*health.check(settings, restored, now, transport)]
    return RestoreResult(
        kept, carried, [finding for finding in findings if finding.level is not Severity.OK]
    )


def _database_file(settings: Settings, instead: str) -> Path:
    file = db.sqlite_file(settings.database.url, settings.folder)
    if file is None:
        raise WrongUseError(
            f"the database is PostgreSQL's, which has its own tools: `{instead}`; docs/backup.md"
            " says what to do after a restore"
        )
    return file


@contextmanager
def _part_of(file: Path) -> Iterator[Path]:
    """A file beside it, for its owner only, gone afterwards; so are those of killed processes."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        database = file.name.partition(_KEPT)[0]
        for leftover in file.parent.glob(f".{glob.escape(database)}*.part*"):
            pid = leftover.name.rpartition(".part")[0].rpartition(".")[2]
            if pid.isdigit() and not is_running(int(pid)):
                leftover.unlink()
        part.touch(mode=0o600, exist_ok=False)
        yield part
    except OSError as error:
        raise NewsletterError(f"{file} cannot be written: {error.strerror}") from error
    finally:
        for suffix in ("", "-journal", *_LOGS):
            part.with_name(part.name + suffix).unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    try:
        copy_sqlite(source, target)
    except sqlite3.Error as error:
        lacks = source.stat().st_size - target.stat().st_size  # bytes
        free = shutil.disk_usage(target.parent).free
        why = f"the disk of {target.parent} is full" if free < max(lacks, _FULL) else str(error)
        raise NewsletterError(f"{source} cannot be copied to {target}: {why}") from error


def _make_ready(part: Path, now: datetime) -> None:
    """Whole, ours, of this program's version, and marked as a copy that came back."""
    database = db.connect(f"sqlite:///{part}", part.parent)
    try:
        with closing(sqlite3.connect(part)) as connection:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != "ok":
            raise NewsletterError(f"the copy is damaged: {said}; nothing was changed")
        if schema.revision(database) is None:
            raise NewsletterError("that file is no newsletter's database; nothing was changed")
        schema.upgrade(database)
        with database.write.begin() as session:
            server_identity.say_brought_back(session, now)
    except sqlite3.Error as error:
        raise NewsletterError(f"the copy cannot be read: {error}; nothing was changed") from error
    finally:
        database.dispose()


def _keep(target: Path, now: datetime) -> Path:
    """The database as it is, beside it; one that cannot be read is moved away as it lies."""
    kept = target.with_name(f"{target.name}{_KEPT}{now:%Y%m%dT%H%M%SZ}")
    if kept.exists():
        raise NewsletterError(f"{kept} is there already; nothing was changed")
    try:
        with _part_of(kept) as part:  # whole, or not there: somebody may want it back
            copy_sqlite(target, part)
            part.rename(kept)
    except sqlite3.OperationalError as error:
        raise NewsletterError(f"{target} cannot be kept: {error}; nothing was changed") from error
    except sqlite3.DatabaseError:
        for suffix in ("", *_LOGS):
            with suppress(FileNotFoundError):
                target.with_name(target.name + suffix).rename(f"{kept}{suffix}")
    return kept


def _begin_anew(target: Path) -> None:
    """A log without its database would be replayed into the next one."""
    for suffix in _LOGS:
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    target.touch(mode=0o600)


def _carry(kept: Path, part: Path, now: datetime) -> CarriedOver | None:
    """Carry refusals over from the kept database; None where this program cannot read it."""
    try:
        before = schema.open_database(f"sqlite:///{kept}", kept.parent)
    except (NewsletterError, DatabaseError):
        return None
    after = db.connect(f"sqlite:///{part}", part.parent)
    try:
        with before.read() as old, after.write.begin() as new:
            return carry_over.carry_over(old, new, now)
    finally:
        before.dispose()
        after.dispose()
        with closing(sqlite3.connect(kept)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # one file, not three


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy all in one step, by SQLite's own backup: others go on reading and writing both.

    What is in the target is replaced in one transaction; a new one is a single file, without a log.

    Raises:
        sqlite3.Error: one of them cannot be used, or others did not let it in for 30 s.
    """
    is_new = not target.exists() or not target.stat().st_size
    address = f"{source.absolute().as_uri()}?mode=rw"
    with (
        closing(sqlite3.connect(address, timeout=sqlite.LOCK_TIMEOUT_S, uri=True)) as reading,
        closing(sqlite3.connect(target, timeout=sqlite.LOCK_TIMEOUT_S)) as writing,
    ):
        started_s = time.monotonic()

        def give_up(status: int, _remaining: int, _total: int) -> None:
            if (
                status != sqlite3.SQLITE_DONE
                and time.monotonic() - started_s > sqlite.LOCK_TIMEOUT_S
            ):
                raise sqlite3.OperationalError("others do not let it in")

        reading.backup(writing, progress=give_up)
        if is_new:
            writing.execute("PRAGMA journal_mode = DELETE")
