"""An illness is seen: `check`, /healthz, /metrics, mails and pings say the same of each outage."""

import json
import os
import re
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from newsletter import machine_clock, outbox
from newsletter.config import AlarmSettings, MetricsSettings, Settings
from newsletter.database import db
from newsletter.database.db import Database
from newsletter.errors import NewsletterError
from newsletter.health import alarm, last_runs, ping, site_watch
from newsletter.models import ListingRow, SubscriberRow
from newsletter.outbox import EmailType
from newsletter.sending import sender
from newsletter.sending.limits import pauses
from newsletter.summaries import model_outage
from newsletter.web.app import create_app
from tests.certificates import certificate, needs_openssl
from tests.conftest import NOW, Cli
from tests.serving import Running
from tests.transports.smtp_standins import OddSmtp

TOKEN = {"Authorization": "Bearer a-token-of-a-monitor"}
Outage = Callable[[Database], None]


def transport_refuses_the_login(database: Database) -> None:
    with database.write.begin() as session:
        pauses.pause_sending(session, "535 5.7.8 bad credentials", None, NOW)


def letters_are_refused(database: Database) -> None:
    with database.write.begin() as session:
        pauses.pause_sending(session, "421 too many", None, NOW, pauses.OUTBOX)
        outbox.enqueue(session, EmailType.ALREADY, session.get_one(SubscriberRow, 1), NOW)


def the_clock_was_ahead(database: Database) -> None:
    with database.write.begin() as session:
        last_runs.record(session, last_runs.RUN, NOW + timedelta(days=400))


def no_run_ended_well(database: Database) -> None:
    with database.write.begin() as session:
        last_runs.record(session, last_runs.RUN, NOW - timedelta(hours=27))


def no_run_ever_ended_well(database: Database) -> None:
    with database.write.begin() as session:
        last_runs.begin(session, NOW - timedelta(hours=27))
        last_runs.record(session, last_runs.FEEDBACK, NOW)


def feedback_was_never_read(database: Database) -> None:
    with database.write.begin() as session:
        last_runs.begin(session, NOW - timedelta(hours=27))
        last_runs.record(session, last_runs.RUN, NOW)


def feedback_was_not_read(database: Database) -> None:
    with database.write.begin() as session:
        last_runs.record(session, last_runs.FEEDBACK, NOW - timedelta(hours=27))


def nothing_came_from_arxiv(database: Database) -> None:
    with database.write.begin() as session:
        session.add(
            ListingRow(
                day=NOW.date(),
                category="cs.SD",
                state="complete",
                found=0,
                missing=[],
                source="a page",
                fetched_at=NOW - timedelta(days=6),
            )
        )


def a_confirm_mail_waits(database: Database) -> None:
    with database.write.begin() as session:
        reader = session.get_one(SubscriberRow, 1)
        outbox.enqueue(session, EmailType.ALREADY, reader, NOW - timedelta(hours=7))


def readers_lost_their_newsletter(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE subscription SET newsletter = 'gone'")


def the_model_is_asked_in_vain(database: Database) -> None:
    with database.write.begin() as session:
        model_outage.record(session, NOW)


def the_public_address_does_not_answer(database: Database) -> None:
    for minutes in (50, 0):
        with database.write.begin() as session:
            why = "https://papers.lab.example refuses connections"
            site_watch.record(session, why, None, NOW - timedelta(minutes=minutes))


def its_certificate_ended(database: Database) -> None:
    holds = site_watch.Certificate(NOW - timedelta(days=90), NOW - timedelta(minutes=1))
    with database.write.begin() as session:
        site_watch.record(session, None, holds, NOW - timedelta(hours=1))


def the_disk_is_full(_database: Database) -> None:
    """Done by the test itself."""


OUTAGES: dict[Outage, str] = {
    transport_refuses_the_login: "sending",
    letters_are_refused: "sending",
    no_run_ended_well: "run",
    the_clock_was_ahead: "run",
    no_run_ever_ended_well: "run",
    feedback_was_not_read: "feedback",
    feedback_was_never_read: "feedback",
    nothing_came_from_arxiv: "fetch",
    a_confirm_mail_waits: "outbox",
    readers_lost_their_newsletter: "newsletters",
    the_model_is_asked_in_vain: "sentences",
    the_public_address_does_not_answer: "site",
    its_certificate_ended: "site",
    the_disk_is_full: "disk",
}


@pytest.fixture
def watched(settings: Settings) -> Settings:
    """A token for the monitor, an address for alarms, a mailbox of feedback, a model."""
    return settings.model_copy(
        update={
            "metrics": MetricsSettings(token=SecretStr("a-token-of-a-monitor")),
            "alarm": AlarmSettings(mail_to="operator@lab.example"),
            "site": settings.site.model_copy(update={"url": "https://papers.lab.example"}),
            "feedback": settings.feedback.model_copy(update={"imap_host": "127.0.0.1"}),
            "summarizer": settings.summarizer.model_copy(update={"use": "openai"}),
        }
    )


def figures(client: FlaskClient) -> dict[str, float]:
    """What a scraper reads in an answer that it takes, by name; of several the last."""
    answer = client.get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {sample.name: sample.value for family in families for sample in family.samples}


def alarm_subjects(settings: Settings) -> list[str]:
    files = (settings.folder / "outbox").glob("alarm-*.eml")
    return [str(message_from_bytes(file.read_bytes())["Subject"]) for file in files]


@pytest.mark.usefixtures("database")
def test_a_database_deleted_under_the_pages_is_trouble_and_takes_nothing_in_until_it_is_back(
    watched: Settings,
) -> None:
    client = create_app(watched, lambda: NOW).test_client()
    assert client.get("/healthz").status_code == 200
    pages = client.application.extensions["newsletter.database"]
    file = db.sqlite_file(watched.database.url, watched.folder)
    assert file is not None
    aside = file.rename(file.with_name("aside.db"))
    assert client.get("/healthz").json == client.get("/ready").json == {"status": "trouble"}
    assert client.get("/ready").status_code == 503
    assert "deleted or moved" in client.get("/healthz", headers=TOKEN).text
    assert client.get("/audio").status_code == 503
    for what, value in figures(client).items():
        assert value == (0 if what == "newsletter_up" else 1), what
    for hour in range(3):  # as `serve` does, and a run of the half hour finds it told
        alarm.raise_alarms(watched, pages, NOW + timedelta(hours=hour))
        with pytest.raises(NewsletterError), alarm.watching(watched, lambda: NOW):
            pass
    (subject,) = alarm_subjects(watched)
    assert "database: fails (its file was deleted or moved" in subject
    assert not file.exists()
    copy = shutil.copy(aside, file)
    assert client.get("/healthz").status_code == client.get("/ready").status_code == 200
    assert figures(client)["newsletter_up"] == 1
    alarm.raise_alarms(watched, pages, NOW)
    alarm.raise_alarms(watched, pages, NOW)
    assert len(alarm_subjects(watched)) == 2
    assert "all is well again" in "".join(alarm_subjects(watched))
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("DELETE FROM alembic_version")
    assert client.get("/healthz").status_code == 503  # the file that is there now is asked
    assert figures(client)["newsletter_findings"] == figures(client)["newsletter_ill"] == 1
    file.write_bytes(b"no database at all, though as long as one has to be" * 9999)
    for headers in (TOKEN, {}):
        assert client.get("/healthz", headers=headers).status_code == 503
    assert client.get("/").status_code == 503
    assert figures(client)["newsletter_up"] == 0


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda outage: outage.__name__)
@pytest.mark.usefixtures("readers")
def test_an_outage_is_seen_by_every_watcher_and_mailed_once(
    watched: Settings, database: Database, outage: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = create_app(watched, lambda: NOW).test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    assert "newsletter_ill 0.0" in client.get("/metrics", headers=TOKEN).text
    assert not alarm.mail_new_troubles(watched, database, NOW)
    outage(database)
    if outage is the_disk_is_full:
        monkeypatch.setattr(shutil, "disk_usage", lambda _place: SimpleNamespace(free=1))
    assert client.get("/ready").json == {"status": "ok"}  # which pages are, as any other `serve` is
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "trouble"})
    found = json.loads(client.get("/healthz", headers=TOKEN).text)["findings"]
    (finding,) = (each for each in found if each["level"] == "trouble")
    assert finding["part"] == OUTAGES[outage]
    metrics = client.get("/metrics", headers=TOKEN).text
    assert "newsletter_ill 1.0" in metrics
    assert f'newsletter_findings{{level="trouble",part="{OUTAGES[outage]}"}} 1.0' in metrics
    for hour in range(3):
        (told,) = alarm.mail_new_troubles(watched, database, NOW + timedelta(hours=hour / 10))
        assert told.text == finding["text"]
    (file,) = (watched.folder / "outbox").glob("alarm-*.eml")
    mail = message_from_bytes(file.read_bytes())
    assert mail["To"] == "operator@lab.example"
    assert mail["Auto-Submitted"] == "auto-generated"


class Monitor(Running, ThreadingHTTPServer):
    """A monitor such as healthchecks, which writes down who pinged it and with what words."""

    daemon_threads = True

    def __init__(self) -> None:
        heard: list[tuple[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            server: Monitor

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                heard.append((self.path, body))
                self.send_response(self.server.status)
                self.end_headers()
                self.wfile.write(self.server.words)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)
        self.heard = heard
        self.status, self.words = 200, b"OK"
        self.url = f"http://127.0.0.1:{self.server_address[1]}/uuid"


@pytest.mark.usefixtures("readers", "short_day")
def test_a_run_pings_that_all_is_well_and_a_revoked_password_that_it_is_not(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Monitor() as monitor, OddSmtp(AUTH="535 5.7.8 bad credentials") as revoked:
        monkeypatch.setenv("NEWSLETTER_ALARM__PING_URL", monitor.url)
        monkeypatch.setenv("NEWSLETTER_ALARM__MAIL_TO", "operator@lab.example")
        for name, value in {
            "use": "smtp",
            "host": "127.0.0.1",
            "port": revoked.port,
            "security": "none",
            "username": "ada",
            "password": "old",
        }.items():
            monkeypatch.setenv(f"NEWSLETTER_TRANSPORT__{name.upper()}", str(value))
        assert cli("run").code == 1
        ((path, words),) = monitor.heard
        assert path == "/uuid/fail"
        assert "535 5.7.8 bad credentials" in words
        monkeypatch.setattr(
            machine_clock, "utc_now", lambda: datetime.now(UTC) + timedelta(hours=7)
        )
        assert " pending since " in cli("check", "--json").out
        monkeypatch.setenv("NEWSLETTER_TRANSPORT__USE", "files")
        assert cli("run").code == 0
        assert [path for path, _ in monitor.heard[1:]] == ["/uuid/log", "/uuid"]
        assert cli("run", "--dry-run").code == 0
        assert len(monitor.heard) == 3
    said = cli("run")  # nobody listens any more, and the run is none the worse
    assert said.code == 0
    findings = json.loads(cli("check", "--json").out)
    assert any(each["part"] == "last" and "run 20" in each["text"] for each in findings)


def test_a_monitor_is_tried_without_a_word_of_success_or_failure(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Monitor() as monitor:
        alarmed = AlarmSettings(ping_url=monitor.url)
        watched = settings.model_copy(update={"alarm": alarmed})
        for status, words, level in (
            (200, b"OK", "ok"),
            (404, b"", "warning"),
            (500, b"", "trouble"),
            (200, b"OK (not found)", "trouble"),
        ):
            monitor.status, monitor.words = status, words
            (finding,) = ping.check_ping(watched, NOW)
            assert finding.level == level
            assert "uuid" not in finding.text, "which is as good as a password"
        assert {path for path, _ in monitor.heard} == {"/uuid/log"}
    (finding,) = ping.check_ping(watched, NOW)
    assert "refuses connections; look at alarm.ping_url" in finding.text
    with alarm.watching(watched, lambda: NOW) as outcome:
        outcome.is_done = True
    assert "refuses connections; your monitor was not told how this run ended" in caplog.text
    assert "HTTPConnection" not in caplog.text


@needs_openssl
@pytest.mark.parametrize("has_tls", [True, False])
def test_a_monitor_that_cannot_be_trusted_is_said_without_its_secret_address(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_tls: bool
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monitor = Monitor()
    if has_tls:
        context = certificate(tmp_path, "IP:127.0.0.1").context
        monitor.socket = context.wrap_socket(monitor.socket, server_side=True)
    alarmed = AlarmSettings(ping_url=monitor.url.replace("http:", "https:"))
    with monitor:
        (finding,) = ping.check_ping(settings.model_copy(update={"alarm": alarmed}), NOW)
    words = "can be trusted (self-signed certificate)" if has_tls else "does not speak TLS there"
    assert f"{words}; look at alarm.ping_url" in finding.text
    assert "uuid" not in finding.text


@pytest.mark.usefixtures("readers", "short_day")
def test_a_run_that_is_stopped_while_the_mail_server_is_dead_is_no_success(
    cli: Cli, watched: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    dead = {"USE": "smtp", "HOST": "127.0.0.1", "PORT": "1", "SECURITY": "none"}
    for name, value in dead.items():
        monkeypatch.setenv(f"NEWSLETTER_TRANSPORT__{name}", value)

    def time_out(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    with Monitor() as monitor:
        monkeypatch.setenv("NEWSLETTER_ALARM__PING_URL", monitor.url)
        monkeypatch.setattr(sender, "wait", time_out)  # before another round over who waits
        assert "12 still pending" in cli("run").out
        ((path, words),) = monitor.heard
        assert path == "/uuid/fail"
        stopped = "stopped with 12 mails still to go, after trouble: before the mail"
        assert stopped in words
        now = datetime.now(UTC)
        client = create_app(watched, lambda: now).test_client()
        assert client.get("/healthz").status_code == 503
        assert "newsletter_ill 1.0" in client.get("/metrics", headers=TOKEN).text
        assert stopped in cli("check", "--json").out
        monkeypatch.setenv("NEWSLETTER_TRANSPORT__USE", "files")
        cli("run")
        assert client.get("/healthz").status_code == 200
        assert monitor.heard[-1][0] == "/uuid"


@pytest.mark.usefixtures("database", "short_day")
@pytest.mark.parametrize(
    "script", [{"RCPT": "452 4.2.2 no room"}, {".": "554 5.7.1 no"}], ids=["later", "refused"]
)
def test_an_issue_that_nobody_got_is_trouble_and_the_ping_has_the_servers_words(
    script: dict[str, str], cli: Cli, watched: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(sender, "wait", lambda *_: None)
    cli("subscribers", "add", "ada@reader.example", "--to", "audio", "--consent", "said so")
    (words,) = script.values()
    with Monitor() as monitor, OddSmtp(**script) as server:
        monkeypatch.setenv("NEWSLETTER_ALARM__PING_URL", monitor.url)
        smtp = {"USE": "smtp", "HOST": "127.0.0.1", "PORT": str(server.port), "SECURITY": "none"}
        for name, value in smtp.items():
            monkeypatch.setenv(f"NEWSLETTER_TRANSPORT__{name}", value)
        assert cli("run").code == 1
        ((path, said),) = monitor.heard
        assert path == "/uuid/fail"
        assert words in said
    now = datetime.now(UTC)
    client = create_app(watched, lambda: now).test_client()
    first = cli("check", "--json").out
    assert "went to nobody yet: " in first
    assert words in first
    for _ in range(2):  # nobody listens any more, which who types `send` finds out at once
        assert cli("send").code == 1
        assert client.get("/healthz").status_code == 503
        checked = cli("check", "--json").out
        assert "before the mail" in checked
        assert words not in checked


@pytest.mark.usefixtures("database", "short_day")
def test_an_issue_that_failed_for_good_is_trouble_until_it_is_mended_and_that_is_said(
    cli: Cli, watched: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NEWSLETTER_ALARM__MAIL_TO", "operator@lab.example")
    cli("subscribers", "add", "ada@reader.example", "--to", "audio", "--consent", "said so")
    client = create_app(watched, lambda: datetime.now(UTC)).test_client()
    with Monitor() as monitor, OddSmtp(RCPT="550 5.1.1 no such user") as server:
        monkeypatch.setenv("NEWSLETTER_ALARM__PING_URL", monitor.url)
        smtp = {"USE": "smtp", "HOST": "127.0.0.1", "PORT": str(server.port), "SECURITY": "none"}
        for name, value in smtp.items():
            monkeypatch.setenv(f"NEWSLETTER_TRANSPORT__{name}", value)
        assert "0 sent + 0 skipped + 1 failed" in cli("run").out
        ((path, said),) = monitor.heard
        assert path == "/uuid/fail"
        assert "0 sent, 1 failed, 0 uncertain (550 5.1.1 no such user)" in said
        assert client.get("/healthz").status_code == 503
        assert "newsletter_ill 1.0" in client.get("/metrics", headers=TOKEN).text
        monkeypatch.setenv("NEWSLETTER_TRANSPORT__USE", "files")
        cli("run")  # the alarm's mail can leave now
        settling = re.search(r"`newsletter (deliveries settle [^`]*)`", cli("check").out)
        assert settling
        assert cli(*settling[1].split()).code == 0
        cli("run")
        assert monitor.heard[-1][0] == "/uuid"
    assert client.get("/healthz").status_code == 200
    subjects = alarm_subjects(watched)
    assert [("is well again" in subject) for subject in sorted(subjects)].count(True) == 1
    assert len(subjects) == 2


def test_a_run_that_is_not_done_pings_with_what_it_warned_of(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Monitor() as monitor:
        alarmed = settings.model_copy(update={"alarm": AlarmSettings(ping_url=monitor.url)})
        with alarm.watching(alarmed, lambda: NOW) as outcome:
            outcome.warnings = ["452 4.2.2 ada@reader.example has no room"]
        assert monitor.heard == [("/uuid/fail", "452 4.2.2 <address> has no room")]


@pytest.mark.usefixtures("database", "short_day")
def test_a_dead_server_is_seen_by_the_last_mail_that_waits(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "wait", lambda *_: None)
    for name in ("ada", "bob"):
        cli("subscribers", "add", f"{name}@reader.example", "--to", "audio", "--consent", "said so")
    with OddSmtp(RCPT=["250 2.1.5 Ok", "452 4.2.2 no room"]) as server:
        smtp = {"USE": "smtp", "HOST": "127.0.0.1", "PORT": str(server.port), "SECURITY": "none"}
        for name, value in smtp.items():
            monkeypatch.setenv(f"NEWSLETTER_TRANSPORT__{name}", value)
        assert "1 sent + 0 skipped + 0 failed + 0 uncertain + 1 still pending" in cli("run").out
    monkeypatch.setattr(machine_clock, "utc_now", lambda: datetime.now(UTC) + timedelta(hours=1))
    assert "Connection refused" in cli("send").err
    assert "the transport is in trouble (before the mail" in cli("check", "--json").out
