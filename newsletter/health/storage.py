"""For `newsletter check` and the alarms: room on the disk, a database that takes a row, rights."""

import os
import re
import shlex
import shutil
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database import db, postgresql
from newsletter.database.db import Database, describe_failure, is_sqlite
from newsletter.errors import WrongUseError
from newsletter.finding import Finding, Severity
from newsletter.models import KeyRow

_SECRET = re.compile(rb"^\s*(secret_keys|password|api_key|token)\s*=", re.MULTILINE)
_MB = 1_000_000
_FULL = 100 * _MB  # what a day with its mails and its log may need
_LOCKED_WITHIN_S = 5.0
_NEARLY_FULL = 1000 * _MB


def check_room(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Room where the database, the mails as files and this machine's marks lie."""
    del now
    file = _database_file(settings)
    places = [settings.folder, *([file.parent] if file is not None else [])]
    if mails := bootstrap.transport_type(settings).writes_to(settings):
        places.append(mails)
    if settings.sending.state_dir is not None:
        places.append(settings.folder / settings.sending.state_dir)
    size = file.stat().st_size if file is not None and file.exists() else 0
    roomy = True
    for place, free in _free(places).items():
        if free < max(_NEARLY_FULL, 2 * size):  # a rehearsal is a copy
            roomy = False
            level = Severity.TROUBLE if free < _FULL else Severity.WARNING
            text = f"{place}: {free // _MB:,} MB are free; make room before mails are lost"
            yield Finding("disk", level, text)
    if roomy:
        yield Finding("disk", Severity.OK, "there is room")


def check_secrets(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Files that hold keys, passwords or addresses are not for everybody on this machine."""
    del now
    stored = _database_file(settings)
    files = [*settings.folder.glob("*.env"), *([stored] if stored is not None else [])]
    files += [file for file in settings.folder.glob("*.toml") if _SECRET.search(file.read_bytes())]
    opened = [file for file in files if file.is_file() and file.stat().st_mode & stat.S_IROTH]
    for file in opened:
        mended = f"chmod o= {shlex.quote(str(file))}"
        text = f"{file} can be read by everybody on this machine; `{mended}` ends that"
        yield Finding("secrets", Severity.WARNING, text)
    if not opened:
        yield Finding("secrets", Severity.OK, "keys and addresses are not for others to read")


def _database_file(settings: Settings) -> Path | None:
    """SQLite's file; that an address is none is said once, where the database is tried."""
    try:
        return db.sqlite_file(settings.database.url, settings.folder)
    except WrongUseError:
        return None


def _free(paths: list[Path]) -> dict[Path, int]:
    """The free bytes of each disk, by the first of the paths on it."""
    disks: dict[int, Path] = {}
    for wanted in paths:
        there = next((path for path in (wanted, *wanted.parents) if path.exists()), None)
        if there is not None and os.statvfs(there).f_blocks:  # /proc and its like have none
            disks.setdefault(there.stat().st_dev, there)
    return {path: shutil.disk_usage(path).free for path in disks.values()}


def check_writable(settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    """Write a row and take it back; at PostgreSQL others that write are waited for five seconds."""
    del settings, now
    try:
        with database.write() as session:
            session.connection(execution_options={"locked_within_s": _LOCKED_WITHIN_S})
            session.execute(update(KeyRow).values(value=KeyRow.value))
            session.rollback()
    except SQLAlchemyError as error:
        text = (
            f"cannot be written ({describe_failure(error)}); look at its rights, at the room on its"
            f" disk, and at who else writes{_blocker(database)}"
        )
        yield Finding("database", Severity.TROUBLE, text)
        return
    yield Finding("database", Severity.OK, "reachable, writable, its tables are this program's")


def _blocker(database: Database) -> str:
    """The process that keeps PostgreSQL's writers waiting, in words, if it can be found."""
    if is_sqlite(database.engine):
        return ""
    try:
        blocker = postgresql.describe_blocker(database.engine)
    except SQLAlchemyError:  # what is wrong was said
        return ""
    return f": {blocker}" if blocker else ""
