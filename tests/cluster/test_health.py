"""An operator sees who works, what is open, and which machine has another configuration."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from newsletter import machine_clock
from newsletter.cluster import health
from newsletter.cluster.heartbeats import Heartbeat, settings_digests
from newsletter.config import Settings, load
from newsletter.database.db import Database
from newsletter.finding import Severity
from newsletter.models import BatchRow, WorkerRow
from newsletter.sending.records import journal
from newsletter.sending.records.journal import Owner
from newsletter.services import Services
from newsletter.web import create_app
from tests.cluster.test_worker import freeze, services
from tests.conftest import Cli

pytest.importorskip("procrastinate", reason="procrastinate is not installed")
pytestmark = [
    pytest.mark.parametrize("dialect", ["postgresql"]),
    pytest.mark.usefixtures("short_day"),
]
__all__ = ["services"]


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("NEWSLETTER_METRICS__TOKEN", "t" * 32)
    return load(settings.folder / "newsletter.toml")


@pytest.fixture
def beats(settings: Settings, services: Services) -> Iterator[list[Heartbeat]]:
    """Two workers; the second has another title for the newsletter."""
    changed = settings.newsletters[0].model_copy(update={"title": "Another"})
    other = settings.model_copy(update={"newsletters": (changed,)})
    beating = [
        Heartbeat(services, used, ["send"], Owner(host, 1, token))
        for host, token, used in (("alpha", "ab", settings), ("beta", "aa", other))
    ]
    for beat in beating:
        beat.beat()
        beat.beat()
    yield beating
    for beat in beating:
        beat.break_off()


def metric(settings: Settings, name: str) -> float:
    app = create_app(settings, machine_clock.utc_now)
    headers = {"Authorization": f"Bearer {'t' * 32}"}
    told = app.test_client().get("/metrics", headers=headers).text
    app.extensions["newsletter.database"].dispose()
    (line,) = [line for line in told.splitlines() if line.startswith(name)]
    return float(line.rpartition(" ")[2])


def test_check_status_and_metrics_name_the_cluster(
    cli: Cli, settings: Settings, services: Services, database: Database, beats: list[Heartbeat]
) -> None:
    freeze(settings, services)
    now = services.clock()
    lease = {"owner": "beta:1:aa", "leased_until": now + timedelta(seconds=10)}
    with database.write.begin() as session:
        session.execute(update(BatchRow).values(**lease))
    found = [(finding.level, finding.text) for finding in health.check(settings, database, now)]
    assert found[0][0] is Severity.OK
    assert found[0][1].startswith("2 workers: beta (1), alpha (1); 1 open batch since 20")
    assert found[0][1].endswith(" UTC, 1 lease about to end, 1 job waiting")
    ((_, differing),) = found[1:]
    assert differing.startswith("alpha:1 has other settings (newsletters) than beta:1, which")
    assert "sent by 1 worker: beta:1" in cli("deliveries", "status").out
    assert "2 workers: beta (1), alpha (1)" in cli("check").out
    assert metric(settings, "newsletter_workers_differing") == 1
    assert metric(settings, "newsletter_batches_open") == 1
    assert metric(settings, 'newsletter_jobs{queue="send",state="todo"}') == 1
    assert metric(settings, 'newsletter_worker_silent_seconds{worker="beta:1"}') < 60

    with database.write.begin() as session:
        session.execute(text("UPDATE procrastinate_jobs SET queue_name = 'care'"))
    (undone,) = [
        finding.text
        for finding in health.check(settings, database, now)
        if finding.level is Severity.TROUBLE
    ]
    assert undone.startswith("nobody takes jobs of the queue care, 1 job waiting; start")
    beats[1].end()
    with database.write.begin() as session:
        session.execute(update(WorkerRow).values(seen_at=now - timedelta(minutes=2)))
    levels = [finding.level for finding in health.check(settings, database, now)]
    assert levels == [Severity.TROUBLE, Severity.WARNING]  # nobody works on the open batch


def test_who_starts_on_the_same_machine_takes_the_place_of_who_was_killed(
    settings: Settings, services: Services, database: Database, tmp_path: Path
) -> None:
    elsewhere = replace(services, journals=tmp_path)
    killed = Heartbeat(services, settings, ["care"], Owner("alpha", 1, "0a"))
    started = [
        killed,
        Heartbeat(services, settings, ["care"], Owner("alpha", 1, "0b")),
        Heartbeat(elsewhere, settings, ["care"], Owner("alpha", 1, "0c")),
        Heartbeat(services, settings, ["care"], Owner("alpha", 1, "0d")),
    ]
    for beat in started[:3]:
        beat.beat()
    assert services.journals is not None
    file = journal.journal_file(services.journals, killed.owner.name)
    again = file.with_suffix(".again")
    again.write_bytes(file.read_bytes())  # that nobody holds, as once the process has ended
    again.replace(file)
    started[3].beat()
    with database.read() as session:
        names = session.scalars(select(WorkerRow.name).order_by(WorkerRow.name)).all()
    assert names == [beat.owner.name for beat in started[1:]]
    for beat in started:
        beat.end()


@pytest.mark.usefixtures("beats")
def test_no_secret_is_told_and_who_is_gone_is_forgotten(
    settings: Settings, services: Services, database: Database
) -> None:
    told = settings_digests(settings)
    assert {"newsletters", "keys", "templates", "sending"} <= told.keys()
    key = settings.site.secret_keys[0].get_secret_value()
    assert key not in repr(settings.model_dump(mode="json"))
    assert told == settings_digests(settings)
    with database.write.begin() as session:
        session.execute(update(WorkerRow).values(seen_at=services.clock() - timedelta(days=2)))
    newest = Heartbeat(services, settings, ["care"], Owner("gamma", 1, "ac"))
    newest.beat()
    newest.break_off()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(WorkerRow)) == 1
