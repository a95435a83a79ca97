"""PostgreSQL: how transactions begin, and how long one lives whose machine is gone."""

import socket
from typing import Any

from sqlalchemy import URL, Connection, Engine, event, text

_CONNECT_WITHIN_S = 10  # else psycopg waits for 130
# A server that is gone without a word is noticed within 25 s, by what was sent and is not
# acknowledged (RFC 5482) or by probes. libpq's names; it counts tcp_user_timeout in ms.
_NOTICED = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
# How long a transaction may wait for its client: below a lease (45 s, renewed every nine), so that
# nobody else's runs out while a machine that is gone still has locks.
IDLE_S = 15
IDLE_ALONE_S = 30  # of `write()`: what composes a day thinks for longer
_IDLE_READING_S = 600  # holds up changes of the tables only; its rows may go to somebody's pager
WRITERS = 0x6E657773  # any number that no other program of the database takes
# No plan that reads a table whole, and no compiling because of what those would cost.
BY_KEYS = ", ".join(
    f"set_config('{name}', 'off', true)"
    for name in (
        "enable_seqscan",
        "enable_bitmapscan",
        "enable_hashjoin",
        "enable_mergejoin",
        "jit",
    )
)

# A claim must survive a power cut before its mails leave, also where a server promises less.
_DURABLE = (
    "set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
    " WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)"
)


def is_psycopg(url: URL) -> bool:
    """Whether the driver is psycopg 3; PgBouncer would lose its prepared statements."""
    return url.get_dialect().driver == "psycopg"


def connect_options(url: URL) -> dict[str, Any]:
    """Options for psycopg beside the address; those in the address go first."""
    name = f"newsletter {socket.gethostname()}"[:63]
    ours = {
        "connect_timeout": _CONNECT_WITHIN_S,
        "fallback_application_name": name,
        **_NOTICED,
    }
    return {"prepare_threshold": None, **{key: url.query.get(key, ours[key]) for key in ours}}


def prepare(engine: Engine) -> None:
    """Have each transaction of this engine begin in one step, with its lock and its bounds.

    Execution options: `lock_at_once`, and `concurrent` beside it, as in `Database`;
    `idle_within_s`, how long it may wait for its client, 0 for ever; `locked_within_s`, how long
    it waits for a lock, else for ever.
    """
    event.listen(engine, "begin", _begin)
    if is_psycopg(engine.url):
        event.listen(engine, "checkin", _begin_by_itself)


def _begin(connection: Connection) -> None:
    """All is set for this transaction alone: behind PgBouncer the next one has another session."""
    options = connection.get_execution_options()
    level = options.get("isolation_level", "")
    if level == "AUTOCOMMIT":
        return
    begin = f"SELECT {', '.join(_settings(options))}"
    if is_psycopg(connection.engine.url):  # it would send BEGIN on a journey of its own
        connection.connection.driver_connection.autocommit = True  # type: ignore[union-attr]
        begin = f"BEGIN {'ISOLATION LEVEL ' if level else ''}{level}; {begin}"
    connection.exec_driver_sql(begin)


def _settings(options: Any) -> list[str]:  # noqa: ANN401 - SQLAlchemy's options have no public type
    idle_s = options.get("idle_within_s", _IDLE_READING_S)
    settings = [
        f"set_config('idle_in_transaction_session_timeout', '{idle_s * 1000:.0f}', true)",
        _DURABLE,
    ]
    if (locked_within_s := options.get("locked_within_s")) is not None:
        settings.append(f"set_config('lock_timeout', '{locked_within_s * 1000:.0f}', true)")
    if options.get("concurrent", False):
        settings += [BY_KEYS, f"pg_advisory_xact_lock_shared({WRITERS})"]
    elif options.get("lock_at_once", False):
        settings.append(f"pg_advisory_xact_lock({WRITERS})")
    return settings


def _begin_by_itself(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection has no type
    if connection is not None and not connection.closed and connection.autocommit:
        connection.autocommit = False


def describe_blocker(engine: Engine) -> str:
    """The process that has kept writers waiting for longest, in words; empty without one.

    Behind PgBouncer the address is PgBouncer's; the name is that of the machine.
    """
    with engine.connect() as connection:
        row = connection.execute(_BLOCKER, {"writers": WRITERS}).one_or_none()
    if row is None:
        return ""
    named = ", ".join(filter(None, (row.application_name, row.address)))
    return (
        f"PostgreSQL's process {row.pid} ({named}) has kept others waiting since"
        f" {row.since} UTC and is {row.state}"
    )


_BLOCKER = text(
    "SELECT activity.pid, activity.application_name, host(activity.client_addr) AS address,"
    " to_char(activity.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS since,"
    " activity.state FROM pg_locks AS held JOIN pg_stat_activity AS activity"
    " ON activity.pid = held.pid AND activity.datname = current_database()"
    " WHERE held.locktype = 'advisory' AND held.granted AND held.classid = 0"
    " AND held.objid = :writers AND held.objsubid = 1"
    " AND activity.datid = held.database AND activity.pid <> pg_backend_pid()"
    " ORDER BY activity.xact_start LIMIT 1"
)
