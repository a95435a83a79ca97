"""Feedback and watching on SQLite and on PostgreSQL: the same questions, the same answers."""

import json

import pytest
from sqlalchemy import select

from newsletter.database.db import Database
from newsletter.feedback import apply
from newsletter.feedback.events import Event
from newsletter.models import DeliveryState, EventType, IssueRow
from newsletter.sending.limits import pauses
from newsletter.sending.records import delivery_feedback
from newsletter.sending.reports import stats
from tests.conftest import NOW, Cli
from tests.feedback.samples import put, references, suppressed

pytestmark = pytest.mark.on_both_databases


def told(
    kind: EventType,
    reference: str,
    *,
    detail: str = "",
    suppress: str | None = None,
    address: str | None = None,
) -> Event:
    name = f"{kind}-{reference}"
    return Event(name, "test", reference, kind, NOW, detail, suppress, address)


def test_feedback_is_kept_acts_and_is_shown(
    cli: Cli, database: Database, readers: list[str], dialect: str
) -> None:
    assert cli("run").code == 0
    with database.write.begin() as session:
        known = references(session)
        put(session, known[readers[0]], DeliveryState.UNCERTAIN)
        issue_id = session.scalars(select(IssueRow.id)).one()
    blocks = [
        told(EventType.BLOCKED, f"unknown{number}", address=f"somebody{number}@b.example")
        for number in range(20)
    ]
    events = [
        told(EventType.DELIVERED, known[readers[1]]),
        told(EventType.DELIVERED, known[readers[1]]),
        told(EventType.BOUNCE, known[readers[2]], detail="552 5.2.2 full \0 mailbox"),
        told(EventType.COMPLAINT, known[readers[3]], suppress="complained"),
        *blocks,
    ]
    with database.write.begin() as session:
        kept = apply.apply_events(session, events, NOW)
        assert (kept.new, kept.known, kept.moved, kept.suppressed) == (23, 1, 1, 1)
        assert apply.apply_events(session, events, NOW).new == 0
        assert list(pauses.paused_domains(session, NOW)) == ["b.example"]
        assert delivery_feedback.apply_feedback_to_issue(session, issue_id, NOW) == 0
        apply.quarantine(session, "test", "odd", "a\0b", NOW)
    shown = json.loads(cli("deliveries", "status", "--domains", "--json").out)
    assert shown["domains"]["reader.example"]["failed"] == 1
    assert shown["feedback"] == {"bounce": 1, "complaint": 1, "delivered": 1}
    assert len(json.loads(cli("deliveries", "list", "--json").out)) == 12
    with database.read() as session:
        assert suppressed(session, readers) == {readers[3]: "complained"}
        assert stats.count_waiting(session) == 0
        assert [each.newsletter for each in stats.newest(session)] == ["audio"]
        assert stats.rate(session, issue_id, NOW) >= 0
    assert dialect == database.engine.dialect.name
