"""SendGrid took the mails, and the process died before it heard so."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from newsletter import bootstrap, config, scaffold
from newsletter.config import FeedbackSettings, Settings
from newsletter.database.db import Database
from newsletter.models import DeliveryState
from newsletter.subscribers import lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.web import create_app
from tests.conftest import NOW, Cli
from tests.feedback.samples import SigningKey, body, fold, ledger_of, references, said
from tests.transports.http_standin import Answer, HttpStandIn, Request

FIRST_REQUESTS = 10  # readers: sending begins with so many, in a request a content
READERS = [f"reader{number:02}@reader.example" for number in range(12)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A day that has not been sent yet, to twelve readers: three contents, so three requests."""
    settings = scaffold.write_configuration(tmp_path / "newsletter.toml", scaffold.DEMO, {})
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        for number, email in enumerate(READERS):
            wish = SubscriptionRequest(["audio"], config.DETAILS[number % 3], "zh")
            lifecycle.add_subscriber(session, email, wish, "said so on the phone", NOW)
    return settings


class Killing:
    """Takes every request; kills its sender at the second, before any answer."""

    def __init__(self) -> None:
        self.taken: list[list[str]] = []
        self.victim = 0

    def __call__(self, request: Request) -> Answer | None:
        people = request.body["personalizations"]
        self.taken.append([each["to"][0]["email"] for each in people])
        if len(self.taken) == 2:
            os.kill(self.victim, signal.SIGKILL)
            return None
        return Answer(202)


def hook(settings: Settings, key: SigningKey) -> FlaskClient:
    hearing = FeedbackSettings(sendgrid_public_key=key.public)
    chosen = settings.model_copy(update={"feedback": hearing})
    return create_app(chosen, clock=lambda: NOW).test_client()


@pytest.mark.slow
def test_failures_2_and_3_only_requests_in_flight_are_uncertain_and_events_settle_them(
    cli: Cli,
    settings: Settings,
    database: Database,
    key: SigningKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killing = Killing()
    with HttpStandIn(killing) as server:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("NEWSLETTER_TRANSPORT__USE", "sendgrid")
        monkeypatch.setenv("NEWSLETTER_TRANSPORT__API_KEY", "SG.key")
        monkeypatch.setenv("NEWSLETTER_TRANSPORT__BASE_URL", server.url)
        command = [sys.executable, "-m", "newsletter", "run"]
        with subprocess.Popen(command, cwd=settings.folder) as process:  # noqa: S603 - our own
            killing.victim = process.pid
        assert process.returncode == -signal.SIGKILL
        assert "0 failed" in cli("run").out
        cli("send")
    everybody = Counter(email for request in killing.taken for email in request)
    with database.read() as session:
        ledger, known = ledger_of(session), references(session)
    lost = [email for email, (state, _) in ledger.items() if state == DeliveryState.UNCERTAIN]
    assert {state for state, _ in ledger.values()} == {DeliveryState.SENT, DeliveryState.UNCERTAIN}
    assert set(killing.taken[1]) <= set(lost)
    assert len(lost) <= FIRST_REQUESTS  # no more than the requests that were under way at once
    assert all(everybody[email] == 1 for email in READERS if email not in lost)
    assert all(everybody[email] <= 1 for email in lost)
    told = body([said("processed", known[email]) for email in lost])
    client = hook(settings, key)
    assert client.post("/hooks/sendgrid", data=told, headers=key.headers(told)).status_code == 202
    fold(client.application)
    client.application.extensions["newsletter.database"].dispose()
    assert "12 sent + 0 skipped + 0 failed + 0 uncertain" in cli("deliveries", "status").out
