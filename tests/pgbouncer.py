"""A PgBouncer in transaction mode before the tests' PostgreSQL: each transaction another session.

So whatever a session would keep is lost by the next transaction: prepared statements, SET, session
locks, LISTEN.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from tests import postgresql

_PORT = 6432  # the end of its socket's name
_CONFIGURATION = """
[databases]
* = host={server} user=tester
[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
default_pool_size = 12
server_round_robin = 1
"""


def program() -> str | None:
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def before(server: postgresql.Server) -> Iterator[postgresql.Server]:
    """The same databases, reached through it."""
    where = program()
    assert where is not None
    folder = Path(mkdtemp(prefix="pgbouncer-", dir="/tmp"))
    content = _CONFIGURATION.format(server=server.folder, port=_PORT, folder=folder)
    (folder / "pgbouncer.ini").write_text(content)
    user = postgresql.unprivileged()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    running = subprocess.Popen(  # noqa: S603 - PgBouncer itself
        [where, "--quiet", folder / "pgbouncer.ini"],
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (folder / f".s.PGSQL.{_PORT}").exists():
            assert running.poll() is None
        yield postgresql.Server(folder, f"&port={_PORT}")
    finally:
        running.kill()
        running.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def sessions_of(url: str, transactions: int) -> set[int]:
    """The server's sessions that one connection has in so many transactions."""
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        asked = (connection.execute("SELECT pg_backend_pid()") for _ in range(transactions))
        return {row[0] for cursor in asked for row in cursor}
