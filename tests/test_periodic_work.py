"""A worker does what `run` and `feedback` do, and whoever watches hears of it the same."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import bootstrap, machine_clock, outbox
from newsletter.cli.printing import output
from newsletter.config import AlarmSettings, Settings
from newsletter.daily_run import daily
from newsletter.database.db import Database
from newsletter.database.server_clock import shared_clock
from newsletter.errors import WrongUseError
from newsletter.health import last_runs
from newsletter.interests import interest_store
from newsletter.interests.named_interest import Interest, InterestType
from newsletter.models import DeliveryRow, DeliveryState, NamedPaperRow, OutboxRow
from newsletter.periodic_work import work_of_worker
from newsletter.services import PeriodicWork, Services
from newsletter.sources.base import SourceError
from newsletter.sources.bundled import BundledDay
from newsletter.transports.memory import Memory
from newsletter.web import app
from tests.conftest import NOW, Cli
from tests.feedback import mails
from tests.health.test_alarm import Monitor

pytestmark = pytest.mark.usefixtures("readers", "short_day")
HOUR = timedelta(hours=1)
LIKED = "2507.07867"  # of the bundled day


@dataclass
class Worker:
    """One that gives the batches to others, and its clock."""

    settings: Settings
    services: Services
    batches: list[int]
    now: datetime = NOW

    def alarms(self) -> str:
        """What the alarms say of runs and feedback."""
        found = last_runs.check(self.settings, self.services.database, self.now)
        return "; ".join(finding.text for finding in found if finding.part != "last")

    def work(self) -> PeriodicWork:
        services = replace(self.services, clock=lambda: self.now, hand_over=self._take)
        return work_of_worker(self.settings, services)

    def _take(self, _session: Session, batches: object) -> None:
        assert isinstance(batches, list)
        self.batches += batches


@pytest.fixture
def monitor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Monitor]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Monitor() as listening:
        yield listening


@pytest.fixture
def worker(settings: Settings, monitor: Monitor) -> Iterator[Worker]:
    site = settings.site.model_copy(update={"url": "https://papers.lab.example"})
    alarm = AlarmSettings(ping_url=monitor.url, site_h=0)
    watched = settings.model_copy(update={"site": site, "alarm": alarm})
    with bootstrap.open_services(
        watched, machine_clock.utc_now, output.progress_bar, lambda: False
    ) as parts:
        yield Worker(watched, replace(parts, transport=Memory()), [])


def say_nothing(*_: object) -> None:
    raise SourceError("nobody answers")


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The source says nothing."""
    monkeypatch.setattr(BundledDay, "fetch", say_nothing)


def test_a_cluster_whose_rounds_go_well_is_no_alarm_though_nobody_types_run_any_more(
    worker: Worker, cli: Cli
) -> None:
    assert cli("run").code == 0
    worker.now = datetime.now(UTC) + 27 * HOUR
    assert "no run ended well since" in worker.alarms()
    worker.work()["days"].act()
    assert worker.alarms() == ""


@pytest.mark.usefixtures("silent")
def test_a_cluster_that_never_had_a_run_is_an_alarm_once_no_round_goes_well(
    worker: Worker,
) -> None:
    worker.work()["days"].act()
    assert worker.alarms() == ""
    worker.now += 27 * HOUR
    assert "no run ended well since" in worker.alarms()
    worker.work()["days"].act()
    assert "nobody answers" in worker.alarms()


def test_a_round_that_is_not_done_yet_pings_nobody_and_what_lasts_is_told(
    worker: Worker, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = worker.work()
    with monkeypatch.context() as patch:
        patch.setattr(BundledDay, "fetch", say_nothing)
        work["days"].act()
        assert monitor.heard == []
        worker.now += 27 * HOUR
        work["days"].act()
    ((path, words),) = monitor.heard
    assert path == "/uuid/fail"
    assert "nobody answers" in words
    work["days"].act()
    assert monitor.heard[1:] == [("/uuid", "")]
    assert len(worker.batches) == 1


@pytest.mark.usefixtures("silent")
def test_a_round_says_what_it_said_before_only_once(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    work = worker.work()
    caplog.set_level(logging.WARNING)
    work["days"].act()
    work["days"].act()
    assert [record.message for record in caplog.records] == ["nobody answers"]


def test_a_worker_reads_the_maildir_and_says_why_it_cannot(
    worker: Worker, database: Database, tmp_path: Path
) -> None:
    daily.run_day(worker.services, worker.settings.newsletters[0], None)
    box = tmp_path / "box"
    hearing = worker.settings.feedback.model_copy(update={"maildir": box})
    worker.settings = worker.settings.model_copy(update={"feedback": hearing})
    worker.work()["feedback"].act()  # the box is another machine's
    box.mkdir()
    with pytest.raises(WrongUseError, match="is no Maildir"):
        worker.work()["feedback"].act()
    with database.write.begin() as session:
        last_runs.begin(session, NOW)
        last_runs.record(session, last_runs.RUN, NOW)
        (bounced, *_) = session.scalars(select(DeliveryRow.reference)).all()
    worker.now += 25 * HOUR
    assert "the mailbox was not read" not in worker.alarms()
    worker.now += 2 * HOUR
    assert "the mailbox was not read" in worker.alarms()
    for name in ("new", "cur", "tmp"):
        (box / name).mkdir(parents=True)
    (box / "new" / "1.mail").write_bytes(mails.dsn(bounced))
    worker.work()["feedback"].act()
    assert "the mailbox was not read" not in worker.alarms()
    with database.read() as session:
        of_bounced = select(DeliveryRow.state).where(DeliveryRow.reference == bounced)
        assert session.scalar(of_bounced) == DeliveryState.FAILED


def test_a_worker_asks_for_the_texts_of_papers_that_somebody_likes(
    worker: Worker, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with database.write.begin() as session:
        for name in (LIKED, "2507.99999"):
            interest = Interest(InterestType.PAPER, name, wanted=True)
            interest_store.add(session, "audio", [interest], "operator", NOW)
    worker.work()["days"].act()
    with database.read() as session:
        assert session.get_one(NamedPaperRow, LIKED).title
    assert "arXiv knows no paper 2507.99999" in caplog.text


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_pages_with_a_wrong_clock_take_no_mail_that_another_machine_has_in_hand(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = machine_clock.utc_now
    with database.write.begin() as session:
        now = shared_clock(database, right)()
        row = outbox.enqueue_for_operator(session, "ada@reader.example", {"target": "a"}, now)
        outbox.lease(row, now)
    monkeypatch.setattr(machine_clock, "utc_now", lambda: right() + HOUR)
    extensions = app.create_app(settings).extensions
    extensions["newsletter.background"]._work["outbox"].act()
    extensions["newsletter.database"].dispose()
    with database.read() as session:
        assert session.scalars(select(OutboxRow.attempts)).all() == [1]
