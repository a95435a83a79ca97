"""A machine's share of everything, by jobs that are only hints."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Barrier
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, make_url, select, text, update

from newsletter import bootstrap, config, machine_clock
from newsletter.cli.printing import output
from newsletter.cluster import dead_workers, jobs, queue_tables
from newsletter.cluster import worker as worker_module
from newsletter.cluster.worker import ClusterWorker
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database import db
from newsletter.database.db import Database
from newsletter.errors import NewsletterError
from newsletter.models import BatchRow, DeliveryRow, IssueRow, IssueState
from newsletter.periodic_work import work_of_worker
from newsletter.sending import health as sending_health
from newsletter.sending.limits import pauses
from newsletter.sending.readers import freezing
from newsletter.sending.records import leases
from newsletter.sending.records.journal import Owner
from newsletter.services import Services, Work
from newsletter.summaries.base import Tokens
from newsletter.summaries.day_spending import DaySpending
from newsletter.summaries.llm_budget import LlmBudget
from newsletter.transports.base import SendResult, SendStatus
from newsletter.transports.memory import Memory
from newsletter.web import create_app
from tests import pgbouncer, postgresql
from tests.certificates import needs_openssl
from tests.conftest import Cli
from tests.sending.test_holds import Moody
from tests.sending.test_many_machines import PowerCutError, Watched, account, cut_at

pytest.importorskip("procrastinate", reason="procrastinate is not installed")
pytestmark = [
    pytest.mark.parametrize("dialect", ["postgresql"]),
    pytest.mark.usefixtures("short_day"),
]

STATUS = text("UPDATE procrastinate_jobs SET status = CAST(:status AS procrastinate_job_status)")

KILLED = text(
    "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status)"
    " VALUES ('care', 'newsletter.' || :name, :name, :name, 'doing')"
)


@pytest.fixture
def services(settings: Settings, readers: list[str]) -> Iterator[Services]:
    assert readers
    with bootstrap.open_services(
        settings, machine_clock.utc_now, output.progress_bar, lambda: False
    ) as parts:
        yield replace(parts, transport=Memory())


def worker(
    settings: Settings, services: Services, stopping: Callable[[], bool] = lambda: False
) -> ClusterWorker:
    parts = replace(services, stopping=stopping)
    app = queue_tables.open_app(services.database)
    return ClusterWorker(settings, parts, app, partial(work_of_worker, settings))


def freeze(settings: Settings, services: Services) -> None:
    handing_over = replace(services, hand_over=jobs.add_jobs)
    report = daily.run_day(handing_over, settings.newsletters[0], None)
    assert report.result is None


def waiting_jobs(database: Database) -> list[int]:
    with database.read() as session:
        found = session.scalars(
            text(
                "SELECT (args ->> 'batch_id')::int FROM procrastinate_jobs WHERE status = 'todo'"
                " AND task_name = 'newsletter.deliver_batch'"
            )
        )
        return list(found)


def forget_jobs(database: Database) -> None:
    with database.write.begin() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))


def recipients_of_the_day(settings: Settings, services: Services) -> list[str]:
    """To whom a worker sends the day that it composes."""

    def is_sent() -> bool:
        with services.database.read() as session:
            return session.scalar(select(IssueRow.state)) == IssueState.DONE

    memory = Memory()
    worker(settings, replace(services, transport=memory), is_sent).run(["care", "send"])
    return [mail.recipient for mail in memory.sent]


@pytest.mark.slow
def test_a_worker_composes_the_day_also_where_others_were_killed_in_the_middle_of_every_job(
    settings: Settings, services: Services, database: Database, readers: list[str]
) -> None:
    with database.write.begin() as session:
        for name in ("look_after", *work_of_worker(settings, services)):
            session.execute(KILLED, {"name": name})
    assert recipients_of_the_day(settings, services) == readers


def test_whatever_is_done_again_and_again_is_due_after_its_period(
    settings: Settings, services: Services
) -> None:
    croniter = pytest.importorskip("croniter").croniter  # comes with procrastinate
    for work in work_of_worker(settings, services).values():
        moments = croniter(worker_module._cron(work.every_s), 0)
        first, second, third = (moments.get_next() for _ in range(3))
        assert (second - first, third - second) == (work.every_s, work.every_s)


def test_no_periodic_work_waits_until_another_is_done(
    settings: Settings, services: Services
) -> None:
    all_in_hand = Barrier(7)

    def work() -> None:
        all_in_hand.wait(20)
        done.append(1)

    done: list[int] = []
    parts = replace(services, stopping=lambda: len(done) >= all_in_hand.parties)
    works = {f"work{number}": Work(5, work) for number in range(all_in_hand.parties)}
    app = queue_tables.open_app(services.database)
    ClusterWorker(settings, parts, app, lambda _: works).run(["care"])
    assert len(done) >= all_in_hand.parties


@pytest.mark.slow
@needs_openssl
@pytest.mark.skipif(pgbouncer.program() is None, reason="PgBouncer is not installed")
def test_behind_pgbouncer_each_transaction_may_have_another_session(
    settings: Settings, server: postgresql.Server, readers: list[str], tmp_path: Path
) -> None:
    with pgbouncer.before(server) as address:
        url = address(str(make_url(settings.database.url).database))
        (tmp_path / "url").write_text(url)
        file = {"NEWSLETTER_DATABASE__URL_FILE": str(tmp_path / "url")}
        behind = config.load(settings.folder / "newsletter.toml", file)
        assert str(behind.database.url) == url
        with bootstrap.open_services(
            behind, machine_clock.utc_now, output.progress_bar, lambda: False
        ) as parts:
            assert recipients_of_the_day(behind, parts) == readers
            assert len(pgbouncer.sessions_of(url, 20)) > 1
        site = create_app(behind, machine_clock.utc_now).test_client()
        link = bootstrap.signed_links(behind).unsubscribe(1, "audio")
        one_click = {"List-Unsubscribe": "One-Click"}
        for _ in range(8):
            assert site.post(urlsplit(link).path, data=one_click).status_code == 200
        assert site.get("/healthz").status_code == 200
        site.application.extensions["newsletter.database"].dispose()


@pytest.mark.slow
def test_a_worker_that_loses_its_database_ends_and_the_next_one_goes_on(
    settings: Settings, services: Services, database: Database, readers: list[str]
) -> None:
    freeze(settings, services)
    database.dispose()
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"

    def lose(number: int) -> None:
        if number == 6:
            with database.engine.connect() as connection:
                connection.exec_driver_sql(f"{others} AND datname = current_database()")

    with pytest.raises(NewsletterError, match="the worker ends, start it again") as ended:
        worker(settings, replace(services, transport=Watched(lose))).run(["send"])
    assert not re.search(r"SELECT|https?:|\n", str(ended.value))
    forget_jobs(database)
    assert (
        jobs.queue_free_batches(services) == 1
    )  # its lock is gone with it: nobody waits for the lease
    (batch_id,) = waiting_jobs(database)
    memory = Memory()
    assert daily.deliver_batch(replace(services, transport=memory), batch_id) is None
    assert [mail.recipient for mail in memory.sent] == readers[8:]


@pytest.mark.slow
def test_an_issue_that_a_worker_brought_to_nobody_is_trouble(
    settings: Settings, services: Services, database: Database
) -> None:
    freeze(settings, services)
    (batch_id,) = waiting_jobs(database)
    with database.write.begin() as session:
        first = session.scalar(select(func.min(DeliveryRow.subscriber_id)))
        others = update(DeliveryRow).where(DeliveryRow.subscriber_id != first)
        session.execute(others.values(attempts=5))  # which rest
    full = SendResult(SendStatus.TRY_LATER, "452 4.2.2 no room", of_reader=True)
    trouble = daily.deliver_batch(replace(services, transport=Moody(full, full, full)), batch_id)
    assert trouble == "1 wait for a later run: 452 4.2.2 no room"
    found = list(sending_health.check(settings, database, services.clock(), Memory))
    assert any(f"went to nobody yet: {trouble}" in finding.text for finding in found)


def test_every_open_batch_that_nobody_holds_has_a_job_whatever_became_of_the_last(
    settings: Settings, services: Services, database: Database
) -> None:
    freeze(settings, services)
    (batch_id,) = waiting_jobs(database)  # committed with the issue
    assert jobs.queue_free_batches(services) == 0
    for lost in ("failed", "doing"):
        with database.write.begin() as session:
            session.execute(STATUS, {"status": lost})
        assert jobs.queue_free_batches(services) == 1
        assert waiting_jobs(database) == [batch_id]
    forget_jobs(database)
    with database.write.begin() as session:
        batch = session.get_one(BatchRow, batch_id)
        elsewhere = Owner("elsewhere", 1, "0a0b0c0d")
        assert leases.lease_batch(session, batch, elsewhere, services.clock(), None)
    assert jobs.queue_free_batches(services) == 0
    later = replace(services, clock=lambda: machine_clock.utc_now() + timedelta(minutes=1))
    assert jobs.queue_free_batches(later) == 1


def test_a_worker_that_comes_back_first_settles_what_it_had_in_hand(
    settings: Settings, services: Services, database: Database, tmp_path: Path
) -> None:
    freeze(settings, services)
    (batch_id,) = waiting_jobs(database)
    with pytest.raises(PowerCutError):
        daily.deliver_batch(replace(services, transport=Watched(cut_at(6))), batch_id)
    assert dead_workers.release_batches(replace(services, journals=tmp_path / "elsewhere")) == []
    assert dead_workers.release_batches(services) == [batch_id]
    assert dead_workers.release_batches(services) == []
    assert (account(database).pending, account(database).uncertain) == (4, 3)
    with database.read() as session:
        assert session.scalar(select(BatchRow.owner)) is None


def test_who_has_a_batch_in_hand_lets_go_of_it_for_a_dead_worker_s(
    settings: Settings,
    services: Services,
    database: Database,
    readers: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(freezing, "BATCH_SIZE", 6)
    monkeypatch.setattr(worker_module, "_ROOM_EVERY_S", 0.01)
    freeze(settings, services)
    left_behind = waiting_jobs(database)[-1]

    def die_elsewhere(number: int) -> None:
        if number == 1:
            now = services.clock()
            with database.write.begin() as session:
                batch = session.get_one(BatchRow, left_behind)
                batch.owner, batch.leased_until = "elsewhere:1:0a0b0c0d", now - timedelta(hours=1)
            assert jobs.queue_free_batches(services) == 0  # its job waits; now it comes first
            while not went_on():
                pass

    def went_on() -> bool:
        with database.read() as session:
            highest = text("SELECT max(priority) FROM procrastinate_jobs")
            return int(session.scalar(highest) or 0) == 3

    def is_sent() -> bool:
        with database.read() as session:
            return session.scalar(select(IssueRow.state)) == IssueState.DONE

    watched = Watched(die_elsewhere)
    worker(settings, replace(services, transport=watched), is_sent).run(["send"])
    sent = [mail.recipient for mail in watched.memory.sent]
    assert sent == [*readers[:4], *readers[6:], *readers[4:6]]


def jobs_in_order(database: Database) -> list[int]:
    """The batches in the order in which workers take them."""
    fetching = text("SELECT (args ->> 'batch_id')::int FROM procrastinate_fetch_job_v2(NULL, NULL)")
    with database.write.begin() as session:
        return list(iter(lambda: session.scalar(fetching), None))


def test_a_short_issue_need_not_wait_until_a_long_one_is_sent(
    settings: Settings,
    services: Services,
    database: Database,
    readers: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert readers
    monkeypatch.setattr(jobs, "_IN_TURN", 2)
    freeze(settings, services)
    with database.write.begin() as session:
        long = session.scalars(select(IssueRow)).one()
        columns = {column.key: getattr(long, column.key) for column in IssueRow.__table__.columns}
        short = IssueRow(**{**columns, "id": long.id + 1, "newsletter": "short"})
        session.add(short)
        session.flush()
        batches = [BatchRow(issue_id=long.id) for _ in range(300)]
        batches += [BatchRow(issue_id=short.id) for _ in range(3)]
        session.add_all(batches)
        session.flush()
        first = session.scalars(select(func.min(BatchRow.id))).one()
        *of_long, one, two, three = (batch.id for batch in batches)
    in_turns = [first, of_long[0], one, two, of_long[1], of_long[2], three, *of_long[3:]]
    forget_jobs(database)
    assert jobs.queue_free_batches(services) == len(in_turns)
    assert jobs_in_order(database) == in_turns


def test_who_dies_between_two_slices_leaves_the_rest_to_whoever_looks_next(
    settings: Settings, services: Services, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freezing, "BATCH_SIZE", 2)
    monkeypatch.setattr(freezing, "SLICE", 1)
    monkeypatch.setattr(jobs, "_FREEZING_S", 60.0)  # however slow the machine is

    with monkeypatch.context() as patch:  # as if it died after the first
        patch.setattr(daily, "freeze_rest", lambda *_: None)
        freeze(settings, services)
    assert len(waiting_jobs(database)) == 1
    assert jobs.queue_free_batches(services) == 0  # each slice brought its own
    assert len(waiting_jobs(database)) == 6
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(DeliveryRow)) == 12


def test_no_job_is_given_while_the_provider_is_paused_or_the_issue_is_held(
    settings: Settings, services: Services, database: Database
) -> None:
    freeze(settings, services)
    forget_jobs(database)
    with database.write.begin() as session:
        pauses.pause_sending(session, "away for lunch", None, services.clock())
    assert jobs.queue_free_batches(services) == 0
    with database.write.begin() as session:
        pauses.resume_sending(session, services.clock())
        session.execute(update(IssueRow).values(frozen_at=services.clock() - timedelta(days=9)))
    assert jobs.queue_free_batches(services) == 0
    with database.write.begin() as session:
        session.execute(update(IssueRow).values(frozen_at=services.clock()))
    assert jobs.queue_free_batches(services) == 1


def test_a_batch_that_is_gone_or_done_makes_no_trouble(services: Services) -> None:
    assert daily.deliver_batch(services, 999) is None


def test_an_upgrade_makes_the_queue_s_tables_and_a_worker_says_where_they_are_missing(
    cli: Cli, settings: Settings, database: Database
) -> None:
    with database.write.begin() as session:
        session.execute(text("ALTER TABLE procrastinate_jobs RENAME TO put_away"))
    said = cli("worker")
    assert (said.code, "run `newsletter db upgrade`" in said.err) == (2, True)
    with database.write.begin() as session:
        session.execute(text("DROP SCHEMA public CASCADE"))
        session.execute(text("CREATE SCHEMA public"))
    assert cli("db", "upgrade").code == 0
    assert cli("db", "upgrade").code == 0
    with bootstrap.open_database(settings) as upgraded:
        assert queue_tables.open_app(upgraded)
    with pytest.raises(NewsletterError, match="workers need PostgreSQL"):
        queue_tables.open_app(db.connect("sqlite://", settings.folder))


def test_machines_have_one_cap_a_day_for_what_they_ask_of_a_model(services: Services) -> None:
    cost = Tokens(90, 10)
    moments = [services.clock()]
    shared = DaySpending(services.database, lambda: moments[-1])
    one, other = (LlmBudget(most_tokens=300, day=shared) for _ in range(2))
    assert one.reserve(Tokens(200, 0)) == ""
    assert "this day's 300 tokens are used up" in other.reserve(Tokens(150, 0))
    one.charge(Tokens(200, 0), cost)
    with ThreadPoolExecutor(4) as threads:  # as a model is asked for several papers at once
        refusals = list(threads.map(lambda _: other.reserve(cost), range(4)))
    assert refusals.count("") == 2
    assert one.of_another_run().reserve(cost) != ""
    moments.append(moments[0] + timedelta(days=1))
    assert one.of_another_run().reserve(cost) == ""
