"""A private PostgreSQL for the tests: own folder, own socket, no port, gone afterwards."""

import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

_SETTINGS = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",  # it would go round hundreds of small databases
    "listen_addresses=",
)
# A database is some 550 files, and each test has one of its own: in memory that costs a fifteenth.
_MEMORY = Path("/dev/shm")  # noqa: S108 - Linux's own folder in memory
_ROOM = 2**30


@dataclass(frozen=True)
class Server:
    folder: Path
    restart: Callable[[], None] = lambda: None  # at once, as after a crash
    keep_copy: Callable[[], None] = lambda: None  # of its disk, while it is shut down
    go_back: Callable[[], None] = lambda: None  # to that copy, as a snapshot that is restored

    def url(self, name: str) -> str:
        return f"postgresql://tester@/{name}?host={self.folder}"

    def create(self, template: str = "template1") -> str:
        """A fresh database's name."""
        name = f"news_{secrets.token_hex(4)}"
        self.copy(template, name)
        return name

    def copy(self, template: str, name: str) -> None:
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")

    def drop(self, name: str) -> None:
        """With whatever is still connected to it."""
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def programs() -> Path | None:
    """Where initdb and pg_ctl lie, the newest first; None where there are none.

    Nor are there with NEWSLETTER_TESTS_WITHOUT=postgresql, as on a machine that has no database.
    """
    if os.environ.get("NEWSLETTER_TESTS_WITHOUT") == "postgresql":
        return None
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    return found[0].parent if found else Path(on_path).resolve().parent if on_path else None


def _version(initdb: Path) -> int:
    name = initdb.parent.parent.name
    return int(name) if name.isdigit() else 0


def _base() -> Path:
    """In memory, where this machine has a folder there with room."""
    try:
        free = shutil.disk_usage(_MEMORY).free
    except OSError:
        return Path("/tmp")  # noqa: S108 - a socket's path is short
    return _MEMORY if free >= _ROOM and os.access(_MEMORY, os.W_OK) else Path("/tmp")  # noqa: S108


@contextmanager
def running(where: Path) -> Iterator[Server]:
    """A server of our own; root may not run one, so there it belongs to somebody else."""
    folder = Path(mkdtemp(prefix="pg-", dir=_base()))
    user = unprivileged()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)

    options = " ".join(f"-c {each}" for each in (*_SETTINGS, f"unix_socket_directories={folder}"))
    start = ("-w", "-l", str(folder / "log"), "-o", options)

    def call(program: str, *args: str) -> None:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
            [where / program, "-D", folder / "data", *args],
            cwd=folder,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr

    def copied(source: str, target: str) -> None:
        call("pg_ctl", "stop", "-w", "-m", "fast")
        shutil.rmtree(folder / target, ignore_errors=True)
        subprocess.run(["cp", "-a", folder / source, folder / target], check=True)  # noqa: S603, S607
        call("pg_ctl", "start", *start)

    try:
        call("initdb", "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
        call("pg_ctl", "start", *start)
        try:
            yield Server(
                folder,
                restart=lambda: call("pg_ctl", "restart", "-m", "immediate", *start),
                keep_copy=lambda: copied("data", "copy"),
                go_back=lambda: copied("copy", "data"),
            )
        finally:
            call("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None
