"""A machine that vanishes in the middle of a transaction: nobody waits for its locks for long."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from select import select as wait_for
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url, select, text, update
from sqlalchemy.exc import DBAPIError

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database import db, postgresql
from newsletter.database.db import Database
from newsletter.finding import Severity
from newsletter.health import storage
from newsletter.models import RateRow, WorkerRow
from newsletter.sources.http import shared_interval
from newsletter.sources.http.request_interval import Destination
from newsletter.sources.http.shared_interval import SharedInterval
from tests import pgbouncer
from tests.certificates import needs_openssl
from tests.conftest import NOW
from tests.postgresql import Server
from tests.serving import Running

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

pytestmark = pytest.mark.parametrize("dialect", ["postgresql"])

WAYS = ["write", "concurrent", "row_locked"]
BOUND = text(
    "SELECT setting::int / 1000 FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'"
)


@pytest.fixture
def short_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second, so that nobody waits for long."""
    monkeypatch.setattr(postgresql, "IDLE_S", 1)
    monkeypatch.setattr(postgresql, "IDLE_ALONE_S", 1)


def vanish_and_come_back(gone: Database, other: Database, way: str) -> None:
    with gone.write.begin() as session:
        session.add(RateRow(key=way, tokens=1))
    vanished: Session = getattr(gone, way)()
    vanished.scalars(select(RateRow).with_for_update()).all()
    with other.write.begin() as session:  # which waits for all that the other one has
        session.execute(update(RateRow).values(tokens=2))
    with pytest.raises(DBAPIError) as late:
        vanished.execute(update(RateRow).values(tokens=3))
    assert late.value.connection_invalidated  # as with any database that was lost
    vanished.close()
    with getattr(gone, way).begin() as session:
        assert set(session.scalars(select(RateRow.tokens))) == {2}


@pytest.mark.slow
@pytest.mark.usefixtures("short_bounds")
@pytest.mark.parametrize("way", WAYS)
def test_who_says_nothing_more_within_a_transaction_lets_go_of_what_it_had_locked(
    settings: Settings, way: str
) -> None:
    with bootstrap.open_database(settings) as gone, bootstrap.open_database(settings) as other:
        vanish_and_come_back(gone, other, way)


@pytest.mark.slow
@needs_openssl
@pytest.mark.skipif(pgbouncer.program() is None, reason="PgBouncer is not installed")
@pytest.mark.usefixtures("short_bounds")
def test_so_it_is_behind_pgbouncer(settings: Settings, server: Server) -> None:
    with pgbouncer.before(server) as address:
        url = address(str(make_url(settings.database.url).database))
        behind = [db.connect(url, Path()) for _ in range(2)]
        for way in WAYS:
            vanish_and_come_back(behind[0], behind[1], way)
        for database in behind:
            database.dispose()


def test_each_kind_of_transaction_has_its_bound_and_leaves_none_behind(database: Database) -> None:
    bounds = {}
    for way in ["read", *WAYS]:
        with getattr(database, way)() as session:
            bounds[way] = session.scalar(BOUND)
    assert bounds == {"read": 600, "write": 30, "concurrent": 15, "row_locked": 15}
    plain = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with plain.connect() as connection:
        assert connection.scalar(BOUND) == 0


@pytest.mark.slow
def test_a_turn_at_arxiv_ends_with_the_longest_request_and_the_next_machine_has_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_interval, "_BEYOND_S", 0)
    api = Destination("export.arxiv.org", "arxiv.org")
    with bootstrap.open_database(settings) as gone, bootstrap.open_database(settings) as other:
        lost, next_one = SharedInterval(gone, 0.0, request_s=1.0), SharedInterval(other, 0.0)
        with lost.turn(api), next_one.turn(api) as turn:
            assert turn.rest_s == 0
        with gone.read() as session:
            assert session.get(RateRow, "arxiv") is not None


def test_check_waits_for_no_writer_for_long_and_says_who_it_is(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_LOCKED_WITHIN_S", 0.1)
    with bootstrap.open_database(settings) as other, other.concurrent.begin() as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        (finding,) = storage.check_writable(settings, database, NOW)
    assert finding.level is Severity.TROUBLE
    assert "canceling statement due to lock timeout" in finding.text
    assert f"who else writes: PostgreSQL's process {pid} (newsletter " in finding.text
    assert finding.text.endswith(" UTC and is idle in transaction")
    assert "\n" not in finding.text
    (finding,) = storage.check_writable(settings, database, NOW)
    assert finding.level is Severity.OK


class Way(Running, ThreadingTCPServer):
    """The way to a server that listens on a Unix socket, until it is cut and nobody hears of it."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, server: Server) -> None:
        super().__init__(("127.0.0.1", 0), _Packets)
        self.target = str(server.folder / ".s.PGSQL.5432")
        self.cut, self.forgotten = threading.Event(), threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Packets(BaseRequestHandler):
    server: Way

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX) as beyond:
            beyond.connect(self.server.target)
            ends = {self.request: beyond, beyond: self.request}
            while not self.server.cut.is_set():
                for end in wait_for(list(ends), [], [], 0.05)[0]:
                    content = end.recv(65_536)
                    if not content:
                        return
                    ends[end].sendall(content)
            self.server.forgotten.wait()


WORKER = """
from newsletter.cli.main import main
from newsletter.cluster import watchdog
watchdog.EVERY_S, watchdog.SILENT_S = 0.2, 2
main()
"""


@pytest.mark.slow
def test_a_worker_whose_way_to_the_database_is_cut_without_a_word_ends(
    settings: Settings, database: Database, server: Server
) -> None:
    pytest.importorskip("procrastinate", reason="procrastinate is not installed")
    name = make_url(settings.database.url).database
    with Way(server) as way:
        url = f"postgresql+psycopg://tester@127.0.0.1:{way.port}/{name}"
        worker = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", WORKER, "worker"],
            cwd=settings.folder,
            env={**os.environ, "NEWSLETTER_DATABASE__URL": url},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            beats: set[datetime] = set()
            while len(beats) < 3:
                assert worker.poll() is None
                with database.read() as session:
                    beats.update(session.scalars(select(WorkerRow.seen_at)))
            way.cut.set()
            _, said = worker.communicate(timeout=60)
        finally:
            worker.kill()
            way.forgotten.set()
    assert worker.returncode == 1
    assert said.splitlines()[-1] == (
        "newsletter: the worker ends, start it again: nothing was heard from the database for 2"
        " seconds"
    )
