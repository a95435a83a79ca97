"""A PgBouncer in transaction mode before the tests' PostgreSQL: each transaction another session.

So whatever a session would keep is lost by the next transaction: prepared statements, SET, session
locks, LISTEN. As a managed one it takes TLS only, and asks for a password.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from tests import postgresql
from tests.certificates import certificate
from tests.transports.smtp_standins import unused_port

_CONFIGURATION = """
[databases]
* = host={server} user=tester
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir = {folder}
auth_type = plain
auth_file = {folder}/users
client_tls_sslmode = require
client_tls_key_file = {folder}/IP:127.0.0.1.key
client_tls_cert_file = {folder}/IP:127.0.0.1.pem
pool_mode = transaction
default_pool_size = 12
server_round_robin = 1
"""


def program() -> str | None:
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def before(server: postgresql.Server) -> Iterator[Callable[[str], str]]:
    """Where its databases are reached, by their names; the password lies in a file."""
    where, port = program(), unused_port()
    assert where is not None
    folder = Path(mkdtemp(prefix="pgbouncer-", dir="/tmp"))
    content = _CONFIGURATION.format(server=server.folder, port=port, folder=folder)
    (folder / "pgbouncer.ini").write_text(content)
    (folder / "users").write_text('"newsletter" "a secret"\n')
    (folder / "pgpass").write_text("*:*:*:newsletter:a secret\n")
    (folder / "pgpass").chmod(0o600)
    trusted = certificate(folder, "IP:127.0.0.1").file
    user = postgresql.unprivileged()
    for file in (folder, *folder.glob("IP:*")) if user is not None else ():
        os.chown(file, user.pw_uid, user.pw_gid)  # type: ignore[union-attr]
    running = subprocess.Popen(  # noqa: S603 - PgBouncer itself
        [where, "--quiet", folder / "pgbouncer.ini"],
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (folder / f".s.PGSQL.{port}").exists():
            assert running.poll() is None
        tls = f"sslmode=verify-full&sslrootcert={trusted}&passfile={folder / 'pgpass'}"
        yield lambda name: f"postgresql://newsletter@127.0.0.1:{port}/{name}?{tls}"
    finally:
        running.kill()
        running.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def sessions_of(url: str, transactions: int) -> set[int]:
    """The server's sessions that one connection has in so many transactions."""
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        asked = (connection.execute("SELECT pg_backend_pid()") for _ in range(transactions))
        return {row[0] for cursor in asked for row in cursor}
