"""A provider takes fewer mails a day than there are readers: these take turns."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from newsletter import machine_clock
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.subscribers import lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest
from tests.conftest import Cli
from tests.daily_run.test_catch_up import SOURCE, announce
from tests.plugins import install_plugin
from tests.sending.frozen_issue import EMAILS, READERS, SmtpByReader

MONDAY_NIGHT = datetime(2025, 7, 14, 0, 30, tzinfo=UTC)
QUOTA = READERS // 3
DAYS = 4


class Quota(SmtpByReader):
    """Takes so many mails, and then says whose fault it is not."""

    def __init__(self) -> None:
        super().__init__(self._judge)
        self.begin_day()

    def begin_day(self) -> None:
        self._today = self.taken.total()

    def _judge(self, _email: str) -> str | None:
        if self.taken.total() - self._today < QUOTA:
            return None
        return "550 5.4.5 Daily user sending limit exceeded"


@pytest.fixture
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Quota]:
    packages = settings.folder / "packages"
    install_plugin(packages, monkeypatch, "days_source", SOURCE, "newsletter.sources: days")
    with Quota() as quota:
        chosen = {
            "SOURCE__USE": "days",
            "NEWSLETTERS__0__CATEGORIES": "cs.SD",
            "TRANSPORT__USE": "smtp",
            "TRANSPORT__HOST": "127.0.0.1",
            "TRANSPORT__PORT": str(quota.port),
            "TRANSPORT__SECURITY": "none",
            "TRANSPORT__CONNECTIONS": "1",
        }
        for name, value in chosen.items():
            monkeypatch.setenv(f"NEWSLETTER_{name}", value)
        yield quota


def test_readers_take_turns_where_a_quota_is_smaller_than_the_list(
    cli: Cli,
    settings: Settings,
    database: Database,
    server: Quota,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with database.write.begin() as session:
        for email in EMAILS:
            wish = SubscriptionRequest(["audio"], "titles", "en")
            lifecycle.add_subscriber(session, email, wish, "by phone", MONDAY_NIGHT)
    monkeypatch.setattr("newsletter.sending.sender.wait", lambda *_: None)
    for day in range(DAYS):
        now = MONDAY_NIGHT + timedelta(days=day + 1)
        monkeypatch.setattr(machine_clock, "utc_now", lambda now=now: now)
        announce(settings, {f"2025-07-{15 + day}": [f"2507.{15 + day}001v1"]})
        server.begin_day()
        assert cli("run").code == 1
    assert server.taken.total() == DAYS * QUOTA
    numbers = Counter(server.taken[email] for email in EMAILS)
    assert numbers[0] == 0
    assert numbers[1] + numbers[2] >= READERS - 1  # but for whom a run asks first, after trouble
