"""A finished issue becomes numbers after a while; who did not simply get it stays by name."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.feedback import apply
from newsletter.feedback.events import Event
from newsletter.models import BatchRow, DeliveryRow, DeliveryState, EventType, IssueRow
from newsletter.sending import health
from newsletter.sending.readers import freezing
from newsletter.sending.records import retention
from newsletter.sending.reports import totals
from newsletter.subscribers import lifecycle, suppression
from tests.conftest import NOW, Cli
from tests.feedback import mails
from tests.feedback.samples import put, references

LATER = NOW + timedelta(days=365)
KEPT = timedelta(days=90)


def rows(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(DeliveryRow)) or 0


@pytest.mark.on_both_databases
@pytest.mark.slow
def test_an_old_issue_becomes_numbers_and_exceptions(
    cli: Cli,
    settings: Settings,
    database: Database,
    readers: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(freezing, "BATCH_SIZE", 3)
    monkeypatch.setattr(retention, "_AT_ONCE", 1)
    assert cli("run").code == 0
    with database.write.begin() as session:
        known = references(session)
        put(session, known[readers[0]], DeliveryState.UNCERTAIN)
        bad = {1: EventType.BOUNCE, 2: EventType.COMPLAINT, 3: EventType.DELIVERED}
        events = [
            Event(f"e{number}", "test", known[readers[number]], kind, NOW)
            for number, kind in bad.items()
        ]
        apply.apply_events(session, events, NOW)
        session.execute(update(IssueRow).values(frozen_at=NOW))
        issue_id = session.scalars(select(IssueRow.id)).one()
        before = totals.delivery_totals(session, issue_id)
    assert retention.prune(database, KEPT, NOW + timedelta(days=89)).issues == 0

    retention.prune(database, KEPT, LATER, lambda: True)  # stopped after the first slice
    assert 3 < rows(database) < len(readers)
    assert "9 deliveries" not in cli("db", "prune", "--dry-run").out
    said = cli("db", "prune")
    assert "of 1 issue became numbers." in said.out, said.err
    assert rows(database) == 3
    assert retention.prune(database, KEPT, LATER).issues == 0
    with database.read() as session:
        assert totals.delivery_totals(session, issue_id) == before
        assert session.scalar(select(func.count()).select_from(BatchRow)) == 1
    assert list(health.audit(settings, database, LATER)) == []

    shown = cli("deliveries", "status").out
    assert "12 subscribers = 10 sent + 0 skipped + 1 failed + 1 uncertain" in shown
    assert "done already" in cli("run").out
    again = cli("deliveries", "settle", "--as", "resend")
    assert again.code == 2
    assert "it is never sent again" in again.err
    assert "1 settled as sent" in cli("deliveries", "settle", "--as", "sent").out
    assert '"deliveries": []' in cli("subscribers", "show", readers[5], "--json").out


@pytest.mark.on_both_databases
def test_what_comes_after_all_names_its_reader_by_the_signed_link_unless_it_is_a_bounce(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    """The reference is forgotten. A forwarded mail has the link too, so a bounce needs more."""
    assert cli("run").code == 0
    with database.write.begin() as session:
        known = references(session)
        ids = [lifecycle.get_subscriber(session, email).id for email in readers]
        session.execute(update(IssueRow).values(frozen_at=NOW))
    retention.prune(database, KEPT, LATER)
    assert rows(database) == 0
    for name in ("new", "cur", "tmp"):
        (settings.folder / "box" / name).mkdir(parents=True)
    for number, write in ((4, mails.dsn), (5, mails.arf)):
        link = bootstrap.signed_links(settings).unsubscribe(ids[number], "audio")
        headers = f"List-Unsubscribe: <{link}>,\n <mailto:a@b.example>\nMessage-ID:"
        letter = write(known[readers[number]]).decode().replace("Message-ID:", headers)
        (settings.folder / "box" / "new" / f"{number}.mail").write_text(letter)
    said = cli("feedback", "--maildir", "box")
    assert "2 mails: 1 complaint, 1 not understood" in said.out, said.out
    with database.read() as session:
        reasons = [suppression.suppression_reason(session, email) for email in readers]
    assert [number for number, reason in enumerate(reasons) if reason] == [5]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_the_index_of_deliveries_is_written_anew_by_one_and_where_that_pays(
    cli: Cli, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("run").code == 0
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE delivery")
        for name in ("pk_delivery_ccnew", "pk_delivery_ccold1", "mine_ccnew"):  # it was killed
            connection.exec_driver_sql(f"CREATE INDEX {name} ON delivery (issue_id)")
        connection.exec_driver_sql(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid::regclass::text LIKE '%%cc%%'"
        )
    before = file_of_index(database)
    with database.engine.begin() as connection:
        connection.execute(retention._TAKE_TURN)
        assert not retention.shrink_index(database)
        assert indexes(database) >= {"pk_delivery_ccnew", "pk_delivery_ccold1", "mine_ccnew"}
    assert not retention.shrink_index(database)
    assert file_of_index(database) == before
    assert {name for name in indexes(database) if "_cc" in name} == {"mine_ccnew"}

    monkeypatch.setattr(retention, "_WORTH_IT", 0)
    retention.prune(database, KEPT, NOW)
    assert file_of_index(database) != before
    monkeypatch.setattr(retention, "_BLOAT", text("SELECT 1 / 0"))
    assert retention.prune(database, KEPT, NOW).issues == 0  # whatever became of the index


def file_of_index(database: Database) -> int:
    with database.engine.connect() as connection:
        return int(
            connection.exec_driver_sql("SELECT pg_relation_filenode('pk_delivery')").scalar_one()
        )


def indexes(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        chosen = "SELECT indexname FROM pg_indexes WHERE tablename = 'delivery'"
        return set(connection.exec_driver_sql(chosen).scalars())
