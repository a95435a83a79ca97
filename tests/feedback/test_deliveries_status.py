"""Watching an issue: status, list, the log, and what Prometheus reads."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import select

from newsletter import machine_clock
from newsletter.bootstrap import transport_type
from newsletter.cli.deliveries import status_view
from newsletter.cli.main import _run
from newsletter.cli.printing import log_format, output
from newsletter.config import FeedbackSettings, MetricsSettings, Settings, TransportSettings
from newsletter.database.db import Database
from newsletter.feedback import apply, health
from newsletter.feedback.events import Event
from newsletter.finding import Severity
from newsletter.models import BatchRow, DeliveryState, EventType, IssueRow, IssueState
from newsletter.sending.limits import pauses
from newsletter.sending.records import delivery_updates
from newsletter.sending.records.delivery_updates import StateChange
from newsletter.summaries import store
from newsletter.summaries.base import Tokens
from newsletter.transports.files import Files
from newsletter.web import create_app
from tests.conftest import NOW, Cli

TOKEN = "a-token-for-prometheus"


@pytest.fixture
def mixed(database: Database, sent: dict[str, str]) -> dict[str, str]:
    """Two bounced, one is uncertain, two wait, the others are sent."""
    first, second, third, fourth, fifth, *_ = sent.values()
    changes = {
        third: (DeliveryState.UNCERTAIN, "no answer after the mail"),
        fourth: (DeliveryState.PENDING, "450 <reader03@reader.example>: busy, queue 4F9A3C21B7"),
        fifth: (DeliveryState.PENDING, "450 <reader04@reader.example>: busy, queue 4F9A3C21B8"),
    }
    with database.write.begin() as session:
        apply.apply_events(
            session,
            [
                Event(f"e{each}", "test", each, EventType.BOUNCE, NOW, "552 5.2.2 mailbox full")
                for each in (first, second)
            ],
            NOW,
        )
        found = delivery_updates.find_deliveries(session, list(changes))
        delivery_updates.apply_changes(
            session, [StateChange(found[each], *changes[each]) for each in changes], NOW
        )
        session.scalars(select(BatchRow)).one().finished = False
        session.scalars(select(IssueRow)).one().state = IssueState.FROZEN
    return sent


@pytest.mark.usefixtures("mixed")
def test_without_a_slug_every_newsletter_with_an_issue_is_told_of(
    cli: Cli, settings: Settings
) -> None:
    with (settings.folder / "newsletter.toml").open("a") as file:
        file.write('\n[[newsletters]]\nslug = "speech"\ntitle = "S"\ncategories = ["cs.CL"]\n')
    said = cli("deliveries", "status")
    assert said.code == 1
    assert said.out.startswith("audio  Fri 11 Jul 2025  12 subscribers = 7 sent")
    assert "speech has no issue; `newsletter run speech` makes one" in said.err
    assert [it["newsletter"] for it in json.loads(cli("deliveries", "status", "--json").out)] == [
        "audio"
    ]
    assert "has no issue of 2025-07-10" in cli("deliveries", "status", "--day", "2025-07-10").err
    assert cli("deliveries", "status", "speech").code == 1


@pytest.mark.usefixtures("mixed")
def test_status_tells_states_reasons_and_feedback(cli: Cli) -> None:
    said = cli("deliveries", "status", "--domains")
    assert said.code == 1
    lines = said.out.splitlines()
    assert lines[0].endswith(
        "12 subscribers = 7 sent + 0 skipped + 2 failed + 1 uncertain + 2 still pending"
    )
    assert lines[1].split() == ["state", "number", "reason"]
    table = sorted(" ".join(line.split()) for line in lines[2:6])
    assert table == [
        "failed 2 bounced: 552 5.2.2 mailbox full",
        "pending 2 450 …: busy, queue …",
        "sent 7",
        "uncertain 1 no answer after the mail",
    ]
    assert "feedback: 2 bounce" in lines
    assert [line for line in lines if line.startswith("rate: ")]
    assert " ".join(lines[-1].split()) == "reader.example 2 0 7 0 2 1"


@pytest.mark.usefixtures("mixed")
def test_the_same_for_scripts(cli: Cli) -> None:
    told = json.loads(cli("deliveries", "status", "--json", "--domains").out)
    assert (told["audience"], told["sent"], told["failed"], told["pending"]) == (12, 7, 2, 2)
    assert {"state": "failed", "reason": "bounced: 552 5.2.2 mailbox full", "number": 2} in told[
        "reasons"
    ]
    assert told["feedback"] == {"bounce": 2}
    assert told["domains"] == {
        "reader.example": {"failed": 2, "pending": 2, "sent": 7, "uncertain": 1}
    }


def test_who_missed_it(cli: Cli, mixed: dict[str, str]) -> None:
    missed = json.loads(cli("deliveries", "list", "--state", "failed", "--json").out)
    assert [each["address"] for each in missed] == list(mixed)[:2]
    assert list(missed[0]) == ["address", "state", "reason", "attempts", "reference", "changed"]
    assert len(json.loads(cli("deliveries", "list", "--json").out)) == 12
    assert json.loads(cli("deliveries", "list", "--state", "skipped", "--json").out) == []
    assert cli("deliveries", "list", "--state", "skipped").out.startswith("None skipped of audio")
    table = cli("deliveries", "list", "--state", "uncertain").out.splitlines()
    assert [line.split()[0] for line in table] == ["address", list(mixed)[2]]


def test_somebody_erased_is_a_number_without_a_name(cli: Cli, mixed: dict[str, str]) -> None:
    cli("subscribers", "erase", next(iter(mixed)), "--yes")
    assert len(json.loads(cli("deliveries", "list", "--json").out)) == 12
    assert "(erased)" in cli("deliveries", "list").out


def test_tables_of_any_length_are_printed_as_they_come(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_MEASURED", 2)

    def endless() -> Iterator[tuple[str, int]]:
        for number in range(5):
            yield "音频" * (number + 1), number
        assert len(capsys.readouterr().out.splitlines()) >= 4

    assert output.stream_table(("name", "number"), endless())
    assert not output.stream_table(("name",), [])


def test_a_live_view_shows_the_rate_since_the_last_look(
    database: Database, mixed: dict[str, str]
) -> None:
    with database.read() as session:
        issue = session.scalars(select(IssueRow)).one()
    before = status_view.read_status(database, issue, NOW)
    with database.write.begin() as session:
        found = delivery_updates.find_deliveries(session, list(mixed.values()))
        waiting = [each for each in found.values() if each.state == DeliveryState.PENDING]
        delivery_updates.apply_changes(
            session, [StateChange(waiting[0], DeliveryState.SENT, None)], NOW
        )
        pauses.pause_domain(session, "b.example", "b.example blocked 30 of 60", NOW)
    after = status_view.read_status(database, issue, NOW + timedelta(seconds=2), before=before)
    assert after.rate == 0.5
    from rich.console import Console

    out = StringIO()
    Console(file=out, width=120).print(status_view.render_status(after))
    assert "rate: 0.5 a second, 0:00:02 left" in out.getvalue()
    assert "paused: b.example until 08:30 UTC: b.example blocked 30 of 60" in out.getvalue()


@pytest.fixture
def quiet_again() -> Iterator[None]:
    yield
    log = logging.getLogger("newsletter")
    log.handlers, log.propagate, log.level = [], True, logging.NOTSET


@pytest.mark.usefixtures("quiet_again")
def test_a_log_of_lines_for_machines_without_an_address(
    cli: Cli, mixed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = cli("--log", "json", "send")
    told = [json.loads(line) for line in said.err.splitlines() if line.startswith("{")]
    (sent,) = [each for each in told if each["event"].startswith("issue ")]
    assert (sent["part"], sent["level"], sent["audience"]) == ("sending.sender", "info", 12)
    assert sent["time"].endswith("Z")
    monkeypatch.setenv("NEWSLETTER_LOG", "text")
    assert "info    issue sent" in cli("send").err
    assert not any(address in said.err for address in mixed)


def test_an_unknown_kind_of_log_is_wrong_use(cli: Cli) -> None:
    assert cli("--log", "xml", "send").code == 2


def test_a_log_tells_of_errors_whole() -> None:
    error = ValueError("no")
    record = logging.makeLogRecord(
        {"name": "newsletter.x", "msg": "broken\nline", "exc_info": (ValueError, error, None)}
    )
    assert json.loads(log_format._Json().format(record))["error"] == "ValueError: no"
    assert "broken line" in log_format._Text().format(record)


@pytest.fixture
def prometheus(settings: Settings) -> Iterator[FlaskClient]:
    chosen = settings.model_copy(update={"metrics": MetricsSettings(token=SecretStr(TOKEN))})
    app = create_app(chosen, clock=lambda: NOW)
    yield app.test_client()
    app.extensions["newsletter.database"].dispose()


@pytest.mark.usefixtures("mixed")
def test_prometheus_reads_what_an_operator_wants_alarms_on(
    prometheus: FlaskClient, database: Database
) -> None:
    with database.write.begin() as session:
        pauses.pause_domain(session, "b.example", "many blocks", NOW)
        apply.quarantine(session, "sendgrid", "odd", "{}", NOW)
        store.count_answer(session, "tiny", "printed", Tokens(90, 10), 1.5)
        store.count_answer(session, "tiny", "language", Tokens(90, 30), 2.0)
        store.count_answer(session, "tiny", "printed", Tokens(90, 10), 0.5)
    answer = prometheus.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert found["newsletter_deliveries", "audio", "sent"] == 7
    assert found["newsletter_deliveries", "audio", "uncertain"] == 1
    assert found["newsletter_queue",] == 2
    assert found["newsletter_feedback_day", "bounce"] == 2
    assert found["newsletter_subscribers", "confirmed"] == 12
    assert found["newsletter_domains_paused",] == 1
    assert found["newsletter_set_aside",] == 1
    assert found["newsletter_sending_paused",] == 0
    assert found["newsletter_model_asked_total", "tiny"] == 3
    assert found["newsletter_model_answers_total", "tiny", "printed"] == 2
    assert found["newsletter_model_answers_total", "tiny", "language"] == 1
    assert found["newsletter_model_tokens_total", "tiny", "asked"] == 270
    assert found["newsletter_model_tokens_total", "tiny", "answered"] == 50
    assert found["newsletter_model_seconds_total", "tiny"] == 4
    assert ("newsletter_issue_age_seconds", "audio") in found
    assert "reader" not in answer.text


@pytest.mark.parametrize("given", ["", "Bearer wrong", TOKEN, "Bearer ", "Bearer tökën"])
def test_without_the_token_there_are_no_metrics(prometheus: FlaskClient, given: str) -> None:
    encoded = given.encode().decode("latin-1")
    assert prometheus.get("/metrics", headers={"Authorization": encoded}).status_code == 404


def test_without_a_configured_token_there_are_none_at_all(settings: Settings) -> None:
    app = create_app(settings, clock=lambda: NOW)
    asked = app.test_client().get("/metrics", headers={"Authorization": "Bearer "})
    assert asked.status_code == 404
    app.extensions["newsletter.database"].dispose()


@pytest.mark.parametrize(
    ("transport", "hearing", "line"),
    [
        ("sendgrid", {}, "nobody hears SendGrid's events"),
        ("smtp", {}, "nobody here reads them"),
        ("smtp", {"imap_host": "imap.example.org"}, "what comes back is heard"),
        ("files", {}, "mails stay here, so nothing comes back"),
        ("another", {}, "nobody here hears what comes back"),
    ],
)
def test_the_check_says_whether_anybody_would_notice_a_bounce(
    settings: Settings, database: Database, transport: str, hearing: dict[str, str], line: str
) -> None:
    chosen = settings.model_copy(
        update={
            "transport": TransportSettings(use=transport),
            "feedback": FeedbackSettings.model_validate(hearing),
        }
    )
    (found,) = health.check(chosen, database, NOW, transport_type(chosen))
    assert line in found.text
    assert (found.level is Severity.OK) is ("nobody" not in line)


def test_the_check_names_paused_domains_and_counts_what_was_set_aside(
    settings: Settings, database: Database
) -> None:
    with database.write.begin() as session:
        pauses.pause_domain(session, "b.example", "b.example blocked 30 of 60", NOW)
        apply.quarantine(session, "sendgrid", "odd", "{}", NOW)
    told = [each.text for each in health.check(settings, database, NOW, Files)]
    assert "newsletter feedback --resume b.example" in told[1]
    assert told[2].startswith("1 event not understood")


def test_failure_15_a_paused_domain_waits_and_the_others_do_not(
    cli: Cli, database: Database, mixed: dict[str, str]
) -> None:
    with database.write.begin() as session:
        pauses.pause_domain(
            session, "reader.example", "reader.example blocked 30 of 60", machine_clock.utc_now()
        )
    said = cli("send")
    assert "2 still pending" in said.out
    assert "reader.example is paused" in said.err
    cli("feedback", "--resume", "reader.example")
    assert "9 sent + 0 skipped + 2 failed + 1 uncertain" in cli("send").out
    assert mixed
    assert _run(["deliveries", "status"]) == 0
