"""Whether PostgreSQL is still the server, and the history, that the issues were sent from.

A restored base backup, an earlier point in time, a standby that took over, a dump in another
server: each shows in the server's system identifier, its timeline or the database's number.
Restoring a dump into the same database recreates our tables, so their numbers change. A disk that
came back from a snapshot has a log that ends before what a machine of ours saw of it. The finding
is kept in the database, so that every machine knows.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from sqlalchemy import Executable, delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from newsletter.database.db import Database, is_sqlite
from newsletter.database.missing_rows import insert_missing
from newsletter.models import BatchRow, IssueRow, KeyRow
from newsletter.sending.restore_guard.machine_memory import MachineMemory

_SERVER = "server"  # a key: the server of last time
_RESTORED = "restored"  # a key: when the database was found to have come back, or was said to
_MOVED = "moved"  # a key: when it was copied here by `newsletter db copy`
_COPY = "copy"  # a key: which `newsletter restore` it was brought back by, anew each time
_UNKNOWN = "?"
_HISTORY = (  # of the tables, also behind a pooler that keeps our connection
    "left(pg_walfile_name(pg_current_wal_lsn()), 8)",  # the timeline
    "(SELECT oid::text FROM pg_database WHERE datname = current_database())",
    "CAST('delivery' AS regclass)::oid::text",  # an upgrade alters the table only
)
HISTORY = " || '/' || ".join(_HISTORY)
# How many bytes of log are on the disk. What is only in the server's memory may go with a crash.
END_OF_LOG = "CAST(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0') AS bigint)"
_END = text(f"SELECT {END_OF_LOG}")
_LOG = text(f"SELECT {HISTORY} || '/' || {END_OF_LOG}")
_PARTS = ("(SELECT system_identifier::text FROM pg_control_system())", *_HISTORY)
_ALL = text("SELECT " + " || '/' || ".join(_PARTS))  # in one journey


@dataclass(frozen=True)
class LogPosition:
    """Where PostgreSQL's log stood: timeline, database and table, and its bytes on the disk."""

    history: str
    end: int

    def may_follow(self, earlier: "LogPosition") -> bool:
        """Whether it is the same history, at the same point or later."""
        return _may_be_one(earlier.history, self.history) and self.end >= earlier.end


def identify(database: Database) -> str | None:
    """System identifier, timeline, database, table; what may not be asked is a question mark.

    None on SQLite.
    """
    if is_sqlite(database.engine):
        return None
    answer = _ask(database, _ALL)
    return (
        answer
        if answer != _UNKNOWN
        else "/".join(_ask(database, text(f"SELECT {part}")) for part in _PARTS)
    )


def record_first_server(database: Database) -> None:
    """Remember the server of new tables, so that a dump from before the first issue is known."""
    server = identify(database)
    if server is not None:
        with database.write.begin() as session:
            insert_missing(session, KeyRow, [{"purpose": _SERVER, "value": server}])


def record_server(database: Database, memory: MachineMemory, now: datetime) -> None:
    """Remember the server; where it is not that of last time, what was sent may be unknown.

    The same where its log ends before what this machine has seen of it.
    """
    server = identify(database)
    if server is None:
        return
    with database.read() as session:
        row, mark = session.get(KeyRow, _SERVER), restore_mark(session)
    is_other = row is not None and not _may_be_one(row.value, server)
    end = _ask(database, _END)
    if end != _UNKNOWN:
        is_other |= int(end) < memory.seen_log(mark)
    if is_other or row is None or row.value != server:
        with database.write.begin() as session:
            if (
                is_other and restore_mark(session) == mark
            ):  # else another machine has said so meanwhile
                say_restored(session, now)
            session.merge(KeyRow(purpose=_SERVER, value=server))
            mark = restore_mark(session)
    if end != _UNKNOWN:
        memory.see_log(mark, int(end))


def seen_log(session: Session, memory: MachineMemory | None) -> LogPosition | None:
    """The history that issues were last sent from, and how far this machine saw its log."""
    row = session.get(KeyRow, _SERVER)
    if row is None or memory is None:
        return None
    _, _, history = row.value.partition("/")
    return LogPosition(history or _UNKNOWN, memory.seen_log(restore_mark(session)))


def may_read_log(database: Database) -> bool:
    """Whether history and end of the log may be asked for: not on SQLite, nor by any role."""
    return not is_sqlite(database.engine) and _ask(database, _LOG) != _UNKNOWN


_MARKS = (
    select(KeyRow.value)
    .where(KeyRow.purpose.in_((_RESTORED, _MOVED, _COPY)))
    .order_by(KeyRow.purpose)
)


def restore_mark(session: Session) -> str:
    """When the database last came back, or was moved: what was seen before counts no more."""
    session.flush()
    return " ".join(session.scalars(_MARKS))


def say_moved(session: Session, server: str | None, now: datetime) -> None:
    """The database goes on at that server, None for SQLite: it is no copy that came back."""
    session.merge(KeyRow(purpose=_MOVED, value=now.isoformat()))
    session.execute(delete(KeyRow).where(KeyRow.purpose == _SERVER))
    if server is not None:
        session.add(KeyRow(purpose=_SERVER, value=server))


def say_brought_back(session: Session, now: datetime) -> None:
    """A copy is about to take the database's place, perhaps beneath workers that go on.

    By its mark they notice it. None of them has a batch of it, and what it shows as on its way
    nobody will report on.
    """
    session.merge(KeyRow(purpose=_COPY, value=f"{now.isoformat()} {secrets.token_hex(8)}"))
    session.execute(update(BatchRow).values(owner=None, leased_until=None))


def say_restored(session: Session, now: datetime) -> None:
    """From now on issues up to this day are held, until the operator says what they are."""
    session.merge(KeyRow(purpose=_RESTORED, value=now.isoformat()))


def restored_at(database: Database, issue: IssueRow) -> str | None:
    """Whether the database came back from a copy on the issue's day or later, in words."""
    with database.read() as session:
        row = session.get(KeyRow, _RESTORED)
    if row is None:
        return None
    at = datetime.fromisoformat(row.value)
    is_admitted = issue.admitted_at is not None and issue.admitted_at >= at
    if is_admitted or issue.day > at.date():
        return None
    return (
        f"at {at:%Y-%m-%d %H:%M} UTC the database was found on another server or timeline, brought"
        " back from a dump, or behind what a machine of ours saw of it, or was said to come from a"
        " copy: more may have been sent since"
    )


def _ask(database: Database, question: Executable) -> str:
    """Asked alone: what is not allowed ends a transaction."""
    try:
        with database.read() as session:
            return str(session.scalar(question))
    except DBAPIError:
        return _UNKNOWN


def _may_be_one(before: str, now: str) -> bool:
    # Older versions wrote down less.
    pairs = zip_longest(before.split("/"), now.split("/"), fillvalue=_UNKNOWN)
    return all(old == new or _UNKNOWN in (old, new) for old, new in pairs)
