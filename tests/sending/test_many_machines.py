"""Several machines on one PostgreSQL, which pretend names, process numbers and clocks."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, make_url, select, update

from newsletter import bootstrap, delivery_counters, machine_clock
from newsletter.cli import resources
from newsletter.cli.printing import output
from newsletter.config import SendingSettings, Settings
from newsletter.daily_run import daily
from newsletter.database.db import Database
from newsletter.interests import interest_store
from newsletter.interests.named_interest import Interest, InterestType
from newsletter.models import BatchRow, DeliveryState, IssueRow, KeyRow, RateRow
from newsletter.rendering.message import Message
from newsletter.sending.limits.rate_limit import RateLimiter
from newsletter.sending.readers import freezing
from newsletter.sending.reports import totals
from newsletter.sending.restore_guard import restored
from newsletter.sending.restore_guard.machine_memory import machine_memory
from newsletter.subscribers import lifecycle
from newsletter.transports.base import SendObserver, SendResult, SendStatus, Transport
from newsletter.transports.memory import Memory
from tests import postgresql
from tests.conftest import NOW, Cli
from tests.transports.smtp_standins import RealSmtp, smtp_settings

pytestmark = pytest.mark.parametrize("dialect", ["postgresql"])


class Watched(Transport):
    """Takes every mail, and tells before which one."""

    at_once = 4

    def __init__(self, at: Callable[[int], None]) -> None:
        self.at, self.memory = at, Memory()

    def send(self, mails: Sequence[Message]) -> Iterator[tuple[Message, SendResult]]:
        for mail in mails:
            self.at(len(self.memory.sent) + 1)
            yield from self.memory.send([mail])

    def close(self) -> None:
        """Nothing is open."""


class Refusing(Transport):
    """Takes every mail but those to the last two readers."""

    at_once = 2

    def __init__(self) -> None:
        self.memory = Memory()

    def send(self, mails: Sequence[Message]) -> Iterator[tuple[Message, SendResult]]:
        gone = SendResult(SendStatus.REJECTED, "550 5.1.1 no such user", permanent=True)
        for mail in mails:
            if mail.recipient.startswith("reader1"):
                yield mail, gone
            else:
                yield from self.memory.send([mail])

    def close(self) -> None:
        """Nothing is open."""


class Machines:
    """Containers: each is called the same, each worker is process 1, each has its own disk."""

    def __init__(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        self._settings, self._patch = settings, monkeypatch
        self.right_clock = machine_clock.utc_now
        monkeypatch.setattr(socket, "gethostname", lambda: "worker")
        monkeypatch.setattr(os, "getpid", lambda: 1)

    def on(
        self,
        machine: str,
        at: Callable[[int], None] = lambda _: None,
        ahead: timedelta = timedelta(0),
    ) -> list[str]:
        """Do the day there; to whom it went."""
        self.go_to(machine)
        self._patch.setattr(machine_clock, "utc_now", lambda: self.right_clock() + ahead)
        transport = Watched(at)
        with resources.open_services(self._settings) as services:
            parts = replace(services, transport=transport)
            with services.database.read() as session:
                batch_id = session.scalar(select(BatchRow.id))
            if batch_id is None:
                daily.run_day(parts, self._settings.newsletters[0], None)
            else:
                daily.deliver_batch(parts, batch_id)
        return [mail.recipient for mail in transport.memory.sent]

    def go_to(self, machine: str) -> None:
        self._patch.setenv("NEWSLETTER_STATE_DIR", str(self.disk(machine)))

    def disk(self, machine: str) -> Path:
        return self._settings.folder / "disks" / machine


@pytest.fixture
def machines(settings: Settings, readers: list[str], monkeypatch: pytest.MonkeyPatch) -> Machines:
    assert readers
    return Machines(settings, monkeypatch)


def account(database: Database) -> totals.DeliveryTotals:
    with database.read() as session:
        return totals.delivery_totals(session, session.scalars(select(IssueRow.id)).one())


class PowerCutError(BaseException):
    """The machine is gone."""


def cut_at(number: int) -> Callable[[int], None]:
    def cut(mail: int) -> None:
        if mail == number:
            raise PowerCutError

    return cut


@pytest.mark.parametrize("minutes_ahead", [0, 6])
def test_equal_names_and_wrong_clocks_make_nobody_dead(
    machines: Machines, database: Database, readers: list[str], minutes_ahead: int
) -> None:
    got_elsewhere: list[str] = []

    def meanwhile(number: int) -> None:
        if number in {1, 6}:
            ahead = timedelta(minutes=minutes_ahead)
            got_elsewhere.extend(machines.on("second", ahead=ahead))

    assert machines.on("first", at=meanwhile) == readers
    assert got_elsewhere == []
    assert account(database).sent == 12


def test_a_machine_that_is_gone_is_told_by_its_lease_alone(
    machines: Machines, database: Database, readers: list[str]
) -> None:
    with pytest.raises(PowerCutError):
        machines.on("first", cut_at(6))
    assert machines.on("second") == []
    with database.write.begin() as session:  # 45 s later
        left_s = session.scalar(
            select(func.extract("epoch", BatchRow.leased_until - func.clock_timestamp()))
        )
        assert 30 < (left_s or 0) <= 45
        session.execute(update(BatchRow).values(leased_until=func.clock_timestamp()))
    assert machines.on("second") == readers[8:]
    assert account(database).uncertain == 4  # the chunk of that moment, and nobody else


def test_a_worker_that_comes_back_to_its_own_disk_waits_for_no_lease(
    machines: Machines, database: Database, readers: list[str]
) -> None:
    with pytest.raises(PowerCutError):
        machines.on("first", cut_at(6))
    assert machines.on("first") == readers[8:]  # the request with the sixth had begun
    assert (account(database).sent, account(database).uncertain) == (9, 3)
    assert not list(machines.disk("first").glob("*/*.journal"))


def test_a_disk_from_a_snapshot_holds_the_issue_on_every_machine(
    machines: Machines, cli: Cli, settings: Settings, database: Database
) -> None:
    with pytest.raises(PowerCutError):
        machines.on("first", cut_at(6))
    with bootstrap.open_database(settings) as opened, opened.read() as session:
        memory = machine_memory(settings, session)
    seen = memory.seen_log("")
    assert seen > 0
    memory.see_log("", seen + 10**12)  # as if all that it saw since had gone
    assert "behind what a machine of ours saw" in cli("run").err
    assert machines.on("second") == machines.on("third") == []
    machines.go_to("first")
    assert "8 are uncertain now" in cli("send", "--restored").err
    assert (account(database).sent, account(database).uncertain) == (4, 8)
    assert cli("run").code == 0


def test_a_dump_that_is_brought_back_holds_the_issue_also_where_nobody_ever_sent(
    machines: Machines,
    cli: Cli,
    settings: Settings,
    database: Database,
    server: postgresql.Server,
) -> None:
    with pytest.raises(PowerCutError):
        machines.on("first", cut_at(2))
    dump = str(settings.folder / "monday.dump")
    name = f"host={server.folder} user=tester dbname={make_url(settings.database.url).database}"

    def call(program: str, *args: str) -> None:
        folder = postgresql.programs() or Path()
        subprocess.run([folder / program, *args], check=True)  # noqa: S603 - PostgreSQL's own

    call("pg_dump", "--format=custom", f"--file={dump}", name)
    assert len(machines.on("first")) == 8
    database.dispose()
    call("pg_restore", "--clean", "--if-exists", "--single-transaction", f"--dbname={name}", dump)
    assert machines.on("second") == machines.on("first") == []
    assert "brought back from a dump" in cli("run").err


def test_the_machine_that_knows_of_more_tells_it_to_those_that_know_nothing(
    machines: Machines, settings: Settings, database: Database
) -> None:
    with pytest.raises(PowerCutError):
        machines.on("first", cut_at(6))
    with database.write.begin() as session:
        session.execute(update(IssueRow).values(claims=1))  # as it was
    with bootstrap.open_database(settings) as opened, opened.read() as session:
        memory = machine_memory(settings, session)
    restored.tell_others(database, memory, machine_clock.utc_now())
    assert machines.on("second") == []
    assert machines.on("third") == []
    with database.read() as session:
        assert session.get(KeyRow, "restored") is not None


@contextmanager
def counted_trips(database: Database) -> Iterator[list[str]]:
    """What is asked of the database within claims: statements and commits."""
    trips: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        trips.append(statement)

    def end(_connection: object) -> None:
        trips.append("COMMIT")

    event.listen(database.engine, "before_cursor_execute", note)
    event.listen(database.engine, "commit", end)
    yield trips
    event.remove(database.engine, "before_cursor_execute", note)
    event.remove(database.engine, "commit", end)


@pytest.mark.parametrize(
    ("limits", "most"),
    [
        ({}, 6),
        ({"per_second": 1000, "per_domain": {"reader.example": 999}}, 6),
        ({"per_domain": {"*": 999}}, 7),  # nobody knows the domains before the readers
    ],
)
def test_a_claim_takes_six_trips_to_the_database_with_picks_and_limits_too(
    settings: Settings,
    database: Database,
    readers: list[str],
    limits: dict[str, Any],
    most: int,
) -> None:
    with database.write.begin() as session:
        for email in readers:
            reader = lifecycle.get_subscriber(session, email)
            word = Interest(InterestType.WORD, "neural")
            interest_store.add(session, reader.id, [word], "page", NOW)
    with (
        bootstrap.open_services(
            settings, machine_clock.utc_now, output.progress_bar, lambda: False
        ) as services,
        counted_trips(services.database) as trips,
    ):
        transport = Watched(lambda _: None)
        limited = replace(services, transport=transport, sending=SendingSettings(**limits))
        daily.run_day(limited, settings.newsletters[0], None)
    assert [mail.recipient for mail in transport.memory.sent] == readers
    shared = [place for place, asked in enumerate(trips) if "lock_shared" in asked]
    transactions = [trips[place : trips.index("COMMIT", place) + 1] for place in shared]
    claims = [asked for asked in transactions if any("WITH marked" in each for each in asked)]
    assert [len(asked) for asked in claims][1:] == [most, most]  # the first makes rows of limits
    with database.read() as session:
        filled = session.scalars(select(RateRow).where(RateRow.tokens > 0)).all()
        assert len(filled) == len(limits.get("per_domain", ())) + bool(limits.get("per_second"))


def test_senders_write_beside_one_another_and_never_beside_somebody_else(
    machines: Machines, database: Database
) -> None:
    with pytest.raises(PowerCutError):
        machines.on("first", cut_at(1))
    with database.concurrent.begin() as one, database.concurrent.begin() as other:
        for_update = {"skip_locked": True}
        assert one.scalars(select(BatchRow).with_for_update()).one()
        assert other.get(BatchRow, 1, with_for_update=for_update) is None
        for session in (other, one):
            limits = SendingSettings(per_second=1000, per_domain={"*": 1000})
            limiter = RateLimiter(session, limits, {}, NOW, 10)
            assert limiter.takes(f"a@{id(session)}.example")
            if session is other:
                limiter.spend(1)
                other.commit()
        alone = "SELECT pg_try_advisory_xact_lock(1852143475)"
        with database.engine.connect() as connection:
            assert connection.exec_driver_sql(alone).scalar() is False


class Pipelining(Transport):
    """Has two mails of a chunk on their way at once, and something happens between their begins."""

    at_once = 2

    def __init__(self, between: Callable[[], None]) -> None:
        self.between, self.begun, self.refused = between, list[str](), list[str]()

    def stream(
        self, chunks: Iterable[Sequence[Message]], watch: SendObserver
    ) -> Generator[tuple[Message, SendResult]]:
        for chunk in chunks:
            on_the_wire = []
            for mail in chunk:
                if watch.begin(mail):
                    on_the_wire.append(mail)
                    self.begun.append(mail.recipient)
                else:
                    self.refused.append(mail.recipient)
                if len(self.begun) == 1:
                    self.between()
            for mail in on_the_wire:
                watch.answered(mail, SendResult(SendStatus.ACCEPTED))
                yield mail, SendResult(SendStatus.ACCEPTED)


def test_a_machine_that_was_suspended_begins_nothing_more_of_a_lease_that_may_be_over(
    settings: Settings, database: Database, readers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what counts since its start tells that it slept: its monotonic clock stood still."""
    slept_s, gettime = [0.0], time.clock_gettime
    monkeypatch.setattr(time, "clock_gettime", lambda clock: gettime(clock) + slept_s[0])

    def suspend() -> None:
        slept_s[0] = 40.0

    transport = Pipelining(suspend)
    with bootstrap.open_services(
        settings, machine_clock.utc_now, output.progress_bar, lambda: False
    ) as services:
        for _ in range(2):
            daily.run_day(replace(services, transport=transport), settings.newsletters[0], None)
    assert transport.refused == readers[1:2]
    assert transport.begun == [readers[0], *readers[2:], readers[1]]
    assert account(database).sent == 12


@pytest.mark.slow
def test_by_smtp_a_machine_claims_first_no_more_than_its_connections_carry(
    settings: Settings, database: Database, readers: list[str]
) -> None:
    """What a machine that is gone for good had claimed is uncertain, all of it."""
    claimed: list[int] = []

    def look() -> None:
        with database.read() as session:
            claimed.extend(session.scalars(select(BatchRow.sending)))

    with RealSmtp() as relay:
        relay.postbox.before_taking = look
        mine = settings.model_copy(update={"transport": smtp_settings(relay.port, connections=2)})
        with bootstrap.open_services(
            mine, machine_clock.utc_now, output.progress_bar, lambda: False
        ) as services:
            daily.run_day(services, mine.newsletters[0], None)
        assert sorted(recipient for _, recipient, _ in relay.postbox.taken) == readers
    assert 4 <= claimed[0] <= 6  # two mails a connection, and one more for the next that is free


def test_who_would_take_a_batch_over_knows_that_a_writer_keeps_all_waiting(
    machines: Machines, database: Database, readers: list[str]
) -> None:
    with pytest.raises(PowerCutError):
        machines.on("first", cut_at(6))
    with database.write.begin() as session:
        session.execute(update(BatchRow).values(leased_until=func.clock_timestamp()))
    with database.write.begin() as freezing:
        assert freezing.scalar(select(func.count()).select_from(BatchRow)) == 1
        assert not database.lets_concurrent_begin()
    assert database.lets_concurrent_begin()
    assert machines.on("second") == readers[8:]


def test_four_machines_at_once_send_each_mail_once_and_finish_the_issue(
    settings: Settings, database: Database, readers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freezing, "BATCH_SIZE", 2)
    limits = SendingSettings(per_second=1000, per_domain={"*": 500})
    ready = threading.Barrier(4)

    def run(number: int) -> list[str]:
        sending = limits.model_copy(update={"state_dir": settings.folder / f"disk{number}"})
        mine = settings.model_copy(update={"sending": sending})
        transport = Refusing()
        with bootstrap.open_services(
            mine, machine_clock.utc_now, output.progress_bar, lambda: False
        ) as services:
            ready.wait()
            daily.run_day(replace(services, transport=transport), mine.newsletters[0], None)
        return [mail.recipient for mail in transport.memory.sent]

    with ThreadPoolExecutor(4) as pool:
        sent = [recipient for each in pool.map(run, range(4)) for recipient in each]
    assert sorted(sent) == readers[:10]
    with database.read() as session:
        issue = session.scalars(select(IssueRow)).one()
        assert issue.state == "done"
        assert issue.claims >= 12  # who was refused may be asked again
        counted = delivery_counters.of_issue(session, issue.id)
        assert counted == delivery_counters.scanned(session, issue.id)
        assert counted[DeliveryState.FAILED] == 2
