"""Sending is tried with a short day: what matters is who gets it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.models import IssueRow
from newsletter.sending.readers import freezing
from newsletter.subscribers import lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest
from tests.conftest import NOW, Prepare
from tests.sending.frozen_issue import EMAILS, Run
from tests.sending.killing import freeze


@pytest.fixture(autouse=True)
def _of_a_short_day(short_day: None) -> None:
    """See `short_day`."""


@pytest.fixture
def emails() -> list[str]:
    return EMAILS


@pytest.fixture
def run(
    settings: Settings, database: Database, emails: list[str], prepared: Prepare
) -> Iterator[Run]:
    def freeze_for_them() -> None:
        with database.write.begin() as session:
            for email in emails:
                wish = SubscriptionRequest(["audio"], "titles", "en")
                lifecycle.add_subscriber(session, email, wish, "said so on the phone", NOW)
        freeze(settings)

    prepared(f"frozen for {emails} by {freezing.BATCH_SIZE}", freeze_for_them)
    with database.read() as session:
        issue_id = session.scalars(select(IssueRow.id)).one()
    now = lambda: datetime.now(UTC)  # noqa: E731 - a clock
    with bootstrap.open_services(settings, now, lambda *_: iter(()), lambda: False) as parts:  # type: ignore[arg-type]
        assert parts.memory
        parts.memory.make_known()  # where the database is a copy, this machine shall send of it
        yield Run(settings, issue_id, parts)
