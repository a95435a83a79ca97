"""Postfix as a real peer: it takes an issue, and a genuine bounce of it comes back."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter import scaffold
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.models import DeliveryState
from newsletter.subscribers import lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest
from tests.conftest import NOW, Cli
from tests.feedback import postfix
from tests.feedback.samples import ledger_of, references, suppressed


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A newsletter whose day has not been sent yet."""
    return scaffold.write_configuration(tmp_path / "newsletter.toml", scaffold.DEMO, {})


GONE = [
    "nobody-of-that-name@reader.example",
    "niemand-müller@reader.example",
    "用户@reader.example",
]


@pytest.mark.parametrize("gone", GONE)
@pytest.mark.skipif(not postfix.is_here(), reason="needs an installed Postfix, and root to run it")
@pytest.mark.slow
def test_a_real_bounce_comes_back_and_the_address_is_not_mailed_again(
    cli: Cli,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    gone: str,
) -> None:
    with database.write.begin() as session:
        lifecycle.add_subscriber(
            session,
            gone,
            SubscriptionRequest(["audio"], "brief", "en"),
            "said so on the phone",
            NOW,
        )
    with postfix.running() as server:
        for name, value in {
            "TRANSPORT__USE": "smtp",
            "TRANSPORT__HOST": "127.0.0.1",
            "TRANSPORT__PORT": str(server.port),
            "TRANSPORT__SECURITY": "none",
            "SITE__SENDER": "Daily <daily@papers.example.org>",
            "SITE__VERP": "true",
            "FEEDBACK__MAILDIR": str(server.maildir),
        }.items():
            monkeypatch.setenv(f"NEWSLETTER_{name}", value)
        said = cli("run")
        assert said.code == 0, said.err
        assert "1 sent + 0 skipped + 0 failed + 0 uncertain" in said.out
        new = server.maildir / "new"
        wait_for(lambda: new.is_dir() and any(new.iterdir()), server)
        (bounce,) = new.iterdir()
        assert f"To: daily+{reference_of(database, gone)}@papers.example.org" in bounce.read_text()
        assert "1 mail: 1 bounce\n  1 address suppressed\n" in cli("feedback").out
    with database.read() as session:
        state, reason = ledger_of(session)[gone]
        assert state == DeliveryState.FAILED
        assert str(reason).startswith("bounced: 5.1.1")
        assert suppressed(session, [gone])


def reference_of(database: Database, address: str) -> str:
    with database.read() as session:
        return references(session)[address]


def wait_for(happened: Callable[[], bool], server: postfix.Postfix) -> None:
    until = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < until, server.log.read_text()
        time.sleep(0.05)
